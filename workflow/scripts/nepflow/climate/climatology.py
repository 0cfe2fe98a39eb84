"""Climatologies: the normals of stations for one common period, whatever years each of them has.

A monthly value v of station s in year y departs from the station's normal c of the calendar month:

    v = c + S(c) r(y)        S(c) = 1              differences (temperature)
                             S(c) = max(c, a)      ratios: v / c - 1 where c is at least the
                                                   amount a, a difference in units of a below it

r is what is interpolated. A normal is the mean over all years of the study. A station that lacks
years takes what the others know of them: with r' the departure that its neighbours predict,

    mean of (r - r') over its own years = 0    and    mean of r' over all years = 0

so that its own years neither lift nor lower it against them. A complete station has its own mean.

References
----------
Willmott and Robeson (1995), Climatologically aided interpolation (CAI) of terrestrial air
temperature, Int. J. Climatol. 15, 221-229. New, Hulme and Jones (2000), Representing
twentieth-century space-time climate variability, J. Climate 13, 2217-2238 (ratios for rain).
Jones and Hulme (1996), Calculating regional climatic time series for temperature and
precipitation, Int. J. Climatol. 16, 361-377. Steurer (1985), Creation of a serially complete
data base (normals of short records from neighbours).
"""

from dataclasses import dataclass

import numpy as np

from nepflow.spatial import variogram as spatial_variogram
from nepflow.stations.filling import kriging_matrix, ordinary_kriging

LAGS = 15  # classes of distance of the variogram of departures
LEAST_GAIN = 0.25  # of a ratio: neighbours that are drier than this share tell no normal
TOLERANCE = 1e-4  # of the standard deviation of departures, of a normal
MOST_ROUNDS = 100
ALIKE = 1e-6  # semivariance, of a variance of 1, below which all stations depart alike


@dataclass(frozen=True)
class Climatology:
    """Normals of stations and the departures from them.

    Attributes
    ----------
    normals : ndarray, shape (station, 12)
        Unit of the values; NaN where a station has too few years.
    departures : ndarray, shape (station, surface)
        r; NaN where there is no value, or no normal.
    errors : ndarray, shape (station, surface)
        r minus what the neighbours predict, r - r'.
    """

    normals: np.ndarray
    departures: np.ndarray
    errors: np.ndarray


def scale(normals, departure, amount):
    """Return S(c), in the unit of the normals.

    Parameters
    ----------
    normals : ndarray
    departure : {"difference", "ratio"}
    amount : float
        a, the normal below which a ratio becomes a difference, in that unit.
    """
    return np.ones_like(normals) if departure == "difference" else np.maximum(normals, amount)


def of_stations(values, months, distance_km, *, departure, amount, min_years, minimum=2):
    """Return the climatology of stations.

    Parameters
    ----------
    values : ndarray, shape (station, surface)
        Monthly values of the years of a study, NaN = none.
    months : ndarray of int, shape (surface,)
        Calendar months 1..12.
    distance_km : ndarray, shape (station, station)
    departure, amount
        See `scale`.
    min_years : int
        Years with a value that a normal needs.
    minimum : int
        Stations with a value that a month needs to predict others.

    Returns
    -------
    Climatology
    """
    cube = values.reshape(len(values), -1, 12)[:, :, np.argsort(months[:12])]
    cube = np.where((~np.isnan(cube)).sum(axis=1, keepdims=True) >= min_years, cube, np.nan)
    normals = _mean(cube)
    matrix = _neighbours(cube, normals, distance_km, departure, amount)
    seen = ~np.isnan(cube)
    for _ in range(MOST_ROUNDS):
        size = scale(normals, departure, amount)
        found = (cube - normals[:, None]) / size[:, None]
        expected = predicted(found, matrix, minimum)
        gain = np.ones_like(normals)
        if departure == "ratio":
            wetness = 1 + _mean(np.where(seen, expected, np.nan))
            gain = np.where(normals > amount, np.maximum(wetness, LEAST_GAIN), 1.0)
        step = _mean(found - expected) / gain + _mean(expected)
        step[np.isnan(step)] = 0.0
        normals = normals + size * step
        if np.abs(step).max() < TOLERANCE * np.nanstd(found):
            break
    if departure == "ratio":
        normals = np.maximum(normals, 0.0)
    found = (cube - normals[:, None]) / scale(normals, departure, amount)[:, None]
    errors = found - predicted(found, matrix, minimum)
    shape, back = values.shape, months[:12] - 1
    return Climatology(normals, found[:, :, back].reshape(shape), errors[:, :, back].reshape(shape))


def _neighbours(cube, normals, distance_km, departure, amount):
    """Return the kriging matrix of departures, all calendar months on one scale."""
    found = (cube - normals[:, None]) / scale(normals, departure, amount)[:, None]
    spread = np.nanstd(found, axis=(0, 1))
    rows = (found / np.where(spread > 0, spread, 1.0)).reshape(len(cube), -1).T
    apart, semivariance, pairs = spatial_variogram.empirical_semivariances(rows, distance_km, LAGS)
    if semivariance.max(initial=0.0) < ALIKE:
        model = spatial_variogram.Variogram("exponential", ALIKE, 1.0, distance_km.max())
    else:
        model = spatial_variogram.fitted(apart, semivariance, pairs, "exponential")
    return kriging_matrix(distance_km, model)


def predicted(departures, matrix, minimum):
    """Return what the other stations predict, shape (station, year, 12)."""
    rows = departures.reshape(len(departures), -1).T
    complete, errors = ordinary_kriging(rows, matrix, minimum)
    expected = np.where(np.isnan(errors), complete, rows + errors)
    return expected.T.reshape(departures.shape)


def _mean(cube):
    """Return means over years, shape (station, 12); NaN where there is no value."""
    count = (~np.isnan(cube)).sum(axis=1)
    total = np.nansum(cube, axis=1)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
