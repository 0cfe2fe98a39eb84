"""Write elevation and outlines of the simulation as a user would supply them.

Reads   the embedded geography of a region
Writes  dem (EPSG:4326, m) and area (GeoPackage of polygons with name and code)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.geography import Region
from nepflow.simulation.raw_files import write_area, write_elevation


def simulate_geography(region_folder, dem_path, area_path):
    """Write both files from the region's embedded fields."""
    region = Region(region_folder)
    write_elevation(dem_path, region)
    write_area(area_path, region)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_geography(
            region_folder=Path(snakemake.input.geography[0]).parent,
            dem_path=snakemake.output.dem,
            area_path=snakemake.output.area,
        )
