"""Checks of station records: jumps, repeats, own climatology, disagreement with the neighbours.

Arrays are (day, station) of one variable, days without a gap in the calendar, NaN = missing.
Each check returns what it would flag; nothing is changed here.

References
----------
Durre, Menne, Gleason, Houston and Vose (2010), Comprehensive automated quality assurance of
daily surface observations, J. Appl. Meteorol. Climatol. 49, 1615-1633: spike, streak and
regression checks, each on what passed the ones before it.
Lawrimore, Menne, Gleason, Williams, Wuertz, Vose and Rennie (2011), An overview of the Global
Historical Climatology Network monthly mean temperature data set, version 3, J. Geophys. Res. 116,
D19121: months against the station's own climatology, in robust standard deviations.
"""

import numpy as np

from nepflow.stations import flags
from nepflow.study.variables import VARIABLES

ROUNDS = 10  # of the spatial check; each removes the worst value of a neighbourhood and day
TRANSFORMATIONS = {
    "none": (lambda values: values, lambda values: values),
    "square_root": (np.sqrt, lambda roots: np.maximum(roots, 0.0) ** 2),
}


def spikes(values, limit):
    """Return values that jump away from both the day before and the day after.

    Parameters
    ----------
    values : ndarray, shape (day, station)
    limit : float or None
        Least size of both jumps, in the unit of the values; None: no check.

    Returns
    -------
    ndarray of bool, same shape
        The jumps go the same way (up from both days, or down), so that a lasting change is
        not flagged; a day beside an absent one is not judged.
    """
    flagged = np.zeros(values.shape, bool)
    if limit is None:
        return flagged
    before, after = values[1:-1] - values[:-2], values[1:-1] - values[2:]
    smaller = np.minimum(np.abs(before), np.abs(after))
    flagged[1:-1] = (smaller > limit) & (np.sign(before) == np.sign(after))
    return flagged


def repeats(values, days, ignored=None):
    """Return runs of identical values; absent days neither break nor lengthen a run.

    Parameters
    ----------
    values : ndarray, shape (day, station)
    days : int or None
        Least length of a run; None: no check.
    ignored : float, optional
        Value that may repeat (0 mm of rain); it ends a run.

    Returns
    -------
    ndarray of bool, same shape
    """
    flagged = np.zeros(values.shape, bool)
    if days is None:
        return flagged
    for column in range(values.shape[1]):
        present = np.flatnonzero(~np.isnan(values[:, column]))
        if present.size < days:
            continue
        series = values[present, column]
        run = np.concatenate([[0], np.cumsum(series[1:] != series[:-1])])
        long = np.bincount(run)[run] >= days
        flagged[present[long & (series != ignored)], column] = True
    return flagged


def neighbour_weights(distance_km, radius_km, count):
    """Return the weights of the nearest stations, inverse to the squared distance.

    Parameters
    ----------
    distance_km : ndarray, shape (station, station)
    radius_km : float
        No neighbour is further away.
    count : int
        Most neighbours of a station.

    Returns
    -------
    ndarray, shape (station, station)
        Row = station, column = neighbour; 0 for all others and for the station itself.
    """
    reach = distance_km.copy()
    np.fill_diagonal(reach, np.inf)
    order = np.argsort(reach, axis=1, kind="stable")[:, :count]
    weights = np.zeros_like(reach)
    nearest = np.take_along_axis(reach, order, axis=1)
    inverse = np.where(nearest <= radius_km, 1 / np.maximum(nearest, 1.0) ** 2, 0.0)
    np.put_along_axis(weights, order, inverse, axis=1)
    return weights


def neighbour_estimate(anomalies, weights, minimum):
    """Return the weighted mean of the neighbours' anomalies.

    Parameters
    ----------
    anomalies : ndarray, shape (day, station)
    weights : ndarray, shape (station, station)
    minimum : int
        Least number of neighbours with a value.

    Returns
    -------
    ndarray, shape (day, station)
        NaN where fewer neighbours have a value.
    """
    present = ~np.isnan(anomalies)
    total = np.where(present, anomalies, 0.0) @ weights.T
    share = present.astype(float) @ weights.T
    enough = present.astype(float) @ (weights > 0).T.astype(float) >= minimum - 0.5
    estimate = np.full(anomalies.shape, np.nan)
    np.divide(total, share, out=estimate, where=enough & (share > 0))
    return estimate


