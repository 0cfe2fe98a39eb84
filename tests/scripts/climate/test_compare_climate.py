"""Two annual cubes to their difference."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from compare_climate import compare_climate
from nepflow.io import raster


def test_difference_and_agreement(tmp_path):
    paths = climate_study.make(tmp_path, simulated=True)
    grid = raster.grid_of(paths["grid"])
    rng = np.random.default_rng(1)
    stations = rng.normal(10, 3, (2, grid.height, grid.width))
    grids = stations * 1.1 + rng.normal(0.5, 1, stations.shape)
    stations[:, 3, 3], grids[:, 9, 9] = np.nan, np.nan
    files = [tmp_path / "stations.tif", tmp_path / "grids.tif"]
    for file, values in zip(files, (stations, grids), strict=True):
        output = raster.Output(file, "degC", "air temperature", ("2001", "2002"))
        raster.write(values, output, grid, inherit=[paths["grid"]])
    compare_climate(
        *files, tmp_path / "d.tif", tmp_path / "c.csv", "temperature", mem_mb=0.2, simulated=True
    )
    table = pd.read_csv(tmp_path / "c.csv").set_index(["year", "quantity"])["value"]
    both = np.isfinite(stations) & np.isfinite(grids)
    a, b = stations[both].astype("float32"), grids[both].astype("float32")
    assert table["all", "mean_difference"] == pytest.approx((b - a).mean(), rel=1e-6)
    assert table["all", "rms_difference"] == pytest.approx(np.sqrt(((b - a) ** 2).mean()), rel=1e-5)
    assert table["all", "correlation"] == pytest.approx(np.corrcoef(a, b)[0, 1], rel=1e-6)
    assert table["2001", "cells"] == both[0].sum()
    difference = raster.read(tmp_path / "d.tif")
    np.testing.assert_allclose(difference, (grids - stations).mean(axis=0), atol=1e-5)
    assert raster.tags_of(tmp_path / "d.tif")["simulated"]
