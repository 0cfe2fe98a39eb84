"""Every command block of the docs that can run without internet, run as it stands.

A ``bash`` block runs in a copy of the project, the blocks of a page one after another; a ``yaml``
block whose first line is ``# <path>`` is written to that file, any other is a part of a study file
and must make a valid study. ``sh`` blocks need the archives or a scheduler: `UNRUN` names them all.
"""

import csv
import os
import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import acquired_world
import geopandas
import numpy as np
import pytest
import rasterio
import tiles
import yaml
from copies import Workflow
from nepflow.study import datasets, load
from rasterio.transform import from_origin
from shapely import box

BLOCK = re.compile(r"^( *)```(bash|yaml|sh)\n(.*?)^\1```$", re.M | re.S)

PAGES = ("docs/tutorial.md", "docs/data.md", "docs/cluster.md", "README.md", "README.zh.md")
UNRUN = {  # commands of ``sh`` blocks, and why no test runs them as they stand
    "export EARTHDATA_TOKEN=...": "a login of one's own",
    "make doctor STUDY=northwest_china_public LIVE=--live": "tries the login at Earthdata",
    "make run": "downloads (tests/study/test_acquired_study.py does, from archives on loopback)",
    'make init STUDY=ningxia COUNTRY=CHN NAMES="Ningxia Ningxia Hui Autonomous Region"': (
        "asks geoBoundaries (tests/download/test_init.py)"
    ),
    "git clone <address of this repository> nepflow": "needs the repository's address",
    "cd nepflow": "needs the clone",
    "make demo": "takes minutes (tests/study/test_tiny_simulated.py runs a small one)",
    ".venv/bin/snakemake --cores 8": "takes minutes, likewise",
    "conda env create -f envs/snakemake.yaml && conda activate nepflow": "needs conda",
    "snakemake --cores 8 --sdm conda": "needs conda",
    "snakemake --workflow-profile profiles/slurm": "needs Slurm (tests/slurm runs it)",
    "snakemake --workflow-profile profiles/slurm "
    "--set-resources warp_npp:mem_mb=4000 warp_npp:runtime=60": "needs Slurm; its rule is checked",
}
PART_OF = {  # what a part of a study file on a page is tried with
    "title": "t",
    "citation": "c",
    "period": [2001, 2015],
    "tiles": ["h26v05"],
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [{"name": "county", "kind": "area"}],
}
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
        cwd=folder,
        capture_output=True,
        text=True,
        env=os.environ | {"HTTPS_PROXY": "http://127.0.0.1:9"},
    )


def with_make(root, workflow):
    """A copy in which `make` works, with the environment that is there."""
    shutil.copy(root / "Makefile", workflow.folder)
    environment = Path(sys.executable).parent.parent
    (workflow.folder / ".venv").symlink_to(environment, target_is_directory=True)
    return workflow.folder


def check_study(copy, path):
    """Every study file that a page shows is valid."""
    if path.parent.name == "studies":
        schema = copy / "workflow/schemas/study.schema.yaml"
        load.load_study(path.stem, copy / "config", schema, "data", "results")


@pytest.mark.slow
@pytest.mark.parametrize("page", [page for page in PAGES if page != "docs/cluster.md"])
def test_blocks_run_as_they_stand(root, tmp_path, page):
    found = blocks(root / page)
    assert sum(kind == "bash" for kind, _ in found) >= 1
    copy = with_make(root, Workflow(root, tmp_path / "copy"))
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
        part = load.overlaid(PART_OF, yaml.safe_load(body))
        (tmp_path / "studies/part.yaml").write_text(yaml.safe_dump(part))
        load.load_study("part", tmp_path, schema, "data", "results")
        tried += 1
    assert tried >= least


def test_the_study_of_the_tutorial_is_the_one_that_ships(root):
    path = "config/studies/northwest_china_public.yaml"
    shown = [body for kind, body in blocks(root / "docs/tutorial.md") if f"# {path}\n" in body]
    assert len(shown) == 1
    assert yaml.safe_load(shown[0]) == yaml.safe_load((root / path).read_text(encoding="utf-8"))


def test_every_dataset_stands_in_the_docs(root):
    text = (root / "docs/data.md").read_text(encoding="utf-8")
    for name in datasets.load():
        assert f"`{name}`" in text, name


