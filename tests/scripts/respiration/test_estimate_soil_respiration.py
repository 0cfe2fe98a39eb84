"""Soil carbon to the study grid, and respiration of months on grids by every model."""

import math
from pathlib import Path

import climate_study
import numpy as np
import pandas as pd
import pytest
import rasterio
from estimate_soil_respiration import estimate_soil_respiration
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from nepflow.respiration.soil_carbon import BadCarbon
from rasterio.transform import from_origin
from test_fit_climate import fitted
from test_interpolate_climate import true_months
from warp_soil_carbon import warp_soil_carbon

YEARS = climate_study.YEARS
SETTINGS = {"bias_correction": "none", "simulated": True}
GSMSR = {
    "status": "unconfirmed",
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}
WARMTH = 12 + 10 * np.sin(np.arange(24) * np.pi / 6)
RAIN = 60 + 50 * np.cos(np.arange(24) * np.pi / 6)


def written(path, bands, **changes):
    """Constant bands from 101.5 E, 39 N over the study."""
    profile = {
        "driver": "GTiff",
        "height": 50,
        "width": 60,
        "count": len(bands),
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(101.5, 39, 0.1, 0.1),
        "nodata": -9,
    } | changes
    with rasterio.open(path, "w", **profile) as target:
        for number, value in enumerate(bands, start=1):
            values = np.full((50, 60), value, "float32")
            values[:, :15] = -9
            target.write(values, number)
    return str(path)


def carbon_of(folder, value=40.0, **entry):
    paths = climate_study.make(folder, simulated=True)
    file = written(folder / "soc.tif", [value])
    fixed = {"file": file, "unit": "t C ha-1", "depth_cm": [0, 20], "key": "soil_carbon"} | entry
    outputs = [folder / "native.tif", folder / "carbon.tif"]
    warp_soil_carbon(fixed, paths["grid"], *outputs, mem_mb=50)
    return paths, outputs[1]


def test_carbon_reaches_the_study_grid(tmp_path):
    paths, carbon = carbon_of(tmp_path)
    values, inside = raster.read(carbon), raster.read(paths["grid"]) == 1
    known = np.isfinite(values)
    np.testing.assert_allclose(values[known], 4.0, rtol=1e-6)
    assert known[inside].any() and (~known[inside]).any() and not known[~inside].any()
    tags = raster.tags_of(carbon)
    assert tags["unit"] == "kg C m-2" and tags["source"] == "soc.tif"
    assert tags["simulated"] == "simulated"


def test_carbon_of_another_unit_or_of_two_bands_is_refused(tmp_path):
    with pytest.raises(BadCarbon, match=r"soc.tif.*median is 40 "):
        carbon_of(tmp_path, unit="kg C m-2")
    two = written(tmp_path / "two.tif", [4.0, 5.0])
    with pytest.raises(BadGrid, match="has 2 bands"):
        carbon_of(tmp_path, file=two)


def outputs_in(folder):
    """The files that a model and a relation make."""
    return {
        "respiration": folder / "rh.tif",
        "total": folder / "rs.tif",
        "sensitivity": folder / "sensitivity.tif",
        "table": folder / "table.csv",
    }


def estimated(folder, model, relation, constants=None):
    """Run a model on constant months; return Rh, Rs of the first year and the table."""
    paths, carbon = carbon_of(folder)
    grid = raster.grid_of(paths["grid"])
    annual = [folder / "temperature.tif", folder / "precipitation.tif"]
    values = WARMTH.reshape(2, 12).mean(axis=1), RAIN.reshape(2, 12).sum(axis=1)
    for path, of_years in zip(annual, values, strict=True):
        cube = np.broadcast_to(of_years[:, None, None], (2, 20, 30))
        output = raster.Output(path, "1", "climate", [str(year) for year in YEARS])
        raster.write(cube, output, grid)
    months = [written(folder / "t.tif", WARMTH), written(folder / "p.tif", RAIN)]
    outputs = outputs_in(folder)
    given = paths | {
        "annual": annual,
        "months": months if model != "chen2010" else [],
        "carbon": carbon if model != "raich2002" else [],
    }
    estimate_soil_respiration(
        given, outputs, model, relation, constants or {}, SETTINGS, mem_mb=20, threads=1
    )
    table = pd.read_csv(outputs["table"])
    assert set(table["source"]) == {"simulated"}
    rasters = raster.read(outputs["respiration"]), raster.read(outputs["total"])
    return *rasters, table.set_index("quantity")["value"]


