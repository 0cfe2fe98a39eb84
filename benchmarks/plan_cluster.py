"""Plan a continent and a planet from measured rates: the tables of docs/cluster.md.

Reads benchmarks/workflow.csv and benchmarks/disk.csv (bench_workflow.py at full size) and
benchmarks/bands.csv (bench_bands.py).

python benchmarks/plan_cluster.py
"""

from pathlib import Path

import pandas as pd
from readme import replace_part

HERE = Path(__file__).resolve().parent
GUIDE = HERE.parent / "docs/cluster.md"
AREAS = {"region": 26.0, "continent": 250.0, "planet": 1890.0}  # million cells of the grid
PRODUCTS = {
    "NPP of a year, nearest": ["warp_npp"],
    "land cover of a year": ["warp_landcover"],
    "climate of a variable": ["interpolate_climate"],
    "Rh, a reading": ["estimate_respiration"],
    "NEP": ["estimate_nep"],
    "potential evapotranspiration": ["estimate_pet"],
    "means": ["estimate_mean"],
    "trend": ["estimate_trend"],
    "variability, persistence": ["estimate_variability", "estimate_persistence"],
    "partial correlations": ["estimate_correlation"],
}
STARTING = ("clean_stations", "check_stations", "fill_stations", "aggregate_stations")


def rates(table, disk):
    """Core hours and disk of each product, by area; what follows stations alone does not grow."""
    lines = [
        "| product | jobs | s a job and million cells | region, h | continent, h | planet, h |",
        "|---|--:|--:|--:|--:|--:|",
    ]
    named = [rule for rules in PRODUCTS.values() for rule in rules]
    fixed = [*STARTING, "fit_climate"]
    rest = [rule for rule in table.index if rule not in named + fixed]
    total = dict.fromkeys(AREAS, 0.0)
    for name, rules in (PRODUCTS | {"all steps that stay one job": rest}).items():
        part = table.loc[rules]
        each = part.cpu_s.sum() / AREAS["region"]
        hours = {area: each * cells / 3600 for area, cells in AREAS.items()}
        total = {area: total[area] + value for area, value in hours.items()}
        shown = " | ".join(f"{value:.2g}" for value in hours.values())
        lines.append(f"| {name} | {part.jobs.sum()} | {each / part.jobs.sum():.2f} | {shown} |")
    lines.append(f"| all | | | {' | '.join(f'{value:.2g}' for value in total.values())} |")
    gigabytes = disk.gigabytes.sum()
    sizes = " | ".join(f"{gigabytes * cells / AREAS['region']:,.0f}" for cells in AREAS.values())
    lines.append(f"| disk, GB (region measured) | | | {sizes} |")
    return lines


def main():
    table = pd.read_csv(HERE / "workflow.csv", index_col="rule")
    replace_part("rates", rates(table, pd.read_csv(HERE / "disk.csv")), GUIDE)
    if not (HERE / "bands.csv").is_file():
        replace_part("bands", ["Not measured yet: `python benchmarks/bench_bands.py`."], GUIDE)
        return
    bands = pd.read_csv(HERE / "bands.csv")
    lines = [f"| {' | '.join(bands.columns)} |", "|--:" * len(bands.columns) + "|"]
    lines += [
        f"| {' | '.join(f'{v:,.0f}' for v in row)} |" for row in bands.itertuples(index=False)
    ]
    replace_part("bands", lines, GUIDE)


if __name__ == "__main__":
    main()
