"""True greenness and light-use productivity of a simulation whose study models NPP from NDVI.

The equations are those of the literature (Zhu et al. 2007 after Potter et al. 1993), written
for the simulation alone; what the workflow must find out by itself are the season, the limits of
NDVI, the climate and the trends.
"""

import numpy as np
import shapely

from nepflow.simulation.climate import MIDDLE_YEAR
from nepflow.simulation.noise import static_field, yearly_field

NAN = np.nan
# By IGBP class: NDVI in the dry season and in full leaf, light use efficiency, g C MJ-1.
_CLASSES = {
    1: (0.62, 0.80, 0.389), 2: (0.66, 0.87, 0.985), 3: (0.40, 0.76, 0.485),
    4: (0.45, 0.83, 0.692), 5: (0.58, 0.84, 0.475), 6: (0.40, 0.74, 0.429),
    7: (0.30, 0.64, 0.429), 8: (0.52, 0.81, 0.542), 9: (0.42, 0.76, 0.542),
    10: (0.30, 0.70, 0.542), 11: (0.42, 0.70, 0.542), 12: (0.30, 0.72, 0.542),
    13: (0.22, 0.45, 0.542), 14: (0.40, 0.76, 0.542), 16: (0.08, 0.20, 0.542),
}  # fmt: skip
DORMANT, LEAFY, EFFICIENCY = (
    np.array([_CLASSES.get(k, (NAN, NAN, NAN))[part] for k in range(256)]) for part in range(3)
)
# NDVI where no light is absorbed, that of bare ground; how far beyond full leaf most of it is
BARE, ABOVE = 0.05, 0.04
LEAST, MOST = 0.001, 0.95  # share of light absorbed there


def karst_shapes(region, seed):
    """Return the karst patches of a region as shapes, degrees; uneven discs, simulated."""
    rng = np.random.default_rng([seed, 7])
    shapes = []
    for patch in region.description.get("world", {}).get("karst", {}).get("patches", []):
        angle = np.linspace(0, 2 * np.pi, 73)[:-1]
        waves = sum(
            rng.normal(0, 0.16 / k) * np.cos(k * angle + rng.uniform(0, 6)) for k in (2, 3, 5)
        )
        reach = patch["radius"] * (1 + waves)
        lon = patch["lon"] + reach * np.cos(angle) / np.cos(np.deg2rad(patch["lat"]))
        shapes.append(
            shapely.Polygon(np.stack([lon, patch["lat"] + reach * np.sin(angle)], axis=1))
        )
    return shapely.union_all(shapes)


def season(temperature, precipitation):
    """Return how leafy each month is, 0..1, (12, y, x): rain of three months, and warmth."""
    moist = precipitation + 0.7 * np.roll(precipitation, 1, axis=0)
    moist = (moist + 0.4 * np.roll(precipitation, 2, axis=0)) / 2.1
    return (1 - np.exp(-moist / 90)) / (1 + np.exp(-(temperature - 12) / 2.5))


