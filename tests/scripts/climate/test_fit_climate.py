"""Monthly tables to fitted surfaces."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from aggregate_stations import aggregate_stations
from clean_stations import clean_stations
from fit_climate import fit_climate
from nepflow.climate import surfaces as climate_surfaces
from nepflow.stations.records import BadStations

TRANSFORMATION = {"temperature": "none", "precipitation": "square_root"}

SETTINGS = {
    "method": "absolute",
    "policy": "report",
    "normal_years": 2,
    "ratio_above": 10.0,
    "model": "covariate",
    "exaggeration": 100,
    "order": 2,
    "smoothing": "gcv",
    "smoothing_value": None,
    "smoothing_fallback": "none",
    "common_smoothing": False,
    "max_knots": None,
    "weights_column": None,
    "close_km": 5,
    "block_km": 50,
    "length_scale_km": 100,
    "evaluator": "exact",
    "tolerance": 0.01,
    "bias_correction": "none",
    "years": climate_study.YEARS,
    "simulated": False,
}


def fitted(folder, variable, time_step="monthly", minimum=10, **changes):
    paths = climate_study.make(folder)
    planted = {name: changes.pop(name) for name in ("noise", "value", "height") if name in changes}
    raw = climate_study.monthly_file(folder / "raw.csv", time_step, **planted)
    records, monthly = folder / "records.parquet", folder / "monthly.csv"
    settings = climate_study.clean_settings(time_step) | {"stations_path": raw}
    made = {"sites": folder / "sites.csv", "defects": folder / "defects.csv"}
    made |= {"definitions": folder / "definitions.csv"}
    clean_stations(
        {"area": paths["outlines"], "grid": paths["grid"]}, made | {"records": records}, settings
    )
    made = {"annual": folder / "annual.csv", "completeness": folder / "complete.csv"}
    settings |= {"complete_month_percent": 80}
    aggregate_stations({"records": records}, made | {"monthly": monthly}, settings)
    given = {"monthly": monthly, "weights": raw, "grid": paths["grid"], "dem": paths["dem"]}
    made = {"fit": folder / f"{variable}_fit.npz", "table": folder / f"{variable}_fit.csv"}
    settings = SETTINGS | {"transformation": TRANSFORMATION[variable], "min_stations": minimum}
    minima = {"minima": folder / f"{variable}_minima.csv"}
    fit_climate(given, made | minima, variable, settings | changes, 100)
    return paths, tuple(made.values())


def test_planted_lapse_rate_is_found(tmp_path):
    _, (fit, log) = fitted(tmp_path, "temperature")
    surfaces = climate_surfaces.read(fit)
    assert surfaces.kernel_coefficients.shape == (30, 24)
    assert surfaces.stations[0] == "00000"
    table = pd.read_csv(log)
    assert table.columns.tolist() == ["variable", "year", "month", "quantity", "value", "unit"]
    lapse = table[table["quantity"] == "ELEVATION"]
    np.testing.assert_allclose(lapse["value"], -6.0, atol=1e-6)
    assert set(lapse["unit"]) == {"degC km-1"}
    assert (table[table["quantity"] == "NPTS"]["value"] == 30).all()


def test_normals_have_twelve_surfaces(tmp_path):
    _, (fit, log) = fitted(tmp_path, "temperature", "normals")
    surfaces = climate_surfaces.read(fit)
    assert surfaces.years.tolist() == [0] * 12
    assert surfaces.source == "monthly normals applied to every year"
    assert set(pd.read_csv(log)["year"]) == {"normal"}


def test_too_few_stations(tmp_path):
    with pytest.raises(BadStations, match=r"temperature has 30 stations in 2001-01"):
        fitted(tmp_path, "temperature", minimum=31)
    assert not (tmp_path / "temperature_fit.npz").exists()


def test_trivariate(tmp_path):
    _, (fit, log) = fitted(tmp_path, "temperature", model="trivariate", noise=0.3)
    surfaces = climate_surfaces.read(fit)
    assert surfaces.knots.shape == (30, 3)
    # 1 km of height counts as 100 km, one unit of the coordinates
    np.testing.assert_allclose(surfaces.knots[:, 2], surfaces.position[:, 2] / 1000)
    assert surfaces.polynomial_coefficients.shape == (4, 24)
    assert "ELEVATION" not in set(pd.read_csv(log)["quantity"])


@pytest.mark.parametrize(
    ("smoothing", "value", "quantity"),
    [("fixed_rho", 0.5, "RHO"), ("fixed_signal", 9.0, "SIGNAL")],
)
def test_wanted_smoothing(tmp_path, smoothing, value, quantity):
    _, (_, log) = fitted(
        tmp_path, "temperature", smoothing=smoothing, smoothing_value=value, noise=0.3
    )
    table = pd.read_csv(log)
    np.testing.assert_allclose(table[table["quantity"] == quantity]["value"], value, rtol=1e-8)


def test_one_parameter_for_all_surfaces(tmp_path):
    _, (fit, _) = fitted(tmp_path, "temperature", common_smoothing=True, noise=0.3)
    assert np.unique(climate_surfaces.read(fit).smoothing).size == 1


def test_weights_of_the_station_file(tmp_path):
    _, (fit, _) = fitted(tmp_path, "temperature", weights_column="elevation_m", noise=0.3)
    surfaces = climate_surfaces.read(fit)
    heights = surfaces.position[:, 2]
    np.testing.assert_allclose(surfaces.weights, heights / heights.mean())
    with pytest.raises(BadStations, match="weights_column"):
        fitted(tmp_path / "b", "temperature", weights_column="absent")


def test_logarithm_of_a_dry_month(tmp_path):
    with pytest.raises(ValueError, match=r"climate\.transformation"):
        fitted(tmp_path, "temperature", transformation="log")


def test_departures_stand_behind_their_climatology(tmp_path):
    _, (fit, log) = fitted(tmp_path, "precipitation", method="anomaly", noise=0.3)
    surfaces = climate_surfaces.read(fit)
    assert surfaces.departure == "ratio" and surfaces.amount == 10.0
    assert surfaces.years.tolist() == [0] * 12 + [2001] * 12 + [2002] * 12
    table = pd.read_csv(log)
    units = table[table["quantity"] == "GCV"].groupby("year")["unit"].first()
    assert units["normal"] == "(square_root of mm month-1)2" and units["2001"] == "(1)2"
    errors = table[table["quantity"] == "RMSE_LOO"]
    assert set(errors["unit"]) == {"mm month-1"} and np.isfinite(errors["value"]).all()


def test_normals_need_years(tmp_path):
    with pytest.raises(BadStations, match=r"climate\.climatology\.min_years"):
        fitted(tmp_path, "temperature", method="anomaly", normal_years=3)
