"""Monthly NDVI: what a month may count as, and what stands in where it was not seen.

Series are arrays (month, ...), whole years in order of time. A month is `SEEN`, `SNOW` or a
`GAP`; what stands in for a gap is `LINEAR` or `SCALED`.
"""

import csv
from collections import Counter
from pathlib import Path

import numpy as np

from nepflow.io import bands, raster
from nepflow.io.atomic import replacing
from nepflow.modis import hdf, tiles
from nepflow.study import modis

SEEN, SNOW, LINEAR, SCALED, GAP = 1, 2, 3, 4, 5
STATES = {
    SEEN: "observed",
    SNOW: "snow: least value without snow",
    LINEAR: "cloud: linear between neighbours",
    SCALED: "cloud: scaled climatology",
    GAP: "no value",
}
SNOW_RANK, KEPT_RANKS = 2, (0, 1)  # pixel reliability of MOD13: good, marginal, snow, cloudy
SCALE_LIMITS = (0.5, 2.0)  # of the climatology that stands in for a long gap; own choice
POSSIBLE = (-0.2, 1.0)  # valid range of MOD13


def composite(ndvi, rank, kept=KEPT_RANKS):
    """Return the largest kept NDVI of the dates of a month, and what the month counts as.

    Parameters
    ----------
    ndvi, rank : ndarray, shape (date, ...)
        NDVI and pixel reliability, NaN = missing.
    kept : sequence of int
        Ranks that count as observed.

    Returns
    -------
    ndvi : ndarray
        NaN where no date is kept.
    state : ndarray
        `SEEN`, `SNOW` (snow on some date and nothing kept) or `GAP`.
    """
    good = np.isin(rank, kept) & ~np.isnan(ndvi)
    largest = np.where(good, ndvi, -np.inf).max(axis=0)
    state = np.where((rank == SNOW_RANK).any(axis=0), SNOW, GAP)
    state = np.where(good.any(axis=0), SEEN, state)
    return np.where(state == SEEN, largest, np.nan), state.astype("float32")


def on_grid(ndvi, share, state):
    """Return NDVI and state of a month after warping, consistent with one another.

    Parameters
    ----------
    ndvi, share : ndarray
        Any resampling over observed cells, and the observed share of the cell, 0..1; less than
        half is no observation.
    state : ndarray
        By nearest or mode; NaN outside the tiles.
    """
    ndvi = np.where(share >= 0.5, ndvi, np.nan)
    unseen = np.where(state == SNOW, SNOW, GAP)
    return ndvi, np.where(np.isnan(ndvi), unseen, SEEN).astype("float64")


def climatology(ndvi):
    """Return the mean of each calendar month, (12, cell).

    One that never was observed lies linearly between those around it, December before January.

    Parameters
    ----------
    ndvi : ndarray, shape (month, cell)
        NaN = missing.
    """
    by_year = ndvi.reshape(-1, 12, ndvi.shape[1])
    known = ~np.isnan(by_year)
    count = known.sum(axis=0)
    total = np.where(known, by_year, 0).sum(axis=0)
    mean = np.where(count > 0, total / np.maximum(count, 1), np.nan)
    rounds = np.tile(mean, (3, 1))
    before, after = _neighbours(~np.isnan(rounds))
    return _straight(rounds, before, after)[12:24]


def filled(ndvi, state, longest_linear):
    """Return the series with its gaps filled by rule, and what each month counts as.

    Snow: the pixel's least observed value. Cloud for at most ``longest_linear`` months between
    known ones: linear. Longer, or at an end of the series: the pixel's mean of the calendar
    month, times what the known months on either side are of theirs.

    Parameters
    ----------
    ndvi : ndarray, shape (month, cell)
        Values of observed months.
    state : ndarray, shape (month, cell)
        `SEEN`, `SNOW` or `GAP`.
    longest_linear : int
        Months.

    Returns
    -------
    ndvi, state : ndarray, shape (month, cell)
        NaN and `GAP` only where the rules have nothing to go by.
    """
    observed = np.where(state == SEEN, ndvi, np.nan)
    least = np.where(np.isnan(observed), np.inf, observed).min(axis=0)
    series = np.where((state == SNOW) & np.isfinite(least), least, observed)
    before, after = _neighbours(~np.isnan(series))
    short = (before >= 0) & (after >= 0) & (after - before - 1 <= longest_linear)
    gap = np.isnan(series)
    standing_in = np.where(
        short, _straight(series, before, after), _scaled(observed, series, before, after)
    )
    value = np.where(gap, standing_in, series)
    kind = np.where(gap, np.where(short, LINEAR, SCALED), state)
    return value, np.where(np.isnan(value), GAP, kind).astype("float64")


