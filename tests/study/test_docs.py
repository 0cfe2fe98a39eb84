"""Every command block of the docs that can run without internet, run as it stands.

A ``bash`` block runs in a copy of the project, the blocks of a page one after another; a ``yaml``
block whose first line is ``# <path>`` is written to that file, any other is a part of a study file
and must make a valid study. ``sh`` blocks need the archives or a scheduler: `UNRUN` names them all.
"""

import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import geopandas
import pytest
import yaml
from copies import Workflow
from nepflow import study
from nepflow_acquire import register
from shapely import box

BLOCK = re.compile(r"^( *)```(bash|yaml|sh)\n(.*?)^\1```$", re.M | re.S)

PAGES = ("docs/tutorial.md", "docs/data.md", "docs/cluster.md", "README.md", "README.zh.md")
UNRUN = {  # commands of ``sh`` blocks, and why no test runs them as they stand
    "export EARTHDATA_TOKEN=...": "a login of one's own",
    "make doctor STUDY=northwest_china_public LIVE=--live": "tries the login at Earthdata",
    "make run": "downloads (tests/study/test_acquired_study.py does, from archives on loopback)",
    'make init STUDY=ningxia COUNTRY=CHN NAMES="Ningxia Ningxia Hui Autonomous Region"':
        "asks geoBoundaries (tests/acquire/test_init.py)",
    "git clone <address of this repository> nepflow": "needs the repository's address",
    "cd nepflow": "needs the clone",
    "make demo": "takes minutes (tests/study/test_tiny_twin.py runs a small one)",
    ".venv/bin/snakemake --cores 8": "takes minutes, likewise",
    "conda env create -f envs/snakemake.yaml && conda activate nepflow": "needs conda",
    "snakemake --cores 8 --sdm conda": "needs conda",
    "snakemake --workflow-profile profiles/slurm": "needs Slurm (tests/slurm runs it)",
    "snakemake --workflow-profile profiles/slurm "
    "--set-resources warp_npp:mem_mb=4000 warp_npp:runtime=60": "needs Slurm; its rule is checked",
}  # fmt: skip
PART_OF = {  # what a part of a study file on a page is tried with
    "title": "t", "citation": "c", "period": [2001, 2015], "tiles": ["h26v05"],
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [{"name": "region", "kind": "area"}],
}  # fmt: skip
COUNTIES = [box(104.5, 36, 106, 37), box(106, 36, 107, 37)]


def blocks(path):
    """Language and text of each block of a page."""
    text = path.read_text(encoding="utf-8")
    return [(kind, textwrap.dedent(body)) for _, kind, body in BLOCK.findall(text)]


def run(folder, body):
    """Run a block; `make` takes the environment that is there. Faults end `doctor` with 2."""
    body = re.sub(r"^(make doctor [^#\n|]*)(#.*)?$", r"\1 || [ $? = 2 ]", body, flags=re.M)
    body = re.sub(r"\bmake (?=\w)", "make -o .venv/run ", body)
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", body],
        cwd=folder, capture_output=True, text=True, env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9"},
    )  # fmt: skip


def check_study(copy, path):
    """Every study file that a page shows is valid."""
    if path.parent.name == "studies":
        schema = copy / "workflow/schemas/study.schema.yaml"
        study.load_study(path.stem, copy / "config", schema, "data", "results")


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/cluster.md"])
def test_blocks_run_as_they_stand(root, tmp_path, page):
    found = blocks(root / page)
    assert sum(kind == "bash" for kind, _ in found) >= 1
    copy = Workflow(root, tmp_path / "copy").folder
    shutil.copy(root / "Makefile", copy)
    environment = Path(sys.executable).parent.parent
    (copy / ".venv").symlink_to(environment, target_is_directory=True)
    frame = geopandas.GeoDataFrame({"county": ["a", "b"]}, geometry=COUNTIES, crs=4326)
    frame.to_file(copy / "my_area.shp")  # the reader has one
    for kind, body in found:
        target = re.match(r"# (\S+\.yaml)\n", body)
        if kind == "yaml" and target:
            (copy / target[1]).write_text(body, encoding="utf-8")
            check_study(copy, Path(target[1]))
        elif kind == "bash":
            done = run(copy, body)
            said = done.stdout + done.stderr
            assert done.returncode == 0, f"{body}\n{said[-6000:]}"
            if "snakemake -n" in body:
                assert re.search(r"^acquire_tiles +\d+$", said, re.M), "it shows what would run"


