"""Differences between a zone and the rest of the area among like cells, with block bootstrap."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from nepflow.spatial import variogram

LAGS = 25  # classes of distance of the variogram of residuals


class BadContrast(ValueError):
    """A zone that cannot be compared."""


class Difference(NamedTuple):
    """A difference, its interval, and what it rests on.

    ``blocks_inside`` and ``blocks_outside`` hold a cell that counts of the zone, and of the rest.
    """

    raw: float
    matched: float
    low: float
    high: float
    used_percent: float
    blocks_inside: int
    blocks_outside: int


def strata(covariates, bins):
    """Return the class of each cell: quantile bins of every covariate, crossed.

    Parameters
    ----------
    covariates : ndarray, shape (covariate, cell)
        NaN = unknown.
    bins : int
        Quantile classes of a covariate.

    Returns
    -------
    ndarray of int, shape (cell,)
        0, 1, ... for the classes that occur, -1 where a covariate is unknown.
    """
    known = np.isfinite(covariates).all(axis=0)
    code = np.zeros(known.sum(), dtype=np.int64)
    for values in covariates[:, known]:
        inner = np.quantile(values, np.arange(1, bins) / bins)
        code = code * bins + np.searchsorted(inner, values, side="right")
    result = np.full(known.shape, -1)
    result[known] = np.unique(code, return_inverse=True)[1]
    return result


def adjusted(values, covariates, treated, stratum):
    """Return values less what covariates explain inside the classes.

    Quantile classes are coarse: inside them treated cells may still lie higher. The slopes are
    those of least squares on departures from the mean of each class and group, so that neither
    the difference of the groups nor that of the classes enters them.

    Parameters
    ----------
    values, treated, stratum : ndarray, shape (cell,)
    covariates : ndarray, shape (covariate, cell)

    Returns
    -------
    ndarray, shape (cell,)
        In the unit of the values; covariates count from their mean.

    References
    ----------
    Abadie and Imbens (2011), J. Bus. Econ. Stat. 29:1-11 (bias-corrected matching).
    """
    group = np.unique(stratum * 2 + treated, return_inverse=True)[1]
    size = np.bincount(group)
    columns = [row - row.mean() for row in covariates]
    left = [row - (np.bincount(group, row) / size)[group] for row in (values, *columns)]
    slopes = np.linalg.lstsq(np.column_stack(left[1:]), left[0], rcond=None)[0]
    return values - sum(slope * row for slope, row in zip(slopes, columns, strict=True))


def blocks_of(x, y, side):
    """Return the square block of each cell, 0, 1, ... for those that occur.

    Parameters
    ----------
    x, y : ndarray, shape (cell,)
        Coordinates, in the unit of ``side``.
    """
    column, row = np.floor(x / side).astype(np.int64), np.floor(y / side).astype(np.int64)
    column, row = column - column.min(), row - row.min()
    return np.unique(row * (column.max() + 1) + column, return_inverse=True)[1]


def residual_range(values, treated, stratum, x, y, sample, generator):
    """Return the practical range of what classes and groups leave unexplained.

    Parameters
    ----------
    values, treated, stratum, x, y : ndarray, shape (cell,)
        x and y in km; cells without value or class must be left out.
    sample : int
        Cells that the variogram is made of.
    generator : numpy.random.Generator

    Returns
    -------
    float
        km, of an exponential variogram (95 % of the sill).
    """
    group = np.unique(stratum * 2 + treated, return_inverse=True)[1]
    means = np.bincount(group, values) / np.bincount(group)
    left = values - means[group]
    chosen = generator.choice(left.size, min(sample, left.size), replace=False)
    apart = np.hypot(x[chosen][:, None] - x[chosen], y[chosen][:, None] - y[chosen])
    parts = variogram.empirical_semivariances(left[chosen][None], apart, LAGS)
    return variogram.fitted(*parts, "exponential").range_km


def difference(values, treated, stratum, block, draws, confidence_percent, generator):
    """Return the mean difference between treated and other cells of the same class.

    Classes count by their treated cells; classes that lack either group do not count (coarsened
    exact matching). The standard deviation of ``draws`` resamples of whole blocks with replacement
    enters a t interval with as many degrees of freedom as the group in fewer blocks has blocks,
    less one: percentiles are too narrow for few blocks.

    Parameters
    ----------
    values, treated, stratum, block : ndarray, shape (cell,)
        Without NaN; ``treated`` boolean; ``stratum`` and ``block`` 0, 1, ...
    draws : int
    confidence_percent : float
    generator : numpy.random.Generator

    Returns
    -------
    Difference
        In the unit of the values; no interval (NaN) where a group lies in a single block.

    Raises
    ------
    BadContrast
        If no class holds both groups.

    References
    ----------
    Iacus, King and Porro (2012), Political Analysis 20:1-24; Lahiri (2003), Resampling Methods
    for Dependent Data, Springer; Cameron and Miller (2015), J. Hum. Resour. 50:317-372.
    """
    shape = 2, block.max() + 1, stratum.max() + 1
    place = (treated.astype(np.int64) * shape[1] + block) * shape[2] + stratum
    size = int(np.prod(shape))
    counts = np.bincount(place, minlength=size).reshape(shape).astype(float)
    sums = np.bincount(place, values, minlength=size).reshape(shape)
    whole = counts.sum(axis=1)
    both = (whole > 0).all(axis=0)
    if not both.any():
        raise BadContrast("no class of like cells holds both groups: fewer contrast.bins")
    used = counts[:, :, both].sum(axis=(0, 2)) > 0
    counts, sums = counts[:, used][:, :, both], sums[:, used][:, :, both]
    outside, inside = ((group.sum(axis=1) > 0).sum() for group in counts)
    matched = _weighted(counts.sum(axis=1)[:, None], sums.sum(axis=1)[:, None])[0]
    half = np.nan
    if min(inside, outside) > 1:
        deviation = _deviation(counts, sums, draws, generator)
        half = deviation * student.ppf(0.5 + confidence_percent / 200, min(inside, outside) - 1)
    raw = values[treated].mean() - values[~treated].mean()
    share = 100 * whole[1, both].sum() / whole[1].sum()
    numbers = map(float, (raw, matched, matched - half, matched + half, share))
    return Difference(*numbers, int(inside), int(outside))


def _deviation(counts, sums, draws, generator):
    """Standard deviation of the difference by resamples of whole blocks, (group, block, class)."""
    blocks = counts.shape[1]
    weight = generator.multinomial(blocks, np.full(blocks, 1 / blocks), size=draws).astype(float)
    drawn = _weighted(weight @ counts, weight @ sums)
    return np.nanstd(drawn) * np.sqrt(blocks / (blocks - 1))


def _weighted(counts, sums):
    """Difference of the means, classes weighted by the treated: (group, draw, class) -> (draw,)."""
    there = (counts > 0).all(axis=0)
    means = sums / np.where(counts > 0, counts, 1)
    weight = np.where(there, counts[1], 0.0)
    total = weight.sum(axis=1)
    return (weight * (means[1] - means[0])).sum(axis=1) / np.where(total > 0, total, np.nan)


def compared(values, covariates, treated, stratum, x, y, settings, unit):
    """Yield (quantity, value, unit) of one layer.

    Parameters
    ----------
    values, treated, stratum, x, y : ndarray, shape (cell,)
        Without NaN; x and y in km.
    covariates : ndarray, shape (covariate, cell)
    settings : dict
        draws, block_ranges, min_blocks, confidence_percent, sample, seed.
    unit : str
        Of the values.
    """
    generator = np.random.default_rng(settings["seed"])
    sample = settings["sample"]
    stratum = np.unique(stratum, return_inverse=True)[1]
    like = adjusted(values, covariates, treated, stratum)
    found_range = residual_range(like, treated, stratum, x, y, sample, generator)
    side = settings["block_ranges"] * found_range
    found = difference(
        like,
        treated,
        stratum,
        blocks_of(x, y, side),
        settings["draws"],
        settings["confidence_percent"],
        generator,
    )
    yield "mean_inside", values[treated].mean(), unit
    yield "mean_outside", values[~treated].mean(), unit
    yield "difference", values[treated].mean() - values[~treated].mean(), unit
    yield "matched_difference", found.matched, unit
    yield "interval_low", found.low, unit
    yield "interval_high", found.high, unit
    yield "matched_share", found.used_percent, "% of the zone's cells"
    yield "residual_range", found_range, "km"
    yield "block_side", side, "km"
    yield "blocks_inside", found.blocks_inside, "count"
    yield "blocks_outside", found.blocks_outside, "count"
    fewer = min(found.blocks_inside, found.blocks_outside)
    yield "reliable", int(fewer >= settings["min_blocks"]), "1 = yes, 0 = no"
    yield "seed", settings["seed"], "count"


def imbalance(covariate, treated, stratum):
    """Return the standardised difference of a covariate before and after matching.

    Parameters
    ----------
    covariate, treated, stratum : ndarray, shape (cell,)

    Returns
    -------
    before, after : float
        Difference of the means over the standard deviation of both groups together.
    """
    one = np.zeros(treated.size, dtype=np.int64)
    found = difference(covariate, treated, stratum, one, 1, 95, np.random.default_rng(0))
    spread = np.sqrt((covariate[treated].var() + covariate[~treated].var()) / 2)
    spread = spread if spread > 0 else np.nan
    return found.raw / spread, found.matched / spread
