"""Rasters: the study grid, tags, and the one loop over space."""

import hashlib
import json
import math
import re
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from itertools import chain

import numpy as np
import rasterio
import rioxarray
from affine import Affine
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from nepflow._log import progress
from nepflow.io import bands as io_bands
from nepflow.io.atomic import replacing, whole_raster
from nepflow.io.cell_values import CellValues

SMALLEST = 512  # cells; a raster not larger than this needs no overview
LAYERS = 3  # bands; overviews of a cube would take a third of the time that making it takes
SQUARE = 256  # cells; the order in which a digest reads values


def add(path, categorical):
    """Add overviews by halves to a large layer, by nearest for classes, average for quantities."""
    with whole_raster(path, "r+") as target:
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
        float64 with NaN for missing data. Attributes: unit, long_name, source, classes
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


TILE = 256  # side of a GeoTIFF tile, cells
TILE_UNIT = 16  # its sides are multiples of this
CUBE = 64  # height of the tiles of a cube: strips over several cubes have few rows
WARNINGS = "warnings"  # a tag: list of what a reader of the report must know, JSON
PROPAGATED = "simulated"  # a tag that every descendant of a simulated raster bears


class CodesDoNotFit(ValueError):
    """Codes that the data type of their raster cannot hold: they would become other codes."""


@dataclass(frozen=True)
class Grid:
    """A north-up raster geometry: CRS (WKT), affine transform, shape.

    ``edge`` are points along the edge of the study's area, x and y, shape (2, point), where they
    are known: what a raster of the user must reach over is the area, not the corners of the grid.
    """

    crs: str
    transform: Affine
    height: int
    width: int
    edge: np.ndarray = field(default=None, compare=False, repr=False)

    @property
    def bounds(self):
        """West, south, east, north in CRS units."""
        west, north = self.transform @ (0, 0)
        east, south = self.transform @ (self.width, self.height)
        return west, south, east, north

    @property
    def resolution_m(self):
        """Side of a cell, CRS units (m)."""
        return self.transform.a

    @property
    def cell_area_m2(self):
        """Area of a cell, m2; true area only where the CRS is equal-area."""
        return abs(self.transform.a * self.transform.e)

    def xy(self, start, stop):
        """Cell centres of the rows ``start`` to ``stop``: x (1, width), y (rows, 1)."""
        x = self.transform.c + (np.arange(self.width) + 0.5) * self.transform.a
        y = self.transform.f + (np.arange(start, stop) + 0.5) * self.transform.e
        return x[None, :], y[:, None]

    def of_rows(self, start, stop):
        """The grid of the rows ``start`` to ``stop``."""
        if (start, stop) == (0, self.height):
            return self
        transform = self.transform @ Affine.translation(0, start)
        return Grid(self.crs, transform, stop - start, self.width)


@dataclass(frozen=True)
class Output:
    """A raster to write.

    ``dtype`` is float32 (NaN = missing), uint8 or uint16 (``nodata`` = absent). ``classes`` maps
    codes to names and ``colours`` codes to ``#rrggbb``; both are for class rasters. A cube of which
    others read few bands is stored band by band (``interleave="band"``).
    """

    path: str
    unit: str
    long_name: str
    bands: tuple = ("1",)
    dtype: str = "float32"
    nodata: float = None
    classes: dict = None
    colours: dict = None
    interleave: str = "pixel"
    tags: dict = field(default_factory=dict)

    @property
    def absent(self):
        """Value that stands for missing data in the file."""
        if self.dtype == "float32":
            return math.nan
        return 0 if self.nodata is None else self.nodata


def grid_of(path):
    """Return the `Grid` of a raster file."""
    with rasterio.open(path) as source:
        return Grid(source.crs.to_wkt(), source.transform, source.height, source.width)


def study_grid_of(path):
    """Return the `Grid` of the raster of a study's area (1 = inside), with the area's edge."""
    grid = grid_of(path)
    with rasterio.open(path) as source:
        inside = source.read(1) == 1
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    last = inside.shape[1] - 1, inside.shape[0] - 1
    row = np.concatenate([rows, rows, *(f(inside[:, columns]) for f in _ends(last[1]))])
    column = np.concatenate([*(f(inside[rows].T) for f in _ends(last[0])), columns, columns])
    x, y = grid.transform @ (column + 0.5, row + 0.5)
    return replace(grid, edge=np.stack([x, y]))


