"""Simulate the monthly NDVI tiles of a year, with the gaps that clouds and snow make.

Reads   the embedded geography of a region
Writes  the list of granules (file, sha256, simulated) and, in the folder ``modis`` beside its
        own, tiles MOD13A3: NDVI times 10000 and pixel reliability; half the archive's pixels
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.tiles import months_of, write_dates
from nepflow.simulation.world import World

COLLECTION = "061"


def simulate_ndvi(region_folder, list_path, year, pixels_per_tile, seed):
    """Write all tiles of the region for all months, then the list of them."""
    world = World(region_folder, seed)
    folder = Path(list_path).parent.parent / "modis"
    write_dates(folder, list_path, world, months_of(year), year, COLLECTION, pixels_per_tile // 2)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_ndvi(
            region_folder=Path(snakemake.input.geography[0]).parent,
            list_path=snakemake.output.granules,
            year=int(snakemake.wildcards.year),
            pixels_per_tile=snakemake.params.pixels_per_tile,
            seed=snakemake.params.seed,
        )
