"""What the monthly NDVI product says of true greenness: clouds of the monsoon, snow, noise."""

import calendar
from dataclasses import replace
from functools import partial

import numpy as np
from scipy.special import ndtr, ndtri

from nepflow.simulation.landcover import CELL
from nepflow.simulation.noise import cell_uniform, yearly_field
from nepflow.simulation.tiles import Product, layer_of

FILL, NO_RANK = -3000, -1
GOOD, MARGINAL, SNOW, CLOUDY = 0, 1, 2, 3
CLOUD_CELL = 0.05  # degrees: size of the smallest cloudy patch
MOST_CLOUDY, WET_MM = 0.5, 350.0  # share of cloudy months in endless rain; rain that counts
FROST = -3.0  # degC, monthly mean below which snow lies
MARGINAL_SHARE = 0.15

NDVI = Product(
    "MOD13A3",
    "MOD_Grid_monthly_1km_VI",
    (
        layer_of(
            "1 km monthly NDVI", "int16", FILL, [-2000, 10000], 10000.0, "1 km monthly NDVI", "NDVI"
        ),
        layer_of(
            "1 km monthly pixel reliability",
            *("int8", NO_RANK, [0, 3], None, "1 km monthly pixel reliability", "rank"),
        ),
    ),
    None,
    "10.5067/MODIS/MOD13A3",
)


def cloudy(world, places, year, month):
    """Tell which places were under cloud all month: patches, more of them the more it rains."""
    field = yearly_field(world.seed, f"ndvi clouds {month}", year, world.region.coarse, 1.2)
    at = places.lon, places.lat
    speckle = cell_uniform(world.seed, f"ndvi speckle {month}", *at, CLOUD_CELL, year)
    mixed = 0.8 * places.weights.of(field) + 0.6 * ndtri(np.clip(speckle, 1e-6, 1 - 1e-6))
    rain = places.weights.of(world.climate_of(year).base["precipitation"][month])
    return ndtr(mixed) < MOST_CLOUDY * (1 - np.exp(-((rain / WET_MM) ** 2)))


def ndvi_layers(world, places, year, _, month):
    """Return stored NDVI and pixel reliability of MOD13A3 of a month (0..11) at the places."""
    modifier = places.weights.of(world.modifier_of(year))
    leafy = places.weights.of(world.season_of(year)[month])
    true = world.productivity.ndvi(places.true_class(year), leafy, modifier)
    at = places.lon, places.lat
    chance = cell_uniform(world.seed, f"ndvi error {month}", *at, CELL, year)
    seen = true * (1 + 0.02 * ndtri(np.clip(chance, 1e-6, 1 - 1e-6)))
    rank = np.where(chance < MARGINAL_SHARE, MARGINAL, GOOD)
    climate = world.climate_of(year)
    warmth = places.weights.of(climate.base["temperature"][month])
    warmth = warmth + places.weights.of(climate.lapse[month]) * places.elevation
    rank = np.where(warmth < FROST, SNOW, rank)
    rank = np.where(cloudy(world, places, year, month), CLOUDY, rank)
    seen = seen * np.array([1, 0.98, 0.15, 0.55])[rank]
    absent = np.isnan(true)
    stored = np.where(absent, FILL, np.rint(np.clip(np.nan_to_num(seen), -0.2, 1) * 10000))
    return stored.astype("int16"), np.where(absent, NO_RANK, rank).astype("int8")


def months_of(year):
    """Return (day of the year, product) of the months that the product has of a year."""
    months, day = [], 1
    for month in range(12):
        if (year, month) > (2000, 0):
            months.append((day, replace(NDVI, evaluate=partial(ndvi_layers, month=month))))
        day += calendar.monthrange(year, month + 1)[1]
    return months
