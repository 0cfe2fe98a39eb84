"""Rasters of users as factors: how they are resampled, and the classes that they hold."""

from contextlib import ExitStack

import numpy as np
import rasterio

from nepflow.io import missing_codes, user_rasters

MOST = 254  # classes that a raster of classes can hold


class TooManyClasses(ValueError):
    """A factor of more classes than a class raster holds."""

    def __init__(self, path, count, place):
        super().__init__(
            f"{path}: has {count} classes, {place} may have {MOST}. Join classes, declare codes of "
            "missing data (`fill: [0, 255]`), or give the raster as a continuous factor (without "
            "`classes: true`)."
        )


def resampling_of(path, grid, factor):
    """Return the study's method; otherwise mode of classes, mean of finer, bilinear of coarser.

    Parameters
    ----------
    path : str
    grid : geotiff.Grid
    factor : dict
        Its entry in the study.
    """
    if "resampling" in factor:
        return factor["resampling"]
    if factor.get("classes"):
        return "mode"
    with rasterio.open(path) as source:
        side = source.res[1] * (111_320 if source.crs and source.crs.is_geographic else 1)
    return "average" if side < grid.resolution_m / 2 else "bilinear"


def entry_of(path, factor):
    """Return what `raster_door` needs to know of the file of a factor."""
    key = f"the factor {factor['name']} of detectors"
    return factor | {"key": key, "file": str(path), "layer": None}


def seen(path, factor, bounds, crs):
    """Read the values of a factor round an area and refuse codes of missing data.

    Parameters
    ----------
    path : str
    factor : dict
        Its entry in the study; of ``classes`` every number is a class or refused by its code.
    bounds, crs
        Of the area.

    Returns
    -------
    missing_codes.Seen
        Of the stored values.

    Raises
    ------
    raster_door.BadGrid
    """
    entry = entry_of(path, factor)
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        window = user_rasters.near(source, user_rasters.crs_of(source, entry), bounds, crs)
        found = missing_codes.Seen(source.dtypes[0])
        for part in user_rasters.windows_of(window) if window else ():
            found.add(user_rasters.stored_values(source, entry, 1, part))
    if not factor.get("classes"):
        user_rasters.refuse_codes(found, entry)
    return found


def class_names(path, factor):
    """Return {code: name} of a raster of classes: the codes that it holds, by number.

    Raises
    ------
    TooManyClasses
        If there are more than `MOST`, or codes outside of 1 to 254.
    """
    found = set()
    with rasterio.open(path) as source:
        for _, window in source.block_windows(1):
            values = source.read(1, window=window, masked=True).compressed()
            found |= set(np.unique(values).tolist())
    found = {code for code in found if code == code}
    if len(found) > MOST or not all(1 <= code <= MOST and code == int(code) for code in found):
        raise TooManyClasses(path, f"{len(found)} ({min(found)} to {max(found)})", factor["name"])
    return {int(code): f"class {int(code)}" for code in sorted(found)}
