"""Tiles of one product and year on their one native grid."""

import copy
import csv
import math
from pathlib import Path

import numpy as np
from affine import Affine
from pyproj import Transformer
from rasterio.crs import CRS
from scipy.ndimage import maximum_filter, minimum_filter

from nepflow import _digests as digests
from nepflow.io import bands
from nepflow.io.atomic import replacing
from nepflow.io.raster import Grid, paste
from nepflow.modis import hdf
from nepflow.spatial.projection import NODES_M
from nepflow.study import modis

ALIGNED = 0.01  # cells; tiles of one lattice agree far better
SHEARED = 1 + math.pi  # a cell at 180 degrees near a pole is so many of its sides wide
MARGIN = 2  # cells; between nodes the edge of a box bends by less than one


class Tiles:
    """The tiles of a product and date, whose places are read once.

    Parameters
    ----------
    paths : list of str
        Granules, one a tile.
    field : str
        Name of the field whose grid counts.

    Attributes
    ----------
    paths : list of str
    grid : raster.Grid
        The native grid that holds them: sinusoidal, on the MODIS sphere.
    whole : raster.Grid
        That of all tiles, where these are some of them.
    shape : tuple of int
        Rows and columns of the first tile.

    Raises
    ------
    hdf.BadTile
        If a tile has another cell size, or is not aligned with the others.
    """

    def __init__(self, paths, field):
        self.paths = list(paths)
        self._geometry = {path: hdf.geometry(path, field) for path in self.paths}
        self.shape = self._geometry[self.paths[0]][1]
        self.grid = self.whole = self._lattice()

    def bordered(self, margin):
        """Return the grid of all tiles with an empty border of ``margin`` cells.

        A warped cell at the edge must find missing data there, not the end of the file.
        """
        whole, side = self.whole, self.whole.resolution_m
        west, north = whole.transform.c - margin * side, whole.transform.f + margin * side
        corner = Affine(side, 0, west, 0, -side, north)
        return Grid(whole.crs, corner, whole.height + 2 * margin, whole.width + 2 * margin)

    def only(self, paths):
        """Return some of these tiles."""
        part = copy.copy(self)
        part.paths = list(paths)
        part.grid = part._lattice()
        return part

    def of_job(self, study_grid, margin=0):
        """Return the tiles that the rows of this job meet, at least one; see `within`."""
        if bands.is_whole():
            return self
        return self.within(study_grid, bands.rows(study_grid.height), margin)

    def reached(self, study_grid):
        """Return what a warp by any resampling reads.

        Parameters
        ----------
        study_grid : raster.Grid
            The side of its cells sets the empty border.

        Returns
        -------
        tiles : Tiles
            Those that the cells of this job may take values from.
        grid : raster.Grid
            The native grid of all tiles, with a border.
        """
        side = study_grid.resolution_m / self.whole.resolution_m
        reach = math.ceil(SHEARED * side) + 1
        return self.of_job(study_grid, margin=2 * reach), self.bordered(reach)

    def within(self, study_grid, rows, margin=0):
        """Return the tiles that rows of a study grid meet, at least one.

        Parameters
        ----------
        study_grid : raster.Grid
            The whole of it.
        rows : tuple of int
            First row and the row after the last.
        margin : int
            Further native cells round each centre that count.
        """
        return self.touching(*boxes(study_grid, self.whole, *rows, margin + MARGIN))

    def touching(self, top, left, bottom, right):
        """Return the tiles that meet any of some boxes of cells of `whole`, at least one.

        Parameters
        ----------
        top, left, bottom, right : int or ndarray
            First row and column, and those after the last.

        Raises
        ------
        hdf.BadTile
            If a tile lies elsewhere than its name says: it might otherwise never be read.
        """
        met = []
        for path in self.paths:
            transform, (height, width) = self._geometry[path]
            hdf.check_place(path, hdf.Layer(np.empty((height, width), "uint8"), {}, transform))
            row, column = place(transform, self.whole)
            rows = (top < row + height) & (bottom > row)
            if np.any(rows & (left < column + width) & (right > column)):
                met.append(path)
        return self.only(met or self.paths[:1])

    def codes(self, field, window):
        """Read one field of all tiles into one array, undecoded.

        Parameters
        ----------
        field : modis.Field
            Its fill stands outside all tiles.
        window : raster.Grid
            `grid`, or a part of it: what lies outside is left out.

        Returns
        -------
        hdf.Layer
            Codes of the type that the file stores, shape (y, x) of ``window``.

        Raises
        ------
        hdf.BadTile
            Also if a tile is not where its name says, or has another scale than the product.
        """
        codes = None
        for path in self.paths:
            layer = hdf.read_layer(path, field.name)
            hdf.check_place(path, layer)
            hdf.check_scale(layer, field, path)
            if codes is None:
                codes = np.full((window.height, window.width), field.fill, layer.codes.dtype)
            _put(layer.codes, place(layer.transform, window), codes)
        return hdf.Layer(codes, layer.attributes, window.transform)

    def write(self, decode, output, grid, fill=np.nan):
        """Decode tile after tile into one raster; memory does not grow with their number.

        Parameters
        ----------
        decode : callable
            Takes a path, returns float (band, y, x) with NaN = missing.
        output : raster.Output
        grid : raster.Grid
            See `bordered`.
        fill : float or sequence of float
            Outside all tiles.
        """
        parts = ((*place(self._geometry[path][0], grid), decode(path)) for path in self.paths)
        paste(parts, output, grid, fill=fill, inherit=origin(self.paths))

    def _lattice(self):
        """Return the grid that holds the tiles."""
        found = [(path, *self._geometry[path]) for path in self.paths]
        side = found[0][1].a
        west = min(transform.c for _, transform, _ in found)
        north = max(transform.f for _, transform, _ in found)
        last_row = last_column = 0
        for path, transform, (height, width) in found:
            row, column = (north - transform.f) / side, (transform.c - west) / side
            off = max(abs(row - round(row)), abs(column - round(column)))
            if abs(transform.a / side - 1) > 1e-6 or off > ALIGNED:
                raise hdf.BadTile(
                    f"{path}: its cells of {transform.a:.3f} m do not line up with those of "
                    f"{found[0][0]} ({side:.3f} m). Do not mix resolutions or clipped files."
                )
            last_row = max(last_row, round(row) + height)
            last_column = max(last_column, round(column) + width)
        crs = CRS.from_string(modis.SINUSOIDAL).to_wkt()
        return Grid(crs, Affine(side, 0, west, 0, -side, north), last_row, last_column)


