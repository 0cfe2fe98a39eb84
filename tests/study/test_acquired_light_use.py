"""A study that models NPP from NDVI, from an empty data folder: every month of two tiles comes."""

import csv
import re

import acquired_world
import numpy as np
import pytest
from earthdata_archive import CDN, CMR
from nepflow.io import raster

YEARS = [2001, 2002]
SHARED = {
    "citation": "test",
    "period": [YEARS[0], YEARS[-1]],
    "tiles": ["h28v07", "h27v07"],  # not the order of names
    "grid": {
        "crs": "+proj=aea +lat_1=11 +lat_2=14 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m",
        "resolution_m": 20000,
    },
    "npp": {"source": "casa", "compare": "mod17"},
    "casa": {"limits": "own"},
    "climate": {"variables": ["temperature", "precipitation", "radiation"]},
    "zones": [{"name": "country", "kind": "area"}],  # no zones of land cover
    "figures": [
        {
            "name": "npp_mean",
            "kind": "map",
            "layer": "pixel/npp_mean",
            "title": "Mean NPP",
            "caption": "Mean.",
        }
    ],
}
SIMULATION = {"region": "indochina", "pixels_per_tile": 60, "stations": 20, "seed": 3}
ACQUIRE = {
    "tiles": "earthdata",
    "stations": "gsod",
    "radiation": "nasa_power",
    "dem": "copernicus_glo90",
    "area": "geoboundaries",
    "country": "KHM",
    "names": ["Cambodia"],
    "max_stations": 12,
}
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def world(root, tmp_path_factory):
    folder = tmp_path_factory.mktemp("light")
    lists = [f"{name}.061_{year}" for year in YEARS for name in ("MOD13A3", "MCD12Q1")]
    lists += [f"MOD17A3HGF.061_{year}" for year in YEARS]
    simulated = SHARED | {"title": "t", "inputs": "simulated", "simulation": SIMULATION}
    tiles, polygons = acquired_world.simulation(root, folder / "maker", simulated, lists)
    assert sum(name.startswith("MOD13A3") for name in tiles) == 2 * 2 * 12
    study = acquired_world.project(
        root, folder / "my study", SHARED | {"title": "Mine", "acquire": ACQUIRE}
    )
    box = (102.0, 10.0, 108.0, 15.0)  # round Cambodia
    served = acquired_world.archives(folder, tiles, polygons, box, YEARS, "KHM")
    with served.open():
        study.served, study.login = served, acquired_world.logged_in(served)
        yield study


def test_all_downloads_are_those_that_the_study_asks_for(world):
    """`make downloads` on a login node leaves nothing for the nodes without internet."""
    lists = r"acquired/\w+\.061_\d{4}\.csv|acquired/\w+_files\.csv"
    asked = {
        target: set(re.findall(lists, world.run("-n", target, environment=world.login)))
        for target in ("all", "downloads")
    }
    assert asked["all"] == asked["downloads"]
    assert {f"acquired/MOD13A3.061_{year}.csv" for year in YEARS} < asked["all"]
    assert world.served.asked == []


def test_from_an_empty_folder_to_npp_and_nothing_twice(world):
    tables = ("inputs", "choices", "npp_agreement")
    wanted = [f"results/mine/tables/{name}.csv" for name in tables]
    world.run(*wanted, environment=world.login)
    brought = sorted((world.folder / "data/mine/modis").glob("MOD13A3.*.hdf"))
    assert len(brought) == 2 * 2 * 12
    assert world.served.count(CMR) == 3 * len(YEARS)
    with open(world.result("mine/tables/inputs.csv"), encoding="utf-8") as file:
        listed = {row["file"] for row in csv.DictReader(file)}
    assert {path.name for path in brought} <= listed
    assert "10.5067/MODIS/MOD13A3.061" in world.result("mine/tables/choices.csv").read_text()
    moved = world.served.count(CDN)
    assert "Nothing to be done" in world.run(*wanted, environment=world.login)
    assert world.served.count(CDN) == moved


def test_the_months_are_in_their_place(world):
    """NDVI of the downloaded tiles is that of the same tiles found in a folder."""
    world.run("results/mine/ndvi/observed_2002.tif", environment=world.login)
    path = world.result("mine/ndvi/observed_2002.tif")
    months = [raster.read(path, band) for band in range(1, 13)]
    (world.folder / "config/config.yaml").write_text("studies: [mine]\nraw: data\n")
    area = world.result("mine/acquired/area.gpkg").read_bytes()
    (world.folder / "data/mine/area.gpkg").write_bytes(area)
    said = world.run("results/mine/ndvi/observed_2002.tif", "--forcerun", "warp_ndvi")
    assert "warp_ndvi" in said and "acquire" not in said
    for band, month in enumerate(months, start=1):
        np.testing.assert_array_equal(raster.read(path, band), month)
