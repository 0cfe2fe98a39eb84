"""The one reader of rasters that users bring: opening, place, decoding, with errors by name.

An entry is a dictionary of the study file: file, layer, scale, offset, fill, valid, crs; and
``key``, the place in the study file that messages name. ``fill`` is a stored value or a list of
them, ``valid`` the range of stored values that are values.
"""

import math
import os
import re
from contextlib import ExitStack

import numpy as np
import rasterio
from affine import Affine
from rasterio._err import CPLE_BaseError
from rasterio.crs import CRS
from rasterio.enums import MaskFlags
from rasterio.errors import RasterioError
from rasterio.warp import transform, transform_bounds
from rasterio.windows import Window
from rasterio.windows import transform as window_transform

from nepflow.io import missing_codes, raster
from nepflow.io.atomic import whole_raster

MARGIN = 2  # cells round the study that interpolation needs
HUGE = 1e20  # fill values of climate models that no header declares
CELLS = 8_000_000  # read at once where a whole raster is looked at
COPIES = 4  # of the part round the study, float64, that a job holds at a time
FARTHEST = 540  # degrees of longitude that an axis may name: 0 to 360, half a turn on


class BadGrid(ValueError):
    """A raster that cannot serve the study."""


def dataset(entry, stack):
    """Open the file of an entry as GDAL gives it; `opened` says where it lies too.

    Raises
    ------
    BadGrid
        If GDAL cannot read it, or if it holds several layers and none is named.
    """
    file, layer = entry["file"], entry.get("layer")
    name = f"netcdf:{file}:{layer}" if layer else file
    if os.path.isdir(file) and not os.listdir(file):
        raise BadGrid(f"{file}: is an empty folder. Name a raster in {entry['key']}.")
    try:
        source = stack.enter_context(rasterio.open(name))
    except (RasterioError, CPLE_BaseError) as error:
        raise BadGrid(
            f"{file}: GDAL cannot read {layer or 'it'}: {error}. Check {entry['key']}: file and "
            "layer; NetCDF needs a GDAL with the netCDF driver."
        ) from None
    if not source.count:
        layers = ", ".join(part.rpartition(":")[2] for part in source.subdatasets)
        raise BadGrid(
            f"{file}: holds {f'the layers {layers}' if layers else 'no band'}. Name one as `layer` "
            f"in {entry['key']}."
        )
    return source


def opened(entry, stack, around=None):
    """Open the raster of an entry and see that it has a place, a CRS and real numbers.

    Parameters
    ----------
    entry : dict
    stack : contextlib.ExitStack
    around : ((west, south, east, north), CRS), optional
        Bounds of the study: longitudes are counted so that they go round it.

    Returns
    -------
    UserRaster

    Raises
    ------
    BadGrid
    """
    return UserRaster(dataset(entry, stack), entry, around)


