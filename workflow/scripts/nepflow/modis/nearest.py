"""The native cell below the centre of each cell of the study grid."""

from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import numba
import numpy as np
from affine import Affine
from pyproj import Transformer
from scipy.ndimage import maximum_filter, minimum_filter

from nepflow.io import bands
from nepflow.io.raster import Grid
from nepflow.modis import hdf, tiles
from nepflow.spatial.lattice import COMPILED
from nepflow.spatial.projection import NODES_M, Projection

OUTSIDE = -1


class Nearest:
    """Where the centres of a study grid lie on a native grid.

    Parameters
    ----------
    grid, native : raster.Grid
    window : tuple of int, optional
        Row, column, height and width of the part of ``native`` whose cells are counted; all
        otherwise. The cell of a centre does not depend on it.
    """

    def __init__(self, grid, native, window=None):
        self._native = native
        self._window = window or (0, 0, native.height, native.width)
        self._to_native = Projection(grid, native.crs)

    def index(self, x, y):
        """Return the cell of the window below each centre, counted row by row; -1 outside.

        Parameters
        ----------
        x, y : ndarray, shape (1, width) and (height, 1)
            Centres of a block of the study grid, m.

        Returns
        -------
        ndarray of int64, shape (height, width)
        """
        east, north = self._to_native(x, y)
        corner = self._native.transform
        index = np.empty(east.shape, dtype="int64")
        _flat(east, north, (corner.c, corner.f, corner.a), self._window, index)
        return index


@numba.njit(cache=True, **COMPILED)
def _flat(east, north, corner, window, index):
    west, high, side = corner
    top, left, height, width = window
    for i in range(east.shape[0]):
        for j in range(east.shape[1]):
            c, r = (east[i, j] - west) / side, (high - north[i, j]) / side
            inside = c >= left and c < left + width and r >= top and r < top + height
            if inside:
                index[i, j] = (np.int64(r) - top) * width + np.int64(c) - left
            else:
                index[i, j] = OUTSIDE


@numba.njit(cache=True, **COMPILED)
def _pick(codes, index, outside, out):
    for i in range(index.shape[0]):
        for j in range(index.shape[1]):
            k = index[i, j]
            out[i, j] = codes[k] if k >= 0 else outside


def picked(codes, index, outside):
    """Return the values of ``codes`` (y, x) at ``index``, and ``outside`` where that is -1."""
    out = np.empty(index.shape, dtype=codes.dtype)
    _pick(codes.ravel(), index, codes.dtype.type(outside), out)
    return out


MARGIN = 2  # cells; between nodes the edge of a box bends by less than one


def intersecting(paths, field, grid):
    """Return what a warp by nearest reads.

    Parameters
    ----------
    paths : list of str
        Granules of one product and year.
    field : str
        Field whose geometry a tile has.
    grid : raster.Grid
        The whole study grid.

    Returns
    -------
    paths : list of str
        The tiles that the rows of this job meet, at least one.
    window : raster.Grid
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
    native : raster.Grid
        The grid of all tiles, with or without a border.
    margin : int
        Further native cells round each centre that count.
    """
    if bands.is_whole():
        return paths
    top, left, bottom, right = boxes(grid, native, *bands.rows(grid.height), margin + MARGIN)
    met = []
    for path, (row, column, last_row, last_column) in located(paths, field, native):
        rows = (top < last_row) & (bottom > row)
        if (rows & (left < last_column) & (right > column)).any():
            met.append(path)
    return met or paths[:1]


def located(paths, field, native):
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
    grid, native : raster.Grid
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


SHARE = 4  # codes may take one part in so many of a job's memory
CODE_BYTES = 2  # of a field in the products that are read so, at most
LEAST_ROWS = 16  # of a band


class Band(NamedTuple):
    """Rows of the study grid, and the native cells below them."""

    start: int
    stop: int
    paths: list
    window: Grid
    nearest: Nearest

    def size_mb(self, fields):
        """Memory of the codes of ``fields`` in the window, MB."""
        return len(fields) * CODE_BYTES * self.window.height * self.window.width / 1e6


