"""True soil carbon and respiration of a twin whose study models total soil respiration.

The equation is that of the geostatistical model as the literature gives it (Yu et al. 2010) with
the relation of Bond-Lamberty et al. (2004), written for the twin alone.
"""

import calendar

import numpy as np

from nepflow.simulation.noise import static_field

BASE_RATE, CARBON_RATE = 0.588, 0.118  # g C m-2 d-1, and more a kg C m-2
Q10_AT_ZERO, Q10_FALL = 1.83, -0.006
RAIN_HELD, RAIN_HALF = 2.972, 5.657  # cm month-1


def soil_carbon(places):
    """Return soil organic carbon of 0-20 cm at places, kg C m-2: more on high and cool land."""
    region = places.world.region
    uneven = static_field(places.world.seed, "carbon", region.coarse, 1.5)
    high = np.tanh(places.elevation / 800)
    return np.clip(3.6 + 2.0 * high + 0.6 * places.weights.of(uneven), 1.0, 12.0)


def total_respiration(places, year):
    """Return total soil respiration of a year at places, g C m-2 yr-1."""
    rate = BASE_RATE + CARBON_RATE * soil_carbon(places)
    total = np.zeros(places.elevation.shape)
    climate = places.world.climate_of(year)
    months = zip(
        climate.monthly("temperature", places.weights, places.elevation),
        climate.monthly("precipitation", places.weights, places.elevation),
        strict=True,
    )
    for month, (warmth, rain) in enumerate(months, start=1):
        cm = rain / 10
        q10 = Q10_AT_ZERO * np.exp(Q10_FALL * warmth)
        moist = (cm + RAIN_HELD) / (cm + RAIN_HALF)
        total += calendar.monthrange(year, month)[1] * q10 ** (warmth / 10) * moist
    return rate * total


def heterotrophic_respiration(places, year):
    """Return heterotrophic respiration of a year at places, g C m-2 yr-1."""
    total = total_respiration(places, year)
    return np.minimum(np.exp(1.22) * total**0.73, total)
