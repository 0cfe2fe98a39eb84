"""The effect of land-use change beside a truth: equal where the study saw the truth itself."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from average_landcover import average_landcover
from average_periods import average_periods
from compare_land_use import compare_land_use
from nepflow.io import raster
from summarise_land_use import summarise_land_use

GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(), Affine(2000, 0, 0, 0, -2000, 40_000), 20, 24
)
CLASSES = [
    {"name": "forest", "codes": [2, 8]},
    {"name": "grass", "codes": [10]},
    {"name": "water", "codes": [17]},
]
YEARS = list(range(2001, 2007))
PERIODS = [[2001, 2002, 2003], [2004, 2005, 2006]]
OPTIONS = {
    "min_data_percent": 10,
    "absent_density": "separate",
    "neighbourhood_km": 10,
    "min_stable_cells": 3,
}


def written(folder, name, values, unit="g C m-2 yr-1", **options):
    path = str(folder / f"{name}.tif")
    raster.write(values, raster.Output(path, unit, name, **options), GRID)
    return path


@pytest.fixture
def world(tmp_path):
    """Forest of which some is cleared in 2004, half of it into woody savanna: still forest."""
    rng = np.random.default_rng(4)
    before = np.where(rng.random((20, 24)) < 0.7, 2.0, 10.0)
    before[0] = 17
    cleared = (before == 2) & (rng.random(before.shape) < 0.3)
    after = np.where(cleared, np.where(rng.random(before.shape) < 0.5, 8.0, 10.0), before)
    codes = np.stack([before] * 3 + [after] * 3)
    unchanged = rng.normal(300, 30, codes.shape) + np.where(before == 2, 150, 0)
    effect = np.where(cleared, -80.0, 0.0) * np.array([0, 0, 0, 1, 1, 1])[:, None, None]
    effect[:, 0] = np.nan
    bands = {"bands": tuple(map(str, YEARS))}
    inside = np.ones((20, 24))
    inside[:, :2] = np.nan
    grid = raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8", classes={1: "inside"})
    raster.write(inside, grid, GRID)
    named = {"dtype": "uint8", "classes": dict.fromkeys(range(1, 18), "a class")}
    return {
        "folder": tmp_path,
        "grid": str(tmp_path / "grid.tif"),
        "variable": written(tmp_path, "nep", unchanged + effect, **bands),
        "effect": written(tmp_path, "effect", effect, **bands),
        "landcover": written(tmp_path, "landcover", codes, "1", **bands, **named),
        "codes": codes,
        "cleared": cleared & (inside == 1),
        "after": after,
    }


def found_by_a_study(world):
    """The tables of a study whose rasters are the truth."""
    folder, number = world["folder"], np.zeros(256)
    for place, entry in enumerate(CLASSES, start=1):
        number[entry["codes"]] = place
    names = {k: entry["name"] for k, entry in enumerate(CLASSES, start=1)}
    colours = dict.fromkeys(names, "#123456")
    named = {"dtype": "uint8", "classes": names, "colours": colours}
    maps = [
        written(folder, f"map{year}", number[codes.astype(int)], "1", **named)
        for year, codes in zip(YEARS, world["codes"], strict=True)
    ]
    means = [str(folder / f"{span}.tif") for span in ("first", "last")]
    average_periods([world["variable"]], means, YEARS, PERIODS, 2, 100)
    commonest = [str(folder / f"class_{span}.tif") for span in ("first", "last")]
    for path, some in zip(commonest, (maps[:3], maps[3:]), strict=True):
        average_landcover(some, path, [2001, 2003], 100)
    tables = {name: str(folder / f"{name}.csv") for name in ("effects", "densities")}
    summarise_land_use(
        means, commonest, world["grid"], tables, ("nep", "two periods"), OPTIONS, simulated=True
    )
    return tables["effects"]


def test_what_sees_the_truth_recovers_it(world):
    path = str(world["folder"] / "recovery.csv")
    given = world | {"effects": found_by_a_study(world)}
    settings = {"periods": PERIODS, "classes": CLASSES, "options": OPTIONS}
    compare_land_use(given, {"table": path}, "nep", settings, 100)
    table = pd.read_csv(path)
    assert set(table["source"]) == {"simulated"}
    found = table.set_index(["transitions", "quantity"])["value"]
    same = (
        "area",
        "area_effect",
        "density_effect",
        "interaction_effect",
        "total_effect",
        "observed_change",
    )
    for of in ("changed", "unchanged", "all"):
        for name in same:
            seen = found[of, f"recovered_{name}"]
            assert seen == pytest.approx(found[of, f"true_{name}"], rel=1e-5, abs=1e-9), name
    gone = world["cleared"] & (world["after"] == 10)
    kept = world["cleared"] & (world["after"] == 8)
    assert gone.sum() > 20 and kept.sum() > 20
    # 4 km2 a cell and -80 g C m-2
    assert found["changed", "true_area"] == pytest.approx(4 * gone.sum())
    assert found["changed", "true_planted_effect"] == pytest.approx(-320e-6 * gone.sum())
    assert found["unchanged", "true_planted_effect"] == pytest.approx(-320e-6 * kept.sum())
    assert found["changed", "true_mean_change_beyond_stable"] == pytest.approx(-80, rel=1e-5)
    # 30 of noise in each of about six neighbours and of three years: 15 of a cell
    error = 25 / np.sqrt(gone.sum()) * 3
    assert found["changed", "recovered_mean_change_beyond_stable"] == pytest.approx(-80, abs=error)
