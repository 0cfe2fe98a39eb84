"""Errors of the mean slopes of an attribution: years are few and remember each other."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from nepflow.attribution import attribution, summary

MEMORIES = np.linspace(0, 0.8, 17)  # lag-1 correlations that are weighed
HALF = 0.5  # of the cells with a value that a year needs


class Errors(NamedTuple):
    """What errors rest on.

    ``weights`` (slope, year) give observed, climate, rest and the slope of each driver as sums over
    the years of the mean series; ``covariance`` (year, year) is that of its noise; ``freedom``
    degrees of freedom.
    """

    weights: np.ndarray
    covariance: np.ndarray
    freedom: int

    def of(self, place):
        """Return the standard error of a slope, in its unit."""
        return self._error(self.weights[place])

    def of_share(self, place, share, observed):
        """Return the standard error of the ratio of a slope to the observed one, linearised."""
        weights = self.weights[place] - share * self.weights[0]
        return self._error(weights) / abs(observed)

    def half_width(self, error, confidence_percent):
        """Return half of the t interval of a standard error."""
        return student.ppf(0.5 + confidence_percent / 200, self.freedom) * error

    def _error(self, weights):
        return float(np.sqrt(weights @ self.covariance @ weights))


def whole(series, drivers):
    """Return the years that half of the cells have, and the values of cells that have all of these.

    Parameters
    ----------
    series : ndarray, shape (year, cell)
        NaN = missing.
    drivers : sequence of ndarray, each (year, cell)

    Returns
    -------
    years : ndarray of bool, shape (year,)
    stack : ndarray, shape (1 + drivers, years kept, cells kept)
        Series and drivers, without NaN.
    """
    stack = np.stack([series, *drivers])
    known = np.isfinite(stack).all(axis=0)
    there = known.any(axis=0)
    years = there.any() & (known.sum(axis=1) >= HALF * there.sum())
    cells = there & known[years].all(axis=0)
    return years, stack[:, years][:, :, cells]


def errors(series, drivers, years, method, min_years, calibration=None):
    """Return the `Errors` of the mean slopes of cells, or None where years are too few.

    The slopes of a cell are sums over its years with weights that its drivers give; those of the
    mean are the means of these weights, since cells share their years' noise and what a cell has
    of its own cancels out. The noise is what a regression of the mean series on the mean drivers
    and the year leaves, a first-order autoregression. Some twenty years hardly tell its memory, and
    residuals show less of it than there is: so the covariance is the mean over `MEMORIES`, weighed
    by the restricted likelihood of each.

    Parameters
    ----------
    series : ndarray, shape (year, cell)
        NaN = missing.
    drivers : sequence of ndarray, each (year, cell)
    years : sequence of int
    method, min_years, calibration
        As in `attribution.attribute`.

    Returns
    -------
    Errors or None

    References
    ----------
    Harville (1974), Biometrika 61:383-385 (likelihood of error contrasts, with a flat prior).
    """
    kept, stack = whole(series, drivers)
    years = np.asarray(years)[kept]
    if len(years) < min_years or not stack.shape[2]:
        return None
    weights = _weights(stack[1:], years, method, min_years, calibration)
    if np.isnan(weights).any():
        return None
    mean = stack.mean(axis=2)
    design = np.column_stack([np.ones(len(years)), years - years.mean(), *mean[1:]])
    return Errors(weights, *_covariance(mean[0], design / np.abs(design).max(axis=0), years))


def _weights(drivers, years, method, min_years, calibration):
    """Slopes of a series that is 1 in one year and 0 in the others, mean of cells, by that year."""
    n, cells = drivers.shape[1:]
    impulses = np.repeat(np.eye(n), cells, axis=1)[:, None]
    cubes = [np.tile(driver, (1, n))[:, None] for driver in drivers]
    found = attribution.attribute(impulses, cubes, years, method, min_years, calibration)
    slopes = np.stack([found.observed, found.climate, found.rest, *found.drivers])
    return slopes.reshape(len(slopes), n, cells).mean(axis=2)


def by_method(series, drivers, years, settings, min_years, pooled):
    """Return {method: `Errors` or None} of a sample of cells.

    Parameters
    ----------
    series, drivers, years, min_years
        As in `errors`.
    settings : dict
        calibration.
    pooled : bool
        None of all methods: what pooled coefficients owe to cells of another climate no mean
        series tells.
    """
    return {
        method: None
        if pooled
        else errors(series, drivers, years, method, min_years, settings["calibration"])
        for method in attribution.METHODS
    }


def _covariance(series, design, years):
    """Covariance of the noise about a regression, and the degrees of freedom."""
    contrasts = np.linalg.svd(design, full_matrices=True)[0][:, design.shape[1] :]
    left, freedom = contrasts.T @ series, contrasts.shape[1]
    apart = np.abs(np.subtract.outer(years, years))
    parts, likelihoods = [], []
    for memory in MEMORIES:
        correlation = np.where(apart == 0, 1.0, memory ** np.maximum(apart, 1))
        inner = contrasts.T @ correlation @ contrasts
        squares = left @ np.linalg.solve(inner, left)
        parts.append(squares / freedom * correlation)
        tiny = np.finfo(float).tiny
        logarithm = np.linalg.slogdet(inner)[1] + freedom * np.log(max(squares, tiny))
        likelihoods.append(-logarithm / 2)
    weight = np.exp(np.array(likelihoods) - max(likelihoods))
    return np.tensordot(weight / weight.sum(), np.stack(parts), axes=1), freedom


def surrogates(series, drivers, years, min_years, draws, generator):
    """Return series that follow climate and noise, and no year.

    The climate part is that of the joint regression; the noise is a stationary first-order
    autoregression with the lag-1 correlation and the variance of its residuals.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
        NaN = missing.
    drivers : sequence of ndarray, each (year, pixel)
    years : sequence of int
    min_years, draws : int
    generator : numpy.random.Generator

    Returns
    -------
    ndarray, shape (draw, year, pixel)
        NaN where the series or a driver is, or nothing could be fitted.
    """
    t = np.asarray(years, dtype="float64")[:, None]
    stack = np.stack([np.asarray(driver, dtype="float64") for driver in drivers])
    found = attribution.attribute(
        series[:, None], [driver[:, None] for driver in stack], years, "joint", min_years
    )
    known = ~np.isnan(series + stack.sum(axis=0))
    climate = (found.coefficients[:, 0][:, None] * stack).sum(axis=0)
    left = np.where(known, series - climate - found.rest[0] * t, np.nan)
    count = known.sum(axis=0)
    left = left - np.nansum(left, axis=0) / np.maximum(count, 1)
    rho, sd = _noise(left, count - len(drivers) - 2)
    noise = np.empty((draws, *series.shape))
    shocks = generator.standard_normal(noise.shape)
    noise[:, 0] = shocks[:, 0] * sd
    for year in range(1, len(t)):
        noise[:, year] = rho * noise[:, year - 1] + np.sqrt(1 - rho**2) * sd * shocks[:, year]
    return np.where(known, climate + noise, np.nan)


def _noise(left, freedom):
    """Lag-1 correlation, held within 0.95, and standard deviation of residuals (year, pixel)."""
    squares = np.nansum(left**2, axis=0)
    rho = np.nansum(left[1:] * left[:-1], axis=0) / np.where(squares > 0, squares, np.nan)
    return np.clip(rho, -0.95, 0.95), np.sqrt(squares / np.maximum(freedom, 1))


def null_shares(series, drivers, years, settings, min_years, given=None):
    """Return the shares that the methods find where there is no rest.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
    drivers : sequence of ndarray, each (year, pixel)
    years : sequence of int
    settings : dict
        null_draws, seed, calibration, significance_p, dominance_percent.
    min_years : int
    given : dict of {str: ndarray (driver, pixel) or None}, optional
        Coefficients by method that are not fitted anew, those of a pooled calibration.

    Returns
    -------
    dict of {str: dict of {(str, str): float}}
        By method: %, by (of, quantity) of `summary.Shares.rows`.
    """
    generator = np.random.default_rng(settings["seed"])
    draws = settings["null_draws"]
    made = surrogates(series, drivers, years, min_years, draws, generator)
    cubes = [
        np.broadcast_to(driver[:, None], (len(years), *made[:, 0].shape)) for driver in drivers
    ]
    found = {}
    for method in attribution.METHODS:
        fixed = (given or {}).get(method)
        if fixed is not None:
            fixed = np.broadcast_to(fixed[:, None], (len(drivers), draws, series.shape[1]))
        parts = attribution.attribute(
            made.transpose(1, 0, 2),
            cubes,
            years,
            method,
            min_years,
            settings["calibration"],
            fixed,
        )
        cases = attribution.case(parts.observed, parts.climate, parts.rest)
        share = attribution.residual_share(parts.observed, parts.rest, cases)
        shares = summary.Shares(settings["significance_p"], settings["dominance_percent"])
        shares.add(np.ones(cases.shape, dtype=bool), parts.p, share, cases)
        found[method] = {row[:2]: row[2] for row in shares.rows()}
    return found
