"""Row bands of a grid that are separate jobs, and the rasters and tables gathered from them."""

import csv
import json
import math
import os
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import rasterio
from affine import Affine

from nepflow.io.atomic import replacing
from nepflow.io.missing import per

UNITS = (256, 16, 1)  # rows of which a band is a multiple: those of a GeoTIFF tile where it can
WHOLE = (1, 1)
_BAND = ContextVar("band", default=WHOLE)


class TooManyBands(ValueError):
    """A grid has fewer rows than bands."""


@contextmanager
def only(band):
    """Let `rows` and `share` give those of one band within the block.

    Parameters
    ----------
    band : str or None
        Such as "/bands/2-of-5", counted from north to south; empty is the whole.
    """
    token = _BAND.set(tuple(map(int, band.rpartition("/")[2].split("-of-"))) if band else WHOLE)
    try:
        yield
    finally:
        _BAND.reset(token)


def is_whole():
    """Tell whether this job does all of the grid."""
    return _BAND.get() == WHOLE


def rows(height):
    """Return the first row of this job and the row after its last, of ``height``.

    Raises
    ------
    TooManyBands
    """
    number, count = _BAND.get()
    if count > height:
        raise TooManyBands(
            f"grid.blocks: {count} bands of a grid of {height} rows. Set it to {height} at most; "
            "a band of fewer than some hundred rows gains nothing."
        )
    unit = next(unit for unit in UNITS if -(-height // unit) >= count)
    units = -(-height // unit)
    return tuple(min(unit * (units * k // count), height) for k in (number - 1, number))


def share(items):
    """Return the run of ``items`` that this job has to itself; those of all bands make up all."""
    number, count = _BAND.get()
    return items[len(items) * (number - 1) // count : len(items) * number // count]


TYPES = {"float32": "Float32", "uint8": "Byte", "uint16": "UInt16"}
ALIGNED = 1e-3  # cells


class BadBands(ValueError):
    """Files of bands do not make up one file."""


@dataclass(frozen=True)
class Band:
    """What a raster says of itself; the same in all bands of a grid but for place and height."""

    path: str
    height: int
    transform: Affine
    tile: tuple
    shared: tuple

    @classmethod
    def of(cls, path):
        """Read the head of a raster."""
        with rasterio.open(path) as source:
            coded = [int(code) for code in json.loads(source.tags().get("colours", "{}"))]
            whole = source.colormap(1) if coded else {}  # up to the last code of the data type
            palette = {code: whole[code] for code in coded}
            shared = (
                source.width,
                source.crs.to_wkt(),
                source.dtypes[0],
                source.descriptions,
                repr(source.nodata),
                source.tags(),
                palette,
            )
            return cls(str(path), source.height, source.transform, source.block_shapes[0], shared)


def write_raster(parts, path):
    """Write a virtual raster (VRT) of bands of rows, with their tags, names, classes and colours.

    GDAL tells a VRT by its content, so that it bears the name of the GeoTIFF that it stands for.
    The parts are named relative to it and keep their overviews.

    Parameters
    ----------
    parts : list of str
        Bands from north to south.
    path : str

    Raises
    ------
    BadBands
        If a band does not begin where the one before ends, or says something else of itself.
    """
    bands = [Band.of(part) for part in parts]
    first, row = bands[0], 0
    for band in bands:
        top = (first.transform.f - band.transform.f) / first.transform.a
        west = (band.transform.c - first.transform.c) / first.transform.a
        if abs(top - row) > ALIGNED or abs(west) > ALIGNED or band.shared != first.shared:
            raise BadBands(
                f"{band.path}: is not the band after those north of it, as of {first.path}. "
                "Delete the folder of the bands and run again."
            )
        row += band.height
    with replacing(path) as temporary:
        tree = ElementTree.ElementTree(_dataset(bands, row, Path(path).parent))
        tree.write(temporary, encoding="utf-8")


def _dataset(bands, height, folder):
    width, crs, dtype, names, nodata, tags, palette = bands[0].shared
    top = ElementTree.Element("VRTDataset", rasterXSize=str(width), rasterYSize=str(height))
    _add(top, "SRS", crs, dataAxisToSRSAxisMapping="1,2")
    _add(top, "GeoTransform", ", ".join(map(repr, bands[0].transform.to_gdal())))
    metadata = _add(top, "Metadata")
    for key, value in tags.items():
        _add(metadata, "MDI", value, key=key)
    for number, name in enumerate(names, start=1):
        layer = _add(top, "VRTRasterBand", dataType=TYPES[dtype], band=str(number))
        _add(layer, "Description", name or "")
        _add(layer, "NoDataValue", nodata)
        if palette:
            _add(layer, "ColorInterp", "Palette")
            table = _add(layer, "ColorTable")
            for code in range(max(palette) + 1):
                colour = palette.get(code, (0, 0, 0, 255))
                _add(table, "Entry", **{f"c{i}": str(v) for i, v in enumerate(colour, start=1)})
        row = 0
        for band in bands:
            _source(layer, number, band, row, width, TYPES[dtype], folder)
            row += band.height
    return top


def _source(layer, number, band, row, width, kind, folder):
    """Rows of one file; its size is said, so that nobody opens it before its rows are read."""
    source = _add(layer, "SimpleSource")
    _add(source, "SourceFilename", os.path.relpath(band.path, folder), relativeToVRT="1")
    _add(source, "SourceBand", str(number))
    size = {"RasterXSize": str(width), "RasterYSize": str(band.height), "DataType": kind}
    tile = {"BlockXSize": str(band.tile[1]), "BlockYSize": str(band.tile[0])}
    _add(source, "SourceProperties", **size, **tile)
    box = {"xOff": "0", "xSize": str(width), "ySize": str(band.height)}
    _add(source, "SrcRect", yOff="0", **box)
    _add(source, "DstRect", yOff=str(row), **box)


def _add(parent, name, text=None, **attributes):
    child = ElementTree.SubElement(parent, name, attributes)
    child.text = text
    return child


def write_table(parts, path):
    """Write one table of those of all bands.

    Lists follow one another. Tables with a column ``quantity`` have the same rows in all bands:
    counts are added, and ``<name>_share`` becomes 100 x ``<name>`` / ``evaluated``.

    Parameters
    ----------
    parts : list of str
        CSV files from north to south.
    path : str

    Raises
    ------
    BadBands
        If columns differ.
    """
    heads, bodies = zip(*map(_rows, parts), strict=True)
    if any(head != heads[0] for head in heads):
        raise BadBands(f"{parts[0]}: the tables of the other bands have other columns.")
    if "quantity" in heads[0]:
        rows = _pooled(heads[0], bodies)
    else:
        rows = [row for body in bodies for row in body]
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([heads[0], *rows])


def _rows(path):
    with open(path, newline="", encoding="utf-8") as file:
        head, *body = csv.reader(file)
    return head, body


def _pooled(head, bodies):
    quantity, value = head.index("quantity"), head.index("value")
    names = [row[quantity] for row in bodies[0]]
    totals = dict.fromkeys(names, 0)
    for row in (row for body in bodies for row in body):
        totals[row[quantity]] += float(row[value] or math.nan)
    for name in names:
        if name.endswith("_share"):
            totals[name] = per(100 * totals[name.removesuffix("_share")], totals["evaluated"])
    texts = {name: "" if math.isnan(total) else f"{total:.10g}" for name, total in totals.items()}
    return [[*row[:value], texts[row[quantity]], *row[value + 1 :]] for row in bodies[0]]
