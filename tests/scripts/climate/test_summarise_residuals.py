"""Ranked residuals, suspect values and the readable log of a fit; the figure of it."""

import pandas as pd
import pytest
from draw_figure import draw_figure
from nepflow.climate import diagnostics
from summarise_residuals import summarise_residuals
from test_fit_climate import fitted


def summarised(folder, **changes):
    smooth = {"smoothing": "fixed_signal", "smoothing_value": 7.0}
    paths, (fit, table) = fitted(folder, "temperature", noise=0.3, **smooth, **changes)
    outputs = {
        "residuals": folder / "residuals.parquet",
        "ranked": folder / "ranked.csv",
        "suspects": folder / "suspects.csv",
        "log": folder / "fit.txt",
    }
    given = {"fit": fit, "table": table, "minima": folder / "temperature_minima.csv"}
    settings = {"smoothing": "fixed_signal", "common_smoothing": False, "suspect_limit": 3.0}
    summarise_residuals(given, outputs, settings | {"simulated": False})
    return paths, list(outputs.values())


def test_wrong_value_and_wrong_elevation_come_first(tmp_path):
    _, (_, ranked, suspects, _) = summarised(tmp_path, value=("00012", 8.0), height=("00021", 1500))
    first = pd.read_csv(suspects, dtype={"station": str})
    assert first["station"][0] in ("00012", "00021")
    assert tuple(first.columns) == diagnostics.SUSPECTS
    worst = pd.read_csv(ranked, dtype={"station": str, "nearest_station": str})
    assert worst["station"][0] == "00021"  # wrong in every month
    assert worst["rank"].tolist() == list(range(1, 31))
    wrong = first[first["station"] == "00012"].iloc[0]
    assert (wrong["year"], wrong["month"]) == (2001, 1)
    assert wrong["residual"] == pytest.approx(8, abs=3)


def test_log_and_records(tmp_path):
    _, (records, _, _, log) = summarised(tmp_path)
    table = pd.read_parquet(records)
    assert len(table) == 30 * 24
    text = log.read_text()
    assert "RANKED ROOT MEAN SQUARE RESIDUALS" in text
    assert "temperature (degC)" in text
    assert "2002-12" in text


def test_figure(tmp_path):
    paths, (records, *_) = summarised(tmp_path)
    png, pdf = tmp_path / "r.png", tmp_path / "r.pdf"
    entry = {"quantity": "temperature", "title": "Residuals"}
    files = {"residuals": records, "grid": paths["grid"], "outlines": paths["outlines"]}
    draw_figure("residuals.draw", files, entry, {}, png, pdf)
    assert png.stat().st_size > 10_000
    assert pdf.read_bytes().startswith(b"%PDF")
