"""Station files, damaged: tidy tables of every time step, and archives of days."""

import importlib

import climate_study
import numpy as np
import pandas as pd
from damage import encoded, table_changed
from fuzzing import Impossible, Kind
from nepflow.study import load

LAYOUTS = ("monthly", "daily", "normals", "cma_daily", "ghcn_daily", "gsod")
POSSIBLE = {
    "lon": (-180, 540), "lat": (-90, 90), "elevation_m": (-500, 9000),
    "temperature_degc": (-90, 60), "precipitation_mm": (0, 9300),
}  # fmt: skip


def prepare(folder):
    """The grid and outlines of a study, the script, and a sound file of every layout, once."""
    importlib.import_module("clean_stations")
    schema = load.TOP / "workflow/schemas/study.schema.yaml"
    study = load.load_study("guangxi_karst", load.TOP / "config", schema, "data", "results")
    paths = climate_study.make(folder)
    given = {key: str(paths[key]) for key in ("grid", "outlines")}
    return given | {"climate": study["climate"], "rows": {name: _rows(name) for name in LAYOUTS}}


def _rows(layout):
    """A small table of a layout as text, its head first; archives of one station each."""
    sites = climate_study.places(14).round(3)
    if layout == "cma_daily":
        lines = [[row.station, int(row.lat * 100), int(row.lon * 100), int(row.elevation_m * 10),
                  2001, 1, day, 50, 90, 10, 0, 0, 0]
                 for row in sites.itertuples() for day in range(1, 6)]  # fmt: skip
        return lines
    if layout == "ghcn_daily":
        head = ["STATION", "DATE", "LATITUDE", "LONGITUDE", "ELEVATION", "NAME", "TAVG",
                "TAVG_ATTRIBUTES", "PRCP", "PRCP_ATTRIBUTES"]  # fmt: skip
        return [head, *[["CHM00053600", f"2001-01-{day:02d}", 36.5, 104.0, 1500.0, "X", 50 + day,
                         '"H,,S"', day, '",,S"'] for day in range(1, 29)]]  # fmt: skip
    if layout == "gsod":
        head = ["STATION", "DATE", "LATITUDE", "LONGITUDE", "ELEVATION", "NAME", "TEMP",
                "TEMP_ATTRIBUTES", "PRCP", "PRCP_ATTRIBUTES", "FRSHTT"]  # fmt: skip
        return [head, *[["53600099999", f"2001-01-{day:02d}", 36.5, 104.0, 1500.0, "X", 40.5, 8,
                         0.01 * day, "G", "000000"] for day in range(1, 29)]]  # fmt: skip
    column = "month" if layout == "normals" else "date"
    head = ["station", "lon", "lat", "elevation_m", column, "temperature_degc", "precipitation_mm"]
    dates = {
        "monthly": [f"2001-{month:02d}" for month in range(1, 13)],
        "daily": [f"2001-01-{day:02d}" for day in range(1, 11)],
        "normals": range(1, 13),
    }[layout]
    found = [
        [row.station, row.lon, row.lat, row.elevation_m, date, round(5 + n / 3, 1), 20 + n * 2.5]
        for row in sites.itertuples()
        for n, date in enumerate(dates)
    ]  # fmt: skip
    return [head, *found]


def mutated(folder, chance, world):
    """Write station records, and damage a file of them."""
    layout = chance.choice(LAYOUTS)
    rows = world["rows"][layout]
    if layout in ("monthly", "daily", "normals"):
        path = named = folder / "stations.csv"
        text = table_changed(rows, chance)
    else:
        named = folder / "records"
        places = {
            "cma_daily": ["SURF_CLI_CHN_MUL_DAY-TEM-12001-200101.TXT",
                          "SURF_CLI_CHN_MUL_DAY-PRE-13011-200101.TXT"],
            "ghcn_daily": ["CHM00053600.csv"],
            "gsod": ["2001/53600099999.csv"],
        }[layout]  # fmt: skip
        path = named / chance.choice(places)
        for name in places:
            (named / name).parent.mkdir(parents=True, exist_ok=True)
            (named / name).write_text(_joined(layout, rows), encoding="utf-8")
        text = table_changed(rows, chance)
        text = text.replace(",", " ") if layout == "cma_daily" else text
    content = encoded(text, chance)
    path.write_bytes(content)
    return layout, named


def _joined(layout, rows):
    separator = " " if layout == "cma_daily" else ","
    return "\n".join(separator.join(map(str, row)) for row in rows) + "\n"


def read(layout, path, folder, world):
    """Give station records to the script that cleans them; return what is left."""
    climate, tidy = world["climate"], layout in ("monthly", "daily", "normals")
    settings = climate | {
        "stations_path": str(path),
        "station_format": "tidy" if tidy else layout,
        "time_step": layout if tidy else "daily",
        "variables": ["temperature", "precipitation"],
        "years": [2001],
        "buffer_km": 300,
        "min_stations": 1,
        "simulated": False,
    }
    inputs = {"area": world["outlines"], "grid": world["grid"]}
    names = {"records": "parquet", "sites": "csv", "defects": "csv", "definitions": "csv"}
    outputs = {name: folder / f"{name}.{suffix}" for name, suffix in names.items()}
    importlib.import_module("clean_stations").clean_stations(inputs, outputs, settings)
    records = pd.read_parquet(outputs["records"])
    for name, (low, high) in POSSIBLE.items():
        values = records[name].to_numpy(float)
        values = values[np.isfinite(values)]
        if values.size and not low <= values.min() <= values.max() <= high:
            raise Impossible(f"{name} {values.min():g} to {values.max():g}")
    return [records.select_dtypes("number").to_numpy(float)]


STATIONS = Kind("station files", prepare, mutated, read, 60)
