"""Time the statistics of a cube in memory, and how much longer pymannkendall takes.

python benchmarks/bench_pixel.py [--pixels 1000000] [--years 24] [--threads 2] [--sample 2000]
"""

import argparse
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import numpy as np
import pymannkendall
from readme import machine, replace_part

sys.path.append(str(Path(__file__).resolve().parent.parent / "workflow/scripts"))

from nepflow.pixel import correlation, persistence, trend, variability

CUTS = (1.64, 1.96, 2.58)
STRIP = 20_000  # pixels


def statistics_of(years, min_years):
    """What a study computes by default, by name: series and drivers of a strip -> arrays."""

    def of_trend(nep, _):
        found = trend.trend_statistics(nep, years, min_years)
        trend.trend_class(found["slope"], found["z"], CUTS)
        return trend.p_value(found["z"])

    def of_stability(nep, _):
        return variability.variation(nep, min_years, 10, 0)[2]

    def of_persistence(nep, _):
        return persistence.hurst(nep, min_years, "prefix")

    def of_correlation(nep, drivers):
        return correlation.partial_correlation(nep, drivers, years, min_years)[1]

    return {
        "trend": of_trend,
        "variability": of_stability,
        "persistence": of_persistence,
        "correlation": of_correlation,
    }


def same_work(years):
    """Slope, Z and p only."""

    def of_series(nep, _):
        return trend.p_value(trend.theil_sen_mann_kendall(nep, years, 8)[2])

    return of_series


def timed(function, nep, drivers, threads):
    """Seconds that a statistic takes over all strips, and its last array of every strip."""

    def on_strip(start):
        part = np.s_[:, start : start + STRIP]
        return function(nep[part], [driver[part] for driver in drivers])

    begin = time.perf_counter()
    with ThreadPoolExecutor(threads) as pool:
        results = list(pool.map(on_strip, range(0, nep.shape[1], STRIP)))
    return time.perf_counter() - begin, np.concatenate(results, axis=-2)


def main():
    """Write a table of seconds and the ratio to pymannkendall on a sample."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pixels", 1_000_000), ("years", 24), ("threads", 2), ("sample", 2000)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    years = np.arange(chosen.years)
    rng = np.random.default_rng(0)
    cube = rng.normal(200, 30, size=(4, chosen.years, chosen.pixels, 1))
    nep, drivers = cube[0], list(cube[1:])
    total, rows = 0.0, []
    for name, function in statistics_of(years, 8).items():
        function(nep[:, :10], [driver[:, :10] for driver in drivers])  # compiles
        seconds, last = timed(function, nep, drivers, chosen.threads)
        if name in ("trend", "correlation"):
            begin = time.perf_counter()
            for p in last.reshape(-1, chosen.pixels):
                correlation.threshold(p, 5)
            seconds += time.perf_counter() - begin
        if name == "variability":
            begin = time.perf_counter()
            breaks = variability.natural_breaks(variability.seeded_sample(last, 10_000, 1), 5)
            variability.classify(last, breaks)
            seconds += time.perf_counter() - begin
        rows.append(f"| {name} | {seconds:.2f} | |")
        total += seconds
    rows.append(f"| all (wanted: 15 at most) | {total:.2f} | |")
    lines = [
        f"{chosen.pixels:,} series of {chosen.years} years, {chosen.threads} threads, "
        f"{machine()}, {date.today()}.",
        "",
        "| what | s | ratio |",
        "|---|--:|---|",
        *rows,
        *compare(nep, drivers, years, chosen),
    ]
    print("\n".join(lines))
    replace_part("pixel", lines)


def compare(nep, drivers, years, chosen):
    """Return how much longer pymannkendall takes, by the clock and by the processor."""
    began = time.process_time()
    seconds, _ = timed(same_work(years), nep, drivers, chosen.threads)
    ours = time.process_time() - began
    begin, began = time.perf_counter(), time.process_time()
    for series in nep[:, : chosen.sample, 0].T:
        pymannkendall.original_test(series)
    scale = chosen.pixels / chosen.sample
    theirs, busy = (time.perf_counter() - begin) * scale, (time.process_time() - began) * scale
    return [
        f"| slope, Z and p only | {seconds:.2f} | 1 |",
        f"| pymannkendall.original_test, from {chosen.sample} series | {theirs:.0f} | "
        f"{theirs / seconds:.0f} (wanted: 300), {busy / ours:.0f} by processor time |",
    ]


if __name__ == "__main__":
    main()
