"""Units as files spell them."""

import numpy as np
import pytest
from nepflow.study import variables

SPELLED = {
    "K": (1, "K"),
    "kelvin": (1, "K"),
    "degC": (1, "degC"),
    "degrees C": (1, "degC"),
    "degree_Celsius": (1, "degC"),
    "°C": (1, "degC"),
    "degF": (1, "degF"),
    "0.1 degC": (0.1, "degC"),
    "0.1℃": (0.1, "degC"),
    "mm": (1, "mm"),
    "kg m-2": (1, "mm"),
    "millimeters": (1, "mm"),
    "0.1mm": (0.1, "mm"),
    "mm/month": (1, "mm month-1"),
    "mm month-1": (1, "mm month-1"),
    "mm/mon": (1, "mm month-1"),
    "mm per day": (1, "mm d-1"),
    "mm/day": (1, "mm d-1"),
    "mm day-1": (1, "mm d-1"),
    "kg m-2 d-1": (1, "mm d-1"),
    "mm h-1": (1, "mm h-1"),
    "mm/hr": (1, "mm h-1"),
    "kg m-2 s-1": (1, "kg m-2 s-1"),
    "kg m**-2 s**-1": (1, "kg m-2 s-1"),
    "kg/m2/s": (1, "kg m-2 s-1"),
    "kg m^-2 s^-1": (1, "kg m-2 s-1"),
    "mm s-1": (1, "kg m-2 s-1"),
    "kg/(m^2 s)": (1, "kg m-2 s-1"),
    "[C]": (1, "degC"),
    "W/(m^2)": (1, "W m-2"),
    "m": (1, "m"),
    "m of water equivalent": (1, "m"),
    "m d-1": (1, "m d-1"),
    "cm/month": (1, "cm month-1"),
    "W m-2": (1, "W m-2"),
    "W m**-2": (1, "W m-2"),
    "W/m^2": (1, "W m-2"),
    "J m**-2": (1, "J m-2"),
    "J m-2 day-1": (1, "J m-2 d-1"),
    "MJ m-2 day-1": (1, "MJ m-2 d-1"),
    "kJ m-2 day-1": (1, "kJ m-2 d-1"),
}


@pytest.mark.parametrize(("text", "expected"), SPELLED.items(), ids=SPELLED)
def test_spellings(text, expected):
    assert variables.unit_of(text) == expected


@pytest.mark.parametrize("text", ["", "1", "unknown", "hPa", "%", "K m-2", "(((", "mm yr-1", "-"])
def test_what_is_no_unit_of_climate(text):
    assert variables.unit_of(text) is None


@pytest.mark.parametrize(
    ("said", "declared", "variable", "expected"),
    [
        ("mm", "mm month-1", "precipitation", False),
        ("mm", "kg m-2 s-1", "precipitation", False),
        ("m", "m d-1", "precipitation", False),
        ("mm d-1", "mm", "precipitation", False),
        ("J m-2", "J m-2 d-1", "radiation", False),
        ("mm d-1", "mm month-1", "precipitation", True),
        ("m", "mm month-1", "precipitation", True),
        ("K", "degC", "temperature", True),
        ("W m-2", "MJ m-2 d-1", "radiation", True),
        ("J m-2", "W m-2", "radiation", True),
    ],
)
def test_contradictions(said, declared, variable, expected):
    assert variables.contradicts(said, declared, variable) == expected


@pytest.mark.parametrize(
    ("variable", "unit", "value", "steps", "expected"),
    [
        ("temperature", "degF", 50.0, 1, 10.0),
        ("precipitation", "mm h-1", 0.1, 1, 74.4),
        ("precipitation", "inch month-1", 2.0, 1, 50.8),
        ("precipitation", "cm month-1", 2.0, 1, 20.0),
        ("precipitation", "mm", 2.0, 31, 62.0),
        ("precipitation", "m", 0.0001, 744, 74.4),
        ("radiation", "J m-2", 1e6, 744, 744.0),
        ("radiation", "kJ m-2 d-1", 1e4, 1, 310.0),
    ],
)
def test_months_of_31_days(variable, unit, value, steps, expected):
    found = variables.converted(np.array([value]), variable, unit, 31, steps)
    assert found[0] == pytest.approx(expected)
