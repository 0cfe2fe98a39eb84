"""Effects of restoration -> rows of tidy tables."""

from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

from nepflow.restoration import effects, matching

COLUMNS = ["measure", "quantity", "of", "value", "unit"]
EVENTS = ["measure", "start_year", "event_year", "quantity", "value", "unit"]
DENSITY, SLOPE = "g C m-2 yr-1", "g C m-2 yr-2"
RESAMPLED, RANDOMISED = "projects resampled", "placebo projects"


def answers_of(panel, measures, cohorts, columns, settings):
    """Return {measure: (Answer, how)} of measures that have a project to compare.

    Parameters
    ----------
    panel : matching.Panel
    measures : dict of {str: ndarray of int}
        Numbers of the projects of each measure, ascending.
    cohorts : list of matching.Cohort
    columns : list of effects.Column
    settings : dict
        window, patch_km, cluster_patches, min_projects, draws, confidence_percent, seed.
    """
    side = settings["cluster_patches"] * settings["patch_km"]
    column, row = np.floor(panel.x / side), np.floor(panel.y / side)
    cluster = np.unique(np.stack([column, row]), axis=1, return_inverse=True)[1].ravel()
    percent, found = settings["confidence_percent"], {}
    for place, (measure, projects) in enumerate(measures.items()):
        parts = effects.terms(panel, cohorts, projects, cluster, columns, settings["window"])
        count = int((parts.weights[:, 0] > 0).sum())
        if not count:
            continue
        if count >= settings["min_projects"]:
            draws, seed = settings["draws"], settings["seed"]
            answer = effects.resampled(parts, draws, percent, seed, place)
            found[measure] = answer, RESAMPLED
            continue
        generator = np.random.default_rng([settings["seed"], 2, place])
        placebos = effects.placebo_draws(panel, cohorts, projects, columns, settings, generator)
        found[measure] = effects.randomised(parts, placebos, percent), RANDOMISED
    return found


def effect_rows(answers, columns, projects, settings):
    """Yield the effect of each measure, its pre-trend test, its rank, and what it rests on.

    Parameters
    ----------
    answers : dict
        Of `answers_of`.
    columns : list of effects.Column
    projects : dict of {str: int}
        Projects of each measure in the area.
    settings : dict
        base_years, confidence_percent.
    """
    before = [
        place
        for place, c in enumerate(columns)
        if c.kind == effects.EVENT and c.start == effects.ALL and c.event < -settings["base_years"]
    ]
    for measure, count in projects.items():
        yield measure, "projects", "", count, "count"
        if measure not in answers:
            yield measure, "projects_compared", "", 0, "count"
            continue
        answer, how = answers[measure]
        yield measure, "projects_compared", how, answer.projects[0], "count"
        for place, unit in enumerate((DENSITY, SLOPE, DENSITY)):
            name = columns[place].kind
            yield measure, name, how, answer.value[place], unit
            yield measure, f"{name}_low", how, answer.low[place], unit
            yield measure, f"{name}_high", how, answer.high[place], unit
            yield measure, f"{name}_p", how, answer.p[place], "1"
        yield measure, "pre_years_joint_p", how, effects.joint_p(answer, before), "1"
    yield from _rank_rows(answers, settings["confidence_percent"])


def _rank_rows(answers, confidence_percent):
    values = np.array([answer.value[0] for answer, _ in answers.values()])
    noise = np.array([answer.noise[:, 0] for answer, _ in answers.values()]).T
    if not values.size:
        return
    found = effects.ranks(values, noise, confidence_percent)
    for measure, rank, low, high, best in zip(answers, *found, strict=True):
        yield measure, "rank", "", rank, "1 = largest effect"
        yield measure, "rank_low", "", low, "1 = largest effect"
        yield measure, "rank_high", "", high, "1 = largest effect"
        yield measure, "chance_of_largest_effect", "", best, "%"


def balance_rows(panel, measures, cohorts, names):
    """Yield the standardised difference of each trait before and after matching, and the share.

    Parameters
    ----------
    panel : matching.Panel
    measures, cohorts
        As in `answers_of`.
    names : list of str
        Of the traits.
    """
    never = np.isinf(panel.start)
    for measure, projects in measures.items():
        total, parts = panel.cells[np.isin(panel.project, projects)].sum(), []
        for found in cohorts:
            mine = np.isin(panel.project[found.unit], projects)
            own = found.traits[found.unit[mine]]
            spread = found.traits[never].std(axis=0)
            raw = (own - found.traits[never].mean(axis=0)) / spread
            controls = found.traits[found.match[-1][mine]].mean(axis=1)
            cells = panel.cells[found.unit[mine]]
            parts.append((cells, raw, (own - controls) / spread))
        cells, raw, matched = (np.concatenate(part) for part in zip(*parts, strict=True))
        yield measure, "matched_share", "", 100 * cells.sum() / total, "% of the cells"
        if not cells.size:
            continue
        for place, name in enumerate(names):
            for when, rows in (("before", raw), ("after", matched)):
                size = np.average(rows[:, place], weights=cells)
                yield measure, f"imbalance_{when}", name, size, "standard deviations"


