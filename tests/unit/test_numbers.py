"""Numbers of the text from small tables, by hand."""

import numpy as np
import pandas as pd
import pytest
from nepflow import numbers, specification, trend

COLUMNS = ["class", "masked", "area_km2", "share_of_classified_percent", "share_of_area_percent"]


def named(rows):
    return {(quantity, of, period): value for quantity, of, value, _, period in rows}


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
    found = named(numbers.class_slopes(table, 2000, 2010, 8))
    assert found["landcover_nep_slope", "forest", "2000-2010"] == pytest.approx(3)


STUDY = {
    "minimum_years": 8,
    "trend": {
        "autocorrelation": "none",
        "slightly_significant_z": 1.64,
        "significant_z": 1.96,
        "extremely_significant_z": 2.58,
        "false_discovery_percent": 5,
    },
    "stability": {
        "smallest_mean_g_c": 10, "ddof": 0, "breaks": "natural", "sample": 500, "seed": 1,
        "fixed_breaks": [0.05, 0.1, 0.15, 0.2],
    },
    "persistence": {"method": "prefix", "tolerance": 0},
}  # fmt: skip


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


def test_significance_options_hold_the_study_s_own():
    noise = np.random.default_rng(1).normal(size=(24, 1, 3000))
    rows = list(specification.by_significance(noise, np.arange(24), STUDY))
    chosen = [row for row in rows if row[1]]
    assert {row[0] for row in chosen} == {"none, |Z| > 1.96"}
    assert sum(row[3] for row in chosen) == pytest.approx(4.3, abs=1.2)
    field = [row[3] for row in rows if row[0].startswith("none, false")]
    assert max(field) == 0  # noise has no discoveries
