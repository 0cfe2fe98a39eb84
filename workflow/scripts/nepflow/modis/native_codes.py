"""Stored codes of the tiles of a year below the centres of a study grid, in bounded memory."""

from itertools import pairwise
from threading import Lock
from typing import NamedTuple

import numpy as np
from affine import Affine

from nepflow.io import bands as io_bands
from nepflow.io.geotiff import Grid
from nepflow.modis import hdf, tiles, tiles_met
from nepflow.modis.nearest import Nearest, picked

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
    grid : geotiff.Grid
        The whole study grid.
    mem_mb : int
        Memory of the job, MB.
    """

    def __init__(self, paths, fields, grid, mem_mb):
        self._fields, self._grid = list(fields), grid
        self.bands = bands(paths, self._fields, grid, mem_mb / SHARE)
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


def bands(paths, fields, grid, limit_mb):
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
    first, last = io_bands.rows(grid.height)
    whole = Band(first, last, *tiles_met.found(paths, name, grid))
    found, count = [whole], 1
    while max(band.size_mb(fields) for band in found) > limit_mb / min(count, 2):
        if (last - first) // (2 * count) < LEAST_ROWS:
            break
        count *= 2
        edges = np.linspace(first, last, count + 1).astype(int).tolist()
        native = tiles.lattice(paths, name, margin=0)
        placed = tiles_met.placed(whole.paths, name, native)
        found = [_band(rows, grid, native, placed) for rows in pairwise(edges)]
    return found


def _band(rows, grid, native, placed):
    """The band of some rows; ``placed`` are tiles with their place on ``native``."""
    box = tiles_met.boxes(grid, native, *rows, tiles_met.MARGIN)
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
