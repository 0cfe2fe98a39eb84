"""The coarse evaluator: its error stays below the bound, and the bound says something."""

from dataclasses import replace

import numpy as np
import pytest
from affine import Affine
from nepflow.climate import coarse
from nepflow.climate import evaluation as climate_evaluation
from nepflow.climate.spline import kernel_matrix
from nepflow.io import raster
from nepflow.spatial import lattice
from scipy.interpolate import BarycentricInterpolator
from test_climate import surfaces_of


@pytest.fixture
def grid():
    return raster.Grid("", Affine(3000, 0, 2e5, 0, -3000, 4.3e6), 200, 210)


@pytest.fixture
def stations():
    rng = np.random.default_rng(12)
    return rng.uniform(-3, 3, (50, 2)), rng.uniform(100, 3000, 50)


def noisy(stations, noise=0.5):
    knots, elevation = stations
    smooth = 15 - 0.006 * elevation + np.cos(2 * knots[:, 0]) + 0.5 * knots[:, 1]
    return smooth[:, None] + np.random.default_rng(4).normal(0, noise, (50, 24))


def values_of(surfaces, grid, step, rows=200):
    elevation = np.random.default_rng(5).uniform(0, 3000, (grid.height, grid.width))
    elevation[:30, :40] = np.nan
    evaluation = climate_evaluation.evaluation_of(replace(surfaces, step=step), grid)
    strips = []
    for start in range(0, grid.height, rows):
        stop = min(start + rows, grid.height)
        x, y = grid.xy(start, stop)
        strips.append(
            climate_evaluation.by_chunks(
                lambda values: values, [evaluation], x, y, elevation[start:stop]
            )
        )
    return np.concatenate(strips, axis=1)


def test_weights_are_those_of_barycentric_interpolation():
    phase = np.linspace(0, 0.99, 7)
    ordinates = np.random.default_rng(0).normal(size=6)
    expected = BarycentricInterpolator(np.arange(-2.0, 4), ordinates)(phase)
    np.testing.assert_allclose(ordinates @ lattice.lagrange_weights(phase), expected, atol=1e-13)


@pytest.mark.parametrize("order", [2, 3])
@pytest.mark.parametrize("step", [2, 8, 16])
@pytest.mark.parametrize("transformation", ["none", "square_root", "log"])
def test_error_is_below_its_bound(stations, grid, step, order, transformation):
    values = np.abs(noisy(stations)) + 0.1
    surfaces, _ = surfaces_of(stations, values, transformation, order=order)
    bound = coarse.bounds(surfaces, grid, (0, 3000))[step]
    found = np.nanmax(np.abs(values_of(surfaces, grid, step) - values_of(surfaces, grid, 0)))
    assert found <= bound
    assert found > 1e-4 * bound


def test_bound_is_not_far_from_the_error(stations, grid):
    # one rough surface: the bound of a single kernel is nearly reached beside its station
    surfaces, _ = surfaces_of(
        stations, noisy(stations, 2.0), smoothing="fixed_rho", smoothing_value=1e-3
    )
    bound = coarse.bounds(surfaces, grid, (0, 3000))[8]
    found = np.nanmax(np.abs(values_of(surfaces, grid, 8) - values_of(surfaces, grid, 0)))
    assert 0.2 * bound < found <= bound


@pytest.mark.parametrize("order", [2, 3])
def test_unit_errors_hold_anywhere(order):
    errors = coarse.unit_errors(order)
    rng = np.random.default_rng(order)
    node = np.arange(-30.0, 31)
    nodes = np.stack(np.meshgrid(node, node, indexing="ij"), axis=-1).reshape(-1, 2)
    for _ in range(40):
        station, place = rng.uniform(0, 1, 2), rng.uniform(-9, 9, 2)
        kernel = kernel_matrix(nodes, station[None], order).reshape(61, 61)
        base = np.floor(place).astype(int)
        weights = lattice.lagrange_weights(place - base)
        rows, columns = (base[:, None] - 2 + np.arange(6)) + 30
        coarse_value = weights[:, 0] @ kernel[np.ix_(rows, columns)] @ weights[:, 1]
        error = abs(coarse_value - kernel_matrix(place[None], station[None], order)[0, 0])
        assert error <= errors[int(np.hypot(*(place - station)) * 8)]


@pytest.mark.parametrize("rows", [1, 7, 64, 130])
def test_coarse_values_do_not_depend_on_the_block(stations, grid, rows):
    surfaces, _ = surfaces_of(stations, noisy(stations))
    whole = values_of(surfaces, grid, 8)
    np.testing.assert_array_equal(values_of(surfaces, grid, 8, rows), whole)
    assert np.isnan(whole[:, :30, :40]).all()
    assert np.isfinite(whole[:, 30:]).all()


def test_a_step_of_one_cell_is_exact(stations, grid):
    surfaces, _ = surfaces_of(stations, noisy(stations))
    np.testing.assert_allclose(
        values_of(surfaces, grid, 1), values_of(surfaces, grid, 0), atol=1e-11
    )


def test_coarsest_step_within_the_tolerance():
    bounds = {16: 0.3, 8: 0.1, 4: 0.02}
    assert coarse.coarsest(bounds, 0.1) == 8
    assert coarse.coarsest(bounds, 0.01) == 0
