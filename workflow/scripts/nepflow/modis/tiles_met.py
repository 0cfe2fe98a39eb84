"""Which tiles the rows of a job meet: a band of the grid reads no others."""

import numpy as np
from pyproj import Transformer
from scipy.ndimage import maximum_filter, minimum_filter

from nepflow.io import bands
from nepflow.modis import hdf, tiles
from nepflow.modis.nearest import Nearest
from nepflow.spatial.projection import NODES_M

MARGIN = 2  # cells; between nodes the edge of a box bends by less than one


def found(paths, field, grid):
    """Return what a warp by nearest reads.

    Parameters
    ----------
    paths : list of str
        Granules of one product and year.
    field : str
        Field whose geometry a tile has.
    grid : geotiff.Grid
        The whole study grid.

    Returns
    -------
    paths : list of str
        The tiles that the rows of this job meet, at least one.
    window : geotiff.Grid
        The native grid that holds them.
    nearest : Nearest
        Cells of ``window`` below centres of ``grid``; all tiles decide where these lie.
    """
    native = tiles.lattice(paths, field, margin=0)
    if bands.is_whole():
        return paths, native, Nearest(grid, native)
    met = of_job(paths, field, grid, native)
    window = tiles.lattice(met, field, margin=0)
    place = tiles.place(window.transform, native)
    return met, window, Nearest(grid, native, (*place, window.height, window.width))


def of_job(paths, field, grid, native, margin=0):
    """Return the tiles that the rows of this job meet, at least one.

    Parameters
    ----------
    paths, field, grid
        See `found`.
    native : geotiff.Grid
        The grid of all tiles, with or without a border.
    margin : int
        Further native cells round each centre that count.
    """
    if bands.is_whole():
        return paths
    top, left, bottom, right = boxes(grid, native, *bands.rows(grid.height), margin + MARGIN)
    met = []
    for path, (row, column, last_row, last_column) in placed(paths, field, native):
        rows = (top < last_row) & (bottom > row)
        if (rows & (left < last_column) & (right > column)).any():
            met.append(path)
    return met or paths[:1]


def placed(paths, field, native):
    """Return [(path, (first row and column, those after the last))] of tiles on ``native``.

    Raises
    ------
    hdf.BadTile
        If a tile lies elsewhere than its name says: it might otherwise never be read.
    """
    found = []
    for path in paths:
        transform, (height, width) = hdf.geometry(path, field)
        hdf.check_place(path, hdf.Layer(np.empty((height, width), "uint8"), {}, transform))
        row, column = tiles.place(transform, native)
        found.append((path, (row, column, row + height, column + width)))
    return found


def boxes(grid, native, start, stop, margin):
    """Return boxes of native cells that together hold the centres of rows of a grid.

    Parameters
    ----------
    grid, native : geotiff.Grid
    start, stop : int
        First row and the row after the last.
    margin : int
        Cells added on each side.

    Returns
    -------
    ndarray, shape (4, box)
        First row and column, and those after the last; infinite where the grid reaches beyond
        the projection.
    """
    step = max(1, int(NODES_M // grid.resolution_m))
    axes = (axis.ravel() for axis in grid.xy(start, stop))
    x, y = (np.append(axis[:-1:step], axis[-1]) for axis in axes)
    to_native = Transformer.from_crs(grid.crs, native.crs, always_xy=True)
    places = np.stack((~native.transform) @ to_native.transform(*np.meshgrid(x, y)))[::-1]
    known = np.isfinite(places).all(axis=0)
    quad = {"size": (1, 2, 2), "mode": "nearest"}
    first = minimum_filter(np.where(known, np.floor(places), -np.inf), **quad) - margin
    last = maximum_filter(np.where(known, np.ceil(places), np.inf), **quad) + margin
    return np.concatenate([first, last]).reshape(4, -1)
