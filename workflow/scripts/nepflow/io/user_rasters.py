"""Reader of rasters that users bring: opening, place, and decoding, with errors by name.

An entry is a dictionary of the study file: file, layer, scale, offset, fill, valid, crs; and
``key``, the place in the study file that messages name. ``fill`` is a stored value or a list of
them, ``valid`` the range of stored values that are values.
"""

import math
from contextlib import ExitStack

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import MaskFlags
from rasterio.warp import transform_bounds
from rasterio.windows import Window

from nepflow.io import missing_codes

MARGIN = 2  # cells round the study that interpolation needs
HUGE = 1e20  # fill values of climate models that no header declares
CELLS = 8_000_000  # read at once where a whole raster is looked at
LOWLAND_M = 20  # heights so near 0 make zeros a coast


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
    """Return a band in the declared unit: fill to NaN, then scale and offset.

    Raises
    ------
    BadGrid
        If it holds infinite values, or codes of missing data that nothing declares.
    """
    stored = stored_values(source, entry, band, window)
    seen = missing_codes.Seen(source.dtypes[band - 1])
    seen.add(stored)
    refuse_codes(seen, entry)
    return scaled(stored, source, entry, band)


def stored_values(source, entry, band, window):
    """Return a band as it is stored; NaN where the file or the study says that nothing is."""
    if np.dtype(source.dtypes[band - 1]).kind == "c":
        raise BadGrid(f"{entry['file']}: holds complex numbers. Write it with real ones.")
    values = source.read(band, window=window, out_dtype="float64")
    if masked(source, band):
        values[source.read_masks(band, window=window) == 0] = np.nan
    fill = entry.get("fill")
    fills = fill if isinstance(fill, (list, tuple)) else [fill]
    for code in (*fills, source.nodata):
        if code is not None and not math.isnan(code):
            values[values == _stored(code, source.dtypes[band - 1])] = np.nan
    if entry.get("valid"):
        low, high = entry["valid"]
        values[(values < low) | (values > high)] = np.nan
    if np.isinf(values).any():
        raise BadGrid(
            f"{entry['file']}: {np.isinf(values).sum()} cells of band {band} are infinite, such as "
            "a division by 0 makes. Write them as nodata."
        )
    values[np.abs(values) > HUGE] = np.nan
    return values


def masked(source, band=1):
    """Tell whether a file has a mask of its own beside its values (no nodata)."""
    return MaskFlags.per_dataset in source.mask_flag_enums[band - 1]


def needs_copy(entry):
    """Tell whether GDAL alone cannot see where a raster has no value: see `without_codes`."""
    with ExitStack() as stack:
        declared = entry.get("fill") not in (None, []) or entry.get("valid")
        return bool(declared or masked(opened(entry, stack)))


def _stored(code, dtype):
    """A number as a file of a type stores it."""
    dtype = np.dtype(dtype)
    if dtype.kind in "iu" and not np.iinfo(dtype).min <= code <= np.iinfo(dtype).max:
        return code
    return np.float64(dtype.type(code))


def refuse_codes(seen, entry):
    """Refuse stored values that are codes of missing data.

    Parameters
    ----------
    seen : missing_codes.Seen
        Of the stored values; an entry with ``valid`` has said what is a value.

    Raises
    ------
    BadGrid
    """
    suspects = {} if entry.get("valid") else seen.suspects()
    if suspects:
        codes = missing_codes.as_list(suspects)
        raise BadGrid(
            f"{entry['file']}: stores {missing_codes.listed(suspects)}, which looks like a "
            "code of missing data, and neither the file (nodata) nor the study declares it. Write "
            f"`fill: {codes}` in {entry['key']}, or, if these are values, the range of stored "
            f"values that are: `valid: [{seen.lowest:g}, {seen.highest:g}]`."
        )


def scaled(stored, source, entry, band):
    """Return stored values in the declared unit."""
    scale, offset = entry.get("scale"), entry.get("offset")
    scale = source.scales[band - 1] if scale is None else scale
    return stored * scale + (source.offsets[band - 1] if offset is None else offset)


