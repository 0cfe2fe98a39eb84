"""The NDVI tiles of a year as decoded monthly mosaics on the native grid."""

import csv
import math
from pathlib import Path

import numpy as np

from nepflow import hdf, modis, mosaic, ndvi, raster
from nepflow.atomic import replacing

VALUES, STATES = tuple(range(1, 25)), tuple(range(25, 37))  # bands of the native file
# How a month of a native cell counts in the table of absence
REASONS = {ndvi.SEEN: "valid", ndvi.SNOW: "snow", ndvi.GAP: "fill"}


def write_months(product, months, kept, resolution_m, native_path, counts_path):
    """Decode and composite the tiles of a year, month by month, before any resampling.

    Parameters
    ----------
    product : str
        MOD13A3, MOD13A2 or MOD13Q1.
    months : list of 12 lists
        Dates that count for the month; a date is a list of files, one a tile in fixed order.
        A month before the product begins has no date.
    kept : list of int
        Ranks of the pixel reliability that count as observed.
    resolution_m : float
        Side of a cell of the study grid, m; sets the empty border.
    native_path : str
        Gets 12 bands of NDVI, 12 of 1 where it was observed and 0 elsewhere, and 12 of
        `ndvi.SEEN`, `ndvi.SNOW` or `ndvi.GAP`; see `VALUES` and `STATES`.
    counts_path : str
        Gets native cells and months by tile and reason. Columns: tile, reason, cells.
    """
    fields = modis.PRODUCTS[product].fields
    first = next(dates[0] for dates in months if dates)
    field = fields["ndvi"].name
    cell = hdf.geometry(first[0], field)[0].a
    grid = mosaic.lattice(first, field, margin=math.ceil(resolution_m / cell) + 1)
    counts = {}

    def values(path):
        found, state = _tile(fields, months, first.index(path), kept)
        counts[path] = {code: int((state == code).sum()) for code in REASONS}
        return np.concatenate([found, ~np.isnan(found), state])

    parts = ("ndvi", "seen", "state")
    names = [f"{part}_{month:02d}" for part in parts for month in range(1, 13)]
    output = raster.Output(native_path, "1", "native NDVI", bands=names)
    empty = [np.nan] * 12 + [0] * 12 + [np.nan] * 12
    mosaic.write_mosaic(first, field, values, output, grid, fill=empty)
    _write_counts(counts, counts_path)


def _tile(fields, months, number, kept):
    """NDVI and state (12, y, x) of one tile."""
    parts = [_month(fields, [date[number] for date in dates], kept) for dates in months]
    shape = next(part[0].shape for part in parts if part)
    absent = np.full(shape, np.nan), np.full(shape, float(ndvi.GAP))
    found, state = zip(*(part or absent for part in parts), strict=True)
    return np.stack(found), np.stack(state)


def _month(fields, paths, kept):
    """Composite of the dates of a month of one tile; None without a date."""
    if not paths:
        return None
    values, ranks = [], []
    for path in paths:
        layer = hdf.read_layer(path, fields["ndvi"].name)
        hdf.check_place(path, layer)
        values.append(hdf.decode(layer, fields["ndvi"], path))
        rank = hdf.read_layer(path, fields["reliability"].name)
        ranks.append(hdf.decode(rank, fields["reliability"], path))
    return ndvi.composite(np.stack(values), np.stack(ranks), kept)


def _write_counts(counts, path):
    with replacing(path) as temporary, open(temporary, "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["tile", "reason", "cells"])
        for name, cells in counts.items():
            tile = modis.FILE_NAME.match(Path(name).name)["tile"]
            table.writerows([tile, REASONS[code], number] for code, number in cells.items())
