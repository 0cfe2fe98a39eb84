"""Daily records without gaps: departures from the station's own climate, kriged.

Kriging wants values of one mean: temperature enters as difference from the station's mean of
the calendar month, precipitation and radiation as ratio to it (a dry day stays dry, nothing
goes below zero by its mean). Ratio: Paulhus and Kohler (1952), Monthly Weather Review 80,
129-133.
"""

from dataclasses import dataclass

import numpy as np

from nepflow.spatial import variogram
from nepflow.stations import kriging

LEAST_DAYS = 15  # days that a mean of a station and calendar month needs
LEAST_MEAN = 0.1  # of a ratio, in the unit of the values per day: drier stations count as this


@dataclass(frozen=True)
class Month:
    """What the reconstruction of one variable and calendar month was made with.

    Attributes
    ----------
    model : variogram.Variogram or None
        None: too few stations, nothing was reconstructed.
    lags : int
        Classes of distance that the model was fitted to.
    errors, spread : ndarray
        Leave-one-out errors, and departures from the station's mean, in the variable's unit.
    floored : int
        Reconstructed values below 0 that were set to 0.
    """

    model: variogram.Variogram | None
    lags: int
    errors: np.ndarray
    spread: np.ndarray
    floored: int


def station_means(values):
    """Return the mean of every station; NaN where fewer than `LEAST_DAYS` days have a value."""
    count = (~np.isnan(values)).sum(axis=0)
    mean = np.full(values.shape[1], np.nan)
    np.divide(np.nansum(values, axis=0), count, out=mean, where=count >= LEAST_DAYS)
    return mean


def reconstructed_month(values, distance_km, *, departure, model, lags, minimum):
    """Return the days of one calendar month, of all years, without gaps.

    Parameters
    ----------
    values : ndarray, shape (day, station)
        NaN = absent.
    distance_km : ndarray, shape (station, station)
    departure : {"difference", "ratio"}
    model : str
        Key of `variogram.MODELS`.
    lags : int
        Classes of distance of the empirical variogram.
    minimum : int
        Least number of stations: with a mean, and with a value on a day.

    Returns
    -------
    complete : ndarray, shape (day, station)
        NaN only where the station has no mean or the day too few stations.
    month : Month
    """
    empty = np.array([])
    mean = station_means(values)
    known = np.flatnonzero(~np.isnan(mean))
    if known.size < max(minimum, 3):
        return values.copy(), Month(None, 0, empty, empty, 0)
    mean, apart = mean[known], distance_km[np.ix_(known, known)]
    scale = np.maximum(mean, LEAST_MEAN) if departure == "ratio" else np.ones_like(mean)
    offset = 0.0 if departure == "ratio" else mean
    departures = (values[:, known] - offset) / scale
    classes = variogram.empirical_semivariances(departures, apart, lags)
    if not classes[0].size or not classes[1].max() > 0:
        return values.copy(), Month(None, len(classes[0]), empty, empty, 0)
    fitted = variogram.fitted(*classes, model)
    matrix = kriging.kriging_matrix(apart, fitted)
    filled, errors = kriging.ordinary_kriging(departures, matrix, minimum)
    filled = filled * scale + offset
    below = np.isnan(values[:, known]) & (filled < 0) & (departure == "ratio")
    complete = values.copy()
    complete[:, known] = np.where(
        np.isnan(values[:, known]), np.where(below, 0, filled), values[:, known]
    )
    judged = ~np.isnan(errors)
    spread = (values[:, known] - mean)[judged]
    return complete, Month(
        fitted, len(classes[0]), (errors * scale)[judged], spread, int(below.sum())
    )


def long_gaps(present, longest):
    """Return absent days that belong to a run of more than ``longest`` absent days.

    Parameters
    ----------
    present : ndarray of bool, shape (day, station)
    longest : int or None
        None: no run is too long.

    Returns
    -------
    ndarray of bool, same shape
    """
    long = np.zeros(present.shape, bool)
    if longest is None:
        return long
    for column in range(present.shape[1]):
        state = present[:, column]
        run = np.concatenate([[0], np.cumsum(state[1:] != state[:-1])])
        long[:, column] = ~state & (np.bincount(run)[run] > longest)
    return long
