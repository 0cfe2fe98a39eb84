"""Soil respiration against values worked out by hand and the golden values of the methods."""

import math

import numpy as np
import pytest
from nepflow.respiration import annual, formulas, soil_carbon

GSMSR = {
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}


def daily(model, temperature, precipitation, carbon=None, constants=None):
    climate = np.array(float(temperature)), np.array(float(precipitation))
    values = formulas.response(model, *climate, constants)
    carbon = None if carbon is None else np.array(float(carbon))
    return float(formulas.with_carbon(model, values, carbon, constants))


def of_year(rs, relation):
    return float(formulas.heterotrophic(np.array([float(rs)]), relation, "year")[0][0])


def test_gsmsr_golden_value():
    """T 20 degC, P 15 cm, SOC 4 kg C m-2; the interface takes millimetres."""
    assert daily("gsmsr", 20, 150, 4, GSMSR) == pytest.approx(2.429442, abs=1e-6)
    by_hand = (0.588 + 0.118 * 4) * math.exp(math.log(1.83 * math.exp(-0.12)) * 2)
    assert daily("gsmsr", 20, 150, 4, GSMSR) == pytest.approx(by_hand * 17.972 / 20.657, rel=1e-14)


def test_gsmsr_has_a_floor_without_rain():
    dry = daily("gsmsr", 10, 0, 2, GSMSR) / daily("gsmsr", 10, 1e9, 2, GSMSR)
    assert dry == pytest.approx(2.972 / 5.657, rel=1e-6)


def test_raich_hand_value_and_limits():
    by_hand = 1.25 * math.exp(0.0545 * 20) * 150 / (150 + 42.59)
    assert daily("raich2002", 20, 150) == pytest.approx(by_hand, rel=1e-14)
    assert daily("raich2002", 20, 0) == 0
    assert daily("raich2002", 50, 100) == daily("raich2002", 33.5, 100)
    assert daily("raich2002", -40, 100) == daily("raich2002", -13.3, 100)


def test_chen_hand_value_in_grams():
    by_hand = 1000 * 1.55 * math.exp(0.031 * 20) * 1.5 / (1.5 + 0.68) * 4 / (4 + 2.23)
    assert daily("chen2010", 20, 1500, 4) == pytest.approx(by_hand, rel=1e-14)


def test_a_model_of_carbon_refuses_its_missing_reason():
    with pytest.raises(ValueError, match="needs soil organic carbon"):
        daily("chen2010", 20, 1500)
    with pytest.raises(ValueError, match="negative"):
        daily("raich2002", 1, -1)
    with pytest.raises(ValueError, match="shapes"):
        formulas.response("raich2002", np.zeros(2), np.zeros(3))


@pytest.mark.parametrize(
    ("rs", "rh"), [(300, 218), (440, 288), (555, 341), (698, 404)]
)  # golden values, printed without decimals
def test_bond_lamberty_golden_values(rs, rh):
    assert of_year(rs, "bond_lamberty2004") == pytest.approx(rh, abs=0.5)


def test_relations_by_hand():
    assert of_year(500, "bond_lamberty2004") == pytest.approx(316.29, abs=0.005)
    assert of_year(500, "bond_lamberty2004") == pytest.approx(
        math.exp(1.22 + 0.73 * math.log(500)), abs=1e-6
    )
    assert of_year(500, "bond_lamberty_thomson2010") == pytest.approx(
        math.exp(0.22 + 0.87 * math.log(500)), abs=1e-6
    )
    months = formulas.heterotrophic(np.array([50.0, 333.9, 330, 340]), "quadratic", "month")[0]
    assert months[0] == pytest.approx(32.6924, abs=1e-6)
    assert months[1] > max(months[2:])  # the vertex


@pytest.mark.parametrize(
    ("relation", "step", "crossing"),
    [
        ("bond_lamberty2004", "year", 91.7),
        ("bond_lamberty_thomson2010", "year", 5.4),
        ("quadratic", "month", 11.93),
    ],
)
def test_rh_never_exceeds_rs_below_the_crossing(relation, step, crossing):
    rs = np.array([crossing * 0.98, crossing * 1.02])
    rh, raised, lowered = formulas.heterotrophic(rs, relation, step)
    assert (raised, lowered) == (0, 1)
    assert rh[0] == rs[0] and rh[1] < rs[1]


def test_rh_is_never_negative_and_absence_stays():
    rs = np.array([0.0, 670.0, 900.0, np.nan])
    rh, raised, lowered = formulas.heterotrophic(rs, "quadratic", "month")
    assert (raised, lowered) == (1, 1)
    assert rh[2] == 0 and np.isnan(rh[3]) and rh[1] > 0


@pytest.mark.parametrize(
    ("relation", "step", "why"),
    [
        ("bond_lamberty2004", "month", "power law fitted to annual sums"),
        ("bond_lamberty_thomson2010", "month", "power law fitted to annual sums"),
        ("quadratic", "year", "fitted to monthly sums"),
    ],
)
def test_a_relation_on_the_wrong_step_is_refused_with_the_reason(relation, step, why):
    with pytest.raises(formulas.WrongStep, match=why):
        formulas.heterotrophic(np.array([100.0]), relation, step)


