"""Steps of stations against their neighbours: the standard normal homogeneity test.

Of a series z of n years, standardised, with the means z1 of the first k and z2 of the others

    T(k) = k z1^2 + (n - k) z2^2        T0 = max T(k)

The series is what a station's departures from its normals differ from those that its neighbours
predict (`climatology`), a mean a year: weather that all share is gone. The step with the largest
T0 is found first and the record split there, so that it does not make steps of its neighbours;
then all series are made again, until no step is left. A step that all stations share is not seen.

References
----------
Alexandersson (1986), A homogeneity test applied to precipitation data, J. Climatol. 6, 661-675.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np

from nepflow.climate import climatology

COLUMNS = (
    "variable",
    "station",
    "year",
    "size",
    "unit",
    "snht_statistic",
    "p",
    "years",
    "policy",
)
LEAST_MONTHS = 6  # of a year
MOST_STEPS = 100


@dataclass(frozen=True)
class Step:
    """A step of a station.

    Attributes
    ----------
    station : int
        Its number.
    year : int
        Number of the first year behind the step, of all years.
    size : float
        Mean behind minus mean before, K or share of the normal.
    statistic, p : float
        T0 and the share of series without a step that reach it.
    years : int
        Years of the part of the record that it was found in.
    """

    station: int
    year: int
    size: float
    statistic: float
    p: float
    years: int


def snht(series):
    """Return the years before the most likely step and T0.

    Parameters
    ----------
    series : ndarray, shape (year,)
        Without NaN; constant series have no step (0, 0.0).

    Returns
    -------
    place : int
    statistic : float
    """
    places, statistics = _snht(np.asarray(series, float)[None])
    return int(places[0]), float(statistics[0])


def _snht(rows):
    """Return place and T0 of every row."""
    count = rows.shape[1]
    deviation = rows.std(axis=1, ddof=1, keepdims=True)
    z = np.zeros(rows.shape)
    np.divide(rows - rows.mean(axis=1, keepdims=True), deviation, out=z, where=deviation > 0)
    before = np.arange(1, count)
    total = z.cumsum(axis=1)[:, :-1]
    # the sum of z is 0: the years behind add up to minus those before
    statistic = total**2 / before + total**2 / (count - before)
    place = statistic.argmax(axis=1)
    return place + 1, statistic[np.arange(len(rows)), place]


@cache
def null_statistics(count, draws, seed):
    """Return T0 of series of independent normal numbers, sorted, shape (draw,)."""
    rows = np.random.default_rng(seed).normal(size=(draws, count))
    return np.sort(_snht(rows)[1])


def p_of(statistic, count, draws, seed):
    """Return the share of `null_statistics` that reach a statistic, at least 1 / (draws + 1)."""
    null = null_statistics(count, draws, seed)
    reached = draws - np.searchsorted(null, statistic)
    return (reached + 1) / (draws + 1)


def split(values, steps):
    """Return the parts of records between their steps.

    Parameters
    ----------
    values : ndarray, shape (station, 12 * year)
    steps : iterable of (int, int)
        Station and first year behind each step.

    Returns
    -------
    parts : ndarray, shape (part, 12 * year)
        NaN outside of the part.
    station : ndarray of int, shape (part,)
    """
    parts, owner = [], []
    for station, row in enumerate(values):
        edges = sorted(12 * year for of, year in steps if of == station)
        for first, last in zip([0, *edges], [*edges, row.size], strict=True):
            part = np.full(row.size, np.nan)
            part[first:last] = row[first:last]
            parts.append(part)
            owner.append(station)
    return np.array(parts), np.array(owner)


def find_steps(values, months, distance_km, departures, rule):
    """Return the steps of the stations of one variable.

    Parameters
    ----------
    values : ndarray, shape (station, 12 * year)
        NaN = none.
    months : ndarray of int, shape (12 * year,)
    distance_km : ndarray, shape (station, station)
    departures : dict
        departure, amount, min_years, minimum of `climatology.of_stations`.
    rule : dict
        significance_p; least_step, K or share; min_years of a part on either side; draws, seed.

    Returns
    -------
    list of Step
        In the order in which they were found.
    """
    found = []
    while len(found) < MOST_STEPS:
        parts, owner = split(values, [(step.station, step.year) for step in found])
        apart = distance_km[np.ix_(owner, owner)]
        series = yearly(climatology.of_stations(parts, months, apart, **departures), departures)
        steps = [
            step
            for station, row in zip(owner, series, strict=True)
            if (step := _step_of(station, row, rule))
        ]
        if not steps:
            break
        found.append(max(steps, key=lambda step: step.statistic))
    return found


def _step_of(station, row, rule):
    """Return the step of a series that the rule counts, or None."""
    known, least = np.flatnonzero(~np.isnan(row)), rule["min_years"]
    if known.size < 2 * least:
        return None
    place, statistic = snht(row[known])
    before, behind = row[known[:place]], row[known[place:]]
    size = behind.mean() - before.mean()
    if min(before.size, behind.size) < least or abs(size) < rule["least_step"]:
        return None
    p = p_of(statistic, known.size, rule["draws"], rule["seed"])
    if p > rule["significance_p"]:
        return None
    return Step(int(station), int(known[place]), float(size), statistic, float(p), known.size)


def yearly(found, departures):
    """Return what stations differ from their neighbours, a mean a year, shape (station, year).

    Months of ratios count by their normals: the share of the year's sum.
    """
    errors = found.errors.reshape(len(found.errors), -1, 12)
    size = climatology.scale(found.normals, departures["departure"], departures["amount"])
    weight = np.where(np.isnan(errors), 0.0, size[:, None])
    enough = (~np.isnan(errors)).sum(axis=2) >= LEAST_MONTHS
    total = (weight * np.nan_to_num(errors)).sum(axis=2)
    mean = np.full(enough.shape, np.nan)
    return np.divide(total, weight.sum(axis=2), out=mean, where=enough)
