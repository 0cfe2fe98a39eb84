"""The spline engine against scipy, brute force and planted truth."""

import numpy as np
import pandas as pd
import pytest
from nepflow.climate import smoothing, uncertainty
from nepflow.climate.spline import (
    DegenerateStations,
    ThinPlateSpline,
    kernel_constant,
    kernel_matrix,
    monomials,
)
from scipy.interpolate import RBFInterpolator


@pytest.fixture
def network():
    """Sixty stations in units of 100 km, elevation in km, three noisy surfaces."""
    rng = np.random.default_rng(3)
    position = rng.uniform(-4, 4, (60, 2))
    elevation = rng.uniform(0, 3, (60, 1))
    smooth = np.sin(position[:, :1]) + 0.3 * position[:, 1:] - 6 * elevation
    return position, elevation, smooth + rng.normal(0, 0.4, (60, 3))


@pytest.mark.parametrize(
    ("dimensions", "order", "theta"),
    [
        (1, 2, 1 / 12),
        (2, 2, 1 / (8 * np.pi)),
        (2, 3, -1 / (128 * np.pi)),
        (3, 2, -1 / (8 * np.pi)),
        (3, 3, 1 / (96 * np.pi)),
    ],
)
def test_kernel_constants(dimensions, order, theta):
    # Wahba (1990), eq. 2.4.4 and 2.4.5
    assert kernel_constant(dimensions, order) == pytest.approx(theta, rel=1e-15)


def test_kernel_by_hand():
    # r = 5: E = 25 log(5) / (8 pi)
    value = kernel_matrix(np.array([[3.0, 4.0]]), np.zeros((1, 2)), 2)
    assert value[0, 0] == pytest.approx(25 * np.log(5) / (8 * np.pi), rel=1e-15)
    assert abs(kernel_matrix(np.zeros((1, 2)), np.zeros((1, 2)), 2)[0, 0]) < 1e-290


def test_order_too_low():
    with pytest.raises(ValueError, match="2 m > d"):
        kernel_constant(4, 2)


@pytest.mark.parametrize(("dimensions", "order", "count"), [(2, 2, 3), (2, 3, 6), (3, 3, 10)])
def test_monomials_are_complete(dimensions, order, count):
    points = np.random.default_rng(0).normal(size=(40, dimensions))
    functions = monomials(points, order, points[:, :1] ** 7)
    assert functions.shape == (40, count + 1)
    assert np.linalg.matrix_rank(functions) == count + 1


@pytest.mark.parametrize("criterion", ["gcv", "gml"])
def test_plane_with_lapse_rate_is_exact(network, criterion):
    position, elevation, _ = network
    plane = 12 + 0.7 * position[:, :1] - 1.1 * position[:, 1:] - 6.5 * elevation
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(plane, criterion)
    points, heights = np.array([[9.0, -7.0], [0.3, 0.1]]), np.array([[4.5], [0.0]])
    truth = 12 + 0.7 * points[:, 0] - 1.1 * points[:, 1] - 6.5 * heights[:, 0]
    np.testing.assert_allclose(spline.predict(fit, points, heights)[:, 0], truth, atol=1e-10)
    assert fit.polynomial_coefficients[-1, 0] == pytest.approx(-6.5, abs=1e-11)


def test_scipy_gives_the_same_surface(network):
    position, _, values = network
    spline = ThinPlateSpline(position)
    fit = spline.fit(values, fixed=0.37)
    # scipy's kernel lacks theta = 1 / (8 pi)
    theirs = RBFInterpolator(position, values, smoothing=8 * np.pi * 0.37)
    points = np.random.default_rng(4).uniform(-6, 6, (200, 2))
    np.testing.assert_allclose(spline.predict(fit, points), theirs(points), atol=1e-11)


