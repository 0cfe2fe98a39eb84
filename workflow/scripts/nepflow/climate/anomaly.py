"""Surfaces of a climatology and of the departures from it: fit, value, error, cross-validation.

With C the climatology of a calendar month, back-transformed, and r the departure of a month:

    value    P = C + S(C) r, at least 0 for ratios            S of `climatology`
    error    SE_P^2 = (dP/dC SE_C)^2 + (S SE_r)^2             dP/dC = 1 + r for ratios, else 1

SE_C is the error of a surface of many years, SE_r that of the year: they are taken as independent.

The climatology of a transformed variable is multiplied by the normals of all stations over those
predicted without each of them (one number a calendar month), because the square of a mean root is
below the mean: sums of stations left out are unbiased.

A station that is left out lacks both its normal and its departures; what it told the normals of
its neighbours stays, which is nothing where these are complete.
"""

from dataclasses import dataclass, replace

import numpy as np

from nepflow.climate import climatology, homogeneity, transformations
from nepflow.study.variables import NORMAL


@dataclass(frozen=True)
class Departures:
    """How departures are counted; the first four attributes as in `climatology.of_stations`.

    Attributes
    ----------
    steps : tuple of (int, int)
        Station and first year behind each step where its record is split: each part has its own
        normals, and is brought to the longest.
    """

    departure: str
    amount: float = 0.0
    min_years: int = 3
    minimum: int = 10
    steps: tuple = ()

    @property
    def of_climatology(self):
        """The arguments of `climatology.of_stations`."""
        names = ("departure", "amount", "min_years", "minimum")
        return {name: getattr(self, name) for name in names}


