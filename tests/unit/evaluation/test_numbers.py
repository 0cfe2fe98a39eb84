"""Numbers of the text from small tables, by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from nepflow.evaluation import numbers, specification
from nepflow.pixel import trend
from nepflow.zones.sums import Summary

COLUMNS = ["class", "masked", "area_km2", "share_of_classified_percent", "share_of_area_percent"]


def named(rows):
    return {(quantity, of, period): value for quantity, of, value, _, period, *_ in rows}


def test_trend_shares_add_up():
    share = dict(zip(trend.CLASS_NAMES.values(), [1, 2, 3, 4, 0, 40, 10, 15, 25], strict=True))
    table = pd.DataFrame(
        [(name, False, 0, value, value / 2) for name, value in share.items()]
        + [("barren", True, 0, np.nan, 50), ("all", False, 0, 100, 100)],
        columns=COLUMNS,
    )
    found = named(numbers.trend_numbers(table, "p"))
    assert found["trend_share", "increase", "p"] == 90
    assert found["trend_share", "decrease", "p"] == 10
    assert found["trend_share", "significant increase", "p"] == 40
    assert found["trend_share", "slightly significant decrease", "p"] == 6
    masked = named(numbers.class_numbers(table, "x", "p"))
    assert masked["x_masked", "all", "p"] == 50 and masked["x", "no change", "p"] == 0


def test_shares_of_persistence_stand_beside_those_of_chance():
    quantities = ["persistent_share", "persistent_share_of_white_noise", "trend_persistence_share"]
    rows = [(True, name, "all", 80.0 + n, "%") for n, name in enumerate(quantities)]
    rows += [
        (True, "trend_persistence_share_of_white_noise", "continuous increase", 40.0, "%"),
        (True, "masked_barren_area", "all", 9.0, "km2"),
        (False, "persistent_share", "all", 7.0, "%"),
    ]
    columns = ["chosen", "quantity", "class", "value", "unit"]
    found = named(numbers.persistence_numbers(pd.DataFrame(rows, columns=columns), "p"))
    assert found == {
        ("persistent_share", "all", "p"): 80,
        ("antipersistent_share", "all", "p"): 20,
        ("persistent_share_of_white_noise", "all", "p"): 81,
        ("antipersistent_share_of_white_noise", "all", "p"): 19,
        ("trend_persistence_share_of_white_noise", "continuous increase", "p"): 40,
    }


def test_partial_correlations_say_what_is_built_in_and_no_area():
    rows = [
        ("plain", True, "positive_share", 70.0, "%"),
        ("plain", True, "masked_barren_share", 20.0, "% of the area"),
        ("plain", True, "valid_area", 20.0, "km2"),
        ("detrended", False, "positive_share", 55.0, "%"),
    ]
    table = pd.DataFrame(rows, columns=["method", "chosen", "quantity", "value", "unit"])
    table["driver"], table["shared_inputs"] = "temperature", "same layer"
    found = numbers.whole(numbers.correlation_numbers(table, "p"))
    about = "temperature", 70.0, "%", "p", "same layer"
    assert [row[:6] for row in found] == [
        ("partial_positive_share", *about),
        ("partial_positive_share_detrended", about[0], 55.0, *about[2:]),
    ]
    (row,) = numbers.whole([("q", "all", 1, "%", "p")])
    assert row[:6] == ("q", "all", 1, "%", "p", "") and len(row) == len(numbers.COLUMNS)
    assert all(map(math.isnan, row[6:]))


def test_landcover_change_by_hand():
    areas = {2001: {"forest": 20, "barren": 80}, 2010: {"forest": 25, "barren": 75}}
    found = named(numbers.landcover_numbers(areas, {(2001, 2010): (100, 7)}, [2001, 2010]))
    assert found["landcover_share", "forest", "2001"] == 20
    assert found["landcover_change", "forest", "2001-2010"] == 5
    assert found["landcover_change", "barren", "2001-2010"] == -5
    assert found["landcover_changed_share", "all", "2001-2010"] == 7
    assert found["landcover_unchanged_share", "all", "2001-2010"] == 93


def test_class_slopes_are_of_their_years():
    years = list(range(2000, 2012))
    table = pd.DataFrame(
        [("landcover", "forest", str(year), "nep_mean", 3.0 * year, "u") for year in years[:11]]
        + [("landcover", "forest", "2011", "nep_mean", -1e6, "u")],
        columns=["zones", "zone", "year", "quantity", "value", "unit"],
    )
    found = named(numbers.class_slopes(table, 2000, 2010, Summary(8, 8)))
    assert found["landcover_nep_slope", "forest", "2000-2010"] == pytest.approx(3)
    few = {row[0]: row for row in numbers.class_slopes(table, 2000, 2005, Summary(8, 8))}
    assert math.isnan(few["landcover_nep_mean"][2]) and few["landcover_nep_mean"][8] == 6


STUDY = {
    "min_years": 8,
    "trend": {
        "autocorrelation": "none",
        "slightly_significant_z": 1.64,
        "significant_z": 1.96,
        "extremely_significant_z": 2.58,
        "false_discovery_percent": 5,
    },
    "variability": {
        "min_mean_g_c": 10,
        "ddof": 0,
        "breaks": "natural",
        "sample": 500,
        "seed": 1,
        "fixed_breaks": [0.05, 0.1, 0.15, 0.2],
    },
    "persistence": {
        "method": "prefix",
        "tolerance": 0,
        "autoregression": 0.3,
        "draws": 100,
        "seed": 1,
    },
}


def test_headline_does_not_depend_on_strips_and_finds_what_is_planted():
    years = list(range(2000, 2024))
    rng = np.random.default_rng(0)
    nep = 100 + rng.normal(0, 1, size=(24, 10, 8)) + 2.0 * np.arange(24)[:, None, None]
    nep[:, 0] -= 500  # a tenth are sources
    nep[:, 1] -= 4.0 * np.arange(24)[:, None]  # a tenth fall
    nep[:, 2] = np.nan
    whole = specification.headline([nep], years, STUDY)
    strips = specification.headline([nep[:, :3], nep[:, 3:]], years, STUDY)
    for one, other in zip(whole, strips, strict=True):
        assert one[1] == pytest.approx(other[1], rel=1e-12)
    found = {quantity: value for quantity, value, _ in whole}
    assert found["source_share"] == pytest.approx(100 / 9)
    assert found["significant_rise_share"] == pytest.approx(800 / 9)
    assert found["significant_fall_share"] == pytest.approx(100 / 9)
    assert found["nep_slope"] == pytest.approx(2 * 7 / 9, abs=0.1)
    names = list(found)
    for quantity in specification.PERSISTENT:
        place = names.index(quantity)
        beside = [f"{quantity}_of_white_noise", f"{quantity}_of_autoregression"]
        assert names[place + 1 : place + 3] == beside
        assert 0 < found[beside[0]] < found[beside[1]] < 100


def test_every_method_stands_beside_its_own_chance():
    nep = np.random.default_rng(2).normal(size=(24, 1, 50))
    rows = list(specification.by_persistence(nep, np.ones((1, 50)), STUDY))
    noise = {method: v for method, _, q, v, _ in rows if q == "persistent_share_of_white_noise"}
    assert set(noise) == {"prefix", "prefix_from_2", "blocks", "anis_lloyd", "differenced"}
    assert noise["differenced"] < 20 < 60 < noise["prefix"]


def test_significance_options_hold_the_study_s_own():
    noise = np.random.default_rng(1).normal(size=(24, 1, 3000))
    rows = list(specification.by_significance(noise, np.arange(24), STUDY))
    chosen = [row for row in rows if row[1]]
    assert {row[0] for row in chosen} == {"none, |Z| > 1.96"}
    assert sum(row[3] for row in chosen) == pytest.approx(4.3, abs=1.2)
    field = [row[3] for row in rows if row[0].startswith("none, false")]
    assert max(field) == 0  # noise has no discoveries
