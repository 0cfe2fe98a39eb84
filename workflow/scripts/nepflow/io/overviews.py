"""Small copies of a raster: inside the file for GIS, decimated for a figure; and its digest."""

import hashlib
import json
import math

import numpy as np
import rasterio
import rioxarray
from rasterio.enums import Resampling
from rasterio.windows import Window

SMALLEST = 512  # cells; a raster not larger than this needs no overview
LAYERS = 3  # bands; overviews of a cube would take a third of the time that making it takes
SQUARE = 256  # cells; the order in which a digest reads values


def add(path, categorical):
    """Add overviews by halves to a large layer, by nearest for classes, average for quantities."""
    with rasterio.open(path, "r+") as target:
        largest = max(target.shape)
        factors = [2**k for k in range(1, 16) if largest / 2**k >= SMALLEST / 2]
        if largest <= SMALLEST or target.count > LAYERS:
            return
        method = Resampling.nearest if categorical else Resampling.average
        with rasterio.Env(COMPRESS_OVERVIEW="DEFLATE", ZLEVEL_OVERVIEW="1"):
            target.build_overviews(factors, method)


def layer(path, band=1, max_pixels=2_000_000):
    """Return a band for display.

    Parameters
    ----------
    path : str
        Raster on the study grid.
    band : int
        Band number, from 1.
    max_pixels : int
        The largest number of cells of the result; a larger raster is decimated by nearest.

    Returns
    -------
    xarray.DataArray, shape (y, x)
        float64 with NaN for absence. Attributes: unit, long_name, source, classes
        ({int: str} or None), colours ({int: "#rrggbb"} or None), simulated (bool).
    """
    with rioxarray.open_rasterio(path, masked=True) as cube:
        step = max(1, math.ceil(math.sqrt(cube.shape[1] * cube.shape[2] / max_pixels)))
        values = cube.isel(band=band - 1)[::step, ::step].load().astype("float64")
    with rasterio.open(path) as source:
        tags = source.tags()
        if source.nodata is not None and not math.isnan(source.nodata):
            values = values.where(values != source.nodata)
        # a decimated layer has larger cells: its centres move, or the extent is off by half a step
        transform = source.transform @ source.transform.scale(step, step)
    x = transform.c + (np.arange(values.shape[1]) + 0.5) * transform.a
    y = transform.f + (np.arange(values.shape[0]) + 0.5) * transform.e
    values = values.assign_coords(x=x, y=y).rio.write_transform(transform)
    values.attrs = {
        "unit": tags.get("unit", ""),
        "long_name": tags.get("long_name", ""),
        "source": tags.get("source", ""),
        "classes": _by_code(tags.get("classes")),
        "colours": _by_code(tags.get("colours")),
        "simulated": "simulated" in tags,
    }
    return values


def _by_code(text):
    return {int(code): value for code, value in json.loads(text).items()} if text else None


def _squares(height, width):
    """Yield the windows of squares that cover a raster, row by row; the last are smaller."""
    for row in range(0, height, SQUARE):
        for column in range(0, width, SQUARE):
            yield Window(column, row, min(SQUARE, width - column), min(SQUARE, height - row))


def digest(path):
    """Return the SHA-256 of a raster's content: geometry, tags, band names, decoded values.

    Two files with the same digest say the same, whatever the size of their tiles and the order
    in which these were written or compressed.
    """
    sha = hashlib.sha256()
    with rasterio.open(path) as source:
        head = {
            "crs": source.crs.to_wkt(),
            "transform": list(source.transform)[:6],
            "shape": source.shape,
            "tags": {k: v for k, v in sorted(source.tags().items()) if k != "AREA_OR_POINT"},
            "bands": source.descriptions,
            "dtype": source.dtypes[0],
            "nodata": repr(source.nodata),
        }
        sha.update(json.dumps(head, sort_keys=True, default=str).encode())
        for window in _squares(source.height, source.width):
            values = source.read(window=window)  # all bands, which a tile of a cube holds together
            if values.dtype.kind == "f":
                values[np.isnan(values)] = np.nan  # one of the many bit patterns
            sha.update(values)
    return sha.hexdigest()