class UserRaster:
    """A raster with its rows from north to south, its longitudes as the study counts them.

    What it does not define is that of the open file: count, dtypes, tags.

    Attributes
    ----------
    crs : CRS
    transform : Affine
    width, height : int
    turned : bool
        Whether rows, columns or longitudes are others than in the file.
    hidden : int
        Values beyond `HUGE` that were read so far, and taken for missing.
    """

    def __init__(self, source, entry, around=None):
        self.source, self.entry, self.hidden = source, entry, 0
        _check_kind(source, entry)
        self.crs = crs_of(source, entry)
        self.transform, self.width, self.height = source.transform, source.width, source.height
        self._flips, self._first = _flips(source.transform), 0
        for flip, shift, scale in zip(
            self._flips, ((self.width, 0), (0, self.height)), ((-1, 1), (1, -1)), strict=True
        ):
            if flip:
                self.transform = self.transform @ Affine.translation(*shift) @ Affine.scale(*scale)
        _check_place(self)
        if around is not None and self.crs.is_geographic:
            self._turn(*around)
        self.turned = any(self._flips) or self.transform != source.transform

    def __getattr__(self, name):
        return getattr(self.source, name)

    @property
    def shape(self):
        """Rows, columns."""
        return self.height, self.width

    @property
    def bounds(self):
        """West, south, east, north in its CRS."""
        west, north = self.transform @ (0, 0)
        east, south = self.transform @ (self.width, self.height)
        return west, south, east, north

    def window_transform(self, window):
        """Return the transform of a window."""
        return window_transform(window, self.transform)

    def read(self, band, window):
        """Return a window of a band, float64 as stored.

        Raises
        ------
        BadGrid
            If the file is damaged there.
        """
        return self._pieces(window, lambda w: self.source.read(band, window=w, out_dtype="float64"))

    def read_mask(self, band, window):
        """Return the mask of the file, 0 where nothing is."""
        return self._pieces(window, lambda w: self.source.read_masks(band, window=w))

    def _pieces(self, window, read):
        """Read a window of ours: one of the file, or two where it goes over the file's edge."""
        columns, rows = self._flips
        top, height = int(window.row_off), int(window.height)
        top = self.source.height - top - height if rows else top
        parts, left, wanted = [], int(window.col_off) + self._first, int(window.width)
        while wanted:
            left %= self.width
            width = min(wanted, self.width - left)
            place = self.source.width - left - width if columns else left
            parts.append(self._part(read, Window(place, top, width, height)))
            left, wanted = left + width, wanted - width
        values = [part[:: -1 if rows else 1, :: -1 if columns else 1] for part in parts]
        return values[0] if len(values) == 1 else np.concatenate(values, axis=1)

    def _part(self, read, window):
        try:
            return read(window)
        except (RasterioError, CPLE_BaseError, MemoryError) as error:
            raise BadGrid(
                f"{self.entry['file']}: opens and cannot be read to its end ({_cause(error)}); it "
                "is cut off or damaged. Bring it again."
            ) from None

    def _turn(self, bounds, crs):
        """Count longitudes so that the raster goes round the study."""
        west, _, east, _ = bounds_in(bounds, crs, self.crs, self.entry["file"])
        left, _, right, _ = self.bounds
        side, place = self.transform.a, self.transform
        middle, around = (west + east) / 2, round(360 / side)
        whole = self.width >= around and abs(around * side - 360) < side / 4
        room = MARGIN * side if whole else 0  # the other edge of the earth is a neighbour
        if left + room <= west and east <= right - room:
            return
        if whole:
            columns = math.floor((middle - 180 - left) / side)
            self.width, self._first = around, columns % around
            self.transform = place @ Affine.translation(columns, 0)
            return
        turns = round((middle - (left + right) / 2) / 360)
        self.transform = Affine.translation(360 * turns, 0) @ place


def _flips(transform):
    """Whether columns run to the west, rows to the north."""
    return transform.a < 0, transform.e > 0


def _cause(error):
    """Return what GDAL said first, in place of "see previous exception"."""
    while error.__cause__ is not None:
        error = error.__cause__
    return f"{type(error).__name__}: {error}" if isinstance(error, MemoryError) else str(error)


def _check_kind(source, entry):
    """Refuse numbers that are not real, and cells without one place each."""
    file, place = entry["file"], source.transform
    if any(np.dtype(dtype).kind == "c" for dtype in source.dtypes if dtype):
        raise BadGrid(f"{file}: holds complex numbers. Write it with real ones.")
    numbers = tuple(place)[:6]
    if not all(map(math.isfinite, numbers)) or place.is_identity or not place.determinant:
        if source.gcps[0]:
            raise BadGrid(
                f"{file}: is placed by control points, not by cells of one size. Warp it first "
                "(gdalwarp)."
            )
        raise BadGrid(
            f"{file}: does not say where its cells lie: no georeference, or longitudes and "
            "latitudes that are not evenly spaced or not the last dimensions. Georeference it "
            "(gdal_translate -a_ullr, a world file), or bring it to a regular grid (cdo remapbil)."
        )
    if abs(place.b) > 1e-9 * abs(place.a) or abs(place.d) > 1e-9 * abs(place.e):
        raise BadGrid(
            f"{file}: is rotated against its CRS (geotransform "
            f"{', '.join(f'{n:g}' for n in numbers)}). Write it north up (gdalwarp)."
        )


def _check_place(source):
    """Refuse degrees that are none."""
    if not source.crs.is_geographic:
        return
    west, south, east, north = source.bounds
    side = max(abs(source.transform.e), abs(source.transform.a))
    if south < -90 - side or north > 90 + side or west < -FARTHEST or east > FARTHEST:
        raise BadGrid(
            f"{source.entry['file']}: reaches from {west:g} to {east:g} and {south:g} to "
            f"{north:g}, which are no degrees, and its CRS is in degrees. Declare the right `crs` "
            f"in {source.entry['key']}, or correct the file."
        )