def expected(values, weights, minimum):
    """Return what the neighbours say each value of one calendar month should be.

    The anomaly from a station's median is regressed, through the origin, on the weighted mean
    anomaly of its neighbours; where they say nothing about it the slope is near 0.

    Returns
    -------
    estimate, score : ndarray, shape (day, station)
        Estimate in the unit of the values; residual in standard deviations of the residuals of
        all other days of the station.
    """
    median = _median(values)
    anomalies = values - median
    mean = neighbour_estimate(anomalies, weights, minimum)
    both = ~np.isnan(anomalies) & ~np.isnan(mean)
    product = np.where(both, anomalies * mean, 0.0).sum(axis=0)
    square = np.where(both, mean**2, 0.0).sum(axis=0)
    slope = np.divide(product, square, out=np.zeros_like(square), where=square > 0)
    residual = anomalies - slope * mean
    square = np.where(both, residual, 0.0) ** 2
    others = np.maximum(both.sum(axis=0) - 2, 1)
    # A value is measured with the spread of the others, or a large one would hide itself.
    spread = np.sqrt(np.maximum(square.sum(axis=0) - square, 0) / others)
    score = np.full(values.shape, np.nan)
    np.divide(np.abs(residual), spread, out=score, where=both & (spread > 0))
    return median + slope * mean, score


def _median(values):
    """Return the median of every column; NaN for an empty one."""
    known = ~np.isnan(values).all(axis=0)
    median = np.full(values.shape[1], np.nan)
    median[known] = np.nanmedian(values[:, known], axis=0)
    return median


def spatial_outliers(values, month, weights, *, difference, score, transformation, minimum):
    """Return values that disagree with what their neighbours say.

    Parameters
    ----------
    values : ndarray, shape (day, station)
    month : ndarray of int, shape (day,)
        Calendar month 1..12; each has its own regression.
    weights : ndarray, shape (station, station)
        Of `neighbour_weights`.
    difference : float or None
        Least difference from the estimate, in the unit of the values; None: no check.
    score : float
        Least residual, in standard deviations.
    transformation : {"none", "square_root"}
        Scale on which anomalies are taken.
    minimum : int
        Least number of neighbours with a value.

    Returns
    -------
    ndarray of bool, same shape
        Of a neighbourhood and day the worst value is flagged first and the others are judged
        again without it: a wrong value does not take its neighbours with it.
    """
    flagged = np.zeros(values.shape, bool)
    if difference is None:
        return flagged
    forward, back = TRANSFORMATIONS[transformation]
    linked = (weights > 0) | (weights > 0).T
    for calendar in np.unique(month):
        rows = np.flatnonzero(month == calendar)
        left = values[rows].copy()
        for _ in range(ROUNDS):
            estimate, scores = expected(forward(left), weights, minimum)
            with np.errstate(invalid="ignore"):
                suspect = (np.abs(left - back(estimate)) > difference) & (scores > score)
            worst = _worst(np.where(suspect, scores, 0.0), linked)
            if not worst.any():
                break
            flagged[rows] |= worst
            left[worst] = np.nan
    return flagged


def _worst(scores, linked):
    """Return suspects whose score no linked suspect of the same day exceeds."""
    worst = np.zeros(scores.shape, bool)
    for day, station in np.argwhere(scores > 0):
        worst[day, station] = scores[day, station] >= scores[day, linked[station]].max(initial=0)
    return worst


MAD_TO_SD = 1.4826  # of normally distributed values


def confirmed(values, month, weights, *, difference, transformation, minimum):
    """Return months that lie within ``difference`` of what their neighbours say.

    Parameters as of `spatial_outliers`; ``difference`` None: none does.
    """
    near = np.zeros(values.shape, bool)
    if difference is None:
        return near
    forward, back = TRANSFORMATIONS[transformation]
    for calendar in np.unique(month):
        rows = np.flatnonzero(month == calendar)
        estimate = back(expected(forward(values[rows]), weights, minimum)[0])
        with np.errstate(invalid="ignore"):
            near[rows] = np.abs(values[rows] - estimate) <= difference
    return near


