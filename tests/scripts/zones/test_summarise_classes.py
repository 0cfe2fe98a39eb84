"""Areas of classes close to the area, with what is masked by reason."""

import csv

import numpy as np
import pyproj
import pytest
from affine import Affine
from control_false_discoveries import control_false_discoveries
from nepflow.io import raster, tables
from nepflow.pixel import persistence, trend
from nepflow.study import modis, pixel
from scipy import stats
from summarise_classes import summarise_classes

CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 40000), 40, 50)
SETTINGS = {"shared_inputs": None, "criteria": None, "simulated": False}


def summarised(folder, chance=(), **changes):
    """The table of the classes of a folder."""
    given = {name: str(folder / f"{name}.tif") for name in ("classes", "missing_reason", "grid")}
    given["persistence"] = chance
    summarise_classes(given, {"table": folder / "table.csv"}, SETTINGS | changes, 1)
    return rows(folder / "table.csv")


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
        ("missing_reason", reason, modis.MISSING_REASONS),
    ):
        output = raster.Output(tmp_path / f"{name}.tif", "1", name, dtype="uint8", classes=names)
        raster.write(values, output, GRID)
    table = {row["class"]: row for row in summarised(tmp_path)}
    assert list(table) == ["a", "b", "statistic not defined", "water", "barren", "all"]
    areas = {name: float(row["area_km2"]) for name, row in table.items()}
    whole = areas.pop("all")
    assert whole == inside.sum() and sum(areas.values()) == pytest.approx(whole)
    assert areas["a"] == (classes == 1).sum()
    assert areas["barren"] == ((inside == 1) & (classes == 0) & (reason == 3)).sum()
    shares = [float(table[name]["share_of_area_percent"]) for name in areas]
    assert sum(shares) == pytest.approx(100, abs=1e-6)
    assert "shared_inputs" not in table["a"] and "white_noise_percent" not in table["a"]
    marked = summarised(tmp_path, shared_inputs="temperature: same layer")
    assert {row["shared_inputs"] for row in marked} == {"temperature: same layer"}
    classified = [float(table[name]["share_of_classified_percent"]) for name in ("a", "b")]
    assert sum(classified) == pytest.approx(100, abs=1e-6)


def test_discoveries_equal_scipy_over_the_whole_layer(tmp_path):
    rng = np.random.default_rng(1)
    p = np.where(rng.random((40, 50)) < 0.2, rng.beta(0.1, 20, (40, 50)), rng.random((40, 50)))
    p[rng.random((40, 50)) < 0.1] = np.nan
    raster.write(p, raster.Output(tmp_path / "p.tif", "1", "p"), GRID)
    outputs = {"discoveries": str(tmp_path / "fdr.tif"), "table": tmp_path / "fdr.csv"}
    for name, values in (
        ("missing_reason", np.where(np.isnan(p), 3.0, 0)),
        ("grid", np.ones((40, 50))),
    ):
        output = raster.Output(tmp_path / f"{name}.tif", "1", name, dtype="uint8")
        raster.write(values, output, GRID)
    given = {name: str(tmp_path / f"{name}.tif") for name in ("p", "missing_reason", "grid")}
    lag1 = rng.normal(0, 0.2, (40, 50))
    for name, values in (("lag1", lag1), ("valid_years", np.full((40, 50), 25.0))):
        raster.write(values, raster.Output(tmp_path / f"{name}.tif", "1", name), GRID)
    given["lag1"] = [str(tmp_path / f"{name}.tif") for name in ("lag1", "valid_years")]
    settings = {"significance": {"false_discovery_percent": 5, "p": 0.05}, "simulated": False}
    control_false_discoveries(given, outputs, ("nep", "test", "same layer"), settings, mem_mb=1)
    table = rows(outputs["table"])
    assert {row["shared_inputs"] for row in table} == {"same layer"}
    value = {row["quantity"]: float(row["value"]) for row in table}
    above, below = ((side * lag1 > 0.4).mean() for side in (1, -1))  # 2 / sqrt(25)
    assert value["lag-1 autocorrelation above 2 / sqrt(years)"] == pytest.approx(100 * above)
    assert value["lag-1 autocorrelation below -2 / sqrt(years)"] == pytest.approx(100 * below)
    area = {row["quantity"]: float(row["value"]) for row in table if row["unit"] == "km2"}
    assert area["area"] == 2000 and area["masked_barren_area"] == np.isnan(p).sum()
    assert area["valid_area"] + area["masked_barren_area"] == area["area"]
    stored = raster.read(tmp_path / "p.tif")
    known = ~np.isnan(stored)
    expected = stats.false_discovery_control(stored[known]) <= 0.05
    found = raster.read(outputs["discoveries"])
    assert np.array_equal(found[known] == 1, expected) and 0 < expected.sum() < known.sum()
    assert np.isnan(found[~known]).all()


