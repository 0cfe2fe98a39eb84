"""Simulate the tiles of productivity or of monthly NDVI of a collection and year.

Reads   the embedded geography of a region
Writes  the list of granules (file, sha256, simulated) and, in the folder ``modis`` beside its own,
        tiles MOD17A3HGF: NPP and GPP in 0.0001 kg C m-2 yr-1, quality in percent; or
        tiles MOD13A3: NDVI times 10000 and pixel reliability, with the gaps of clouds and snow
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation import tiles
from nepflow.simulation.world import World


def simulate_tiles(region_folder, list_path, product, year, collection, pixels_per_tile, seed):
    """Write all tiles of the region for one year, then the list of them.

    The archive has half as many pixels along a side of NDVI as of productivity.
    """
    dates, pixels = {
        "MOD17A3HGF": ([(1, tiles.NPP)], pixels_per_tile),
        "MOD13A3": (tiles.months_of(year), pixels_per_tile // 2),
    }[product]
    folder = Path(list_path).parent.parent / "modis"
    world = World(region_folder, seed)
    tiles.write_dates(folder, list_path, world, dates, year, collection, pixels)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_tiles(
            region_folder=Path(snakemake.input.geography[0]).parent,
            list_path=snakemake.output.granules,
            product=snakemake.wildcards.product,
            year=int(snakemake.wildcards.year),
            collection=snakemake.wildcards.collection,
            pixels_per_tile=snakemake.params.pixels_per_tile,
            seed=snakemake.params.seed,
        )
