"""The native cell below the centre of each cell of the study grid."""

import numba
import numpy as np

from nepflow.climate.kernels import COMPILED
from nepflow.spatial.projection import Projection

OUTSIDE = -1


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