def test_no_command_stands_outside_of_a_block(root):
    """An indented command would be run by nobody."""
    for page in PAGES:
        text = BLOCK.sub("", (root / page).read_text(encoding="utf-8"))
        assert not re.findall(r"^ {4,}(?:make|snakemake|\.venv/bin|git|conda) .*", text, re.M), page
        assert not re.findall(r"^ {4,}[a-z_]+: *(?:$|[\[{#].*)", text, re.M), f"{page}: settings"


def test_what_no_test_runs_is_named_with_the_reason(root):
    found = [
        line
        for page in PAGES
        for kind, body in blocks(root / page)
        if kind == "sh"
        for line in body.splitlines()
        if line.strip()
    ]
    assert set(found) == set(UNRUN)
    rules = "".join(path.read_text() for path in (root / "workflow/rules").glob("*.smk"))
    for line in found:
        for rule in re.findall(r"(\w+):(?:mem_mb|runtime)=", line):
            assert f"rule {rule}:" in rules, line
        for profile in re.findall(r"--workflow-profile (\S+)", line):
            assert (root / profile / "profile.yaml").is_file(), line


@pytest.mark.parametrize(("page", "least"), [("docs/data.md", 8), ("docs/cluster.md", 1)])
def test_parts_of_study_files_make_valid_studies(root, tmp_path, page, least):
    """Each part by itself, over settings that any study has."""
    (tmp_path / "studies").mkdir()
    shutil.copy(root / "config/defaults.yaml", tmp_path)
    schema, tried = root / "workflow/schemas/study.schema.yaml", 0
    for kind, body in blocks(root / page):
        if kind != "yaml" or re.match(r"# \S+\.yaml\n", body):
            continue
        part = study.overlaid(PART_OF, yaml.safe_load(body))
        (tmp_path / "studies/part.yaml").write_text(yaml.safe_dump(part))
        study.load_study("part", tmp_path, schema, "data", "results")
        tried += 1
    assert tried >= least


def test_the_study_of_the_tutorial_is_the_one_that_ships(root):
    path = "config/studies/northwest_china_public.yaml"
    shown = [body for kind, body in blocks(root / "docs/tutorial.md") if f"# {path}\n" in body]
    assert len(shown) == 1
    assert yaml.safe_load(shown[0]) == yaml.safe_load((root / path).read_text(encoding="utf-8"))


def test_every_dataset_stands_in_the_docs(root):
    text = (root / "docs/data.md").read_text(encoding="utf-8")
    for name in register.load():
        assert f"`{name}`" in text, name


def test_every_rule_of_the_table_exists(root):
    """docs/from_arcgis.md names rules and keys; both are there."""
    text = (root / "docs/from_arcgis.md").read_text(encoding="utf-8")
    rules = "".join(path.read_text() for path in (root / "workflow/rules").glob("*.smk"))
    verbs = "acquire|warp|define|estimate|summarise|classify|draw|fit|fill|interpolate"
    named = set(re.findall(rf"`((?:{verbs})_\w+)`", text))
    assert len(named) > 20
    for name in named:
        assert f"rule {name}:" in rules, name
    schema = (root / "workflow/schemas/study.schema.yaml").read_text()
    for key in re.findall(r"\| `([a-z_.`, ]+)` \|$", text, re.M):
        for part in set(re.split(r"[`, ]+", key)) - {"or"}:
            assert re.search(rf"^ +{part.rpartition('.')[2]}:", schema, re.M), part


def test_links_of_the_docs_lead_somewhere(root):
    for page in [*(root / "docs").glob("*.md"), *root.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
