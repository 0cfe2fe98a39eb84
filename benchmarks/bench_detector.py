"""Time the geographical detector on cells in memory: divisions, q, pairs, tests, surrogates.

python benchmarks/bench_detector.py [--pixels 1000000] [--factors 10] [--threads 2]
"""

import argparse
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import yaml
from readme import machine, replace_part
from scipy import ndimage

TOP = Path(__file__).resolve().parent.parent
sys.path.append(str(TOP / "workflow/scripts"))

from nepflow.detector import factors as detector_factors  # noqa: E402
from nepflow.detector import results  # noqa: E402
from nepflow.detector import sample as detector_sample  # noqa: E402


def patches(rng, side, width):
    """An autocorrelated field."""
    return ndimage.gaussian_filter(rng.normal(size=(side, side)), width, mode="wrap")


def sample_of(field, factors, options):
    """Divide every factor by the best of all candidates."""
    rows, columns = np.indices(field.shape).reshape(2, -1)
    y = field.ravel()
    codes, strata = [], []
    for values in factors:
        found = detector_factors.candidates(
            values, options["methods"], options["classes"], options["breaks_sample"], 1
        )
        ways = list(found)
        _, best = detector_factors.best_of(y, ways)
        codes.append(ways[best][3])
        strata.append(results.strata_names(ways[best][2], "1"))
    names = [f"factor_{place}" for place in range(len(factors))]
    units, classes = ["1"] * len(names), [False] * len(names)
    return detector_sample.Sample(
        rows, columns, y, np.array(factors), np.array(codes), names, units, strata, classes
    )


def main():
    """Write a table of seconds; every cell counts, surrogates with the defaults of a study."""
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pixels", 1_000_000), ("factors", 10), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    chosen = parser.parse_args()
    options = yaml.safe_load((TOP / "config/defaults.yaml").read_text(encoding="utf-8"))["detector"]
    rng, lines = np.random.default_rng(0), []
    side = round(chosen.pixels**0.5)
    layers = [np.exp(patches(rng, side, 20) * 20) for _ in range(chosen.factors)]
    field = sum(layers) + patches(rng, side, 5)
    factors = [layer.ravel() for layer in layers]
    small = sample_of(field[:40, :40], [layer[:40, :40].ravel() for layer in layers], options)
    results.tested(small, field[:40, :40], options | {"draws": 19}, 1)  # compiles

    def timed(name, work):
        begin = time.perf_counter()
        result = work()
        lines.append(f"| {name} | {time.perf_counter() - begin:.1f} |")
        return result

    begin = time.perf_counter()
    sample = timed("30 divisions of each factor", lambda: sample_of(field, factors, options))
    strata = timed("q of each factor", lambda: results.strata_of_factors(sample))
    marks = dict.fromkeys(sample.names, "")
    codes = dict(zip(sample.names, sample.codes, strict=True))
    pairs = timed(
        "all pairs",
        lambda: list(results.interaction_rows(sample.y, codes, strata, marks, 10)),
    )
    timed(
        "risk and ecological",
        lambda: [
            list(results.risk_rows(strata, sample.names, sample.strata, marks, "1")),
            list(results.ecological_rows(strata, marks)),
        ],
    )
    tests = timed("surrogates", lambda: results.tested(sample, field, options, chosen.threads))
    timed("p as published", lambda: list(results.factor_rows(strata, tests, marks, 10)))
    count = sum(row[4] == "q_both" for row in pairs)
    lines = [
        f"{sample.y.size:,} cells, {len(strata)} continuous factors, {count} pairs; "
        f"{chosen.threads} threads, {machine()}, {date.today()}. Results are those of "
        "`tests/unit/detector/test_detector.py`.",
        "",
        "| what | s |",
        "|---|--:|",
        *lines,
        f"| all (wanted: 60 at most) | {time.perf_counter() - begin:.1f} |",
    ]
    print("\n".join(lines))
    replace_part("detector", lines)


if __name__ == "__main__":
    main()
