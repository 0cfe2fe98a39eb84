"""Gaps of projects -> effects by measure and year since the start."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import norm
from scipy.stats import t as student

from nepflow.restoration import matching

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
        for c in (
            c if c.start in (ALL, start) else c._replace(kind=EVENT, event=10**6) for c in columns
        )
    ]
    return np.array(rows, dtype=float).T


def terms(panel, cohorts, projects, cluster, columns, window):
    """Return what each project and each cluster of controls adds to each column.

    Parameters
    ----------
    panel : matching.Panel
    cohorts : list of matching.Cohort
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


_SPARE = 8  # patches asked for beyond the expected number
_FEW = 20  # patches of a unit's size, below which any size serves


class Answer(NamedTuple):
    """Estimates by column, their intervals, p, and draws of the error (draw, column)."""

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p: np.ndarray
    noise: np.ndarray
    projects: np.ndarray


def resampled(parts, draws, confidence_percent, seed, place=0):
    """Return estimates with intervals by resampling whole projects and clusters of controls.

    The standard deviation of the draws enters a t interval with as many degrees of freedom as
    there are projects less one: percentiles are too narrow for few projects.

    Parameters
    ----------
    parts : Terms
    draws : int
    confidence_percent : float
    seed : int
        The same for all measures, so that they share the draws of their controls.
    place : int
        Of the measure: its projects are drawn independently of those of the others.

    Returns
    -------
    Answer

    References
    ----------
    Otsu and Rai (2017), J. Am. Stat. Assoc. 112:1720-1732 (matches are held while units are
    resampled); Cameron and Miller (2015), J. Hum. Resour. 50:317-372 (few clusters).
    """
    value = value_of(parts)
    control, treated = (np.random.default_rng(key) for key in ([seed, 0], [seed, 1, place]))
    weight = _multiplicities(control, len(parts.control_sums), draws)
    others = _ratio(weight, parts.control_sums, parts.control_weights)
    weight = _multiplicities(treated, len(parts.sums), draws)
    noise = _ratio(weight, parts.sums, parts.weights) - others - value
    count = (parts.weights > 0).sum(axis=0)
    free = np.maximum(count - 1, 1)
    deviation = np.nanstd(noise, axis=0) * np.sqrt(count / free)
    deviation = np.where(count > 1, deviation, np.nan)
    half = student.ppf(0.5 + confidence_percent / 200, free) * deviation
    with np.errstate(invalid="ignore", divide="ignore"):
        p = 2 * student.sf(np.abs(value) / deviation, free)
    return Answer(value, value - half, value + half, p, noise, count)


def _multiplicities(generator, size, draws):
    return generator.multinomial(size, np.full(size, 1 / size), size=draws).astype(float)


def _ratio(weight, sums, weights):
    with np.errstate(invalid="ignore", divide="ignore"):
        return (weight @ sums) / (weight @ weights)


def randomised(parts, placebos, confidence_percent):
    """Return estimates with intervals and p from placebo projects.

    Parameters
    ----------
    parts : Terms
    placebos : ndarray, shape (draw, column)
        What as many placebo projects show where nothing was done.

    Returns
    -------
    Answer
        Interval: all effects that the placebos do not reject.

    References
    ----------
    Abadie, Diamond and Hainmueller (2010), J. Am. Stat. Assoc. 105:493-505 (placebos in space).
    """
    value = value_of(parts)
    tail = (100 - confidence_percent) / 2
    low, high = np.nanpercentile(placebos, [tail, 100 - tail], axis=0)
    more = (np.abs(placebos) >= np.abs(value)).sum(axis=0)
    p = np.where(np.isfinite(value), (1 + more) / (1 + len(placebos)), np.nan)
    count = (parts.weights > 0).sum(axis=0)
    return Answer(value, value - high, value - low, p, -placebos, count)


