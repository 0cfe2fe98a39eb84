"""Respiration against values worked out by hand and the golden values of the methods."""

import math

import numpy as np
import pytest
from nepflow.respiration import formulas


@pytest.mark.parametrize(
    ("temperature", "precipitation", "expected"),
    [
        (0, 0, 3.069000),
        (10, 50, 16.284730),
        (-15, 3, 2.820737),
        (20, 100, 29.696552),
        (8, 250, 19.799896),
        (25, 300, 43.991766),
    ],
)
def test_golden_values(temperature, precipitation, expected):
    value = formulas.pei2009(np.array([float(temperature)]), np.array([float(precipitation)]))
    assert value[0] == pytest.approx(expected, abs=5e-7)


def test_hand_value():
    by_hand = 0.22 * (math.exp(0.0912 * 12) + math.log(0.3145 * 40 + 1)) * 30 * 0.465
    assert formulas.pei2009(np.array(12.0), np.array(40.0)) == pytest.approx(by_hand, rel=1e-14)


def test_rises_with_temperature_and_rain():
    ramp = np.linspace(0, 30, 7)
    assert (np.diff(formulas.pei2009(ramp, np.full(7, 20.0))) > 0).all()
    assert (np.diff(formulas.pei2009(np.full(7, 5.0), ramp)) > 0).all()


def test_readings_differ_as_the_methods_say():
    months = np.arange(12)
    temperature = 8 - 14 * np.cos(2 * np.pi * (months + 0.5) / 12)
    rain = 250 * np.exp(-((months - 6.5) ** 2) / 8)
    rain *= 250 / rain.sum()
    monthly = formulas.monthly(temperature.reshape(1, 12, 1), rain.reshape(1, 12, 1))[0, 0]
    once = formulas.annual(np.array([8.0]), np.array([250.0]))[0]
    assert once == pytest.approx(19.80, abs=0.005)
    assert 165 < monthly < 185  # methods: 172-177 for such a year


def test_absence_and_errors():
    assert np.isnan(formulas.pei2009(np.array([np.nan]), np.array([1.0])))[0]
    with pytest.raises(ValueError, match="negative"):
        formulas.pei2009(np.array([1.0]), np.array([-0.1]))
    with pytest.raises(ValueError, match="shapes"):
        formulas.pei2009(np.zeros(2), np.zeros(3))
