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

from nepflow.climate import diagnostics, transformations


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
        (surfaces.loo_residuals, surfaces.loo_variance),
        (surfaces.block_residuals, surfaces.block_variance),
    )
    squares = [[], []]
    for year in np.unique(surfaces.years):
        own = np.flatnonzero(surfaces.years == year)
        correlation = diagnostics.month_correlation(surfaces.columns(own))
        for found, (residuals, variance) in zip(squares, left_out, strict=True):
            parts = surfaces.observed[:, own], residuals[:, own], variance[:, own]
            found.append(squared_ratios(surfaces.transformation, *parts, correlation, statistic))
    return Scale(*(_root_mean(np.concatenate(found)) for found in squares))


def squared_ratios(transformation, observed, residuals, variance, correlation, statistic):
    """Return squared errors of combined values over their predicted variances.

    Parameters
    ----------
    transformation : str
        Name in `transformations`.
    observed : ndarray, shape (station, surface)
        In the unit of the variable.
    residuals, variance : ndarray, shape (station, surface)
        Of the transformed values, observed minus predicted without the station, and the variance
        of the surface there; NaN where there is none.
    correlation : ndarray, shape (surface, surface)
        Of errors.
    statistic : {"mean", "sum"}

    Returns
    -------
    ndarray, shape (station,)
        NaN for stations without any value or variance.
    """
    known = np.isfinite(residuals + variance)
    predicted = transformations.forward(transformation, observed) - residuals
    error = observed - transformations.back(transformation, predicted)
    deviation = transformations.standard_error(transformation, predicted, variance)
    total = np.where(known, error, 0.0).sum(axis=1)
    if statistic == "mean":
        total = total / observed.shape[1]
    combined = diagnostics.combined_error(np.where(known, deviation, 0.0).T, correlation, statistic)
    ratio = np.full(len(observed), np.nan)
    return np.divide(total, combined, out=ratio, where=combined > 0) ** 2


def _root_mean(values):
    return float(np.sqrt(np.nanmean(values))) if np.isfinite(values).any() else np.nan