def test_classes_of_persistence_stand_beside_chance(tmp_path):
    shape = GRID.height, GRID.width
    names = persistence.TREND_PERSISTENCE_NAMES
    for name, values, classes in (
        ("grid", np.ones(shape), {1: "inside"}),
        ("classes", np.full(shape, 5.0), names),
        ("missing_reason", np.zeros(shape), modis.MISSING_REASONS),
    ):
        output = raster.Output(tmp_path / f"{name}.tif", "1", name, dtype="uint8", classes=classes)
        raster.write(values, output, GRID)
    chance = [
        ("prefix", True, f"trend_persistence_share{end}", name, 10.0 * code + place, "%")
        for place, end in enumerate(persistence.BESIDE)
        for code, name in names.items()
    ]
    chance.append(("prefix", True, "autoregression", "all", 0.3, "1"))
    chance.append(("blocks", False, "trend_persistence_share_of_white_noise", names[5], 1.0, "%"))
    tables.write(chance, tmp_path / "chance.csv", persistence.COLUMNS)
    table = {row["class"]: row for row in summarised(tmp_path, [tmp_path / "chance.csv"])}
    assert float(table[names[5]]["white_noise_percent"]) == 50
    assert float(table[names[1]]["autoregression_percent"]) == 11
    assert table["all"]["white_noise_percent"] == ""


def test_trend_classes_close_with_the_masked_area_by_reason(tmp_path):
    codes = np.tile([1.0, 5, 9, 0, 0], (40, 10))
    reason = np.tile([0.0, 0, 0, 2, 0], (40, 10))
    inside = np.ones((40, 50))
    inside[:20] = 0
    for name, values in (("classes", codes), ("missing_reason", reason), ("grid", inside)):
        names = trend.CLASS_NAMES if name == "classes" else None
        output = raster.Output(tmp_path / f"{name}.tif", "1", name, dtype="uint8", classes=names)
        raster.write(values, output, GRID)
    cuts = {"slightly_significant_z": 1.64, "significant_z": 1.96, "extremely_significant_z": 2.58}
    criteria = pixel.trend_criteria({"trend": cuts})
    *parts, whole = summarised(tmp_path, criteria=criteria)
    assert whole["class"] == "all" and float(whole["area_km2"]) == 1000
    area = {row["class"]: float(row["area_km2"]) for row in parts}
    assert sum(area.values()) == 1000
    assert area["water"] == 200 and area["statistic not defined"] == 200
    shares = [float(row["share_of_classified_percent"]) for row in parts if row["code"]]
    assert sum(shares) == pytest.approx(100) and len(shares) == 9
    assert sum(float(row["share_of_area_percent"]) for row in parts) == pytest.approx(100)
    assert [row["code"] for row in parts if row["code"]] == [str(c) for c in range(1, 10)]
    said = {row["class"]: (row["slope"], row["z"]) for row in parts}
    assert said["significant decrease"] == ("slope < 0", "1.96 < |Z| <= 2.58")
    assert said["no change"] == ("slope = 0", "any") and said["water"] == ("", "")
