"""Clean daily records to checked ones."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from check_stations import check_stations
from nepflow.stations import flags, suspects

QUALITY = {
    "top_of_atmosphere_share": [0.03, 1.0],
    "step": {"temperature": 25, "precipitation": None, "radiation": None},
    "persistence_days": {"temperature": 20, "precipitation": 7, "radiation": 10},
    "spatial_difference": {"temperature": 8, "precipitation": 100, "radiation": 15},
    "spatial_score": {"temperature": 5, "precipitation": 8, "radiation": 5},
    "neighbours": {"radius_km": 300, "max": 8, "min": 3},
}
MONTHLY = {
    "spatial_difference": {"temperature": 4, "precipitation": 150, "radiation": 120},
    "spatial_score": {"temperature": 5, "precipitation": 8, "radiation": 5},
    "climatology_difference": {"temperature": 5, "precipitation": 200, "radiation": 150},
    "climatology_score": {"temperature": 5, "precipitation": 8, "radiation": 5},
    "min_years": 8,
}
SUSPECTS = {
    "record_difference": {"temperature": 4, "precipitation": 50, "radiation": 100},
    "record_score": 5,
    "fit_rms": 3,
}
VARIABLES = ["temperature", "precipitation", "radiation"]


def daily_records(seed=0):
    """Records of 2001 at 30 stations; station 00004 begins in July, rows in any order."""
    rng = np.random.default_rng(seed)
    sites, dates = climate_study.places(), pd.date_range("2001-01-01", "2001-12-31")
    frame = sites.loc[sites.index.repeat(len(dates))].reset_index(drop=True)
    date = np.tile(dates, len(sites))
    frame["year"], frame["month"], frame["day"] = (
        getattr(pd.DatetimeIndex(date), part).astype("int16") for part in ("year", "month", "day")
    )
    shared = np.tile(rng.normal(0, 4, len(dates)), len(sites))
    frame["temperature_degc"] = 10 + shared + rng.normal(0, 1, len(frame))
    frame["precipitation_mm"] = np.maximum(rng.normal(-2, 4, len(frame)), 0).round(1)
    frame["radiation_mj_m2"] = 9 + rng.uniform(-2, 2, len(frame))
    for name in VARIABLES:
        frame[flags.column_of(name)] = flags.category(np.zeros(len(frame), int))
    frame = frame[(frame["station"] != "00004") | (frame["month"] > 6)]
    return frame.astype({"station": "category"}).reset_index(drop=True)


def at(frame, station, month, day):
    wanted = (frame["station"] == station) & (frame["month"] == month) & (frame["day"] == day)
    return frame.index[wanted][0]


def run(folder, records, time_step="daily", simulated=False):
    paths = climate_study.make(folder, simulated)
    given = {"records": folder / "records.parquet", "grid": paths["grid"]}
    outputs = {"records": folder / "checked.parquet", "flagged": folder / "flags.csv"}
    outputs |= {name: folder / f"{name}.csv" for name in ("suspects", "dry_days")}
    records.to_parquet(given["records"])
    named = [name for name in VARIABLES if flags.column_of(name) in records]
    settings = {"variables": named, "years": sorted(set(records["year"])), "time_step": time_step}
    settings |= {"quality": QUALITY, "monthly_quality": MONTHLY, "suspects": SUSPECTS}
    check_stations(given, outputs, settings | {"simulated": simulated})
    flagged = pd.read_csv(outputs["flagged"], dtype={"station": str})
    return pd.read_parquet(outputs["records"]), flagged


def test_planted_errors_are_flagged_listed_and_nothing_else(tmp_path):
    records = daily_records()
    spike, odd = at(records, "00003", 3, 9), at(records, "00011", 5, 20)
    bright = at(records, "00012", 6, 1)
    records.loc[spike, "temperature_degc"] += 40
    records.loc[odd : odd + 1, "temperature_degc"] += 14
    records.loc[bright, "radiation_mj_m2"] = 49.0
    streak = records.index[(records["station"] == "00020") & (records["month"] == 8)][:20]
    records.loc[streak, "temperature_degc"] = 11.1
    checked, table = run(tmp_path, records.sample(frac=1, random_state=1))
    assert table.groupby(["station", "variable", "flag"])["value"].count().to_dict() == {
        ("00003", "temperature", "step"): 1,
        ("00011", "temperature", "spatial"): 2,
        ("00012", "radiation", "range"): 1,
        ("00020", "temperature", "persistence"): 20,
    }
    listed = table.iloc[0]
    assert (listed["date"], listed["unit"]) == ("2001-03-09", "degC")
    assert listed["value"] == pytest.approx(records.loc[spike, "temperature_degc"])
    assert len(checked) == len(records)
    assert checked["temperature_degc"].isna().sum() == 23
    assert (checked["temperature_flag"] != "observed").sum() == 23
    assert checked["precipitation_flag"].eq("observed").all()
    kept = checked["temperature_flag"] == "observed"
    pd.testing.assert_series_equal(
        checked.loc[kept, "temperature_degc"], records.loc[kept, "temperature_degc"]
    )


def test_earlier_flags_stay(tmp_path):
    records = daily_records()
    row = at(records, "00003", 3, 9)
    records.loc[row, "temperature_degc"] = np.nan
    records.loc[row, "temperature_flag"] = "range"
    records.loc[row, "radiation_flag"] = "sunshine"
    checked, table = run(tmp_path, records, simulated=True)
    assert checked.loc[row, ["temperature_flag", "radiation_flag"]].tolist() == [
        "range",
        "sunshine",
    ]
    assert table.empty and "source" in table


def test_whole_records_are_listed_not_dropped(tmp_path):
    records = daily_records()
    records.loc[records["station"] == "00003", "temperature_degc"] += 13
    dry = (records["station"] == "00008") & (records["precipitation_mm"] == 0)
    hidden = dry & (np.random.default_rng(2).random(len(records)) < 0.9)
    records.loc[hidden, "precipitation_mm"] = np.nan
    records.loc[hidden, "precipitation_flag"] = "missing"
    checked, _ = run(tmp_path, records)
    table = pd.read_csv(tmp_path / "suspects.csv", dtype={"station": str})
    assert table[["station", "variable", "reason"]].to_numpy().tolist() == [
        ["00008", "precipitation", suspects.FEW_DRY_DAYS],
        ["00003", "temperature", suspects.OFFSET],
    ]
    warm = table.iloc[1]
    assert warm["value"] - warm["reference"] == pytest.approx(13, abs=1)
    assert (checked["station"] == "00003").sum() == 365
    shares = pd.read_csv(tmp_path / "dry_days.csv", dtype={"station": str})
    shares = shares.set_index(["station", "quantity"])["value"]
    assert shares["00008", "dry"] < 40 < 60 < shares["00007", "dry"]
    assert shares["00008", "reported"] < 50 and shares["00007", "reported"] == 100


def monthly_records(tmp_path, years=12):
    table = pd.read_csv(climate_study.monthly_file(tmp_path / "a.csv"), dtype={"station": str})
    first = table[table["date"].str[:4] == "2001"].drop(columns="date")
    first["month"] = np.repeat(np.arange(1, 13), 30)
    rng = np.random.default_rng(3)
    frames = []
    for year in range(2001, 2001 + years):
        frame = first.assign(year=year)
        frame["temperature_degc"] += rng.normal(0, 1) + rng.normal(0, 0.3, len(frame))
        frames.append(frame)
    frame = pd.concat(frames, ignore_index=True).sort_values(["station", "year", "month"])
    frame = frame.astype({"station": "category", "year": "int16", "month": "int16"})
    for name in VARIABLES[:2]:
        frame[flags.column_of(name)] = flags.category(np.zeros(len(frame), int))
    return frame.reset_index(drop=True)


def test_months_are_checked(tmp_path):
    records = monthly_records(tmp_path)
    odd = at_month(records, "00005", 2004, 7)
    records.loc[odd, "temperature_degc"] -= 13
    records.loc[records["year"] == 2009, "temperature_degc"] += 7  # everywhere: weather
    records.loc[records["station"] == "00021", "temperature_degc"] += 13
    checked, table = run(tmp_path, records, "monthly")
    assert table[["station", "date", "variable", "unit", "flag"]].to_numpy().tolist() == [
        ["00005", "2004-07", "temperature", "degC", "spatial"]
    ]
    assert len(checked) == len(records) and "day" not in checked
    assert checked["temperature_degc"].isna().sum() == 1
    listed = pd.read_csv(tmp_path / "suspects.csv", dtype={"station": str})
    assert listed[["station", "variable"]].to_numpy().tolist() == [["00021", "temperature"]]


def at_month(frame, station, year, month):
    wanted = (frame["station"] == station) & (frame["year"] == year) & (frame["month"] == month)
    return frame.index[wanted][0]


def test_normals_are_compared_as_whole_records(tmp_path):
    records = monthly_records(tmp_path, 1)
    records.loc[records["station"] == "00021", "temperature_degc"] += 13
    checked, table = run(tmp_path, records.assign(year=0), "normals")
    assert len(checked) == len(records) and table.empty
    listed = pd.read_csv(tmp_path / "suspects.csv", dtype={"station": str})
    assert listed["station"].tolist() == ["00021"]
