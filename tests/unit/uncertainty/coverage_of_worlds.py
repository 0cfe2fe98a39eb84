"""Coverage of the intervals of NEP in simulated worlds.

    python tests/unit/uncertainty/coverage_of_worlds.py [WORLDS]

Writes  coverage_of_worlds.csv beside this file: form of the model, zone, quantity, worlds, share of
        worlds whose 95 % interval holds the truth, mean error and mean half width of the interval

In every world the truth is drawn anew: a climate, NPP, constants of respiration and what regions
have beyond them. A study sees NPP and climate with errors, and computes with the published
constants. Errors come from *other* distributions than the interval assumes: common ones from
Student's t with 5 degrees of freedom, regional ones uniform in each cell with a spherical
correlation, random ones of Laplace; all with the declared standard deviations. In a second set the
respiration of the truth has another form (Raich et al. 2002 with Bond-Lamberty et al. 2004), of
which the interval knows nothing. 16 x 16 cells of 40 km, 20 years with memory, four zones.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy import stats

TOP = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(TOP / "workflow/scripts"))

from nepflow.respiration import formulas  # noqa: E402
from nepflow.uncertainty import budget, propagation  # noqa: E402

SIDE, CELL_KM, YEARS = 16, 40.0, 20
SHAPE = SIDE, SIDE
RIGHT, WRONG = "right form", "wrong form"
SHARES = {"random": 0.2, "regional": 0.6, "common": 0.2}
COVARIANCE = [[0.00834922, -0.000523953], [-0.000523953, 4.05556e-05]]
PLACE_SD, SD_T, SD_P, SD_NPP = 0.5, 0.6, 0.14, 0.3
REACH = {"npp": 300.0, "temperature": 200.0, "precipitation": 200.0, "respiration": 350.0}
ERRORS = {
    "npp": {"sd_percent": {0: 30}, "shares": SHARES, "range_km": 300.0, "filled_factor": 1.0},
    "temperature": {"sd": SD_T, "range_km": 200.0},
    "precipitation": {"sd_percent": 14, "range_km": 200.0},
    "respiration": {"covariance": COVARIANCE, "place_sd": PLACE_SD, "range_km": 350.0},
}
ZONES = 1 + 2 * (np.indices(SHAPE)[0] >= SIDE // 2) + (np.indices(SHAPE)[1] >= SIDE // 2)
NAMES = {0: "all", 1: "north-west", 2: "north-east", 3: "south-west", 4: "south-east"}
QUANTITIES = ("nep_mean", "nep_total", "nep_slope", "nep_sink_share")
COLUMNS = ("form", "zone", "quantity", "worlds", "inside_percent", "mean_error", "mean_half_width")
CELL_KM2 = CELL_KM**2
_ROOTS = {}


def root(range_km):
    """Root of a spherical correlation with the integral of the assumed one over the plane."""
    if range_km not in _ROOTS:
        places = np.indices(SHAPE).reshape(2, -1) * CELL_KM
        apart = np.hypot(*(axis[:, None] - axis for axis in places)) / (1.054 * range_km)
        found = np.where(apart < 1, 1 - 1.5 * apart + 0.5 * apart**3, 0.0)
        _ROOTS[range_km] = np.linalg.cholesky(found + 1e-9 * np.eye(len(found)))
    return _ROOTS[range_km]


def field(rng, range_km):
    """A regional error of variance 1: uniform in each cell, correlated."""
    normal = (root(range_km) @ rng.standard_normal(SIDE * SIDE)).reshape(SHAPE)
    return np.sqrt(12) * (stats.norm.cdf(normal) - 0.5)


def student(rng, size=None):
    return rng.standard_t(5, size) / np.sqrt(5 / 3)


def memory(rng, size):
    """Noise of years, AR(1) with 0.3, of variance 1."""
    made = [rng.standard_normal(size)]
    for _ in range(YEARS - 1):
        made.append(0.3 * made[-1] + np.sqrt(1 - 0.09) * rng.standard_normal(size))
    return np.stack(made)


def world(seed, form):
    """Yield (zone, quantity, truth, value, low, high) of one world."""
    rng = np.random.default_rng([seed, 17])
    seen, true, planted = drawn(rng, form)
    rows_of = found(*seen)
    years = np.arange(2001, 2001 + YEARS)
    for number, name in NAMES.items():
        inside = (number == 0) | (number == ZONES)
        series = true[:, inside].mean(axis=1)
        slope = planted[:, inside].mean(axis=1)
        truth = {
            "nep_mean": series.mean(),
            "nep_total": series.mean() * inside.sum() * CELL_KM2 * 1e-6,
            "nep_slope": np.polyfit(years, slope, 1)[0],
            "nep_sink_share": 100 * (true.mean(axis=0)[inside] > 0).mean(),
        }
        for quantity in QUANTITIES:
            yield (name, quantity, truth[quantity], *rows_of[name, quantity])


def drawn(rng, form):
    """Return what a study sees (T, P, NPP by year), true NEP by year, and that without noise."""
    rows, columns = np.indices(SHAPE) / SIDE
    season = -np.cos(2 * np.pi * np.arange(12) / 12)[:, None, None]
    time, noise = np.arange(YEARS)[:, None, None], memory(rng, 3)[..., None, None]
    warm, wet, green = (noise[:, number] for number in range(3))
    base_t = 12 - 8 * rows + 2 * student(rng)
    base_p = (15 + 45 * columns) * np.exp(0.2 * student(rng))
    rising = 0.03 + 0.02 * student(rng), 0.006 + 0.004 * student(rng)

    def climate(years_t, years_p):
        warmth = (base_t + years_t)[:, None] + 12 * season
        rain = (base_p * np.exp(years_p))[:, None] * (1 + 0.8 * season)
        return warmth, rain

    trend = np.broadcast_to(rising[0] * time, (YEARS, *SHAPE))
    flat = np.zeros((YEARS, *SHAPE))
    level, response = np.linalg.cholesky(COVARIANCE) @ student(rng, 2)
    log_sd = PLACE_SD * field(rng, REACH["respiration"])
    place = np.exp(log_sd) / np.exp(PLACE_SD**2 / 2)

    def respired(warmth, rain):
        if form == WRONG:
            days = 365.25 / 12
            rs = days * formulas.response("raich2002", warmth, rain).sum(axis=1)
            return np.exp(1.22) * rs**0.73 * place
        rh = formulas.pei2009(warmth, rain) * np.exp(level + response * warmth)
        return rh.sum(axis=1) * place

    growth = (90 + 260 * columns + 60 * rows) * np.exp(0.2 * student(rng))
    without_noise = growth * (1 + rising[1] * time) - respired(*climate(trend, flat))
    npp = growth * (1 + rising[1] * time + 0.06 * green)
    warmth, rain = climate(trend + 0.4 * warm, flat + 0.15 * wet)
    nep = npp - respired(warmth, rain)
    shift, wetter = (
        SD_T * field(rng, REACH["temperature"]),
        SD_P * field(rng, REACH["precipitation"]),
    )
    error = np.sqrt(SHARES["common"]) * student(rng)
    error = error + np.sqrt(SHARES["regional"]) * field(rng, REACH["npp"])
    of_years = rng.laplace(0, np.sqrt(0.5), (YEARS, *SHAPE)) * np.sqrt(SHARES["random"])
    shown = npp * np.maximum(1 + SD_NPP * (error + of_years), 0.1)
    return (warmth + shift, rain * (1 + wetter), shown), nep, without_noise


def found(warmth, rain, npp):
    """Return {(zone, quantity): (value, low, high)} of a study with the published constants."""
    flat_t, flat_p = (values.reshape(-1, *SHAPE) for values in (warmth, rain))
    rh, moved = formulas.pei2009_sensitivity(flat_t, flat_p)
    rh = rh.reshape(YEARS, 12, *SHAPE).sum(axis=1)
    names = ("level", "response", "temperature", "precipitation")
    moves = dict(zip(names, moved / YEARS, strict=True))
    zero = np.zeros(SHAPE)
    cells = propagation.Cells(
        npp.mean(axis=0), rh.mean(axis=0), zero + YEARS, zero, zero + SD_NPP, moves,
        {"temperature": zero + SD_T, "precipitation": zero + SD_P},
    )  # fmt: skip
    components, effect = propagation.components_of(ERRORS), propagation.effects(ERRORS, cells)
    nep, years = npp - rh, np.arange(2001, 2001 + YEARS)
    mean = nep.mean(axis=0)
    skewed = propagation.median_shift(ERRORS, cells)
    layers = budget.share_layers(mean, effect, components, 95, skewed)
    sums = [budget.ZoneSums(components, 4, SHAPE, CELL_KM * 1000) for _ in range(2)]
    for own, codes in zip(sums, (np.ones(SHAPE), ZONES.astype(float)), strict=True):
        own.add(0, codes, mean, effect, list(layers))
    made = {}
    for number, name in NAMES.items():
        own, column = sums[number > 0], number or 1
        inside = (number == 0) | (number == ZONES)
        effects = [
            (one.source, one.part, value)
            for one, value in zip(components, own.variances()[2][:, column], strict=True)
        ]
        regional = sum(value**2 for _, part, value in effects if part == "regional")
        of_zone = {
            key: cube[:, inside].mean(axis=1)
            for key, cube in (("nep", nep), ("npp", npp), ("rh", rh))
        }
        values = {f"{key}_mean": series.mean() for key, series in of_zone.items()}
        values |= {
            f"{key}_slope": stats.theilslopes(series, years)[0] for key, series in of_zone.items()
        }
        values["nep_total"] = values["nep_mean"] * inside.sum() * CELL_KM2 * 1e-6
        shares = budget.share_of(own.means_beside()[:, column], regional)
        zone = budget.Zone(values, effects, {}, of_zone["nep"], list(years), shares)
        for row in budget.rows(("zones", name), zone, 95):
            if row[2] in QUANTITIES and row[3] == budget.ALL:
                made[name, row[2]] = row[5], row[7], row[8]
    return made


def coverage(worlds, forms=(RIGHT, WRONG)):
    """Yield the rows of the table."""
    for form in forms:
        sums = {}
        for seed in range(worlds):
            for zone, quantity, truth, value, low, high in world(seed, form):
                own = sums.setdefault((zone, quantity), np.zeros(3))
                own += [low <= truth <= high, value - truth, (high - low) / 2]
        for (zone, quantity), (inside, error, half) in sums.items():
            of = 100 * inside / worlds, error / worlds, half / worlds
            yield (form, zone, quantity, worlds, *(f"{number:.4g}" for number in of))


if __name__ == "__main__":
    table = list(coverage(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
    path = Path(__file__).with_suffix(".csv")
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(table)
    for row in table:
        print(*row)
