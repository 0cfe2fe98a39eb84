"""Climatology and departures: values, errors, predictions without a station, trends of networks."""

from dataclasses import replace

import numpy as np
import pyproj
import pytest
from affine import Affine
from nepflow.climate import anomaly, coarse, diagnostics, evaluation, fitting, methods
from nepflow.climate.network import Network, constant
from nepflow.io import raster

YEARS = np.arange(2001, 2009)
TIMES = np.repeat(YEARS, 12), np.tile(np.arange(1, 13), YEARS.size)
FIXED = fitting.Model(smoothing="fixed_rho", smoothing_value=0.05, block_km=150)
DIFFERENCE = anomaly.Departures("difference", minimum=6)
RATIO = anomaly.Departures("ratio", amount=10.0, minimum=6)


def network(count=25, seed=5):
    rng = np.random.default_rng(seed)
    metres = rng.uniform(-2e5, 2e5, (count, 2))
    position = np.column_stack([np.zeros((count, 2)), rng.uniform(100, 2500, count)])
    names = np.array([f"{number:02d}" for number in range(count)])
    return Network(names, position, metres, np.zeros(2), 1e5)


def temperatures(own, seed=6, trend=0.0):
    """Station error that stays, weather, and a trend (K yr-1) that all share."""
    rng = np.random.default_rng(seed)
    base = 15 - 6e-3 * own.position[:, 2] + rng.normal(0, 1.5, len(own.names))
    season = 10 * np.cos((TIMES[1] - 7) * np.pi / 6)
    weather = rng.normal(0, 1, TIMES[0].size) + trend * (TIMES[0] - 2001)
    return base[:, None] + season + weather + rng.normal(0, 0.3, (len(base), season.size))


def rain(own, seed=7):
    rng = np.random.default_rng(seed)
    normal = 10 + 0.02 * own.position[:, 2] + rng.uniform(0, 10, len(own.names))
    wetness = rng.gamma(4, 0.25, TIMES[0].size) * rng.gamma(20, 0.05, (len(normal), 1))
    return normal[:, None] * wetness


def fitted(own, values, variable="temperature", options=DIFFERENCE, model=FIXED, method="anomaly"):
    return methods.fit(method, own, values, TIMES, variable, model, options)


def at(surfaces, place, elevation):
    """Monthly values of all years at places (place, 2), m."""
    chosen = surfaces.of_years(YEARS.tolist())
    chosen = chosen.added() if chosen.is_sum else chosen
    x, y = place.T
    return evaluation.by_chunks(lambda v: v, [chosen], x[None], y[None], elevation[None])[:, 0].T


def test_a_station_that_is_left_out():
    """The prediction equals that of surfaces which never saw the station."""
    own = network()
    values = temperatures(own)
    surfaces, _, _ = fitted(own, values)
    found = diagnostics.predictions(surfaces)[:, 12:]
    kept = np.arange(len(values)) != 4
    without, _, _ = fitted(own.only(kept), values[kept])
    expected = at(without, own.metres[[4]], own.position[[4], 2])
    np.testing.assert_allclose(found[[4]], expected, atol=1e-8)


def test_sum_and_parts_agree():
    """One surface a month, or climatology and departures: the same values."""
    own = network()
    surfaces, _, _ = fitted(own, temperatures(own))
    chosen = surfaces.of_years([2003])
    cells = np.array([[0.0, 1e5]]), np.array([[2e4, 2e4]]), np.array([[500.0, 900.0]])
    parts = evaluation.by_chunks(lambda v: v, [chosen], *cells)
    whole = evaluation.by_chunks(lambda v: v, [chosen.added()], *cells)
    np.testing.assert_allclose(parts, whole, atol=1e-10)
    annual = evaluation.annual(chosen.added(), *cells, "mean")[0]
    np.testing.assert_allclose(annual[0], whole.mean(axis=0), atol=1e-10)
    assert evaluation.annual(chosen, *cells, "mean")[0][0] == pytest.approx(whole.mean(axis=0))


