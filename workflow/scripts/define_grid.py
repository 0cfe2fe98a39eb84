"""Define the grid of a study from its area.

Reads   area polygons, any CRS
Writes  grid (uint8, 1 = inside), zones (uint8 class raster), outlines (GeoPackage)
"""

import math

from affine import Affine
from nepflow import modis, raster, vectors
from nepflow._log import logged_to
from pyproj import CRS


def define_grid(
    area_path, layer, name_field, crs, resolution_m, tiles, simulated, grid_path, zones_path,
    outlines_path,
):  # fmt: skip
    """Snap the area's bounds to multiples of the cell and mark cells whose centre is inside."""
    vectors.check_equal_area(crs)
    area = vectors.read_area(area_path, layer, name_field).to_crs(crs)
    grid = snapped(area.total_bounds, CRS.from_user_input(crs).to_wkt(), resolution_m)
    codes = vectors.zone_codes(area, grid, area_path)
    lattice = (modis.SINUSOIDAL, modis.TILE_SIDE_M, modis.WEST_M, modis.NORTH_M)
    missing = vectors.modis_tiles(codes > 0, grid, *lattice) - set(tiles)
    if missing:
        raise modis.MissingTiles(
            f"{area_path}: reaches into the tiles {', '.join(sorted(missing))}, which `tiles` of "
            "the study does not list. Add them."
        )
    tags = {"simulated": "simulated (twin)"} if simulated else {}
    inside = raster.Output(
        grid_path, "1", "study area", dtype="uint8", classes={1: "inside"}, tags=tags
    )
    raster.write((codes > 0).astype("float64"), inside, grid)
    names = dict(enumerate(area["name"], start=1))
    zones = raster.Output(zones_path, "1", "zone", dtype="uint8", classes=names, tags=tags)
    raster.write(codes.astype("float64"), zones, grid)
    vectors.write(area.assign(code=list(names)), outlines_path, layer="zones")


def snapped(bounds, crs, resolution_m):
    """Grid whose edges are multiples of the cell and hold ``bounds``."""
    west, south = (math.floor(value / resolution_m) for value in bounds[:2])
    east, north = (math.ceil(value / resolution_m) for value in bounds[2:])
    transform = Affine(resolution_m, 0, west * resolution_m, 0, -resolution_m, north * resolution_m)
    return raster.Grid(crs, transform, north - south, east - west)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        define_grid(
            area_path=snakemake.input.area,
            **{key: snakemake.params[key] for key in snakemake.params.keys()},  # noqa: SIM118
            grid_path=snakemake.output.grid,
            zones_path=snakemake.output.zones,
            outlines_path=snakemake.output.outlines,
        )
