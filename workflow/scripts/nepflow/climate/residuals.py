"""Residuals of fitted surfaces: ranked, beside their nearest station, and as records.

A residual is observed minus predicted without the station, in the unit of the variable; a
standardised one is the residual over its standard deviation sqrt(VAR (1 - A_ii) / w_i), which
knows how much each station pulls the surface.

References
----------
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide: data beyond 3.6 standard deviations
are flagged.
"""

import numpy as np

from nepflow.climate import transformations

RECORDS = (
    "station", "lon", "lat", "elevation_m", "year", "month", "observed", "predicted",
    "standardised",
)  # fmt: skip
RANKED = (
    "rank", "station", "lon", "lat", "elevation_m", "months", "rms_standardised",
    "rms_residual", "mean_residual", "largest_standardised", "year", "month",
    "nearest_station", "nearest_rms_standardised", "distance_km", "unit",
)  # fmt: skip
SUSPECTS = (
    "rank", "station", "year", "month", "observed", "predicted", "residual", "standardised",
    "nearest_station", "nearest_standardised", "distance_km", "unit",
)  # fmt: skip


def predictions(surfaces):
    """Return the values predicted without the station, shape (station, surface).

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    """
    name = surfaces.transformation
    fitted = transformations.forward(name, surfaces.observed) - surfaces.loo_residuals
    return transformations.back(name, fitted)


def nearest(surfaces):
    """Return the nearest other station of each and its distance, km."""
    plane = surfaces.knots[:, :2]
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    return distance.argmin(axis=0), distance.min(axis=0) * surfaces.length_scale / 1000


def records(surfaces):
    """Return every observation beside its prediction, a dictionary of columns `RECORDS`."""
    station, surface = np.nonzero(~np.isnan(surfaces.observed))
    return dict(
        zip(
            RECORDS,
            (
                surfaces.stations[station],
                *surfaces.position[station].T,
                surfaces.years[surface],
                surfaces.months[surface],
                surfaces.observed[station, surface],
                predictions(surfaces)[station, surface],
                surfaces.standardised[station, surface],
            ),
            strict=True,
        )
    )


def ranked_stations(surfaces):
    """Yield rows `RANKED`: stations by root mean square standardised residual, worst first."""
    residual = surfaces.observed - predictions(surfaces)
    standardised = surfaces.standardised
    seen = ~np.isnan(standardised)
    months = seen.sum(axis=1)
    rms = np.sqrt(_mean(standardised**2, months))
    neighbour, distance = nearest(surfaces)
    largest = np.where(seen, np.abs(standardised), -1.0).argmax(axis=1)
    order = np.argsort(-rms[months > 0], kind="stable")
    for rank, station in enumerate(np.flatnonzero(months > 0)[order], start=1):
        when, other = largest[station], neighbour[station]
        yield (
            rank, surfaces.stations[station], *surfaces.position[station], months[station],
            rms[station], np.sqrt(np.nanmean(residual[station] ** 2)),
            np.nanmean(residual[station]), standardised[station, when],
            surfaces.years[when], surfaces.months[when],
            surfaces.stations[other], rms[other], distance[station], surfaces.unit,
        )  # fmt: skip


def suspects(surfaces, limit):
    """Yield rows `SUSPECTS`: single values beyond a limit, worst first.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    limit : float
        Standard deviations.
    """
    size = np.abs(np.nan_to_num(surfaces.standardised))
    station, surface = np.nonzero(size > limit)
    predicted = predictions(surfaces)
    neighbour, distance = nearest(surfaces)
    order = np.argsort(-size[station, surface], kind="stable")
    for rank, (i, j) in enumerate(zip(station[order], surface[order], strict=True), start=1):
        yield (
            rank, surfaces.stations[i], surfaces.years[j], surfaces.months[j],
            surfaces.observed[i, j], predicted[i, j], surfaces.observed[i, j] - predicted[i, j],
            surfaces.standardised[i, j], surfaces.stations[neighbour[i]],
            surfaces.standardised[neighbour[i], j], distance[i], surfaces.unit,
        )  # fmt: skip


def month_correlation(surfaces):
    """Return the correlation of leave-one-out residuals between surfaces.

    Parameters
    ----------
    surfaces : surfaces.Surfaces

    Returns
    -------
    ndarray, shape (surface, surface)
        From the stations that both surfaces have; the nearest matrix without negative
        eigenvalues, 1 on the diagonal.
    """
    known = ~np.isnan(surfaces.loo_residuals)
    filled = np.where(known, surfaces.loo_residuals, 0.0)
    both = known.T.astype(float)
    product = filled.T @ filled
    own = (filled**2).T @ known  # sum of squares of a surface over the stations of another
    scale = np.sqrt(own * own.T)
    enough = (both @ known > 2) & (scale > 0)
    correlation = np.divide(product, scale, out=np.eye(len(scale)), where=enough)
    values, vectors = np.linalg.eigh((correlation + correlation.T) / 2)
    positive = (vectors * np.maximum(values, 0.0)) @ vectors.T
    deviation = np.sqrt(np.diag(positive))
    return positive / np.outer(deviation, deviation)


def combined_error(errors, correlation, statistic):
    """Return the standard error of a mean or sum of surfaces.

    ``SE^2 = sum_mn R_mn SE_m SE_n`` (over 144 for the mean of 12 months): the errors of two
    months are correlated as their leave-one-out residuals are.

    Parameters
    ----------
    errors : ndarray, shape (surface, ...)
        Standard errors.
    correlation : ndarray, shape (surface, surface)
    statistic : {"mean", "sum"}

    Returns
    -------
    ndarray, shape (...)
    """
    # fixed order of addition: a product of matrices would depend on its size
    total = np.zeros(errors.shape[1:])
    for first, row in enumerate(correlation):
        for second, share in enumerate(row):
            total += share * errors[first] * errors[second]
    root = np.sqrt(np.maximum(total, 0.0))
    return root / len(errors) if statistic == "mean" else root


def _mean(values, counts):
    return np.nansum(values, axis=1) / np.maximum(counts, 1)
