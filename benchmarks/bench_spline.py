"""Evaluation of thin plate splines: ours, exact and coarse, beside scipy and, with R, fields.

72 surfaces of 350 stations on a million cells. A time counts only after the results agree.
Writes the table of benchmarks/README.md between its marks.
"""

import argparse
import shutil
import statistics
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import scipy
from readme import machine, replace_part
from scipy.interpolate import RBFInterpolator
from threadpoolctl import threadpool_limits
from timing import timed

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parent / "workflow/scripts"))

from nepflow.climate import coarse, fitting  # noqa: E402
from nepflow.climate import evaluation as climate_evaluation  # noqa: E402
from nepflow.io import raster  # noqa: E402
from nepflow.spatial.lattice import Lattice  # noqa: E402

STATIONS, SURFACES, SIDE, CELL = 350, 72, 1000, 2000.0  # cells of 2 km: a box of 2000 km
ROWS = 256  # of a strip, as the loop over the study grid cuts them
SAMPLE = 4  # surfaces that scipy evaluates one by one; scaled to all
TOLERANCE = 0.05  # degC, of the coarse evaluator
FIELDS = """
suppressMessages(library(fields))
get <- function(name, columns) matrix(readBin(name, "double", 1e9), ncol=columns)
s <- get("stations", 4); p <- get("points", 3); lambda <- get("lambda", 1)[1]
began <- proc.time()[["elapsed"]]
fit <- suppressWarnings(Tps(s[, 1:2], s[, 4], Z=s[, 3, drop=FALSE], m=2, lambda=lambda,
  scale.type="unscaled"))
parts <- split(seq_len(nrow(p)), ceiling(seq_len(nrow(p)) / 50000))
found <- unlist(lapply(parts, function(k) predict(fit, p[k, 1:2], Z=p[k, 3, drop=FALSE])))
writeBin(c(proc.time()[["elapsed"]] - began, as.double(found)), "found")
"""


def network():
    """Stations in metres, their elevation, and noisy monthly temperatures with a lapse rate."""
    rng = np.random.default_rng(350)
    plane = rng.uniform(-1e6, 1e6, (STATIONS, 2))
    elevation = rng.uniform(0, 4000, STATIONS)
    smooth = 15 - 6.5e-3 * elevation + 4 * np.sin(plane[:, 0] / 4e5) + plane[:, 1] / 2e5
    season = 12 * np.cos((np.arange(SURFACES) % 12 - 6) * np.pi / 6)
    return plane, elevation, smooth[:, None] + season + rng.normal(0, 0.8, (STATIONS, SURFACES))


def surfaces_of(plane, elevation, values):
    """Fitted surfaces without elevation, so that scipy can fit the same ones."""
    parts, _, _ = fitting.fit_surfaces(
        plane / 1e5, elevation, values, fitting.missing_patterns(values), fitting.Model()
    )
    count = np.arange(SURFACES)
    return climate_evaluation.Surfaces(
        variable="temperature",
        unit="degC",
        transformation="none",
        source="simulated",
        years=2001 + count // 12,
        months=1 + count % 12,
        order=2,
        length_scale=1e5,
        vertical_scale=0.0,
        centre=np.zeros(2),
        stations=np.arange(STATIONS).astype(str),
        position=np.column_stack([plane, elevation]),
        observed=values,
        **parts,
    )


def ours(evaluation, grid, elevation, function, threads):
    """Return the strips of the grid, evaluated and kept one by one as the workflow does."""

    def strip(start):
        stop = min(start + ROWS, grid.height)
        x, y = grid.xy(start, stop)
        return climate_evaluation.by_chunks(function, [evaluation], x, y, elevation[start:stop])

    with threadpool_limits(1), ThreadPoolExecutor(threads) as pool:
        return list(pool.map(strip, range(0, grid.height, ROWS)))


def joined(strips):
    return np.concatenate(strips, axis=1)


def scipy_smooth(surfaces):
    """Data whose interpolation by scipy is our surface without its elevation term.

    With scipy's kernel r^2 log r and smoothing 8 pi lambda, data minus b z give the same spline.
    """
    height = surfaces.position[:, 2:] / 1000
    return surfaces.observed - height * surfaces.polynomial_coefficients[-1]


def scipy_one(surfaces, points, column):
    return RBFInterpolator(
        surfaces.knots,
        scipy_smooth(surfaces)[:, column],
        smoothing=8 * np.pi * surfaces.smoothing[column],
    )(points)


def scipy_all(surfaces, points):
    """One call for all columns: they must share one smoothing parameter."""
    return RBFInterpolator(
        surfaces.knots, scipy_smooth(surfaces), smoothing=8 * np.pi * surfaces.smoothing[0]
    )(points)


def fields_one(surfaces, points, heights, column):
    """Fit and evaluate one surface in R; return values and seconds without reading and writing."""
    position = np.column_stack([surfaces.knots, surfaces.position[:, 2] / 1000])
    with tempfile.TemporaryDirectory() as folder:
        for name, values in (
            ("stations", np.column_stack([position, surfaces.observed[:, column]])),
            ("points", np.column_stack([points, heights / 1000])),
            ("lambda", surfaces.smoothing[[column]]),
        ):
            values.astype("float64").ravel(order="F").tofile(Path(folder, name))
        subprocess.run(["Rscript", "-e", FIELDS], cwd=folder, check=True)
        seconds, *values = np.fromfile(Path(folder, "found"))
    return np.array(values), seconds


def has_fields():
    command = ["Rscript", "-e", "library(fields)"]
    return (
        bool(shutil.which("Rscript"))
        and not subprocess.run(command, capture_output=True).returncode
    )


