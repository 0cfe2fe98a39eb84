"""Copies of the workflow that a test may run and change."""

import shutil
import subprocess
import sys
from pathlib import Path

import yaml

PARTS = ("Snakefile", "config", "envs", "profiles", "resources", "workflow")
TINY = {
    "based_on": "northwest_china",
    "inputs": "simulated",
    "title": "A tiny simulation",
    "period": [2000, 2008],
    "grid": {"resolution_m": 40000},
    "landcover": {
        "substitute": [{"year": 2000, "by": 2001}],
        "transitions": [2000, 2004, 2008],
    },
    "simulation": {
        "region": "northwest_china",
        "pixels_per_tile": 30,
        "stations": 60,
        "seed": 3,
    },
    "figures": [
        {
            "name": "study_area",
            "kind": "study_area",
            "title": "Study area",
            "caption": "Elevation and stations.",
        },
        {
            "name": "nep_series",
            "kind": "series",
            "quantity": "nep",
            "zones": "province",
            "title": "NEP",
            "caption": "Annual means.",
        },
        {
            "name": "nep_mean",
            "kind": "map",
            "layer": "pixel/nep_mean",
            "title": "Mean NEP",
            "caption": "Mean.",
        },
        {
            "name": "precipitation_residuals",
            "kind": "residuals",
            "quantity": "precipitation",
            "title": "Residuals",
            "caption": "Left out one by one.",
        },
        {
            "name": "nep_trend_classes",
            "kind": "classes",
            "layer": "pixel/nep_trend_class",
            "title": "Trend",
            "caption": "Classes.",
        },
        {
            "name": "landcover_change",
            "kind": "sankey",
            "title": "Change of land cover",
            "caption": "Flows.",
        },
        {
            "name": "landcover_matrix",
            "kind": "matrix",
            "dates": [2000, 2008],
            "title": "Transitions",
            "caption": "Matrix.",
        },
        {
            "name": "sensitivity",
            "kind": "specification",
            "title": "Other choices",
            "caption": "Options.",
        },
        {
            "name": "mean_and_climate",
            "kind": "panels",
            "columns": 2,
            "title": "Mean NEP and climate",
            "caption": "Panels.",
            "panels": [
                {
                    "kind": "map",
                    "layer": "pixel/nep_mean",
                    "title": "Mean NEP",
                    "contours": {"layer": "pixel/precipitation_mean", "levels": [200, 400]},
                    "levels": [0, 200],
                },
                {
                    "kind": "map",
                    "layer": "pixel/nep_partial_temperature",
                    "title": "Temperature",
                    "stipple": {"layer": "pixel/nep_partial_temperature_p", "below": 0.05},
                },
                {
                    "kind": "classes",
                    "layer": "pixel/nep_trend_persistence_class",
                    "title": "Persistence",
                },
                {
                    "kind": "series",
                    "quantity": "temperature",
                    "zones": "province",
                    "title": "Temperature",
                },
            ],
        },
    ],
}


class Workflow:
    """A copy of the project in a folder of its own."""

    def __init__(self, root, folder, **studies):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        for part in PARTS:
            target = self.folder / part
            if (root / part).is_dir():
                # with __pycache__, for the compiled functions; but not what another worker writes
                shutil.copytree(
                    root / part, target, ignore=shutil.ignore_patterns("*.*.tmp.*", "*.pyc.*")
                )
            else:
                shutil.copy(root / part, target)
        self.study(**studies)

    def in_bands(self, name, study, blocks, remade):
        """A copy beside this one whose study has ``blocks`` bands and has yet to remake some files.

        ``remade`` are patterns below the study's results. What is planned again follows from the
        files that miss, not from the changed settings.
        """
        folder = self.folder.with_name("in bands")
        shutil.copytree(self.folder, folder, symlinks=True)
        copy = Workflow.__new__(Workflow)
        copy.folder = folder
        for path in [path for one in remade for path in copy.result(name).glob(one)]:
            path.unlink()
        path = folder / f"config/studies/{name}.yaml"
        keys = study | {"grid": study["grid"] | {"blocks": blocks}}
        path.write_text(yaml.safe_dump(keys, allow_unicode=True), encoding="utf-8")
        return copy

    def study(self, **studies):
        """Write study files and make them the site's studies."""
        for name, keys in studies.items():
            path = self.folder / "config/studies" / f"{name}.yaml"
            path.write_text(yaml.safe_dump(keys, allow_unicode=True), encoding="utf-8")
        site = {"studies": list(studies), "raw": "data"}
        path = self.folder / "config/config.yaml"
        path.write_text(yaml.safe_dump(site, allow_unicode=True), encoding="utf-8")

    def run(self, *arguments, cores=2, fails=False, python=sys.executable, environment=None):
        """Run snakemake; return what it says. A failure fails the test, unless wanted."""
        command = [python, "-m", "snakemake", "--cores", str(cores), *arguments]
        done = subprocess.run(
            command,
            cwd=self.folder,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=environment,
        )
        said = done.stdout + done.stderr
        assert (done.returncode != 0) == fails, said[-6000:]
        return said

    def result(self, path):
        """A file below results/."""
        return self.folder / "results" / path
