"""Karst and people of the twin: layers that a study may ask about."""

import numpy as np
import shapely

from nepflow.simulation.area import write_field, write_polygons
from nepflow.simulation.light_use import karst_shapes
from nepflow.simulation.noise import static_field

# People a km2 that a cell of a class has before terrain; others 3.
PEOPLE = {12: 180.0, 13: 2500.0, 14: 90.0, 11: 40.0, 9: 20.0, 10: 25.0}


def write_karst(path, region, seed):
    """Write the karst and the rest of the region as GeoPackage, column ``name``."""
    whole = shapely.union_all([shape for _, _, shape in region.provinces])
    karst = shapely.intersection(whole, karst_shapes(region, seed))
    shapes = [karst, shapely.difference(whole, karst)]
    write_polygons(path, "karst", {"name": ["karst", "non-karst"]}, shapes)


def population(region, seed):
    """Return people a km2 in the cells of the land cover map: valleys, fields and towns."""
    cells = region.cells
    lon, lat = np.broadcast_arrays(cells.lon, cells.lat)
    density = np.full(cells.shape, 3.0)
    for code, people in PEOPLE.items():
        density[region.landcover == code] = people
    height = region.elevation_at(lon.ravel(), lat.ravel()).reshape(cells.shape)
    uneven = static_field(seed, "people", region.coarse, 1.5)
    uneven = region.coarse.weights(lon.ravel(), lat.ravel()).of(uneven).reshape(cells.shape)
    density = density * np.exp(-np.clip(height, 0, None) / 900 + 0.5 * uneven)
    return np.where(region.landcover == 17, np.nan, density)


def write_population(path, region, seed):
    """Write `population`."""
    write_field(path, region.cells, population(region, seed), "km-2", "people")