def _ends(last):
    """Functions that find the first and the last true place along the first axis."""
    return (lambda a: a.argmax(axis=0)), (lambda a: last - a[::-1].argmax(axis=0))


def tags_of(path):
    """Return the tags of a raster file as a dictionary of strings."""
    with rasterio.open(path) as source:
        return source.tags()


def classes_of(path):
    """Return {code: name} of a class raster."""
    return {int(code): name for code, name in json.loads(tags_of(path)["classes"]).items()}


def warning_tags(warnings):
    """Return the tag that takes warnings to the report, none without warnings."""
    return {WARNINGS: json.dumps(list(warnings), ensure_ascii=False)} if warnings else {}


def warnings_of(path):
    """Return the warnings that a raster bears, a list of str."""
    return json.loads(tags_of(path).get(WARNINGS, "[]"))


def band_count(path):
    """Return the number of bands of a raster file."""
    with rasterio.open(path) as source:
        return source.count


def years_of(path):
    """Return the band descriptions of a cube as years."""
    with rasterio.open(path) as source:
        return [int(name) for name in source.descriptions]


def read(path, band=1):
    """Return one band as float64 (y, x) with NaN for missing data."""
    with rasterio.open(path) as source:
        return missing_to_nan(source.read(band, out_dtype="float64"), source.nodata)


def missing_to_nan(values, nodata):
    if nodata is not None and not math.isnan(nodata):
        values[values == nodata] = np.nan
    return values


def inherited_tags(inputs):
    """The tag that says that a datum is simulated goes from any input to every output."""
    for item in inputs:
        for path in item if isinstance(item, list) else [getattr(item, "path", item)]:
            tags = tags_of(path)
            if PROPAGATED in tags:
                return {PROPAGATED: tags[PROPAGATED]}
    return {}


@contextmanager
def created(path, output, grid, inherited, rows=TILE, threads=1):
    """Open a tiled, compressed GeoTIFF with the tags of ``output``.

    ``rows`` are written at a time. Tiles are no higher, so that each is compressed once: a tile
    that several strips fill is written anew by each when GDAL's cache cannot hold its row.
    ``threads`` compress.
    """
    predictor = 3 if output.dtype == "float32" else 1
    highest = TILE if len(output.bands) <= LAYERS else CUBE
    height = highest
    if rows < min(highest, grid.height):
        height = max(rows - rows % TILE_UNIT, TILE_UNIT)
    profile = {
        "driver": "GTiff",
        "dtype": output.dtype,
        "count": len(output.bands),
        "crs": CRS.from_wkt(grid.crs),
        "transform": grid.transform,
        "height": grid.height,
        "width": grid.width,
        "nodata": output.absent,
        "tiled": True,
        "blockxsize": TILE,
        "blockysize": height,
        "compress": "deflate",
        "zlevel": 1,
        "predictor": predictor,
        "bigtiff": "if_safer",
        "num_threads": threads,
        "interleave": output.interleave,
    }
    with whole_raster(path, **profile) as target:
        _describe(target, output, inherited)
        yield target


def _describe(target, output, inherited):
    """Write tags, names of bands and colours, before any cell."""
    tags = {"unit": output.unit, "long_name": output.long_name, **inherited, **output.tags}
    if output.classes:
        names = {str(code): name for code, name in sorted(output.classes.items())}
        tags["classes"] = json.dumps(names, ensure_ascii=False)
    if output.colours:
        target.write_colormap(1, {code: _rgb(text) for code, text in output.colours.items()})
        tags["colours"] = json.dumps({str(k): v for k, v in sorted(output.colours.items())})
    target.update_tags(**tags)
    for number, name in enumerate(output.bands, start=1):
        target.set_band_description(number, str(name))


def _rgb(text):
    return (*bytes.fromhex(text[1:]), 255)


def store(strip, targets, outputs):
    start, stop, results = strip
    for values, target, output in zip(results, targets, outputs, strict=True):
        values = values[None] if values.ndim == 2 else values
        window = Window(0, start, target.width, stop - start)
        target.write(_typed(values, output), window=window)


