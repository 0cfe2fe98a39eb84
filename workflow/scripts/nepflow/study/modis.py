"""MODIS products as data: file names, fields, fill codes, the tile lattice, their way to the grid.

Standard library only: the workflow reads it before any environment exists.
"""

import math
import os
import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

SPHERE_RADIUS_M = 6371007.181
SINUSOIDAL = "+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs"
TILE_SIDE_M = 2 * math.pi * SPHERE_RADIUS_M / 36
WEST_M, NORTH_M = -18 * TILE_SIDE_M, 9 * TILE_SIDE_M
FILE_NAME = re.compile(
    r"(?P<product>\w+)\.A(?P<year>\d{4})(?P<day>\d{3})\.(?P<tile>h\d\dv\d\d)"
    r"\.(?P<collection>\d{3})\.(?P<produced>\d+)\.hdf$"
)

# Why a cell of a flux has no value; code 0 is "outside the study area".
MISSING_REASONS = {
    1: "valid",
    2: "water",
    3: "barren",
    4: "urban",
    5: "wetland",
    6: "snow",
    7: "unclassified",
    8: "fill",
    9: "mixed",  # after warping: less than half of the cell is valid
}
REASON_CODE = {name: code for code, name in MISSING_REASONS.items()}


class MissingTiles(ValueError):
    """Tiles that a study needs are not in its raw folder, or there twice.

    ``absent`` is (beginning of the date, tiles) of those that are not there, else None.
    """

    def __init__(self, message, absent=None):
        super().__init__(message)
        self.absent = absent


@dataclass(frozen=True)
class Field:
    """One layer of a product.

    ``scale`` is the attribute as the file stores it, a factor, or a divisor where
    ``scale_divides``; ``unit_factor`` then brings the product's unit to ``unit``.
    Whatever lies outside ``valid_range`` is absent; ``codes`` name the reasons;
    ``fill`` is the code of no datum.
    """

    name: str
    valid_range: tuple
    unit: str
    scale: float = 1.0
    scale_divides: bool = False
    unit_factor: float = 1.0
    codes: dict = field(default_factory=dict)
    fill: int = 255


@dataclass(frozen=True)
class Product:
    """A product: its layers by the name we use, and the years that its collections begin.

    ``cells`` are those along the side of a tile. The first collection is the one in use; another
    stands in for years that it lacks.
    """

    name: str
    fields: dict
    first_year: dict
    cells: int = 2400

    @property
    def collection(self):
        """Return the collection in use, such as 061."""
        return next(iter(self.first_year))

    @property
    def dataset(self):
        """Return the name of the collection in use in config/datasets.yaml."""
        return f"{self.name.lower()}_{self.collection}"

    def file_name(self, year, tile, produced, collection=None, day=1):
        """Return the name of a granule; `FILE_NAME` takes it apart."""
        collection = collection or self.collection
        return f"{self.name}.A{year}{day:03d}.{tile}.{collection}.{produced}.hdf"


PRODUCTS = {
    "MOD17A3HGF": Product(
        "MOD17A3HGF",
        {
            "npp": Field(
                "Npp_500m",
                (-30000, 32700),
                "g C m-2 yr-1",
                scale=0.0001,
                unit_factor=1000.0,
                codes={
                    32761: "unclassified",
                    32762: "urban",
                    32763: "wetland",
                    32764: "snow",
                    32765: "barren",
                    32766: "water",
                    32767: "fill",
                },
                fill=32767,
            ),
            "qc": Field("Npp_QC_500m", (0, 100), "% of growing season filled"),
        },
        {"061": 2001, "006": 2000},
    ),
    "MCD12Q1": Product(
        "MCD12Q1", {"landcover": Field("LC_Type1", (1, 17), "IGBP class")}, {"061": 2001}
    ),
    "MOD13A3": Product(
        "MOD13A3",
        {
            "ndvi": Field(
                "1 km monthly NDVI", (-2000, 10000), "1", scale=10000.0, scale_divides=True
            ),
            "reliability": Field("1 km monthly pixel reliability", (0, 3), "rank"),
        },
        {"061": 2000},
        cells=1200,
    ),
    "MOD13A2": Product(
        "MOD13A2",
        {
            "ndvi": Field(
                "1 km 16 days NDVI", (-2000, 10000), "1", scale=10000.0, scale_divides=True
            ),
            "reliability": Field("1 km 16 days pixel reliability", (0, 4), "rank"),
        },
        {"061": 2000, "006": 2000},
        cells=1200,
    ),
    "MOD13Q1": Product(
        "MOD13Q1",
        {
            "ndvi": Field(
                "250m 16 days NDVI", (-2000, 10000), "1", scale=10000.0, scale_divides=True
            ),
            "reliability": Field("250m 16 days pixel reliability", (0, 4), "rank"),
        },
        {"061": 2000, "006": 2000},
        cells=4800,
    ),
}


def tile_bounds(tile):
    """Return west, south, east, north (m, sinusoidal) of a tile such as ``h25v04``."""
    column, row = int(tile[1:3]), int(tile[4:6])
    west, north = WEST_M + column * TILE_SIDE_M, NORTH_M - row * TILE_SIDE_M
    return west, north - TILE_SIDE_M, west + TILE_SIDE_M, north


def find_tiles(folder, product, collection, year, tiles):
    """Return the files of one product and year, one a tile, in the order of ``tiles``.

    Parameters
    ----------
    folder : str or Path
        Where the tiles lie, all in one folder or in folders below it.
    product, collection : str
        Such as "MOD17A3HGF", "061".
    year : int
    tiles : list of str
        Such as ["h25v04", "h25v05"].

    Raises
    ------
    MissingTiles
        If a tile has no file, or more than one version.
    """
    return _of_date(folder, product, collection, f"{year}", tiles)


