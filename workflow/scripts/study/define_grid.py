"""Define the grid of a study from its area.

Reads   area polygons, any CRS
Writes  grid (uint8, 1 = inside), zones (uint16 class raster), outlines (GeoPackage)
"""

import math

from affine import Affine
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import polygon_cells, raster, vectors
from nepflow.study import modis

MOST_CELLS = 2**31


def define_grid(inputs, outputs, settings):
    """Snap the area's bounds to multiples of the cell and mark cells whose centre is inside."""
    area_path, crs, tiles = inputs["area"], settings["crs"], settings["tiles"]
    own = {key: settings[key] for key in ("layer", "name_field", "overlaps")}
    own |= {"crs": settings.get("area_crs"), "encoding": settings.get("encoding")}
    vectors.check_equal_area(crs)
    given = vectors.read_zones(area_path, own)
    crs = vectors.named_crs(crs)
    area = vectors.projected(given, crs, area_path)
    vectors.check_shown(given, area, area_path)
    grid = snapped(area.total_bounds, crs, settings["resolution_m"])
    codes, warnings = polygon_cells.zone_codes(area, grid, area_path, overlaps=own["overlaps"])
    lattice = (modis.SINUSOIDAL, modis.TILE_SIDE_M, modis.WEST_M, modis.NORTH_M)
    missing = polygon_cells.modis_tiles(codes > 0, grid, *lattice) - set(tiles)
    if tiles and missing:  # none are listed where the study reads none
        raise modis.MissingTiles(
            f"{area_path}: reaches into the tiles {', '.join(sorted(missing))}, which `tiles` of "
            "the study does not list. Add them."
        )
    tags = {"simulated": "simulated"} if settings["simulated"] else {}
    inside = raster.Output(
        outputs["grid"], "1", "study area", dtype="uint8", classes={1: "inside"}, tags=tags
    )
    raster.write((codes > 0).astype("float64"), inside, grid)
    named = dict(enumerate(area["name"], start=1))
    tags = tags | raster.warning_tags(warnings)
    zones = raster.Output(
        outputs["zones"], "1", "zone", dtype=polygon_cells.DTYPE, classes=named, tags=tags
    )
    raster.write(codes.astype("float64"), zones, grid)
    vectors.write(area.assign(code=list(named)), outputs["outlines"], layer="zones")


def snapped(bounds, crs, resolution_m):
    """Grid whose edges are multiples of the cell and hold ``bounds``."""
    west, south = (math.floor(value / resolution_m) for value in bounds[:2])
    east, north = (math.ceil(value / resolution_m) for value in bounds[2:])
    if (east - west) * (north - south) > MOST_CELLS:
        raise vectors.BadArea(
            f"the area reaches over {east - west} x {north - south} cells of {resolution_m:g} m, "
            f"at most {MOST_CELLS} can be made. Check the CRS of the area's file, choose a larger "
            "grid.resolution_m or a smaller area."
        )
    transform = Affine(resolution_m, 0, west * resolution_m, 0, -resolution_m, north * resolution_m)
    return raster.Grid(crs, transform, north - south, east - west)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        define_grid(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
