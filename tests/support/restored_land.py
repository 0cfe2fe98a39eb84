"""Planted projects: land with another level and trend, a warming climate, noise with memory."""

import numpy as np
from nepflow.restoration import effects as restoration_effects
from nepflow.restoration import matching, results
from nepflow.restoration import panel as restoration_panel
from scipy.ndimage import distance_transform_edt, gaussian_filter

YEARS = np.arange(2001, 2021)
SIDE = 72  # cells of 1 km
SETTINGS = {
    "base_years": 2,
    "match_years": 3,
    "neighbours": 10,
    "caliper": 1.5,
    "not_yet_treated": False,
    "min_controls": 30,
    "buffer_km": 1.5,
    "patch_km": 3.0,
    "window": [-10, 10],
    "draws": 200,
    "confidence_percent": 95,
    "seed": 1,
    "min_projects": 15,
}
STARTS = (2006, 2008, 2010)


def world(seed, effects, counts, side=SIDE, noise=25.0):
    """Return cubes of cells and the projects: {number: (measure, start)}.

    Projects (3 x 3 cells) lie preferably on high land, whose NEP is lower and rises faster with
    the warming; effects (g C m-2 yr-1 a measure) grow over three years and stay.
    """
    rng = np.random.default_rng(seed)
    elevation = smooth(rng, side, 5)
    landcover = 1.0 + (smooth(rng, side, 4) > 0.2)
    t = YEARS - YEARS[0]
    warmth = 20 - 2 * elevation + (0.05 * t + rng.normal(0, 0.2, t.size))[:, None, None]
    memory = np.zeros((side, side))
    nep = np.empty((t.size, side, side))
    for year in range(t.size):
        memory = 0.4 * memory + smooth(rng, side, 1.0) * noise * np.sqrt(1 - 0.4**2)
        nep[year] = (
            300
            - 40 * elevation
            + 30 * landcover
            + 15 * (warmth[year] - 20)
            + (2 + 1.5 * elevation) * t[year]
            + memory
        )
    project = np.zeros((side, side))
    corners = [(r, c) for r in range(1, side - 3, 6) for c in range(1, side - 3, 6)]
    odds = np.exp([0.8 * elevation[r + 1, c + 1] for r, c in corners])
    measures = [name for name, count in counts.items() for _ in range(count)]
    chosen = rng.choice(len(corners), len(measures), replace=False, p=odds / odds.sum())
    projects = {}
    for number, (place, measure) in enumerate(zip(chosen, measures, strict=True), start=1):
        r, c = corners[place]
        start = int(rng.choice(STARTS))
        own = effects[measure] * (1 + rng.normal(0, 0.1))
        project[r : r + 3, c : c + 3] = number
        grown = own * np.clip((YEARS - start + 1) / 3, 0, 1)
        nep[:, r : r + 3, c : c + 3] += grown[:, None, None]
        projects[number] = measure, start
    return {
        "nep": nep,
        "warmth": warmth,
        "elevation": elevation,
        "landcover": landcover,
        "project": project,
    }, projects


def smooth(rng, side, width):
    """Return a field of unit spread without edges."""
    field = gaussian_filter(rng.normal(size=(side, side)), width, mode="wrap")
    return field / field.std()


def panel(cubes, projects, settings=SETTINGS):
    """Return the `matching.Panel` of a world."""
    side = cubes["project"].shape[0]
    y, x = np.mgrid[:side, :side] + 0.5
    distance = distance_transform_edt(cubes["project"] == 0)
    flat = [cubes["project"], distance, cubes["landcover"], x, y]
    key = restoration_panel.keys(
        *(a.ravel() for a in flat), settings["patch_km"], settings["buffer_km"]
    )
    layers = np.concatenate(
        [
            [x.ravel(), y.ravel(), cubes["elevation"].ravel()],
            cubes["nep"].reshape(YEARS.size, -1),
            cubes["warmth"].reshape(YEARS.size, -1),
        ]
    )
    units = restoration_panel.means([restoration_panel.sums(key, layers)], 2)
    n = YEARS.size
    start = np.array([projects[p][1] if p else np.inf for p in units.project], dtype=float)
    v = units.values
    return matching.Panel(
        v[3 : 3 + n].T,
        v[3 + n :].T[None].copy(),
        v[2:3],
        units.landcover,
        units.project,
        start,
        units.cells,
        v[0],
        v[1],
        YEARS,
    )


def share(start, last=10):
    """Mean over the years of a project of an effect that grows over three years."""
    years = YEARS[(start <= YEARS) & (start + last >= YEARS)]
    return np.clip((years - start + 1) / 3, 0, 1).mean()


def answers(seed, planted, counts, settings=SETTINGS, **options):
    """Return answers, wanted effects and columns of a world; and panel, cohorts, numbers, cubes."""
    cubes, projects = world(seed, planted, counts, **options)
    units = panel(cubes, projects, settings)
    cohorts = results.cohorts_of(units, settings)
    starts = [found.start for found in cohorts]
    columns = restoration_effects.columns_of(starts, units.years, settings["window"])
    numbers = {
        name: np.array([n for n, (measure, _) in projects.items() if measure == name])
        for name in planted
    }
    found = results.answers_of(units, numbers, cohorts, columns, settings | {"cluster_patches": 3})
    wanted = {
        name: value * np.mean([share(start) for m, start in projects.values() if m == name])
        for name, value in planted.items()
    }
    return found, wanted, columns, (units, cohorts, numbers, cubes)
