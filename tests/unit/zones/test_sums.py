"""Means, totals and trends of zones by hand: their years, their cells, and those that stay."""

import numpy as np
import pytest
from nepflow.zones import sums

NAN = np.nan
YEARS = list(range(2001, 2011))
ENOUGH = sums.Summary(mean_years=8, trend_years=8)


def added(values, zones, span=None, number=2):
    made = np.zeros((6, len(values), number + 1))
    span = np.ones(len(values), bool) if span is None else np.array(span)
    sums.add_with_fixed(np.asarray(values, float), np.asarray(zones, float), made, span)
    return made


def rows_of(of_zone, summary=ENOUGH, years=YEARS):
    where = ("karst", "karst")
    made = sums.summary_rows(where, "nep", "g C m-2 yr-1", years, of_zone, 2.0, summary)
    return {row[3]: dict(zip(sums.COLUMNS, row, strict=True)) for row in made}


def test_cells_that_stay_have_a_value_and_their_zone_in_all_years():
    values = [[[1, 2, 3, 4]], [[10, NAN, 30, 40]]]
    zones = [[[1, 1, 1, 2]], [[1, 1, 2, 2]]]
    total, cells, size, *fixed = added(values, zones)
    assert total[:, 1].tolist() == [6, 10] and cells[:, 1].tolist() == [3, 1]
    assert size[:, 1].tolist() == [3, 2]
    # the second lacks a value, the third changes its zone
    assert fixed[0][:, 1].tolist() == [1, 10] and fixed[1][:, 1].tolist() == [1, 1]
    assert fixed[0][:, 2].tolist() == [4, 40]


def test_only_the_span_decides_what_stays():
    values = [[[NAN, 2]], [[10, 20]], [[100, 200]]]
    zones = [[[2, 1]], [[1, 1]], [[1, 1]]]
    fixed = added(values, zones, [False, True, True])[3:]
    assert fixed[0][:, 1].tolist() == [2, 30, 300]
    assert not added(values, zones, [False] * 3)[3:].any()  # no year: nothing stays
    assert added(values, [[[1, 1]]])[3][:, 1].tolist() == [2, 20, 200]  # zones of no year


def test_trend_of_totals_and_their_area():
    """Ten years, 100 of 120 cells of 2 km2; the total falls by 30 units a year."""
    total = 5000 - 30.0 * np.arange(10)
    of_zone = np.stack([total, np.full(10, 100.0), np.full(10, 120.0)] * 2)
    found = rows_of(of_zone)
    value = {name: row["value"] for name, row in found.items()}
    assert value["nep_total"] == pytest.approx(total.mean() * 2e-6)
    assert value["nep_total_slope"] == pytest.approx(-30 * 2e-6)
    assert value["nep_total_area"] == pytest.approx(200)
    assert value["nep_total_p"] < 0.001
    units = {found[f"nep_{name}"]["unit"] for name in ("total_slope", "fixed_area_total_slope")}
    assert units == {"Tg C yr-2"}
    assert all(row["valid_years"] == 10 for row in found.values())
    (share,) = {row["valid_share_percent"] for row in found.values()}
    assert share == pytest.approx(100 * 100 / 120)


def test_a_moving_mask_makes_a_trend_that_fixed_cells_have_not():
    """Density 50 in every cell and year; every year one cell more is valid."""
    cells = 10.0 + np.arange(10)
    of_zone = np.stack(
        [50 * cells, cells, np.full(10, 20.0), np.full(10, 500.0), np.full(10, 10.0)]
    )
    found = rows_of(np.vstack([of_zone, np.zeros((1, 10))]))
    assert found["nep_total_slope"]["value"] == pytest.approx(50 * 2e-6)
    assert found["nep_fixed_area_total_slope"]["value"] == 0
    assert found["nep_fixed_area_total_area"]["value"] == pytest.approx(20)
    assert found["nep_fixed_area_mean"]["value"] == found["nep_mean"]["value"] == 50
    assert found["nep_fixed_area_mean"]["valid_share_percent"] == pytest.approx(50)


@pytest.mark.parametrize("with_data", [0, 1, 2, 7])
def test_a_mean_of_few_years_is_none_and_says_of_how_many(with_data):
    cells = np.where(np.arange(10) < with_data, 4.0, 0)
    found = rows_of(np.stack([30 * cells, cells, np.full(10, 100.0)] * 2))
    for name in ("mean", "total", "slope", "total_slope", "fixed_area_mean"):
        assert np.isnan(found[f"nep_{name}"]["value"]) and np.isnan(found[f"nep_{name}"]["low"])
        assert found[f"nep_{name}"]["valid_years"] == with_data
    enough = rows_of(np.stack([30 * cells, cells, np.full(10, 100.0)] * 2), sums.Summary(1, 8))
    assert np.isnan(enough["nep_mean"]["value"]) == (with_data == 0)


def test_ends_are_those_of_the_formulas():
    rng = np.random.default_rng(4)
    total = 400 + rng.normal(0, 20, 10)
    found = rows_of(np.stack([total, np.full(10, 4.0), np.full(10, 4.0)] * 2))
    mean, slope = found["nep_mean"], found["nep_slope"]
    assert mean["low"] < mean["value"] < mean["high"]
    assert slope["low"] <= slope["value"] <= slope["high"]
    # totals are means times a constant area here, so are their ends
    of_total = [found["nep_total"][end] for end in ("low", "high")]
    assert of_total == pytest.approx([mean[end] * 8e-6 for end in ("low", "high")])