def test_the_reason_of_the_refusal_is_true():
    """Months of the power law added give more than the year's total respiration."""
    for rs in (300, 1000):
        months = 12 * math.exp(1.22) * (rs / 12) ** 0.73
        assert 1.02 < months / rs < 1.43


def test_a_year_is_the_sum_of_its_days():
    """February of a leap year has 29; the relation sees the year, not the months."""
    years = [2003, 2004]
    budget = annual.Budget("raich2002", "bond_lamberty2004", {}, years)
    warmth = np.full((24, 3), 12.0)
    rain = np.full((24, 3), 60.0)
    climate = budget.climate(warmth, rain)
    rh, rs = budget.respiration(climate[:, None])
    a_day = daily("raich2002", 12, 60)
    np.testing.assert_allclose(rs[:, 0, 0], [365 * a_day, 366 * a_day], rtol=1e-13)
    np.testing.assert_allclose(rh[1, 0, 0], of_year(366 * a_day, "bond_lamberty2004"), rtol=1e-12)


def test_months_of_the_quadratic_are_added_after_clipping():
    budget = annual.Budget("gsmsr", "quadratic", GSMSR, [2003])
    warmth = np.linspace(-30, 25, 12)[:, None]
    climate = budget.climate(warmth, np.full((12, 1), 80.0))
    rh, rs = budget.respiration(climate[:, None], np.full((1, 1), 3.0))
    days = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    months = [daily("gsmsr", t, 80, 3, GSMSR) * d for t, d in zip(warmth[:, 0], days, strict=True)]
    by_hand = sum(min(max(-0.0009 * m * m + 0.6011 * m + 4.8874, 0), m) for m in months)
    assert rh[0, 0, 0] == pytest.approx(by_hand, rel=1e-12)
    assert rs[0, 0, 0] == pytest.approx(sum(months), rel=1e-12)
    rows = {quantity: value for quantity, value, _ in budget.rows()}
    clipped = sum(m < 11.93 for m in months)
    assert rows["rh_lowered_to_rs_share"] == pytest.approx(100 * clipped / 12) and clipped
    with pytest.raises(formulas.WrongStep, match="needs months"):
        annual.Budget("chen2010", "quadratic", {}, [2003])


def test_carbon_of_two_sites_scales_the_same_climate():
    budget = annual.Budget("gsmsr", "bond_lamberty2004", GSMSR, [2001])
    climate = budget.climate(np.full((12, 2), 15.0), np.full((12, 2), 100.0))
    _, rs = budget.respiration(climate[:, None], np.array([[0.0, 10.0]]))
    assert rs[0, 0, 1] / rs[0, 0, 0] == pytest.approx((0.588 + 1.18) / 0.588)


@pytest.mark.parametrize(
    ("value", "entry", "expected"),
    [
        (4, {"unit": "kg C m-2", "depth_cm": [0, 20]}, 4),
        (4000, {"unit": "g C m-2", "depth_cm": [0, 20]}, 4),
        (40, {"unit": "t C ha-1", "depth_cm": [0, 20]}, 4),
        (10, {"unit": "g kg-1", "depth_cm": [0, 20], "bulk_density_g_cm3": 1.3}, 2.6),
        (100, {"unit": "dg kg-1", "depth_cm": [0, 20], "bulk_density_g_cm3": 1.3}, 2.6),
        (1, {"unit": "%", "depth_cm": [0, 20], "bulk_density_g_cm3": 1.3}, 2.6),
        (
            60,
            {"unit": "t C ha-1", "depth_cm": [0, 30], "depth_shape": 0.9786},
            6 * (1 - 0.9786**20) / (1 - 0.9786**30),
        ),
    ],
)
def test_carbon_is_converted(value, entry, expected):
    entry = {"file": "soc.tif"} | entry
    assert soil_carbon.converted(np.array([float(value)]), entry)[0] == pytest.approx(expected)


def test_carbon_that_cannot_be_converted_is_refused():
    one = np.array([1.0])
    with pytest.raises(soil_carbon.BadCarbon, match=r"soc.tif.*bulk_density"):
        soil_carbon.converted(one, {"file": "soc.tif", "unit": "g kg-1", "depth_cm": [0, 20]})
    with pytest.raises(soil_carbon.BadCarbon, match=r"0-100 cm.*depth_shape"):
        soil_carbon.converted(one, {"file": "soc.tif", "unit": "t C ha-1", "depth_cm": [0, 100]})
    with pytest.raises(soil_carbon.BadCarbon, match="median is 4000"):
        soil_carbon.check(np.array([4000.0]), "soc.tif")
    with pytest.raises(soil_carbon.BadCarbon, match="no value"):
        soil_carbon.check(np.array([np.nan]), "soc.tif")
