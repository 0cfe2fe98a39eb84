"""The door of rasters that users bring: opening, place, and decoding, with errors by name.

An entry is a dictionary of the study file: file, layer, scale, offset, fill, crs; and ``key``,
the place in the study file that messages name.
"""

import math

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.warp import transform_bounds
from rasterio.windows import Window

MARGIN = 2  # cells round the study that interpolation needs
HUGE = 1e20  # fill values of climate models that no header declares


class BadGrid(ValueError):
    """A raster that cannot serve the study."""


def opened(entry, stack):
    """Open the raster of an entry.

    Raises
    ------
    BadGrid
        If GDAL cannot read it, if it holds several layers and none is named, or if nothing
        tells its CRS.
    """
    file, layer = entry["file"], entry.get("layer")
    name = f"netcdf:{file}:{layer}" if layer else file
    try:
        source = stack.enter_context(rasterio.open(name))
    except rasterio.RasterioIOError as error:
        raise BadGrid(
            f"{file}: GDAL cannot read {layer or 'it'}: {error}. Check {entry['key']}: file and "
            "layer; NetCDF needs a GDAL with the netCDF driver."
        ) from None
    if not source.count:
        layers = ", ".join(part.rpartition(":")[2] for part in source.subdatasets)
        raise BadGrid(f"{file}: holds the layers {layers}. Name one as `layer` in {entry['key']}.")
    return source


def crs_of(source, entry):
    """Return the CRS: declared, of the file, or degrees where the axes are in degrees."""
    tags = " ".join(value for key, value in source.tags().items() if key.endswith("#units"))
    if entry.get("crs"):
        return CRS.from_user_input(entry["crs"])
    if source.crs:
        return source.crs
    if "degrees_north" in tags and "degrees_east" in tags:
        return CRS.from_epsg(4326)
    raise BadGrid(f"{entry['file']}: says no CRS. Declare `crs` in {entry['key']} (EPSG:4326?).")


def window_of(source, crs, grid, file):
    """Return the window of the source that the study needs.

    Raises
    ------
    BadGrid
        If the study reaches beyond the source.
    """
    bounds = transform_bounds(CRS.from_wkt(grid.crs), crs, *grid.bounds, densify_pts=51)
    inverse = ~source.transform
    columns, rows = zip(*(inverse @ (x, y) for x in bounds[::2] for y in bounds[1::2]), strict=True)
    left, right = math.floor(min(columns)), math.ceil(max(columns))
    top, bottom = math.floor(min(rows)), math.ceil(max(rows))
    if left < -1 or top < -1 or right > source.width + 1 or bottom > source.height + 1:
        west, south, east, north = source.bounds
        raise BadGrid(
            f"{file}: covers {west:g} to {east:g}, {south:g} to {north:g}, the study needs "
            f"{bounds[0]:g} to {bounds[2]:g}, {bounds[1]:g} to {bounds[3]:g} (CRS of the file). "
            "Use a grid that covers the area."
        )
    left, top = max(left - MARGIN, 0), max(top - MARGIN, 0)
    right, bottom = min(right + MARGIN, source.width), min(bottom + MARGIN, source.height)
    return Window(left, top, right - left, bottom - top)


def decoded(source, entry, band, window):
    """Return a band in the declared unit: fill to NaN, then scale and offset."""
    values = source.read(band, window=window, out_dtype="float64")
    for fill in (entry.get("fill"), source.nodata):
        if fill is not None and not math.isnan(fill):
            values[values == np.float64(np.dtype(source.dtypes[band - 1]).type(fill))] = np.nan
    values[np.abs(values) > HUGE] = np.nan
    scale, offset = entry.get("scale"), entry.get("offset")
    scale = source.scales[band - 1] if scale is None else scale
    return values * scale + (source.offsets[band - 1] if offset is None else offset)
