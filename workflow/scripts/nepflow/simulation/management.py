"""Restoration projects of a simulation: where they lie, when they begin, what each truly adds."""

from dataclasses import dataclass

import numpy as np
import shapely

from nepflow.simulation.carbon import SHARE
from nepflow.simulation.light_use import karst_shapes
from nepflow.simulation.noise import generator, static_field, yearly_field

SPACING = 0.26  # degrees between the corners of squares that may become projects
UNEQUAL = 0.15  # relative standard deviation of the effect within a measure
# What draws projects to a place: logarithm of odds by a standard deviation of each.
DRAWN_TO = {"steep": 0.8, "karst": 0.8, "rising": 0.5, "poor": 0.5}


@dataclass(frozen=True)
class Projects:
    """Squares of one side with a measure, a first year and a full effect each.

    ``west``, ``south`` degrees; ``effect_of`` g C m-2 yr-1 after ``grown_after`` years; all (n,).
    """

    measure: tuple
    start: np.ndarray
    west: np.ndarray
    south: np.ndarray
    effect_of: np.ndarray
    side: float
    grown_after: int

    def number_at(self, lon, lat):
        """Return the number of the project that points lie in, -1 where in none."""
        number = np.full(np.shape(lon), -1)
        for k, (west, south) in enumerate(zip(self.west, self.south, strict=True)):
            inside = (lon >= west) & (lon < west + self.side)
            number[inside & (lat >= south) & (lat < south + self.side)] = k
        return number

    def grown(self, year):
        """Return the share of its effect that each project has in a year."""
        return np.clip((year - self.start + 1) / self.grown_after, 0, 1)

    def effect(self, lon, lat, year):
        """Return what projects add to NPP at points in a year, g C m-2 yr-1."""
        added = np.append(self.effect_of * self.grown(year), 0.0)
        return added[self.number_at(lon, lat)]


def steepness(region, lon, lat, side):
    """Return the standard deviation of elevation in squares, m."""
    offsets = np.linspace(0, side, 6)
    heights = [region.elevation_at(lon + dx, lat + dy) for dx in offsets for dy in offsets]
    return np.std(heights, axis=0)


def odds(region, lon, lat, side, rise, in_karst, soil):
    """Return how likely a square becomes a project: not at random, as in the world."""
    weights = region.coarse.weights(lon + side / 2, lat + side / 2)
    traits = {
        "steep": np.log1p(steepness(region, lon, lat, side)),
        "karst": weights.of(in_karst),
        "rising": weights.of(rise),
        "poor": -weights.of(soil),
    }
    drawn = sum(DRAWN_TO[name] * (v - v.mean()) / v.std() for name, v in traits.items())
    return np.exp(drawn)


def squares(region, side):
    """Return west and south of all squares that lie wholly in the region, on land."""
    west, south, east, north = region.box
    lon, lat = np.meshgrid(np.arange(west, east, SPACING), np.arange(south, north, SPACING))
    lon, lat = np.round(lon.ravel(), 4), np.round(lat.ravel(), 4)
    whole = shapely.union_all([shape for _, _, shape in region.provinces])
    boxes = shapely.box(lon, lat, lon + side, lat + side)
    kept = shapely.contains_properly(whole, boxes)
    return lon[kept], lat[kept]


def projects_of(region, seed, rise, in_karst, soil):
    """Return the `Projects` of a region.

    Parameters
    ----------
    region : geography.Region
        world.projects of its description: measures {name: g C m-2 yr-1}, count of each, starts,
        side (degrees), grown_after (years).
    seed : int
    rise, in_karst, soil : ndarray, shape (y, x)
        What places are chosen by, on the coarse lattice.
    """
    plan = region.description["world"]["projects"]
    measures, side = plan["measures"], plan["side"]
    lon, lat = squares(region, side)
    rng = generator(seed, "projects")
    likely = odds(region, lon, lat, side, rise, in_karst, soil)
    count = plan["count"] * len(measures)
    chosen = rng.choice(lon.size, count, replace=False, p=likely / likely.sum())
    names = tuple(name for name in measures for _ in range(plan["count"]))
    starts = np.array([plan["starts"][k % len(plan["starts"])] for k in range(count)])
    full = np.array([measures[name] for name in names])
    full = full * (1 + UNEQUAL * rng.standard_normal(count))
    return Projects(names, starts, lon[chosen], lat[chosen], full, side, plan["grown_after"])


