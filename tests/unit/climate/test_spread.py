"""Standard errors on a grid: the exact quadratic in elevation, and how often they hold."""

import numpy as np
import pytest
from affine import Affine
from nepflow.climate import diagnostics, transformations, uncertainty
from nepflow.climate import evaluation as climate_evaluation
from nepflow.climate.spline import ThinPlateSpline
from nepflow.climate.uncertainty import Spread
from nepflow.io import raster
from nepflow.spatial.lattice import Lattice
from test_climate import evaluated, surfaces_of


@pytest.fixture
def grid():
    return raster.Grid("", Affine(10_000, 0, 2e5, 0, -10_000, 4.3e6), 60, 60)


def stations_of(seed=0, count=70):
    rng = np.random.default_rng(seed)
    return rng.uniform(-3, 3, (count, 2)), rng.uniform(0, 3000, count)


def noisy(stations, seed=0):
    knots, elevation = stations
    smooth = 15 - 0.006 * elevation + np.sin(knots[:, 0]) * knots[:, 1]
    values = smooth[:, None] + np.random.default_rng(seed).normal(0, 0.5, (len(knots), 24))
    values[3, ::2] = np.nan
    values[9, 5:] = np.nan
    return values


def variance_on(surfaces, grid, kind, step):
    x, y = grid.xy(0, grid.height)
    elevation = np.random.default_rng(7).uniform(0, 4000, (grid.height, grid.width))
    evaluation = climate_evaluation.Evaluation(
        surfaces, spread=Spread(surfaces, kind), spread_lattice=Lattice.of_grid(grid, step)
    )
    found = climate_evaluation.by_chunks(
        lambda pair: pair[1], [evaluation], x, y, elevation, raw=True
    )
    return found, x, y, elevation


@pytest.mark.parametrize("kind", ["full", "fitted"])
@pytest.mark.parametrize("vertical_scale", [0.0, 1e-3])
@pytest.mark.parametrize("weighted", [False, True])
def test_variance_is_that_of_the_points(grid, kind, vertical_scale, weighted):
    stations, weights = stations_of(), np.random.default_rng(1).uniform(0.5, 2, 70)
    weights = weights if weighted else np.ones(70)
    surfaces, _ = surfaces_of(
        stations, noisy(stations), weights=weights, vertical_scale=vertical_scale
    )
    found, x, y, elevation = variance_on(surfaces, grid, kind, 1)
    plane = np.stack(np.broadcast_arrays(x, y), axis=-1).reshape(-1, 2)
    plane = (plane - surfaces.centre) / 1e5
    heights = elevation.reshape(-1, 1)
    for month in (0, 1, 11):
        here = ~np.isnan(surfaces.observed[:, month])
        covariate = None if vertical_scale else surfaces.position[here, 2:] / 1000
        spline = ThinPlateSpline(surfaces.knots[here], covariate, weights[here])
        fit = spline.fit(surfaces.observed[here][:, [month]], fixed=surfaces.smoothing[month])
        points = np.hstack([plane, heights * vertical_scale]) if vertical_scale else plane
        expected = uncertainty.standard_errors(
            spline, fit, points, None if vertical_scale else heights / 1000, kind
        )[:, 0]
        np.testing.assert_allclose(np.sqrt(found[month]).ravel(), expected, rtol=1e-7)


def test_nodes_give_nearly_the_same(grid):
    smooth = {"smoothing": "fixed_signal", "smoothing_value": 20.0}
    surfaces, _ = surfaces_of(stations_of(), noisy(stations_of()), **smooth)
    exact = np.sqrt(variance_on(surfaces, grid, "full", 1)[0])
    nodes = np.sqrt(variance_on(surfaces, grid, "full", 2)[0])
    np.testing.assert_allclose(nodes, exact, rtol=0.03)
    assert np.median(np.abs(nodes / exact - 1)) < 1e-3


def test_bias_correction_adds_the_variance(grid):
    stations = stations_of()
    surfaces, _ = surfaces_of(stations, np.abs(noisy(stations)) + 1, "square_root")
    x, y = grid.xy(0, 20)
    elevation = np.full((20, 60), 800.0)

    def values(correction):
        evaluation = climate_evaluation.evaluation_of(surfaces, grid, correction)
        return climate_evaluation.by_chunks(lambda months: months, [evaluation], x, y, elevation)

    plain, surface, observation = map(values, ("none", "surface", "observation"))
    np.testing.assert_allclose(
        observation - surface, np.broadcast_to(surfaces.variance[:, None, None], plain.shape)
    )
    evaluation = climate_evaluation.evaluation_of(surfaces, grid, "surface")
    root, variance = (
        climate_evaluation.by_chunks(
            lambda pair, i=i: pair[i], [evaluation], x, y, elevation, raw=True
        )
        for i in (0, 1)
    )
    np.testing.assert_allclose(surface, transformations.back("square_root", root, variance))
    assert (surface > plain).all()


@pytest.mark.parametrize("kind", ["full", "fitted"])
def test_coverage_of_the_true_surface(kind):
    # spline.md 2.6: 95 % intervals hold 0.966 (full) and 0.948 (fitted) of a smooth truth
    held = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        stations = rng.uniform(-3, 3, (150, 2)), rng.uniform(0, 3000, 150)

        def truth(plane, elevation):
            return np.sin(plane[:, 0]) + np.cos(0.8 * plane[:, 1]) - 0.006 * elevation

        values = truth(*stations)[:, None] + rng.normal(0, 0.5, (150, 2))
        spline = ThinPlateSpline(stations[0], stations[1][:, None] / 1000)
        fit = spline.fit(values, "gml")
        points, heights = rng.uniform(-2.7, 2.7, (400, 2)), rng.uniform(0, 3000, 400)
        error = uncertainty.standard_errors(spline, fit, points, heights[:, None] / 1000, kind)
        off = spline.predict(fit, points, heights[:, None] / 1000)
        held.append(np.abs(off - truth(points, heights)[:, None]) <= 1.96 * error)
    assert 0.92 < np.mean(held) < 0.99


def test_coverage_of_annual_means_with_correlated_months():
    # station errors that persist from month to month: independent months would be far too sure
    held, sure = [], []
    for seed in range(10):
        rng = np.random.default_rng(100 + seed)
        plane, elevation = rng.uniform(-3, 3, (120, 2)), rng.uniform(0, 3000, 120)
        shared = rng.normal(0, 0.6, (120, 1))
        values = np.sin(plane[:, :1]) + shared + rng.normal(0, 0.3, (120, 12))
        surfaces, _ = surfaces_of((plane, elevation), values, years=[2001], smoothing="gml")
        grid = raster.Grid("", Affine(60_000, 0, 2.3e5, 0, -60_000, 4.27e6), 9, 9)
        variance, x, y, heights = variance_on(surfaces, grid, "full", 1)
        errors = np.sqrt(variance)
        found = evaluated(surfaces, x, y, heights).mean(axis=0)
        true = np.broadcast_to(np.sin((x - 5e5) / 1e5), found.shape)
        annual = diagnostics.combined_error(errors, diagnostics.month_correlation(surfaces), "mean")
        held.append(np.abs(found - true) <= 1.96 * annual)
        alone = diagnostics.combined_error(errors, np.eye(12), "mean")
        sure.append(np.abs(found - true) <= 1.96 * alone)
    assert 0.88 < np.mean(held) < 0.995
    assert np.mean(sure) < np.mean(held) - 0.15
