"""Errors of the mean slopes of an attribution: years are few and remember each other."""

from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

from nepflow.attribution import attribution

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
        NaN = absent.
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


def errors(series, drivers, years, method, minimum_years, calibration=None):
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
        NaN = absent.
    drivers : sequence of ndarray, each (year, cell)
    years : sequence of int
    method, minimum_years, calibration
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
    if len(years) < minimum_years or not stack.shape[2]:
        return None
    weights = _weights(stack[1:], years, method, minimum_years, calibration)
    if np.isnan(weights).any():
        return None
    mean = stack.mean(axis=2)
    design = np.column_stack([np.ones(len(years)), years - years.mean(), *mean[1:]])
    return Errors(weights, *_covariance(mean[0], design / np.abs(design).max(axis=0), years))


def _weights(drivers, years, method, minimum_years, calibration):
    """Slopes of a series that is 1 in one year and 0 in the others, mean of cells, by that year."""
    n, cells = drivers.shape[1:]
    impulses = np.repeat(np.eye(n), cells, axis=1)[:, None]
    cubes = [np.tile(driver, (1, n))[:, None] for driver in drivers]
    found = attribution.attribute(impulses, cubes, years, method, minimum_years, calibration)
    slopes = np.stack([found.observed, found.climate, found.rest, *found.drivers])
    return slopes.reshape(len(slopes), n, cells).mean(axis=2)


def by_method(series, drivers, years, settings, minimum_years, pooled):
    """Return {method: `Errors` or None} of a sample of cells.

    Parameters
    ----------
    series, drivers, years, minimum_years
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
        else errors(series, drivers, years, method, minimum_years, settings["calibration"])
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
