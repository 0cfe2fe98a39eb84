"""How often 95 % intervals hold what is planted, and how often those that take cells for a sample.

Of projects and zones nothing is planted; of trends a human part, and climate that has a trend.

Run from the top folder: .venv/bin/python tests/unit/climate/coverage_of_seeds.py
It takes some minutes and writes coverage_of_seeds.csv beside it. Run it again when an interval
changes, and look at the change.
"""

import csv
import sys
from pathlib import Path

import numpy as np
from scipy.ndimage import gaussian_filter

if __name__ == "__main__":
    top = Path(__file__).resolve().parents[3]
    sys.path[:0] = [str(top / "tests/support"), str(top / "workflow/scripts")]

import restored_land as land
import zoned_land
from nepflow.attribution import attribution, inference
from nepflow.restoration import effects
from nepflow.zones import contrast

SEEDS = 200
COLUMNS = ("method", "quantity", "units", "seeds", "coverage_percent", "naive_percent")
CONTRAST = {
    "draws": 1000,
    "block_ranges": 3,
    "min_blocks": 30,
    "confidence_percent": 95,
    "sample": 1000,
    "seed": 1,
}
PROJECTS = {"projects resampled": 24, "placebo projects": 6}
YEARS = np.arange(2001, 2021)
HUMAN, WARMTH, RAIN = 3.0, 30.0, 0.2  # planted: a year, a kelvin, a mm
MEMORY = 0.3  # of the noise
TRENDS = ("residual", "climate", "share of the residual")
MAPS = {"some 30 blocks": (90, 1.0), "some 8 blocks": (90, 2.0)}  # cells a side, noise


def by_cells(one, two, generator):
    """Return the 95 % interval of the difference of means that resamples cells."""
    drawn = [
        generator.choice(one, one.size).mean() - generator.choice(two, two.size).mean()
        for _ in range(100)
    ]
    return np.percentile(drawn, [2.5, 97.5])


def holds(ends):
    """Tell of each pair (low, high) whether zero lies within, %."""
    low, high = np.moveaxis(np.asarray(ends), 1, 0)
    return 100 * ((low <= 0) & (high >= 0)).mean(axis=0)


def projects_hold_zero(projects, seeds=SEEDS):
    """Return coverage of effect and pre-trend, that by cells, and how often the joint test errs."""
    ends, naive, joint = [], [], []
    for seed in range(seeds):
        measures = {"grass": 0.0}, {"grass": projects}
        found, _, columns, (*_, cubes) = land.answers(1000 + seed, *measures, side=54)
        answer = found["grass"][0]
        ends.append((answer.low[:2], answer.high[:2]))
        early = [p for p, c in enumerate(columns) if c[:2] == ("event", 0) and c.event < -2]
        joint.append(effects.joint_p(answer, early))
        nep = cubes["nep"]
        change = (nep[9:].mean(axis=0) - nep[:5].mean(axis=0)).ravel()
        treated = cubes["project"].ravel() > 0
        generator = np.random.default_rng(seed)
        naive.append(by_cells(change[treated], change[~treated], generator))
    return holds(ends), holds(naive), 100 * np.mean(np.array(joint) <= 0.05)


def zones_hold_zero(size, smooth, seeds=SEEDS):
    """Return coverage of the matched difference, that by cells, and the mean number of blocks."""
    ends, naive, blocks = [], [], []
    for seed in range(seeds):
        parts = zoned_land.planted(2000 + seed, 0.0, smooth, size)
        values, treated, elevation, x, y = parts
        stratum = contrast.strata(elevation[None], 5)
        parts = values, elevation[None], treated, stratum, x, y
        found = {name: value for name, value, _ in contrast.compared(*parts, CONTRAST, "g")}
        ends.append((found["interval_low"], found["interval_high"]))
        blocks.append(min(found["blocks_inside"], found["blocks_outside"]))
        like = contrast.adjusted(values, elevation[None], treated, stratum)
        generator = np.random.default_rng(seed)
        naive.append(by_cells(like[treated], like[~treated], generator))
    return holds(ends), holds(naive), np.mean(blocks)


def managed(seed, side=18):
    """Return NEP (year, cell) that climate and people raise, its drivers, and what is true.

    Years and places have chance of their own; that of places is smooth.
    """
    rng = np.random.default_rng(seed)
    t = (YEARS - YEARS[0]).astype(float)

    def chance(by_year, by_place):
        fields = gaussian_filter(rng.normal(size=(t.size, side, side)), (0, 2, 2), mode="wrap")
        fields = fields.reshape(t.size, -1) / fields.std()
        return rng.normal(0, by_year, (t.size, 1)) + by_place * fields

    drivers = [15 + 0.03 * t[:, None] + chance(0.3, 0.25), 1200 + 4 * t[:, None] + chance(80, 70)]
    noise = chance(8, 20)
    for year in range(1, t.size):
        noise[year] = MEMORY * noise[year - 1] + np.sqrt(1 - MEMORY**2) * noise[year]
    climate = WARMTH * drivers[0] + RAIN * drivers[1]
    slope = np.polyfit(t, climate.mean(axis=1), 1)[0]
    true = HUMAN, slope, 100 * HUMAN / (HUMAN + slope)
    return climate + HUMAN * t[:, None] + noise + rng.normal(0, 15, noise.shape), drivers, true


def trends_hold_the_planted(method, seeds=SEEDS):
    """Return coverage of `TRENDS`, and that of the slopes by their spread between cells."""
    hits, naive = [], []
    for seed in range(seeds):
        series, drivers, true = managed(4000 + seed)
        sample = series, drivers, YEARS, {"calibration": None}, 8
        errors = inference.by_method(*sample, pooled=False)[method]
        cubes = [driver[:, None] for driver in drivers]
        found = attribution.attribute(series[:, None], cubes, YEARS, method, 8)
        observed, climate, rest = (v.mean() for v in found[:3])
        share = rest / observed
        error = errors.of(2), errors.of(1), 100 * errors.of_share(2, share, observed)
        off = np.abs(np.array([rest, climate, 100 * share]) - true)
        hits.append(off <= errors.half_width(np.array(error), 95))
        spread = np.array([found.rest.std(), found.climate.std()]) / np.sqrt(found.rest.size)
        naive.append(off[:2] <= 1.96 * spread)
    return 100 * np.mean(hits, axis=0), 100 * np.mean(naive, axis=0)


def rows(seeds=SEEDS):
    """Yield `COLUMNS`."""
    for method, projects in PROJECTS.items():
        covered, naive, _ = projects_hold_zero(projects, seeds)
        for quantity, percent in zip(("effect", "pre_trend"), covered, strict=True):
            beside = naive if quantity == "effect" else ""
            yield f"restoration, {method}", quantity, f"{projects} projects", seeds, percent, beside
    for units, world in MAPS.items():
        covered, naive, _ = zones_hold_zero(*world, seeds)
        yield "contrast, blocks", "matched_difference", units, seeds, covered, naive
    for method in attribution.METHODS[1:]:
        covered, naive = trends_hold_the_planted(method, seeds)
        for quantity, percent, beside in zip(TRENDS, covered, [*naive, ""], strict=True):
            yield f"attribution, {method}", quantity, "20 years", seeds, percent, beside


if __name__ == "__main__":
    with open(Path(__file__).with_suffix(".csv"), "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows():
            print(row)
            table.writerow([f"{v:.4g}" if isinstance(v, float) else v for v in row])
