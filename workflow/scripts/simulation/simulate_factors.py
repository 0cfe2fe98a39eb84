"""Simulate karst and population of a region.

Reads   the embedded geography of a region
Writes  karst (GeoPackage of two polygons with name), population (EPSG:4326, people a km2)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.geography import Region
from nepflow.simulation.raw_files import write_karst, write_population


def simulate_factors(region_folder, karst_path, population_path, seed):
    """Write both layers as a user would supply them."""
    region = Region(region_folder)
    write_karst(karst_path, region, seed)
    write_population(population_path, region, seed)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_factors(
            region_folder=Path(snakemake.input.geography[0]).parent,
            karst_path=snakemake.output.karst,
            population_path=snakemake.output.population,
            seed=snakemake.params.seed,
        )
