"""Tables of field data, damaged: plots, sites, and the numbers of projects."""

import importlib

import climate_study
import numpy as np
import rasterio
from affine import Affine
from damage import encoded, table_changed
from fuzzing import Impossible, Kind
from nepflow.evaluation import field_data

ROWS = {
    "plots": [
        ["Record_number", "Longitude", "Latitude", "Ecosystem_type", "Manipulation", "MAT", "MAP",
         "Rs_annual", "Rh_annual"],
        *[[n, 100 + n / 2, 30 + n / 4, "Forest", "None", 8.5 + n / 10, 600 + n, 700 + n, 400 + n]
          for n in range(8)],
    ],
    "sites": [
        ["site", "lon", "lat", "nep", "class", "first_year", "last_year"],
        *[[f"S{n}", 100 + n / 2, 30 + n / 4, 120 + 9 * n, "forest", 2003, 2003 + n]
          for n in range(8)],
    ],
    "projects": [
        ["number", "project", "measure", "start_year"],
        *[[n, f"p{n}", "planting" if n % 2 else "fencing", 2001 + n] for n in range(1, 7)],
    ],
}  # fmt: skip
# of what a reader gives back
POSSIBLE = {
    "temperature": (-40, 45), "precipitation": (0, 12_500), "rs": (0, 8000), "rh": (0, 8000),
    "nep": (-2500, 2500), "first_year": (1900, 2100), "last_year": (1900, 2100),
}  # fmt: skip


def prepare(folder):
    """A raster of numbers of projects, and the script, once."""
    importlib.import_module("define_projects")
    path, numbers = folder / "numbers.tif", np.random.default_rng(1).integers(0, 7, (1, 24, 30))
    profile = {"crs": "EPSG:4326", "transform": Affine(0.2, 0, 102, 0, -0.2, 39), "dtype": "int16"}
    with rasterio.open(path, "w", "GTiff", count=1, height=24, width=30, **profile) as file:
        file.write(numbers.astype("int16"))
    return {"grid": climate_study.make(folder)["grid"], "numbers": str(path)}


def mutated(folder, chance, world):
    """Write one damaged table."""
    kind, path = chance.choice(sorted(ROWS)), folder / "table.csv"
    path.write_bytes(encoded(table_changed(ROWS[kind], chance), chance))
    return kind, path


def read(kind, path, folder, world):
    """Give a table to its reader; return its numbers."""
    if kind == "plots":
        table = field_data.read_plots(str(path), True, [70, 15, 140, 55], 5.0)
    elif kind == "sites":
        entry = {"file": str(path), "unit": "g C m-2 yr-1", "sign": "uptake_positive"}
        table = field_data.read_sites(entry)
    else:
        outputs = {name: folder / f"{name}.tif" for name in ("number", "distance")}
        outputs["table"] = folder / "table_made.csv"
        define = importlib.import_module("define_projects").define_projects
        define(world["numbers"], {}, world["grid"], outputs, False, numbers_path=str(path))
        return []
    for name, (low, high) in POSSIBLE.items():
        values = table[name].dropna() if name in table else []
        wrong = [value for value in values if np.isfinite(value) and not low <= value <= high]
        if wrong:
            raise Impossible(f"{name} {wrong[0]}")
    return [table.select_dtypes("number").to_numpy(float)]


TABLES = Kind("tables", prepare, mutated, read, 60)