def test_ratios_by_hand():
    """Normal 40, departure +0.5: 60. Normal 4 below the amount 10, departure -0.8: floored."""
    own = network()
    model = replace(FIXED, transformation="square_root")
    surfaces, _, _ = fitted(own, rain(own), "precipitation", RATIO, model)
    parts = np.repeat([[np.sqrt(40.0)], [0.5]], 12, axis=0)
    assert anomaly.of_parts(surfaces, parts.copy()) == pytest.approx(60.0)
    parts = np.repeat([[2.0], [-0.8]], 12, axis=0)
    values = anomaly.of_parts(surfaces, parts.copy())
    assert values == pytest.approx(-4.0)
    assert anomaly.floored(surfaces, values) == pytest.approx(0.0)


def test_stations_left_out_have_their_sum():
    """The climatology of a square root is unbiased for stations that it has not seen."""
    own = network(40)
    model = fitting.Model(transformation="square_root")
    surfaces, _, _ = fitted(own, rain(own), "precipitation", RATIO, model)
    normals = surfaces.observed[:, :12]
    left_out = anomaly.predicted(surfaces, surfaces.loo_residuals)
    np.testing.assert_allclose(left_out[:, :12].sum(axis=0), normals.sum(axis=0), rtol=1e-10)
    total = left_out[:, 12:].sum() / surfaces.observed[:, 12:].sum()
    assert total == pytest.approx(1, abs=0.01)


def test_errors_are_those_of_small_changes():
    own = network()
    model = replace(FIXED, transformation="square_root")
    surfaces, _, _ = fitted(own, rain(own), "precipitation", RATIO, model)
    for root, departure in ((6.0, 0.4), (2.0, 0.3)):
        fitted_parts = np.repeat([[root], [departure]], 12, axis=0)
        variance = np.repeat([[1e-8], [4e-8]], 12, axis=0)
        of_normals, of_departures = anomaly.errors(surfaces, fitted_parts, variance)
        step = np.repeat([[1e-4], [0.0]], 12, axis=0)
        values = [anomaly.of_parts(surfaces, fitted_parts + sign * step) for sign in (1, -1)]
        assert of_normals == pytest.approx((values[0] - values[1]) / 2, rel=1e-4)
        step = np.repeat([[0.0], [2e-4]], 12, axis=0)
        values = [anomaly.of_parts(surfaces, fitted_parts + sign * step) for sign in (1, -1)]
        assert of_departures == pytest.approx((values[0] - values[1]) / 2, rel=1e-4)


def test_stations_that_open_make_no_trend():
    """Cold stations that open in the middle of the period: no cooling by departures."""
    own = network(30)
    values = temperatures(own, trend=0.05)
    cold = np.argsort(values.mean(axis=1) + 6e-3 * own.position[:, 2])[:6]
    late = values.copy()
    late[cold, : 4 * 12] = np.nan
    np.testing.assert_array_equal(constant(late), ~np.isin(np.arange(30), cold))
    rng = np.random.default_rng(1)
    cells, heights = rng.uniform(-1.5e5, 1.5e5, (200, 2)), rng.uniform(200, 2000, 200)
    step = np.arange(YEARS.size) - (YEARS.size - 1) / 2
    slope = {}
    for method in ("absolute", "anomaly"):
        for name, given in (("all", values), ("late", late)):
            surfaces, _, _ = fitted(own, given, model=fitting.Model(), method=method)
            annual = at(surfaces, cells, heights).reshape(200, -1, 12).mean(axis=2)
            slope[method, name] = (annual @ step / (step**2).sum()).mean()
    assert abs(slope["anomaly", "late"] - slope["anomaly", "all"]) < 0.003
    assert abs(slope["absolute", "late"] - slope["absolute", "all"]) > 0.03


def rising_rain(own, seed=7):
    """Rain that becomes 4 % of its normal wetter a year at every station."""
    wetter = 1 + 0.04 * (TIMES[0] - 2001)
    return rain(own, seed) * wetter