FIRST_YEAR = 2001  # the human part counts from here
POTENTIAL = 950.0  # g C m-2 yr-1 in the usual climate, of a class with share 1
USUAL = {"temperature": 20.0, "precipitation": 1700.0, "radiation": 4800.0}  # degC, mm, MJ m-2
POWER = {"temperature": 0.35, "precipitation": 0.25, "radiation": 0.2}  # 1 % more gives so many %
HIGH = 400.0, 300.0  # m, middle and width of the step from low to high land
KARST_LOSS = 0.12  # share of NPP that karst lacks


def climatic_npp(land_class, climate):
    """Return what a year's climate gives to a class, g C m-2 yr-1; NaN where nothing grows.

    Power laws of each variable over its usual value: curved, but not much over the years.
    """
    gain = 1.0
    for name, power in POWER.items():
        gain = gain * (np.maximum(climate[name], 1e-3) / USUAL[name]) ** power
    return SHARE[land_class] * POTENTIAL * gain


class Managed:
    """True NPP of a region.

    Parameters
    ----------
    region : geography.Region
        Its description has world.human: g C m-2 yr-2 everywhere, and more in karst, on high land
        (less on low) and unevenly; and world.projects.
    seed : int
    """

    def __init__(self, region, seed):
        self.region, self.seed = region, seed
        lattice = region.coarse
        lon, lat = np.broadcast_arrays(lattice.lon, lattice.lat)
        self.in_karst = shapely.contains_xy(karst_shapes(region, seed), lon, lat).astype(float)
        self.soil = 0.10 * static_field(seed, "soil", lattice, 1.5) - KARST_LOSS * self.in_karst
        human = region.description["world"]["human"]
        high = np.tanh((region.coarse_elevation - HIGH[0]) / HIGH[1])
        uneven = static_field(seed, "human", lattice, 1.2)
        rise = human["everywhere"] + human["karst"] * self.in_karst + human["high"] * high
        self.rise = rise + human["uneven"] * uneven
        self.projects = projects_of(region, seed, self.rise, self.in_karst, self.soil)

    def modifier(self, year):
        """Return on the lattice the logarithm of what neither climate nor people explain."""
        wide = yearly_field(self.seed, "npp wide", year, self.region.coarse, 5.0, 0.2)
        near = yearly_field(self.seed, "npp near", year, self.region.coarse, 1.2, 0.4)
        return 0.004 * wide + 0.012 * near

    def climate_part(self, places, year):
        """Return NPP of the first land cover in the climate of a year, g C m-2 yr-1."""
        climate = {name: places.annual(name, year) for name in USUAL}
        soil = np.exp(places.weights.of(self.soil))
        return climatic_npp(places.true_class(FIRST_YEAR), climate) * soil

    def human_part(self, places, year, climate_part=None):
        """Return what people add to NPP of a year, g C m-2 yr-1."""
        if climate_part is None:
            climate_part = self.climate_part(places, year)
        change = SHARE[places.true_class(year)] / SHARE[places.true_class(FIRST_YEAR)] - 1
        rise = places.weights.of(self.rise) * (year - FIRST_YEAR)
        return change * climate_part + rise + self.projects.effect(places.lon, places.lat, year)

    def npp(self, places, year):
        """Return NPP of a year at places, g C m-2 yr-1; NaN where nothing grows."""
        climate_part = self.climate_part(places, year)
        chance = np.exp(places.weights.of(places.world.modifier_of(year)))
        return climate_part * chance + self.human_part(places, year, climate_part)
