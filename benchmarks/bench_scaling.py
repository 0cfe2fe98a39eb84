"""How time and memory of the whole workflow grow with cells and years.

Runs bench_workflow.py at 1/100, 1/25, 1/4 of the cells and at all of them, and for 6, 12 and 24
years at 1/25. Writes a table, a figure and a part of benchmarks/README.md.

python benchmarks/bench_scaling.py [--cores 2] [--pixels 240 480 1200 2400]
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd
from bench_workflow import HERE, PARTS_OF_README, disk, measured, report
from matplotlib.figure import Figure
from readme import replace_part

STATIONS = 350
YEARS_PIXELS = 480  # cells a tile where the years vary


def runs_of(pixels):
    """Cells a tile and years of each run, the longest last."""
    return sorted([(p, 24) for p in pixels] + [(YEARS_PIXELS, years) for years in (6, 12)])


def one(folder, pixels, years, cores):
    """A line of the table: what a run took."""
    *seconds, table = measured(folder / f"{pixels}_{years}", pixels, years, STATIONS, cores)
    if part := PARTS_OF_README.get((pixels, years)):
        report(part, table, seconds, pixels, years, cores)
        if part == "workflow":
            disk(folder / f"{pixels}_{years}").round(3).to_csv(HERE / "disk.csv")
    return {
        "cells_a_tile": pixels**2,
        "years": years,
        "jobs": table.jobs.sum(),
        "wall_s": seconds[1],
        "cpu_s": table.cpu_s.sum(),
        "largest_job_mb": table.peak_mb.max(),
        "largest_job": table.peak_mb.idxmax(),
    }


def growth(table, by):
    """Power of growth of the processor time between neighbouring runs; 1 = linear."""
    logs = np.log(table[["cpu_s", by]].astype(float))
    return (logs.cpu_s.diff() / logs[by].diff()).dropna()


def draw(table, path):
    """Time and memory against cells, and time against years."""
    figure = Figure(figsize=(7, 2.8), layout="constrained")
    time_axes, memory_axes, years_axes = figure.subplots(1, 3)
    cells = table[table.years == 24].sort_values("cells_a_tile")
    size = cells.cells_a_tile * 10 / 1e6  # ten tiles
    time_axes.loglog(size, cells.cpu_s, "o-", color="#08519c", label="processor")
    time_axes.loglog(size, cells.wall_s, "s--", color="#9ecae1", label="wall")
    linear = cells.cpu_s.iloc[-1] * size / size.iloc[-1]
    time_axes.loglog(size, linear, ":", color="0.5", label="linear")
    time_axes.set(xlabel="native cells (million)", ylabel="time (s)")
    time_axes.legend(frameon=False, fontsize=7)
    memory_axes.semilogx(size, cells.largest_job_mb / 1000, "o-", color="#d94801")
    memory_axes.set(xlabel="native cells (million)", ylabel="largest job (GB)", ylim=(0, 4))
    years = table[table.cells_a_tile == YEARS_PIXELS**2].sort_values("years")
    years_axes.plot(years.years, years.cpu_s, "o-", color="#08519c")
    years_axes.set(xlabel="years", ylabel="processor (s)", ylim=(0, None), xlim=(0, 25))
    for axes in (time_axes, memory_axes, years_axes):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7)
    figure.savefig(path, dpi=150)


def listed(values):
    return ", ".join(f"{value:.2f}" for value in values)


def lines_of(table):
    """The part of the README."""
    lines = [
        "| cells a tile | years | jobs | wall, s | processor, s | largest job, MB | which |",
        "|--:|--:|--:|--:|--:|--:|---|",
    ]
    for row in table.itertuples():
        lines.append(
            f"| {row.cells_a_tile:,} | {row.years} | {row.jobs} | {row.wall_s:.0f} | "
            f"{row.cpu_s:.0f} | {row.largest_job_mb:.0f} | {row.largest_job} |"
        )
    cells = table[table.years == 24].sort_values("cells_a_tile")
    years = table[table.cells_a_tile == YEARS_PIXELS**2].sort_values("years")
    lines += [
        "",
        "Processor time grows with the power "
        f"{listed(growth(cells, 'cells_a_tile'))} of the cells from run to run, and "
        f"{listed(growth(years, 'years'))} of the years (1 = linear; small runs are the start of "
        "150 jobs). The largest job takes what its strips are given (`mem_mb`), not more with "
        "more cells.",
        "",
        "![Growth of time and memory](scaling.png)",
    ]
    return lines


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--pixels", type=int, nargs="+", default=[240, 480, 1200, 2400])
    parser.add_argument("--folder", type=Path, default=HERE / "runs")
    chosen = parser.parse_args()
    rows = []
    for pixels, years in runs_of(chosen.pixels):
        rows.append(one(chosen.folder.resolve(), pixels, years, chosen.cores))
        print(rows[-1], flush=True)
        table = pd.DataFrame(rows)
        table.round(1).to_csv(HERE / "scaling.csv", index=False)
    draw(table, HERE / "scaling.png")
    replace_part("scaling", lines_of(table))


if __name__ == "__main__":
    main()
