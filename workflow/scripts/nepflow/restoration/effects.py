"""Gaps of projects -> effects by measure and year since the start."""

from typing import NamedTuple

import numpy as np

ALL = 0  # start year that stands for all of them
EFFECT, PRE_TREND, EVENT = "effect", "pre_trend", "event"
BEYOND_TREND = "effect_beyond_pre_trend"


class Column(NamedTuple):
    """A number asked for: its kind, the start year (or `ALL`) and the year since the start."""

    kind: str
    start: int
    event: int


class Terms(NamedTuple):
    """Sums and weights of projects (project, column) and of clusters of controls."""

    projects: np.ndarray
    sums: np.ndarray
    weights: np.ndarray
    control_sums: np.ndarray
    control_weights: np.ndarray


def columns_of(starts, years, window):
    """Return the columns of cohorts: effect, pre-trend, events together and by start year.

    Parameters
    ----------
    starts : list of int
    years : ndarray, shape (year,)
    window : [first, last]
        Years since the start that count, such as [-10, 10].
    """
    events = range(window[0], window[1] + 1)
    found = [Column(kind, ALL, 0) for kind in (EFFECT, PRE_TREND, BEYOND_TREND)]
    for start in (ALL, *starts):
        mine = starts if start == ALL else [start]
        seen = [e for e in events if any(s + e in years for s in mine)]
        found += [Column(EVENT, start, e) for e in seen]
    return found


def functionals(columns, start, years, window):
    """Return the weights of years that make each column of a cohort, shape (year, column).

    The effect is the mean of the years from the start on, the pre-trend the least-squares slope
    of the years before it. The effect beyond the pre-trend is what lies above the line through
    the years before. Columns of other start years are zero.
    """
    since = years - start
    after = (since >= 0) & (since <= window[1])
    before = (since < 0) & (since >= window[0])
    t = np.where(before, since - since[before].mean(), 0.0)
    made = {EFFECT: after / after.sum(), PRE_TREND: t / (t @ t)}
    ahead = since[after].mean() - since[before].mean()
    made[BEYOND_TREND] = made[EFFECT] - before / before.sum() - ahead * made[PRE_TREND]
    rows = [
        (since == c.event) if c.kind == EVENT else made[c.kind]
        for c in (c if c.start in (ALL, start) else c._replace(kind=EVENT, event=10**6)
                  for c in columns)
    ]  # fmt: skip
    return np.array(rows, dtype=float).T


def terms(panel, cohorts, projects, cluster, columns, window):
    """Return what each project and each cluster of controls adds to each column.

    Parameters
    ----------
    panel : restoration.Panel
    cohorts : list of restoration.Cohort
    projects : ndarray of int
        Numbers of the projects of a measure.
    cluster : ndarray of int, shape (unit,)
    columns : list of Column
    window : [first, last]
    """
    size = len(projects), cluster.max() + 1
    made = [np.zeros((n, len(columns))) for n in (size[0], size[0], size[1], size[1])]
    for found in cohorts:
        mine = np.isin(panel.project[found.unit], projects)
        unit, match = found.unit[mine], found.match[:, mine]
        if not unit.size:
            continue
        row = np.searchsorted(projects, panel.project[unit])
        weight = functionals(columns, found.start, panel.years, window)
        counts = (weight != 0) / np.maximum((weight != 0).sum(axis=0), 1)
        cells = panel.cells[unit]
        shared = np.repeat(cells / match.shape[2], match.shape[2])
        for year in range(panel.years.size):
            own = (
                np.bincount(row, cells, size[0]),
                np.bincount(row, cells * found.left[unit, year], size[0]),
            )
            place = match[year].ravel()
            other = (
                np.bincount(cluster[place], shared, size[1]),
                np.bincount(cluster[place], shared * found.left[place, year], size[1]),
            )
            for to, (n, total) in ((0, own), (2, other)):
                made[to] += np.outer(total, weight[year])
                made[to + 1] += np.outer(n, counts[year])
    # a column's sum is a mean of years, its weight is cells
    return Terms(np.asarray(projects), *made)


def value_of(parts):
    """Return the estimate of each column: treated less controls, weighted by cells."""
    with np.errstate(invalid="ignore", divide="ignore"):
        treated = parts.sums.sum(axis=0) / parts.weights.sum(axis=0)
        control = parts.control_sums.sum(axis=0) / parts.control_weights.sum(axis=0)
    return treated - control
