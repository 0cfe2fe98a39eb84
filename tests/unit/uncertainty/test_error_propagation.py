"""Errors of cells: components by hand, the two probabilities, what stations left out say."""

import math

import numpy as np
import pytest
from nepflow.uncertainty import propagation
from scipy import stats

SHARES = {"random": 0.2, "regional": 0.6, "common": 0.2}
NPP = {"sd_percent": {0: 30.0}, "shares": SHARES, "range_km": 100.0, "filled_factor": 1.0}
MODEL = {"covariance": [[0.04, -0.01], [-0.01, 0.01]], "place_sd": 0.5, "range_km": 200.0}
ERRORS = {"npp": NPP, "temperature": {"sd": 0.5, "range_km": 50.0}, "respiration": MODEL}


def cells(npp=200.0, years=4, filled=0.0, npp_sd=0.3):
    """One cell."""
    arrays = (np.full((1, 1), float(value)) for value in (npp, 100, years, filled, npp_sd))
    moves = {"level": 100.0, "response": 500.0, "temperature": 8.0}
    moves = {name: np.full((1, 1), value) for name, value in moves.items()}
    return propagation.Cells(*arrays, moves, {"temperature": 0.5})


def test_components_by_hand():
    found = propagation.effects(ERRORS, cells())[:, 0, 0]
    # NPP: 200 x .3 = 60; of its variance .2 over 4 years, .6 and .2
    npp = [60 * math.sqrt(0.2 / 4), 60 * math.sqrt(0.6), 60 * math.sqrt(0.2)]
    place = -100 * math.sqrt(math.exp(0.25) - 1)
    # a = .2 z1, b = -.05 z1 + sqrt(.01 - .0025) z2
    common = [-(100 * 0.2 + 500 * -0.05), -500 * math.sqrt(0.0075)]
    assert found == pytest.approx([*npp, -8 * 0.5, place, *common])
    names = [(one.source, one.part) for one in propagation.components_of(ERRORS)]
    assert names == [
        *(("npp", part) for part in ("random", "regional", "common")),
        ("temperature", "regional"),
        *(("respiration", part) for part in ("regional", "common", "common")),
    ]


def test_the_constants_have_the_variance_of_their_covariance():
    """g' C g, whatever the root of C that is taken."""
    effect = propagation.effects(ERRORS, cells())[-2:, 0, 0]
    gradient = np.array([100.0, 500.0])
    assert (effect**2).sum() == pytest.approx(gradient @ np.array(MODEL["covariance"]) @ gradient)


def test_a_filled_season_is_wider():
    plain, filled = (propagation.effects(ERRORS, cells(filled=share))[:3] for share in (0, 0.5))
    assert filled == pytest.approx(1.5 * plain)


def test_missing_stays_missing():
    effect = propagation.effects(ERRORS, cells(npp=np.nan))
    sd = propagation.deviation(effect)
    assert np.isnan(sd).all()
    assert np.isnan(propagation.sink_probability(np.array([[5.0]]), sd)).all()
    components = propagation.components_of(ERRORS)
    assert np.isnan(propagation.largest(effect, components, list(ERRORS))).all()


def test_the_largest_source_is_that_of_the_variance():
    components, effect = propagation.components_of(ERRORS), propagation.effects(ERRORS, cells())
    squares = dict.fromkeys(ERRORS, 0.0)
    for component, value in zip(components, effect[:, 0, 0], strict=True):
        squares[component.source] += value**2
    first = max(squares, key=squares.get)
    number = propagation.largest(effect, components, list(ERRORS))
    assert list(ERRORS)[int(number[0, 0]) - 1] == first == "respiration"


@pytest.mark.parametrize("log_sd", [0.1, 0.5, 1.0])
def test_relative_sd_is_that_of_scipy(log_sd):
    law = stats.lognorm(log_sd, scale=math.exp(-(log_sd**2) / 2))
    assert law.mean() == pytest.approx(1)
    assert propagation.relative_sd(log_sd) == pytest.approx(law.std())


def test_probability_of_a_sink_is_that_of_scipy():
    nep, sd = np.array([-30.0, 0.0, 30.0, 200.0]), np.array([20.0, 10.0, 15.0, 1.0])
    found = propagation.sink_probability(nep, sd)
    assert found == pytest.approx(1 - stats.norm(nep, sd).cdf(0))
    certain = propagation.sink_probability(np.array([-1.0, 0.0, 1.0]), np.zeros(3))
    assert certain.tolist() == [0, 0.5, 1]


def test_classes_have_their_errors_and_none_is_refused():
    found = propagation.class_errors(np.array([[1, np.nan, 2]]), {0: 50.0, 1: 26.0, 2: 34.0})
    assert found == pytest.approx(np.array([[0.26, 0.5, 0.34]]))
    with pytest.raises(ValueError, match="class 3 has no error"):
        propagation.class_errors(np.array([[3.0]]), {0: 50.0, 1: 26.0})


def test_stations_left_out_give_the_error_of_their_mean_year():
    station = np.array(["a", "a", "b", "b", "c"])
    observed = np.array([10.0, 30.0, 0.0, 0.0, 20.0])
    predicted = np.array([12.0, 32.0, 1.0, np.nan, 20.0])
    # means: a +2, b +1 (of one month), c 0; relative: a 4 / 40, b had no rain, c 0
    plain = propagation.station_error(station, observed, predicted, relative=False)
    assert plain == pytest.approx(math.sqrt((4 + 1 + 0) / 3))
    share = propagation.station_error(station, observed, predicted, relative=True)
    assert share == pytest.approx(math.sqrt((0.01 + 0) / 2))
    with pytest.raises(ValueError, match="no station"):
        propagation.station_error(station[:0], observed[:0], predicted[:0], relative=False)
