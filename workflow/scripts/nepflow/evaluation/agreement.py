"""Agreement of two estimates of one quantity, from sums that blocks can add."""

import numpy as np


def moments(own, other):
    """Return count, sums, sums of squares and of products over cells, (6, layer).

    Parameters
    ----------
    own, other : ndarray, shape (layer, y, x)
        Only cells that both have count.
    """
    both = np.isfinite(own) & np.isfinite(other)
    a, b = np.where(both, own, 0.0), np.where(both, other, 0.0)
    return np.stack([part.sum(axis=(1, 2)) for part in (both, a, b, a * a, b * b, a * b)])


def rows(sums, unit):
    """Yield (quantity, value, unit) of the sums of one layer, or of several added.

    Parameters
    ----------
    sums : sequence of six float
        Of `moments`.
    unit : str
    """
    count, a, b, aa, bb, ab = sums
    yield "cells", count, "1"
    if not count:
        return
    mean_a, mean_b = a / count, b / count
    spread = np.sqrt(max(aa / count - mean_a**2, 0) * max(bb / count - mean_b**2, 0))
    yield "own_mean", mean_a, unit
    yield "other_mean", mean_b, unit
    yield "mean_difference", mean_a - mean_b, unit
    yield "rms_difference", np.sqrt(max(aa + bb - 2 * ab, 0) / count), unit
    yield "correlation", (ab / count - mean_a * mean_b) / spread if spread else np.nan, "1"


LEAST = 3  # values that a correlation needs


def agreement(observed, modelled):
    """Return the statistics of modelled against observed values.

    Parameters
    ----------
    observed, modelled : ndarray of one shape
        In one unit; pairs with a NaN do not count.

    Returns
    -------
    dict of {str: float}
        values (count), observed_mean, modelled_mean, bias (modelled minus observed), rmse, and r
        (Pearson), NaN below `LEAST` pairs or where one side does not vary.

    Raises
    ------
    ValueError
        If the shapes differ.
    """
    observed, modelled = np.asarray(observed, float), np.asarray(modelled, float)
    if observed.shape != modelled.shape:
        raise ValueError(f"shapes differ: {observed.shape}, {modelled.shape}")
    both = np.isfinite(observed) & np.isfinite(modelled)
    a, b = observed[both], modelled[both]
    if not a.size:
        names = ("observed_mean", "modelled_mean", "bias", "rmse", "r")
        return {"values": 0, **dict.fromkeys(names, np.nan)}
    varies = a.size >= LEAST and np.ptp(a) > 0 and np.ptp(b) > 0
    return {
        "values": int(a.size),
        "observed_mean": a.mean(),
        "modelled_mean": b.mean(),
        "bias": (b - a).mean(),
        "rmse": np.sqrt(((b - a) ** 2).mean()),
        "r": np.corrcoef(a, b)[0, 1] if varies else np.nan,
    }


def rows_by_group(observed, modelled, groups, unit, every="all"):
    """Yield (group, statistic, value, unit) of all pairs and of each group, in order of size.

    Parameters
    ----------
    observed, modelled : ndarray, shape (value,)
    groups : sequence of str
        Group of each value.
    unit : str
    every : str
        Name of all together.
    """
    groups = np.asarray(groups, dtype=object)
    names = sorted(set(groups), key=lambda name: (-(groups == name).sum(), name))
    for name in (every, *names):
        here = np.ones(groups.shape, bool) if name == every else groups == name
        for statistic, value in agreement(observed[here], modelled[here]).items():
            yield name, statistic, value, {"values": "count", "r": "1"}.get(statistic, unit)


def mean_of_years(values, years, first, last):
    """Return the mean of each place over its own years, and how many years it has.

    Parameters
    ----------
    values : ndarray, shape (year, place)
        NaN = missing.
    years : sequence of int
    first, last : ndarray, shape (place,)
        Years that count, both included; NaN = all.

    Returns
    -------
    mean, count : ndarray, each (place,)
        NaN and 0 where no year counts.
    """
    years = np.asarray(years)[:, None]
    counts = np.isfinite(values) & ~(years < first) & ~(years > last)
    count = counts.sum(axis=0)
    total = np.where(counts, values, 0).sum(axis=0)
    return np.where(count > 0, total / np.maximum(count, 1), np.nan), count
