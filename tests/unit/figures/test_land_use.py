"""Effect of land-use change: identities, a planted world, plain loops."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nepflow.figures import land_use, palettes
from nepflow.landcover import land_use_effect
from nepflow.study import landcover
from nepflow.study.settings_file import BadStudy

NAMES = ["forest", "grass", "barren"]


def test_effects_by_hand():
    """2 000 000 km2 from forest (500, later 520) to grass (100, later 130)."""
    areas = np.zeros((2, 2))
    areas[0, 1] = 2e6
    found = land_use_effect.effects(areas, [500, 100], [520, 130])
    assert found["area_effect"][0, 1] == pytest.approx(2 * -400)
    assert found["density_effect"][0, 1] == pytest.approx(2 * 20)
    assert found["interaction_effect"][0, 1] == pytest.approx(2 * ((130 - 520) - (100 - 500)))
    assert sum(part[0, 1] for part in found.values()) == pytest.approx(2 * (130 - 500))


@given(
    st.lists(st.floats(0, 1e6), min_size=16, max_size=16),
    st.lists(st.floats(-900, 900), min_size=8, max_size=8),
)
def test_parts_sum_to_the_change_of_the_total(areas, densities):
    areas = np.array(areas).reshape(4, 4)
    before, after = np.array(densities[:4]), np.array(densities[4:])
    parts = sum(part.sum() for part in land_use_effect.effects(areas, before, after).values())
    change = (areas.sum(axis=0) * after).sum() - (areas.sum(axis=1) * before).sum()
    scale = 1e-6 * (np.abs(areas).sum() * 900 + 1)
    assert parts == pytest.approx(change * 1e-6, abs=1e-12 * scale)


def test_classes_without_data_have_no_effect():
    found = land_use_effect.effects(np.ones((3, 3)), [1, 2, np.nan], [1, np.nan, 3])
    known = np.isfinite(found["area_effect"])
    assert known.sum() == 1 and known[0, 0]


def test_commonest_class():
    annual = np.array([[[1, 2, 2, np.nan]], [[3, 2, np.nan, np.nan]], [[3, 1, 1, np.nan]]])
    commonest = land_use_effect.commonest_class(annual)
    assert commonest[0, :3].tolist() == [3, 2, 1], "ties go to the lower code"
    assert np.isnan(commonest[0, 3])


def test_densities_against_plain_means():
    rng = np.random.default_rng(0)
    values = rng.normal(200, 30, (20, 30))
    values[rng.random(values.shape) < 0.2] = np.nan
    codes = rng.integers(0, 4, values.shape)
    values[codes == 3] = np.nan
    means, cells = land_use_effect.class_densities(values, codes, 3)
    for code in (1, 2):
        assert means[code - 1] == pytest.approx(np.nanmean(values[codes == code]))
        assert cells[code - 1] == np.isfinite(values[codes == code]).sum()
    assert np.isnan(means[2]) and cells[2] == 0


@pytest.mark.parametrize("least", [1, 6])
def test_change_beyond_stable_neighbours_against_a_loop(least):
    rng = np.random.default_rng(least)
    change = rng.normal(10, 5, (36, 44))
    change[rng.random(change.shape) < 0.1] = np.nan
    before = rng.integers(0, 4, change.shape)
    after = np.where(rng.random(change.shape) < 0.75, before, rng.integers(0, 4, change.shape))
    found = land_use_effect.beyond_stable(change, before, after, 5, least)
    wanted = np.full(change.shape, np.nan)
    for row, column in np.argwhere((before != after) & (before > 0) & (after > 0)):
        near = np.s_[max(row - 2, 0) : row + 3, max(column - 2, 0) : column + 3]
        stable = (before[near] == before[row, column]) & (after[near] == before[row, column])
        values = change[near][stable & np.isfinite(change[near])]
        if values.size >= least:
            wanted[row, column] = change[row, column] - values.mean()
    assert np.isfinite(wanted).sum() > 20
    assert found == pytest.approx(wanted, abs=1e-9, nan_ok=True)


def planted(absent=np.nan):
    """Areas, densities, and changes that are those of the densities."""
    areas = np.array([[50.0, 10, 5], [20, 80, 0], [3, 0, 30]])
    before, after = np.array([500.0, 100, absent]), np.array([520.0, 90, absent])
    zero = np.zeros((3, 3))
    change = {
        "change": zero,
        "change_area": areas,
        "beyond_stable": zero,
        "beyond_stable_area": zero,
    }
    rows = list(land_use_effect.effect_rows(NAMES, areas, before, after, change, 7.0))
    rows = [("nep", "2001-2005 and 2016-2020", *row) for row in rows]
    return areas, before, after, pd.DataFrame(rows, columns=land_use_effect.COLUMNS)


def value(table, source, to, quantity):
    rows = table[(table["from_class"] == source) & (table["to_class"] == to)]
    (found,) = rows[rows["quantity"] == quantity]["value"]
    return found


def test_rows_close_to_the_area_and_to_the_total():
    areas, before, after, table = planted()
    assert value(table, "no productivity data", "no productivity data", "area") == 38
    assert value(table, "no land cover", "no land cover", "area") == 7
    assert value(table, "all", "all", "area") == 160
    known = areas[:2, :2]
    total = ((known.sum(axis=0) * after[:2]).sum() - (known.sum(axis=1) * before[:2]).sum()) * 1e-6
    assert value(table, "all", "all", "total_effect") == pytest.approx(total, rel=1e-12)
    parts = sum(value(table, "all", "all", part) for part in land_use_effect.PARTS)
    assert parts == pytest.approx(total, rel=1e-12)
    changed, same = (value(table, "all", to, "total_effect") for to in ("changed", "unchanged"))
    assert changed + same == pytest.approx(total, rel=1e-12)
    pairs = table[~table["from_class"].isin(["all", "no productivity data", "no land cover"])]
    effects = pairs[pairs["quantity"] == "total_effect"]["value"]
    assert len(effects) == 4 and effects.sum() == pytest.approx(total, rel=1e-12)


def test_classes_without_data_may_count_zero():
    areas, _, _, table = planted(absent=0.0)
    assert value(table, "no productivity data", "no productivity data", "area") == 0
    assert value(table, "forest", "barren", "area_effect") == pytest.approx(5 * -500e-6)
    assert value(table, "all", "all", "area") == areas.sum()


@pytest.mark.parametrize("width", [180, 85])
def test_matrix(width):
    *_, table = planted()
    figure = land_use.effect_matrix(table, width_mm=width, simulated=True)
    said = [text.get_text() for text in figure.axes[0].texts]
    wanted = value(table, "forest", "grass", "total_effect") * 1e3  # Gg
    assert f"{wanted:.3f}".replace("-", "−") in said
    assert any("38 km² of transitions" in text.replace("\n", " ") for text in said)
    with pytest.raises(palettes.BadFigure):
        land_use.effect_matrix(table[table["quantity"] == "area"])


def test_periods_and_their_faults():
    options = {"quantities": ["nep"], "years": 5, "min_years": 3}
    years = list(range(2001, 2021))
    study = {"land_use_effect": options, "figures": []}
    assert landcover.periods_of(study, years) == [years[:5], years[-5:]]
    landcover.check(study, years, "a.yaml")
    given = {"land_use_effect": options | {"periods": [[2002, 2004], [2010, 2012]]}}
    assert landcover.periods_of(given, years)[1] == [2010, 2011, 2012]
    with pytest.raises(BadStudy, match=r"a\.yaml: land_use_effect compares 4 years.*periods"):
        landcover.check(study, years[:4], "a.yaml")
    figure = {"name": "f", "kind": "land_use", "quantity": "npp"}
    with pytest.raises(BadStudy, match="figure f shows the land-use effect on npp"):
        landcover.check(study | {"figures": [figure]}, years, "a.yaml")
    off = {"land_use_effect": {"years": 5, "min_years": 3}}
    landcover.check(off, years[:1], "a.yaml")
    assert landcover.quantities_of(off) == []
