"""Clean records to months and years."""

import numpy as np
import pandas as pd
import pytest
from aggregate_stations import aggregate_stations


def daily_records():
    """One station with a day of 2 mm and 10 degC each; June 2001 half observed."""
    dates = pd.date_range("2001-01-01", "2002-12-31")
    frame = pd.DataFrame({"station": "00123", "lon": 100.0, "lat": 35.0, "elevation_m": 900.0}, [0])
    frame = frame.loc[[0] * len(dates)].reset_index(drop=True)
    frame["year"], frame["month"], frame["day"] = dates.year, dates.month, dates.day
    gap = (dates.year == 2001) & (dates.month == 6) & (dates.day > 15)
    frame["temperature_degc"] = np.where(gap, np.nan, 10.0)
    frame["precipitation_mm"] = 2.0
    return frame.astype({"station": "category"})


@pytest.fixture
def tables(tmp_path):
    daily_records().to_parquet(tmp_path / "records.parquet")
    outputs = {name: tmp_path / f"{name}.csv" for name in ("monthly", "annual", "completeness")}
    settings = {
        "variables": ["temperature", "precipitation"],
        "years": [2001, 2002],
        "time_step": "daily",
        "complete_month_percent": 80,
        "simulated": True,
    }
    aggregate_stations({"records": tmp_path / "records.parquet"}, outputs, settings)
    return {key: pd.read_csv(path, dtype={"station": str}) for key, path in outputs.items()}


def test_monthly_table(tables):
    monthly = tables["monthly"]
    assert monthly.columns.tolist() == [
        "station",
        "lon",
        "lat",
        "elevation_m",
        "variable",
        "year",
        "month",
        "value",
        "days",
        "unit",
        "source",
    ]
    assert set(monthly["station"]) == {"00123"}
    rain = monthly[monthly["variable"] == "precipitation"]
    assert rain["value"].tolist() == (2.0 * rain["days"]).tolist()
    assert rain["days"].sum() == 730
    warmth = monthly[monthly["variable"] == "temperature"]
    assert len(warmth) == 23
    assert (warmth["value"] == 10).all()
    assert monthly.groupby("variable")["unit"].first().to_dict() == {
        "temperature": "degC",
        "precipitation": "mm month-1",
    }
    assert set(monthly["source"]) == {"simulated"}


def test_annual_table(tables):
    annual = tables["annual"].set_index(["variable", "year"])
    assert annual["value"].to_dict() == {
        ("precipitation", 2001): 730,
        ("precipitation", 2002): 730,
        ("temperature", 2002): 10,
    }
    assert annual.loc[("precipitation", 2001), "unit"] == "mm yr-1"


def test_completeness_table(tables):
    found = tables["completeness"].set_index(["variable", "quantity"])["value"]
    assert found["temperature", "observed_days"] == 715
    assert found["temperature", "months_incomplete"] == 1
    assert found["temperature", "years_used"] == 1
    assert found["precipitation", "months_used_share"] == 100
