"""Matched comparison of restoration projects with untreated land, year by year.

A project that starts in year s is compared with land that was like it before. Years before s
fall into two: those that land is matched on, and the last ``base_years``, which the change is
counted from. One series of years for both would let chance of the matched years return as an
effect (regression to the mean).
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial import cKDTree

_SPARE = 8  # neighbours asked for a wanted one, where some may not serve


class TooLittleLand(ValueError):
    """A comparison without enough untreated land or without projects."""


class Panel(NamedTuple):
    """Units by year.

    ``nep`` (unit, year) g C m-2 yr-1; ``climate`` (variable, unit, year); ``fixed``
    (covariate, unit) such as elevation; ``landcover``, ``project`` (0 = untreated), ``start``
    (year, inf = never), ``cells``, ``x``, ``y`` (km), all (unit,); ``years`` (year,).
    """

    nep: np.ndarray
    climate: np.ndarray
    fixed: np.ndarray
    landcover: np.ndarray
    project: np.ndarray
    start: np.ndarray
    cells: np.ndarray
    x: np.ndarray
    y: np.ndarray
    years: np.ndarray


class Cohort(NamedTuple):
    """The units that start in one year.

    ``unit`` (treated,) places in the panel; ``match`` (year, treated, neighbour) places of
    their controls; ``left`` (unit, year) the change since the base years that covariates leave
    unexplained; ``distance`` (treated,) to the controls, standard deviations a covariate;
    ``traits`` (unit, trait) what units are matched by.
    """

    start: int
    unit: np.ndarray
    match: np.ndarray
    left: np.ndarray
    distance: np.ndarray
    traits: np.ndarray


def traits_before(panel, start, base_years):
    """Return what units were like before the base years of ``start``, shape (unit, trait).

    Mean of each climate variable, the fixed covariates, mean of NEP and its least-squares slope.
    """
    before = panel.years < start - base_years
    t = panel.years[before] - panel.years[before].mean()
    nep = panel.nep[:, before]
    slope = nep @ t / (t @ t)
    return np.column_stack(
        [*panel.climate[:, :, before].mean(axis=2), *panel.fixed, nep.mean(axis=1), slope]
    )


def cohort(panel, start, settings):
    """Match the units that start in a year, and take away what covariates explain.

    Controls are the ``neighbours`` nearest of the same land cover by Mahalanobis distance. The
    rest of the difference of traits is taken away by a regression of the change on traits and
    land cover among untreated units, a year at a time.

    Parameters
    ----------
    panel : Panel
        Without NaN.
    start : int
        With at least three years before the base years.
    settings : dict
        base_years, neighbours, caliper, not_yet_treated, min_controls.

    Returns
    -------
    Cohort
        Without units whose controls are farther than ``caliper`` or too few.

    Raises
    ------
    TooLittleLand
        If fewer than ``min_controls`` units are untreated.

    References
    ----------
    Callaway and Sant'Anna (2021), J. Econometrics 225:200-230 (group-time effects); Abadie and
    Imbens (2011), J. Bus. Econ. Stat. 29:1-11 (bias-corrected matching); Daw and Hatfield
    (2018), Health Serv. Res. 53:4138-4156 (regression to the mean).
    """
    never = np.isinf(panel.start)
    if never.sum() < settings["min_controls"]:
        raise TooLittleLand(
            f"{never.sum()} units of untreated land, restoration.min_controls is "
            f"{settings['min_controls']}. Lower restoration.buffer_km or patch_km."
        )
    traits = traits_before(panel, start, settings["base_years"])
    base = (panel.years >= start - settings["base_years"]) & (panel.years < start)
    change = panel.nep - panel.nep[:, base].mean(axis=1)[:, None]
    places = whitened(traits, never)
    unit = np.flatnonzero(panel.start == start)
    later = settings["not_yet_treated"]
    usable = [never | (later & (panel.start > max(year, start))) for year in panel.years]
    left = _left(change, traits, panel, usable)
    match, distance = _matches(panel, places, unit, usable, settings["neighbours"])
    near = distance / np.sqrt(traits.shape[1]) <= settings["caliper"]
    return Cohort(
        start, unit[near], match[:, near], left, distance / np.sqrt(traits.shape[1]), traits
    )


def whitened(traits, reference):
    """Return traits in which Euclidean distance is Mahalanobis distance among ``reference``."""
    centred = traits - traits[reference].mean(axis=0)
    spread = centred[reference].std(axis=0)
    centred = centred / np.where(spread > 0, spread, 1)
    values, vectors = np.linalg.eigh(np.cov(centred[reference], rowvar=False))
    keep = values > 1e-6 * values.max()
    return centred @ vectors[:, keep] / np.sqrt(values[keep])


def _left(change, traits, panel, usable):
    """Change less its regression on traits and land cover among controls of each year."""
    classes = np.unique(panel.landcover)
    dummies = (panel.landcover[:, None] == classes).astype(float)
    centred = traits - traits.mean(axis=0)
    spread = centred.std(axis=0)
    design = np.column_stack([dummies, centred / np.where(spread > 0, spread, 1)])
    left = np.empty_like(change)
    weight = np.sqrt(panel.cells)
    for year, mask in enumerate(usable):
        w = weight[mask, None]
        fit = np.linalg.lstsq(design[mask] * w, change[mask, year] * w[:, 0], rcond=None)[0]
        left[:, year] = change[:, year] - design @ fit
    return left


def _matches(panel, places, unit, usable, neighbours):
    """Controls of each treated unit and year, and the largest of their mean distances by year."""
    candidates = np.any(usable, axis=0)
    match = np.zeros((panel.years.size, unit.size, neighbours), dtype=np.int64)
    distance = np.full(unit.size, np.inf)
    for code in np.unique(panel.landcover[unit]):
        pool = np.flatnonzero(candidates & (panel.landcover == code))
        mine = np.flatnonzero(panel.landcover[unit] == code)
        asked = min(pool.size, neighbours * _SPARE)
        if min(usable[year][pool].sum() for year in range(len(usable))) < neighbours:
            continue
        far, found = cKDTree(places[pool]).query(places[unit[mine]], asked)
        far, found = far.reshape(mine.size, asked), pool[found.reshape(mine.size, asked)]
        enough, most = np.ones(mine.size, dtype=bool), np.zeros(mine.size)
        for year, mask in enumerate(usable):
            order = np.argsort(~mask[found], axis=1, kind="stable")[:, :neighbours]
            match[year, mine] = np.take_along_axis(found, order, axis=1)
            enough &= mask[match[year, mine]].all(axis=1)
            most = np.maximum(most, np.take_along_axis(far, order, axis=1).mean(axis=1))
        distance[mine] = np.where(enough, most, np.inf)
    return match, distance


def placebo_gaps(panel, found, settings):
    """Return the gap that each untreated unit would show, had it started with the cohort.

    Controls of a unit lie farther from it than the buffer.

    Returns
    -------
    unit : ndarray, shape (untreated,)
        Places in the panel.
    gap : ndarray, shape (untreated, year)
        NaN without enough controls.
    """
    unit = np.flatnonzero(np.isinf(panel.start))
    places = whitened(found.traits, np.isinf(panel.start))
    gap = np.full((unit.size, panel.years.size), np.nan)
    apart = settings["buffer_km"] + settings["patch_km"]
    for code in np.unique(panel.landcover[unit]):
        mine = np.flatnonzero(panel.landcover[unit] == code)
        pool = unit[mine]
        asked = min(pool.size, settings["neighbours"] * _SPARE)
        near = pool[cKDTree(places[pool]).query(places[pool], asked)[1].reshape(-1, asked)]
        far = np.hypot(
            panel.x[near] - panel.x[pool][:, None], panel.y[near] - panel.y[pool][:, None]
        )
        order = np.argsort(far <= apart, axis=1, kind="stable")[:, : settings["neighbours"]]
        chosen = np.take_along_axis(near, order, axis=1)
        clear = (np.take_along_axis(far, order, axis=1) > apart).all(axis=1)
        clear &= order.shape[1] == settings["neighbours"]
        values = found.left[pool] - found.left[chosen].mean(axis=1)
        gap[mine] = np.where(clear[:, None], values, np.nan)
    return unit, gap


def effective_starts(starts, years, settings):
    """Return the start years that have years enough before and one after.

    Parameters
    ----------
    starts : iterable of int
    years : ndarray, shape (year,)
    settings : dict
        base_years, match_years.
    """
    needed = settings["base_years"] + settings["match_years"]
    return [
        int(s) for s in sorted(set(starts)) if (years < s).sum() >= needed and (years >= s).any()
    ]
