"""A climate fits its place: places of the earth pass, other units and shifted months do not."""

import numpy as np
import pytest
from nepflow.stations import plausibility

MONTHS = np.arange(1, 13)
PLACES = {  # annual mean degC, half of the swing of the year, latitude
    "Yakutsk": (-8.8, 29.0, 62.0),
    "Tromso": (2.9, 8.0, 69.7),
    "Lhasa": (8.8, 9.0, 29.7),
    "Chang Tang": (-4.0, 13.0, 33.5),
    "Singapore": (27.8, 0.7, 1.3),
    "Dallol": (34.6, 4.0, 14.2),
    "Death Valley": (25.1, 13.5, 36.5),
    "Summit of Greenland": (-29.5, 15.0, 72.6),
    "Hobart": (12.7, 4.5, -42.9),
}


def year(mean, half, latitude, warmest=None):
    """Twelve months of a place, warmest in July or January."""
    warmest = warmest or (7 if latitude > 0 else 1)
    return mean + half * np.cos((MONTHS - warmest) * np.pi / 6)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_places_of_the_earth_are_possible(place):
    assert plausibility.fault("temperature", year(*place), place[2]) == ""


@pytest.mark.parametrize(
    "name", [n for n in PLACES if n not in ("Summit of Greenland", "Chang Tang")]
)
def test_fahrenheit_is_not(name):
    months, latitude = year(*PLACES[name]) * 1.8 + 32, PLACES[name][2]
    assert "as degrees Fahrenheit it would be" in plausibility.fault(
        "temperature", months, latitude
    )


@pytest.mark.parametrize("name", ["Yakutsk", "Lhasa", "Death Valley", "Hobart"])
def test_months_half_a_year_off_are_not(name):
    mean, half, latitude = PLACES[name]
    late = year(mean, half, latitude, warmest=1 if latitude > 0 else 7)
    swings = 2 * half >= plausibility.SWING and abs(latitude) >= plausibility.SEASONAL
    assert bool(plausibility.fault("temperature", late, latitude)) == swings


def test_mean_of_latitudes_is_that_of_the_earth():
    """14.9 degC, the mean over the sphere; P2 is 0 there by orthogonality."""
    sines = np.linspace(-1, 1, 2001)
    found = plausibility.zonal_temperature(np.degrees(np.arcsin(sines)))
    assert np.trapezoid(found, sines) / 2 == pytest.approx(14.9, abs=1e-3)
    assert plausibility.zonal_temperature(90) == pytest.approx(-13.1)


@pytest.mark.parametrize(
    ("factor", "word"), [(1.0, ""), (1 / 2.63, "perhaps W m-2"), (10.0, "above the atmosphere")]
)
def test_radiation_is_a_share_of_that_above_the_atmosphere(factor, word):
    """Half of it at 37 N: FAO-56 eq. 21 gives 30.3 MJ m-2 d-1 in the mean of the year."""
    top = plausibility.extraterrestrial_radiation(37.0, np.array(plausibility.MIDDLES)) * 30.4
    found = plausibility.fault("radiation", 0.5 * top * factor, 37.0)
    assert word in found and bool(found) == bool(word)


@pytest.mark.parametrize(("total", "word"), [(600, ""), (20, "deserts"), (9000, "few places")])
def test_rain_that_is_rare_is_a_warning(total, word):
    found = plausibility.warning("precipitation", np.full(12, total / 12), 37.0)
    assert word in found and bool(found) == bool(word)
    assert plausibility.fault("precipitation", np.full(12, total / 12), 37.0) == ""


@pytest.mark.parametrize(
    ("variable", "values", "words"),
    [
        ("temperature", [280.0, 300], "kelvin"),
        ("temperature", [2800.0, 3000], "kelvin"),
        ("temperature", [60.0, 95], "degrees Fahrenheit"),
        ("precipitation", [9500.0, 20000], "tenths of a millimetre"),
        ("radiation", [2e7, 2.4e7], "J m-2 d-1"),
        ("temperature", [np.nan, np.nan], ""),
        ("temperature", [1e9, -1e9], ""),
    ],
)
def test_the_probable_mistake_is_named(variable, values, words):
    limits = {"temperature": [-80, 50], "precipitation": [0, 9300], "radiation": [0, 1500]}
    found = plausibility.mistake(variable, np.array(values), limits[variable])
    assert words in found and bool(found) == bool(words)
