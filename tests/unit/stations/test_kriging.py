"""Variograms and ordinary kriging, against brute force and pykrige."""

import numpy as np
import pytest
from nepflow.spatial import variogram
from nepflow.stations import filling

MODELS = [
    variogram.Variogram("spherical", 0.4, 5.0, 300.0),
    variogram.Variogram("exponential", 0.1, 9.0, 700.0),
]


def places(count, seed=0):
    xy = np.random.default_rng(seed).uniform(0, 1000, (count, 2))
    return xy, np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))


def weather(apart, days, model, seed=1):
    root = np.linalg.cholesky(model.covariance(apart))
    return np.random.default_rng(seed).standard_normal((days, len(apart))) @ root.T


def with_gaps(values, share, seed=2):
    gaps = np.random.default_rng(seed).random(values.shape) < share
    return np.where(gaps, np.nan, values)


def brute_force(values, apart, model, target, absent):
    """Ordinary kriging as textbooks write it: the bordered system of one day and place."""
    here = np.setdiff1d(np.arange(len(values)), absent)
    n = len(here)
    whole = model.covariance(apart)
    system = np.ones((n + 1, n + 1))
    system[:n, :n], system[n, n] = whole[np.ix_(here, here)], 0
    weights = np.linalg.solve(system, np.append(whole[here, target], 1))[:n]
    assert weights.sum() == pytest.approx(1)
    return weights @ values[here]


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.model)
def test_estimates_and_errors_are_those_of_the_textbook_system(model):
    _, apart = places(25)
    values = with_gaps(weather(apart, 6, model), 0.2)
    complete, errors = filling.ordinary_kriging(values, filling.kriging_matrix(apart, model))
    for day in range(6):
        absent = np.flatnonzero(np.isnan(values[day]))
        assert absent.size and np.isnan(errors[day, absent]).all()
        for station in range(25):
            out = np.union1d(absent, station)
            expected = brute_force(values[day], apart, model, station, out)
            if station in absent:
                assert complete[day, station] == pytest.approx(expected, abs=1e-10)
            else:
                assert complete[day, station] == values[day, station]
                error = expected - values[day, station]
                assert errors[day, station] == pytest.approx(error, abs=1e-10)


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.model)
def test_pykrige_gives_the_same(model):
    ok = pytest.importorskip("pykrige.ok", reason="pykrige 1.7.3 is not installed")
    xy, apart = places(120, seed=5)
    values = 20 + with_gaps(weather(apart, 10, model), 0.05)
    complete, errors = filling.ordinary_kriging(values, filling.kriging_matrix(apart, model))
    parameters = {"psill": model.partial_sill, "range": model.range_km, "nugget": model.nugget}

    def theirs(day, here):
        kriged = ok.OrdinaryKriging(
            *xy[here].T,
            values[day, here],
            variogram_model=model.model,
            variogram_parameters=parameters,
            exact_values=True,
        )
        return kriged.execute("points", *xy[~here].T)[0].data

    for day in range(10):
        here = ~np.isnan(values[day])
        np.testing.assert_allclose(complete[day, ~here], theirs(day, here), rtol=0, atol=1e-8)
        here[np.flatnonzero(here)[7]] = False
        station = np.flatnonzero(~here & ~np.isnan(values[day]))[0]
        place = np.flatnonzero(~here).tolist().index(station)
        error = theirs(day, here)[place] - values[day, station]
        assert errors[day, station] == pytest.approx(error, abs=1e-8)


def test_days_do_not_influence_one_another():
    _, apart = places(20)
    values = with_gaps(weather(apart, 40, MODELS[0]), 0.1)
    values[5:9] = np.where(np.isnan(values[5]), np.nan, values[5:9])
    matrix = filling.kriging_matrix(apart, MODELS[0])
    whole, _ = filling.ordinary_kriging(values, matrix)
    order = np.random.default_rng(3).permutation(40)
    mixed, _ = filling.ordinary_kriging(values[order], matrix)
    np.testing.assert_allclose(mixed, whole[order], rtol=0, atol=1e-12)


def test_patterns_hold_every_day_once():
    present = np.random.default_rng(6).random((50, 3)) < 0.6
    groups = filling.patterns(present)
    assert sorted(np.concatenate([days for _, days in groups])) == list(range(50))
    assert len(groups) == len({tuple(row) for row in present.tolist()})
    for absent, days in groups:
        for day in days:
            assert np.flatnonzero(~present[day]).tolist() == absent.tolist()


def test_a_day_with_too_few_stations_stays_and_coincident_stations_are_no_fault():
    _, apart = places(6)
    apart[0, 1] = apart[1, 0] = 0
    apart[1, 2:], apart[2:, 1] = apart[0, 2:], apart[2:, 0]
    values = weather(apart, 3, MODELS[0])
    values[0, 1], values[1, 1:] = np.nan, np.nan
    complete, _ = filling.ordinary_kriging(values, filling.kriging_matrix(apart, MODELS[0]), 3)
    assert np.isfinite(complete[0]).all()
    assert np.isnan(complete[1, 1:]).all()


def test_semivariances_by_hand():
    apart = np.array([[0, 10, 40.0], [10, 0, 40], [40, 40, 0]])
    values = np.array([[1.0, 3.0, 0.0], [2.0, np.nan, 5.0]])
    # half of 40 km, one class: only the pair at 10 km, one day: (1 - 3)^2 / 2
    found = variogram.empirical_semivariances(values, apart, 1)
    assert [part.tolist() for part in found] == [[10], [2], [1]]


