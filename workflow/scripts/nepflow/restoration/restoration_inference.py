"""Uncertainty of effects: whole projects resampled, or placebo projects; ranks of measures."""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree
from scipy.stats import norm
from scipy.stats import t as student

from nepflow.restoration import effects, matching

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
    value = effects.value_of(parts)
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
    value = effects.value_of(parts)
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
        weight = effects.functionals(columns, found.start, panel.years, settings["window"])
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
