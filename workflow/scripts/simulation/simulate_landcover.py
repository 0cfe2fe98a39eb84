"""Simulate the land cover tiles of all years that the product has.

Reads   the embedded geography of a region
Writes  a list of granules (file, sha256, simulated) a year and, in the folder ``modis`` beside its
        own, tiles MCD12Q1: IGBP classes 1..17, 255 where nothing is known
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.tiles import LANDCOVER, write_tiles
from nepflow.simulation.world import World

COLLECTION = "061"


def simulate_landcover(region_folder, list_paths, years, pixels_per_tile, seed):
    """Write all tiles of the region year after year, and after each year the list of them."""
    world = World(region_folder, seed)
    for year, list_path in zip(years, list_paths, strict=True):
        folder = Path(list_path).parent.parent / "modis"
        write_tiles(folder, list_path, world, LANDCOVER, year, COLLECTION, pixels_per_tile)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_landcover(
            region_folder=Path(snakemake.input.geography[0]).parent,
            list_paths=snakemake.output.granules,
            years=snakemake.params.years,
            pixels_per_tile=snakemake.params.pixels_per_tile,
            seed=snakemake.params.seed,
        )