def annual_sums(values):
    """What the workflow does with monthly surfaces: they are used, never kept."""
    return values.reshape(-1, 12, values.shape[1]).sum(axis=1)


def all_planes(values):
    return values


def require(name, largest, limit):
    print(f"{name}: largest difference {largest:.2e} degC (limit {limit:.2e})")
    if not largest <= limit:
        sys.exit(f"{name}: results differ; no time counts")


def measure(repeats, threads):
    """Return rows of the table: what, seconds, range, ratio."""
    surfaces = surfaces_of(*network())
    from affine import Affine

    corner = SIDE * CELL / 2
    grid = raster.Grid("", Affine(CELL, 0, -corner, 0, -CELL, corner), SIDE, SIDE)
    elevation = np.random.default_rng(1).uniform(0, 4000, (SIDE, SIDE))
    x, y = grid.xy(0, SIDE)
    places = np.stack(np.broadcast_arrays(x, y), axis=-1).reshape(-1, 2) / 1e5

    bounds = coarse.bounds(surfaces, grid, (0, 4000))
    step = coarse.coarsest(bounds, TOLERANCE)
    exact = climate_evaluation.Evaluation(surfaces)
    nodes = climate_evaluation.Evaluation(surfaces, lattice=Lattice.of_grid(grid, step))
    shared = climate_evaluation.evaluation_of(_with_one_lambda(surfaces), grid)
    times = {}

    planes, *times["ours"] = timed(
        lambda: ours(exact, grid, elevation, all_planes, threads), repeats
    )
    lift = surfaces.polynomial_coefficients[-1][:, None] * elevation.ravel() / 1000
    flat = joined(planes).reshape(SURFACES, -1)
    del planes
    seconds = []
    for column in np.linspace(0, SURFACES - 1, SAMPLE).astype(int):
        theirs, one, _ = timed(lambda c=column: scipy_one(surfaces, places, c), 1)
        require(
            f"scipy, surface {column}", np.abs(theirs + lift[column] - flat[column]).max(), 1e-8
        )
        seconds.append(one)
    scaled = [SURFACES * one for one in seconds]
    times["one by one"] = statistics.median(scaled), (min(scaled), max(scaled))
    if has_fields():
        theirs, one = fields_one(surfaces, places, elevation.ravel(), 0)
        require("fields", np.abs(theirs - flat[0]).max(), 1e-7)
        times["fields"] = SURFACES * one, (SURFACES * one,) * 2
    del flat

    theirs, *times["one call"] = timed(lambda: scipy_all(shared.surfaces, places), repeats)
    same = joined(ours(shared, grid, elevation, all_planes, threads)).reshape(SURFACES, -1)
    height = shared.surfaces.polynomial_coefficients[-1][:, None] * elevation.ravel() / 1000
    require("scipy, one call", np.abs(theirs.T + height - same).max(), 1e-8)
    del theirs, same

    sums, *times["exact"] = timed(
        lambda: ours(exact, grid, elevation, annual_sums, threads), repeats
    )
    near, *times["coarse"] = timed(
        lambda: ours(nodes, grid, elevation, annual_sums, threads), repeats
    )
    require(
        f"coarse, {step} cells, annual sums",
        np.abs(joined(near) - joined(sums)).max(),
        12 * bounds[step],
    )
    return times, step, bounds[step]


def _with_one_lambda(surfaces):
    """The same surfaces fitted with one parameter, which one call of scipy needs."""
    from dataclasses import replace

    plane = surfaces.position[:, :2]
    model = fitting.Model(common_smoothing=True)
    parts, _, _ = fitting.fit_surfaces(
        plane / 1e5,
        surfaces.position[:, 2],
        surfaces.observed,
        fitting.missing_patterns(surfaces.observed),
        model,
    )
    return replace(surfaces, **parts)


def table(times, step, bound, threads, repeats):
    """Return the lines of the README."""
    rows = [
        ("scipy RBFInterpolator, surface by surface", "one by one", "ours", 150),
        ("scipy RBFInterpolator, one call with 72 columns", "one call", "ours", 3),
        ("R fields, Tps and predict, surface by surface", "fields", "ours", None),
        ("ours, exact, all 72 planes kept", "ours", "ours", None),
        ("ours, exact, annual sums kept", "exact", "coarse", 8),
        (f"ours, coarse ({step} cells), annual sums kept", "coarse", "coarse", None),
    ]
    lines = [
        f"{STATIONS} stations, {SURFACES} surfaces, {SIDE * SIDE:,} cells; {threads} threads, "
        f"{machine()}, numpy {np.__version__}, scipy "
        f"{scipy.__version__}. Median of {repeats} runs (range). Surface by surface: {SAMPLE} "
        f"surfaces measured, scaled to {SURFACES}. Bound of a coarse value: {bound:.2g} degC.",
        "",
        "| what | s | range | ratio | wanted |",
        "| --- | --- | --- | --- | --- |",
    ]
    for text, name, base, wanted in rows:
        if name not in times:
            lines.append(f"| {text} | not installed here | | | |")
            continue
        seconds, (low, high) = times[name]
        ratio = f"{seconds / times[base][0]:.1f}" if name != base else "1"
        goal = f">= {wanted}" if wanted else ""
        lines.append(f"| {text} | {seconds:.2f} | {low:.2f}-{high:.2f} | {ratio} | {goal} |")
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    times, step, bound = measure(options.repeats, options.threads)
    lines = table(times, step, bound, options.threads, options.repeats)
    print("\n".join(lines))
    replace_part("spline", lines)


if __name__ == "__main__":
    main()
