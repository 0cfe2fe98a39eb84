"""Checked daily records to records without gaps."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from fill_stations import fill_stations
from test_check_stations import VARIABLES, at, daily_records

KRIGING = {"model": "exponential", "lags": 8, "max_gap_days": 31}


def run(folder, records, fill="kriging", time_step="daily", simulated=False, **kriging):
    paths = climate_study.make(folder, simulated)
    given = {"records": folder / "checked.parquet", "grid": paths["grid"]}
    records.to_parquet(given["records"])
    tables = {name: folder / f"{name}.csv" for name in ("variograms", "errors", "quality")}
    filled = folder / "filled.parquet"
    settings = {
        "variables": VARIABLES,
        "years": [2001],
        "time_step": time_step,
        "gap_filling": fill,
        "kriging": KRIGING | kriging,
        "min_stations": 10,
        "simulated": simulated,
    }
    fill_stations(given, tables | {"records": filled}, settings)
    return pd.read_parquet(filled), *(
        pd.read_csv(path, dtype={"station": str}) for path in tables.values()
    )


def with_gaps():
    """One rejected value, one absent row, a gap of 40 days, and station 00004 from July."""
    records = daily_records()
    row = at(records, "00003", 3, 9)
    truth = records.loc[row, "temperature_degc"]
    records.loc[row, "temperature_degc"] = np.nan
    records.loc[row, "temperature_flag"] = "spatial"
    gap = at(records, "00009", 2, 1)
    records.loc[gap : gap + 39, "radiation_mj_m2"] = np.nan
    records.loc[gap : gap + 39, "radiation_flag"] = "missing"
    return records.drop(index=at(records, "00007", 5, 5)).reset_index(drop=True), truth


def test_gaps_are_filled_and_counted(tmp_path):
    records, truth = with_gaps()
    filled, variograms, errors, quality = run(tmp_path, records)
    value = filled.loc[at(filled, "00003", 3, 9)]
    assert value["temperature_degc"] == pytest.approx(truth, abs=3)
    assert value["temperature_flag"] == "spatial"
    absent = filled.loc[at(filled, "00007", 5, 5)]
    assert absent[["temperature_degc", "precipitation_mm", "radiation_mj_m2"]].notna().all()
    assert (absent[["temperature_flag", "precipitation_flag"]] == "missing").all()
    assert filled["radiation_mj_m2"].isna().sum() == 40
    assert filled.loc[filled["station"] == "00004", "month"].min() == 7
    known = records.dropna(subset="temperature_degc")
    merged = known.merge(filled, on=["station", "month", "day"])
    assert (merged["temperature_degc_x"] == merged["temperature_degc_y"]).all()
    days = quality.set_index(["station", "variable", "quantity"])["value"]
    assert days["00003", "temperature", "spatial"] == days["00003", "temperature", "filled"] == 1
    assert days["00007", "precipitation", "filled"] == 1
    assert days["00009", "radiation", "without_value"] == 40
    assert days["00004", "radiation", "missing"] == 181
    assert quality.groupby(["station", "variable"])["value"].sum().min() >= 365
    assert set(variograms["quantity"]) == {"nugget", "partial_sill", "range", "distance_classes"}
    assert variograms.groupby("variable")["month"].nunique().eq(12).all()
    rmse = errors[errors["quantity"] == "rmse"].set_index(["variable", "month"])["value"]
    assert rmse["temperature", 5] == pytest.approx(1, abs=0.25)  # the noise that was planted


@pytest.mark.parametrize(("longest", "left"), [(9, 10), (10, 0), (None, 0)])
def test_longest_gap(tmp_path, longest, left):
    records = daily_records()
    gap = at(records, "00009", 2, 1)
    records.loc[gap : gap + 9, "radiation_mj_m2"] = np.nan
    filled, *_ = run(tmp_path, records, max_gap_days=longest)
    assert filled["radiation_mj_m2"].isna().sum() == left


def test_a_month_never_observed_has_no_climate_to_depart_from(tmp_path):
    records, _ = with_gaps()
    filled, *_ = run(tmp_path, records, max_gap_days=None)
    empty = filled["radiation_mj_m2"].isna()
    assert set(filled.loc[empty, "month"]) == {2} and set(filled.loc[empty, "station"]) == {"00009"}


def test_no_fill_on_request(tmp_path):
    records, _ = with_gaps()
    filled, variograms, errors, quality = run(tmp_path, records, fill="none", simulated=True)
    assert len(filled) == len(records) and variograms.empty and errors.empty
    assert filled["temperature_degc"].isna().sum() == 1
    assert quality[quality["quantity"] == "filled"]["value"].sum() == 0
    assert "source" in quality and "source" in variograms


def test_monthly_records_pass_and_are_counted(tmp_path):
    records = daily_records().drop_duplicates(["station", "month"]).drop(columns="day")
    filled, *_, quality = run(tmp_path, records, time_step="monthly")
    pd.testing.assert_frame_equal(filled, records.reset_index(drop=True), check_categorical=False)
    observed = quality[quality["quantity"] == "observed"]
    assert set(quality["unit"]) == {"month"} and observed["value"].sum() == 3 * len(records)


def test_order_of_the_records_does_not_matter(tmp_path):
    records, _ = with_gaps()
    one, *_ = run(tmp_path / "a", records)
    other, *_ = run(tmp_path / "b", records.sample(frac=1, random_state=2))
    pd.testing.assert_frame_equal(one, other)
