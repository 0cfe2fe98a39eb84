"""The true carbon fluxes of the simulation, from its land cover and climate."""

import calendar

import numpy as np

from nepflow.simulation.climate import MIDDLE_YEAR
from nepflow.simulation.noise import static_field, yearly_field

# Share of the climatic potential that a class reaches; NaN where nothing grows.
SHARE = np.full(256, np.nan)
SHARE[1:18] = (
    [1.02, 1.15, 0.95, 1.05, 1.05, 0.60, 0.42, 0.95, 0.80, 0.55, 0.70, 0.80, 0.35, 0.85]
    + [np.nan] * 3
)  # fmt: skip
IRRIGATED = (12, 14)
FERTILISATION = 0.0035  # growth of all NPP a year, as of CO2 and nitrogen
POTENTIAL = 1350.0  # g C m-2 yr-1, where nothing limits


def potential_npp(temperature, precipitation):
    """Return climatic potential NPP, g C m-2 yr-1.

    Two limitations in the manner of the Miami model (Lieth 1975), joined smoothly instead
    of by a minimum, so that both always count a little.

    Parameters
    ----------
    temperature, precipitation : ndarray
        Annual mean, degC, and annual sum, mm.
    """
    warmth = 1 / (1 + np.exp(1.35 - 0.12 * temperature))
    water = 1 - np.exp(-0.00082 * precipitation)
    return POTENTIAL / np.sqrt(np.sqrt(warmth**-4 + np.maximum(water, 1e-4) ** -4))


def monthly_respiration(temperature, precipitation):
    """Return a month's heterotrophic respiration, g C m-2.

    Pei et al. (2009): daily soil respiration 0.22 (exp(0.0912 T) + ln(0.3145 R + 1)),
    thirty days, 46.5 % of it heterotrophic. Written for the simulation alone.
    """
    soil = np.exp(temperature * 0.0912) + np.log1p(precipitation * 0.3145)
    return soil * (0.22 * 30 * 0.465)


def annual_respiration(climate, weights, elevation):
    """Return heterotrophic respiration of a year, g C m-2 yr-1: the sum of its months.

    Parameters
    ----------
    climate : climate.ClimateOfYear
    weights : geography.Weights
    elevation : ndarray, m
    """
    total = np.zeros(elevation.shape)
    months = zip(
        climate.monthly("temperature", weights, elevation),
        climate.monthly("precipitation", weights, elevation),
        strict=True,
    )
    for temperature, precipitation in months:
        total += monthly_respiration(temperature, precipitation)
    return total


class Productivity:
    """True NPP of a region.

    Parameters
    ----------
    region : geography.Region
    seed : int
    hotspot_trend : ndarray, shape (y, x)
        Extra growth a year on the coarse lattice, fraction.
    """

    def __init__(self, region, seed, hotspot_trend):
        self.region, self.seed = region, seed
        self.soil = 0.14 * static_field(seed, "soil", region.coarse, 1.5)
        self.growth = FERTILISATION + hotspot_trend

    def modifier(self, year):
        """Return on the lattice the logarithm of what climate and class do not explain."""
        lattice = self.region.coarse
        wide = yearly_field(self.seed, "npp wide", year, lattice, 5.0, 0.2)
        near = yearly_field(self.seed, "npp near", year, lattice, 1.2, 0.4)
        noise = 0.035 * wide + 0.05 * near
        return self.soil + self.growth * (year - MIDDLE_YEAR) + noise

    def npp(self, land_class, temperature, precipitation, modifier):
        """Return NPP, g C m-2 yr-1; NaN on snow, barren land and water.

        Parameters
        ----------
        land_class : ndarray of uint8
            True class.
        temperature, precipitation : ndarray
            Annual mean, degC, and sum, mm.
        modifier : ndarray
            `modifier` of the year at the points.
        """
        supply = np.isin(land_class, IRRIGATED) * np.clip(420 - 0.8 * precipitation, 0, None)
        potential = potential_npp(temperature, precipitation + supply)
        return SHARE[land_class] * potential * np.exp(modifier)


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