def place(transform, grid):
    """Row and column of a tile's upper left cell in the mosaic."""
    row = round((grid.transform.f - transform.f) / grid.resolution_m)
    return row, round((transform.c - grid.transform.c) / grid.resolution_m)


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


def origin(paths):
    """Return the tag that simulated tiles give to what is made of them, as a dictionary."""
    return {"simulated": "simulated"} if hdf.is_simulated(paths[0]) else {}


def _put(tile, corner, codes):
    """Copy what of a tile, whose first cell stands at ``corner``, lies on ``codes``."""
    there, here = [], []
    for start, length, limit in zip(corner, tile.shape, codes.shape, strict=True):
        first, last = max(start, 0), min(start + length, limit)
        if first >= last:
            return
        there.append(slice(first, last))
        here.append(slice(first - start, last - start))
    codes[tuple(there)] = tile[tuple(here)]


def write_granules(paths, fields, granules_path):
    """Write the SHA-256 of each granule, and what else proves it.

    Columns: file, sha256, verified (`digests.VERIFIED`).

    Parameters
    ----------
    paths : list of str
    fields : iterable of modis.Field
        What is read of them.
    granules_path : str
    """
    fields = list(fields)
    with (
        replacing(granules_path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "sha256", "verified"])
        for path in paths:
            inside = hdf.holds_checksums(path, fields)
            row = [Path(path).name, digests.digest(path), digests.verified(path, inside)]
            table.writerow(row)


def write_counts(paths, field, counts_path):
    """Write how many native cells of each tile are valid or absent, by reason.

    Columns: tile, reason, cells. The reasons of a tile close to its number of cells.
    """
    with (
        replacing(counts_path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["tile", "reason", "cells"])
        for path in paths:
            layer = hdf.read_layer(path, field.name)
            cells = np.bincount(
                hdf.missing_reason(layer, field).ravel(), minlength=len(modis.MISSING_REASONS) + 1
            )
            tile = modis.FILE_NAME.match(Path(path).name)["tile"]
            for code, name in modis.MISSING_REASONS.items():
                table.writerow([tile, name, int(cells[code])])
