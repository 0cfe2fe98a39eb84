"""Public archives on loopback that hold a whole small world: simulated tiles, made-up weather."""

import json

import geopandas
import numpy as np
import yaml
from archives import Archives
from copies import Workflow
from earthdata_archive import TOKEN, Earthdata
from public_archives import DEM, NCEI, POWER, Boundaries, Elevation, Gsod, Power


def stations(west, south, east, north):
    """A grid of some thirty stations {identity: (lon, lat, elevation)}."""
    places = [
        (lon, lat) for lon in np.linspace(west, east, 6) for lat in np.linspace(south, north, 5)
    ]
    return {
        f"{530000 + n}99999": (
            round(float(lon) + 0.07 * (n % 3), 3),
            round(float(lat), 3),
            1100.0 + 37 * (n % 11),
        )
        for n, (lon, lat) in enumerate(places)
    }


class Weather:
    """Seasons over places and heights with a noise that each station and day has for itself."""

    def __init__(self, places, middle):
        self.places, self.middle = places, middle

    def _noise(self, station, date, salt):
        return np.random.default_rng([int(station[:6]), date.toordinal(), salt])

    def __call__(self, station, date):
        _, lat, height = self.places[station]
        season = -np.cos(2 * np.pi * (date.timetuple().tm_yday - 15) / 365)
        rng = self._noise(station, date, 1)
        warmth = 9 - 0.7 * (lat - self.middle) - 0.006 * (height - 1100)
        rain = rng.gamma(0.8, 5) if rng.random() < 0.15 + 0.1 * season else 0.0
        return warmth + 13 * season + rng.normal(0, 1.5), rain


def radiation(lon, lat, date):
    """MJ m-2 d-1 of a place and day."""
    season = -np.cos(2 * np.pi * (date.timetuple().tm_yday - 10) / 365)
    rng = np.random.default_rng([int(lon * 1000), int(lat * 1000), date.toordinal()])
    return 15 + 7 * season + 0.03 * (lon - 105) + rng.normal(0, 1.2)


def simulation(root, folder, settings, lists):
    """Simulate; return the tiles {name: bytes} of the study and its polygons {name: geometry}."""
    maker = Workflow(root, folder, maker=settings)
    below = "results/simulated/maker"
    maker.run(*(f"{below}/granules/{name}.csv" for name in lists), f"{below}/area.gpkg")
    made = maker.result("simulated/maker")
    tiles = {
        path.name: path.read_bytes()
        for path in (made / "modis").glob("*.hdf")
        if path.name.split(".")[2] in settings["tiles"]
    }
    frame = geopandas.read_file(made / "area.gpkg").set_index("name")
    polygons = {
        name: json.loads(geopandas.GeoSeries([shape]).to_json())["features"][0]["geometry"]
        for name, shape in frame.geometry.items()
    }
    return tiles, polygons


def archives(folder, tiles, polygons, box, years, country):
    """Archives that hold these tiles and polygons, and stations and elevation in a box."""
    west, south, east, north = box
    places = stations(*box)
    corners = [
        (lon, lat)
        for lon in range(int(west) - 1, int(east) + 2)
        for lat in range(int(south) - 1, int(north) + 2)
    ]
    middle = (south + north) / 2

    def height(lon, lat):
        return 1100 + 80 * (lat - middle) + 5 * (lon - west)

    answers = {
        **Earthdata(tiles).answers,
        **Boundaries(polygons, country).answers,
        NCEI: Gsod(places, years, Weather(places, middle)).answer,
        POWER: Power(radiation).answer,
        DEM: Elevation(corners, height).answer,
    }
    return Archives(folder, **answers)


def project(root, folder, settings):
    """A copy of the project with one study file, an empty data folder and downloads on."""
    study = Workflow(root, folder, mine=settings)
    site = {"studies": ["mine"], "raw": "data", "acquire": True}
    (study.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    return study


def logged_in(served):
    """Environment that leads clients to these archives, with a login."""
    return served.environment | {"EARTHDATA_TOKEN": TOKEN}
