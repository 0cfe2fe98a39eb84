"""The NDVI tiles of a year as decoded mosaics on the native grid, a file a month."""

import csv
import math
from collections import Counter
from pathlib import Path

import numpy as np

from nepflow.io import bands, raster
from nepflow.io.atomic import replacing
from nepflow.modis import hdf, tiles, tiles_met
from nepflow.npp import ndvi
from nepflow.study import modis

VALUES, STATE = (1, 2), (3,)  # bands of a native file
# How a month of a native cell counts in the table of absence
REASONS = {ndvi.SEEN: "valid", ndvi.SNOW: "snow", ndvi.GAP: "fill"}


def write_months(product, months, kept, study_grid, folder, counts_path):
    """Decode and composite the tiles of a year, month by month, before any resampling.

    A job that does one band of the grid decodes the tiles that it meets, and counts those of its
    share.

    Parameters
    ----------
    product : str
        MOD13A3, MOD13A2 or MOD13Q1.
    months : list of 12 lists
        Dates that count for the month; a date is a list of files, one a tile in fixed order.
        A month before the product begins has no date.
    kept : list of int
        Ranks of the pixel reliability that count as observed.
    study_grid : geotiff.Grid
        The side of its cells sets the empty border.
    folder : str
        Gets a file a month: NDVI, 1 where it was observed and 0 elsewhere, and the state
        (`ndvi.SEEN`, `ndvi.SNOW` or `ndvi.GAP`); see `VALUES` and `STATE`.
    counts_path : str
        Gets native cells and months by tile and reason. Columns: tile, reason, cells.

    Returns
    -------
    list of 12 str
    """
    fields = modis.PRODUCTS[product].fields
    first = next(dates[0] for dates in months if dates)
    field = fields["ndvi"].name
    transform, shape = hdf.geometry(first[0], field)
    reach = math.ceil(study_grid.resolution_m / transform.a) + 1
    grid = tiles.lattice(first, field, margin=reach)
    counts, paths = {path: Counter() for path in bands.share(first)}, []
    met = tiles_met.of_job(first, field, study_grid, grid, margin=2 * reach)
    read = [path for path in first if path in met or path in counts]
    for month, dates in enumerate(months, start=1):

        def values(path, dates=dates):
            number = first.index(path)
            found, state = _month(fields, [date[number] for date in dates], kept, shape)
            if path in counts:
                counts[path].update({code: int((state == code).sum()) for code in REASONS})
            return np.stack([found, ~np.isnan(found), state])

        paths.append(f"{folder}/{month:02d}.tif")
        output = raster.Output(paths[-1], "1", "native NDVI", bands=("ndvi", "seen", "state"))
        tiles.write_mosaic(read, field, values, output, grid, fill=(np.nan, 0, np.nan))
    _write_counts(counts, counts_path)
    return paths


def _month(fields, paths, kept, shape):
    """NDVI and state (y, x) of a month of one tile; nothing but gaps without a date."""
    if not paths:
        return np.full(shape, np.nan, "float32"), np.full(shape, ndvi.GAP, "float32")
    values, ranks = [], []
    for path in paths:
        layer = hdf.read_layer(path, fields["ndvi"].name)
        hdf.check_place(path, layer)
        values.append(hdf.decode(layer, fields["ndvi"], path))
        rank = hdf.read_layer(path, fields["reliability"].name)
        ranks.append(hdf.decode(rank, fields["reliability"], path))
    return ndvi.composite(np.stack(values), np.stack(ranks), kept)


def _write_counts(counts, path):
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["tile", "reason", "cells"])
        for name, cells in counts.items():
            tile = modis.FILE_NAME.match(Path(name).name)["tile"]
            table.writerows([tile, REASONS[code], number] for code, number in cells.items())