def opened_or_closed(values, seed):
    """A fifth of the stations opens or closes once, in years three to six of the eight."""
    rng = np.random.default_rng(seed)
    found, stays = values.copy(), np.ones(len(values), bool)
    for row in rng.choice(len(values), len(values) // 5, replace=False):
        cut = rng.integers(24, 72)
        found[row, slice(0, cut) if rng.random() < 0.5 else slice(cut, None)] = np.nan
        stays[row] = False
    return found, stays


@pytest.mark.parametrize("variable", ["temperature", "precipitation"])
def test_a_network_that_changes_at_random_has_the_trend_of_those_that_stay(variable):
    """Beside the same draw's stations that stay: mean shift and spread of the slopes of cells."""
    rains, own = variable == "precipitation", network(40)
    model = replace(FIXED, transformation="square_root" if rains else "none")
    values = rising_rain(own) if rains else temperatures(own, trend=0.1)
    cells = np.random.default_rng(1).uniform(-1.5e5, 1.5e5, (100, 2))
    step = np.arange(YEARS.size) - (YEARS.size - 1) / 2

    def slopes(method, given, stations):
        options = RATIO if rains else DIFFERENCE
        surfaces, _, _ = fitted(stations, given, variable, options, model, method)
        annual = at(surfaces, cells, np.full(100, 1200.0)).reshape(100, -1, 12)
        return (annual.sum(axis=2) if rains else annual.mean(axis=2)) @ step / (step**2).sum()

    shift, moved = {"anomaly": [], "absolute": []}, {"anomaly": [], "absolute": []}
    for seed in range(6):
        late, stays = opened_or_closed(values, seed)
        constant = slopes("anomaly", values[stays], own.only(stays))
        for method in shift:
            off = slopes(method, late, own) - constant
            shift[method].append(off.mean())
            moved[method].append(np.sqrt((off**2).mean()))
    true = constant.mean()
    assert true > (10 if rains else 0.05), "mm yr-2, K yr-1"
    assert abs(np.mean(shift["anomaly"])) < 0.1 * true
    assert np.mean(moved["anomaly"]) < (0.08 if rains else 0.05) * true
    assert np.mean(moved["absolute"]) > 3 * np.mean(moved["anomaly"])


def test_split_record_is_brought_to_its_longer_part():
    own = network()
    values = temperatures(own)
    stepped = values.copy()
    stepped[3, 5 * 12 :] += 2.0  # three of eight years
    options = replace(DIFFERENCE, steps=((3, 5),))
    plain, _, _ = fitted(own, values)
    mended, _, _ = fitted(own, stepped, options=options)
    apart = mended.observed[3, 12:] - values[3]
    assert np.abs(apart[: 5 * 12]).max() < 1e-9
    assert abs(apart[5 * 12 :].mean()) < 0.15  # 2 K before
    assert abs(mended.observed[3, :12] - plain.observed[3, :12]).mean() < 0.2


def test_annual_values_stand_behind_the_months():
    own = network()
    values = temperatures(own)
    surfaces, log, _ = fitted(own, values, method="annual")
    years = surfaces.of_annual_values(YEARS.tolist())
    np.testing.assert_allclose(years.observed, values.reshape(25, -1, 12).mean(axis=2))
    assert log["RHO"].size == surfaces.years.size == 13 * YEARS.size
    assert surfaces.of_years([2001]).months.tolist() == list(range(1, 13))
    assert fitted(own, values, method="absolute")[0].of_annual_values([2001]) is None


@pytest.mark.parametrize("variable", ["temperature", "precipitation"])
def test_nodes_keep_their_bound(variable):
    own = network()
    rains = variable == "precipitation"
    model = replace(FIXED, transformation="square_root" if rains else "none")
    values, options = (rain(own), RATIO) if rains else (temperatures(own), DIFFERENCE)
    surfaces, _, _ = fitted(own, values, variable, options, model)
    crs = pyproj.CRS("+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m")
    grid = raster.Grid(crs.to_wkt(), Affine(5000, 0, -2e5, 0, -5000, 2e5), 80, 80)
    elevation = np.random.default_rng(2).uniform(100, 2500, (80, 80))
    found = coarse.bounds(surfaces, grid, (100, 2500))
    x, y = grid.xy(0, 80)
    chosen = surfaces.of_years([2004])
    for step in (16, 4):
        exact, nodes = (
            evaluation.by_chunks(
                lambda v: v.copy(),
                [evaluation.evaluation_of(replace(chosen, step=size), grid)],
                *(x, y, elevation),
            )
            for size in (0, step)
        )
        assert 0 < np.abs(exact - nodes).max() <= found[step]
    assert found[4] < found[16]
