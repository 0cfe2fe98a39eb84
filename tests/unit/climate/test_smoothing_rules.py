"""Rules where GCV interpolates, parameters that months share, and knots."""

import numpy as np
import pytest
from nepflow.climate import fitting, smoothing, uncertainty
from nepflow.climate.fitting import Model
from nepflow.climate.spline import (
    DegenerateStations,
    ThinPlateSpline,
    kernel_matrix,
    monomials,
    spaced,
)
from scipy import linalg

MONTHS = np.tile(np.arange(1, 13), 2)


def stations_of(seed=5, count=60):
    rng = np.random.default_rng(seed)
    return rng.uniform(-3, 3, (count, 2)), rng.uniform(0, 3000, count)


def rough_and_smooth(stations):
    """Two years of months: odd ones vary between neighbours, as an exponential variogram does."""
    plane, elevation = stations
    rng = np.random.default_rng(2)
    apart = np.linalg.norm(plane[:, None] - plane[None], axis=2)
    rough = np.linalg.cholesky(np.exp(-apart)) @ rng.normal(size=(len(plane), 24))
    smooth = 2 * np.sin(plane[:, :1]) - 0.006 * elevation[:, None]
    noise = rng.normal(0, np.where(MONTHS % 2, 0.1, 1.0), (len(plane), 24))
    return smooth + np.where(MONTHS % 2, 2 * rough, 0) + noise


def fit_of(stations, values, **settings):
    parts, log, minima = fitting.fit_surfaces(
        *stations, values, fitting.missing_patterns(values), Model(**settings), months=MONTHS
    )
    return parts["smoothing"], log, minima


def test_gml_takes_the_place_of_gcv_where_that_interpolates_and_nowhere_else():
    stations = stations_of()
    values = rough_and_smooth(stations)
    plain, gml = (fit_of(stations, values, smoothing=name)[0] for name in ("gcv", "gml"))
    found, log, _ = fit_of(stations, values, smoothing_fallback="gml")
    failed = log["FLAG_FALLBACK"] == 1
    # the guide's rule, from the plain fit: above half of the stations, or no minimum at all
    _, plain_log, _ = fit_of(stations, values)
    signal, ended = plain_log["SIGNAL"], plain_log["FLAG_END_OF_RANGE"] == 1
    rule = (signal > 30) | (ended & (signal > 50))
    np.testing.assert_array_equal(failed, rule)
    assert 0 < failed.sum() < 24
    np.testing.assert_array_equal(found, np.where(failed, gml, plain))
    assert (log["SIGNAL"] <= signal).all()
    assert not plain_log["FLAG_FALLBACK"].any()


def test_a_rougher_surface_takes_no_place():
    # an analytic wave is smoother than what GML thinks of: it has more freedom than GCV
    plane, elevation = stations_of()
    wave = 5 * np.sin(1.3 * plane[:, :1]) * np.cos(1.3 * plane[:, 1:])
    values = wave + np.random.default_rng(2).normal(0, 0.3, (len(plane), 24))
    stations = plane, elevation
    plain, gml = (fit_of(stations, values, smoothing=name)[0] for name in ("gcv", "gml"))
    found, log, _ = fit_of(stations, values, smoothing_fallback="gml")
    assert (gml <= plain).all()
    assert (gml < plain).sum() > 12
    assert (log["FLAG_SIGNAL_ABOVE_HALF"] == 1).all()
    assert not log["FLAG_FALLBACK"].any()
    np.testing.assert_array_equal(found, plain)


def test_the_common_gml_of_the_month_takes_its_place():
    stations = stations_of()
    values = rough_and_smooth(stations)
    common, _, _ = fit_of(stations, values, smoothing="gml", common_smoothing="calendar_month")
    found, log, _ = fit_of(stations, values, smoothing_fallback="calendar_month")
    failed = log["FLAG_FALLBACK"] == 1
    assert 0 < failed.sum() < 24
    np.testing.assert_array_equal(found[failed], common[failed])


def test_months_share_the_parameter_of_the_lowest_mean_score():
    stations = stations_of()
    values = rough_and_smooth(stations)
    values[3, 12:] = np.nan  # another set of stations in the second year
    common, log, minima = fit_of(
        stations, values, smoothing="gml", common_smoothing="calendar_month"
    )
    np.testing.assert_array_equal(common[:12], common[12:])
    assert np.unique(common).size > 6
    assert {surface for surface, _, _ in minima} == set(np.flatnonzero(log["MINIMA"] > 0))
    heights = stations[1][:, None] / 1000
    splines = [
        ThinPlateSpline(stations[0][here], heights[here])
        for here in (np.arange(60), np.delete(np.arange(60), 3))
    ]
    for month in (0, 1):
        columns = values[:, [month]], np.delete(values[:, [12 + month]], 3, axis=0)

        def mean(move, month=month, columns=columns):
            pairs = zip(splines, columns, strict=True)
            fits = [spline.fit(v, fixed=common[month] * np.exp(move)) for spline, v in pairs]
            return np.mean([fit.gml[0] for fit in fits])

        assert mean(0) < min(mean(0.05), mean(-0.05))


