"""Reader of gridded climate: any raster that GDAL reads becomes months in the workflow's units.

The result stands on the source's own cells, cut to the study, NaN where the source has no
value; it is brought to the study grid wherever it is used.
"""

import math
from contextlib import ExitStack

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.vrt import WarpedVRT
from rasterio.windows import transform as window_transform

from nepflow.io import missing_codes, raster, time_axis
from nepflow.io.atomic import replacing
from nepflow.io.user_rasters import BadGrid, check_elevation, crs_of, decoded, opened, window_of
from nepflow.study import variables

ELEVATION_ADVICE = "nodata {codes} into the file (gdal_edit.py -a_nodata)"


def months_of(years):
    """Return the months of years as numpy months."""
    first = [np.datetime64(f"{year}-01") for year in years]
    return np.concatenate([start + np.arange(12) for start in first])


def days_of(month):
    """Return the length of a month."""
    return int(((month + 1).astype("M8[D]") - month.astype("M8[D]")).astype(int))


def months_of_file(source, entry):
    """Return the month of every band of a file, in order.

    Raises
    ------
    BadGrid
        If the file does not begin in ``first_month``, if what tells its dates says another than
        one band a month in order, or, without dates, if its bands can be no whole years.
    """
    file, said = entry["file"], entry["first_month"]
    first, told = np.datetime64(said, "M"), time_axis.months(source, file)
    if told and str(told[0])[:7] != said:
        raise BadGrid(
            f"{file}: its {told[0].told} begins in {str(told[0])[:7]} (band 1: {told[0]}), "
            f"climate.grids says first_month {said}. Correct first_month, or the file; times that "
            "are the ends of months need time bounds."
        )
    if "year" in entry and source.count != 12:
        raise BadGrid(
            f"{file}: has {source.count} bands; a file that is named by {{year}} holds 12, the "
            "months of that year. Make months first, or name the file without {year}."
        )
    if not told and source.count % 12 and source.count != 1:
        raise BadGrid(
            f"{file}: has {source.count} bands and nothing that tells their dates, so 12 for each "
            "year are needed. Are they days? Make months first. Else give the file a time axis "
            "with units ('days since ...'), or names of bands such as 2001-01."
        )
    return first + np.arange(source.count)


def places_of(entries, sources, years):
    """Return the source and band of every month of the years, in order.

    Raises
    ------
    BadGrid
        If a month is in no file or in two, or the dates of a file are wrong.
    """
    places = {}
    for source, entry in zip(sources, entries, strict=True):
        for band, month in enumerate(months_of_file(source, entry), start=1):
            if month in places:
                raise BadGrid(
                    f"{entry['file']}: {entry['variable']} of {month} is also in "
                    f"{places[month][1]['file']}. Correct first_month in climate.grids, or cut "
                    "one of the files."
                )
            places[month] = source, entry, band
    wanted = months_of(years)
    lost = [str(month) for month in wanted if month not in places]
    if lost:
        held = f"{min(places)} to {max(places)}" if places else "no month"
        raise BadGrid(
            f"{entries[0]['file']}: {entries[0]['variable']} of {lost[0]} is missing (and "
            f"{len(lost)} months in all); the files hold {held}. Add files to climate.grids, "
            "correct first_month, or shorten the period."
        )
    return [(month, *places[month]) for month in wanted]


def check_values(values, variable, month, limits, file):
    """Refuse values that no month can have: another unit, scale or fill than declared."""
    low, high = limits
    with np.errstate(invalid="ignore"):
        wrong = (values < low) | (values > high)
    if wrong.any():
        worst = values[wrong][0]
        raise BadGrid(
            f"{file}: {variable} of {month} is {worst:g} in {wrong.sum()} cells, possible is {low} "
            f"to {high}. Check unit, scale, offset and fill in climate.grids."
        )


def write_months(entries, years, grid, output, *, limits, plausible, lapse=None):
    """Write the months of one variable on the source's cells.

    Parameters
    ----------
    entries : list of dict
        Of climate.grids, one variable: file, layer, unit, scale, offset, fill, crs, first_month,
        and year where the file is named by it.
    years : list of int
    grid : raster.Grid
        The study grid.
    output : raster.Output
        Its bands are the months.
    limits, plausible : [low, high]
        Possible monthly values; where the median of those other than 0 must lie.
    lapse : (float, str), optional
        K km-1 and elevation raster of the source, m: values are reduced to sea level.

    Returns
    -------
    median : float

    Raises
    ------
    BadGrid
    """
    variable, medians = entries[0]["variable"], []
    with ExitStack() as stack:
        sources = [opened(entry, stack) for entry in entries]
        places = places_of(entries, sources, years)
        native, window = _native(places, grid)
        height = _reduction(lapse, native, stack)
        temporary = stack.enter_context(replacing(output.path))
        with raster.created(temporary, output, native, {}) as target:
            for number, (month, source, entry, band) in enumerate(places, start=1):
                values = decoded(source, entry, band, window)
                values = variables.converted(values, variable, entry["unit"], days_of(month))
                check_values(values, variable, month, limits, entry["file"])
                known = values[np.isfinite(values) & (values != 0)]
                medians.append(np.median(known) if known.size else 0.0)
                target.write((values - height).astype("float32"), number)
        median = float(np.median(medians))
        if not plausible[0] <= median <= plausible[1]:
            raise BadGrid(
                f"{entries[0]['file']}: the median of monthly {variable} is {median:g} "
                f"{output.unit}, expected between {plausible[0]} and {plausible[1]}. Check unit, "
                "scale and offset in climate.grids, or change climate.plausible_median."
            )
    return median


def _native(places, grid):
    """Return the grid and window that all files of a variable share."""
    _, first, entry, _ = places[0]
    crs = crs_of(first, entry)
    for _, source, other, _ in places:
        if source.shape != first.shape or not source.transform.almost_equals(first.transform):
            raise BadGrid(
                f"{other['file']}: has other cells than {entry['file']}. Give all months of a "
                "variable on one grid."
            )
    window = window_of(first, crs, grid, entry["file"])
    place = window_transform(window, first.transform)
    return raster.Grid(crs.to_wkt(), place, window.height, window.width), window


def _reduction(lapse, native, stack):
    """Return what lies above sea level of the source's temperature, K; 0 without a lapse rate."""
    if lapse is None:
        return 0.0
    rate, path = lapse
    try:
        source = stack.enter_context(rasterio.open(path))
    except rasterio.RasterioIOError as error:
        raise BadGrid(f"{path}: GDAL cannot read it: {error}. Check climate.downscaling.") from None
    vrt = stack.enter_context(
        WarpedVRT(
            source,
            crs=CRS.from_wkt(native.crs),
            transform=native.transform,
            width=native.width,
            height=native.height,
            resampling=rasterio.enums.Resampling.bilinear,
            nodata=math.nan,
            dtype="float64",
        )
    )
    height = vrt.read(1)
    entry = {"file": str(path), "key": "climate.downscaling", "advice": ELEVATION_ADVICE}
    if np.isinf(height).any():
        raise BadGrid(f"{path}: {np.isinf(height).sum()} heights are infinite. Write nodata there.")
    seen = missing_codes.Seen()
    seen.add(height)
    check_elevation(seen, entry)
    return rate * height / 1000