class Greenness:
    """True NDVI and NPP of a region.

    Parameters
    ----------
    region : geography.Region
    seed : int
    hotspot_trend : ndarray, shape (y, x)
        Extra growth of NDVI a year on the coarse lattice, fraction.
    climate : climate.Climate
    """

    def __init__(self, region, seed, hotspot_trend, climate):
        self.region, self.seed, self.climate = region, seed, climate
        settings = region.description["world"]
        lattice = region.coarse
        lon, lat = np.broadcast_arrays(lattice.lon, lattice.lat)
        in_karst = shapely.contains_xy(karst_shapes(region, seed), lon, lat)
        of_karst = settings.get("karst", {}).get("growth", 0.0)
        self.growth = settings["growth"] + hotspot_trend + of_karst * in_karst
        self.soil = 0.03 * static_field(seed, "soil", lattice, 1.5)
        greenest = season(region.temperature, region.precipitation).argmax(axis=0)[None]
        at_sea = region.temperature - climate.lapse * region.coarse_elevation
        self.optimum = [np.take_along_axis(f, greenest, 0)[0] for f in (at_sea, climate.lapse)]

    def modifier(self, year):
        """Return on the lattice the logarithm of what season and class do not explain."""
        lattice = self.region.coarse
        noise = 0.010 * yearly_field(self.seed, "green wide", year, lattice, 5.0, 0.2)
        noise = noise + 0.012 * yearly_field(self.seed, "green near", year, lattice, 1.2, 0.4)
        return self.soil + self.growth * (year - MIDDLE_YEAR) + noise

    def season_of(self, year):
        """Return `season` of a year on the lattice, with that year's weather."""
        base = self.climate.of(year).base
        warmth = base["temperature"] + self.climate.lapse * self.region.coarse_elevation
        return season(warmth, base["precipitation"])

    def ndvi(self, land_class, leafy, modifier):
        """Return true NDVI; NaN on water and ice.

        Parameters
        ----------
        land_class : ndarray of uint8
        leafy, modifier : ndarray
            `season_of` a month and `modifier` of the year at the points.
        """
        dormant = DORMANT[land_class]
        value = dormant + (LEAFY[land_class] - dormant) * leafy
        return np.minimum(value * np.exp(modifier), 0.96)

    def npp(self, places, year):
        """Return NPP of a year at places, g C m-2 yr-1; NaN on water and ice."""
        weights, land_class = places.weights, places.true_class(year)
        modifier = weights.of(places.world.modifier_of(year))
        leafy = places.world.season_of(year)
        at_sea, lapse = (weights.of(field) for field in self.optimum)
        optimum = at_sea + lapse * places.elevation
        warmth, rain, sun = (places.monthly(name, year) for name in CLIMATE)
        dryness = drought(warmth, rain)
        total = 0.0
        for month in range(12):
            ndvi = self.ndvi(land_class, weights.of(leafy[month]), modifier)
            light = 0.5 * sun[month] * absorbed(ndvi, land_class)
            total = total + light * heat(warmth[month], optimum) * dryness[month]
        return total * EFFICIENCY[land_class]


CLIMATE = ("temperature", "precipitation", "radiation")


def absorbed(ndvi, land_class):
    """Return the share of light that leaves absorb: mean of two, by NDVI and by its ratio."""
    ends = BARE, LEAFY[land_class] + ABOVE
    shares = []
    for of in (lambda v: v, lambda v: (1 + v) / (1 - v)):
        low, high, here = of(ends[0]), of(ends[1]), of(ndvi)
        shares.append(LEAST + (MOST - LEAST) * np.clip((here - low) / (high - low), 0, 1))
    return (shares[0] + shares[1]) / 2


def heat(warmth, optimum):
    """Return what temperature leaves of the efficiency."""
    away = warmth - optimum
    bell = 1.1814 / ((1 + np.exp(-2 - 0.2 * away)) * (1 + np.exp(-3 + 0.3 * away)))
    bell = np.where(
        (away > 10) | (away < -13), 1.1814 / 2 / (1 + np.exp(-2)) / (1 + np.exp(-3)), bell
    )
    acclimated = np.clip(0.8 + optimum * (0.02 - 0.0005 * optimum), 0, None)
    return np.where(warmth > -10, acclimated * bell, 0.0)


def drought(warmth, rain):
    """Return what water leaves of the efficiency, (12, n); half of it while it freezes."""
    thawed = np.clip(warmth, 0, None)
    index = np.clip(np.sum((0.2 * thawed) ** 1.514, axis=0), 1e-9, None)
    power = np.polyval([0.675e-6, -77.1e-6, 17920e-6, 492390e-6], index)
    demand = np.where(
        thawed < 26.5,
        16 * (10 * thawed / index) ** power,
        np.polyval([-0.43, 32.24, -415.85], thawed),
    )
    energy = 0.369 * np.sqrt(demand * rain) + 0.598 * demand
    squares = rain**2 + energy**2
    used = rain * energy * (squares + rain * energy)
    used = used / np.clip((rain + energy) * squares, 1e-12, None)
    share = 2 * used / np.clip(used + demand, 1e-12, None)
    return np.clip(0.5 + 0.5 * share, 0.5, 1)
