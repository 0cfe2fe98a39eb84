"""Large rasters of an archive, joined and cut to a study."""

import math
from contextlib import ExitStack

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.merge import merge
from rasterio.warp import transform_bounds

from nepflow.io import raster

MARGIN = 4  # cells round the study, more than any reader needs


class OutsideStudy(ValueError):
    """Rasters of an archive that hold nothing of the study."""


def write(paths, grid_path, output):
    """Write the cells of one or more rasters round a study, in their own CRS.

    Parameters
    ----------
    paths : list of Path
        Rasters of one CRS and cell size; where they overlap the first counts.
    grid_path : str
        The study grid.
    output : raster.Output
        Absent cells are NaN in it.

    Raises
    ------
    OutsideStudy
        If no cell there has a value.
    """
    grid = raster.grid_of(grid_path)
    with ExitStack() as stack:
        sources = [stack.enter_context(rasterio.open(path)) for path in paths]
        crs, (across, down) = sources[0].crs, sources[0].res
        place = transform_bounds(CRS.from_wkt(grid.crs), crs, *grid.bounds, densify_pts=51)
        west, south, east, north = _on_cells(sources[0].transform, place)
        values, transform = merge(
            sources, bounds=(west, south, east, north), res=(across, down), masked=True
        )
    values = np.ma.filled(values[0].astype("float32"), math.nan)
    if np.isnan(values).all():
        names = ", ".join(path.name for path in paths)
        raise OutsideStudy(
            f"{names}: no value in the study's area. Check acquire.population_countries and the "
            "area, or bring a raster of your own (docs/data.md)."
        )
    raster.write(values, output, raster.Grid(crs.to_wkt(), transform, *values.shape))


def _on_cells(transform, place):
    """Return bounds widened by `MARGIN` cells to whole cells, so that no value moves."""
    west, south, east, north = place
    left, top = ~transform @ (west, north)
    right, bottom = ~transform @ (east, south)
    upper = transform @ (math.floor(left) - MARGIN, math.floor(top) - MARGIN)
    lower = transform @ (math.ceil(right) + MARGIN, math.ceil(bottom) + MARGIN)
    return upper[0], lower[1], lower[0], upper[1]
