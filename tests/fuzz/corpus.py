"""Inputs that once were read wrongly, or ended in an error of a library; made by code.

`CASES` maps a name to (kind, label, file name, function that writes the file, what must come).
A word beside "named" must stand in what is said.
"""

import numpy as np
import rasterio
from fuzz_rasters import PLACE, SHAPE
from fuzz_studies import BOMB, NAME

DEGREES = "EPSG:4326"


def _raster(change, dtype="float32", **profile):
    """Return a function that writes heights from 1000 to 1500 m with a change."""

    def write(path):
        values = 1000 + 500 * np.random.default_rng(1).random(SHAPE)
        values = np.asarray(change(values), dtype)
        shape = {"count": 1, "height": SHAPE[0], "width": SHAPE[1], "dtype": dtype}
        own = {"driver": "GTiff", "crs": DEGREES, "transform": PLACE} | shape | profile
        with rasterio.open(path, "w", **own) as file:
            file.write(values, 1)

    return write


def _some(code, every=7):
    def change(values):
        values.flat[::every] = code
        return values

    return change


def _bytes(content):
    return lambda path: path.write_bytes(content)


def _study(text, encoding="utf-8"):
    return _bytes(text.encode(encoding, "surrogatepass"))


def _based(more):
    return _study(f"based_on: guangxi_karst\n{more}\n")


STUDY = f"config/studies/{NAME}.yaml"
# text of a study file -> a word of what must be said
TEXTS = {
    "bomb of aliases": (BOMB + "zones: *g\n", "aliases written out"),
    "alias within itself": ("zones: &z [*z]\n", "within what it names"),
    "deep": ("zones: " + "[" * 3000, "levels lie in one another"),
    "list": ("- title\n", "a list as a whole"),
    "tab": ("area:\n\tfile: a\n", "Tabs cannot indent"),
    "key twice": ("title: a\ntitle: b\n", "stands twice"),
    "no number": ("grid: {resolution_m: .nan}\n", "no number"),
    "infinite": ("grid: {resolution_m: -.inf}\n", "no number"),
    "zero byte in quotes": ('title: "a\\0b"\n', "holds the sign"),
    "half a letter": ('title: "\\ud800"\n', "holds the sign"),
    "endless text": ("title: " + "x" * 20_000 + "\n", "Shorten it"),
    "object of Python": ("title: !!python/name:os.system\n", "does not fit"),
}
RASTERS = "npp: {source: rasters, rasters: {file: 'n_{year}.tif', unit: g C m-2 yr-1, "
# lines over a sound study -> a word of what must be said
LINES = {
    "cell of an atom": ("grid: {resolution_m: 1.0e-9}", "less than the minimum"),
    "cell of the earth": ("grid: {resolution_m: 1.0e+29}", "greater than the maximum"),
    "float as a year": ("period: [2001.0, 2010]", "whole number"),
    "date as a year": ("period: [2001-01-01, 2010]", "plain number"),
    "truth as a number": ("grid: {resolution_m: yes}", "plain number"),
    "true as a number": ("grid: {resolution_m: true}", "plain number"),
    "limits upside down": ("climate: {limits: {monthly: {temperature: [50, -50]}}}", "ascend"),
    "valid upside down": (
        RASTERS + "valid: [9, 0]}}",
        "ascend",
    ),
    "scale of 0": (
        RASTERS + "scale: 0}}",
        "cannot be",
    ),
    "format of Python": (
        "npp: {source: rasters, rasters: {file: '{year.__class__}{year}', unit: g C m-2 yr-1}}",
        "no placeholder",
    ),
    "home": ("area: {file: ~/area.gpkg}", "Write the folder out"),
    "address": ("area: {file: 'https://example.org/a.gpkg'}", "an address"),
    "path of Windows": ("area: {file: 'data\\area.gpkg'}", "Write / between"),
    "blank after a path": ("area: {file: 'area.gpkg '}", "blank"),
    "line break in a path": ('area: {file: "a\\nb.gpkg"}', "line break"),
    "empty path": ("area: {file: ''}", "empty text"),
    "CRS that is none": ("dem: {crs: sinusoidal}", "EPSG:4326"),
    "parallel beyond the pole": (
        "grid: {crs: +proj=aea +lat_1=95 +lat_2=38 +lon_0=106}",
        "no latitude",
    ),
    "parallels without a cone": (
        "grid: {crs: +proj=aea +lat_1=-30 +lat_2=30 +lon_0=106}",
        "no cone",
    ),
    "tile beyond the earth": ("tiles: [h36v18]", "does not match"),
    "year substituted twice": (
        "landcover: {substitute: [{year: 2000, by: 2001}, {year: 2000, by: 2002}]}",
        "stands twice",
    ),
    "number of a station": ("climate: {exclude: [53600]}", "in quotes"),
    "base that is no study": ("x: 1\nbased_on: ../x", "stands twice"),
}

CASES = {
    "fill of a climate model among heights": (
        "rasters", "elevation", "raster.tif", _raster(_some(3.4e38)), "no elevation for",
    ),
    "fill of a climate model beyond the type of the result": (
        "rasters", "factor", "raster.tif", _raster(_some(1e200), "float64"), "accepted",
    ),
    "nothing but fill": (
        "rasters", "elevation", "raster.tif", _raster(_some(-1e30, 1)), "named",
    ),
    "factor without a value in the area": (
        "rasters", "factor", "raster.tif", _raster(_some(np.nan, 1)), "no value in the area",
    ),
    "complex heights": (
        "rasters", "elevation", "raster.tif", _raster(lambda v: v, "complex64"), "named",
    ),
    "title in GBK": (
        "study files", "gbk", STUDY, _study("title: 宁夏碳汇\n", "gbk"), "not UTF-8",
    ),
    **{f"study: {name}": ("study files", name, STUDY, _study(text), word)
       for name, (text, word) in TEXTS.items()},
    **{f"setting: {name}": ("study files", name, STUDY, _based(lines), word)
       for name, (lines, word) in LINES.items()},
}  # fmt: skip
