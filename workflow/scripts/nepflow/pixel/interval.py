"""Interval of a mean over years, of series with memory."""

import numpy as np
from scipy.special import stdtrit

MOST_MEMORY = 0.9  # lag-1 autocorrelation above which no interval of so few years is credible
LEAST_YEARS = 5  # line and autocorrelation take three


def mean_interval(series, years, confidence_percent=95):
    """Return the mean of series and its interval, which respects their autocorrelation.

    The series is a line in time with first-order autoregressive noise around it. What differs
    from year to year is taken from the residuals of the least-squares line, so that a trend does
    not widen the interval: it is that of the mean of these years, not of other ones. With the
    lag-1 autocorrelation ``r`` of the residuals,

        ``n_e = n^2 / sum_ij r^|t_i - t_j|``,  ``s^2 = sum e^2 / trace(M R)``,

    the mean has the standard error ``s / sqrt(n_e)``, and ``n (1 - r^2) / (1 + r^2) - 2`` degrees
    of freedom. ``M`` makes residuals of values, ``R`` holds ``r^|t_i - t_j|``. For ``r = 0`` this
    is the interval of least squares at the mean year.

    Parameters
    ----------
    series : ndarray, shape (year, ...)
        NaN = missing.
    years : sequence of int, shape (year,)
        Increasing, gaps allowed: only neighbouring years count for ``r``.
    confidence_percent : float

    Returns
    -------
    dict of ndarray, each of the shape of one year
        mean, low, high (unit of the series); effective_years ``n_e``; NaN with fewer than
        `LEAST_YEARS` years, but for the mean.

    References
    ----------
    Bayley and Hammersley (1946), J. R. Stat. Soc. Suppl. 8:184-197 (n_e, degrees of freedom);
    van Giersbergen (2005), Econ. Lett. 89 (bias of r where a line is fitted).
    """
    values, time = _every_year(series, years)
    known = np.isfinite(values)
    n = known.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(known, values, 0).sum(axis=0) / n
        time = np.where(known, time - (known * time).sum(axis=0) / n, 0)
        square = (time**2).sum(axis=0)
        rest = np.where(known, values - mean, 0)
        rest -= time * (time * rest).sum(axis=0) / square
        memory = _memory(rest, known, n)
        ones, line = (_quadratic(part, memory) for part in (known.astype("float64"), time))
        effective = n**2 / ones
        variance = (rest**2).sum(axis=0) / (n - ones / n - line / square)
        freedom = np.maximum(n * (1 - memory**2) / (1 + memory**2) - 2, 1)
        half = stdtrit(freedom, 0.5 + confidence_percent / 200) * np.sqrt(variance / effective)
    half, effective = (np.where(n >= LEAST_YEARS, part, np.nan) for part in (half, effective))
    return {"mean": mean, "low": mean - half, "high": mean + half, "effective_years": effective}


def slope_error(series, years):
    """Return the least-squares slope of a series, and its error with the memory of the residuals.

    ``n_e = n (1 - r) / (1 + r)`` years count, at least 3, at most n; with them the variance of the
    residuals ``sum e^2 / (n_e - 2)`` and the degrees of freedom ``n_e - 2``.

    Parameters
    ----------
    series : ndarray, shape (year,)
        NaN = missing.
    years : sequence of int, shape (year,)
        Increasing, gaps allowed.

    Returns
    -------
    slope, error, freedom : float
        Unit of the series a year, the same, degrees of freedom of a t interval; NaN with fewer
        than `LEAST_YEARS` years.

    References
    ----------
    Santer et al. (2000), J. Geophys. Res. 105:7337-7356, doi:10.1029/1999JD901105.
    """
    n = int(np.isfinite(series).sum())
    if n < LEAST_YEARS:
        return np.nan, np.nan, np.nan
    values, time = _every_year(np.asarray(series, float)[:, None], years)
    known = np.isfinite(values)
    time = np.where(known, time - time[known[:, 0]].mean(), 0)
    rest = np.where(known, values - values[known].mean(), 0)
    square = float((time**2).sum())
    slope = float((time * rest).sum() / square)
    rest = rest - time * slope
    memory = 0.0 if not rest.any() else float(_memory(rest, known, n)[0])
    freedom = max(n * (1 - memory) / (1 + memory), 3.0) - 2
    return slope, float(np.sqrt((rest**2).sum() / freedom / square)), freedom


def _every_year(series, years):
    """Return the values with a row for each calendar year, and the years as a column."""
    years = np.asarray(years, dtype="int64")
    values = np.full((years[-1] - years[0] + 1, *np.shape(series)[1:]), np.nan)
    values[years - years[0]] = series
    time = np.arange(len(values), dtype="float64")
    return values, time.reshape(-1, *[1] * (values.ndim - 1))


def _memory(rest, known, n):
    """Lag-1 autocorrelation, corrected for the bias of a fitted line; none below zero."""
    pairs = (known[1:] & known[:-1]).sum(axis=0)
    r = (rest[1:] * rest[:-1]).sum(axis=0) / pairs / ((rest**2).sum(axis=0) / n)
    return np.clip(np.nan_to_num((n * r + 2) / np.maximum(n - 4, 1)), 0, MOST_MEMORY)


def _quadratic(values, memory):
    """Return ``sum_ij v_i v_j r^|i - j|``."""
    total, power = (values**2).sum(axis=0), 1.0
    for lag in range(1, len(values)):
        power = power * memory
        total = total + 2 * power * (values[lag:] * values[:-lag]).sum(axis=0)
    return total
