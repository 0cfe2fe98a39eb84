"""The scale of standard errors, estimated from stations that are left out.

The posterior variance of a spline says how far a smooth surface may be off. A cell, like a station
that nobody asked, also departs from the smooth surface, and the model's own variances lean on
errors that are independent and on a smoothing that is known. What stations that were not used show
is what a cell must be granted:

    scale^2 = mean of (annual value observed - predicted without)^2 / SE^2 predicted without

with SE that of the surface at the station, months combined as in the map. It is estimated twice,
with stations left out one by one (distances as inside of the network) and in squares of block_km
(distances as in its gaps); the larger one counts. No truth of a simulation enters.

References
----------
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide: model and prediction standard errors.
Roberts et al. (2017), Ecography 40, 913-929, doi:10.1111/ecog.02881: blocks in cross-validation.
"""

from dataclasses import dataclass

import numpy as np

from nepflow.climate import anomaly, diagnostics, transformations
from nepflow.study.variables import NORMAL


@dataclass(frozen=True)
class Scale:
    """What standard errors are multiplied by.

    Attributes
    ----------
    single, blocks : float
        Estimates from stations left out one by one and in squares; NaN without any.
    """

    single: float
    blocks: float

    @property
    def value(self):
        """The larger one; 1 where no station could be predicted from others."""
        known = [part for part in (self.single, self.blocks) if np.isfinite(part)]
        return max(known, default=1.0)

    def __str__(self):
        return (
            f"{self.value:.2f} (stations left out one by one {self.single:.2f}, "
            f"in squares {self.blocks:.2f})"
        )


def scale_of(surfaces, statistic):
    """Return the scale of the standard errors of annual values.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        All years of the fit: each of them counts, by the months that a station has.
    statistic : {"mean", "sum"}

    Returns
    -------
    Scale
    """
    left_out = (
        lambda own: (own.loo_residuals, own.loo_variance),
        lambda own: (own.block_residuals, own.block_variance),
    )
    squares = [[], []]
    for own in _by_year(surfaces):
        correlations = diagnostics.year_correlations(own)
        for found, evidence in zip(squares, left_out, strict=True):
            found.append(squared_ratios(own, *evidence(own), correlations, statistic))
    return Scale(*(_root_mean(np.concatenate(found)) for found in squares))


def _by_year(surfaces):
    """Yield the surfaces that make each year: its months, behind a climatology, or its value."""
    years = np.unique(surfaces.years)
    for year in years[years != NORMAL] if surfaces.climatology else years:
        annual = surfaces.of_annual_values([year])
        yield surfaces.of_years([year]) if annual is None else annual


def squared_ratios(surfaces, residuals, variance, correlations, statistic):
    """Return squared errors of annual values over their predicted variances.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        Of one year: months, months behind a climatology, or the annual value itself.
    residuals, variance : ndarray, shape (station, surface)
        Observed minus predicted without the station, and the variance of the surface there; NaN
        where there is none.
    correlations : list of ndarray
        Of `diagnostics.year_correlations`.
    statistic : {"mean", "sum"}

    Returns
    -------
    ndarray, shape (station,)
        NaN for stations without any value or variance.
    """
    front = surfaces.climatology
    if front:
        fitted = anomaly.observed_parts(surfaces) - residuals
        predicted = anomaly.predicted(surfaces, residuals)
    else:
        fitted = transformations.forward(surfaces.transformation, surfaces.observed) - residuals
        predicted = transformations.back(surfaces.transformation, fitted)
    error = (surfaces.observed - predicted)[:, front:]
    parts = np.isfinite(fitted + variance).reshape(len(fitted), -1, error.shape[1]).all(axis=1)
    known = np.tile(parts, fitted.shape[1] // error.shape[1])
    pair = np.where(known, fitted, 0.0).T, np.where(known, variance, 0.0).T
    combined = diagnostics.error_of_year(surfaces, pair, correlations, statistic)
    total = np.where(parts, error, 0.0).sum(axis=1)
    if statistic == "mean":
        total = total / error.shape[1]
    ratio = np.full(len(total), np.nan)
    return np.divide(total, combined, out=ratio, where=combined > 0) ** 2


def _root_mean(values):
    return float(np.sqrt(np.nanmean(values))) if np.isfinite(values).any() else np.nan
