"""Restoration projects of a twin: where they lie, when they begin, what each truly adds."""

from dataclasses import dataclass

import numpy as np
import shapely

from nepflow.simulation.noise import generator

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
