"""The area of a study, as archives ask for it."""

import numpy as np
import shapely
from pyproj import Transformer

from nepflow.io import vectors


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
    area = vectors.read(outlines_path).to_crs("EPSG:4326").union_all()
    return area.buffer(margin_deg)
