"""Estimate the slope of the ground.

Reads   dem (m)
Writes  slope (degree)
"""

from nepflow._log import logged_to
from nepflow.io import raster
from nepflow.spatial import terrain


def estimate_slope(dem_path, output_path):
    """Slope between neighbouring cells of the grid: of large cells it is that of wide valleys."""
    grid = raster.grid_of(dem_path)
    slope = terrain.horn(raster.read(dem_path), grid.resolution_m)
    output = raster.Output(output_path, "degree", "slope", ("slope",))
    raster.write(slope, output, grid, inherit=[dem_path])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        estimate_slope(dem_path=snakemake.input.dem, output_path=snakemake.output.slope)
