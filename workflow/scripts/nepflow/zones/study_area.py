"""The area of a study on its grid: which cells are inside, and of which polygon."""

import math
from typing import NamedTuple

import numpy as np
from affine import Affine

from nepflow.io import polygon_cells, raster, vectors
from nepflow.study import modis

MOST_CELLS = 2**31


class OnGrid(NamedTuple):
    """Polygons in the CRS of the grid, the grid, codes from 1 (y, x; 0 outside), warnings."""

    polygons: object
    grid: raster.Grid
    codes: np.ndarray
    warnings: list


def on_grid(path, area, settings):
    """Read the area of a study and put it on the grid.

    Parameters
    ----------
    path : str
        Polygons, any CRS.
    area : dict
        layer, name_field, overlaps, crs, encoding of the file.
    settings : dict
        crs, resolution_m of the grid; tiles that the study reads, none where it reads no tile.

    Returns
    -------
    OnGrid

    Raises
    ------
    vectors.BadCrs, vectors.BadArea, vectors.BadNames
    modis.MissingTiles
        If the area reaches into tiles that are not listed.
    """
    vectors.check_equal_area(settings["crs"])
    given = vectors.read_zones(path, area)
    crs = vectors.named_crs(settings["crs"])
    shown = vectors.projected(given, crs, path)
    vectors.check_shown(given, shown, path)
    grid = snapped(shown.total_bounds, crs, settings["resolution_m"], path)
    codes, warnings = polygon_cells.zone_codes(shown, grid, path, overlaps=area["overlaps"])
    lattice = (modis.SINUSOIDAL, modis.TILE_SIDE_M, modis.WEST_M, modis.NORTH_M)
    listed = set(settings["tiles"])
    missing = polygon_cells.modis_tiles(codes > 0, grid, *lattice) - listed
    if listed and missing:  # none are listed where the study reads none
        raise modis.MissingTiles(
            f"{path}: reaches into the tiles {', '.join(sorted(missing))}, which `tiles` of "
            f"the study does not list. Set tiles: [{', '.join(sorted(listed | missing))}]."
        )
    return OnGrid(shown, grid, codes, warnings)


def snapped(bounds, crs, resolution_m, path):
    """Return the `raster.Grid` whose edges are multiples of the cell and hold ``bounds``.

    Raises
    ------
    vectors.BadArea
        If it has too many cells.
    """
    west, south = (math.floor(value / resolution_m) for value in bounds[:2])
    east, north = (math.ceil(value / resolution_m) for value in bounds[2:])
    if (east - west) * (north - south) > MOST_CELLS:
        raise vectors.BadArea(
            f"{path}: the area reaches over {east - west} x {north - south} cells of "
            f"{resolution_m:g} m, at most {MOST_CELLS} can be made. Check the CRS of the file, "
            "choose a larger grid.resolution_m or a smaller area."
        )
    transform = Affine(resolution_m, 0, west * resolution_m, 0, -resolution_m, north * resolution_m)
    return raster.Grid(crs, transform, north - south, east - west)
