"""A tiny study for the tests of the climate scripts: grid, elevation, area, planted stations."""

import geopandas
import numpy as np
import pandas as pd
import pyproj
from affine import Affine
from nepflow.io import raster
from shapely.geometry import box

CRS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
YEARS = [2001, 2002]
POLICIES = dict.fromkeys(
    [
        "unreadable_date",
        "position_missing",
        "conflicting_position",
        "elevation_missing",
        "identical_duplicate",
        "conflicting_duplicate",
        "outside_area",
        "out_of_range",
    ],
    "drop",
) | {"undeclared_code": "error"}
LIMITS = {"temperature": [-90, 60], "precipitation": [0, 9300]}
MEDIANS = {"temperature": [-40, 45], "precipitation": [0.3, 1000]}


def truth(lon, lat, elevation, month):
    """Temperature (degC) linear in the plane of the study, the root of rain (mm) too."""
    x, y = pyproj.Transformer.from_crs("EPSG:4326", CRS, always_xy=True).transform(lon, lat)
    return of_plane(x, y, elevation, month)


def of_plane(x, y, elevation, month):
    season = np.cos((month - 7) * np.pi / 6)
    temperature = 12 + x / 1e6 - (y - 4e6) / 2e5 - 0.006 * elevation + 12 * season
    root = 4 + x / 1e6 + 0.0005 * elevation + 2 * season
    return temperature, root**2


def make(folder, simulated=False):
    """Write grid, elevation (with a hole), area, and monthly stations; return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = {"simulated": "simulated"} if simulated else {}
    grid = raster.Grid(pyproj.CRS(CRS).to_wkt(), Affine(10_000, 0, -2e5, 0, -10_000, 4.1e6), 20, 30)
    inside = np.ones((20, 30))
    inside[:, 25:] = 0
    rng = np.random.default_rng(6)
    elevation = rng.uniform(200, 3000, (20, 30))
    elevation[3, 4] = np.nan
    paths = {name: folder / f"{name}.tif" for name in ("grid", "dem")}
    raster.write(inside, raster.Output(paths["grid"], "1", "area", dtype="uint8", tags=tags), grid)
    raster.write(elevation, raster.Output(paths["dem"], "m", "elevation", tags=tags), grid)
    paths["outlines"] = folder / "outlines.gpkg"
    area = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[box(-2e5, 3.9e6, 5e4, 4.1e6)], crs=CRS)
    area.to_file(paths["outlines"])
    return paths


def places(count=30):
    """Stations inside the area."""
    rng = np.random.default_rng(7)
    x, y = rng.uniform(-2e5, 5e4, count), rng.uniform(3.9e6, 4.1e6, count)
    lon, lat = pyproj.Transformer.from_crs(CRS, "EPSG:4326", always_xy=True).transform(x, y)
    return pd.DataFrame(
        {
            "station": [f"{number:05d}" for number in range(count)],
            "lon": lon,
            "lat": lat,
            "elevation_m": rng.uniform(200, 3000, count),
        }
    )


def monthly_file(path, time_step="monthly", noise=0.0, value=None, height=None):
    """Write a station file of monthly values, or of normals.

    ``noise`` (degC, root of mm) is added; ``value`` is (station, error of its first
    temperature), ``height`` (station, error of its elevation, m).
    """
    sites = places()
    rng = np.random.default_rng(8)
    frames = []
    for year in YEARS if time_step == "monthly" else [0]:
        for month in range(1, 13):
            values = truth(sites["lon"], sites["lat"], sites["elevation_m"], month)
            label = {"date": f"{year}-{month:02d}"} if year else {"month": month}
            drawn = rng.normal(0, noise, (2, len(sites)))
            rain = np.maximum(np.sqrt(values[1]) + drawn[1], 0) ** 2
            columns = {"temperature_degc": values[0] + drawn[0], "precipitation_mm": rain}
            frames.append(sites.assign(**label, **columns))
    table = pd.concat(frames, ignore_index=True)
    if value:
        first = table.index[table["station"] == value[0]][0]
        table.loc[first, "temperature_degc"] += value[1]
    if height:
        table.loc[table["station"] == height[0], "elevation_m"] += height[1]
    table.to_csv(path, index=False)
    return str(path)


def clean_settings(time_step="monthly"):
    kinds = ("daily", "monthly")
    return {
        "station_format": "tidy",
        "variables": ["temperature", "precipitation"],
        "years": YEARS,
        "time_step": time_step,
        "buffer_km": 100,
        "min_stations": 10,
        "plausible_median": dict.fromkeys(kinds, MEDIANS),
        "limits": dict.fromkeys(kinds, LIMITS),
        "elevation_limits_m": [-430, 8850],
        "position_tolerance": {"position_deg": 0.01, "elevation_m": 10},
        "defects": POLICIES,
        "angstrom": {"a": 0.25, "b": 0.50},
        "missing_values": [],
        "unreported_rain": {"rule": "missing"},
        "exclude": [],
        "simulated": False,
    }
