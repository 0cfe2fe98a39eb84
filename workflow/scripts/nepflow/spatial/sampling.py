"""Whole series of a seeded sample of cells, whatever the strips."""

import numpy as np
import rasterio
from pyproj import CRS, Transformer
from rasterio.windows import Window

from nepflow.io import raster
from nepflow.io.raster import missing_to_nan


def series(inputs, grid_path, cells, seed, mem_mb):
    """Return the series of randomly chosen cells of the area.

    Parameters
    ----------
    inputs : list of (path or list of path)
        As in `raster.blocks`.
    grid_path : str
        1 = inside the area.
    cells : int
        How many cells, at most those of the area.
    seed : int
    mem_mb : int

    Returns
    -------
    list of ndarray, shape (band, cell)
        One an input, cells from north to south.
    """
    inside = np.flatnonzero(raster.read(grid_path) == 1)
    generator = np.random.default_rng(seed)
    chosen = np.sort(generator.choice(inside, min(cells, inside.size), replace=False))
    parts = [[] for _ in inputs]
    width = raster.grid_of(grid_path).width
    for start, stop, arrays in raster.blocks(list(inputs), mem_mb=mem_mb, label="sample"):
        here = chosen[(chosen >= start * width) & (chosen < stop * width)] - start * width
        for part, array in zip(parts, arrays, strict=True):
            part.append(array.reshape(len(array), -1)[:, here])
    return [np.concatenate(part, axis=1) for part in parts]


def values_at(path, lon, lat):
    """Return the cells that points lie in.

    Parameters
    ----------
    path : str
        Raster in any CRS.
    lon, lat : ndarray, shape (point,)
        Degrees, WGS 84.

    Returns
    -------
    ndarray, shape (band, point)
        NaN outside of the raster and where a cell is absent.
    """
    with rasterio.open(path) as source:
        crs = CRS.from_wkt(source.crs.to_wkt())
        x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(lon, lat)
        columns, rows = ~source.transform @ (np.asarray(x), np.asarray(y))
        found = np.full((source.count, len(columns)), np.nan)
        for point, (column, row) in enumerate(zip(columns, rows, strict=True)):
            if not (0 <= column < source.width and 0 <= row < source.height):
                continue
            window = Window(int(column), int(row), 1, 1)
            values = source.read(window=window, out_dtype="float64")[:, 0, 0]
            found[:, point] = missing_to_nan(values, source.nodata)
        return found
