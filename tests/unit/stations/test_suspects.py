"""Whole records: offsets from the neighbours, dry days that are not reported."""

import numpy as np
import pandas as pd
import pytest
from nepflow.stations import flags, quality, suspects


def network(seed=0, count=60):
    """Places (km) and normals of a linear climate with a lapse rate and local noise of 0.7 K."""
    rng = np.random.default_rng(seed)
    place = np.column_stack(
        [rng.uniform(0, 600, count), rng.uniform(0, 400, count), rng.uniform(0.2, 3.5, count)]
    )
    season = -10 * np.cos(2 * np.pi * np.arange(12) / 12)
    level = 18 + 0.004 * place[:, 0] - 0.006 * place[:, 1] - 6 * place[:, 2]
    return place, season[:, None] + level + rng.normal(0, 0.7, count)


def test_a_sensor_that_is_13_k_off_all_the_time_is_suspect_and_no_other():
    for seed in range(10):
        place, levels = network(seed)
        levels[:, 7] += 13
        found = suspects.offsets(levels, place, "none")
        assert np.flatnonzero(found.suspects(4, 5)).tolist() == [7]
        assert found.level[7] - found.reference[7] == pytest.approx(13, abs=2.5)
        assert not found.suspects(None, 5).any()


def test_the_lapse_rate_is_no_offset():
    place, levels = network(3)
    levels[:, 5] -= 6 * (4.8 - place[5, 2])  # the highest station of all, as cold as it must be
    place[5, 2] = 4.8
    assert not suspects.offsets(levels, place, "none").suspects(4, 5).any()


def test_few_stations_judge_nobody():
    place, levels = network(1, 9)
    levels[:, 0] += 13
    assert np.isnan(suspects.offsets(levels, place, "none").score).all()


def test_a_station_far_from_all_others_is_not_judged():
    place, levels = network(2)
    levels[:, 4] += 13
    place[4, :2] += 2000
    assert np.isnan(suspects.offsets(levels, place, "none").score[4])


def test_deserts_differ_in_their_few_wet_days():
    found = suspects.DryDays(*(np.array([value]) for value in (99.0, 87.0, 96.0)))
    assert not found.suspects().any(), "three times as many wet days, but 9 % of the days"


def test_normals_of_days_and_of_months():
    month = np.repeat(np.arange(1, 13), 3)
    values = np.tile([[1.0], [2.0], [9.0]], (12, 1))
    assert suspects.normals(values, month, False, "sum")[:, 0].tolist() == [2.0] * 12
    assert suspects.normals(values, month, True, "mean")[:, 0].tolist() == [4.0] * 12
    sums = suspects.normals(values, month, True, "sum")
    assert sums[0, 0] == pytest.approx(4 * 365.25 / 12)


def rain(seed=0, days=2000, stations=12):
    rng = np.random.default_rng(seed)
    shared = rng.normal(size=(days, 1)) + rng.normal(size=(days, stations))
    return np.where(shared > 1.5, rng.gamma(0.8, 6, (days, stations)), 0.0)


@pytest.mark.parametrize("lost", [0.5, 0.9])
def test_a_station_that_hides_its_dry_days_is_suspect_and_no_other(lost):
    values, near = rain(), np.ones((12, 12)) - np.eye(12)
    hidden = (values[:, 4] == 0) & (np.random.default_rng(1).random(len(values)) < lost)
    values[hidden, 4] = np.nan
    values[np.random.default_rng(2).random(len(values)) < 0.3, 5] = np.nan  # gaps at random
    found = suspects.dry_days(values, np.ones(values.shape, bool), near)
    assert np.flatnonzero(found.suspects()).tolist() == [4]
    assert found.dry[4] < found.neighbours[4] == pytest.approx(found.dry[3], abs=4)
    table = pd.DataFrame(found.rows([f"s{n}" for n in range(12)]), columns=suspects.DRY_DAYS)
    assert table["quantity"].value_counts().to_dict() == {
        "reported": 12,
        "dry": 12,
        "dry_of_neighbours": 12,
    }


def test_a_network_without_a_dry_day_is_suspect():
    values = rain()
    values[values == 0] = np.nan
    found = suspects.dry_days(values, np.ones(values.shape, bool), np.ones((12, 12)) - np.eye(12))
    assert found.suspects().all()


# --- months -------------------------------------------------------------------------------------


def months(seed=0, years=20, stations=14):
    rng = np.random.default_rng(seed)
    month = np.tile(np.arange(1, 13), years)
    shared = rng.normal(0, 1.5, (len(month), 1))
    season = -12 * np.cos(2 * np.pi * (month[:, None] - 1) / 12)
    return month, season + shared + rng.normal(0, 0.5, (len(month), stations))


SETTINGS = {
    "spatial_difference": {"temperature": 4},
    "spatial_score": {"temperature": 5},
    "climatology_difference": {"temperature": 5},
    "climatology_score": {"temperature": 5},
    "min_years": 8,
    "neighbours": {"min": 3},
}


def test_single_months_that_are_wrong_are_flagged():
    month, values = months()
    values[30, 2] += 14  # neighbours do not say so
    values[77] += 14  # a heat wave: all do
    near = np.ones((14, 14)) - np.eye(14)
    codes = np.zeros(values.shape, int)
    found = quality.checked_months("temperature", values, codes, month, near, SETTINGS)
    assert np.argwhere(found).tolist() == [[30, 2]] and found[30, 2] == flags.SPATIAL
    alone = quality.checked_months("temperature", values, codes, month, 0 * near, SETTINGS)
    assert alone[30, 2] == flags.CLIMATOLOGY and (alone[77] == flags.CLIMATOLOGY).mean() > 0.9
    assert np.count_nonzero(alone) <= 15
    short = SETTINGS | {"min_years": 21}
    assert not quality.checked_months("temperature", values, codes, month, 0 * near, short).any()


def test_excluded_and_fitted_suspects_stand_in_one_table():
    ranked = pd.DataFrame({"station": ["a", "b"], "rms_standardised": [4.2, 1.0]})
    defects = pd.DataFrame(
        {
            "station": ["c", "d", "e"],
            "reason": ["excluded", "excluded_precipitation", "outside_area"],
            "records": [12, 9, 3],
        }
    )
    rows = [*suspects.of_fit(ranked, "temperature", 3), *suspects.excluded(defects)]
    table = pd.DataFrame(rows, columns=suspects.SUSPECTS)
    assert table[["station", "variable", "reason"]].to_numpy().tolist() == [
        ["a", "temperature", suspects.RESIDUAL],
        ["c", "all", "excluded"],
        ["d", "precipitation", "excluded"],
    ]
    text = suspects.sentence(table)
    assert text.startswith("1 stations are suspect: a (temperature: large residuals of the fit")
    assert suspects.sentence(table[1:]) == ""
