"""The scale of standard errors: by hand, and whether intervals hold what nobody measured."""

from types import SimpleNamespace

import numpy as np
import pytest
from nepflow.climate import calibration, diagnostics, uncertainty
from nepflow.climate.calibration import Scale
from test_climate import evaluated, surfaces_of


def ratios(name, observed, residuals, variance, correlation, statistic):
    own = SimpleNamespace(climatology=0, transformation=name, observed=observed)
    return calibration.squared_ratios(own, residuals, variance, [correlation], statistic)


def test_ratio_by_hand():
    # errors 3 and 1 of two uncorrelated months: mean 2; SE sqrt(4 + 5) / 2 = 1.5; (2 / 1.5)^2
    one = np.array([[3.0, 1.0]]), np.array([[4.0, 5.0]])
    observed = np.array([[10.0, 10.0]])
    found = ratios("none", observed, *one, np.eye(2), "mean")
    assert found[0] == pytest.approx(16 / 9)
    # the sum doubles both
    assert ratios("none", observed, *one, np.eye(2), "sum")[0] == found[0]
    # a month that is missing counts in neither: (1.5 / sqrt(5) / 2)^2 of the second alone
    half = np.array([[np.nan, 1.0]]), np.array([[np.nan, 5.0]])
    found = ratios("none", observed, *half, np.eye(2), "mean")
    assert found[0] == pytest.approx(1 / 5)
    none = np.full((1, 2), np.nan)
    assert np.isnan(ratios("none", observed, none, none, np.eye(2), "mean"))


def test_square_roots_are_compared_in_the_unit_of_the_variable():
    # root 3 predicted as 2 with variance 0.25: 9 against 4; SE 2 x 0.5 x sqrt(4 + 0.125)
    found = ratios(
        "square_root", np.array([[9.0]]), np.array([[1.0]]), np.array([[0.25]]), np.eye(1), "sum"
    )
    assert found[0] == pytest.approx(25 / 4.125)


def test_the_larger_estimate_counts():
    assert Scale(1.6, 1.4).value == 1.6
    assert Scale(0.9, 1.2).value == 1.2
    assert Scale(0.8, np.nan).value == 0.8
    assert Scale(np.nan, np.nan).value == 1.0
    assert str(Scale(1.6, 1.4)) == "1.60 (stations left out one by one 1.60, in squares 1.40)"


def world(seed, local):
    """A smooth field, what is local at each place, and noise; at stations and at other places."""
    rng = np.random.default_rng(seed)
    plane, elevation = rng.uniform(-3, 3, (420, 2)), rng.uniform(0, 3000, 420)
    smooth = np.sin(plane[:, 0]) + np.cos(0.8 * plane[:, 1]) - 0.006 * elevation
    truth = smooth + local * rng.normal(size=420)
    values = truth[:, None] + rng.normal(0, 0.3, (420, 24))
    return plane, elevation, truth, values


def held_and_scale(seed, local):
    plane, elevation, truth, values = world(seed, local)
    here, there = slice(0, 120), slice(120, None)
    surfaces, _ = surfaces_of((plane[here], elevation[here]), values[here], smoothing="gml")
    scale = calibration.scale_of(surfaces, "mean")
    year = surfaces.of_years([surfaces.years[0]])
    cells = np.vstack([(plane[there] * 1e5 + year.centre).T, elevation[there]])
    variance = uncertainty.Spread(year).at(cells)
    correlation = diagnostics.month_correlation(year)
    error = diagnostics.combined_error(np.sqrt(variance), correlation, "mean")
    x, y = cells[0][None], cells[1][:, None]
    height = np.full((300, 300), np.nan)
    np.fill_diagonal(height, cells[2])
    found = np.diagonal(evaluated(year, x, y, height), axis1=1, axis2=2).mean(axis=0)
    off = np.abs(found - truth[there])
    return [100 * np.mean(off <= 1.96 * factor * error) for factor in (1, scale.value)], scale


def test_intervals_hold_what_is_local():
    found = [held_and_scale(seed, 0.8) for seed in range(4)]
    plain, calibrated = np.mean([held for held, _ in found], axis=0)
    assert plain < 75  # the surface alone cannot know
    assert 90 < calibrated < 99
    assert all(scale.value > 1.3 for _, scale in found)