def _neighbours(known):
    """Index of the last known month before and the next one after each, -1 where none is."""
    count = len(known)
    month = np.arange(count)[:, None]
    before = np.maximum.accumulate(np.where(known, month, -1), axis=0)
    after = np.minimum.accumulate(np.where(known, month, count)[::-1], axis=0)[::-1]
    return before, np.where(after == count, -1, after)


def _at(series, index):
    """Values of the indexed months, NaN where the index is -1."""
    found = np.take_along_axis(series, np.maximum(index, 0), axis=0)
    return np.where(index < 0, np.nan, found)


def _straight(series, before, after):
    """Linear between the known months before and after; a known month stays."""
    left, right = _at(series, before), _at(series, after)
    month = np.arange(len(series))[:, None]
    return left + (right - left) * (month - before) / np.maximum(after - before, 1)


def _scaled(observed, series, before, after):
    """Climatology times the ratio of the known neighbours to theirs, within `SCALE_LIMITS`."""
    mean = np.tile(climatology(observed), (len(observed) // 12, 1))
    pairs = [(_at(series, index), _at(mean, index)) for index in (before, after)]
    usable = [~np.isnan(value + normal) for value, normal in pairs]
    above = sum(np.where(ok, value, 0) for ok, (value, _) in zip(usable, pairs, strict=True))
    below = sum(np.where(ok, normal, 0) for ok, (_, normal) in zip(usable, pairs, strict=True))
    ratio = np.clip(above / np.where(below > 0, below, 1), *SCALE_LIMITS)
    return np.clip(mean * np.where(below > 0, ratio, 1), *POSSIBLE)


def filled_months(state):
    """Return how many months of each year were filled for cloud, (year, ...)."""
    by_year = state.reshape(-1, 12, *state.shape[1:])
    return np.isin(by_year, (LINEAR, SCALED, GAP)).sum(axis=1)


def quantiles(counts, shares):
    """Return quantiles of binned values, as bin numbers.

    Parameters
    ----------
    counts : ndarray of int, shape (bin,)
    shares : sequence of float
        0..1.

    Returns
    -------
    ndarray of int
        The first bin at which at least the share of all values is reached.
    """
    reached = np.cumsum(counts)
    return np.searchsorted(reached, np.asarray(shares) * reached[-1])


VALUES, STATE = (1, 2), (3,)  # bands of a native file
# How a month of a native cell counts in the table of missing data
REASONS = {SEEN: "valid", SNOW: "snow", GAP: "fill"}


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
    study_grid : raster.Grid
        The side of its cells sets the empty border.
    folder : str
        Gets a file a month: NDVI, 1 where it was observed and 0 elsewhere, and the state
        (`ndvi.SEEN`, `ndvi.SNOW` or `missing_codes.GAP`); see `VALUES` and `STATE`.
    counts_path : str
        Gets native cells and months by tile and reason. Columns: tile, reason, cells.

    Returns
    -------
    list of 12 str
    """
    fields = modis.PRODUCTS[product].fields
    first = next(dates[0] for dates in months if dates)
    every = tiles.Tiles(first, fields["ndvi"].name)
    met, grid = every.reached(study_grid)
    counts, paths = {path: Counter() for path in bands.share(first)}, []
    read = every.only(path for path in first if path in met.paths or path in counts)
    for month, dates in enumerate(months, start=1):

        def values(path, dates=dates):
            number = first.index(path)
            found, state = _month(fields, [date[number] for date in dates], kept, every.shape)
            if path in counts:
                counts[path].update({code: int((state == code).sum()) for code in REASONS})
            return np.stack([found, ~np.isnan(found), state])

        paths.append(f"{folder}/{month:02d}.tif")
        output = raster.Output(paths[-1], "1", "native NDVI", bands=("ndvi", "seen", "state"))
        read.write(values, output, grid, fill=(np.nan, 0, np.nan))
    _write_counts(counts, counts_path)
    return paths


def _month(fields, paths, kept, shape):
    """NDVI and state (y, x) of a month of one tile; nothing but gaps without a date."""
    if not paths:
        return np.full(shape, np.nan, "float32"), np.full(shape, GAP, "float32")
    values, ranks = [], []
    for path in paths:
        layer = hdf.read_layer(path, fields["ndvi"].name)
        hdf.check_place(path, layer)
        values.append(hdf.decode(layer, fields["ndvi"], path))
        rank = hdf.read_layer(path, fields["reliability"].name)
        ranks.append(hdf.decode(rank, fields["reliability"], path))
    return composite(np.stack(values), np.stack(ranks), kept)


def _write_counts(counts, path):
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["tile", "reason", "cells"])
        for name, cells in counts.items():
            tile = modis.FILE_NAME.match(Path(name).name)["tile"]
            table.writerows([tile, REASONS[code], number] for code, number in cells.items())
