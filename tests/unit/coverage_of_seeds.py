"""How often 95 % intervals hold zero where nothing is planted, and how often those of cells do.

Run from the top folder: .venv/bin/python tests/unit/coverage_of_seeds.py
It takes some minutes and writes tests/unit/coverage_of_seeds.csv. Run it again when an interval
changes, and look at the change.
"""

import csv
import sys
from pathlib import Path

import numpy as np

if __name__ == "__main__":
    top = Path(__file__).resolve().parent.parent
    sys.path[:0] = [str(top), str(top.parent / "workflow/scripts")]

import restored_land as land
import zoned_land
from nepflow import contrast, restoration_inference

SEEDS = 200
COLUMNS = ("method", "quantity", "units", "seeds", "coverage_percent", "naive_percent")
CONTRAST = {
    "draws": 1000, "block_ranges": 3, "minimum_blocks": 30, "confidence_percent": 95,
    "sample": 1000, "seed": 1,
}  # fmt: skip
PROJECTS = {"projects resampled": 24, "placebo projects": 6}
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
        joint.append(restoration_inference.joint_p(answer, early))
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


if __name__ == "__main__":
    with open(Path(__file__).with_suffix(".csv"), "w", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(COLUMNS)
        for row in rows():
            print(row)
            table.writerow([f"{v:.4g}" if isinstance(v, float) else v for v in row])
