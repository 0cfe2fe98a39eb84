"""The area of a study, as archives ask for it."""

import math

import numpy as np
import shapely
from pyproj import Transformer
from shapely import box, prepare, segmentize

from nepflow.io import vectors
from nepflow.spatial import longitude
from nepflow.study import modis


def near(outlines_path, crs, buffer_km):
    """Return a function that tells which positions lie within ``buffer_km`` of the area.

    Parameters
    ----------
    outlines_path : str
        Polygons of the zones.
    crs : str
        Equal-area CRS of the study, m.
    buffer_km : float

    Returns
    -------
    callable
        Takes longitudes and latitudes (degrees), returns bool for each.
    """
    area = vectors.read(outlines_path).to_crs(crs).union_all()
    shapely.prepare(area)

    def is_near(lon, lat):
        x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
        inside = np.isfinite(x) & np.isfinite(y)
        points = shapely.points(np.where(inside, x, 0.0), np.where(inside, y, 0.0))
        return inside & shapely.dwithin(area, points, buffer_km * 1000)

    return is_near


def in_degrees(outlines_path, margin_deg=0.0):
    """Return the area as one polygon in degrees, widened by ``margin_deg``."""
    area = longitude.in_degrees(vectors.read(outlines_path))
    return longitude.wrapped(area.buffer(margin_deg))


DENSE_DEG = 0.05  # edges are cut so fine that a curved one in the tiles' projection stays near
# Own estimates, for an order of magnitude. Bytes: nine float32 and two byte rasters a year,
# uncompressed.
# Seconds on 2 cores: 36 climate surfaces a year cost 1.4e-6 (benchmarks/README.md), the rest
# several times that.
BYTES_PER_CELL_YEAR = 38
SECONDS_PER_CELL_YEAR = 1e-5
HOURS_OF_JOBS = 0.1  # some 200 jobs of a second or two, however few the cells


def sinusoidal(lon, lat):
    """Return x and y of the MODIS sinusoidal grid, m.

    x = R lon cos(lat), y = R lat on the sphere of `modis.SPHERE_RADIUS_M` (docs/methods.md).

    Parameters
    ----------
    lon, lat : ndarray, degrees
    """
    phi = np.radians(lat)
    return modis.SPHERE_RADIUS_M * np.radians(lon) * np.cos(phi), modis.SPHERE_RADIUS_M * phi


def tiles(polygon):
    """Return the names of the tiles that a polygon in degrees touches, ordered.

    Parameters
    ----------
    polygon : shapely geometry
        In degrees; see `longitude.wrapped`.
    """
    flat = _flat(polygon).buffer(0)
    prepare(flat)
    west, south, east, north = flat.bounds
    side, left, top = modis.TILE_SIDE_M, modis.WEST_M, modis.NORTH_M
    found = []
    for h in range(
        max(0, math.floor((west - left) / side)), min(35, math.floor((east - left) / side)) + 1
    ):
        for v in range(
            max(0, math.floor((top - north) / side)), min(17, math.floor((top - south) / side)) + 1
        ):
            x, y = left + h * side, top - (v + 1) * side
            if flat.intersects(box(x, y, x + side, y + side)):
                found.append(f"h{h:02d}v{v:02d}")
    return found


def _flat(polygon):
    """A polygon in degrees on the sinusoidal grid, m."""
    dense = segmentize(longitude.wrapped(polygon), DENSE_DEG)
    return shapely.transform(dense, lambda c: np.column_stack(sinusoidal(*c.T)))


def equal_area_crs(polygon):
    """Return an equal-area CRS in metres: Albers in middle latitudes, Lambert elsewhere.

    The parallels of Albers stand a sixth of the height from its edges (Snyder 1987, p. 99). The
    central meridian is that of the area, also where it crosses the 180th.
    """
    west, south, east, north = longitude.bounds(polygon)
    middle = float(longitude.near((west + east) / 2, 0.0))
    lon, lat = round(middle, 1), round((south + north) / 2, 1)
    if south * north > 0 and 20 <= abs(lat) <= 65:
        sixth = (north - south) / 6
        low, high = round(south + sixth, 1), round(north - sixth, 1)
        return (
            f"+proj=aea +lat_1={low} +lat_2={high} +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
        )
    return f"+proj=laea +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"


def area_km2(polygon):
    """Return the area of a polygon in degrees on the MODIS sphere, km2."""
    return _flat(polygon).area / 1e6


def cost(km2, resolution_m, years):
    """Return expected GB of results and hours on two cores; both are rough.

    Parameters
    ----------
    km2 : float
    resolution_m : float
    years : int
    """
    cells = km2 * 1e6 / resolution_m**2 * 1.6  # the box round an area is larger than the area
    hours = HOURS_OF_JOBS + cells * years * SECONDS_PER_CELL_YEAR / 3600
    return cells * years * BYTES_PER_CELL_YEAR / 1e9, hours