@pytest.mark.parametrize("truth", MODELS, ids=lambda model: model.model)
def test_known_variogram_is_found(truth):
    lag = np.linspace(20, 900, 15)
    shape = variogram.MODELS[truth.model](lag / truth.range_km)
    exact = truth.nugget + truth.partial_sill * shape
    found = variogram.fitted(lag, exact, np.full(15, 100.0), truth.model)
    assert found.range_km == pytest.approx(truth.range_km, rel=0.02)
    assert found.partial_sill == pytest.approx(truth.partial_sill, rel=0.02)
    assert found.nugget == pytest.approx(truth.nugget, abs=0.05)


def test_variogram_of_simulated_days():
    _, apart = places(150, seed=9)
    truth = variogram.Variogram("exponential", 1.0, 8.0, 400.0)
    values = weather(apart, 2000, truth)
    found = variogram.fitted(*variogram.empirical_semivariances(values, apart, 15), "exponential")
    assert found.nugget + found.partial_sill == pytest.approx(9, rel=0.05)
    assert found.range_km == pytest.approx(400, rel=0.15)


def test_pure_noise_gives_the_mean():
    _, apart = places(40)
    noise = np.random.default_rng(1).normal(5, 2, (300, 40))
    found = variogram.fitted(*variogram.empirical_semivariances(noise, apart, 10), "spherical")
    assert found.nugget == pytest.approx(4, rel=0.2)
    assert found.nugget > 0.9 * (found.nugget + found.partial_sill)


def test_no_variogram_without_variation():
    with pytest.raises(ValueError, match="no variogram"):
        variogram.fitted(np.array([1.0]), np.array([0.0]), np.array([3.0]), "spherical")


def test_hidden_days_are_recovered_better_than_by_the_mean():
    _, apart = places(60, seed=11)
    truth = 10 + weather(apart, 300, variogram.Variogram("exponential", 0.3, 9.0, 900.0))
    values = with_gaps(truth, 0.1)
    settings = {"model": "exponential", "lags": 12, "minimum": 5}
    complete, month = filling.reconstructed_month(values, apart, departure="difference", **settings)
    hidden = np.isnan(values)
    error = np.sqrt(np.mean((complete - truth)[hidden] ** 2))
    assert error < 0.6 * np.std(truth)
    # what leave-one-out says of the observed days is what the hidden ones show
    assert error == pytest.approx(np.sqrt((month.errors**2).mean()), rel=0.1)
    np.testing.assert_array_equal(complete[~hidden], values[~hidden])


def test_ratios_keep_dry_days_dry_and_never_go_below_zero():
    _, apart = places(40, seed=12)
    rng = np.random.default_rng(13)
    scale = rng.uniform(0.2, 6, 40)
    rain = np.maximum(weather(apart, 200, MODELS[0]) - 1, 0) * scale
    rain[7] = 0
    values = with_gaps(rain, 0.1)
    complete, _ = filling.reconstructed_month(
        values, apart, departure="ratio", model="spherical", lags=10, minimum=5
    )
    hidden = np.isnan(values)
    assert hidden[7].any() and (complete[7] == 0).all()
    assert complete.min() == 0
    assert complete[hidden].mean() == pytest.approx(rain[hidden].mean(), rel=0.15)


def test_stations_without_a_climate_stay_empty():
    _, apart = places(12)
    values = weather(apart, 60, MODELS[0])
    values[10:, 4] = np.nan  # 10 days are no mean
    complete, _ = filling.reconstructed_month(
        values, apart, departure="difference", model="spherical", lags=5, minimum=5
    )
    assert np.isnan(complete[10:, 4]).all()
    assert np.isfinite(np.delete(complete, 4, axis=1)).all()
    few, month = filling.reconstructed_month(
        values[:, :3], apart[:3, :3], departure="difference", model="spherical", lags=5, minimum=5
    )
    assert month.model is None
    np.testing.assert_array_equal(few, values[:, :3])


def test_long_gaps_stay():
    present = np.array([[1, 0, 0, 1, 0, 0, 0, 1, 0]], bool).T
    assert np.flatnonzero(filling.long_gaps(present, 2)).tolist() == [4, 5, 6]
    assert not filling.long_gaps(present, None).any()


def test_tables_of_a_variable():
    _, apart = places(30, seed=14)
    month = np.repeat(np.arange(1, 13), 40)
    values = with_gaps(15 + weather(apart, 480, MODELS[1]), 0.05)
    values[100:150, 3] = np.nan
    complete, months = filling.without_gaps(
        "temperature",
        values,
        month,
        apart,
        model="exponential",
        lags=10,
        max_gap_days=31,
        minimum=5,
    )
    assert np.isnan(complete[100:150, 3]).all()
    assert np.isnan(complete).sum() == pytest.approx(50, abs=2)
    rows = {row[1:4:2]: row[4:] for row in filling.variogram_rows("temperature", months)}
    assert rows[1, "nugget"][1] == "K2" and rows[12, "range"][1] == "km"
    errors = {row[1:3]: row[3] for row in filling.error_rows("temperature", months)}
    assert 0 < errors[1, "rmse"] < errors[1, "rmse_of_station_mean"]
