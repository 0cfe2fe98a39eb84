"""Tiles of one product and year -> one native mosaic, tile by tile."""

import csv
import hashlib
from pathlib import Path

import numpy as np
from affine import Affine
from rasterio.crs import CRS

from nepflow.io.atomic import replacing
from nepflow.io.raster import Grid, paste
from nepflow.modis import hdf
from nepflow.study import modis

ALIGNED = 0.01  # cells; tiles of one lattice agree far better


def lattice(paths, field, margin):
    """Return the native grid that holds all tiles, with a border of ``margin`` cells.

    Parameters
    ----------
    paths : list of str
        Granules of one product and year.
    field : str
        Name of the field whose grid counts.
    margin : int
        Width of the empty border, cells: a warped cell at the edge must find absence there,
        not the end of the file.

    Returns
    -------
    Grid
        Sinusoidal, on the MODIS sphere.

    Raises
    ------
    hdf.BadTile
        If a tile has another cell size, or is not aligned with the others.
    """
    boxes = [(path, *hdf.geometry(path, field)) for path in paths]
    side = boxes[0][1].a
    west = min(transform.c for _, transform, _ in boxes)
    north = max(transform.f for _, transform, _ in boxes)
    last_row = last_column = 0
    for path, transform, (height, width) in boxes:
        row, column = (north - transform.f) / side, (transform.c - west) / side
        off = max(abs(row - round(row)), abs(column - round(column)))
        if abs(transform.a / side - 1) > 1e-6 or off > ALIGNED:
            raise hdf.BadTile(
                f"{path}: its cells of {transform.a:.3f} m do not line up with those of "
                f"{boxes[0][0]} ({side:.3f} m). Do not mix resolutions or clipped files."
            )
        last_row = max(last_row, round(row) + height)
        last_column = max(last_column, round(column) + width)
    corner = Affine(side, 0, west - margin * side, 0, -side, north + margin * side)
    crs = CRS.from_string(modis.SINUSOIDAL).to_wkt()
    return Grid(crs, corner, last_row + 2 * margin, last_column + 2 * margin)


def place(transform, grid):
    """Row and column of a tile's upper left cell in the mosaic."""
    row = round((grid.transform.f - transform.f) / grid.resolution_m)
    return row, round((transform.c - grid.transform.c) / grid.resolution_m)


def write_mosaic(paths, field, decode, output, grid, fill=np.nan):
    """Decode tile after tile into one raster; memory does not grow with their number.

    Parameters
    ----------
    paths : list of str
    field : str
        Field whose geometry a tile has.
    decode : callable
        Takes a path, returns float (band, y, x) with NaN = absent.
    output : raster.Output
    grid : Grid
        See `lattice`.
    fill : float or sequence of float
        Outside all tiles.
    """
    parts = ((*place(hdf.geometry(path, field)[0], grid), decode(path)) for path in paths)
    paste(parts, output, grid, fill=fill, inherit=origin(paths))


def origin(paths):
    """Return the tag that simulated tiles give to what is made of them, as a dictionary."""
    return {"simulated": "simulated (twin)"} if hdf.is_simulated(paths[0]) else {}


def read_codes(paths, field, grid, fill):
    """Read one field of all tiles into one array, undecoded.

    Parameters
    ----------
    paths : list of str
    field : modis.Field
    grid : Grid
        See `lattice`; or a part of one: what lies outside is left out.
    fill : int
        Code outside all tiles.

    Returns
    -------
    hdf.Layer
        Codes of the type that the file stores, shape (y, x) of ``grid``.

    Raises
    ------
    hdf.BadTile
        Also if a tile is not where its name says, or has another scale than the product.
    """
    codes = None
    for path in paths:
        layer = hdf.read_layer(path, field.name)
        hdf.check_place(path, layer)
        hdf.check_scale(layer, field, path)
        if codes is None:
            codes = np.full((grid.height, grid.width), fill, dtype=layer.codes.dtype)
        _put(layer.codes, place(layer.transform, grid), codes)
    return hdf.Layer(codes, layer.attributes, grid.transform)


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


def write_granules(paths, granules_path):
    """Write the SHA-256 of each granule. Columns: file, sha256."""
    with (
        replacing(granules_path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["file", "sha256"])
        for path in paths:
            with open(path, "rb") as tile:
                digest = hashlib.file_digest(tile, "sha256").hexdigest()
            table.writerow([Path(path).name, digest])


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
            cells = np.bincount(hdf.absence(layer, field).ravel(), minlength=len(modis.ABSENCE) + 1)
            tile = modis.FILE_NAME.match(Path(path).name)["tile"]
            for code, name in modis.ABSENCE.items():
                table.writerow([tile, name, int(cells[code])])
