"""Run the tiny simulation with ten seeds and write how well its truth is recovered.

Run from the top folder: .venv/bin/python tests/study/recovery_of_seeds.py FOLDER
It takes about 10 minutes on 2 cores and writes tests/study/recovery_of_seeds.csv: mean and
standard deviation over the seeds, and the interval mean +- 2 standard deviations that a further
seed leaves in one of twenty measures, cut off at what is possible. The mean of a bias is the
bias. Run it again when the simulation or a method changes, and look at the change.
"""

import csv
import statistics
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1] / "support"))
from copies import TINY, Workflow

SEEDS = range(101, 111)
TABLES = ("recovery", "recovery_patterns")
STATISTICS = ("bias", "rmse", "correlation", "truth inside of the 95 % interval")
PATTERNS = ("cells that agree", "cells that agree where truly significant", "share error")
MOST = {"correlation": 1, **dict.fromkeys((*PATTERNS[:2], STATISTICS[-1]), 100)}


def recovered(workflow, name):
    """Yield (quantity, statistic, unit) and value of every measure of recovery of a study."""
    with open(workflow.result(f"{name}/tables/recovery.csv"), encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if row["statistic"] in STATISTICS:
                yield (row["quantity"], row["statistic"], row["unit"]), float(row["value"])
    shares = {}
    with open(
        workflow.result(f"{name}/tables/recovery_patterns.csv"), encoding="utf-8", newline=""
    ) as file:
        for row in csv.DictReader(file):
            quantity, value = f"{row['quantity']}: {row['of']}", float(row["value"] or "nan")
            shares[quantity, row["statistic"]] = value
            if row["statistic"] == "recovered share":
                value -= shares[quantity, "true share"]
                yield (quantity, "share error", row["unit"]), value
            elif row["statistic"] in PATTERNS:
                yield (quantity, row["statistic"], row["unit"]), value


def recovery_of_seeds(folder):
    """Build the recovery tables of every seed; return {key: values}."""
    root, values = Path(__file__).resolve().parent.parent.parent, {}
    workflow = Workflow(root, folder)
    for seed in SEEDS:  # one after the other: a plan of ten studies takes longer than they do
        name = f"seed{seed}"
        workflow.study(**{name: TINY | {"simulation": TINY["simulation"] | {"seed": seed}}})
        workflow.run(*(f"results/{name}/tables/{table}.csv" for table in TABLES))
        print(name, flush=True)
        for key, value in recovered(workflow, name):
            values.setdefault(key, []).append(value)
    return values


def write_bounds(values, path):
    """One row a quantity and statistic."""
    with open(path, "w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(
            ["quantity", "statistic", "seeds", "mean", "sd", "lowest", "highest", "unit"]
        )
        for (quantity, statistic, unit), found in values.items():
            mean, sd = statistics.mean(found), statistics.stdev(found)
            highest = min(mean + 2 * sd, MOST.get(statistic, mean + 2 * sd))
            numbers = (f"{v:.6g}" for v in (mean, sd, mean - 2 * sd, highest))
            table.writerow([quantity, statistic, len(found), *numbers, unit])


if __name__ == "__main__":
    write_bounds(recovery_of_seeds(sys.argv[1]), Path(__file__).with_suffix(".csv"))
