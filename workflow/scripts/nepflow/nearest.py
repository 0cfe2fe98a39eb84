"""The native cell below the centre of each cell of the study grid.

The transformation is evaluated on a coarse lattice and interpolated by polynomials of degree 5:
smooth as it is over 16 km, this errs by less than a millionth of a cell, and a cell takes the
same value whatever strip it is computed in.
"""

import math

import numba
import numpy as np
from pyproj import Transformer

from nepflow.kernels import COMPILED
from nepflow.lattice import Lattice
from nepflow.modis import SPHERE_RADIUS_M

NODES_M = 16_000  # spacing of the lattice at most; where cells are larger, every centre is exact
OUTSIDE = -1
JUMP_M = math.pi * SPHERE_RADIUS_M / 2  # nodes further apart have the antimeridian between them


class Nearest:
    """Where the centres of a study grid lie on a native grid.

    Parameters
    ----------
    grid, native : geotiff.Grid
    window : tuple of int, optional
        Row, column, height and width of the part of ``native`` whose cells are counted; all
        otherwise. The cell of a centre does not depend on it.
    """

    def __init__(self, grid, native, window=None):
        self._native = native
        self._window = window or (0, 0, native.height, native.width)
        self._grid = grid
        self._to_native = Transformer.from_crs(grid.crs, native.crs, always_xy=True)

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
        step = max(1, int(NODES_M // self._grid.resolution_m))
        column, row = self._places(x, y, step)
        index = np.empty(column.shape, dtype="int64")
        _flat(column, row, *self._window, index)
        return index

    def _places(self, x, y, step):
        """Column and row, in cells from the upper left corner of the native grid."""
        block = Lattice.of_grid(self._grid, step).block(x, y)
        east, north = self._to_native.transform(*block.nodes())
        across = np.diff(east.reshape(block.y.size, block.x.size), axis=1)
        if step > 1 and np.abs(across).max() > JUMP_M:
            return self._places(x, y, 1)
        places = np.stack((~self._native.transform) @ (east, north))
        places = np.where(np.isfinite(places), places, OUTSIDE)
        out = np.empty((2, y.size, x.size))
        every = slice(None)
        flat = np.zeros((y.size, x.size))
        block.interpolate(places, np.zeros(2), flat, every, every, out)
        return out


@numba.njit(cache=True, **COMPILED)
def _flat(column, row, top, left, height, width, index):
    for i in range(column.shape[0]):
        for j in range(column.shape[1]):
            c, r = column[i, j], row[i, j]
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
