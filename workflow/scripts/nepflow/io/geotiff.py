"""GeoTIFF files of the workflow: geometry, tags, class names, reading and writing."""

import json
import math
from dataclasses import dataclass, field

import numpy as np
import rasterio
from affine import Affine
from rasterio.crs import CRS
from rasterio.windows import Window

from nepflow.io import overviews
from nepflow.io.atomic import replacing

TILE = 256  # side of a GeoTIFF tile, cells
TILE_UNIT = 16  # its sides are multiples of this
CUBE = 64  # height of the tiles of a cube: strips over several cubes have few rows
WARNINGS = "warnings"  # a tag: list of what a reader of the report must know, JSON
PROPAGATED = "simulated"  # a tag that every descendant of a simulated raster bears


class CodesDoNotFit(ValueError):
    """Codes that the data type of their raster cannot hold: they would become other codes."""


@dataclass(frozen=True)
class Grid:
    """A north-up raster geometry: CRS (WKT), affine transform, shape."""

    crs: str
    transform: Affine
    height: int
    width: int

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

    ``dtype`` is float32 (NaN = absent), uint8 or uint16 (``nodata`` = absent). ``classes`` maps
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
        """Value that stands for absence in the file."""
        if self.dtype == "float32":
            return math.nan
        return 0 if self.nodata is None else self.nodata


def grid_of(path):
    """Return the `Grid` of a raster file."""
    with rasterio.open(path) as source:
        return Grid(source.crs.to_wkt(), source.transform, source.height, source.width)


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
    """Return one band as float64 (y, x) with NaN for absence."""
    with rasterio.open(path) as source:
        return absent_to_nan(source.read(band, out_dtype="float64"), source.nodata)


def absent_to_nan(values, nodata):
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


def created(path, output, grid, inherited, rows=TILE, threads=1):
    """Open a tiled, compressed GeoTIFF with the tags of ``output``.

    ``rows`` are written at a time. Tiles are no higher, so that each is compressed once: a tile
    that several strips fill is written anew by each when GDAL's cache cannot hold its row.
    ``threads`` compress.
    """
    predictor = 3 if output.dtype == "float32" else 1
    highest = TILE if len(output.bands) <= overviews.LAYERS else CUBE
    height = highest
    if rows < min(highest, grid.height):
        height = max(rows - rows % TILE_UNIT, TILE_UNIT)
    target = rasterio.open(
        path,
        "w",
        driver="GTiff",
        dtype=output.dtype,
        count=len(output.bands),
        crs=CRS.from_wkt(grid.crs),
        transform=grid.transform,
        height=grid.height,
        width=grid.width,
        nodata=output.absent,
        tiled=True,
        blockxsize=TILE,
        blockysize=height,
        compress="deflate",
        zlevel=1,
        predictor=predictor,
        bigtiff="if_safer",
        num_threads=threads,
        interleave=output.interleave,
    )
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
    return target


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
    """Write a whole array (band, y, x) or (y, x) that fits into memory; NaN = absent."""
    with replacing(output.path) as path:
        with created(path, output, grid, inherited_tags(list(inherit))) as target:
            store((0, grid.height, (np.asarray(array),)), [target], [output])
        overviews.add(path, categorical=output.dtype != "float32")


def paste(parts, output, grid, fill=math.nan, inherit=None):
    """Write pieces that lie somewhere on ``grid`` into one raster, one after another.

    Parameters
    ----------
    parts : iterable of (int, int, ndarray)
        Row and column of the upper left cell, and the values (band, y, x), NaN = absent.
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
