"""Longitudes on the circle: polygons and boxes in degrees that may cross the 180th meridian.

The only place that knows of the cut at 180 degrees.
"""

import numpy as np
import shapely
from pyproj import Transformer

WORLD = 360.0


def in_degrees(frame):
    """Return polygons as one geometry in degrees, longitudes -180..180, cut at 180.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Any CRS; longitudes may run on beyond 180, up to one time round.
    """
    west, south, east, north = frame.total_bounds
    transform = Transformer.from_crs(frame.crs, "EPSG:4326", always_xy=True).transform
    if frame.crs.is_geographic:
        middle = (west + east) / 2
    else:
        middle, _ = transform((west + east) / 2, (south + north) / 2)

    def degrees(coordinates):
        lon, lat = transform(*coordinates.T)
        return np.column_stack([near(lon, middle), lat])

    return wrapped(shapely.transform(frame.geometry.union_all(), degrees))


def near(lon, middle):
    """Return longitudes within half a turn of ``middle``, so that a shape is in one piece."""
    apart = np.asarray(lon, dtype="float64") - middle
    turned = np.where(np.abs(apart) > WORLD / 2 + 1e-9, np.round(apart / WORLD), 0.0)
    return middle + apart - WORLD * turned


def wrapped(polygon):
    """Return a polygon in degrees with longitudes -180..180, cut at 180."""
    west, _, east, _ = polygon.bounds
    if west >= -WORLD / 2 and east <= WORLD / 2:
        return polygon
    parts = []
    for turn in range(round(west / WORLD), round(east / WORLD) + 1):
        strip = shapely.box(WORLD * (turn - 0.5), -90, WORLD * (turn + 0.5), 90)
        found = shapely.get_parts(polygon & strip)
        found = found[shapely.get_dimensions(found) == 2]  # a strip may touch along a line
        parts.extend(shapely.transform(found, lambda c, t=turn: c - [WORLD * t, 0]))
    return shapely.union_all(parts)


def bounds(polygon):
    """Return west, south, east, north of a polygon in degrees, as narrow as they can be.

    ``east`` is above 180 where the polygon crosses the 180th meridian.
    """
    _, south, _, north = polygon.bounds
    parts = shapely.bounds(shapely.get_parts(wrapped(polygon)))
    west, east = span(parts[:, 0], parts[:, 2])
    return west, south, east, north


def span(west, east):
    """Return west and east of the narrowest range that holds all ranges (degrees, -180..180)."""
    order = np.argsort(west, kind="stable")
    west, reached = np.asarray(west)[order], np.maximum.accumulate(np.asarray(east)[order])
    gaps = np.append(west[1:], west[0] + WORLD) - reached
    widest = int(np.argmax(np.round(gaps, 9)[::-1]))  # of equal ones the last: no turn
    last = len(gaps) - 1 - widest
    if last == len(gaps) - 1:
        return float(west[0]), float(reached[-1])
    return float(west[last + 1]), float(reached[last] + WORLD)