def placebo_draws(panel, cohorts, projects, columns, settings, generator):
    """Return what placebo projects show, shape (draw, column).

    Each project gets a place drawn at random among untreated land, there the nearest patches of
    its land cover until they have its cells, and the gaps of these to controls of their own. Units
    whose land cover has no such patch do not count; NaN where none is left.

    Parameters
    ----------
    panel, cohorts, projects, columns
        As in `terms`.
    settings : dict
        draws, window, buffer_km, patch_km, neighbours.
    generator : numpy.random.Generator
    """
    total = np.zeros((settings["draws"], len(columns)))
    weights = np.zeros(len(columns))
    for found in cohorts:
        mine = found.unit[np.isin(panel.project[found.unit], projects)]
        if not mine.size:
            continue
        pool, gap = matching.placebo_gaps(panel, found, settings)
        known = np.isfinite(gap[:, 0])
        pool, gap = pool[known], gap[known]
        weight = functionals(columns, found.start, panel.years, settings["window"])
        for project in np.unique(panel.project[mine]):
            units = mine[panel.project[mine] == project]
            centre = generator.choice(pool, settings["draws"]) if pool.size else pool
            for unit in units[np.isin(panel.landcover[units], panel.landcover[pool])]:
                total += panel.cells[unit] * _placebo(panel, pool, gap, unit, centre) @ weight
                weights += panel.cells[unit] * (weight != 0).any(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        return total / weights


def _placebo(panel, pool, gap, unit, centre):
    """Mean gap of the patches nearest to each centre that together are as large as a unit."""
    same = panel.landcover[pool] == panel.landcover[unit]
    # pieces of many patches together would be less noisy than one unit of their size
    ratio = panel.cells[pool] / panel.cells[unit]
    alike = same & (ratio > 1 / 1.3) & (ratio < 1.3)
    same = alike if alike.sum() >= _FEW else same
    like, values = pool[same], gap[same]
    cells = panel.cells[like]
    asked = min(like.size, _SPARE + int(3 * panel.cells[unit] / np.median(cells)))
    tree = cKDTree(np.column_stack([panel.x[like], panel.y[like]]))
    places = np.column_stack([panel.x[centre], panel.y[centre]])
    order = tree.query(places, asked)[1].reshape(-1, asked)
    counted = cells[order]
    before = np.cumsum(counted, axis=1) - counted
    counted[:, 1:] *= before[:, 1:] + counted[:, 1:] / 2 <= panel.cells[unit]
    return (counted[:, :, None] * values[order]).sum(axis=1) / counted.sum(axis=1)[:, None]


def joint_p(answer, chosen):
    """Return the p of all chosen columns being zero, from the smallest of their p.

    Columns with fewer than half of the projects are left out. Each p becomes the normal deviate
    that has it, so that few projects do not pass for a large deviation; the largest deviate is
    compared with that of the draws, which hold how the years go together.

    Parameters
    ----------
    answer : Answer
    chosen : list of int
        Places of columns.

    Returns
    -------
    float
        NaN without a column.
    """
    count = answer.projects[chosen]
    spread = np.nanstd(answer.noise[:, chosen], axis=0)
    good = (2 * count >= answer.projects[0]) & np.isfinite(answer.p[chosen]) & (spread > 0)
    if not good.any():
        return np.nan
    seen = norm.isf(answer.p[chosen][good].min() / 2)
    drawn = np.abs(answer.noise[:, chosen][:, good] / spread[good])
    return float((1 + (drawn.max(axis=1) >= seen).sum()) / (1 + len(drawn)))


def ranks(values, noise, confidence_percent):
    """Return rank (1 = largest effect), its interval, and the chance to be the largest.

    Parameters
    ----------
    values : ndarray, shape (measure,)
    noise : ndarray, shape (draw, measure)
        Errors of the estimates. A measure without them has no rank and counts in no other's.

    Returns
    -------
    rank, low, high, best : ndarray, each (measure,)
        ``best`` in %.
    """
    known = np.isfinite(noise).all(axis=0) & np.isfinite(values)
    found = np.full((4, values.size), np.nan)
    if known.any():
        values = values[known]
        drawn = values + noise[:, known]
        place = 1 + (drawn[:, None, :] > drawn[:, :, None]).sum(axis=2)
        tail = (100 - confidence_percent) / 2
        found[0, known] = 1 + (values[None] > values[:, None]).sum(axis=1)
        found[1:3, known] = np.percentile(place, [tail, 100 - tail], axis=0, method="nearest")
        found[3, known] = 100 * (place == 1).mean(axis=0)
    return found