def crs_of(source, entry):
    """Return the CRS: declared, of the file, or degrees where the axes are in degrees."""
    tags = " ".join(value for key, value in source.tags().items() if key.endswith("#units"))
    if entry.get("crs"):
        try:
            return CRS.from_user_input(entry["crs"])
        except (RasterioError, CPLE_BaseError, ValueError) as error:
            raise BadGrid(
                f"{entry['file']}: crs {entry['crs']!r} in {entry['key']} is none ({error}). Write "
                "an EPSG code (EPSG:4326), a PROJ string or WKT."
            ) from None
    if source.crs:
        return source.crs
    if "degrees_north" in tags and "degrees_east" in tags:
        return CRS.from_epsg(4326)
    raise BadGrid(f"{entry['file']}: says no CRS. Declare `crs` in {entry['key']} (EPSG:4326?).")


def bounds_in(bounds, crs, own, file):
    """Return bounds in the CRS of a raster; an area across 180 degrees has its east beyond 180.

    Raises
    ------
    BadGrid
        If no way leads from the one CRS to the other.
    """
    try:
        found = transform_bounds(CRS.from_user_input(crs), own, *bounds, densify_pts=51)
    except (RasterioError, CPLE_BaseError) as error:
        found, said = (math.inf,), f" ({str(error).splitlines()[0][:120]})"
    else:
        said = ""
    if not all(map(math.isfinite, found)):
        raise BadGrid(
            f"{file}: its CRS and that of the study's grid cannot be brought together for the "
            f"area{said}. Declare the right `crs`, or warp the raster to a CRS of the region."
        )
    west, south, east, north = found
    return (west, south, east + 360, north) if own.is_geographic and east < west else found


def window_of(source, grid):
    """Return the window of a `UserRaster` that the study needs.

    Raises
    ------
    BadGrid
        If the study's area reaches beyond the source, or does not fit into memory.
    """
    file = source.entry["file"]
    left, top, right, bottom = _cells(source, bounds_in(grid.bounds, grid.crs, source.crs, file))
    if not covers(source, grid):
        bounds, (west, south, east, north) = needed_bounds(source, grid), source.bounds
        raise BadGrid(
            f"{file}: covers {west:g} to {east:g}, {south:g} to {north:g}, the study needs "
            f"{bounds[0]:g} to {bounds[2]:g}, {bounds[1]:g} to {bounds[3]:g} (CRS of the file). "
            "Use a grid that covers the area."
        )
    left, top = max(left - MARGIN, 0), max(top - MARGIN, 0)
    right, bottom = min(right + MARGIN, source.width), min(bottom + MARGIN, source.height)
    check_size(right - left, bottom - top, file)
    return Window(left, top, right - left, bottom - top)


def _cells(source, bounds):
    """Return first and last column and row of bounds, which may lie outside."""
    inverse = ~source.transform
    columns, rows = zip(*(inverse @ (x, y) for x in bounds[::2] for y in bounds[1::2]), strict=True)
    return (
        math.floor(min(columns)),
        math.floor(min(rows)),
        math.ceil(max(columns)),
        math.ceil(max(rows)),
    )


def check_size(width, height, file):
    """Refuse what memory cannot hold, before any of it is asked for.

    Raises
    ------
    BadGrid
    """
    needed = 8 * COPIES * width * height
    there = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if needed > there:
        raise BadGrid(
            f"{file}: {width} x {height} cells lie round the area and need {needed / 1e9:.1f} GB "
            f"of memory, the machine has {there / 1e9:.1f}. Average it to cells of the study's "
            "size first (gdalwarp -r average -tr)."
        )


def side_m(source):
    """Return the side of a cell, m; of a degree where the raster is in degrees."""
    return abs(source.transform.e) * (111_320 if source.crs.is_geographic else 1)


def cells_text(source):
    """Return size and CRS of the cells, and what was done to see them so."""
    unit = "degree" if source.crs.is_geographic else (source.crs.linear_units or "unit")
    code = source.crs.to_epsg()
    name = f", EPSG:{code}" if code else ""
    turned = ", turned" if source.turned else ""
    return f"cells of {source.transform.a:.6g} {unit}{name}{turned}"


def covers(source, grid):
    """Tell whether a raster reaches over a study, but for a cell at each side."""
    left, top, right, bottom = _cells(source, needed_bounds(source, grid))
    return left >= -1 and top >= -1 and right <= source.width + 1 and bottom <= source.height + 1