class NativeCodes:
    """Codes of some fields of one product, read when the rows above them come.

    All tiles are read once where they fit into the memory; otherwise rows go in bands, and the
    window of one band is kept at a time (of two, while threads pass from one to the next).

    Parameters
    ----------
    paths : list of str
        Granules of one product and year.
    fields : list of modis.Field
        Fields of one grid.
    grid : raster.Grid
        The whole study grid.
    mem_mb : int
        Memory of the job, MB.
    """

    def __init__(self, paths, fields, grid, mem_mb):
        self._fields, self._grid = list(fields), grid
        self.bands = row_bands(paths, self._fields, grid, mem_mb / SHARE)
        self._lock, self._loaded = Lock(), (None, None)

    def below(self, x, y):
        """Return the codes of each field at the centres of some rows.

        Parameters
        ----------
        x, y : ndarray, shape (1, width) and (rows, 1)
            Centres, m; neighbouring rows of the study grid.

        Returns
        -------
        list of hdf.Layer
            Codes (rows, width); the field's fill outside all tiles.
        """
        north, side = self._grid.transform.f, self._grid.resolution_m
        start = round((north - y[0, 0]) / side - 0.5)
        parts = []
        for band in self.bands:
            first, last = max(start, band.start), min(start + len(y), band.stop)
            if first < last:
                layers = self._codes(band)
                index = band.nearest.index(x, y[first - start : last - start])
                parts.append(
                    [
                        hdf.Layer(picked(layer.codes, index, field.fill), layer.attributes, None)
                        for layer, field in zip(layers, self._fields, strict=True)
                    ]
                )
        return parts[0] if len(parts) == 1 else list(map(_joined, zip(*parts, strict=True)))

    def _codes(self, band):
        with self._lock:
            if self._loaded[0] is not band:
                self._loaded = None, None  # before the next one is read
                read = [tiles.read_codes(band.paths, f, band.window, f.fill) for f in self._fields]
                self._loaded = band, read
            return self._loaded[1]


def _joined(layers):
    codes = np.concatenate([layer.codes for layer in layers])
    return hdf.Layer(codes, layers[0].attributes, None)


def row_bands(paths, fields, grid, limit_mb):
    """Return the fewest of 1, 2, 4 ... bands whose windows of codes fit.

    Parameters
    ----------
    paths, fields, grid
        See `NativeCodes`.
    limit_mb : float
        Of one window, or of the windows of two bands; bands of `LEAST_ROWS` may exceed it.

    Returns
    -------
    list of Band
        They cover the rows of this job.
    """
    name = fields[0].name
    first, last = bands.rows(grid.height)
    whole = Band(first, last, *intersecting(paths, name, grid))
    found, count = [whole], 1
    while max(band.size_mb(fields) for band in found) > limit_mb / min(count, 2):
        if (last - first) // (2 * count) < LEAST_ROWS:
            break
        count *= 2
        edges = np.linspace(first, last, count + 1).astype(int).tolist()
        native = tiles.lattice(paths, name, margin=0)
        placed = located(whole.paths, name, native)
        found = [_band(rows, grid, native, placed) for rows in pairwise(edges)]
    return found


def _band(rows, grid, native, placed):
    """The band of some rows; ``placed`` are tiles with their place on ``native``."""
    box = boxes(grid, native, *rows, MARGIN)
    size = np.array([native.height, native.width])
    top, left = np.clip(box[:2].min(axis=1), 0, size - 1).astype(int).tolist()
    bottom, right = np.clip(box[2:].max(axis=1), [top + 1, left + 1], size).astype(int).tolist()
    met = [
        path
        for path, (row, column, last_row, last_column) in placed
        if row < bottom and last_row > top and column < right and last_column > left
    ]
    corner = native.transform @ Affine.translation(left, top)
    window = Grid(native.crs, corner, bottom - top, right - left)
    place = top, left, window.height, window.width
    return Band(*rows, met or [placed[0][0]], window, Nearest(grid, native, place))