def test_every_rule_of_the_table_exists(root):
    """docs/from_arcgis.md names rules and keys; both are there."""
    text = (root / "docs/from_arcgis.md").read_text(encoding="utf-8")
    scripts = {path.stem for path in (root / "workflow/scripts").glob("*/*.py")}
    verbs = "acquire|warp|define|estimate|summarise|classify|draw|fit|fill|interpolate"
    named = set(re.findall(rf"`((?:{verbs})_\w+)`", text))
    assert len(named) > 20
    for name in named:
        assert name in scripts, name
    schema = (root / "workflow/schemas/study.schema.yaml").read_text()
    for key in re.findall(r"\| `([a-z_.`, ]+)` \|$", text, re.M):
        for part in set(re.split(r"[`, ]+", key)) - {"or"}:
            assert re.search(rf"^ +{part.rpartition('.')[2]}:", schema, re.M), part


def test_links_of_the_docs_lead_somewhere(root):
    for page in [*(root / "docs").glob("*.md"), *root.glob("*.md")]:
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"


# The studies that a reader begins: what `make init` writes, on tiles (as README.zh has it) and on
# rasters, and the one of README.md, each built from small inputs to its report.

YEARS = range(2001, 2009)  # of init's studies: enough for a trend
SHORT = range(2001, 2004)  # of the study of README.md, whose cells are of 500 m
SLOPE = 12.0  # g C m-2 yr-2, planted in NPP everywhere
COLUMNS = "station,lon,lat,elevation_m,date,temperature_degc,precipitation_mm,radiation_mj_m2"
TWO_COUNTIES = {"Ch'in": box(108.45, 34.0, 108.55, 34.2), "甘": box(108.55, 34.0, 108.7, 34.2)}


def height(lon, lat):
    """Elevation, m: hills, so that it is no plane of the coordinates."""
    return 1200 + 250 * np.sin(4 * lon) * np.cos(5 * lat)


def write_raster(path, values):
    """Bands (band, y, x) from 103 E and 40 N in cells of 0.05 degree."""
    path.parent.mkdir(parents=True, exist_ok=True)
    bands, rows, columns = values.shape
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=columns,
        height=rows,
        count=bands,
        dtype="float32",
        crs="EPSG:4326",
        transform=from_origin(103, 40, 0.05, 0.05),
    ) as target:
        target.write(values.astype("float32"))


def cells():
    """Longitude and latitude of the cells of `write_raster`, to 110 E and 33 N."""
    return np.meshgrid(103.025 + 0.05 * np.arange(140), 39.975 - 0.05 * np.arange(140))


def write_stations(path, bounds, years):
    """Days of some thirty stations in a box."""
    places = {
        name: (lon, lat, round(float(height(lon, lat)), 1))
        for name, (lon, lat, _) in acquired_world.stations(*bounds).items()
    }
    weather = acquired_world.Weather(places, (bounds[1] + bounds[3]) / 2)
    days = np.arange(f"{years[0]}-01-01", f"{years[-1] + 1}-01-01", dtype="datetime64[D]").tolist()
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{COLUMNS}\n")
        for name, (lon, lat, metres) in places.items():
            for day in days:
                warmth, rain = weather(name, day)
                sun = acquired_world.radiation(lon, lat, day)
                row = (name, lon, lat, metres, day, f"{warmth:.2f}", f"{rain:.2f}", f"{sun:.2f}")
                file.write(",".join(map(str, row)) + "\n")


def write_tiles(folder, names, years):
    """NPP that grows by `SLOPE`, land cover of which a part changes in the last year."""
    rng = np.random.default_rng(4)
    for name in names:
        level = rng.integers(2000, 5000, (240, 240))
        kind = rng.choice([1, 10, 12, 16], (240, 240))
        for year in years:
            tiles.write_npp(folder, name, level + 10 * SLOPE * (year - years[0]), year=year)
            new = np.where(rng.random((240, 240)) < 0.2 * (year == years[-1]), 10, kind)
            tiles.write_landcover(folder, name, new, year=year)


def write_rasters(folder, years):
    """NPP and months of climate as init's file on rasters names them."""
    lon, lat = cells()
    noise = np.random.default_rng(5).normal(0, 1, (2, 12 * len(years), 140, 140))
    for place, year in enumerate(years):
        write_raster(
            folder / f"npp_{year}.tif", (300 + 100 * np.sin(9 * lon) + SLOPE * place)[None]
        )
    season = -np.cos(2 * np.pi * (np.arange(12 * len(years)) % 12) / 12)[:, None, None]
    write_raster(folder / "temperature.tif", 9 + 12 * season - (lat - 36) + noise[0])
    write_raster(folder / "rain.tif", np.maximum(50 + 30 * season + 8 * noise[1], 0))


