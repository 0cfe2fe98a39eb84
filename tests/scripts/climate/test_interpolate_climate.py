"""Fitted surfaces to the annual cube."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from define_evaluation import define_evaluation
from interpolate_climate import interpolate_climate
from nepflow.io import raster
from test_fit_climate import fitted


def cube_of(folder, variable, time_step="monthly", mem_mb=100, threads=1, **choices):
    paths, (fit, _) = fitted(folder, variable, time_step)
    cube, table = folder / f"{variable}.tif", folder / "floored.csv"
    evaluate(paths, fit, cube, table, mem_mb, threads, **choices)
    return paths, cube, table


def evaluate(
    paths, fit, cube, table, mem_mb=100, threads=1,
    evaluator="exact", tolerance=0.01, bias_correction="none",
):  # fmt: skip
    evaluation = cube.with_name("evaluation.csv")
    define_evaluation(
        fit,
        paths["dem"],
        paths["grid"],
        evaluation,
        evaluator,
        tolerance,
        bias_correction,
        mem_mb,
        simulated=False,
    )
    interpolate_climate(
        fit, evaluation, paths["dem"], paths["grid"], cube, table, climate_study.YEARS,
        bias_correction, mem_mb, threads, simulated=False,
    )  # fmt: skip


def true_months(paths):
    """Planted monthly values of every cell, (12, y, x), of temperature and precipitation."""
    x, y = raster.grid_of(paths["grid"]).xy(0, 20)
    elevation = raster.read(paths["dem"])
    months = [climate_study.of_plane(x, y, elevation, month) for month in range(1, 13)]
    return np.moveaxis(np.array(months), 1, 0)


@pytest.mark.parametrize("time_step", ["monthly", "normals"])
@pytest.mark.parametrize("variable", ["temperature", "precipitation"])
def test_planted_climate_is_found(tmp_path, variable, time_step):
    paths, path, _ = cube_of(tmp_path, variable, time_step)
    temperature, rain = true_months(paths)
    truth = temperature.mean(axis=0) if variable == "temperature" else rain.sum(axis=0)
    assert raster.years_of(path) == climate_study.YEARS
    inside = raster.read(paths["grid"]) == 1
    for band in (1, 2):
        found = raster.read(path, band)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(truth) | ~inside)
        known = ~np.isnan(found)
        np.testing.assert_allclose(found[known], truth[known], rtol=1e-5)
    tags = raster.tags_of(path)
    assert tags["unit"] == ("degC" if variable == "temperature" else "mm yr-1")
    assert ("normals" in tags["climate_source"]) == (time_step == "normals")


def test_blocks_and_threads_change_no_bit(tmp_path):
    _, whole, _ = cube_of(tmp_path / "a", "precipitation")
    _, parts, _ = cube_of(tmp_path / "b", "precipitation", mem_mb=0.01, threads=2)
    for band in (1, 2):
        np.testing.assert_array_equal(raster.read(whole, band), raster.read(parts, band))


def test_share_of_floored_values(tmp_path):
    paths, (fit, _) = fitted(tmp_path, "precipitation")
    elevation = raster.read(paths["dem"])
    elevation[7, 7] = -20_000  # the planted root is 4 - 10 + ... below 0 in every month
    raster.write(
        elevation, raster.Output(paths["dem"], "m", "elevation"), raster.grid_of(paths["dem"])
    )
    cube, table = tmp_path / "rain.tif", tmp_path / "floored.csv"
    evaluate(paths, fit, cube, table)
    row = pd.read_csv(table).iloc[0]
    # 20 x 25 cells inside, one of them without elevation
    assert row["value"] == pytest.approx(100 / 499, rel=1e-9)
    assert (row["quantity"], row["unit"]) == ("floored_at_0_share", "% of cells and months")
    assert raster.read(cube)[7, 7] == 0


@pytest.mark.parametrize("variable", ["temperature", "precipitation"])
def test_coarse_evaluator_keeps_its_tolerance(tmp_path, variable):
    smooth = {"smoothing": "fixed_signal", "smoothing_value": 6.0}
    paths, (fit, _) = fitted(tmp_path, variable, noise=0.3, **smooth)
    cubes = [tmp_path / "exact.tif", tmp_path / "coarse.tif"]
    evaluate(paths, fit, cubes[0], tmp_path / "a.csv")
    evaluate(paths, fit, cubes[1], tmp_path / "b.csv", evaluator="coarse", tolerance=0.5)
    table = pd.read_csv(tmp_path / "evaluation.csv").set_index("quantity")["value"]
    assert table["step"] >= 2
    assert table["bound"] <= table["tolerance"] == 0.5
    assert table["bound"] == table[f"bound_at_{table['step']:.0f}_cells"]
    months = 1 if variable == "temperature" else 12
    error = np.nanmax(np.abs(raster.read(cubes[0]) - raster.read(cubes[1])))
    assert 0 < error <= months * table["bound"] + 1e-3  # float32


@pytest.mark.parametrize("model", ["covariate", "trivariate"])
def test_corrected_rain_in_any_blocks(tmp_path, model):
    paths, (fit, _) = fitted(tmp_path, "precipitation", noise=0.5, model=model)
    cubes = [tmp_path / f"{name}.tif" for name in ("plain", "whole", "parts")]
    evaluate(paths, fit, cubes[0], tmp_path / "a.csv")
    corrected = {"bias_correction": "surface"}
    evaluate(paths, fit, cubes[1], tmp_path / "b.csv", **corrected)
    evaluate(paths, fit, cubes[2], tmp_path / "c.csv", mem_mb=0.01, threads=2, **corrected)
    plain, whole, parts = map(raster.read, cubes)
    np.testing.assert_array_equal(whole, parts)
    assert np.nanmin(whole - plain) > 0
