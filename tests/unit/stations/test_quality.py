"""Checks of daily records: what they catch, and what they leave alone."""

import numpy as np
import pytest
from nepflow.stations import flags, quality

DAYS, STATIONS = 400, 30
MONTH = np.arange(DAYS) // 31 % 12 + 1


@pytest.fixture
def network():
    """Places (km), distances and weather that neighbours share."""
    rng = np.random.default_rng(4)
    xy = rng.uniform(0, 600, (STATIONS, 2))
    apart = np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1))
    root = np.linalg.cholesky(16 * np.exp(-apart / 2000) + 0.5 * np.eye(STATIONS))
    weather = rng.standard_normal((DAYS, STATIONS)) @ root.T
    return apart, np.round(10 + weather, 1)


def test_spike_needs_both_days_and_one_direction():
    series = np.array([[10, 37, 11, 12, 40, 41, 42, 12, 13, 39, np.nan, 10.0]]).T
    # 37 stands out from 10 and 11; 40-42 stay; 39 has no day after it
    assert np.flatnonzero(quality.spikes(series, 25)).tolist() == [1]
    steps = np.array([[0.0, 30.0, 60.0, 90.0]]).T
    assert not quality.spikes(steps, 25).any()
    assert not quality.spikes(series, None).any()


def test_repeats_skip_absent_days_and_zeros():
    series = np.array([[5, 5, np.nan, 5, 6, 6, 0, 0, 0, 0, 7.0]]).T
    assert np.flatnonzero(quality.repeats(series, 3)).tolist() == [0, 1, 3, 6, 7, 8, 9]
    assert np.flatnonzero(quality.repeats(series, 3, ignored=0.0)).tolist() == [0, 1, 3]
    assert not quality.repeats(series, None).any()
    assert not quality.repeats(series, 5).any()


def test_weights_by_hand():
    apart = np.array([[0.0, 10, 20, 500], [10, 0, 10, 500], [20, 10, 0, 500], [500, 500, 500, 0]])
    weights = quality.neighbour_weights(apart, 100, 2)
    np.testing.assert_allclose(weights[0], [0, 0.01, 0.0025, 0])
    assert (weights[3] == 0).all()
    assert (quality.neighbour_weights(apart, 100, 1) > 0).sum(axis=1).tolist() == [1, 1, 1, 0]
    mean = quality.neighbour_estimate(np.array([[np.nan, 4.0, 9.0, 1.0]]), weights, 2)
    assert mean[0, 0] == pytest.approx((0.01 * 4 + 0.0025 * 9) / 0.0125)
    assert np.isnan(mean[0, 1:]).all()


def test_a_wrong_value_is_found_and_its_neighbours_are_not(network):
    apart, values = network
    weights = quality.neighbour_weights(apart, 300, 8)
    planted = np.zeros(values.shape, bool)
    rng = np.random.default_rng(8)
    planted[rng.choice(DAYS, 12, replace=False), rng.integers(0, STATIONS, 12)] = True
    wrong = values + np.where(planted, rng.choice([-14, 14], values.shape), 0)
    settings = {"difference": 8, "score": 5, "transformation": "none", "minimum": 3}
    found = quality.spatial_outliers(wrong, MONTH, weights, **settings)
    assert found[planted].all()
    assert not found[~planted].any()
    assert not quality.spatial_outliers(values, MONTH, weights, **settings).any()


def test_two_wrong_neighbours_on_one_day(network):
    apart, values = network
    weights = quality.neighbour_weights(apart, 300, 8)
    first = 0
    second = int(np.argmax(weights[first]))
    values[50, [first, second]] += [30, -30]
    found = quality.spatial_outliers(
        values, MONTH, weights, difference=8, score=4, transformation="none", minimum=3
    )
    assert np.argwhere(found).tolist() == sorted([[50, first], [50, second]])


def test_no_neighbours_no_judgement(network):
    _, values = network
    alone = np.zeros((STATIONS, STATIONS))
    values[3, 3] = 900
    found = quality.spatial_outliers(
        values, MONTH, alone, difference=8, score=4, transformation="none", minimum=1
    )
    assert not found.any()


def settings(**changes):
    kinds = ("temperature", "precipitation", "radiation")
    return {
        "top_of_atmosphere_share": [0.03, 1.0],
        "step": dict.fromkeys(kinds, 25),
        "persistence_days": dict.fromkeys(kinds, 20),
        "spatial_difference": dict.fromkeys(kinds, 8),
        "spatial_score": dict.fromkeys(kinds, 5),
        "neighbours": {"radius_km": 300, "max": 8, "min": 3},
    } | changes


def test_each_check_sees_what_passed_the_others(network):
    apart, values = network
    weights = quality.neighbour_weights(apart, 300, 8)
    values[100, 5] += 60  # step
    values[200:230, 7] = 9.9  # persistence
    values[300:302, 9] += 20  # two days: no spike, but not what the neighbours say
    codes = np.full(values.shape, flags.OBSERVED)
    codes[10, 10] = flags.SUNSHINE
    found = quality.checked("temperature", values, codes, MONTH, weights, settings())
    assert found[100, 5] == flags.STEP
    assert (found[200:230, 7] == flags.PERSISTENCE).all()
    assert (found[300:302, 9] == flags.SPATIAL).all()
    assert found[10, 10] == flags.SUNSHINE
    assert (found > flags.RANGE).sum() == 33
    assert codes[100, 5] == flags.OBSERVED


def test_radiation_above_the_atmosphere(network):
    apart, _ = network
    weights = quality.neighbour_weights(apart, 300, 8)
    values = np.random.default_rng(3).uniform(8, 20, (DAYS, STATIONS))
    values[1, 1], values[2, 2] = 31, 0.5
    codes = np.full(values.shape, flags.OBSERVED)
    top = np.full(values.shape, 30.0)
    none = dict.fromkeys(("temperature", "precipitation", "radiation"))
    quiet = settings(step=none, spatial_difference=none)
    found = quality.checked("radiation", values, codes, MONTH, weights, quiet, top)
    assert np.argwhere(found == flags.RANGE).tolist() == [[1, 1], [2, 2]]


def test_real_temperatures_of_july(reference_data):
    """Of genuine GSOD days next to nothing is rejected, and a planted 15 K is found."""
    pd = pytest.importorskip("pandas")
    table = pd.read_csv(reference_data / "stations/gsod_2011-07_northwest_box.csv")
    table = table.drop_duplicates(["lon", "lat", "date"]).dropna(subset="temperature_degc")
    wide = table.pivot_table(index="date", columns=["lon", "lat"], values="temperature_degc")
    wide = wide.loc[:, wide.notna().sum() >= 10]
    lon, lat = np.array(wide.columns.to_list()).T
    x, y = 111.3 * lon * np.cos(np.deg2rad(41)), 111.3 * lat
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    weights = quality.neighbour_weights(apart, 300, 8)
    values, month = wide.to_numpy().copy(), np.full(len(wide), 7)
    rule = {"difference": 8, "score": 3, "transformation": "none", "minimum": 3}
    found = quality.spatial_outliers(values, month, weights, **rule)
    assert found.sum() <= 0.002 * (~np.isnan(values)).sum()
    day, station = 6, int(np.argmax((weights > 0).sum(axis=1) * ~np.isnan(values[6])))
    values[day, station] += 15
    assert quality.spatial_outliers(values, month, weights, **rule)[day, station]