def event_rows(answers, columns):
    """Yield effects by year since the start, of all start years and of each."""
    for measure, (answer, _) in answers.items():
        for place, column in enumerate(columns):
            if column.kind != effects.EVENT or not answer.projects[place]:
                continue
            start = "all" if column.start == effects.ALL else str(column.start)
            where = measure, start, column.event
            yield (*where, "effect", answer.value[place], DENSITY)
            yield (*where, "effect_low", answer.low[place], DENSITY)
            yield (*where, "effect_high", answer.high[place], DENSITY)
            yield (*where, "projects", answer.projects[place], "count")


def cohorts_of(panel, settings):
    """Return the `matching.Cohort` of each start year that has years enough."""
    starts = panel.start[np.isfinite(panel.start)]
    found = matching.effective_starts(starts, panel.years, settings)
    return [matching.cohort(panel, start, settings) for start in found]


class Change(NamedTuple):
    """The last place before the change, counted from 0, K, and the approximate p."""

    place: int
    statistic: float
    p: float


def pettitt(series):
    """Return the most likely change point of the level of a series.

    ``U_t = 2 sum(rank_1 .. rank_t) - t (n + 1)``, ``K = max |U_t|``,
    ``p = min(1, 2 exp(-6 K^2 / (n^3 + n^2)))``. The p is of independent values without a trend:
    a steady trend also gives a "change" in the middle.

    Parameters
    ----------
    series : ndarray, shape (year,)
        Absent values (NaN) are passed over.

    Returns
    -------
    Change
        ``place`` counts in the whole series; -1 and NaN below three values.

    References
    ----------
    Pettitt (1979), Appl. Stat. 28:126-135.
    """
    known = np.flatnonzero(np.isfinite(series))
    n = known.size
    if n < 3:
        return Change(-1, np.nan, np.nan)
    step = 2 * np.cumsum(rankdata(series[known])) - np.arange(1, n + 1) * (n + 1)
    place = int(np.argmax(np.abs(step[:-1])))
    largest = abs(step[place])
    p = min(1.0, 2 * np.exp(-6 * largest**2 / (n**3 + n**2)))
    return Change(int(known[place]), float(largest), float(p))


def line(years, series):
    """Return slope and standard error of the least-squares line.

    Parameters
    ----------
    years, series : ndarray, shape (year,)
        Absent values (NaN) are passed over.

    Returns
    -------
    slope, error : float
        Unit of the series a year; NaN below three values.
    """
    known = np.isfinite(series)
    if known.sum() < 3:
        return np.nan, np.nan
    t, y = years[known] - np.mean(years[known]), series[known] - series[known].mean()
    slope = (t @ y) / (t @ t)
    rest = y - slope * t
    return float(slope), float(np.sqrt(rest @ rest / (known.sum() - 2) / (t @ t)))


STAGE_COLUMNS = ["measure", "stage", "quantity", "value", "unit"]
UNTREATED = "untreated"


def stage_rows(measure, series, years, stages):
    """Yield mean, slope with standard error of each stage, and the change point of the series.

    Parameters
    ----------
    measure : str
    series : ndarray, shape (year,)
        g C m-2 yr-1.
    years : ndarray, shape (year,)
    stages : list of [first, last]
    """
    whole = int(years[0]), int(years[-1])
    for first, last in (whole, *stages):
        inside = (years >= first) & (years <= last)
        stage = f"{first}-{last}"
        slope, error = line(years[inside], series[inside])
        known = np.isfinite(series[inside])
        mean = series[inside][known].mean() if known.any() else np.nan
        yield measure, stage, "mean", mean, "g C m-2 yr-1"
        yield measure, stage, "slope", slope, "g C m-2 yr-2"
        yield measure, stage, "slope_standard_error", error, "g C m-2 yr-2"
        yield measure, stage, "years", known.sum(), "count"
    found = pettitt(series)
    stage = f"{whole[0]}-{whole[1]}"
    last_year = years[found.place] if found.place >= 0 else np.nan
    yield measure, stage, "last_year_before_change", last_year, "year"
    yield measure, stage, "pettitt_k", found.statistic, "1"
    yield measure, stage, "pettitt_p", found.p, "1"