def _typed(values, output):
    """Return values as they are stored.

    Raises
    ------
    CodesDoNotFit
        If a code is outside of the data type: a cast would wrap it to another code.
    """
    if output.dtype != "float32":
        values = np.where(np.isnan(values), output.absent, values)
        limits = np.iinfo(output.dtype)
        low, high = values.min(initial=limits.min), values.max(initial=limits.min)
        if low < limits.min or high > limits.max:
            raise CodesDoNotFit(
                f"{output.path}: codes {low:g} to {high:g} do not fit {output.dtype} "
                f"({limits.min} to {limits.max}). Join classes, or give them smaller codes."
            )
    return values.astype(output.dtype)


def write(array, output, grid, inherit=()):
    """Write a whole array (band, y, x) or (y, x) that fits into memory; NaN = missing."""
    with replacing(output.path) as path:
        with created(path, output, grid, inherited_tags(list(inherit))) as target:
            store((0, grid.height, (np.asarray(array),)), [target], [output])
        add(path, categorical=output.dtype != "float32")


def paste(parts, output, grid, fill=math.nan, inherit=None):
    """Write pieces that lie somewhere on ``grid`` into one raster, one after another.

    Parameters
    ----------
    parts : iterable of (int, int, ndarray)
        Row and column of the upper left cell, and the values (band, y, x), NaN = missing.
    output : Output
    grid : Grid
    fill : float or sequence of float, one a band
        Value where no piece lies.
    inherit : dict, optional
        Further tags.
    """
    fills = np.broadcast_to(np.asarray(fill, dtype="float64"), len(output.bands))
    with (
        replacing(output.path) as path,
        created(path, output, grid, inherit or {}) as target,
    ):
        for start in range(0, grid.height, TILE):
            rows = min(TILE, grid.height - start)
            empty = np.broadcast_to(fills[:, None, None], (len(fills), rows, grid.width))
            store((start, start + rows, (empty,)), [target], [output])
        for row, column, values in parts:
            window = Window(column, row, values.shape[-1], values.shape[-2])
            target.write(_typed(values, output), window=window)


__all__ = [
    "ANY",
    "Grid",
    "GridMismatch",
    "Output",
    "Warped",
    "WrongYears",
    "band_count",
    "blocks",
    "classes_of",
    "grid_of",
    "map_blocks",
    "read",
    "tags_of",
    "warning_tags",
    "warnings_of",
    "write",
    "years_of",
]
ANY = object()  # years: each input its own


class GridMismatch(ValueError):
    """Two rasters that must share one grid do not."""


class WrongYears(ValueError):
    """A cube has other years than the study, or than what it is read together with."""


def _years_text(years):
    return f"{len(years)} years ({years[0]} to {years[-1]})"


@dataclass(frozen=True)
class Warped:
    """An input in another geometry, resampled to the grid of the loop while it is read.

    ``resampling`` is nearest or bilinear, as GDAL does them, or average or mode of `CellValues`;
    ``bands`` are all without a list. ``dtype`` is that of nearest and bilinear, the file's own
    otherwise: whole numbers stay whole. Means are not rounded.
    """

    path: str
    resampling: str = "nearest"
    bands: tuple = None
    dtype: str = None


@dataclass(frozen=True)
class Bands:
    """Some bands, counted from 1, of an input on the grid of the loop."""

    path: str
    bands: tuple