def find_dates(folder, product, collection, year, days, tiles):
    """Return {day of the year: files, one a tile} of a product with several dates a year.

    Parameters
    ----------
    folder, product, collection, year, tiles
        As for `find_tiles`.
    days : list of int
        Days of the year on which composites begin; see `first_days`.

    Raises
    ------
    MissingTiles
        If a tile of a date has no file, or more than one version.
    """
    return {day: _of_date(folder, product, collection, f"{year}{day:03d}", tiles) for day in days}


def by_date(paths, tiles):
    """Return {day of the year: files in the order of ``tiles``} of files of one year.

    Parameters
    ----------
    paths : list of str
        Named as the archive names them; those of other tiles are left out.
    tiles : list of str
    """
    found = {}
    for path in paths:
        name = FILE_NAME.search(Path(path).name)
        if name["tile"] in tiles:
            found.setdefault(int(name["day"]), []).append((tiles.index(name["tile"]), path))
    return {day: [path for _, path in sorted(files)] for day, files in sorted(found.items())}


def first_days(product, year):
    """Return {day of the year on which a composite begins: month 1..12 that it counts for}.

    A composite of 16 days counts for the month that holds its eighth day. The series begin on
    1 February 2000, those of 16 days on the 18th.
    """
    begin = date(year, 1, 1)
    if product == "MOD13A3":
        days = [(date(year, month, 1) - begin).days + 1 for month in range(1, 13)]
    else:
        days = list(range(1, 366, 16))
    months = {day: (begin + timedelta(day - 1)).month for day in days}
    if product != "MOD13A3":
        months = {day: (begin + timedelta(day + 6)).month for day in days}
    first = 1 if year > 2000 else 32 if product == "MOD13A3" else 49
    return {day: month for day, month in months.items() if day >= first}


def begins_of(product, year):
    """Return the days of the year on which files of a product begin: 1 where it is annual."""
    return list(first_days(product, year)) if "ndvi" in PRODUCTS[product].fields else [1]


def files_below(folder, beginning):
    """Return the files in a folder or below it whose names begin so.

    Links are followed: on clusters a folder of tiles often is a link to an archive.
    """
    found, seen = [], set()
    for place, folders, names in os.walk(folder, followlinks=True):
        found += [Path(place, name) for name in names if name.startswith(beginning)]
        seen.add(os.path.realpath(place))
        folders[:] = [
            name for name in folders if os.path.realpath(os.path.join(place, name)) not in seen
        ]
    return sorted(found)


def _of_date(folder, product, collection, begin, tiles):
    """Return one file a tile whose date begins so."""
    pattern, year = f"{product}.A{begin}*.{collection}.*.hdf", begin
    found = {}
    for path in files_below(folder, f"{product}.A{begin}"):
        name = FILE_NAME.match(path.name)
        if name and name["collection"] == collection and name["tile"] in tiles:
            found.setdefault(name["tile"], []).append(path)
    missing = [tile for tile in tiles if tile not in found]
    if missing:
        raise MissingTiles(
            f"{folder}: no {product} collection {collection} of {year} for "
            f"{', '.join(missing)}. Put files named {pattern} there, or change "
            "`tiles` or `period` of the study.",
            absent=(year, missing),
        )
    for tile, paths in found.items():
        if len(paths) > 1:
            names = ", ".join(path.name for path in paths)
            raise MissingTiles(
                f"{folder}: tile {tile} of {product} {year} is there in {len(paths)} versions "
                f"({names}). Keep the newest and move the others away."
            )
    return [str(found[tile][0]) for tile in tiles]


AUTO = "auto"  # resampling by the size of the cells
WIDE = 2  # cells of a raster that a cell of the grid must exceed to be given all of them
CELLS = 2400  # along the side of a tile of 500 m, which a simulation has fewer of
# By product: the block of settings, and what gives a cell the whole of what lies in it
OF_PRODUCT = {"MOD17A3HGF": ("npp", "average"), "MCD12Q1": ("landcover", "mode")}
OF_NDVI = ("ndvi", "average")


def by_size(whole, native_m, grid_m):
    """Return ``whole`` (average, mode) where cells of the grid hold many, else nearest.

    One native cell of a hundred says little of the cell of the grid that it stands for; of one
    or two it is the cell itself, and its values stay those of the product.

    Parameters
    ----------
    whole : str
    native_m, grid_m : float
        Sides of the cells, m.
    """
    return whole if grid_m > WIDE * native_m else "nearest"


def native_m(study, product):
    """Return the side of the cells of a MODIS product, m; of a simulation that of its own."""
    cells = PRODUCTS[product].cells
    if study["simulated"]:
        cells *= study["simulation"]["pixels_per_tile"] / CELLS
    return TILE_SIDE_M / cells


def resampling_of(study, product):
    """Return how a MODIS product comes to the grid, a name of rasterio."""
    block, whole = OF_PRODUCT.get(product, OF_NDVI)
    given = study[block]["resampling"]
    if given != AUTO:
        return given
    return by_size(whole, native_m(study, product), study["grid"]["resolution_m"])


def resampling_of_ndvi(study):
    """Return how NDVI comes to the grid."""
    return resampling_of(study, study["ndvi"]["product"])


def resampling_reason(study, product):
    """Return why, such as ``a cell is 10.8 cells of the product wide``; empty where it was said."""
    block, _ = OF_PRODUCT.get(product, OF_NDVI)
    if study[block]["resampling"] != AUTO:
        return ""
    wide = study["grid"]["resolution_m"] / native_m(study, product)
    return f"a cell is {wide:.1f} cells of the product wide"
