"""Elevation that users bring: heights of the earth, in metres, without codes of missing ones."""

from contextlib import ExitStack

import numpy as np
from rasterio import warp
from rasterio.windows import Window

from nepflow.io import missing_codes, user_rasters
from nepflow.io.user_rasters import BadGrid

LOWLAND_M = 20  # heights so near 0 make zeros a coast
GEOPOTENTIAL = ("m2s-2", "m**2s**-2", "m2/s2", "m^2/s^2", "jkg-1", "j/kg")
G = 9.80665  # m s-2, that geopotential is divided by; WMO


def entry_of(path, missing, crs=None):
    """Return the entry of the raster of elevation, by `dem.missing` and `dem.crs` of the study."""
    advice = (
        "`dem: {{missing: {codes}}}` in the study file, and `dem: {{missing: []}}` if 0 is meant"
    )
    return {"file": str(path), "fill": missing, "crs": crs, "key": "dem", "advice": advice}


def seen_of(entry, bounds, crs, inside=None):
    """Read the heights round an area and refuse what are none.

    Parameters
    ----------
    entry : dict
        file, key; ``fill``: heights that mean none, None where the study says nothing of them.
    bounds, crs
        Of the area.
    inside : callable, optional
        (source, window) -> ndarray of bool: cells of the area, in which zeros are judged.

    Returns
    -------
    missing_codes.Seen
        With ``missing_percent``, cells of the area without a height.

    Raises
    ------
    BadGrid
        If a height is none of the earth or infinite, or if zeros stand for missing heights.
    """
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, (bounds, crs))
        user_rasters.one_band(source)
        check_unit(source)
        window = user_rasters.near(source, bounds, crs)
        plain = source.scales[0] == 1 and source.offsets[0] == 0
        cells = 0
        seen, area = (missing_codes.Seen(source.dtypes[0] if plain else "float64") for _ in "12")
        for part in user_rasters.windows_of(window) if window else ():
            heights = user_rasters.scaled(user_rasters.stored_values(source, 1, part), source, 1)
            seen.add(heights)
            own = heights if inside is None else heights[inside(source, part)]
            area.add(own)
            cells += own.size
        seen.hidden = source.hidden
        seen.missing_percent = 100 * (1 - area.count / cells) if cells else 100.0
    check(seen, entry)
    if entry.get("fill") is None:
        suspects = seen.suspects(alone=False)  # a lake has one height too
        if suspects:
            _refuse_heights(entry, missing_codes.listed(suspects), missing_codes.as_list(suspects))
        if area.hole_of_zeros(LOWLAND_M):
            share = f"{100 * area.zero_share:.2g} % of the area"
            _refuse_heights(entry, f"exactly 0 in {share} without land near sea level", "[0]")
    return seen


def check_unit(source):
    """Refuse elevation whose own attributes say another unit than metres.

    Raises
    ------
    BadGrid
    """
    said = user_rasters.unit_text(source, 1)
    short = said.lower().replace(" ", "")
    factors = {"ft": 0.3048, "foot": 0.3048, "feet": 0.3048, "ussurveyfoot": 1200 / 3937}
    factors |= {"km": 1000, "cm": 0.01, "dm": 0.1, "mm": 0.001}
    factors |= dict.fromkeys(GEOPOTENTIAL, 1 / G)
    if short in factors:
        what = "geopotential, as ERA5 delivers" if short in GEOPOTENTIAL else "not metres"
        raise BadGrid(
            f"{source.entry['file']}: its unit is {said!r}: {what}. Multiply it by "
            f"{factors[short]:.6g} (gdal_calc.py), and write the unit m."
        )


def check(seen, entry):
    """Refuse heights beyond those of the earth, and codes among them.

    Depths of the sea floor are heights where land stands beside them.

    Raises
    ------
    BadGrid
    """
    low, high = missing_codes.ELEVATION_M
    if seen.count and (seen.lowest < low or seen.highest > high):
        depth = missing_codes.SEA_FLOOR_M if seen.highest > 0 else low
        suspects = seen.suspects((depth, high))
        suspects = {c: n for c, n in suspects.items() if not low <= c <= high}
        if not suspects and depth <= seen.lowest and seen.highest <= high:
            return
        worst = seen.lowest if seen.lowest < low else seen.highest
        what = missing_codes.listed(suspects) or f"{worst:g}"
        what += "" if suspects else _probable(seen)
        _refuse_heights(entry, what, missing_codes.as_list(suspects or {worst: 1}))


def _probable(seen):
    """Name what heights beyond those of the earth probably are."""
    low, high = missing_codes.ELEVATION_M
    kinds = {
        "geopotential (m2 s-2), as ERA5 delivers: divide by 9.80665": 1 / G,
        "decimetres": 0.1,
        "centimetres": 0.01,
        "millimetres": 0.001,
    }
    for name, factor in kinds.items():
        if low <= seen.lowest * factor and seen.highest * factor <= high:
            return f" (perhaps {name})"
    return ""


def _refuse_heights(entry, what, codes):
    low, high = missing_codes.ELEVATION_M
    advice = entry.get("advice", f"`fill: {codes}` in {entry['key']}").format(codes=codes)
    raise BadGrid(
        f"{entry['file']}: has the elevation {what}; heights lie between {low:g} and {high:g} m. "
        "Missing heights that the file does not declare as nodata would be averaged as metres: "
        f"write {advice}; or convert the heights to metres."
    )


def at(entry, lon, lat):
    """Return the heights of the cells at places, m, shape (place,); NaN beyond the raster.

    Parameters
    ----------
    entry : dict
        Of `entry_of`.
    lon, lat : ndarray, shape (place,)
        Degrees.
    """
    found = np.full(len(lon), np.nan)
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        x, y = warp.transform("EPSG:4326", source.crs, list(lon), list(lat))
        columns, rows = ~source.transform @ (np.asarray(x), np.asarray(y))
        inside = (columns >= 0) & (columns < source.width) & (rows >= 0) & (rows < source.height)
        for place in np.flatnonzero(inside & np.isfinite(columns + rows)):
            window = Window(int(columns[place]), int(rows[place]), 1, 1)
            cell = user_rasters.scaled(user_rasters.stored_values(source, 1, window), source, 1)
            found[place] = cell[0, 0]
    return found
