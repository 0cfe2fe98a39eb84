"""Areas of classes close to the area, with what is masked by reason."""

import csv

import numpy as np
import pyproj
import pytest
from affine import Affine
from control_discoveries import control_discoveries
from nepflow import modis, raster
from scipy import stats
from summarise_classes import summarise_classes

CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 40000), 40, 50)


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_shares_close_twice(tmp_path):
    rng = np.random.default_rng(0)
    shape = GRID.height, GRID.width
    inside = (rng.random(shape) < 0.8).astype("float64")
    classes = np.where(inside == 1, rng.integers(0, 3, shape), 0).astype("float64")
    reason = np.where(classes == 0, rng.choice([0, 2, 3], shape), 0).astype("float64")
    for name, values, names in (
        ("grid", inside, {1: "inside"}),
        ("classes", classes, {1: "a", 2: "b"}),
        ("absence", reason, modis.ABSENCE),
    ):
        output = raster.Output(tmp_path / f"{name}.tif", "1", name, dtype="uint8", classes=names)
        raster.write(values, output, GRID)
    paths = [str(tmp_path / f"{name}.tif") for name in ("classes", "absence", "grid")]
    summarise_classes(*paths, tmp_path / "table.csv", mem_mb=1)
    table = {row["class"]: row for row in rows(tmp_path / "table.csv")}
    assert list(table) == ["a", "b", "statistic not defined", "water", "barren", "all"]
    areas = {name: float(row["area_km2"]) for name, row in table.items()}
    whole = areas.pop("all")
    assert whole == inside.sum() and sum(areas.values()) == pytest.approx(whole)
    assert areas["a"] == (classes == 1).sum()
    assert areas["barren"] == ((inside == 1) & (classes == 0) & (reason == 3)).sum()
    shares = [float(table[name]["share_of_area_percent"]) for name in areas]
    assert sum(shares) == pytest.approx(100, abs=1e-6)
    classified = [float(table[name]["share_of_classified_percent"]) for name in ("a", "b")]
    assert sum(classified) == pytest.approx(100, abs=1e-6)


def test_discoveries_equal_scipy_over_the_whole_layer(tmp_path):
    rng = np.random.default_rng(1)
    p = np.where(rng.random((40, 50)) < 0.2, rng.beta(0.1, 20, (40, 50)), rng.random((40, 50)))
    p[rng.random((40, 50)) < 0.1] = np.nan
    raster.write(p, raster.Output(tmp_path / "p.tif", "1", "p"), GRID)
    outputs = [str(tmp_path / "fdr.tif"), tmp_path / "fdr.csv"]
    control_discoveries(str(tmp_path / "p.tif"), outputs, ("nep", "test"), 5, 0.05, mem_mb=1)
    stored = raster.read(tmp_path / "p.tif")
    known = ~np.isnan(stored)
    expected = stats.false_discovery_control(stored[known]) <= 0.05
    found = raster.read(outputs[0])
    assert np.array_equal(found[known] == 1, expected) and 0 < expected.sum() < known.sum()
    assert np.isnan(found[~known]).all()
