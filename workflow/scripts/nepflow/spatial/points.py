"""Values of rasters at points."""

import numpy as np
import rasterio
from pyproj import CRS, Transformer
from rasterio.windows import Window

from nepflow.io.geotiff import absent_to_nan


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
            found[:, point] = absent_to_nan(values, source.nodata)
        return found