def days_of(year=2001):
    return pd.Series(pd.date_range(f"{year}-01-01", f"{year}-12-01", freq="MS")).dt.days_in_month


def test_gsmsr_by_hand(tmp_path):
    rh, rs, table = estimated(tmp_path, "gsmsr", "bond_lamberty2004", GSMSR)
    total = 0.0
    for t, p, days in zip(WARMTH[:12], RAIN[:12] / 10, days_of(), strict=True):
        q10 = 1.83 * math.exp(-0.006 * t)
        total += (0.588 + 0.472) * q10 ** (t / 10) * (p + 2.972) / (p + 5.657) * days
    np.testing.assert_allclose(rs[np.isfinite(rs)], total, rtol=1e-5)
    np.testing.assert_allclose(
        rh[np.isfinite(rh)], math.exp(1.22 + 0.73 * math.log(total)), rtol=1e-5
    )
    assert table["rh_lowered_to_rs_share"] == 0
    assert table["rs_mean_of_all_cells"] == pytest.approx(total, rel=1e-4)


def test_raich_needs_no_carbon_and_counts_what_is_held(tmp_path):
    rh, rs, table = estimated(tmp_path, "raich2002", "quadratic")
    months = 1.25 * np.exp(0.0545 * WARMTH[:12]) * RAIN[:12] / (RAIN[:12] + 42.59) * days_of()
    np.testing.assert_allclose(rs[np.isfinite(rs)], months.sum(), rtol=1e-5)
    by_hand = np.clip(-0.0009 * months**2 + 0.6011 * months + 4.8874, 0, months).sum()
    np.testing.assert_allclose(rh[np.isfinite(rh)], by_hand, rtol=1e-5)
    assert table["temperature_held_share"] == 0


@pytest.mark.parametrize("relation", ["bond_lamberty2004", "quadratic"])
def test_fitted_months_give_the_same_as_by_hand(tmp_path, relation):
    """Planted surfaces of stations: every cell from its true months; padding is not counted."""
    fits = []
    for variable in ("temperature", "precipitation"):
        paths, (fit, _) = fitted(tmp_path, variable, "monthly")
        fits.append(fit.rename(tmp_path / f"{variable}_fit.npz"))
    grid, annual = raster.grid_of(paths["grid"]), tmp_path / "annual.tif"
    bands = [str(year) for year in YEARS]
    raster.write(np.zeros((2, 20, 30)), raster.Output(annual, "1", "climate", bands), grid)
    outputs = outputs_in(tmp_path)
    given = paths | {"annual": [annual, annual], "months": fits, "carbon": []}
    estimate_soil_respiration(given, outputs, "raich2002", relation, {}, SETTINGS, 100, 1)
    warmth, rain = true_months(paths)
    held = np.clip(warmth, -13.3, 33.5)
    daily = 1.25 * np.exp(0.0545 * held) * rain / (rain + 42.59)
    total = (daily * np.asarray(days_of())[:, None, None]).sum(axis=0)
    rs, rh = raster.read(outputs["total"]), raster.read(outputs["respiration"])
    known = np.isfinite(rs)
    assert known.sum() > 400
    np.testing.assert_allclose(rs[known], total[known], rtol=1e-4)
    assert (rh[known] <= rs[known]).all()
    share = pd.read_csv(outputs["table"]).set_index("quantity")["value"]["temperature_held_share"]
    beyond = (warmth[:, known] < -13.3) | (warmth[:, known] > 33.5)
    assert beyond.any()
    assert share == pytest.approx(100 * beyond.mean(), abs=0.2)


def test_chen_takes_annual_climate(tmp_path):
    _, rs, _ = estimated(tmp_path, "chen2010", "bond_lamberty_thomson2010")
    t, p = WARMTH[:12].mean(), RAIN[:12].sum() / 1000
    by_hand = 1550 * math.exp(0.031 * t) * p / (p + 0.68) * 4 / 6.23
    np.testing.assert_allclose(rs[np.isfinite(rs)], by_hand, rtol=1e-5)
    assert np.isfinite(rs).any() and Path(tmp_path / "rh.tif").exists()
