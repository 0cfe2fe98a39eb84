"""Where the twin's weather stations stand, and how each of them errs."""

from dataclasses import dataclass

import numpy as np
import shapely

from nepflow.simulation.landcover import WATER
from nepflow.simulation.noise import generator

CROWDED = 0.12  # degrees, closer than which no two stations are placed by chance
REACH = 1.5  # degrees around the provinces where stations stand too
BARREN = 16
FAR_AWAY = (12.45, 41.9, 50.0)  # lon, lat, elevation of the station outside every area


@dataclass(frozen=True)
class Station:
    """A station: what its list entry says, what is true, and its constant errors."""

    name: str
    lon: float
    lat: float
    elevation: float  # m, true
    listed_elevation: float  # m, -999 when the list has none
    temperature_bias: float  # K
    precipitation_catch: float  # share of the rain that the gauge catches
    radiation_factor: float
    fault: str = ""


def attraction(world, places):
    """Return how likely a station stands at each place: the east, low and green land first.

    None stands in water where the region lies at the sea.
    """
    east = 0.6 + 0.8 / (1 + np.exp(-(places.lon - 101) / 3))
    low = np.exp(-np.clip(places.elevation, 0, None) / 2200)
    land_class = places.true_class(2010)
    green = np.where(land_class == BARREN, 0.2, 1.0)
    if world.region.description.get("world", {}).get("sea"):
        green = np.where(land_class == WATER, 1e-9, green)
    return east * low * green


def chosen_places(world, count, rng):
    """Return longitudes and latitudes of ``count`` stations, four decimals."""
    near = shapely.union_all([shape for _, _, shape in world.region.provinces]).buffer(REACH)
    west, south, east, north = world.region.box
    size = 60 * count
    lon, lat = rng.uniform(west, east, size), rng.uniform(south, north, size)
    wanted = shapely.contains_xy(near, lon, lat)
    lon, lat = np.round(lon[wanted], 4), np.round(lat[wanted], 4)
    weight = attraction(world, world.places(lon, lat))
    # Weighted drawing without replacement: the smallest exponential waiting times.
    order = np.argsort(rng.exponential(size=len(weight)) / weight)
    kept = []
    for k in order:
        distances = np.hypot(lon[kept] - lon[k], lat[kept] - lat[k])
        if not kept or distances.min() > CROWDED:
            kept.append(int(k))
        if len(kept) == count:
            break
    return lon[kept], lat[kept]


def valley_depth(world, lon, lat, rng):
    """Return how far below the terrain's mean the stations stand, m: settlements are low."""
    around = [
        world.region.elevation_at(lon + dx, lat + dy)
        for dx in (-0.12, 0, 0.12)
        for dy in (-0.12, 0, 0.12)
    ]
    return np.abs(rng.standard_normal(len(lon))) * 0.5 * np.std(around, axis=0)


def errors(rng):
    """Return the constant errors of one station as keywords."""
    return {
        "temperature_bias": round(float(rng.normal(0, 0.3)), 3),
        "precipitation_catch": round(float(rng.uniform(0.90, 1.0)), 3),
        "radiation_factor": round(float(rng.normal(1, 0.025)), 4),
    }


def stations(world, count):
    """Return the stations of a world, the three faulty ones among them.

    Parameters
    ----------
    world : world.World
    count : int
        All stations, at least 10.

    Returns
    -------
    list of Station
        One has no elevation, one stands on another continent, one beside another.
    """
    if count < 10:
        raise ValueError(f"{count} stations are too few for a network: ask for at least 10")
    rng = generator(world.seed, "network")
    lon, lat = chosen_places(world, count - 2, rng)
    terrain = world.region.elevation_at(lon, lat)
    height = np.round(terrain - valley_depth(world, lon, lat, rng), 1)
    order = np.lexsort((lat, lon))
    found = [
        Station(f"T{number:04d}", float(lon[k]), float(lat[k]), float(height[k]),
                float(height[k]), **errors(rng))
        for number, k in enumerate(order, start=1)
    ]  # fmt: skip
    return found + faulty(found, rng)


def faulty(found, rng):
    """Blank one elevation in ``found`` (in place) and return two further, misplaced stations."""
    blank, twin = (int(k) for k in rng.choice(len(found), 2, replace=False))
    kept = found[blank]
    found[blank] = Station(**{**vars(kept), "listed_elevation": -999.0, "fault": "no elevation"})
    near, number = found[twin], len(found)
    place = {"lon": round(near.lon + 0.004, 4), "lat": round(near.lat - 0.003, 4)}
    height = {"elevation": near.elevation, "listed_elevation": near.elevation}
    beside = Station(
        f"T{number + 1:04d}",
        **place,
        **height,
        **errors(rng),
        fault=f"within metres of {near.name}",
    )
    lon, lat, elevation = FAR_AWAY
    away = Station(
        f"T{number + 2:04d}",
        lon,
        lat,
        elevation,
        elevation,
        **errors(rng),
        fault="outside the area",
    )
    return [beside, away]
