"""What the checks of daily records make of the errors that a twin plants."""

import csv

import pandas as pd
import pytest

COLUMNS = {
    "temperature_degc": "temperature", "precipitation_mm": "precipitation",
    "radiation_mj_m2": "radiation",
}  # fmt: skip


@pytest.fixture(scope="module")
def filled(tiny):
    records = pd.read_parquet(tiny.result("tiny/stations/filled.parquet"))
    date = pd.to_datetime(records[["year", "month", "day"]]).dt.strftime("%Y-%m-%d")
    return records.set_index([records["station"].astype(str), date])


@pytest.fixture(scope="module")
def planted(tiny, filled):
    """Impossible values at the stations that are left, (station, date) -> variable."""
    with open(tiny.result("twin/tiny/truth/station_defects.csv"), newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["defect"] == "impossible value"]
    left = set(filled.index.get_level_values(0))
    return {
        (row["station"], row["first_date"], COLUMNS[row["variable"]])
        for row in rows
        if row["station"] in left
    }


def rejected(filled, reasons):
    return {
        (*place, name)
        for name in COLUMNS.values()
        for place in filled.index[filled[f"{name}_flag"].isin(reasons)]
    }


def test_every_planted_error_is_caught(filled, planted):
    assert len(planted) >= 30
    found = rejected(filled, ["range", "step", "persistence", "spatial"])
    assert planted <= found


def test_hardly_any_good_value_is_rejected(filled, planted):
    """Radiation that the twin lets pass the top of the atmosphere is rightly rejected."""
    found = rejected(filled, ["step", "persistence", "spatial"]) - planted
    assert len(found) <= 5e-5 * 3 * len(filled)
    impossible = rejected(filled, ["range"]) - planted
    assert {name for *_, name in impossible} <= {"radiation"}
    assert len(impossible) <= 0.005 * len(filled)


def test_rejected_values_are_filled_and_plausible(filled, planted):
    for station, date, name in planted:
        column = next(column for column, variable in COLUMNS.items() if variable == name)
        low, high = {"temperature": (-45, 45)}.get(name, (0, 60))
        assert low <= filled.loc[(station, date), column] <= high


def test_tables_add_up(tiny, filled):
    quality = pd.read_csv(tiny.result("tiny/tables/station_quality.csv"))
    days = quality.pivot_table(index=["station", "variable"], columns="quantity", values="value")
    reasons = ["observed", "sunshine", "missing", "range", "step", "persistence", "spatial"]
    assert (days[reasons].sum(axis=1) == 3288).all()  # 2000-2008
    valued = days["observed"] + days["sunshine"] + days["filled"]
    assert (valued + days["without_value"] == 3288).all()
    errors = pd.read_csv(tiny.result("tiny/tables/kriging_errors.csv"))
    assert errors.groupby("variable")["month"].nunique().to_dict() == dict.fromkeys(
        COLUMNS.values(), 12
    )