def needed_bounds(source, grid):
    """Return the bounds that a raster must reach over, in its own CRS.

    Those of the study's area where the `raster.Grid` knows its edge, else those of the whole grid.
    """
    bounds = bounds_in(grid.bounds, grid.crs, source.crs, source.entry["file"])
    if grid.edge is None:
        return bounds
    x, y = (np.array(values) for values in transform(grid.crs, source.crs, *grid.edge))
    if source.crs.is_geographic:
        first = bounds[0] - 1  # densified bounds are a little too narrow
        x = first + (x - first) % 360
    return x.min(), y.min(), x.max(), y.max()


def one_band(source):
    """Refuse a raster of several bands where one is meant.

    Raises
    ------
    BadGrid
    """
    if source.count != 1:
        raise BadGrid(
            f"{source.entry['file']}: has {source.count} bands, one is needed. Name in "
            f"{source.entry['key']} a file of the one that is meant (gdal_translate -b 1)."
        )


def decoded(source, band, window):
    """Return a band in the declared unit: fill to NaN, then scale and offset.

    Raises
    ------
    BadGrid
        If it holds infinite values, or codes of missing data that nothing declares.
    """
    stored = stored_values(source, band, window)
    seen = missing_codes.Seen(source.dtypes[band - 1])
    seen.add(stored)
    refuse_codes(seen, source.entry)
    return scaled(stored, source, band)


def stored_values(source, band, window):
    """Return a band as it is stored; NaN where the file or the study says that nothing is."""
    entry, values = source.entry, source.read(band, window)
    if masked(source, band):
        values[source.read_mask(band, window) == 0] = np.nan
    fill = entry.get("fill")
    fills = fill if isinstance(fill, (list, tuple)) else [fill]
    for code in (*fills, source.nodata):
        if code is not None and not math.isnan(code):
            values[values == _stored(code, source.dtypes[band - 1])] = np.nan
    for low, high in filter(None, (entry.get("valid"), _valid_of_file(source, band))):
        values[(values < low) | (values > high)] = np.nan
    if np.isinf(values).any():
        raise BadGrid(
            f"{entry['file']}: {np.isinf(values).sum()} cells of band {band} are infinite, such as "
            "a division by 0 makes. Write them as nodata."
        )
    huge = np.abs(values) > HUGE
    source.hidden += int(huge.sum())
    values[huge] = np.nan
    return values


def _valid_of_file(source, band):
    """Return the stored values that the attributes of a NetCDF call valid, or None."""
    tags = source.tags(band)
    try:
        if "valid_range" in tags:
            low, high = map(float, tags["valid_range"].strip("{}").split(","))
        elif "valid_min" in tags or "valid_max" in tags:
            low = float(tags.get("valid_min", -math.inf))
            high = float(tags.get("valid_max", math.inf))
        else:
            return None
    except ValueError:
        return None
    return (low, high) if low < high else None


def masked(source, band=1):
    """Tell whether a file has a mask of its own beside its values (no nodata)."""
    return MaskFlags.per_dataset in source.mask_flag_enums[band - 1]


def needs_copy(entry, around=None, seen=None):
    """Tell whether GDAL alone would read a raster otherwise than we do: see `without_codes`.

    So it is where codes are declared, where rows or longitudes are turned, and where the CRS, a
    scale or a layer stands outside of what a warp looks at; and where values that no header
    declares are taken for missing, as `missing_codes.Seen` of them tells (``hidden``).
    """
    if seen is not None and seen.hidden:
        return True
    with ExitStack() as stack:
        source = opened(entry, stack, around)
        declared = entry.get("fill") not in (None, []) or entry.get("valid") or entry.get("layer")
        scale = source.scales[0] != 1 or source.offsets[0] != 0 or _valid_of_file(source, 1)
        own = source.turned or source.source.crs != source.crs
        return bool(declared or masked(source) or scale or own)


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


def scaled(stored, source, band):
    """Return stored values in the declared unit."""
    scale, offset = (source.entry.get(name) for name in ("scale", "offset"))
    scale = source.scales[band - 1] if scale is None else scale
    offset = source.offsets[band - 1] if offset is None else offset
    with np.errstate(all="ignore"):
        values = stored * scale + offset
    known = np.isfinite(stored)
    if not (scale and np.abs(values[known]).max(initial=0) <= HUGE):  # NaN is refused too
        raise BadGrid(
            f"{source.entry['file']}: its scale {scale:g} and offset {offset:g} make no numbers of "
            f"its values. Declare `scale` and `offset` in {source.entry['key']}, or correct the "
            "file."
        )
    return values


