"""Fitted surfaces to the annual cube."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from interpolate_climate import interpolate_climate
from nepflow.climate import coarse
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import bands, raster
from test_fit_climate import fitted


def cube_of(folder, variable, time_step="monthly", mem_mb=100, threads=1, **choices):
    paths, (fit, _) = fitted(folder, variable, time_step)
    cube, table = folder / f"{variable}.tif", folder / "floored.csv"
    evaluate(paths, fit, cube, table, mem_mb, threads, **choices)
    return paths, cube, table


def evaluate(paths, fit, cube, table, mem_mb=100, threads=1, bias_correction="none"):
    settings = {"years": climate_study.YEARS, "bias_correction": bias_correction}
    settings |= {"simulated": False}
    made = {"cube": cube, "table": table}
    interpolate_climate(paths | {"fit": fit}, made, settings, mem_mb, threads)


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
    cubes = [tmp_path / name / "cube.tif" for name in ("exact", "coarse")]
    for cube, evaluator in zip(cubes, ("exact", "coarse"), strict=True):
        chosen = smooth | {"evaluator": evaluator, "tolerance": 0.5}
        paths, (fit, _) = fitted(cube.parent, variable, noise=0.3, **chosen)
        evaluate(paths, fit, cube, cube.with_name("floored.csv"))
    surfaces = climate_surfaces.read(fit)
    assert surfaces.step >= 2 and 0 < surfaces.bound <= 0.5
    grid, heights = raster.grid_of(paths["grid"]), raster.read(paths["dem"])
    heights = heights[(raster.read(paths["grid"]) == 1) & np.isfinite(heights)]
    bounds = coarse.bounds(surfaces, grid, (heights.min(), heights.max()))
    assert (surfaces.step, surfaces.bound) == (coarse.coarsest(bounds, 0.5), bounds[surfaces.step])
    assert f"on nodes {surfaces.step} cells apart" in raster.tags_of(cubes[1])["evaluation"]
    assert "evaluation" not in raster.tags_of(cubes[0])
    months = 1 if variable == "temperature" else 12
    error = np.nanmax(np.abs(raster.read(cubes[0]) - raster.read(cubes[1])))
    assert 0 < error <= months * surfaces.bound + 1e-3  # float32


def test_bands_of_coarse_surfaces_are_the_whole(tmp_path):
    """The nodes come with the fit: a job on a band does not choose its own."""
    chosen = {"smoothing": "fixed_signal", "smoothing_value": 6.0, "evaluator": "coarse"}
    paths, (fit, _) = fitted(tmp_path, "precipitation", noise=0.3, tolerance=0.5, **chosen)
    cubes = [tmp_path / f"{name}.tif" for name in ("whole", "north", "south")]
    for cube, band in zip(cubes, ("", "/bands/1-of-2", "/bands/2-of-2"), strict=True):
        with bands.only(band):
            evaluate(paths, fit, cube, cube.with_suffix(".csv"))
    whole, *parts = map(raster.read, cubes)
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len({raster.tags_of(cube)["evaluation"] for cube in cubes}) == 1


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
