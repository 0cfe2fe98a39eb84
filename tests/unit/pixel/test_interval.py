"""Interval of a mean over years: against least squares, the whole covariance and planted memory."""

import numpy as np
import pytest
import statsmodels.api
from nepflow.pixel import interval
from scipy.linalg import toeplitz
from scipy.stats import t as student

YEARS = np.arange(2001, 2025)
NAN = np.nan


def of(values, years=YEARS, **options):
    found = interval.mean_interval(np.asarray(values, float)[:, None], years, **options)
    return {name: float(value[0]) for name, value in found.items()}


def autoregressive(rng, years, memory, count):
    noise = np.empty((years, count))
    noise[0] = rng.normal(size=count) / np.sqrt(1 - memory**2)
    for year in range(1, years):
        noise[year] = memory * noise[year - 1] + rng.normal(size=count)
    return noise


def test_without_memory_it_is_least_squares_at_the_mean_year():
    """Residuals that change sign each year have no memory that counts: statsmodels' OLS."""
    time = np.arange(24.0)
    values = 50 + 0.7 * time + 3 * (-1.0) ** time + np.sin(time**2)
    model = statsmodels.api.OLS(values, statsmodels.api.add_constant(time - time.mean())).fit()
    low, high = model.conf_int(0.1)[0]
    found = of(values, confidence_percent=90)
    assert found["mean"] == pytest.approx(values.mean())
    assert (found["low"], found["high"]) == (pytest.approx(low), pytest.approx(high))
    assert found["effective_years"] == pytest.approx(24)


def test_with_memory_it_is_the_variance_of_the_whole_covariance():
    """Gaps count: the matrix of all pairs of years that have a value, by scipy."""
    rng = np.random.default_rng(3)
    values = 100 + autoregressive(rng, 24, 0.6, 1)[:, 0]
    values[[4, 5, 17]] = NAN
    known = np.isfinite(values)
    found = of(values)
    n, time = known.sum(), np.flatnonzero(known) - np.flatnonzero(known).mean()
    design = np.column_stack([np.ones(n), time])
    rest = values[known] - design @ np.linalg.lstsq(design, values[known], rcond=None)[0]
    whole = np.zeros(24)
    whole[known] = rest
    pairs = (known[1:] & known[:-1]).sum()
    r = (whole[1:] * whole[:-1]).sum() / pairs / (rest @ rest / n)
    r = (n * r + 2) / (n - 4)
    assert 0.2 < r < 0.9
    matrix = toeplitz(r ** np.arange(24))[np.ix_(known, known)]
    effective = n**2 / matrix.sum()
    hat = design @ np.linalg.inv(design.T @ design) @ design.T
    variance = (rest @ rest) / np.trace((np.eye(n) - hat) @ matrix)
    freedom = n * (1 - r**2) / (1 + r**2) - 2
    half = student.ppf(0.975, freedom) * np.sqrt(variance / effective)
    assert found["effective_years"] == pytest.approx(effective)
    assert found["high"] - found["mean"] == pytest.approx(half)
    assert found["mean"] - found["low"] == pytest.approx(half)


@pytest.mark.parametrize(("memory", "least"), [(0.0, 0.94), (0.2, 0.93), (0.4, 0.90), (0.6, 0.87)])
def test_it_holds_a_planted_mean_with_and_without_a_trend(memory, least):
    """24 years; without the correction 95, 90, 81 and 67 % would hold it."""
    rng = np.random.default_rng(1)
    noise = autoregressive(rng, 24, memory, 4000)
    for slope in (0, 0.5):
        series = 20 + slope * (YEARS - YEARS.mean())[:, None] + noise
        found = interval.mean_interval(series, YEARS)
        held = ((found["low"] <= 20) & (found["high"] >= 20)).mean()
        assert least < held < 0.98


def test_a_trend_does_not_widen_it_and_scale_and_place_go_along():
    rng = np.random.default_rng(2)
    values = rng.normal(size=24)
    plain, moved = of(values), of(7 + 3 * values + 5 * YEARS)
    assert moved["high"] - moved["low"] == pytest.approx(3 * (plain["high"] - plain["low"]))
    assert moved["mean"] == pytest.approx(7 + 3 * plain["mean"] + 5 * YEARS.mean())


def test_few_years_have_a_mean_alone_and_none_has_nothing():
    few = of([1, 2, NAN, 4, NAN, 6], np.arange(2001, 2007))
    assert few["mean"] == pytest.approx(3.25) and np.isnan(few["low"])
    assert all(map(np.isnan, of([NAN] * 24).values()))