def windows_of(window):
    """Yield windows of whole rows of a window, in bounded memory."""
    rows = max(1, CELLS // max(int(window.width), 1))
    for start in range(0, int(window.height), rows):
        height = min(rows, int(window.height) - start)
        yield Window(window.col_off, window.row_off + start, window.width, height)


def near(source, bounds, crs):
    """Return the window of a `UserRaster` round some bounds; None where they do not meet.

    Parameters
    ----------
    source : UserRaster
    bounds : (west, south, east, north)
    crs : str or CRS
        Of the bounds.
    """
    first, upper, last, lower = _cells(
        source, bounds_in(bounds, crs, source.crs, source.entry["file"])
    )
    left, right = (min(max(c, 0), source.width) for c in (first - MARGIN, last + MARGIN))
    top, bottom = (min(max(r, 0), source.height) for r in (upper - MARGIN, lower + MARGIN))
    return Window(left, top, right - left, bottom - top) if left < right and top < bottom else None


def unit_text(source, band):
    """Return what a file says of the unit of a band, as it says it; or an empty text."""
    tags = source.tags(band)
    said = source.units[band - 1] or tags.get("units") or tags.get("GRIB_UNIT", "").strip("[]")
    return said.strip()


def check_carbon(source):
    """Refuse carbon whose own attribute says another mass or area than the study declares.

    Raises
    ------
    BadGrid
    """
    said = unit_text(source, 1)
    short, entry = re.sub(r"[^a-z0-9]", "", said.lower()), source.entry
    known = {"kgcm2": "kg C m-2", "gcm2": "g C m-2", "tcha": "t C ha-1", "mgcha": "t C ha-1"}
    found = next((unit for start, unit in known.items() if short.startswith(start)), None)
    if found and not entry["unit"].startswith(found):
        raise BadGrid(
            f"{entry['file']}: its own unit is {said!r}, {entry['key']} declares "
            f"{entry['unit']}. Correct `unit` there, or the attribute of the file."
        )


def without_codes(entry, target, grid, band=1):
    """Write the part of a band round a study as we read it, NaN where it has no value.

    Parameters
    ----------
    entry : dict
        file, ``fill``, ``valid``, ``crs``.
    target : str or Path
        Gets float32, or float64 of types that need it.
    grid : raster.Grid
        Of the study.
    """
    with ExitStack() as stack:
        source = opened(entry, stack, (grid.bounds, grid.crs))
        whole = Window(0, 0, source.width, source.height)
        window = near(source, grid.bounds, grid.crs) or whole
        wide = np.dtype(source.dtypes[band - 1]).itemsize > 2 and source.dtypes[0] != "float32"
        made = stack.enter_context(
            whole_raster(
                target,
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
            values = scaled(stored_values(source, band, part), source, band)
            place = Window(0, part.row_off - window.row_off, part.width, part.height)
            made.write(values.astype(made.dtypes[0]), 1, window=place)


def native_grid(source, window):
    """Return the `raster.Grid` of a window, its own cells."""
    place = source.window_transform(window)
    return raster.Grid(source.crs.to_wkt(), place, int(window.height), int(window.width))


UNITS = {"g C m-2 yr-1": 1.0, "kg C m-2 yr-1": 1000.0, "t C ha-1 yr-1": 100.0}
POSSIBLE = (-1000.0, 6000.0)  # g C m-2 yr-1; own choice: MOD17 can hold -3000 to 3270
PLAUSIBLE = (1.0, 3000.0)  # median of the values other than 0
USUAL = (50.0, 2000.0)  # of most regions; a guess at another unit must bring the median here


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
            f"lie outside {POSSIBLE[0]:g} to {POSSIBLE[1]:g}{_perhaps(middle)}. Check unit, scale, "
            "offset and fill in npp.rasters."
        )


def _perhaps(middle):
    """Name what NPP of an impossible median probably is."""
    kinds = {"kg C m-2 yr-1": 1000, "t C ha-1 yr-1": 100, "stored numbers of MOD17, scale 0.1": 0.1}
    low, high = USUAL
    found = [name for name, factor in kinds.items() if low <= middle * factor <= high]
    return f" (perhaps {' or '.join(found)})" if found else ""


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
