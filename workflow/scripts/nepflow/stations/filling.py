"""One variable of all stations without gaps, and what the tables say of it."""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from nepflow.spatial import variogram as spatial_variogram
from nepflow.stations import flags
from nepflow.study.variables import VARIABLES


def kriging_matrix(distance_km, variogram):
    """Return B: symmetric, each row adds to 0.

    Parameters
    ----------
    distance_km : ndarray, shape (station, station)
    variogram : variogram.Variogram

    Returns
    -------
    ndarray, shape (station, station)
    """
    factor = cho_factor(variogram.covariance(distance_km), lower=True)
    inverse = cho_solve(factor, np.eye(len(distance_km)))
    inverse = (inverse + inverse.T) / 2
    row = inverse.sum(axis=1)
    return inverse - np.outer(row, row) / row.sum()


def patterns(present):
    """Group days that have the same stations.

    Parameters
    ----------
    present : ndarray of bool, shape (day, station)

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        Stations without a value, and days, of every group; in a fixed order.
    """
    packed = np.packbits(present, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(group.ravel()))
    return [
        (np.flatnonzero(~present[day]), days)
        for day, days in zip(first, np.split(order, ends[:-1]), strict=True)
    ]


def ordinary_kriging(values, matrix, minimum=2):
    """Return the values with absent ones estimated, and the leave-one-out errors of the others.

    Parameters
    ----------
    values : ndarray, shape (day, station)
        NaN = missing; days do not influence one another.
    matrix : ndarray, shape (station, station)
        Of `kriging_matrix`.
    minimum : int
        Least number of stations with a value; other days stay as they are.

    Returns
    -------
    complete : ndarray, shape (day, station)
    errors : ndarray, shape (day, station)
        Estimate from all other stations of the day minus the value; NaN where there is none.
    """
    present = ~np.isnan(values)
    complete, errors = values.copy(), np.full(values.shape, np.nan)
    sums = np.where(present, values, 0.0) @ matrix
    diagonal = np.diag(matrix)
    for absent, days in patterns(present):
        here = np.delete(np.arange(values.shape[1]), absent)
        if here.size < minimum:
            continue
        leverage, residual = diagonal[here], sums[days][:, here]
        if absent.size:
            between = matrix[np.ix_(absent, here)]
            factor = cho_factor(matrix[np.ix_(absent, absent)], lower=True)
            estimate = -cho_solve(factor, sums[days][:, absent].T)
            complete[np.ix_(days, absent)] = estimate.T
            residual = residual + estimate.T @ between
            leverage = leverage - (between * cho_solve(factor, between)).sum(axis=0)
        errors[np.ix_(days, here)] = -residual / leverage
    return complete, errors


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

    model: spatial_variogram.Variogram | None
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
        NaN = missing.
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
    classes = spatial_variogram.empirical_semivariances(departures, apart, lags)
    if not classes[0].size or not classes[1].max() > 0:
        return values.copy(), Month(None, len(classes[0]), empty, empty, 0)
    fitted = spatial_variogram.fitted(*classes, model)
    matrix = kriging_matrix(apart, fitted)
    filled, errors = ordinary_kriging(departures, matrix, minimum)
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


COLUMNS = ("variable", "month", "quantity", "value", "unit")
VARIOGRAMS = ("variable", "month", "model", "quantity", "value", "unit")
TABLES = (VARIOGRAMS, COLUMNS, flags.QUALITY)


def without_gaps(name, values, month, distance_km, *, model, lags, max_gap_days, minimum):
    """Reconstruct the missing days of one variable.

    Parameters
    ----------
    name : str
        Key of `VARIABLES`, which says whether it is filled by difference from the station's mean
        or by ratio to it.
    values : ndarray, shape (day, station)
        NaN = missing.
    month : ndarray of int, shape (day,)
        Calendar month 1..12: each has its own means and variogram.
    distance_km : ndarray, shape (station, station)
    model, lags, minimum
        See `filling.reconstructed_month`.
    max_gap_days : int or None
        Longer runs of missing days stay missing.

    Returns
    -------
    complete : ndarray, shape (day, station)
    months : dict of {int: filling.Month}
    """
    complete, months = values.copy(), {}
    for calendar in range(1, 13):
        rows = np.flatnonzero(month == calendar)
        complete[rows], months[calendar] = reconstructed_month(
            values[rows],
            distance_km,
            departure=VARIABLES[name].departure,
            model=model,
            lags=lags,
            minimum=minimum,
        )
    complete[long_gaps(~np.isnan(values), max_gap_days)] = np.nan
    return complete, months


def variogram_rows(name, months):
    """Return the parameters of the variogram of every month."""
    about = VARIABLES[name]
    unit = f"{about.difference_unit}2" if about.departure == "difference" else "1"
    return [
        (name, calendar, month.model.model, quantity, value, of)
        for calendar, month in months.items()
        if month.model
        for quantity, value, of in (
            ("nugget", month.model.nugget, unit),
            ("partial_sill", month.model.partial_sill, unit),
            ("range", month.model.range_km, "km"),
            ("distance_classes", month.lags, "1"),
        )
    ]


def error_rows(name, months):
    """Return leave-one-out errors of kriging, beside those of the station's monthly mean."""
    unit = VARIABLES[name].daily_unit
    rows = []
    for calendar, month in months.items():
        if not month.errors.size:
            continue
        numbers = (
            ("values", month.errors.size, "1"),
            ("mean_error", month.errors.mean(), unit),
            ("rmse", np.sqrt((month.errors**2).mean()), unit),
            ("mean_absolute_error", np.abs(month.errors).mean(), unit),
            ("rmse_of_station_mean", np.sqrt((month.spread**2).mean()), unit),
            ("floored_at_0", month.floored, "1"),
        )
        rows += [(name, calendar, *number) for number in numbers]
    return rows
