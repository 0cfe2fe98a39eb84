"""Which numbers of an input can be no values: planted codes, and values that look like codes."""

import numpy as np
import pytest
from nepflow.io import missing_codes
from nepflow.io.missing_codes import Seen

RNG = np.random.default_rng(3)


def suspects(values, dtype="float64", **more):
    seen = Seen(dtype)
    for part in np.array_split(np.asarray(values, dtype).astype("float64"), 3):
        seen.add(part)
    return seen.suspects(**more)


def mixed(others, code, times):
    return np.concatenate([others, np.full(times, code)])


RAIN = RNG.gamma(2, 30, 5000).round(1)
SMALL = RNG.uniform(0, 1, 5000)


@pytest.mark.parametrize(
    ("others", "code", "times", "dtype"),
    [
        (RAIN, 999.9, 50, "float64"),
        (RAIN, 999.9, 1, "float32"),
        (RAIN, -99.9, 3, "float32"),
        (np.append(RAIN, [850.0, 1100.5]), 999.9, 60, "float64"),  # between rare large values
        (RAIN.round(), 32766, 1, "int16"),
        (RAIN, 3276.6, 4, "float64"),  # 0.1 mm of a Chinese archive
        (RAIN, 2539.746, 4, "float64"),  # 99.99 inches
        (SMALL, -0.9999, 9, "float32"),  # -9999 with the scale of an index
        (SMALL, 3.2766, 9, "float32"),
        (100 * SMALL.round(2), 255, 9, "uint8"),
        (100 * SMALL.round(2), 253, 9, "uint8"),
        (100 * SMALL.round(2), -128, 9, "int8"),
        (RAIN.round(), 4294967295, 2, "uint32"),
    ],
)
def test_codes_are_found(others, code, times, dtype):
    found = suspects(mixed(others, code, times), dtype)
    assert list(found) == [pytest.approx(code, rel=1e-6)] and list(found.values()) == [times]


@pytest.mark.parametrize(
    ("values", "dtype"),
    [
        (np.arange(3000), "int16"),  # 99, 999 among their like
        (np.repeat(np.arange(-4500, 2250, 27), 3), "int16"),  # few values, each as often: 999 too
        (np.repeat(RNG.integers(0, 1500, 800), 16), "int32"),  # resampled by nearest
        (np.minimum(RNG.integers(0, 400, 5000), 255), "uint8"),  # saturated: 254 is there too
        (RNG.uniform(0, 255, 9000), "uint8"),
        (np.append(RAIN, 99.9), "float64"),
        (np.append(RAIN, [610.0, 999.9]), "float64"),  # one large value after another
        (np.full(50, 999.0), "float64"),
    ],
)
def test_values_are_no_codes(values, dtype):
    assert suspects(values, dtype) == {}


def test_limits_of_a_quantity():
    values = mixed(np.linspace(-5000, 5000, 900), -999, 1)
    assert suspects(values) == {} and suspects(values, limits=(-500, 9000)) == {-999.0: 1}


def test_a_lake_is_no_hole_and_a_hole_is_one():
    hills = RNG.uniform(800, 1500, 4000)
    assert suspects(mixed(hills, 999, 4000), alone=False) == {}
    for heights, hole in ((hills, True), (RNG.uniform(-3, 400, 4000), False)):
        seen = Seen()
        seen.add(mixed(heights, 0, 200))
        assert seen.hole_of_zeros(20) == hole
        assert seen.zero_share == pytest.approx(200 / 4200)


def test_statistics_by_hand_and_of_a_sample(monkeypatch):
    seen = Seen()
    seen.add(np.array([0, 0, 1, 2, 7, np.nan]))
    assert seen.text("m") == "0 to 7 m, 40 % exactly 0, median 1, commonest 0 (40 %)"
    monkeypatch.setattr(missing_codes, "SAMPLE", 1000)
    seen = Seen()
    for _ in range(40):
        seen.add(mixed(RNG.uniform(10, 20, 990), -9999, 10))
    assert seen.suspects() == {-9999.0: 400} and seen.count == 40_000 and seen.lowest == -9999
    assert "of every" in seen.text() and Seen().text() == "no value"


def test_infinite_values_are_counted_apart():
    seen = Seen()
    seen.add(np.array([1.0, np.inf, -np.inf, np.nan]))
    assert (seen.count, seen.infinite, seen.highest) == (1, 2, 1.0)
