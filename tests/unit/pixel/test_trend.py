"""Theil-Sen and Mann-Kendall against pymannkendall, scipy and a golden vector."""

import numpy as np
import pymannkendall
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nepflow.pixel import trend
from scipy import stats

TIED = [1, 2, 2, 3, 3, 3, 4, 2, 5, 6, 6, 7, 5, 8, 8, 9, 9, 9, 10, 7, 11, 12, 12, 13]


def one(values, years=None, min_years=3):
    years = np.arange(len(values)) if years is None else years
    series = np.asarray(values, dtype="float64").reshape(-1, 1, 1)
    return [float(v[0, 0]) for v in trend.theil_sen_mann_kendall(series, years, min_years)]


def test_golden_tied_vector():
    slope, _, z = one(TIED)
    assert slope == 0.5
    assert z == pytest.approx(5.8579392, abs=1e-6)
    assert trend.p_value(z) == pytest.approx(4.68646e-09, rel=1e-5)


@pytest.mark.parametrize("seed", range(20))
def test_equals_pymannkendall(seed):
    rng = np.random.default_rng(seed)
    values = np.round(rng.normal(size=24) + 0.05 * np.arange(24), rng.integers(0, 4))
    slope, start, z = one(values)
    other = pymannkendall.original_test(values)
    assert slope == pytest.approx(other.slope, abs=1e-12)
    assert z == pytest.approx(other.z, abs=1e-12)
    assert trend.p_value(z) == pytest.approx(other.p, abs=1e-12)
    assert start == pytest.approx(np.median(values - slope * np.arange(24)), abs=1e-12)


def test_gaps_use_true_years():
    years = np.array([2001, 2002, 2005, 2009, 2010, 2014, 2020, 2021])
    values = np.random.default_rng(3).normal(size=8)
    assert one(values, years)[0] == pytest.approx(stats.theilslopes(values, years)[0], abs=1e-12)
    with_gap = np.insert(values, 3, np.nan)
    assert one(with_gap, np.insert(years, 3, 2006))[0] == pytest.approx(
        stats.theilslopes(values, years)[0], abs=1e-12
    )


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=8, max_size=24),
    st.floats(-10, 10),
    st.floats(-100, 100),
)
def test_line_is_found_and_sign_turns(values, slope, shift):
    years = np.arange(len(values))
    assert one(slope * years + shift)[0] == pytest.approx(slope, abs=1e-9)
    forward, backward = one(values), one([-v for v in values])
    assert forward[0] == pytest.approx(-backward[0], abs=1e-9)
    assert forward[2] == pytest.approx(-backward[2], abs=1e-12)


def test_short_or_empty_series_are_absent():
    assert np.isnan(one([1.0, np.nan, 2.0, np.nan], min_years=3)).all()
    assert one([5.0] * 10)[0] == 0 and one([5.0] * 10)[2] == 0


def test_classes_follow_the_table():
    slope = np.array([1, 1, 1, 1, 0, -1, -1, -1, -1.0])
    z = np.array([2.59, 2.58, 1.96, 1.64, 3, -1.64, -1.65, -2.0, -3.0])
    cuts = (1.64, 1.96, 2.58)
    assert trend.trend_class(slope, z, cuts).tolist() == [9, 8, 7, 6, 5, 4, 3, 2, 1]
    assert np.isnan(trend.trend_class(np.array([np.nan]), np.array([1.0]), cuts))[0]


def test_threads_and_order_do_not_matter():
    series = np.random.default_rng(0).normal(size=(24, 5, 7))
    whole = trend.theil_sen_mann_kendall(series, np.arange(24), 8)
    rows = [trend.theil_sen_mann_kendall(series[:, i : i + 1], np.arange(24), 8) for i in range(5)]
    for index in range(3):
        assert np.array_equal(whole[index], np.concatenate([row[index] for row in rows]))