def test_choice_of_other_surfaces_keeps_their_valleys():
    choice = smoothing.Choice(
        *(np.array([1.0, 2.0]), np.array([1.0, 0.5]), np.array([1, 2])),
        valleys=(np.array([1, 0, 1]), np.array([0.5, 1.0, 2.0])),
        end=np.zeros(2, int),
        fallback=np.zeros(2, bool),
    )
    taken = choice.taken(np.array([1, 1, 0]))
    assert taken.smoothing.tolist() == [2.0, 2.0, 1.0]
    pairs = sorted(zip(*(part.tolist() for part in taken.valleys), strict=True))
    assert pairs == [(0, 0.5), (0, 2.0), (1, 0.5), (1, 2.0), (2, 1.0)]


def test_the_closest_point_goes_first():
    # 0, 1, 3, 7: of 0 and 1 the second goes (3 is 2 away, 3 from 0); then of 0 and 3 the
    # latter (7 is 4 away from it, 7 from 0)
    points = np.array([[0.0], [1.0], [3.0], [7.0]])
    assert spaced(points, 3).tolist() == [0, 2, 3]
    assert spaced(points, 2).tolist() == [0, 3]
    assert spaced(points, 4).tolist() == [0, 1, 2, 3]


def test_knots_are_further_apart_than_chance_makes_them():
    points = np.random.default_rng(1).uniform(0, 1, (300, 2))

    def closest(some):
        distance = np.linalg.norm(some[:, None] - some[None], axis=2)
        return distance[np.triu_indices(len(some), 1)].min()

    assert closest(points[spaced(points, 100)]) > 4 * closest(points[:100])


@pytest.mark.parametrize("weighted", [False, True])
def test_knots_are_the_penalised_regression_on_their_kernels(weighted):
    rng = np.random.default_rng(1)
    plane, elevation = stations_of(1, 80)
    heights, values = elevation[:, None] / 1000, rng.normal(size=(80, 2)) + plane[:, :1] ** 2
    weights = rng.uniform(0.5, 2, 80) if weighted else np.ones(80)
    spline = ThinPlateSpline(plane, heights, weights, knots=30)
    fit = spline.fit(values, "gml")
    knots = spaced(plane, 30)
    # by hand: functions of the knots' kernels with T'c = 0, penalty c' K c
    functions = monomials(plane - spline.centre, 2, heights)
    null = linalg.null_space(functions[knots].T)
    design = np.hstack([functions, kernel_matrix(plane, plane[knots], 2) @ null])
    penalty = np.zeros((len(design[0]),) * 2)
    penalty[4:, 4:] = null.T @ kernel_matrix(plane[knots], plane[knots], 2) @ null
    points, at = rng.uniform(-3, 3, (50, 2)), rng.uniform(0, 3, (50, 1))
    place = np.hstack(
        [monomials(points - spline.centre, 2, at), kernel_matrix(points, plane[knots], 2) @ null]
    )
    error = uncertainty.standard_errors(spline, fit, points, at)
    for surface, parameter in enumerate(fit.choice.smoothing):
        normal = design.T @ (weights[:, None] * design) + parameter * penalty
        inverse = np.linalg.inv(normal)
        solved = inverse @ design.T @ (weights * values[:, surface])
        np.testing.assert_allclose(
            spline.predict(fit, points, at)[:, surface], place @ solved, atol=1e-9
        )
        influence = design @ inverse @ (design.T * weights)
        assert fit.signal[surface] == pytest.approx(np.trace(influence), rel=1e-9)
        posterior = fit.variance[surface] * ((place @ inverse) * place).sum(axis=1)
        np.testing.assert_allclose(error[:, surface] ** 2, posterior, rtol=1e-6)


def test_every_station_as_knot_is_the_spline_itself():
    plane, elevation = stations_of(4)
    values = rough_and_smooth((plane, elevation))
    whole = ThinPlateSpline(plane).fit(values)
    knots = ThinPlateSpline(plane, knots=60).fit(values)
    np.testing.assert_array_equal(knots.kernel_coefficients, whole.kernel_coefficients)
    nearly = ThinPlateSpline(plane, knots=59).fit(values, fixed=whole.choice.smoothing)
    assert np.median(np.abs(nearly.residuals - whole.residuals)) < 0.1


def test_too_few_knots_are_named():
    plane, elevation = stations_of()
    with pytest.raises(DegenerateStations, match="4 knots cannot carry 4"):
        ThinPlateSpline(plane, elevation[:, None], knots=4)
    values = rough_and_smooth((plane, elevation))
    assert (fit_of((plane, elevation), values, max_knots=20)[1]["SIGNAL"] <= 20 + 1e-9).all()


def test_what_others_say_of_left_out_stations_is_that_of_refitting():
    rng = np.random.default_rng(5)
    plane, elevation = stations_of()
    heights, weights = elevation[:, None] / 1000, rng.uniform(0.5, 2, 60)
    values = rough_and_smooth((plane, elevation))[:, :3]
    spline = ThinPlateSpline(plane, heights, weights)
    fit = spline.fit(values, fixed=[0.1, 0.4, 2.0])
    for members in (np.array([3, 8, 21, 40]), np.array([17])):
        rest = np.setdiff1d(np.arange(60), members)
        others = ThinPlateSpline(plane[rest], heights[rest], weights[rest])
        again = others.fit(values[rest], fixed=[0.1, 0.4, 2.0])
        place = plane[members], heights[members]
        expected = uncertainty.standard_errors(others, again, *place, variance=fit.variance)
        _, variance = spline.without(fit, members)
        np.testing.assert_allclose(np.sqrt(variance), expected, rtol=1e-7)
    np.testing.assert_allclose(np.sqrt(fit.loo_variance(weights)[[17]]), expected, rtol=1e-7)
