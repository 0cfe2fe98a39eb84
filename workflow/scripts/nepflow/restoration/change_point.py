"""Change points after Pettitt, and least-squares trends of parts of a series."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata


class Change(NamedTuple):
    """The last place before the change, counted from 0, K, and the approximate p."""

    place: int
    statistic: float
    p: float


def pettitt(series):
    """Return the most likely change point of the level of a series.

    ``U_t = 2 sum(rank_1 .. rank_t) - t (n + 1)``, ``K = max |U_t|``,
    ``p = min(1, 2 exp(-6 K^2 / (n^3 + n^2)))``. The p is of independent values without a trend:
    a steady trend also gives a "change" in the middle.

    Parameters
    ----------
    series : ndarray, shape (year,)
        Absent values (NaN) are passed over.

    Returns
    -------
    Change
        ``place`` counts in the whole series; -1 and NaN below three values.

    References
    ----------
    Pettitt (1979), Appl. Stat. 28:126-135.
    """
    known = np.flatnonzero(np.isfinite(series))
    n = known.size
    if n < 3:
        return Change(-1, np.nan, np.nan)
    step = 2 * np.cumsum(rankdata(series[known])) - np.arange(1, n + 1) * (n + 1)
    place = int(np.argmax(np.abs(step[:-1])))
    largest = abs(step[place])
    p = min(1.0, 2 * np.exp(-6 * largest**2 / (n**3 + n**2)))
    return Change(int(known[place]), float(largest), float(p))


def line(years, series):
    """Return slope and standard error of the least-squares line.

    Parameters
    ----------
    years, series : ndarray, shape (year,)
        Absent values (NaN) are passed over.

    Returns
    -------
    slope, error : float
        Unit of the series a year; NaN below three values.
    """
    known = np.isfinite(series)
    if known.sum() < 3:
        return np.nan, np.nan
    t, y = years[known] - np.mean(years[known]), series[known] - series[known].mean()
    slope = (t @ y) / (t @ t)
    rest = y - slope * t
    return float(slope), float(np.sqrt(rest @ rest / (known.sum() - 2) / (t @ t)))
