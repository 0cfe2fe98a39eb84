"""Reconstruction of 24 years of daily records at 350 stations, 3 % missing, three variables.

The time of ours, the time of pykrige for the same days (measured on a few, in the same run),
their ratio, and the largest difference. Run: python benchmarks/bench_kriging.py
"""

import os
import sys
import time
from datetime import date
from pathlib import Path

os.environ["OMP_NUM_THREADS"] = os.environ["OPENBLAS_NUM_THREADS"] = "1"
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "workflow/scripts"))

import numpy as np
from nepflow.stations import filling
from readme import replace_part

YEARS, STATIONS, MISSING, SAMPLE = (2000, 2023), 350, 0.03, 20


def records(seed):
    """Days x stations of a smooth field of weather, with noise, and gaps."""
    rng = np.random.default_rng(seed)
    dates = np.arange(f"{YEARS[0]}-01-01", f"{YEARS[1] + 1}-01-01", dtype="datetime64[D]")
    month = dates.astype("datetime64[M]").astype(int) % 12 + 1
    xy = rng.uniform(0, 2000, (STATIONS, 2))
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    root = np.linalg.cholesky(9 * np.exp(-apart / 200) + np.eye(STATIONS))
    values = rng.standard_normal((len(dates), STATIONS)) @ root.T
    season = -10 * np.cos(2 * np.pi * (month - 1) / 12)[:, None]
    present = {"temperature": values + season, "precipitation": np.maximum(values - 2, 0)}
    present["radiation"] = np.maximum(15 + season / 2 + values, 0.5)
    for field in present.values():
        field[rng.random(field.shape) < MISSING] = np.nan
    return present, month, xy, apart


def ours(fields, month, apart):
    """Reconstruct all variables; return seconds and the variograms of temperature."""
    start = time.perf_counter()
    for name, values in fields.items():
        complete, months = filling.without_gaps(
            name,
            values,
            month,
            apart,
            model="exponential",
            lags=15,
            max_gap_days=None,
            minimum=10,
        )
        assert not np.isnan(complete).any()
        if name == "temperature":
            kept = complete, months
    return time.perf_counter() - start, *kept


def pykrige_days(values, complete, month, months, xy, days):
    """Let pykrige fill some days; return seconds a day and the largest difference, K."""
    from pykrige.ok import OrdinaryKriging

    means = {m: filling.station_means(values[month == m]) for m in range(1, 13)}
    worst, seconds = 0.0, 0.0
    for day in days:
        mean, fitted = means[month[day]], months[month[day]].model
        here = ~np.isnan(values[day])
        parameters = {
            "psill": fitted.partial_sill,
            "range": fitted.range_km,
            "nugget": fitted.nugget,
        }
        start = time.perf_counter()
        kriged = OrdinaryKriging(
            *xy[here].T,
            (values[day] - mean)[here],
            variogram_model=fitted.model,
            variogram_parameters=parameters,
            exact_values=True,
        )
        found, _ = kriged.execute("points", *xy[~here].T)
        seconds += time.perf_counter() - start
        worst = max(worst, np.abs(found + mean[~here] - complete[day, ~here]).max())
    return seconds / len(days), worst


def main():
    """Write the comparison."""
    fields, month, xy, apart = records(1)
    days, count = len(month), len(fields)
    seconds, complete, months = ours(fields, month, apart)
    sample = np.linspace(0, days - 1, SAMPLE).astype(int)
    per_day, worst = pykrige_days(fields["temperature"], complete, month, months, xy, sample)
    if not worst < 1e-9:
        sys.exit(f"pykrige: largest difference {worst:.1e} K; no time counts")
    whole = per_day * days * count
    lines = [
        f"{days:,} days x {STATIONS} stations x {count} variables, {MISSING:.0%} missing, "
        f"one core, {date.today()}. Largest difference {worst:.0e} K.",
        "",
        "| what | s | ratio |",
        "|---|--:|--:|",
        f"| ours, with the error of every value when left out | {seconds:.1f} | 1 |",
        f"| pykrige, missing values only, from {SAMPLE} days | {whole:.0f} | "
        f"{whole / seconds:.0f} |",
    ]
    print("\n".join(lines))
    replace_part("kriging", lines)


if __name__ == "__main__":
    main()