def test_leave_one_out_is_that_of_refitting(network):
    position, elevation, values = network
    weights = np.random.default_rng(5).uniform(0.5, 2, 60)
    fit = ThinPlateSpline(position, elevation, weights).fit(values, fixed=0.2)
    for out in (0, 17, 59):
        rest = np.arange(60) != out
        spline = ThinPlateSpline(position[rest], elevation[rest], weights[rest])
        refitted = spline.fit(values[rest], fixed=0.2)
        predicted = spline.predict(refitted, position[[out]], elevation[[out]])
        np.testing.assert_allclose(
            fit.loo_residuals[out], values[out] - predicted[0], atol=1e-11, rtol=0
        )


def test_signal_is_the_trace_of_the_influence_matrix(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(values)
    leverages = 1 - fit.unexplained
    np.testing.assert_allclose(leverages.sum(axis=0), fit.signal, rtol=1e-12)
    np.testing.assert_allclose(fit.signal + fit.error, 60, rtol=1e-13)
    unit = spline.fit(np.eye(60), fixed=fit.choice.smoothing[0])
    influence = np.eye(60) - unit.residuals
    np.testing.assert_allclose(np.diag(influence), leverages[:, 0], atol=1e-12)


def test_statistics_by_their_definitions(network):
    position, elevation, values = network
    fit = ThinPlateSpline(position, elevation).fit(values)
    rss = (fit.residuals**2).sum(axis=0)
    np.testing.assert_allclose(fit.gcv, (rss / 60) / (fit.error / 60) ** 2, rtol=1e-12)
    np.testing.assert_allclose(fit.variance, rss / fit.error, rtol=1e-12)
    np.testing.assert_allclose(fit.mean_squared_residual, rss / 60, rtol=1e-12)
    np.testing.assert_allclose(fit.mean_squared_error, fit.variance * fit.signal / 60, rtol=1e-12)


def test_both_variances_agree_at_the_gml_optimum(network):
    # z'(I-A)z / (n - nt) = RSS / (n - edf) where the likelihood is stationary
    position, elevation, values = network
    fit = ThinPlateSpline(position, elevation).fit(values, "gml")
    assert (fit.choice.end == 0).all()
    likelihood = (values * fit.residuals).sum(axis=0) / (60 - 4)
    np.testing.assert_allclose(likelihood, fit.variance, rtol=1e-7)


@pytest.mark.parametrize("criterion", ["gcv", "gml"])
def test_slopes_are_derivatives(network, criterion):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    squares = (spline.to_rotated @ values) ** 2
    score = smoothing.CRITERIA[criterion]
    step = 1e-5
    for log_smoothing in (-6.0, -1.0, 3.0):
        above, below = (
            score(log_smoothing + move, spline.eigenvalues, squares)[0] for move in (step, -step)
        )
        slope = score(log_smoothing, spline.eigenvalues, squares)[1]
        np.testing.assert_allclose(slope, np.log(above / below) / (2 * step), rtol=1e-6, atol=1e-9)


def test_minimum_is_that_of_a_fine_grid(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(values)
    grid = np.linspace(-12, 12, 4801)
    many = spline.fit(np.repeat(values[:, :1], grid.size, axis=1), fixed=np.exp(grid))
    assert abs(np.log(fit.choice.smoothing[0]) - grid[many.gcv.argmin()]) <= 0.005


def test_surfaces_do_not_influence_one_another(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    together = spline.fit(values)
    for surface in range(3):
        alone = spline.fit(values[:, [surface]])
        assert alone.choice.smoothing[0] == pytest.approx(
            together.choice.smoothing[surface], rel=1e-7
        )


@pytest.mark.parametrize("seed", [0, 1, 2, 3])
def test_simulated_stations_do_not_lead_to_interpolation(reference_data, seed):
    # Twenty stations get a simulation 2 km away that shares their error: the lowest GCV moves to
    # interpolation (R fields takes 351 degrees of freedom), mgcv finds 30.9, GML 34.7.
    stations = pd.read_csv(reference_data / "spline/synthetic350/stations.csv")
    position = stations[["x_m", "y_m"]].to_numpy() / 1e5
    elevation = stations[["elev_m"]].to_numpy() / 1e3
    values = stations[["tmean_2001"]].to_numpy()
    rng = np.random.default_rng(seed)
    simulations = rng.choice(350, 20, replace=False)
    angle = rng.uniform(0, 2 * np.pi, 20)
    moved = position[simulations] + 0.02 * np.column_stack([np.cos(angle), np.sin(angle)])
    spline = ThinPlateSpline(
        np.vstack([position, moved]), np.vstack([elevation, elevation[simulations]])
    )
    shared = np.vstack([values, values[simulations] + rng.normal(0, 0.05, (20, 1))])
    fit = spline.fit(shared)
    lowest = spline.fit(shared, fixed=fit.choice.lowest)
    assert lowest.gcv[0] < 0.5 * fit.gcv[0]
    assert lowest.signal[0] > 350
    assert 26 < fit.signal[0] < 37
    assert spline.fit(shared, "gml").signal[0] == pytest.approx(34.7, abs=2)


def test_coincident_stations_are_allowed(network):
    position, elevation, values = network
    spline = ThinPlateSpline(
        np.vstack([position, position[:3]]), np.vstack([elevation, elevation[:3]])
    )
    fit = spline.fit(np.vstack([values, values[:3] + 0.5]))
    assert np.isfinite(fit.loo_residuals).all()
    # the fitted values of coincident stations are one value
    fitted = np.vstack([values, values[:3] + 0.5]) - fit.residuals
    np.testing.assert_allclose(fitted[:3], fitted[60:], atol=1e-10)


def test_pure_noise_ends_at_the_polynomial():
    rng = np.random.default_rng(8)
    position, values = rng.uniform(-1, 1, (80, 2)), rng.normal(size=(80, 40))
    fit = ThinPlateSpline(position).fit(values)
    ended = fit.choice.end == 1
    assert ended.any()
    assert (fit.choice.minima[ended] == 0).all()
    np.testing.assert_allclose(fit.signal[ended], 3, atol=0.011)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("criterion", ["gcv", "gml"])
def test_a_month_without_any_rain(network, criterion):
    position, elevation, _ = network
    fit = ThinPlateSpline(position, elevation).fit(np.zeros((60, 2)), criterion)
    assert (fit.choice.end == 1).all()
    for quantity in (fit.kernel_coefficients, fit.polynomial_coefficients, fit.loo_residuals):
        assert (quantity == 0).all()


def test_full_error_is_never_below_that_of_the_fitted_values(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(values)
    points, heights = np.array([[0.0, 0.0], [20.0, 0.0]]), np.array([[1.0], [1.0]])
    full = uncertainty.standard_errors(spline, fit, points, heights)
    fitted = uncertainty.standard_errors(spline, fit, points, heights, "fitted")
    assert (full >= fitted).all()
    assert (full[1] > 5 * full[0]).all()
    stations = uncertainty.standard_errors(spline, fit, position, elevation)
    # at the stations both are the error of the fitted values, sqrt(VAR A_ii)
    np.testing.assert_allclose(stations, np.sqrt(fit.variance * (1 - fit.unexplained)), rtol=1e-6)


def test_wanted_signal_out_of_reach(network):
    position, elevation, values = network
    with pytest.raises(ValueError, match="not between 0 and"):
        ThinPlateSpline(position, elevation).fit(values, signal=61.0)


@pytest.mark.parametrize(
    ("position", "elevation"),
    [
        (np.column_stack([np.arange(9.0), 2 * np.arange(9.0)]), None),
        (np.random.default_rng(1).normal(size=(9, 2)), np.zeros((9, 1))),
        (np.random.default_rng(1).normal(size=(9, 2)), np.ones((9, 1))),
        (np.random.default_rng(1).normal(size=(3, 2)), None),
    ],
    ids=["line", "no elevation", "flat", "too few"],
)
def test_degenerate_stations(position, elevation):
    with pytest.raises(DegenerateStations):
        ThinPlateSpline(position, elevation)


def test_stations_left_out_together_are_those_of_refitting(network):
    position, elevation, values = network
    weights = np.random.default_rng(5).uniform(0.5, 2, 60)
    spline = ThinPlateSpline(position, elevation, weights)
    fit = spline.fit(values, fixed=[0.1, 0.4, 2.0])
    members = np.array([3, 8, 21, 40, 41])
    rest = np.setdiff1d(np.arange(60), members)
    others = ThinPlateSpline(position[rest], elevation[rest], weights[rest])
    refitted = others.fit(values[rest], fixed=[0.1, 0.4, 2.0])
    predicted = others.predict(refitted, position[members], elevation[members])
    np.testing.assert_allclose(
        spline.without(fit, members)[0], values[members] - predicted, atol=1e-10, rtol=0
    )
    assert np.isnan(spline.without(fit, np.arange(57))).all()


def test_known_variance_minimises_the_unbiased_risk(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(values, "known_variance", variance=0.16)

    def risk(log_smoothing):
        at = spline.fit(values, fixed=np.exp(log_smoothing))
        return at.rss / 60 - 2 * 0.16 * at.error / 60 + 0.16

    best = np.log(fit.choice.smoothing)
    for move in (-0.05, 0.05):
        assert (risk(best) < risk(best + move)).all()


def test_common_parameter_minimises_the_mean_criterion(network):
    position, elevation, values = network
    spline = ThinPlateSpline(position, elevation)
    fewer = ThinPlateSpline(position[:50], elevation[:50])
    groups = [
        (spline.eigenvalues[:, 0], (spline.to_rotated @ values[:, :2]) ** 2, 60),
        (fewer.eigenvalues[:, 0], (fewer.to_rotated @ values[:50, 2:]) ** 2, 50),
    ]
    for criterion in ("gcv", "gml"):
        common = smoothing.search_common(groups, criterion)

        def mean(log_smoothing, criterion=criterion):
            many = spline.fit(values[:, :2], fixed=np.exp(log_smoothing))
            few = fewer.fit(values[:50, 2:], fixed=np.exp(log_smoothing))
            return np.concatenate([getattr(many, criterion), getattr(few, criterion)]).mean()

        grid = np.linspace(-8, 8, 1601)
        best = grid[np.argmin([mean(step) for step in grid])]
        assert abs(np.log(common.smoothing[0]) - best) <= 0.006


def test_every_local_minimum_is_reported(reference_data):
    stations = pd.read_csv(reference_data / "spline/synthetic350/stations.csv")
    position = stations[["x_m", "y_m"]].to_numpy() / 1e5
    values = stations[["tmean_2001"]].to_numpy()
    rng = np.random.default_rng(0)
    simulations = rng.choice(350, 20, replace=False)
    position = np.vstack([position, position[simulations] + 0.02])
    elevation = np.vstack([stations[["elev_m"]], stations[["elev_m"]].iloc[simulations]]) / 1e3
    spline = ThinPlateSpline(position, elevation)
    fit = spline.fit(np.vstack([values, values[simulations] + rng.normal(0, 0.05, (20, 1))]))
    surface, found = fit.choice.valleys
    assert len(found) == fit.choice.minima[0]
    assert found[-1] == fit.choice.smoothing[0]
    assert (surface == 0).all()


def test_likelihood_variance_by_its_definition(network):
    position, elevation, values = network
    fit = ThinPlateSpline(position, elevation).fit(values)
    expected = (values * fit.residuals).sum(axis=0) / (60 - 4)
    np.testing.assert_allclose(fit.likelihood_variance, expected, rtol=1e-10)


def test_standardised_residuals_have_unit_variance():
    # leverage-standardised residuals of pure noise are standard normal, whatever the weights
    rng = np.random.default_rng(11)
    position, weights = rng.uniform(-3, 3, (120, 2)), rng.uniform(0.25, 4, 120)
    values = rng.normal(size=(120, 300)) / np.sqrt(weights)[:, None]
    fit = ThinPlateSpline(position, weights=weights).fit(values, fixed=1.0)
    rms = np.sqrt((fit.standardised(weights) ** 2).mean(axis=1))
    np.testing.assert_allclose(rms, 1, atol=0.15)
