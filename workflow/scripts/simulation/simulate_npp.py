"""Simulate the productivity tiles of one collection and year.

Reads   the embedded geography of a region
Writes  the list of granules (file, sha256, simulated) and, in the folder ``modis`` beside its
        own, tiles MOD17A3HGF: NPP and GPP in 0.0001 kg C m-2 yr-1, quality in percent
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.tiles import NPP, write_tiles
from nepflow.simulation.world import World


def simulate_npp(region_folder, list_path, year, collection, pixels_per_tile, seed):
    """Write all tiles of the region for one year, then the list of them."""
    world = World(region_folder, seed)
    folder = Path(list_path).parent.parent / "modis"
    write_tiles(folder, list_path, world, NPP, year, collection, pixels_per_tile)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_npp(
            region_folder=Path(snakemake.input.geography[0]).parent,
            list_path=snakemake.output.granules,
            year=int(snakemake.wildcards.year),
            collection=snakemake.wildcards.collection,
            pixels_per_tile=snakemake.params.pixels_per_tile,
            seed=snakemake.params.seed,
        )
