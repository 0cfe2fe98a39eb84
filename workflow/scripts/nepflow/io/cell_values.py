"""The mean, or the commonest value, of what lies within the cells of a grid.

GDAL takes both over a box between two opposite corners of a cell, in native cells. Where a native
grid is sheared or turned the box is not the cell. Here a cell is what its four corners enclose:
it is divided into equal sub-cells, and each has the value of the native cell at its centre. Places
are exact at the corners of blocks of cells and straight between them.
"""

import math

import numpy as np
from numba import njit
from pyproj import Transformer
from rasterio.windows import Window

SUBCELLS = 2  # along a native cell
FEWEST, MOST = 2, 32  # sub-cells along a cell
BLOCK = 32  # native cells along a block at most; projections bend one by a few hundredths of a cell
PROBES = 5  # places in each direction where the size of native cells is looked at
TOLERANCE = 0.1  # native cells, or sub-cells if larger: beyond it every sub-cell is transformed
SAMPLES = 1_000_000  # sub-cells at a time
VALUES = 4_000_000  # native values at a time


class CellValues:
    """An open raster seen on a grid, read as a dataset of rasterio is.

    A cell does not depend on the window that is read.

    Parameters
    ----------
    source : rasterio.DatasetReader
        Its ``nodata`` and NaN are missing, band by band.
    grid : raster.Grid
        The whole of it.
    method : {"average", "mode"}
        Mean of the sub-cells that have a value; or the value that most of them have, the smallest
        of several.
    """

    nodata = math.nan

    def __init__(self, source, grid, method):
        self._source, self._grid, self._method = source, grid, method
        self._transformer = Transformer.from_crs(grid.crs, source.crs.to_wkt(), always_xy=True)
        side = self._native_cells()
        self._k = int(np.clip(math.ceil(SUBCELLS * side), FEWEST, MOST))
        self._block = max(1, int(BLOCK // max(side, 1)))
        self._tolerance = TOLERANCE * max(1, side / self._k)

    @property
    def indexes(self):
        """Numbers of the bands, from 1."""
        return self._source.indexes

    def read(self, bands, window, out_dtype="float64"):
        """Return the values of a window of the grid, (band, rows, columns), NaN = missing."""
        values = np.empty((len(bands), int(window.height), int(window.width)))
        self._fill(values, bands, int(window.row_off), int(window.col_off))
        return values.astype(out_dtype, copy=False)

    def _fill(self, values, bands, top, left):
        """Fill ``values``, whose first cell is at ``top`` and ``left``; much of it by halves."""
        height, width = values.shape[1:]
        single = height * width == 1
        if single or height * width * self._k**2 <= SAMPLES:
            places = self._subcells(top, left, height, width)
            first, last, west, east = _extent(*places)
            if last < 0:
                values[:] = np.nan
                return
            window = Window(west, first, east - west + 1, last - first + 1)
            if single or window.height * window.width * len(bands) <= VALUES:
                self._combine(bands, window, places, values)
                return
        if height > 1 and height >= width / 8:  # parts as wide as can be: rows of the file
            middle = height // 2
            self._fill(values[:, :middle], bands, top, left)
            self._fill(values[:, middle:], bands, top + middle, left)
        else:
            middle = width // 2
            self._fill(values[:, :, :middle], bands, top, left)
            self._fill(values[:, :, middle:], bands, top, left + middle)

    def _combine(self, bands, window, places, values):
        native = self._read_native(bands, window)
        rows, columns = places[0] - window.row_off, places[1] - window.col_off
        for layer, out in zip(native, values, strict=True):
            if self._method == "average":
                _means(layer, rows, columns, out)
            else:
                codes = np.append(np.unique(layer[~np.isnan(layer)]), np.nan)
                _commonest(np.searchsorted(codes, layer), codes, rows, columns, out)

    def _read_native(self, bands, window):
        native = self._source.read(bands, window=window, out_dtype="float64")
        if self._source.nodata is not None:
            native[native == self._source.nodata] = np.nan
        return native

    def _native_cells(self):
        """Side of a cell in native cells, the median of some places: root of its area."""
        y, x = ((np.arange(PROBES) + 0.5) / PROBES * n for n in self._shape)
        x, y = np.meshgrid(x, y)
        row, column = self._native(y, x)
        (row_x, column_x), (row_y, column_y) = self._native(y, x + 0.5), self._native(y + 0.5, x)
        east, south = (column_x - column, row_x - row), (column_y - column, row_y - row)
        area = 4 * np.abs(east[0] * south[1] - east[1] * south[0])
        area = area[np.isfinite(area)]
        return math.sqrt(np.median(area)) if area.size else 0

    @property
    def _shape(self):
        return self._grid.height, self._grid.width

    def _native(self, y, x):
        """Row and column on the native grid of those of the study grid, float; NaN = nowhere."""
        place = self._transformer.transform(*(self._grid.transform @ (x, y)))
        place = np.where(np.isfinite(place), place, np.nan)
        column, row = ~self._source.transform @ (place[0], place[1])
        if self._source.crs.is_geographic:  # longitudes from 0 to 360, or across 180
            column = column % abs(360 / self._source.transform.a)
        return np.stack([row, column])

    def _subcells(self, top, left, height, width):
        """Native rows and columns of the sub-cells, int32 (2, height, width, k, k); -1 outside.

        Where the projections bend a block, or it lies across 180 degrees, each is transformed by
        itself.
        """
        y, x = np.arange(top, top + height), np.arange(left, left + width)
        nodes, bent = self._blocks(
            *(np.arange(n[0], n[-1] + 2) for n in (y // self._block, x // self._block))
        )
        within = top % self._block, left % self._block
        places = np.empty((2, height, width, self._k, self._k), dtype="int32")
        _straight(nodes, self._block, within, self._source.shape, places)
        if bent.any():
            of_row, of_column = (n // self._block - n[0] // self._block for n in (y, x))
            rows, columns = np.nonzero(bent[np.ix_(of_row, of_column)])
            places[:, rows, columns] = self._exact(y[rows], x[columns])
        return places

    def _blocks(self, i, j):
        """Places of the corners of blocks, and which of these are not straight enough."""
        nodes = self._native(*np.meshgrid(i * self._block, j * self._block, indexing="ij"))
        centres = ((n[:-1] + 0.5) * self._block for n in (i, j))
        middle = (nodes[:, :-1, :-1] + nodes[:, :-1, 1:] + nodes[:, 1:, :-1] + nodes[:, 1:, 1:]) / 4
        off = np.abs(middle - self._native(*np.meshgrid(*centres, indexing="ij")))
        return nodes, ~(off <= self._tolerance).all(axis=0)

    def _exact(self, y, x):
        """Native rows and columns of the sub-cells of some cells, (2, cell, k, k); -1 outside."""
        inner = (np.arange(self._k) + 0.5) / self._k
        y, x = y[:, None, None] + inner[:, None], x[:, None, None] + inner
        places = self._native(*np.broadcast_arrays(y, x))
        inside = (places >= 0) & (places < np.reshape(self._source.shape, (2, 1, 1, 1)))
        return np.where(inside.all(axis=0), places, -1)


@njit(cache=True, nogil=True)
def _straight(nodes, block, within, limits, places):
    """Fill in the places of sub-cells; ``within`` is where the first cell lies in its block."""
    _, height, width, k, _ = places.shape
    for i in range(height):
        n, y = divmod(i + within[0], block)
        for j in range(width):
            m, x = divmod(j + within[1], block)
            for a in range(k):
                v = (y + (a + 0.5) / k) / block
                row = nodes[0, n, m] * (1 - v) + nodes[0, n + 1, m] * v
                down = nodes[0, n, m + 1] * (1 - v) + nodes[0, n + 1, m + 1] * v - row
                column = nodes[1, n, m] * (1 - v) + nodes[1, n + 1, m] * v
                across = nodes[1, n, m + 1] * (1 - v) + nodes[1, n + 1, m + 1] * v - column
                for b in range(k):
                    u = (x + (b + 0.5) / k) / block
                    r, c = row + u * down, column + u * across
                    if r >= 0 and r < limits[0] and c >= 0 and c < limits[1]:
                        places[0, i, j, a, b], places[1, i, j, a, b] = int(r), int(c)
                    else:
                        places[0, i, j, a, b] = places[1, i, j, a, b] = -1


@njit(cache=True, nogil=True)
def _extent(rows, columns):
    """First and last row, first and last column of places that are not outside."""
    top = left = np.iinfo(np.int32).max
    bottom = right = -1
    for row, column in zip(rows.flat, columns.flat):  # noqa: B905
        if row >= 0:
            top, bottom = min(top, row), max(bottom, row)
            left, right = min(left, column), max(right, column)
    return top, bottom, left, right


@njit(inline="always")
def _at(values, row, column, outside):
    return values[row, column] if row >= 0 else outside


@njit(cache=True, nogil=True)
def _means(values, rows, columns, out):
    """Mean of the values (y, x) at the places (height, width, k, k) of each cell, but for NaN."""
    height, width, k, _ = rows.shape
    for i in range(height):
        for j in range(width):
            total, count = 0.0, 0
            for a in range(k):
                for b in range(k):
                    value = _at(values, rows[i, j, a, b], columns[i, j, a, b], np.nan)
                    if not np.isnan(value):
                        total += value
                        count += 1
            out[i, j] = total / count if count else np.nan


@njit(cache=True, nogil=True)
def _commonest(numbers, codes, rows, columns, out):
    """Code whose number (y, x) most of the places of each cell have; the last code is missing."""
    height, width, k, _ = rows.shape
    missing, counts = codes.size - 1, np.zeros(codes.size, dtype=np.int64)
    for i in range(height):
        for j in range(width):
            best, most = missing, 0
            for a in range(k):
                for b in range(k):
                    number = _at(numbers, rows[i, j, a, b], columns[i, j, a, b], missing)
                    counts[number] += number != missing
                    count = counts[number]
                    if count > most or (count == most and number < best):
                        best, most = number, count
            for a in range(k):
                for b in range(k):
                    counts[_at(numbers, rows[i, j, a, b], columns[i, j, a, b], missing)] = 0
            out[i, j] = codes[best]
