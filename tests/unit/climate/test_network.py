"""Networks that do not determine a surface: refused with a word, and fitted by position alone."""

import numpy as np
import pytest
from nepflow.climate import methods, network
from nepflow.climate.evaluation import _Exact
from nepflow.climate.spline import WITHOUT_ELEVATION, DegenerateStations

TIMES = np.full(12, 2001), np.arange(1, 13)


def stations(elevation, metres=None, count=25):
    rng = np.random.default_rng(1)
    metres = rng.uniform(0, 3e5, (count, 2)) if metres is None else metres
    height = elevation(metres, rng)
    position = np.column_stack([metres / 1e5, height])
    return network.Network(np.arange(count).astype(str), position, metres, metres.mean(0), 1e5)


def area(relief=800.0):
    x, y = (part.ravel() for part in np.meshgrid(*[np.linspace(0, 3e5, 40)] * 2))
    return np.stack([x, y, 1500 + relief * np.sin(x / 3e4)])


def values(own):
    rng = np.random.default_rng(2)
    heat = 20 - 2 * own.metres[:, 1] / 1e5
    return heat[:, None] + np.arange(12) + rng.normal(0, 0.3, (len(heat), 12))


def one_height(metres, rng):
    return np.full(len(metres), 1500.0)


def linear(metres, rng):
    return (1000 + 2e-3 * metres[:, 1] + 1e-3 * metres[:, 0]).round(1)


def nearly(metres, rng):
    return 1000 + 2e-3 * metres[:, 1] + rng.normal(0, 10, len(metres))


def hills(metres, rng):
    return rng.uniform(800, 2800, len(metres))


@pytest.mark.parametrize(
    ("elevation", "words"),
    [(one_height, "have one height"), (linear, "heights linear in"), (nearly, "heights linear in")],
)
def test_heights_that_do_not_tell_the_effect_of_elevation(elevation, words):
    own = stations(elevation)
    with pytest.raises(DegenerateStations, match=f"25 stations of 2001-01 .*{words}.*position"):
        network.check_determined(own, values(own), TIMES, 0.0, area())
    network.check_determined(own, values(own), TIMES, WITHOUT_ELEVATION, area())


def test_flat_land_needs_no_spread_of_heights():
    own = stations(nearly)
    network.check_determined(own, values(own), TIMES, 0.0, plane_of(own, relief=30))
    network.check_determined(stations(hills), values(own), TIMES, 0.0, area())


def plane_of(own, relief):
    x, y, _ = area()
    return np.stack([x, y, 1000 + 2e-3 * y + relief * np.sin(x / 3e4)])


@pytest.mark.parametrize("width", [0.0, 1000.0])
@pytest.mark.parametrize("model", [0.0, WITHOUT_ELEVATION])
def test_stations_on_a_line(width, model):
    rng = np.random.default_rng(3)
    along = rng.uniform(0, 3e5, 25)
    own = stations(hills, np.column_stack([along, 0.3 * along + rng.normal(0, width, 25)]))
    with pytest.raises(DegenerateStations, match=r"stand on a line.*buffer_km"):
        network.check_determined(own, values(own), TIMES, model, area())


def test_one_month_of_few_stations_is_named():
    own = stations(lambda m, rng: np.where(np.arange(len(m)) < 12, 1500.0, hills(m, rng)))
    some = values(own)
    some[12:, 6] = np.nan
    with pytest.raises(DegenerateStations, match="12 stations of 2001-07 have one height"):
        network.check_determined(own, some, TIMES, 0.0, area())


def test_surfaces_of_position_alone_do_not_follow_elevation():
    own = stations(linear)
    settings = {"model": "position", "exaggeration": 100, "length_scale_km": 100}
    model = methods.model_of(settings | {"smoothing": "gml", "block_km": 100})
    assert model.vertical_scale == WITHOUT_ELEVATION
    surfaces, log, _ = methods.fit("absolute", own, values(own), TIMES, "temperature", model, None)
    assert "ELEVATION" not in log
    places = area()[:, ::40]
    high = places + np.array([[0], [0], [5000.0]])
    found = np.empty((12, places.shape[1]))
    other = np.empty_like(found)
    _Exact()(surfaces, places, found)
    _Exact()(surfaces, high, other)
    np.testing.assert_array_equal(found, other)
    expected = 20 - 2 * places[1] / 1e5
    assert np.abs(found[0] - expected).max() < 1.0
