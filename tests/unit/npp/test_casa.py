"""CASA term by term: the golden values of a worked example, and what holds for any weather."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nepflow.climate import evapotranspiration
from nepflow.npp import casa, fpar

CYCLE = np.array([-8, -4, 3, 10, 16, 20, 22, 20, 15, 8, 0, -6.0])
GRASS = (0.023, 0.634, 1.05, 4.46)
CLOSE = {"abs": 5e-9}
FILE = "config/vegetation_types.csv"


def test_absorbed_share_of_light():
    assert casa.simple_ratio(np.array(0.4)) == pytest.approx(2.33333333, **CLOSE)
    assert casa.fpar_between(0.4, 0.023, 0.634) == pytest.approx(0.58655319, **CLOSE)
    assert casa.fpar_between(7 / 3, 1.05, 4.46) == pytest.approx(0.35815054, **CLOSE)
    assert casa.fpar(np.array(0.4), GRASS) == pytest.approx(0.47235186, **CLOSE)
    assert casa.fpar(np.array(1.0), GRASS) == 0.95
    assert casa.fpar(np.array(-0.2), GRASS) == pytest.approx(0.001, abs=1e-15)


def test_temperature_stresses():
    assert casa.biochemical_stress(np.array(22.0), 22.0) == pytest.approx(0.998, **CLOSE)
    assert casa.biochemical_stress(np.array(-10.0), 22.0) == 0
    for warmth, stress in ((15.0, 0.75815607), (5.0, 0.49561178), (22.0, 0.99122355)):
        assert casa.temperature_stress(np.array(warmth), 22.0) == pytest.approx(stress, **CLOSE)
    for scale, peak in ((1.184, 0.9934), (1.1919, 1.0)):
        found = casa.temperature_stress(np.array(22.0), 22.0, scale)
        assert found == pytest.approx(peak, abs=5e-5)


def test_half_rule_holds_beyond_the_borders_only():
    """At exactly 10 K above and 13 K below the formula still counts."""
    half = casa.temperature_stress(np.array(22.0), 22.0) / 2
    outside = casa.temperature_stress(np.array([32.0001, 8.9999, 40.0]), 22.0)
    assert outside == pytest.approx(half)
    border = casa.temperature_stress(np.array([32.0, 9.0]), 22.0)
    assert border == pytest.approx(
        [1.1814 / (1 + math.exp(-4)) / 2, 1.1814 / (1 + math.exp(0.6)) / (1 + math.exp(-6.9))]
    )


def test_water_terms():
    potential = evapotranspiration.thornthwaite(CYCLE)
    assert potential[6] == pytest.approx(109.00490892, **CLOSE)
    radiation = casa.net_radiation(60.0, potential[6])
    assert radiation == pytest.approx(95.02673582, **CLOSE)
    actual = casa.evapotranspiration(60.0, radiation)
    assert actual == pytest.approx(53.38100155, **CLOSE)
    assert (actual + potential[6]) / 2 == pytest.approx(81.19295524, **CLOSE)
    stress = casa.water_stress(CYCLE, np.full(12, 60.0))
    assert stress[6] == pytest.approx(0.82872927, **CLOSE)


def test_total_of_the_worked_example():
    """July of the cycle; its month is the greenest, so T = Topt."""
    ndvi, rain, sun = np.full(12, 0.2), np.full(12, 60.0), np.full(12, 650.0)
    ndvi[6] = 0.4
    absorbed = casa.absorbed_radiation(650.0, casa.fpar(np.array(0.4), GRASS))
    assert absorbed == pytest.approx(153.51435598, **CLOSE)
    found = casa.npp_of_year(ndvi, (CYCLE, rain, sun), (ndvi, CYCLE, rain), (0.542, *GRASS))
    assert found[6] == pytest.approx(68.21236591, **CLOSE)


def test_no_rain_and_no_energy():
    """P = 0 halves, and an icy year has no index of heat; neither gives NaN."""
    dry = casa.water_stress(CYCLE, np.zeros(12))
    assert dry == pytest.approx(0.5)
    assert casa.water_stress(np.full(12, -20.0), np.full(12, 60.0)) == pytest.approx(0.5)
    assert casa.evapotranspiration(0.0, 0.0) == 0
    assert casa.net_radiation(0.0, 100.0) == pytest.approx(59.8)


def test_frozen_months_keep_the_stress_of_the_last_thawed_one():
    stress = np.linspace(0.6, 0.82, 12)
    held = casa.held_in_frost(CYCLE, stress)
    assert held[2:10] == pytest.approx(stress[2:10])
    assert held[[10, 11, 0, 1]] == pytest.approx(stress[9])
    assert casa.held_in_frost(np.full(12, -1.0), stress) == pytest.approx(0.5)


def test_optimum_is_the_temperature_of_the_greenest_month():
    ndvi = np.full((12, 2), np.nan)
    ndvi[:, 0] = np.sin(np.arange(12) / 4)
    ndvi[6, 0] = np.nan
    found = casa.optimum_temperature(ndvi, np.stack([CYCLE, CYCLE], axis=1))
    assert found[0] == CYCLE[5 if math.sin(1.25) > math.sin(1.75) else 7]
    assert np.isnan(found[1])


def test_hot_months_by_either_rule():
    hot = np.full(12, 28.0)
    index = 12 * 5.6**1.514
    power = (0.675 * index**3 - 77.1 * index**2 + 17920 * index + 492390) * 1e-6
    uncapped = evapotranspiration.thornthwaite(hot, hot="uncapped")
    assert uncapped == pytest.approx(16 * (280 / index) ** power)
    assert (uncapped > evapotranspiration.thornthwaite(hot)).all()
    assert evapotranspiration.thornthwaite(CYCLE, hot="uncapped") == pytest.approx(
        evapotranspiration.thornthwaite(CYCLE)
    )


months = st.lists(st.floats(-50, 45), min_size=12, max_size=12)
wet = st.lists(st.floats(0, 2000), min_size=12, max_size=12)
bright = st.lists(st.floats(-5, 1000), min_size=12, max_size=12)
green = st.lists(st.floats(-0.2, 1), min_size=12, max_size=12)


@settings(max_examples=200, deadline=None)
@given(months, wet, bright, green, st.sampled_from(["willmott", "uncapped"]))
def test_any_weather_gives_a_number_that_is_not_negative(warmth, rain, sun, ndvi, hot):
    climate = tuple(map(np.array, (warmth, rain, sun)))
    normals = (np.array(ndvi), *climate[:2])
    found = casa.npp_of_year(normals[0], climate, normals, (0.985, *GRASS), hot=hot)
    most = 0.985 * 0.5 * 0.95 * np.maximum(climate[2], 0)
    assert np.isfinite(found).all()
    assert (found >= 0).all() and (found <= most * 1.1 + 1e-9).all()


@pytest.mark.parametrize("lost", range(4))
def test_absence_stays_absence_and_does_not_spread(lost):
    """A NaN of one pixel and month; the other pixel keeps every value."""
    arrays = [np.stack([CYCLE, CYCLE], axis=1)]
    arrays += [np.full((12, 2), value) for value in (60.0, 650.0, 0.4)]
    whole = casa.npp_of_year(arrays[3], arrays[:3], (arrays[3], *arrays[:2]), (0.5, *GRASS))
    holed = [array.copy() for array in arrays]
    holed[lost][7, 0] = np.nan
    normals = (arrays[3], *arrays[:2])
    found = casa.npp_of_year(holed[3], holed[:3], normals, (0.5, *GRASS))
    assert np.isnan(found[7, 0])
    assert np.array_equal(found[:, 1], whole[:, 1])


def test_clip_counts_either_index():
    limits = (0.023, 0.702, 1.05, 5.85)  # the printed SR limit lies above that of NDVI
    found = casa.clipped(np.array([0.0, 0.4, 0.703, 0.71, np.nan]), limits)
    assert found[:4].tolist() == [1, 0, 1, 1] and np.isnan(found[4])


def test_table_of_vegetation_types(root):
    """Zhu's evergreen broadleaf forest has the larger efficiency; SR belongs to NDVI."""
    table = fpar.read(root / FILE)
    assert set(table) == set(range(1, 17)) - {15}
    assert table[2]["epsilon_zhu2007"] == 0.985 and table[4]["epsilon_zhu2007"] == 0.692
    for code, entry in table.items():
        ratio = casa.simple_ratio(np.array(entry["ndvi_max"]))
        slack = 0.15 if code == 5 else 0.06
        assert ratio == pytest.approx(entry["sr_max"], abs=slack)
        assert casa.simple_ratio(np.array(entry["ndvi_min"])) == pytest.approx(1.05, abs=0.01)