def blocks(
    inputs,
    *,
    grid=None,
    coordinates=False,
    mem_mb=1000,
    outputs=1,
    label="",
    within=None,
    years=None,
):
    """Yield (first row, last row, arrays) of strips that cover the grid from north to south.

    Parameters
    ----------
    inputs : list of (path or Warped or list of path)
        A file gives all its bands, a list of files their first bands stacked.
    grid : Grid, optional
        The grid that all inputs must have; that of the first input otherwise.
    coordinates : bool
        Append x (1, width) and y (rows, 1) of the cell centres to the arrays.
    mem_mb : int
        Memory that a strip and its result may take, MB; a fixed number of rows follows.
    outputs : int
        Bands that the caller makes of a strip.
    within : tuple of int, optional
        First row and the row after the last one; all otherwise.
    years : list of int, optional
        Those that cubes and lists must have; those of the first cube otherwise. `ANY` lets each
        have its own.

    Yields
    ------
    tuple of int, int, list of ndarray (band, rows, width)
        float64, NaN = missing.

    Raises
    ------
    GridMismatch
        If CRS, transform or shape of two inputs differ.
    WrongYears
        If two cubes have other years, or a list has not a file for each year of a cube.
    """
    with ExitStack() as stack:
        if grid is None:
            first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
            grid = grid_of(first)
        sources = [_opened(item, grid, stack) for item in inputs]
        if years is not ANY:
            _check_same_years(inputs, sources, years)
        bands = sum(len(reads) for reads in sources) + outputs
        rows = _rows_of_strip(grid, bands, mem_mb)
        first, last = within or (0, grid.height)
        starts = range(first, last, rows)
        for start in progress(starts, len(starts), label):
            stop = min(start + rows, last)
            window = Window(0, start, grid.width, stop - start)
            arrays = [_stack(reads, window) for reads in sources]
            yield start, stop, arrays + (list(grid.xy(start, stop)) if coordinates else [])


def _check_same_years(inputs, sources, years):
    """All cubes, whose bands are named by years, have the same; a list has a file for each.

    A raster of one year may stand beside cubes of others.
    """
    cubes, lists = {}, {}
    for item, reads in zip(inputs, sources, strict=True):
        if isinstance(item, list):
            lists[item[0]] = reads
        elif not isinstance(item, Warped | Bands):
            names = [source.descriptions[band - 1] or "" for source, band in reads]
            if len(names) > 1 and all(len(name) == 4 and name.isdigit() for name in names):
                cubes[item] = [int(name) for name in names]
    wanted, whose = (list(years), "the study") if years else (None, None)
    for path, found in (cubes | lists).items():
        if wanted is None:
            wanted, whose = (found, path) if path in cubes else (None, None)
        elif len(found) != len(wanted) or (path in cubes and found != wanted):
            said = _years_text(found) if path in cubes else f"{len(found)} files, one a year"
            raise WrongYears(
                f"{path}: {said}; {whose} has {_years_text(wanted)}. It was made for another "
                "`period`. Delete it and run again."
            )


def _rows_of_strip(grid, bands, mem_mb):
    """Rows whose arrays (float64, result and working copies) fit into ``mem_mb``."""
    copies = 4
    rows = int(mem_mb * 1e6 / (copies * 8 * grid.width * max(bands, 1)))
    unit = next((side for side in (TILE, CUBE, TILE_UNIT) if rows >= side), 1)
    return max(rows - rows % unit, 1)


def _opened(item, grid, stack):
    """Open an input and return the (dataset, band) pairs to stack."""
    if isinstance(item, list):
        return [(_checked(path, grid, stack), 1) for path in item]
    if isinstance(item, Warped):
        source = stack.enter_context(rasterio.open(item.path))
        if item.resampling in ("average", "mode"):
            view = CellValues(source, grid, item.resampling)
        else:
            view = stack.enter_context(_warped(source, item, grid))
        return [(view, band) for band in item.bands or view.indexes]
    if isinstance(item, Bands):
        source = _checked(item.path, grid, stack)
        return [(source, band) for band in item.bands]
    source = _checked(item, grid, stack)
    return [(source, band) for band in source.indexes]


def _checked(path, grid, stack):
    source = stack.enter_context(rasterio.open(path))
    same = (
        source.shape == (grid.height, grid.width)
        and source.transform.almost_equals(grid.transform, precision=1e-6)
        and source.crs == CRS.from_wkt(grid.crs)
    )
    if not same:
        raise GridMismatch(
            f"{path}: {source.width} x {source.height} cells of {source.transform.a} "
            f"at {source.transform.c}, {source.transform.f} is not the study grid of "
            f"{grid.width} x {grid.height} cells of {grid.resolution_m}. Delete it and run again."
        )
    return source


def _warped(source, item, grid):
    """View of ``source`` on ``grid`` whose cells do not depend on the window that is read."""
    # bands are masked one by one: together, NaN of one band counts as a value of that band
    exact = {"tolerance": 1e-6, "UNIFIED_SRC_NODATA": "NO", "XSCALE": "1", "YSCALE": "1"}
    nodata = source.nodata if source.nodata is not None else math.nan
    return WarpedVRT(
        source,
        **_across_180(source),
        crs=CRS.from_wkt(grid.crs),
        transform=grid.transform,
        width=grid.width,
        height=grid.height,
        resampling=Resampling[item.resampling],
        src_nodata=nodata,
        nodata=nodata,
        warp_mem_limit=64,
        dtype=item.dtype,
        **exact,
    )


