"""Normals of one common period, whatever years the stations have."""

import numpy as np
import pytest
from nepflow.climate import climatology

MONTHS = np.tile(np.arange(1, 13), 10)
OPTIONS = {"amount": 10.0, "min_years": 3, "minimum": 2}


def stations(count=12, seed=0):
    """Positions on a line 100 km long, their distances, and a weather that all share."""
    rng = np.random.default_rng(seed)
    place = np.sort(rng.uniform(0, 100, count))
    distance = np.abs(place[:, None] - place)
    return rng, distance, rng.normal(0, 1, MONTHS.size)


def cut(values):
    """The record of station 0 from the seventh year, that of station 5 to the fourth."""
    values = values.copy()
    values[0, : 6 * 12] = np.nan
    values[5, 4 * 12 :] = np.nan
    return values


def of(values, distance, departure, **changes):
    return climatology.of_stations(
        values, MONTHS, distance, departure=departure, **(OPTIONS | changes)
    )


def test_normals_of_short_records_are_those_of_all_years():
    rng, distance, weather = stations()
    weather = weather + 0.1 * np.arange(MONTHS.size) / 12  # a trend, that short records see in part
    values = rng.uniform(0, 20, (12, 1)) + 8 * np.sin(MONTHS) + weather
    true = values.reshape(12, 10, 12).mean(axis=1)
    found = of(cut(values), distance, "difference")
    np.testing.assert_allclose(found.normals, true, atol=2e-3)
    # own means are wrong: the trend alone is half a degree over the years that lack
    own = np.nanmean(cut(values).reshape(12, 10, 12), axis=1)
    assert np.abs(own - true)[0].mean() > 0.2
    complete = np.r_[1:5, 6:12]
    np.testing.assert_allclose(found.normals[complete], own[complete], rtol=0, atol=1e-12)


def test_ratios_of_short_records():
    rng, distance, weather = stations(seed=1)
    values = rng.uniform(30, 90, (12, 1)) * np.exp(0.3 * weather)
    found = of(cut(values), distance, "ratio")
    true = values.reshape(12, 10, 12).mean(axis=1)
    np.testing.assert_allclose(found.normals, true, rtol=2e-3)
    expected = cut(values) / np.tile(true, 10) - 1
    np.testing.assert_allclose(found.departures, expected, atol=5e-3)


def test_deserts_have_differences():
    # 0.1 mm instead of 2: 20 times the normal, and 0.19 of the amount of 10 mm
    normals = np.array([0.1, 10.0, 50.0])
    np.testing.assert_array_equal(climatology.scale(normals, "ratio", 10.0), [10, 10, 50])
    np.testing.assert_array_equal(climatology.scale(normals, "difference", 10.0), [1, 1, 1])


def test_neighbours_do_not_see_the_level_of_a_station():
    """A station that is 5 K off has the same departures: its normal takes it all."""
    rng, distance, weather = stations(seed=2)
    values = rng.uniform(0, 20, (12, 1)) + weather + rng.normal(0, 0.3, (12, MONTHS.size))
    off = values.copy()
    off[0] += 5.0
    plain, moved = (of(cut(v), distance, "difference") for v in (values, off))
    np.testing.assert_allclose(moved.departures, plain.departures, atol=2e-3)


def test_own_years_neither_lift_nor_lower_a_station():
    rng, distance, weather = stations(seed=3)
    values = rng.uniform(0, 20, (12, 1)) + weather + rng.normal(0, 0.3, (12, MONTHS.size))
    found = of(cut(values), distance, "difference")
    errors = found.errors.reshape(12, 10, 12)
    np.testing.assert_allclose(np.nanmean(errors[[0, 5]], axis=1), 0, atol=1e-2)


def test_too_few_years_have_no_normal():
    rng, distance, weather = stations()
    values = rng.uniform(0, 20, (12, 1)) + weather
    values[3, 2 * 12 :] = np.nan
    found = of(values, distance, "difference")
    assert np.isnan(found.normals[3]).all() and np.isnan(found.departures[3]).all()
    assert np.isfinite(np.delete(found.normals, 3, axis=0)).all()
    assert np.isfinite(of(values, distance, "difference", min_years=2).normals[3]).all()


@pytest.mark.parametrize("departure", ["difference", "ratio"])
def test_values_come_back(departure):
    rng, distance, weather = stations(seed=4)
    values = np.maximum(rng.uniform(0, 60, (12, 1)) * (1 + 0.4 * weather), 0)
    found = of(values, distance, departure)
    size = climatology.scale(found.normals, departure, 10.0)
    again = np.tile(found.normals, 10) + np.tile(size, 10) * found.departures
    np.testing.assert_allclose(again, values, atol=1e-9)
