"""How jobs, work and the scheduler's load grow with the bands of a grid (`grid.blocks`).

Plans the whole study on a small grid with 1 to 16 bands and, unless told not to, builds its
pixel products. Writes a part of benchmarks/README.md.

python benchmarks/bench_bands.py [--pixels 240] [--years 8] [--bands 1 2 4 8 16] [--plan-only]
"""

import argparse
import csv
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import yaml
from bench_workflow import HERE, by_rule, copy_of_workflow, run, write_studies
from readme import machine, replace_part

TARGETS = [
    f"results/study/{name}.tif"
    for name in (
        "pixel/nep_trend_persistence_class",
        "pixel/nep_mean",
        "pixel/nep_cv_class",
        "climate/pet",
    )
]


def set_bands(folder, count):
    """Make ``count`` bands of the study of the benchmark; forget what was built."""
    path = folder / "config/studies/study.yaml"
    keys = yaml.safe_load(path.read_text(encoding="utf-8"))
    keys["grid"]["blocks"] = count
    path.write_text(yaml.safe_dump(keys), encoding="utf-8")
    site = {"studies": ["study"], "raw": "data"}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    for part in ("results/study", "logs/study"):
        shutil.rmtree(folder / part, ignore_errors=True)


def planned(folder):
    """Jobs of the whole study, and the seconds that Snakemake takes to find them."""
    command = [sys.executable, "-m", "snakemake", "-n", "--quiet", "rules"]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, encoding="utf-8")
    seconds = time.perf_counter() - start
    found = re.search(r"^total +(\d+)", done.stdout + done.stderr, re.M)
    if not found:
        sys.exit(f"snakemake made no plan:\n{done.stdout}{done.stderr}")
    return int(found[1]), seconds


def digest_of(folder):
    """Digest of the content of the targets, the same whatever the bands."""
    sys.path.insert(0, str(HERE.parent / "workflow/scripts"))
    from nepflow.io import raster

    return [raster.digest(folder / target) for target in TARGETS]


def measured(folder, counts, cores, plan_only):
    """A row a number of bands: bands, jobs, s of planning, then jobs, s and MB of the targets."""
    rows, digests = [], []
    for count in counts:
        set_bands(folder, count)
        row = [count, *planned(folder)]
        if not plan_only:
            wall = run(folder, "study", cores, "--", *TARGETS)
            table = by_rule(folder)
            row += [table.jobs.sum(), wall, table.cpu_s.sum(), table.peak_mb.max()]
            digests.append(digest_of(folder))
        rows.append(row)
        print(row, flush=True)
    if any(found != digests[0] for found in digests):
        sys.exit("bands changed a value")
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pixels", 240), ("years", 8), ("stations", 350), ("cores", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--bands", type=int, nargs="+", default=[1, 2, 4, 8, 16])
    parser.add_argument("--plan-only", action="store_true")
    parser.add_argument("--folder", type=Path, default=HERE / "runs")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve() / f"bands_{chosen.pixels}_{chosen.years}"
    copy_of_workflow(folder)
    write_studies(folder, chosen.pixels, chosen.years, chosen.stations)
    rules = "simulate_tiles", "simulate_landcover", "simulate_stations", "simulate_geography"
    run(folder, "inputs", chosen.cores, "--until", *rules)
    if not chosen.plan_only:  # compiles
        set_bands(folder, 1)
        run(folder, "study", chosen.cores, "--", *TARGETS)
    rows = measured(folder, chosen.bands, chosen.cores, chosen.plan_only)
    heads = ["bands", "jobs of the study", "plan, s"]
    if not chosen.plan_only:
        heads += ["jobs of the pixel products", "wall, s", "processor, s", "peak, MB"]
    with open(HERE / "bands.csv", "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, *rows])
    lines = [
        f"{chosen.pixels} x {chosen.pixels} cells a tile, ten tiles, {chosen.years} years; "
        f"{machine()}, {chosen.cores} used, {date.today()}. "
        + ("" if chosen.plan_only else "The content digests agree."),
        "",
        f"| {' | '.join(heads)} |",
        f"|{'--:|' * len(heads)}",
        *(f"| {' | '.join(f'{value:,.0f}' for value in row)} |" for row in rows),
    ]
    replace_part("bands", lines)
    print("\n".join(lines))


if __name__ == "__main__":
    main()
