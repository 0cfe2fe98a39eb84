"""An empty data folder and one study file: everything comes from archives on loopback.

The tiles that the archive holds are simulated, so that the whole workflow can run on them.
"""

import csv
import json
import shutil

import acquired_world
import pytest
from copies import Workflow
from earthdata_archive import CDN, FILES, TOKEN
from public_archives import NCEI

YEARS = [2001, 2002, 2003]
ZONES = [{"name": "province", "kind": "area"}, {"name": "landcover", "kind": "landcover"}]
SHARED = {
    "citation": "test",
    "period": [YEARS[0], YEARS[-1]],
    "tiles": ["h26v05"],
    "grid": {"resolution_m": 20000},
    "climate": {"variables": ["temperature", "precipitation", "radiation"]},
    "zones": ZONES,
    "figures": [
        {
            "name": "nep_mean",
            "kind": "map",
            "layer": "pixel/nep_mean",
            "title": "Mean NEP",
            "caption": "Mean.",
        }
    ],
}
SIMULATION = {"region": "northwest_china", "pixels_per_tile": 60, "stations": 20, "seed": 3}
ACQUIRE = {
    "tiles": "earthdata",
    "stations": "gsod",
    "radiation": "nasa_power",
    "dem": "copernicus_glo90",
    "area": "geoboundaries",
    "country": "CHN",
    "names": ["Ningxia"],
    "max_stations": 15,
}
LEDGER = [{"input": "stations", "instead_of": "CMA", "by": "GSOD", "reason": "not public"}]


@pytest.fixture(scope="module")
def world(root, tmp_path_factory):
    """Archives that hold a simulation's tiles; and an empty project with one study file."""
    folder = tmp_path_factory.mktemp("acquired")
    lists = [f"MOD17A3HGF.061_{year}" for year in YEARS] + ["MCD12Q1.061_2001"]
    simulated = SHARED | {"title": "t", "inputs": "simulated", "simulation": SIMULATION}
    tiles, polygons = acquired_world.simulation(root, folder / "maker", simulated, lists)
    study = acquired_world.project(
        root,
        folder / "my study",
        SHARED | {"title": "Mine", "acquire": ACQUIRE, "substitutes": LEDGER},
    )
    box = (103.5, 35.2, 108.5, 40.0)  # round Ningxia
    served = acquired_world.archives(folder, tiles, polygons, box, YEARS, "CHN")
    with served.open():
        study.served, study.login = served, acquired_world.logged_in(served)
        yield study


@pytest.mark.slow
def test_from_an_empty_folder_to_the_report_and_nothing_twice(world):
    said = world.run(environment=world.login)
    assert world.result("mine/report.html").is_file()
    below = world.folder / "data/mine"
    assert len(list((below / "modis").glob("MOD17A3HGF*.hdf"))) == len(YEARS)
    assert len(list((below / "stations/gsod").rglob("*.csv"))) == 15 * len(YEARS)
    assert not list(below.rglob(".*.part"))
    for path in [
        p for p in below.rglob("*") if p.is_file() and not p.name.endswith(".source.json")
    ]:
        record = json.loads(path.with_name(f"{path.name}.source.json").read_text())
        assert record["address"].startswith("https://") and record["licence"], path
    with open(world.result("mine/tables/inputs.csv"), encoding="utf-8") as file:
        listed = {row["file"] for row in csv.DictReader(file)}
    assert any(name.startswith("MOD17A3HGF") for name in listed)
    assert any(name.endswith("_DEM.tif") for name in listed)
    with open(world.result("mine/styles.csv"), encoding="utf-8") as file:
        styles = {row["file"]: row["figure"] for row in csv.DictReader(file)}
    assert styles["pixel/nep_mean.qml"] == "nep_mean" and "landcover/landcover_2001.qml" in styles
    assert all(world.result(f"mine/{name}").is_file() for name in styles)
    assert "styles.csv" in world.result("mine/manifest.csv").read_text()
    choices = world.result("mine/tables/choices.csv").read_text()
    assert 'source of stations,"Global Surface Summary of the Day' in choices
    assert "10.5067/MODIS/MCD12Q1.061" in choices and "stations instead of CMA" in choices
    assert TOKEN not in said
    for path in [
        *(world.folder / "logs").rglob("*.log"),
        *below.rglob("*.json"),
        world.result("mine/report.html"),
    ]:
        assert TOKEN not in path.read_text() and "sIgNaTuRe" not in path.read_text(), path
    asked = len(world.served.asked)
    assert "Nothing to be done" in world.run(environment=world.login)
    assert len(world.served.asked) == asked

    assert "Nothing to be done" in world.run("downloads", environment=world.login)

    # results gone, downloads kept: no file comes again
    shutil.rmtree(world.folder / "results")
    moved = world.served.count(CDN) + world.served.count(FILES) + world.served.count(NCEI)
    world.run(
        "results/mine/npp/061/npp_2001.tif",
        "results/mine/acquired/stations.csv",
        environment=world.login,
    )
    assert world.served.count(CDN) + world.served.count(FILES) + world.served.count(NCEI) == moved


@pytest.mark.slow
def test_without_the_switch_nothing_is_downloaded(root, tmp_path):
    study = Workflow(root, tmp_path / "off", mine=SHARED | {"title": "Mine", "acquire": ACQUIRE})
    assert "acquire_tiles" not in study.run("-n", "downloads")
    said = study.run("-n", fails=True)
    assert "MissingRawFiles" in said
    assert "acquire_tiles" not in said
