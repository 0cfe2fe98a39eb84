"""Monthly tables to fitted surfaces."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from aggregate_stations import aggregate_stations
from clean_stations import clean_stations
from fit_climate import fit_climate
from nepflow import fit_file
from nepflow.station_file import BadStations

TRANSFORMATION = {"temperature": "none", "precipitation": "square_root"}

SETTINGS = {
    "model": "covariate",
    "exaggeration": 100,
    "order": 2,
    "smoothing": "gcv",
    "smoothing_value": None,
    "common_smoothing": False,
    "weights_column": None,
    "close_km": 5,
    "block_km": 50,
    "length_scale_km": 100,
}


def fitted(folder, variable, time_step="monthly", minimum=10, **changes):
    paths = climate_study.make(folder)
    raw = climate_study.monthly_file(folder / "raw.csv", time_step)
    records, monthly = folder / "records.parquet", folder / "monthly.csv"
    settings = climate_study.clean_settings(time_step)
    clean_stations(
        raw, paths["outlines"], paths["grid"], records, folder / "defects.csv", **settings
    )
    aggregate_stations(
        records, paths["grid"], monthly, folder / "annual.csv", folder / "complete.csv",
        settings["variables"], settings["years"], time_step, 80,
    )  # fmt: skip
    outputs = folder / f"{variable}_fit.npz", folder / f"{variable}_fit.csv"
    fit_climate(
        monthly, paths["grid"], raw, *outputs, folder / f"{variable}_minima.csv", variable,
        climate_study.YEARS, minimum_stations=minimum, transformation=TRANSFORMATION[variable],
        **(SETTINGS | changes),
    )  # fmt: skip
    return paths, outputs


def test_planted_lapse_rate_is_found(tmp_path):
    _, (fit, log) = fitted(tmp_path, "temperature")
    surfaces = fit_file.read(fit)
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
    surfaces = fit_file.read(fit)
    assert surfaces.years.tolist() == [0] * 12
    assert surfaces.source == "monthly normals applied to every year"
    assert set(pd.read_csv(log)["year"]) == {"normal"}


def test_too_few_stations(tmp_path):
    with pytest.raises(BadStations, match=r"temperature has 30 stations in 2001-01"):
        fitted(tmp_path, "temperature", minimum=31)
    assert not (tmp_path / "temperature_fit.npz").exists()
