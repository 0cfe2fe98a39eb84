"""The native cell below the centre of each cell of the study grid."""

from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import numba
import numpy as np
from affine import Affine

from nepflow.io import bands
from nepflow.io.raster import Grid
from nepflow.modis import hdf
from nepflow.modis.tiles import MARGIN, Tiles, boxes, place
from nepflow.spatial.lattice import COMPILED
from nepflow.spatial.projection import Projection

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


SHARE = 4  # codes may take one part in so many of a job's memory
CODE_BYTES = 2  # of a field in the products that are read so, at most
LEAST_ROWS = 16  # of a band


class Band(NamedTuple):
    """Rows of the study grid, and the native cells below them."""

    start: int
    stop: int
    tiles: Tiles
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
        self.bands = row_bands(
            Tiles(paths, self._fields[0].name), self._fields, grid, mem_mb / SHARE
        )
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
                read = [band.tiles.codes(field, band.window) for field in self._fields]
                self._loaded = band, read
            return self._loaded[1]


def _joined(layers):
    codes = np.concatenate([layer.codes for layer in layers])
    return hdf.Layer(codes, layers[0].attributes, None)


def row_bands(tiles, fields, grid, limit_mb):
    """Return the fewest of 1, 2, 4 ... bands whose windows of codes fit.

    Parameters
    ----------
    tiles : tiles.Tiles
        All of the product and year: these decide where the cells lie.
    fields, grid
        See `NativeCodes`.
    limit_mb : float
        Of one window, or of the windows of two bands; bands of `LEAST_ROWS` may exceed it.

    Returns
    -------
    list of Band
        They cover the rows of this job.
    """
    first, last = bands.rows(grid.height)
    met = tiles.of_job(grid)
    found, count = [_band((first, last), grid, met, met.grid)], 1
    while max(band.size_mb(fields) for band in found) > limit_mb / min(count, 2):
        if (last - first) // (2 * count) < LEAST_ROWS:
            break
        count *= 2
        edges = np.linspace(first, last, count + 1).astype(int).tolist()
        found = [_band_of_box(rows, grid, met) for rows in pairwise(edges)]
    return found


def _band_of_box(rows, grid, tiles):
    """The band of some rows, with the box of cells that holds their centres."""
    native = tiles.whole
    box = boxes(grid, native, *rows, MARGIN)
    size = np.array([native.height, native.width])
    top, left = np.clip(box[:2].min(axis=1), 0, size - 1).astype(int).tolist()
    bottom, right = np.clip(box[2:].max(axis=1), [top + 1, left + 1], size).astype(int).tolist()
    corner = native.transform @ Affine.translation(left, top)
    window = Grid(native.crs, corner, bottom - top, right - left)
    return _band(rows, grid, tiles.touching(top, left, bottom, right), window)


def _band(rows, grid, tiles, window):
    part = *place(window.transform, tiles.whole), window.height, window.width
    return Band(*rows, tiles, window, Nearest(grid, tiles.whole, part))
