"""Autocorrelation, intervals of the slope and field significance against independent code."""

import numpy as np
import pymannkendall
import pytest
from nepflow.pixel import correlation, trend
from scipy import stats

LENGTHS = (8, 15, 23, 24, 40)


def one(values, years=None, **options):
    values = np.asarray(values, dtype="float64")
    years = np.arange(len(values)) if years is None else years
    found = trend.trend_statistics(values[:, None, None], years, 3, **options)
    return {name: float(value[0, 0]) for name, value in found.items()}


def random_series(seed):
    """AR(1) with a trend; every second one rounded so that values are tied."""
    rng = np.random.default_rng(seed)
    n = LENGTHS[seed % len(LENGTHS)]
    values = rng.normal(size=n)
    for year in range(1, n):
        values[year] += 0.5 * values[year - 1]
    values += 0.05 * np.arange(n)
    return np.round(values, 1) if seed % 2 else values


def hamed_rao_inflated(values):
    """pymannkendall's test, and the plain one where its variance is below the plain one or 0."""
    plain = pymannkendall.original_test(values)
    found = pymannkendall.hamed_rao_modification_test(values)
    return found if found.var_s >= plain.var_s else plain


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("none", pymannkendall.original_test),
        ("tfpw", pymannkendall.trend_free_pre_whitening_modification_test),
        ("hamed_rao", hamed_rao_inflated),
    ],
)
def test_equals_pymannkendall(seed, name, other):
    values = random_series(seed)
    with np.errstate(invalid="ignore"):
        expected = other(values)
    found = one(values, autocorrelation=name)
    assert found["slope"] == pytest.approx(expected.slope, abs=1e-10)
    assert found["z"] == pytest.approx(expected.z, abs=1e-10, nan_ok=True)
    assert trend.p_value(found["z"]) == pytest.approx(expected.p, abs=1e-10, nan_ok=True)


@pytest.mark.parametrize("seed", range(20))
def test_gappy_series(seed):
    """Slope over the true years; the tests on the values that are there, in their order."""
    rng = np.random.default_rng(100 + seed)
    values, years = random_series(seed), np.arange(LENGTHS[seed % 5]) + 2000
    gaps = rng.choice(len(values), len(values) // 4, replace=False)
    gappy = values.copy()
    gappy[gaps] = np.nan
    keep = ~np.isnan(gappy)
    slope, _, low, high = stats.theilslopes(values[keep], years[keep], alpha=0.95)
    found = one(gappy, years)
    assert found["slope"] == pytest.approx(slope, abs=1e-10)
    assert (found["low"], found["high"]) == pytest.approx((low, high), abs=1e-10)
    assert found["z"] == pytest.approx(pymannkendall.original_test(gappy).z, abs=1e-10)
    rest = values[keep] - (years[keep] - years[keep][0] + 1) * slope
    centred = rest - rest.mean()
    r1 = (centred[1:] * centred[:-1]).sum() / (centred**2).sum()
    assert found["lag1"] == pytest.approx(r1, abs=1e-10)
    white = rest[1:] - r1 * rest[:-1] + (years[keep][1:] - years[keep][0]) * slope
    expected = pymannkendall.original_test(white).z
    assert one(gappy, years, autocorrelation="tfpw")["z"] == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("confidence", [90, 95])
def test_interval_equals_scipy(seed, confidence):
    values = random_series(seed)
    expected = stats.theilslopes(values, alpha=confidence / 100)
    found = one(values, confidence_percent=confidence)
    assert found["low"] == pytest.approx(expected.low_slope, abs=1e-10)
    assert found["high"] == pytest.approx(expected.high_slope, abs=1e-10)


def test_constant_series_have_no_autocorrelation():
    for name in trend.CODES:
        found = one([5.0] * 10, autocorrelation=name)
        assert found["slope"] == 0 and found["z"] == 0 and np.isnan(found["lag1"])


def test_white_noise_passes_as_often_as_the_discrete_test_allows():
    """S of 24 years is even: |Z| > 1.96 needs |S| >= 82, which is 4.3 %; 1.64 is 9.5 %."""
    noise = np.random.default_rng(7).normal(size=(24, 200_000, 1))
    z = trend.trend_statistics(noise, np.arange(24), 24)["z"]
    share = 100 * (np.abs(z) > 1.96).mean()
    assert share == pytest.approx(4.3, abs=0.15)  # three standard errors are 0.14
    assert 100 * (np.abs(z) > 1.64).mean() == pytest.approx(9.5, abs=0.25)


def test_size_under_autocorrelation():
    """AR(0.6), 24 years: 27 % pass the plain test (methods: a simulation). Hamed and Rao helps a
    little; trend-free pre-whitening does not, because it puts a slope that is chance back in."""
    rng = np.random.default_rng(3)
    series = rng.normal(size=(24, 20_000, 1))
    series[0] /= np.sqrt(1 - 0.36)
    for year in range(1, 24):
        series[year] += 0.6 * series[year - 1]
    share = {
        name: 100
        * (np.abs(trend.trend_statistics(series, np.arange(24), 24, name)["z"]) > 1.96).mean()
        for name in trend.CODES
    }
    assert share["none"] == pytest.approx(27, abs=2)
    assert share["hamed_rao"] < share["none"] - 3 < share["tfpw"]


@pytest.mark.parametrize("memory", [-0.5, 0.0, 0.5])
def test_hamed_rao_widens_and_never_loses_a_series(memory):
    """Negative variances of pymannkendall took 7 of 500 series; the interval goes with the test."""
    rng = np.random.default_rng(11)
    series = rng.normal(size=(24, 5000, 1))
    for year in range(1, 24):
        series[year] += memory * series[year - 1]
    plain, found = (
        trend.trend_statistics(series, np.arange(24), 24, name) for name in ("none", "hamed_rao")
    )
    assert np.isfinite(found["z"]).all()
    assert (np.abs(found["z"]) <= np.abs(plain["z"])).all()
    assert (found["low"] <= plain["low"]).all() and (found["high"] >= plain["high"]).all()
    wider = found["high"] - found["low"] > plain["high"] - plain["low"]
    assert wider[np.abs(found["z"]) < np.abs(plain["z"])].mean() > 0.99
    misses = [100 * ((f["low"] > 0) | (f["high"] < 0)).mean() for f in (plain, found)]
    passes = [100 * (np.abs(f["z"]) > 1.96).mean() for f in (plain, found)]
    assert misses == pytest.approx(passes, abs=0.5), "interval and test say the same of zero"
    assert memory <= 0 or misses[1] < misses[0] - 2


@pytest.mark.parametrize("seed", range(10))
def test_limit_of_false_discoveries_by_its_definition(seed):
    rng = np.random.default_rng(seed)
    p = np.concatenate([rng.uniform(size=300), rng.beta(0.1, 5, size=30 * seed)])
    p = np.round(p, 3) if seed % 2 else p
    limit = correlation.threshold(np.concatenate([p, [np.nan] * 5]), 5)
    ordered = np.sort(p)
    passed = ordered[ordered <= np.arange(1, p.size + 1) * (0.05 / p.size)]
    assert limit == passed.max(initial=-1)


def test_no_discovery_without_a_p():
    assert correlation.threshold(np.array([np.nan]), 5) == -1
    assert correlation.threshold(np.array([0.9, 0.5]), 5) == -1