def windows_of(window):
    """Yield windows of whole rows of a window, in bounded memory."""
    rows = max(1, CELLS // max(int(window.width), 1))
    for start in range(0, int(window.height), rows):
        height = min(rows, int(window.height) - start)
        yield Window(window.col_off, window.row_off + start, window.width, height)


def near(source, own, bounds, crs):
    """Return the window of a raster round some bounds; None where they do not meet.

    Parameters
    ----------
    source : rasterio dataset
    own : CRS
        Of the raster.
    bounds : (west, south, east, north)
    crs : str or CRS
        Of the bounds.
    """
    bounds = transform_bounds(CRS.from_user_input(crs), own, *bounds, densify_pts=51)
    inverse = ~source.transform
    columns, rows = zip(*(inverse @ (x, y) for x in bounds[::2] for y in bounds[1::2]), strict=True)
    left = min(max(math.floor(min(columns)) - MARGIN, 0), source.width)
    right = min(max(math.ceil(max(columns)) + MARGIN, 0), source.width)
    top = min(max(math.floor(min(rows)) - MARGIN, 0), source.height)
    bottom = min(max(math.ceil(max(rows)) + MARGIN, 0), source.height)
    return Window(left, top, right - left, bottom - top) if left < right and top < bottom else None


def elevation_entry(path, missing):
    """Return the entry of the raster of elevation; ``missing`` is `dem.missing` of the study."""
    advice = (
        "`dem: {{missing: {codes}}}` in the study file, and `dem: {{missing: []}}` if 0 is meant"
    )
    return {"file": str(path), "fill": missing, "key": "raw.dem", "advice": advice}


def elevation_seen(entry, bounds, crs, inside=None):
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

    Raises
    ------
    BadGrid
        If a height is none of the earth or infinite, or if zeros stand for missing heights.
    """
    with ExitStack() as stack:
        source = opened(entry, stack)
        window = near(source, crs_of(source, entry), bounds, crs)
        seen, area = (missing_codes.Seen(source.dtypes[0]) for _ in range(2))
        for part in windows_of(window) if window else ():
            heights = stored_values(source, entry, 1, part)
            seen.add(heights)
            area.add(heights if inside is None else heights[inside(source, part)])
    check_elevation(seen, entry)
    if entry.get("fill") is None:
        suspects = seen.suspects(alone=False)  # a lake has one height too
        if suspects:
            _refuse_heights(entry, missing_codes.listed(suspects), missing_codes.as_list(suspects))
        if area.hole_of_zeros(LOWLAND_M):
            share = f"{100 * area.zero_share:.2g} % of the area"
            _refuse_heights(entry, f"exactly 0 in {share} without land near sea level", "[0]")
    return seen


def check_elevation(seen, entry):
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
        _refuse_heights(entry, what, missing_codes.as_list(suspects or {worst: 1}))


def _refuse_heights(entry, what, codes):
    low, high = missing_codes.ELEVATION_M
    advice = entry.get("advice", f"`fill: {codes}` in {entry['key']}").format(codes=codes)
    raise BadGrid(
        f"{entry['file']}: has the elevation {what}; heights lie between {low:g} and {high:g} m. "
        "Missing heights that the file does not declare as nodata would be averaged as metres: "
        f"write {advice}; or convert the heights to metres."
    )


def without_codes(entry, target, grid, band=1):
    """Write the part of a band round a study without its codes of missing data, NaN in their place.

    Parameters
    ----------
    entry : dict
        file, ``fill``, ``valid``.
    target : str or Path
        Gets float32, or float64 of types that need it.
    grid : raster.Grid
        Of the study.
    """
    with ExitStack() as stack:
        source = opened(entry, stack)
        whole = Window(0, 0, source.width, source.height)
        window = near(source, crs_of(source, entry), grid.bounds, grid.crs) or whole
        wide = np.dtype(source.dtypes[band - 1]).itemsize > 2 and source.dtypes[0] != "float32"
        made = stack.enter_context(
            rasterio.open(
                target,
                "w",
                driver="GTiff",
                dtype="float64" if wide else "float32",
                count=1,
                height=window.height,
                width=window.width,
                crs=source.crs,
                nodata=math.nan,
                transform=source.window_transform(window),
                tiled=True,
                bigtiff="if_safer",
            )
        )
        for part in windows_of(window):
            values = stored_values(source, entry, band, part)
            place = Window(0, part.row_off - window.row_off, part.width, part.height)
            made.write(values.astype(made.dtypes[0]), 1, window=place)


UNITS = {"g C m-2 yr-1": 1.0, "kg C m-2 yr-1": 1000.0, "t C ha-1 yr-1": 100.0}
POSSIBLE = (-1000.0, 6000.0)  # g C m-2 yr-1; own choice: MOD17 can hold -3000 to 3270
PLAUSIBLE = (1.0, 3000.0)  # median of the values other than 0


def converted(npp, unit):
    """Return NPP, g C m-2 yr-1.

    Parameters
    ----------
    npp : ndarray
    unit : str
        Key of `UNITS`; the schema of a study knows no other.
    """
    return npp * UNITS[unit]


def check(npp, file, valid=None):
    """Refuse NPP in another unit than declared, and codes of MOD17A3HGF as NPP.

    Parameters
    ----------
    npp : ndarray
        g C m-2 yr-1
    file : str
    valid : [low, high], optional
        Stored values that the study declares to be values.

    Raises
    ------
    BadGrid
    """
    known = npp[np.isfinite(npp)]
    if not known.size:
        raise BadGrid(f"{file}: no value in the study's area. Use a raster that covers it.")
    middle = float(np.median(known[known != 0])) if known.any() else 0.0
    if not valid:
        _refuse_mod17_codes(known, file)
    outside = float(np.mean((known < POSSIBLE[0]) | (known > POSSIBLE[1])))
    if outside or not PLAUSIBLE[0] <= middle <= PLAUSIBLE[1]:
        raise BadGrid(
            f"{file}: the median NPP is {middle:g} g C m-2 yr-1 and {outside:.1%} of the values "
            f"lie outside {POSSIBLE[0]:g} to {POSSIBLE[1]:g}. Check unit, scale, offset and fill "
            "in npp.rasters."
        )


def _refuse_mod17_codes(known, file):
    """Codes 32761 to 32767 times 0.0001 kg C m-2 yr-1, also where a mean of codes was taken."""
    low, high = missing_codes.MOD17_CODES
    coded = (known > low + 0.01) & (known <= high)
    if coded.any():
        raise BadGrid(
            f"{file}: {coded.sum()} cells ({coded.mean():.2%}) have an NPP of "
            f"{known[coded].min():.1f} to {known[coded].max():.1f} g C m-2 yr-1: these are the "
            "codes 32761 to 32767 of MOD17A3HGF (water, towns, bare ground, fill; 3276 with its "
            "scale), no NPP. Write `valid: [-30000, 32700]` (stored values) in npp.rasters, or "
            "list the codes as `fill`; a file that was averaged or resampled with them must be "
            "exported again with the codes masked (docs/data.md)."
        )


class Tally:
    """How many values of NPP may be wrong and can be meant, block by block."""

    def __init__(self):
        self.known = self.zeros = self.above = 0
        self.highest = -np.inf

    def add(self, npp):
        """Take in NPP, g C m-2 yr-1; NaN = missing."""
        known = npp[np.isfinite(npp)]
        self.known += known.size
        self.zeros += int((known == 0).sum())
        self.above += int((known > PLAUSIBLE[1]).sum())
        self.highest = max(self.highest, float(known.max(initial=-np.inf)))
        return self

    def warnings(self, entry):
        """Yield what to look at; an entry with ``valid`` has said that zeros are values.

        Parameters
        ----------
        entry : dict
            npp.rasters
        """
        zeros, above = (count / max(self.known, 1) for count in (self.zeros, self.above))
        if zeros > missing_codes.ZEROS and not entry.get("valid"):
            yield (
                f"{missing_codes.zeros_text(zeros, 'cells with NPP')}. If they are none, write "
                "`fill: 0` in npp.rasters; if they are NPP of zero, the range of stored values, "
                "such as `valid: [0, 32700]`"
            )
        if above:
            yield (
                f"NPP above {PLAUSIBLE[1]:g} g C m-2 yr-1 in {100 * above:.2g} % of the cells, up "
                f"to {self.highest:.0f}: codes of missing data averaged with values look so"
            )


def cell_m(path):
    """Return the height of the cells of a raster, m; of degrees that of a meridian."""
    with rasterio.open(path) as source:
        return source.res[1] * (111_320 if source.crs and source.crs.is_geographic else 1)
