"""An empty data folder and one study file: everything comes from archives on loopback.

The tiles that the archive holds are those of a twin, so that the whole workflow can run on them.
"""

import csv
import json
import shutil

import geopandas
import numpy as np
import pytest
import yaml
from archives import Archives
from copies import Workflow
from earthdata_archive import CDN, FILES, TOKEN, Earthdata
from public_archives import DEM, NCEI, POWER, Boundaries, Elevation, Gsod, Power

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
            "layer": "pixel/nep/mean",
            "title": "Mean NEP",
            "caption": "Mean.",
        }
    ],
}
TWIN = {"region": "northwest_china", "pixels_per_tile": 60, "stations": 20, "seed": 3}
ACQUIRE = {
    "tiles": "earthdata",
    "stations": "gsod",
    "radiation": "nasa_power",
    "dem": "copernicus_glo90",
    "area": "geoboundaries",
    "country": "CHN",
    "names": ["Ningxia"],
    "most_stations": 15,
}
LEDGER = [{"input": "stations", "instead_of": "CMA", "by": "GSOD", "reason": "not public"}]


def stations():
    """A grid of stations round Ningxia (104-108 E, 35-40 N)."""
    places = [(lon, lat) for lon in np.arange(103.5, 108.6, 1) for lat in np.arange(35.2, 40, 1.2)]
    return {
        f"{530000 + n}99999": (
            round(lon + 0.07 * (n % 3), 3),
            round(lat, 3),
            1100.0 + 37 * (n % 11),
        )
        for n, (lon, lat) in enumerate(places)
    }


class Weather:
    """Seasons over places and heights with a noise that each station and day has for itself."""

    def __init__(self, places):
        self.places = places

    def _noise(self, station, date, salt):
        return np.random.default_rng([int(station[:6]), date.toordinal(), salt])

    def __call__(self, station, date):
        _, lat, height = self.places[station]
        season = -np.cos(2 * np.pi * (date.timetuple().tm_yday - 15) / 365)
        rng = self._noise(station, date, 1)
        warmth = (
            16 - 0.7 * (lat - 37) - 0.006 * (height - 1100) - 7 + 13 * season + rng.normal(0, 1.5)
        )
        rain = rng.gamma(0.8, 5) if rng.random() < 0.15 + 0.1 * season else 0.0
        return warmth, rain


def radiation(lon, lat, date):
    season = -np.cos(2 * np.pi * (date.timetuple().tm_yday - 10) / 365)
    rng = np.random.default_rng([int(lon * 1000), int(lat * 1000), date.toordinal()])
    return 15 + 7 * season - 0.2 * (lat - 37) + rng.normal(0, 1.2)


@pytest.fixture(scope="module")
def world(root, tmp_path_factory):
    """Archives that hold a twin's tiles; and an empty project with one study file."""
    folder = tmp_path_factory.mktemp("acquired")
    maker = Workflow(
        root, folder / "maker", maker=SHARED | {"title": "t", "inputs": "twin", "twin": TWIN}
    )
    lists = [f"results/twin/maker/granules/MOD17A3HGF.061_{year}.csv" for year in YEARS]
    maker.run(
        *lists, "results/twin/maker/granules/MCD12Q1.061_2001.csv", "results/twin/maker/area.gpkg"
    )
    twin = maker.result("twin/maker")
    tiles = {path.name: path.read_bytes() for path in (twin / "modis").glob("*.h26v05.*.hdf")}
    frame = geopandas.read_file(twin / "area.gpkg").set_index("name")
    polygons = {
        name: json.loads(geopandas.GeoSeries([shape]).to_json())["features"][0]["geometry"]
        for name, shape in frame.geometry.items()
    }
    places = stations()
    corners = [(lon, lat) for lon in range(103, 109) for lat in range(34, 41)]
    power = Power(radiation)
    answers = {
        **Earthdata(tiles).answers,
        **Boundaries(polygons).answers,
        NCEI: Gsod(places, YEARS, Weather(places)).answer,
        POWER: power.answer,
        DEM: Elevation(corners, lambda lon, lat: 1100 + 80 * (lat - 35) + 5 * (lon - 104)).answer,
    }
    study = Workflow(
        root,
        folder / "my study",
        mine=SHARED | {"title": "Mine", "acquire": ACQUIRE, "substitutes": LEDGER},
    )
    site = {"studies": ["mine"], "raw": "data", "acquire": True}
    (study.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    served = Archives(folder, **answers)
    with served.open():
        study.served = served
        study.login = served.environment | {"EARTHDATA_TOKEN": TOKEN}
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
    with open(world.result("mine/tables/inputs.csv")) as file:
        listed = {row["file"] for row in csv.DictReader(file)}
    assert any(name.startswith("MOD17A3HGF") for name in listed)
    assert any(name.endswith("_DEM.tif") for name in listed)
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
        "results/mine/npp/061/2001.tif",
        "results/mine/acquired/stations.csv",
        environment=world.login,
    )
    assert world.served.count(CDN) + world.served.count(FILES) + world.served.count(NCEI) == moved


@pytest.mark.slow
def test_without_the_switch_nothing_is_downloaded(root, tmp_path):
    study = Workflow(root, tmp_path / "off", mine=SHARED | {"title": "Mine", "acquire": ACQUIRE})
    assert "acquire_tiles" not in study.run("-n", "downloads")
    said = study.run("-n", fails=True)
    assert "MissingInputException" in said or "MissingTiles" in said
    assert "acquire_tiles" not in said
