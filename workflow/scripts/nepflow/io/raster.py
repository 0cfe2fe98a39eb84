"""Rasters: the study grid, tags, and the one loop over space."""

import math
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import chain

import numpy as np
import rasterio
from rasterio.crs import CRS
from rasterio.enums import Resampling
from rasterio.vrt import WarpedVRT
from rasterio.windows import Window

from nepflow._log import progress
from nepflow.io import bands as io_bands
from nepflow.io import overviews
from nepflow.io.atomic import replacing
from nepflow.io.geotiff import (
    CUBE,
    TILE,
    TILE_UNIT,
    Grid,
    Output,
    absent_to_nan,
    band_count,
    classes_of,
    created,
    grid_of,
    inherited_tags,
    read,
    store,
    tags_of,
    warning_tags,
    warnings_of,
    write,
    years_of,
)

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

    ``resampling`` is a name of rasterio: nearest, bilinear, average, mode; ``bands`` are all
    without a list. ``dtype`` is that of the result, the file's own otherwise: means of whole
    numbers are rounded to whole numbers.
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


def blocks(inputs, *, grid=None, coordinates=False, mem_mb=1000, outputs=1, label="", within=None,
    years=None,
):  # fmt: skip
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
        float64, NaN = absent.

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
    """All cubes, whose bands are named by years, have the same; a list has a file for each."""
    cubes, lists = {}, {}
    for item, reads in zip(inputs, sources, strict=True):
        if isinstance(item, list):
            lists[item[0]] = reads
        elif not isinstance(item, Warped | Bands):
            names = [source.descriptions[band - 1] or "" for source, band in reads]
            if all(len(name) == 4 and name.isdigit() for name in names):
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
        vrt = stack.enter_context(_warped(source, item, grid))
        return [(vrt, band) for band in item.bands or vrt.indexes]
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
    exact = {"tolerance": 1e-6, "UNIFIED_SRC_NODATA": "NO"}
    if item.resampling not in ("average", "mode"):
        exact |= {"XSCALE": "1", "YSCALE": "1"}
    nodata = source.nodata if source.nodata is not None else math.nan
    return WarpedVRT(
        source,
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


def _stack(reads, window):
    """Read (dataset, band) pairs as one float64 array; bands of one dataset in one call."""
    datasets = list(dict.fromkeys(dataset for dataset, _ in reads))
    parts = []
    for dataset in datasets:
        bands = [band for owner, band in reads if owner is dataset]
        values = dataset.read(bands, window=window, out_dtype="float64")
        parts.append(absent_to_nan(values, dataset.nodata))
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def map_blocks(
    function, inputs, outputs, *, grid=None, coordinates=False, working=0, mem_mb=1000, threads=1,
    label="", years=None,
):  # fmt: skip
    """Apply ``function`` strip by strip and write its result.

    A job that does one band of the grid (`part.only`) writes the rows of that band, with the
    values that they have in the whole.

    Parameters
    ----------
    function : callable
        Takes one float64 array (band, y, x) an input, NaN = absent, and with ``coordinates``
        the keyword arguments x and y; returns one array (band, y, x) or (y, x), or a tuple
        of them, one an output. It must not depend on the strip.
    inputs : list of (path or Warped or list of path)
        See `blocks`.
    outputs : Output or list of Output
        Written under temporary names and renamed when all are complete.
    grid : Grid, optional
        That of the first input otherwise.
    working : int
        Bands that the function needs besides its arguments and results.
    mem_mb : int
        Memory for all strips under way, MB.
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
    if grid is None:
        first = inputs[0][0] if isinstance(inputs[0], list) else inputs[0]
        grid = grid_of(first)
    inherited = inherited_tags(inputs)
    bands = sum(len(output.bands) for output in outputs) + working
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
                inputs, grid=grid, coordinates=coordinates, mem_mb=share, outputs=bands,
                label=label, within=(top, bottom), years=years,
            )  # fmt: skip
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
            overviews.add(path, categorical=output.dtype != "float32")