@pytest.fixture(scope="module")
def begun(root, tmp_path_factory):
    """Three studies as a reader begins them, built in one run."""
    workflow = Workflow(root, tmp_path_factory.mktemp("begun") / "my work 研究")
    copy = with_make(root, workflow)
    polygons = geopandas.GeoDataFrame(
        {"COUNTY": TWO_COUNTIES.keys()}, geometry=[*TWO_COUNTIES.values()], crs=4326
    )
    polygons.to_file(copy / "my_area.shp", encoding="utf-8")
    # README.zh.md: the first block begins a study; only its years are fewer
    block = next(body for kind, body in blocks(root / "README.zh.md") if kind == "bash")
    begin = "make init STUDY=my_region AREA=my_area.geojson"
    assert f"{begin}\n" in block
    period = f"PERIOD={YEARS[0]}-{YEARS[-1]}"
    commands = [block.replace(begin, f"{begin} {period}").replace("my_region", "chinese")]
    commands += [
        f"make init STUDY=own_rasters AREA=my_area.shp NAME_FIELD=COUNTY {period} RASTERS=yes",
        "make init STUDY=my_region AREA=my_area.shp NAME_FIELD=COUNTY",
    ]
    for command in commands:
        done = run(copy, command)
        assert done.returncode == 0, done.stdout + done.stderr
    # README.md: its study file in place of init's; only its years are fewer
    path = "config/studies/my_region.yaml"
    shown = [body for kind, body in blocks(root / "README.md") if f"# {path}\n" in body]
    assert len(shown) == 1 and shown[0].count("2022") == 2
    (copy / path).write_text(shown[0].replace("2022", str(SHORT[-1])), encoding="utf-8")
    lon, lat = cells()
    for name in ("chinese", "own_rasters", "my_region"):
        write_raster(copy / f"data/{name}/dem.tif", height(lon, lat)[None])
    write_tiles(copy / "data/chinese/modis", ["h26v05"], YEARS)
    write_stations(copy / "data/chinese/stations.csv", (104, 35.5, 107.5, 39), YEARS)
    write_rasters(copy / "data/own_rasters", YEARS)
    write_tiles(copy / "data/my_region/modis", ["h26v05", "h27v05"], SHORT)
    write_stations(copy / "data/my_region/stations.csv", (108, 33.6, 109.2, 34.6), SHORT)
    site = {"studies": ["chinese", "own_rasters", "my_region"], "raw": "data"}
    (copy / "config/config.yaml").write_text(yaml.safe_dump(site), encoding="utf-8")
    workflow.run()
    return workflow


def table(workflow, path):
    with open(workflow.result(path), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "zones", "inside"),
    [
        ("chinese", "polygons", {"宁夏"}),
        ("own_rasters", "county", set(TWO_COUNTIES)),
        ("my_region", "county", set(TWO_COUNTIES)),
    ],
)
def test_what_a_reader_begins_is_built_to_its_report(begun, name, zones, inside):
    """Every figure that the study file lists is there, and the planted slope is found."""
    settings = yaml.safe_load((begun.folder / f"config/studies/{name}.yaml").read_text("utf-8"))
    report = begun.result(f"{name}/report.html").read_text("utf-8")
    for figure in settings["figures"]:
        assert begun.result(f"{name}/figures/{figure['name']}.png").stat().st_size > 0
        assert figure["title"] in report
    rows = table(begun, f"{name}/tables/trends_{zones}.csv")
    assert {(row["zones"], row["zone"]) for row in rows} == {
        ("region", "all"),
        *((zones, zone) for zone in inside),
    }
    if name != "my_region":  # three years have no trend
        slopes = [float(row["value"]) for row in rows if row["quantity"] == "npp_slope"]
        assert slopes == pytest.approx([SLOPE] * (1 + len(inside)), rel=1e-4)
    else:
        years = table(begun, f"{name}/tables/series_{zones}.csv")
        means = [
            float(row["value"])
            for row in years
            if row["quantity"] == "npp_mean" and row["zone"] == "all"
        ]
        assert np.diff(means) == pytest.approx([SLOPE] * 2, rel=1e-4)


@pytest.mark.slow
def test_a_study_on_rasters_names_no_tile(begun):
    """Nothing reads a tile: none is named, planned, or missed by the doctor."""
    assert "tiles:" not in (begun.folder / "config/studies/own_rasters.yaml").read_text("utf-8")
    inputs = {row["file"] for row in table(begun, "own_rasters/tables/inputs.csv")}
    assert {"temperature.tif", "rain.tif", "2001: npp_2001.tif"} <= inputs
    assert not begun.result("own_rasters/landcover").exists()
    for command in ("plan", "doctor"):
        said = run(begun.folder, f"make {command} STUDY=own_rasters")
        assert said.returncode == 0, said.stdout + said.stderr
        assert "h26v05" not in said.stdout and "MOD17" not in said.stdout
        assert "MCD12" not in said.stdout
    assert "All is well" in said.stdout and "reads no MODIS tile" in said.stdout
