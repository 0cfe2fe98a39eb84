"""Time, memory and bytes of every rule, from raw tiles to the last figure, at any size.

Simulates the inputs of Northwest China first (not counted), then builds the study from them as
from files of a user. Writes a table and a figure, and a part of benchmarks/README.md.

python benchmarks/bench_workflow.py [--pixels 2400] [--years 24] [--stations 350] [--cores 2]
"""

import argparse
import hashlib
import re
import shutil
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import pandas as pd
import yaml
from readme import machine, replace_part

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
PARTS = ("Snakefile", "config", "envs", "profiles", "resources", "workflow")
PARTS_OF_README = {(2400, 24): "workflow", (240, 24): "workflow_quick"}  # cells a tile, years
NATIVE_M = 500  # side of a cell of 2400 a tile
COLUMNS = {
    "s": "wall_s",
    "cpu_time": "cpu_s",
    "max_rss": "peak_mb",
    "io_in": "read_mb",
    "io_out": "written_mb",
}


def copy_of_workflow(folder):
    """The workflow in a folder of its own; what was built there before stays."""
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, dirs_exist_ok=True)
        else:
            folder.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / part, folder / part)


def write_studies(folder, pixels, years, stations):
    """``inputs`` is simulated; ``study`` takes these files as those of a user.

    The specification curve, which computes the study again, is left out.
    """
    last = 1999 + years
    with open(ROOT / "config/studies/northwest_china.yaml", encoding="utf-8") as file:
        figures = [
            figure
            for figure in yaml.safe_load(file)["figures"]
            if figure["kind"] != "specification"
        ]
    common = {
        "based_on": "northwest_china",
        "period": [2000, last],
        "grid": {"resolution_m": NATIVE_M * 2400 // pixels},
        "min_years": 5,
        "respiration": {"time_step": "monthly"},
        "specification": {"choices": []},
        "published": [],
        "consistency": [],
        "figures": figures,
    }
    if years < 24:
        common["landcover"] = {
            "substitute": [{"year": 2000, "by": 2001}],
            "transitions": [2000, 2000 + years // 2, last],
        }
    simulation = {
        "region": "northwest_china",
        "pixels_per_tile": pixels,
        "stations": stations,
        "seed": 1,
    }
    studies = {
        "inputs": common | {"inputs": "simulated", "simulation": simulation},
        "study": common,
    }
    for name, keys in studies.items():
        keys = keys | {"title": f"Northwest China, {pixels} cells a tile (simulated)"}
        (folder / f"config/studies/{name}.yaml").write_text(yaml.safe_dump(keys), encoding="utf-8")
    raw = folder / "data/study"
    raw.parent.mkdir(exist_ok=True)
    if not raw.is_symlink():
        raw.symlink_to("../results/simulated/inputs")


def run(folder, study, cores, *arguments):
    """Run snakemake; return the wall time, s."""
    site = {"studies": [study], "raw": "data"}
    (folder / "config/config.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--cores",
        str(cores),
        "--rerun-incomplete",
        *arguments,
    ]
    start = time.perf_counter()
    with open(folder / f"{study}.log", "w", encoding="utf-8") as log:
        done = subprocess.run(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT)
    if done.returncode:
        sys.exit(f"snakemake failed: see {folder / f'{study}.log'}")
    return time.perf_counter() - start


def taken(log):
    """What the job itself says at its end; Snakemake samples twice a minute."""
    said = re.search(
        r"([\d.]+) s of processor, (\d+) MB at most(?:, (\d+) MB read, (\d+) MB written)?",
        log.read_text(encoding="utf-8"),
    )
    names = ("cpu_s", "peak_mb", "read_mb", "written_mb")
    values = said.groups() if said else ()
    return {name: float(v) for name, v in zip(names, values, strict=False) if v is not None}


def by_rule(folder):
    """What the jobs of a study took, a line a rule, the slowest first."""
    rows = []
    for path in sorted((folder / "logs/study").rglob("*.tsv")):
        rule = path.relative_to(folder / "logs/study").with_suffix("").parts[0]
        row = pd.read_csv(path, sep="\t", na_values="-").iloc[0]
        row = {"rule": rule} | {new: row[old] for old, new in COLUMNS.items()}
        rows.append(row | taken(path.with_suffix(".log")))
    jobs = pd.DataFrame(rows)
    total = jobs.groupby("rule")[["wall_s", "cpu_s", "read_mb", "written_mb"]].sum()
    peak = jobs.groupby("rule")["peak_mb"].max()
    table = total.assign(jobs=jobs.groupby("rule").size(), peak_mb=peak)
    return table[["jobs", "wall_s", "cpu_s", "peak_mb", "read_mb", "written_mb"]].sort_values(
        "wall_s", ascending=False
    )


def measured(folder, pixels, years, stations, cores):
    """Build the inputs if they were never built, then the study from nothing.

    Returns the seconds to the last figure, those to the end (manifest, index), and the table.
    """
    copy_of_workflow(folder)
    write_studies(folder, pixels, years, stations)
    rules = "simulate_tiles", "simulate_landcover", "simulate_stations", "simulate_geography"
    done, simulation = folder / "inputs.done", digest_of_simulated()
    if not done.exists() or done.read_text(encoding="utf-8") != simulation:
        run(folder, "inputs", cores, "--until", *rules)
        done.write_text(simulation, encoding="utf-8")
    for part in ("results/study", "logs/study"):
        shutil.rmtree(folder / part, ignore_errors=True)
    begin = time.time()
    seconds = run(folder, "study", cores)
    last = max(path.stat().st_mtime for path in (folder / "results/study/figures").iterdir())
    return last - begin, seconds, by_rule(folder)


def digest_of_simulated():
    """Inputs are simulated again when the code of the simulation changes."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "workflow/scripts/nepflow/simulation").glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def disk(folder):
    """What lies in results/study at the end, GB by folder."""
    found = {}
    for path in (folder / "results/study").rglob("*"):
        if path.is_file():
            top = path.relative_to(folder / "results/study").parts
            name = top[0] if len(top) > 1 else "grid, elevation, report"
            found[name] = found.get(name, 0) + path.stat().st_size / 1e9
    return pd.Series(found, name="gigabytes").rename_axis("folder").sort_values(ascending=False)


def draw(table, path, title):
    """Bars of wall and processor time of the slowest rules."""
    from matplotlib.figure import Figure

    shown = table.head(25).iloc[::-1]
    figure = Figure(figsize=(7, 6), layout="constrained")
    time_axes, memory_axes = figure.subplots(1, 2, sharey=True, width_ratios=(2, 1))
    time_axes.barh(shown.index, shown.wall_s, color="#9ecae1", label="wall, all jobs")
    time_axes.barh(shown.index, shown.cpu_s, height=0.35, color="#08519c", label="processor")
    time_axes.set_xlabel("time (s)")
    time_axes.legend(frameon=False, loc="lower right")
    memory_axes.barh(shown.index, shown.peak_mb / 1000, color="#fdae6b")
    memory_axes.set_xlabel("largest job (GB)")
    for axes in (time_axes, memory_axes):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=7)
    figure.suptitle(title, fontsize=10)
    figure.savefig(path, dpi=150)


def report(part, table, seconds, pixels, years, cores):
    """Write table, figure and README; ``seconds`` are those to the last figure and to the end."""
    to_figure, to_end = seconds
    table.round(2).to_csv(HERE / f"{part}.csv")
    draw(
        table, HERE / f"{part}.png", f"{pixels} x {pixels} cells a tile, {years} years (simulated)"
    )
    lines = [
        f"{pixels} x {pixels} cells a tile, ten tiles, {years} years; {machine()}, {cores} used, "
        f"{date.today()}. From raw tiles to the last figure: **{to_figure / 60:.1f} min**, with "
        f"digests of all files and the index {to_end / 60:.1f} min ({table.jobs.sum()} jobs, "
        f"{table.cpu_s.sum() / 60:.1f} min of processor, largest job "
        f"{table.peak_mb.max() / 1000:.2f} GB). Inputs are simulated, which is not counted. Read "
        "and written count what came from the cache of files too.",
        "",
        "| rule | jobs | wall, s | processor, s | peak, MB | read, MB | written, MB |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for rule, row in table.head(25).iterrows():
        lines.append(f"| {rule} | {' | '.join(f'{value:.0f}' for value in row)} |")
    replace_part(part, lines)
    print("\n".join(lines))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    for name, default in (("pixels", 2400), ("years", 24), ("stations", 350), ("cores", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--folder", type=Path, default=HERE / "runs")
    chosen = parser.parse_args()
    folder = chosen.folder.resolve() / f"{chosen.pixels}_{chosen.years}"
    *seconds, table = measured(folder, chosen.pixels, chosen.years, chosen.stations, chosen.cores)
    part = PARTS_OF_README.get((chosen.pixels, chosen.years))
    if part == "workflow":
        disk(folder).round(3).to_csv(HERE / "disk.csv")
    if part is None:
        print(f"{seconds[0]:.0f} s to the last figure, {seconds[1]:.0f} s in all\n{table}")
    else:
        report(part, table, seconds, chosen.pixels, chosen.years, chosen.cores)


if __name__ == "__main__":
    main()
