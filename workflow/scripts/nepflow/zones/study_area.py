"""The area of a study on its grid: which cells are inside, and of which polygon."""

import math
from typing import NamedTuple

import numpy as np
from affine import Affine

from nepflow.io import raster, vectors
from nepflow.study import modis

MOST_CELLS = 2**31


class OnGrid(NamedTuple):
    """Polygons in the CRS of the grid, the grid, codes from 1 (y, x; 0 outside), warnings."""

    polygons: object
    grid: raster.Grid
    codes: np.ndarray
    warnings: list


def on_grid(path, settings):
    """Read the area of a study and put it on the grid.

    Parameters
    ----------
    path : str
        Polygons, any CRS.
    settings : dict
        layer, name_field, overlaps of the area; crs, resolution_m of the grid; tiles that the
        study reads, none where it reads no tile.

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
    given = vectors.read_area(path, settings["layer"], settings["name_field"])
    crs = vectors.named_crs(settings["crs"])
    area = vectors.projected(given, crs, path)
    vectors.check_shown(given, area, path)
    grid = snapped(area.total_bounds, crs, settings["resolution_m"], path)
    codes, warnings = vectors.zone_codes(area, grid, path, overlaps=settings["overlaps"])
    lattice = (modis.SINUSOIDAL, modis.TILE_SIDE_M, modis.WEST_M, modis.NORTH_M)
    listed = set(settings["tiles"])
    missing = vectors.modis_tiles(codes > 0, grid, *lattice) - listed
    if listed and missing:  # none are listed where the study reads none
        raise modis.MissingTiles(
            f"{path}: reaches into the tiles {', '.join(sorted(missing))}, which `tiles` of "
            f"the study does not list. Set tiles: [{', '.join(sorted(listed | missing))}]."
        )
    return OnGrid(area, grid, codes, warnings)


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
