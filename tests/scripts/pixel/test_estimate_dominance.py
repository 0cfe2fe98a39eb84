"""Dominant drivers from rasters of a few cells."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from estimate_dominance import estimate_dominance
from nepflow.io import raster
from nepflow.pixel import correlation
from summarise_dominance import summarise_dominance

GRID = raster.Grid(pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 3000), 3, 4)
YEARS = list(range(2000, 2015))


def test_layers_and_table(tmp_path):
    rng = np.random.default_rng(1)
    cubes = rng.normal(size=(4, 15, 3, 4))
    cubes[0] += 2 * cubes[1]
    cubes[0, :10, 2, 3] = np.nan
    paths = []
    for name, cube in zip(("nep", "temperature", "precipitation", "radiation"), cubes, strict=True):
        paths.append(str(tmp_path / f"{name}.tif"))
        raster.write(cube, raster.Output(paths[-1], "1", name, tuple(map(str, YEARS))), GRID)
    grid = raster.Output(str(tmp_path / "grid.tif"), "1", "area", dtype="uint8")
    inside = np.ones((3, 4))
    inside[0, 0] = np.nan
    raster.write(inside, grid, GRID)
    drivers = dict(zip(("temperature", "precipitation", "radiation"), paths[1:], strict=True))
    names = ("multiple_r2", "multiple_p", "dominant_class")
    outputs = {name: str(tmp_path / f"{name}.tif") for name in names}
    options = {"detrend": False, "significance_p": 0.05}
    estimate_dominance(paths[:1], drivers, outputs, YEARS, 8, options, 100, 1)
    cubes = cubes.astype("float32").astype("float64")
    given = cubes[0], list(cubes[1:]), np.array(YEARS), 8
    _, partial, r2, p = correlation.correlations(*given)
    assert raster.read(outputs["multiple_r2"]) == pytest.approx(r2, rel=1e-6, nan_ok=True)
    assert raster.read(outputs["multiple_p"]) == pytest.approx(p, rel=1e-5, nan_ok=True)
    wanted = correlation.dominant_class(p, partial, 0.05)
    found = raster.read(outputs["dominant_class"])
    assert np.array_equal(found, wanted, equal_nan=True)
    assert np.isnan(found[2, 3])
    assert len(raster.classes_of(outputs["dominant_class"])) == 9
    table = str(tmp_path / "multiple.csv")
    shared_inputs = {"temperature": "same layer", "precipitation": "no", "radiation": "own source"}
    reasons = raster.Output(str(tmp_path / "missing_reason.tif"), "1", "why", dtype="uint8")
    raster.write(np.full((3, 4), 3.0), reasons, GRID)
    given = {"r2": outputs["multiple_r2"], "p": outputs["multiple_p"]}
    given |= {"missing_reason": reasons.path, "grid": grid.path}
    settings = {"shared_inputs": shared_inputs, "level": 0.05, "simulated": False}
    summarise_dominance(given, {"table": table}, "nep", settings, 100)
    found = pd.read_csv(table).set_index("quantity")
    known = np.isfinite(r2) & (inside == 1)
    assert found["value"]["cells"] == known.sum() == 10
    assert found["value"]["mean_r_squared"] == pytest.approx(r2[known].mean(), rel=1e-6)
    assert found["value"]["significant_share"] == pytest.approx(100 * (p[known] < 0.05).mean())
    assert set(found["shared_inputs"]) == {"temperature: same layer; radiation: own source"}