def _across_180(source):
    """Longitudes beyond 180 degrees, which GDAL would not find, counted from a meridian of ours."""
    west, east = source.bounds.left, source.bounds.right
    if not source.crs.is_geographic or (west >= -180 and east <= 180):
        return {}
    plain = re.sub(r',AUTHORITY\["[^"]*","[^"]*"\]', "", source.crs.to_wkt(version="WKT1_GDAL"))
    middle = (west + east) / 2
    turned, found = re.subn(r'PRIMEM\["[^"]*",0(\.0)?\]', f'PRIMEM["middle",{middle!r}]', plain)
    if not found:
        return {}
    place = Affine.translation(-middle, 0) @ source.transform
    return {"src_crs": CRS.from_wkt(turned), "src_transform": place}


def _stack(reads, window):
    """Read (dataset, band) pairs as one float64 array; bands of one dataset in one call."""
    datasets = list(dict.fromkeys(dataset for dataset, _ in reads))
    parts = []
    for dataset in datasets:
        bands = [band for owner, band in reads if owner is dataset]
        values = dataset.read(bands, window=window, out_dtype="float64")
        parts.append(missing_to_nan(values, dataset.nodata))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def map_blocks(
    function,
    inputs,
    outputs,
    *,
    coordinates=False,
    mem_mb=1000,
    threads=1,
    label="",
    years=None,
):
    """Apply ``function`` strip by strip and write its result.

    A job that does one band of the grid (`bands.only`) writes the rows of that band, with the
    values that they have in the whole.

    Parameters
    ----------
    function : callable
        Takes one float64 array (band, y, x) an input, NaN = missing, and with ``coordinates``
        the keyword arguments x and y; returns one array (band, y, x) or (y, x), or a tuple
        of them, one an output. It must not depend on the strip.
    inputs : list of (path or Warped or list of path)
        See `blocks`.
    outputs : Output or list of Output
        Written under temporary names and renamed when all are complete.
    mem_mb : int
        Memory for all strips under way, MB: of arguments, results and copies of them.
    threads : int
        Strips worked on at once.
    label : str
        What the progress bar says.
    years : list of int, optional
        See `blocks`.

    Raises
    ------
    GridMismatch
        If CRS, transform or shape of two inputs differ.
    WrongYears
        If cubes or lists have other years than each other or than ``years``.
    """
    outputs = [outputs] if isinstance(outputs, Output) else list(outputs)
    grid = grid_of(inputs[0][0] if isinstance(inputs[0], list) else inputs[0])
    inherited = inherited_tags(inputs)
    bands = sum(len(output.bands) for output in outputs)
    share = mem_mb / (threads + 1)
    top, bottom = io_bands.rows(grid.height)

    def work(start, stop, arrays):
        names = {"x": arrays.pop(-2), "y": arrays.pop(-1)} if coordinates else {}
        result = function(*arrays, **names)
        return start - top, stop - top, result if isinstance(result, tuple) else (result,)

    with ExitStack() as stack:
        paths = [stack.enter_context(replacing(output.path)) for output in outputs]
        with ExitStack() as files, ThreadPoolExecutor(threads) as pool:
            strips = blocks(
                inputs,
                grid=grid,
                coordinates=coordinates,
                mem_mb=share,
                outputs=bands,
                label=label,
                within=(top, bottom),
                years=years,
            )
            first, here = next(strips), grid.of_rows(top, bottom)
            targets = [
                files.enter_context(created(path, output, here, inherited, first[1] - top, threads))
                for path, output in zip(paths, outputs, strict=True)
            ]
            waiting = deque()
            for strip in chain([first], strips):
                waiting.append(pool.submit(work, *strip))
                if len(waiting) > threads:
                    store(waiting.popleft().result(), targets, outputs)
            while waiting:
                store(waiting.popleft().result(), targets, outputs)
        for path, output in zip(paths, outputs, strict=True):
            add(path, categorical=output.dtype != "float32")