def climatological_outliers(values, month, *, difference, score, transformation, min_years):
    """Return months far from the station's own climatology.

    Parameters
    ----------
    values : ndarray, shape (month, station)
    month : ndarray of int, shape (month,)
        Calendar month 1..12.
    difference : float or None
        Least difference from the median of the calendar month, in the unit of the values; None:
        no check.
    score : float
        Least departure in robust standard deviations (`MAD_TO_SD` median absolute deviations).
    transformation : {"none", "square_root"}
        Scale of the departures.
    min_years : int
        Years that the climatology needs.

    Returns
    -------
    ndarray of bool, same shape
    """
    flagged = np.zeros(values.shape, bool)
    if difference is None:
        return flagged
    forward, back = TRANSFORMATIONS[transformation]
    for calendar in np.unique(month):
        rows = np.flatnonzero(month == calendar)
        own = forward(values[rows])
        median = _median(own)
        spread = MAD_TO_SD * _median(np.abs(own - median))
        enough = (~np.isnan(own)).sum(axis=0) >= min_years
        with np.errstate(invalid="ignore"):
            far = np.abs(own - median) > score * spread
            far &= np.abs(values[rows] - back(median)) > difference
        flagged[rows] = far & enough
    return flagged


def checked_months(name, values, codes, month, weights, settings, top_of_atmosphere=None):
    """Return the flag codes of monthly values after all checks; arguments as of `checked`.

    ``settings`` is ``climate.monthly_quality`` with ``neighbours`` and ``top_of_atmosphere_share``
    of ``climate.quality``.
    """
    about = VARIABLES[name]
    compared = {
        "difference": settings["spatial_difference"][name],
        "transformation": about.spatial_scale,
        "minimum": settings["neighbours"]["min"],
    }
    own = {
        "difference": settings["climatology_difference"][name],
        "score": settings["climatology_score"][name],
        "transformation": about.spatial_scale,
        "min_years": settings["min_years"],
    }
    score = settings["spatial_score"][name]
    checks = [
        (
            flags.SPATIAL,
            lambda left: spatial_outliers(left, month, weights, score=score, **compared),
        ),
        (  # a month that the neighbours confirm is weather
            flags.CLIMATOLOGY,
            lambda left: (
                climatological_outliers(left, month, **own)
                & ~confirmed(left, month, weights, **compared)
            ),
        ),
    ]
    return _applied(checks, values, codes, settings, top_of_atmosphere)


def checked(name, values, codes, month, weights, settings, top_of_atmosphere=None):
    """Return the flag codes of a variable after all checks, each on what passed the others.

    Parameters
    ----------
    name : str
        Key of `variables.VARIABLES`.
    values : ndarray, shape (day, station)
    codes : ndarray of int, same shape
        Flags so far.
    month : ndarray of int, shape (day,)
    weights : ndarray, shape (station, station)
        Of `neighbour_weights`.
    settings : dict
        ``climate.quality`` of the study.
    top_of_atmosphere : ndarray, same shape as values, optional
        Radiation without an atmosphere, MJ m-2 d-1, of a variable that stays below it.

    Returns
    -------
    ndarray of int, same shape
    """
    about = VARIABLES[name]
    checks = [
        (flags.STEP, lambda left: spikes(left, settings["step"][name])),
        (
            flags.PERSISTENCE,
            lambda left: repeats(left, settings["persistence_days"][name], about.may_repeat),
        ),
        (
            flags.SPATIAL,
            lambda left: spatial_outliers(
                left,
                month,
                weights,
                difference=settings["spatial_difference"][name],
                score=settings["spatial_score"][name],
                transformation=about.spatial_scale,
                minimum=settings["neighbours"]["min"],
            ),
        ),
    ]
    return _applied(checks, values, codes, settings, top_of_atmosphere)


def _applied(checks, values, codes, settings, top_of_atmosphere):
    """Return the flag codes after all checks, each on what passed the others."""
    if top_of_atmosphere is not None:
        low, high = settings["top_of_atmosphere_share"]
        share = (low * top_of_atmosphere, high * top_of_atmosphere)
        outside = (flags.RANGE, lambda left: (left < share[0]) | (left > share[1]))
        checks = [outside, *checks]
    codes, left = codes.copy(), values.copy()
    for flag, check in checks:
        found = check(left)
        codes[found], left[found] = flag, np.nan
    return codes