def fit(network, values, years, model, options):
    """Fit climatology and departures.

    Parameters
    ----------
    network : network.Network
    values : ndarray, shape (station, 12 * year)
        Monthly values, NaN = none; January first.
    years : ndarray of int, shape (12 * year,)
    model : fitting.Model
    options : Departures

    Returns
    -------
    parts, log, minima
        As of `fitting.fit_surfaces`, the climatology first; parts also holds years, months and
        observed.
    """
    months = np.tile(np.arange(1, 13), values.shape[1] // 12)
    normals, departures = of_records(network, values, months, options)
    plain = replace(model, transformation="none")
    front = network.fit(normals, model, months[:12])
    behind = network.fit(departures, plain, months)
    _unbiased(front[0], normals, model.transformation)
    parts = {
        name: np.concatenate([front[0][name], behind[0][name]], axis=-1)
        for name in front[0]
        if name not in ("knots", "weights")
    }
    parts |= {name: front[0][name] for name in ("knots", "weights")}
    size = climatology.scale(normals, options.departure, options.amount)
    repeats = values.shape[1] // 12
    used = np.tile(normals, repeats) + np.tile(size, repeats) * departures
    parts |= {
        "years": np.concatenate([np.full(12, NORMAL), years]),
        "months": np.concatenate([np.arange(1, 13), months]),
        "observed": np.concatenate([normals, used], axis=1),
    }
    log = {name: np.concatenate([front[1][name], behind[1][name]]) for name in front[1]}
    minima = [*front[2], *((surface + 12, *rest) for surface, *rest in behind[2])]
    return parts, log, minima


def of_records(network, values, months, options):
    """Return normals (station, 12) and departures (station, surface) of records split at steps."""
    parts, owner = homogeneity.split(values, options.steps)
    apart = network.distance_km[np.ix_(owner, owner)]
    found = climatology.of_stations(parts, months, apart, **options.of_climatology)
    count, length = len(values), (~np.isnan(found.departures)).sum(axis=1)
    longest = [np.flatnonzero(owner == s)[length[owner == s].argmax()] for s in range(count)]
    departures = np.full(values.shape, np.nan)
    for part, station in zip(found.departures, owner, strict=True):
        known = ~np.isnan(part)
        departures[station, known] = part[known]
    normals = found.normals[longest]
    departures[np.isnan(normals)[:, months - 1]] = np.nan
    return normals, departures


def _unbiased(parts, normals, name):
    """Scale the surfaces of a transformed climatology so that stations left out have their sum."""
    if name == "none":
        return
    root = transformations.forward(name, normals)
    left_out = transformations.back(name, root - parts["loo_residuals"])
    factor = np.nansum(normals, axis=0) / np.nansum(left_out, axis=0)
    if name == "log":
        shift, size = np.log(factor), np.ones(12)
        parts["polynomial_coefficients"][0] += shift
    else:
        shift, size = np.zeros(12), np.sqrt(factor)
        parts["polynomial_coefficients"] *= size
        parts["kernel_coefficients"] *= size
        for variance in ("variance", "loo_variance", "block_variance"):
            parts[variance] *= factor
    for residuals in ("loo_residuals", "block_residuals"):
        parts[residuals] = root - (size * (root - parts[residuals]) + shift)


def with_evidence(surfaces, log):
    """Return surfaces and log whose residuals are those of whole values, in their unit.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        Of `fit`.
    log : dict of ndarray, shape (surface,)

    Returns
    -------
    surfaces : surfaces.Surfaces
        ``standardised`` is that of whole values.
    log : dict
        RMSE_LOO and RMSE_BLOCKS are those of whole values.
    """
    log = dict(log)
    for name, residuals in (
        ("RMSE_LOO", surfaces.loo_residuals),
        ("RMSE_BLOCKS", surfaces.block_residuals),
    ):
        error = surfaces.observed - predicted(surfaces, residuals)
        log[name] = np.sqrt(np.nanmean(error**2, axis=0))
    return replace(surfaces, standardised=_standardised(surfaces)), log


def predicted(surfaces, residuals):
    """Return the values that residuals leave, shape (station, surface).

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        With a climatology in front.
    residuals : ndarray, shape (station, surface)
        ``loo_residuals`` or ``block_residuals``.
    """
    parts = observed_parts(surfaces) - residuals
    normals = transformations.back(surfaces.transformation, parts[:, :12])
    values = floored(surfaces, of_parts(surfaces, parts.T.copy())).T
    return np.concatenate([normals, values], axis=1)


def observed_parts(surfaces):
    """Return transformed normals, and departures from the normals; shape (station, surface)."""
    normals, values = np.split(surfaces.observed, [12], axis=1)
    size = climatology.scale(normals, surfaces.departure, surfaces.amount)
    repeats = values.shape[1] // 12
    departures = (values - np.tile(normals, repeats)) / np.tile(size, repeats)
    return np.concatenate(
        [transformations.forward(surfaces.transformation, normals), departures], axis=1
    )


def _standardised(surfaces):
    """Return leave-one-out errors of whole values over their standard deviations."""
    deviation = np.sqrt(surfaces.variance) * np.ones(surfaces.observed.shape)
    residual, standard = surfaces.loo_residuals, surfaces.standardised
    np.divide(residual, standard, out=deviation, where=(standard != 0) & ~np.isnan(standard))
    parts = (observed_parts(surfaces) - residual).T.copy()
    error = errors(surfaces, parts, (deviation**2).T)
    difference = surfaces.observed - predicted(surfaces, residual)
    whole = difference[:, 12:] / np.maximum(_added(*error).T, np.finfo(float).tiny)
    return np.concatenate([standard[:, :12], whole], axis=1)


def of_parts(surfaces, fitted):
    """Return values of climatology and departures, not floored.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    fitted : ndarray, shape (12 + 12 * year, cell)
        Fitted climatology and departures; the latter are overwritten.

    Returns
    -------
    ndarray, shape (12 * year, cell)
    """
    normals = transformations.back(surfaces.transformation, fitted[:12])
    values = fitted[12:].reshape(-1, *normals.shape)
    values *= climatology.scale(normals, surfaces.departure, surfaces.amount)
    values += normals
    return values.reshape(-1, *normals.shape[1:])


def floored(surfaces, values):
    """Return values, those of ratios at least 0."""
    return np.maximum(values, 0.0, out=values) if surfaces.departure == "ratio" else values


def errors(surfaces, fitted, variance):
    """Return the standard errors of values that the climatology and the departures make.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    fitted, variance : ndarray, shape (12 + 12 * year, cell)
        Fitted climatology and departures, and the variance of their errors.

    Returns
    -------
    of_climatology, of_departures : ndarray, shape (12 * year, cell)
        In the unit of the variable.
    """
    name = surfaces.transformation
    normals = transformations.back(name, fitted[:12])
    error = transformations.standard_error(name, fitted[:12], variance[:12])
    size = climatology.scale(normals, surfaces.departure, surfaces.amount)
    departures = fitted[12:].reshape(-1, *normals.shape)
    slope = np.ones_like(departures)
    if surfaces.departure == "ratio":
        slope = np.where(normals > surfaces.amount, np.maximum(1 + departures, 0.0), 1.0)
    own = np.sqrt(variance[12:]).reshape(departures.shape)
    shape = fitted[12:].shape
    return (slope * error).reshape(shape), (size * own).reshape(shape)


def _added(*errors):
    """Return the error of a sum of independent parts."""
    return np.sqrt(sum(error**2 for error in errors))
