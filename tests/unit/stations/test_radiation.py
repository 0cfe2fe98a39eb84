"""FAO-56: extraterrestrial radiation, day length, Angstrom-Prescott; radiation of records."""

import numpy as np
import pandas as pd
import pytest
from nepflow.stations import cleaning, flags, radiation


def test_examples_of_the_paper():
    # FAO-56 example 8 (20 S, 3 September, J = 246: 32.2) and 9 (11.7 h)
    assert radiation.extraterrestrial_radiation(-20, 246) == pytest.approx(32.19400, abs=5e-6)
    assert radiation.daylight_hours(-20, 246) == pytest.approx(11.66559, abs=5e-6)
    # example 10: Rio de Janeiro, 22.9 S (22 54'), 15 May, 220 h in 31 days: 25.1, 10.9 h, 14.5
    assert radiation.extraterrestrial_radiation(-22.9, 135) == pytest.approx(25.11103, abs=5e-6)
    assert radiation.daylight_hours(-22.9, 135) == pytest.approx(10.89508, abs=5e-6)
    rio = radiation.angstrom_prescott(np.array([220 / 31]), np.array([-22.9]), 135, 0.25, 0.50)
    assert rio[0] == pytest.approx(14.45610, abs=5e-6)
    assert radiation.extraterrestrial_radiation(38, 196) == pytest.approx(40.82030, abs=5e-6)


def test_equator_and_poles():
    assert radiation.daylight_hours(0, 80) == pytest.approx(12)
    assert radiation.daylight_hours(80, [172, 355]).tolist() == pytest.approx([24, 0])
    assert radiation.extraterrestrial_radiation(80, 355) == pytest.approx(0, abs=1e-12)


def test_overcast_clear_and_impossible_sunshine():
    top = radiation.extraterrestrial_radiation(40, 172)
    longest = radiation.daylight_hours(40, 172)
    hours = np.array([0.0, longest, longest + 0.5, longest + 1.5, -1.0, np.nan])
    found = radiation.angstrom_prescott(hours, np.full(6, 40.0), np.full(6, 172), 0.25, 0.50)
    assert found[:3] == pytest.approx([0.25 * top, 0.75 * top, 0.75 * top])
    assert np.isnan(found[3:]).all()


def test_impossible_latitude():
    with pytest.raises(ValueError, match="latitude"):
        radiation.extraterrestrial_radiation(np.array([30.0, 100.0]), 5)


def records(**columns):
    frame = pd.DataFrame(
        {"station": ["a", "b"], "lat": -22.9, "year": 2001.0, "month": 5.0, "day": 15.0} | columns
    )
    return frame.astype({"station": "category"})


def computed(frame, time_step="daily"):
    ledger = cleaning.Ledger("f.csv", {"out_of_range": "drop"})
    found = radiation.with_radiation(frame, time_step, {"a": 0.25, "b": 0.50}, ledger)
    limits = {"radiation": [0, 50] if time_step == "daily" else [0, 1500]}
    found = cleaning.mask_impossible(found, {"radiation": "radiation_mj_m2"}, limits, ledger)
    return found, ledger


def test_only_missing_radiation_is_computed_and_counted():
    frame = records(sunshine_h=[220 / 31, 5.0], radiation_mj_m2=[np.nan, 9.0])
    found, ledger = computed(frame)
    assert found["radiation_mj_m2"].tolist() == pytest.approx([14.45610, 9.0], abs=5e-6)
    assert found["radiation_flag"].tolist() == ["sunshine", "observed"]
    assert ledger.rows == [("a", "radiation_missing", 1, "computed from sunshine")]
    assert "sunshine_h" not in found


def test_a_file_without_radiation():
    found, _ = computed(records(sunshine_h=[220 / 31, np.nan]))
    assert found["radiation_flag"].tolist() == ["sunshine", "missing"]
    assert list(flags.FLAGS)[:3] == ["observed", "sunshine", "missing"]


def test_monthly_hours_give_monthly_radiation():
    found, _ = computed(records(sunshine_h=[220.0, 0.0]).drop(columns="day"), "monthly")
    overcast = 31 * 0.25 * 25.11103
    assert found["radiation_mj_m2"].tolist() == pytest.approx([31 * 14.4561, overcast], rel=1e-6)


def test_unreadable_date_has_no_sun():
    frame = records(sunshine_h=[5.0, 5.0])
    frame.loc[0, ["year", "month", "day"]] = np.nan
    found, _ = computed(frame)
    assert found["radiation_mj_m2"].isna().tolist() == [True, False]


def test_a_station_has_measured_or_computed_radiation_not_both():
    """Sunshine that stands in on some days alone would make steps, and of steps trends."""
    count = 20
    frame = pd.DataFrame(
        {
            "station": pd.Categorical(np.repeat(["few", "most"], count)),
            "lat": -22.9,
            "year": 2001.0,
            "month": 5.0,
            "day": np.tile(np.arange(1.0, count + 1), 2),
            "sunshine_h": 7.0,
            "radiation_mj_m2": 9.0,
        }
    )
    frame.loc[:9, "radiation_mj_m2"] = np.nan  # 10 of 20 days measured
    frame.loc[37:, "radiation_mj_m2"] = np.nan  # 17 of 20
    found, ledger = computed(frame)
    few, most = found[found["station"] == "few"], found[found["station"] == "most"]
    assert (few["radiation_flag"] == "sunshine").all() and (few["radiation_mj_m2"] > 13).all()
    assert set(most["radiation_flag"]) == {"observed", "missing"}
    assert most["radiation_mj_m2"].isna().sum() == 3
    assert ledger.rows == [
        ("few", "radiation_missing", 20, "computed from sunshine"),
        ("few", "radiation_measured_on_few_days", 10, "not used beside sunshine"),
    ]
