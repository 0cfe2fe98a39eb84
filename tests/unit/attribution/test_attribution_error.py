"""Errors of mean slopes: against least squares written out, and what they rest on."""

import numpy as np
import pytest
from nepflow.attribution import attribution, inference

YEARS = np.arange(2001, 2021)


def sample(seed=1, cells=1):
    """NEP that follows two drivers and the year."""
    rng = np.random.default_rng(seed)
    t = (YEARS - 2001.0)[:, None]
    drivers = [0.1 * t + rng.normal(size=(20, cells)), 50 * rng.normal(size=(20, cells))]
    series = 4 * drivers[0] + 0.1 * drivers[1] + 2 * t + rng.normal(0, 3, (20, cells))
    return series, drivers


def test_weights_give_the_slopes_of_the_method():
    series, drivers = sample(cells=5)
    for method in attribution.METHODS:
        error = inference.errors(series, drivers, YEARS, method, 8)
        assert error.weights.shape == (5, 20) and error.freedom == 16
        np.testing.assert_allclose(error.weights[0], error.weights[1:3].sum(axis=0), atol=1e-12)
        np.testing.assert_allclose(error.weights[1], error.weights[3:].sum(axis=0), atol=1e-12)
        alone = inference.errors(series[:, :1], [d[:, :1] for d in drivers], YEARS, method, 8)
        found = attribution.attribute(
            series[:, None, :1], [d[:, None, :1] for d in drivers], YEARS, method, 8
        )
        slopes = [v[0, 0] for v in (found.observed, found.climate, found.rest)]
        np.testing.assert_allclose(alone.weights[:3] @ series[:, 0], slopes, rtol=1e-9)


def test_error_without_memory_is_that_of_least_squares(monkeypatch):
    """Year's coefficient and s' b of the drivers by the covariance of a regression; t of 16."""
    monkeypatch.setattr(inference, "MEMORIES", [0.0])
    series, drivers = sample()
    error = inference.errors(series, drivers, YEARS, "joint", 8)
    t = YEARS - YEARS.mean()
    design = np.column_stack([np.ones(20), *drivers, t])
    b, squares, *_ = np.linalg.lstsq(design, series[:, 0], rcond=None)
    covariance = squares[0] / 16 * np.linalg.inv(design.T @ design)
    slopes = np.array([np.polyfit(YEARS, d[:, 0], 1)[0] for d in drivers])
    assert error.of(2) == pytest.approx(np.sqrt(covariance[3, 3]), rel=1e-9)
    by_hand = np.sqrt(slopes @ covariance[1:3, 1:3] @ slopes)
    assert error.of(1) == pytest.approx(by_hand, rel=1e-9)
    assert error.half_width(1.0, 95) == pytest.approx(2.1199, abs=1e-4)
    climate, rest = slopes @ b[1:3], b[3]
    # d(r / (c + r)) = (c dr - r dc) / (c + r)^2; the year's and the drivers' errors together
    gradient = np.concatenate([[0], -rest * slopes, [climate]]) / (climate + rest) ** 2
    by_hand = np.sqrt(gradient @ covariance @ gradient)
    share = rest / (climate + rest)
    assert error.of_share(2, share, climate + rest) == pytest.approx(by_hand, rel=1e-9)


def test_memory_makes_the_rest_uncertain_and_climate_hardly(monkeypatch):
    series, drivers = sample(3, cells=40)
    found = {}
    for memory in (0.0, 0.6):
        monkeypatch.setattr(inference, "MEMORIES", [memory])
        found[memory] = inference.errors(series, drivers, YEARS, "joint", 8)
    assert found[0.6].of(2) > 1.5 * found[0.0].of(2)
    apart = np.subtract.outer(YEARS, YEARS)
    correlation = found[0.6].covariance / found[0.6].covariance[0, 0]
    np.testing.assert_allclose(correlation, 0.6 ** np.abs(apart), rtol=1e-12)


def test_a_long_series_tells_its_memory():
    """Two hundred years of noise with a memory of 0.5 weigh that of the residuals most."""
    rng = np.random.default_rng(5)
    years = np.arange(200)
    noise = rng.normal(size=(200, 1))
    for year in range(1, 200):
        noise[year] = 0.5 * noise[year - 1] + np.sqrt(0.75) * noise[year]
    drivers = [rng.normal(size=(200, 1))]
    error = inference.errors(noise + drivers[0], drivers, years, "joint", 8)
    lag = error.covariance[0, 1] / error.covariance[0, 0]
    assert lag == pytest.approx(0.5, abs=0.1)
    assert error.covariance[0, 0] == pytest.approx(1, rel=0.2)


def test_gaps_and_too_little():
    series, drivers = sample(2, cells=10)
    holed = series.copy()
    holed[4, :9] = np.nan  # a year that one cell has: left out
    holed[7, 0] = np.nan  # a cell that lacks a year: left out
    years, stack = inference.whole(holed, drivers)
    assert years.tolist() == [year != 2005 for year in YEARS] and stack.shape == (3, 19, 9)
    assert np.isfinite(stack).all()
    found = inference.errors(holed, drivers, YEARS, "first_difference", 8)
    assert found.weights.shape == (5, 19) and found.freedom == 15
    assert inference.errors(series[:6], [d[:6] for d in drivers], YEARS[:6], "joint", 8) is None
    assert inference.errors(series * np.nan, drivers, YEARS, "joint", 8) is None
    simulations = [drivers[0], 2 * drivers[0]]
    assert inference.errors(series, simulations, YEARS, "joint", 8) is None
    short = {"calibration": [2001, 2002]}
    for settings, pooled in ((short, False), ({"calibration": [2001, 2020]}, True)):
        made = inference.by_method(series, drivers, YEARS, settings, 8, pooled)
        assert set(made) == set(attribution.METHODS) and not any(made.values())
