"""The tiles of a product and a year, and the list of what was written."""

import csv
import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from nepflow._log import progress
from nepflow.io.atomic import replacing
from nepflow.simulation import observation
from nepflow.simulation.hdfeos import SPHERE_RADIUS, Field, write_grid_file
from nepflow.simulation.world import SIMULATED

TILE_SIZE = 1111950.5196666666  # m
WORLD_WEST, WORLD_NORTH = -20015109.354, 10007554.677  # m
STAMP = "2024001000000"  # production date in file names; fixed, so that runs agree
BLOCK = 400_000  # pixels worked on at once: bounds memory, changes no value


@dataclass(frozen=True)
class Product:
    """How a product is stored."""

    name: str
    grid: str
    layers: tuple  # of (name, type, fill, attributes)
    evaluate: object  # function of (world, places, year, collection)
    doi: str


def layer_of(name, kind, fill, limits, scale, long_name, units):
    attributes = {
        "long_name": long_name,
        "units": units,
        "valid_range": (limits, kind),
        "_FillValue": (fill, kind),
    }
    if scale is not None:
        attributes |= {"scale_factor": (scale, "float64"), "add_offset": (0.0, "float64")}
    return name, kind, fill, attributes


_GPP = "MOD17A3H -- MODIS Gridded 500M Gross Primary Productivity (GPP)"
_NPP = "MOD17A3H -- MODIS Gridded 500M Net Primary Productivity (NPP)"
_QC = "NPP_QC_500M, (bad_Qc days / total days) in growing season"

NPP = Product(
    "MOD17A3HGF",
    "MOD_Grid_MOD17A3H",
    (
        layer_of("Npp_500m", "int16", 32767, [-30000, 32700], 0.0001, _NPP, "kg_C/m^2/yr"),
        layer_of("Gpp_500m", "uint16", 65535, [0, 65500], 0.0001, _GPP, "kg_C/m^2/yr"),
        layer_of("Npp_QC_500m", "uint8", 255, [0, 100], 1.0, _QC, "Percentage"),
    ),
    observation.productivity_layers,
    "10.5067/MODIS/MOD17A3HGF",
)
LANDCOVER = Product(
    "MCD12Q1",
    "MCD12Q1",
    (layer_of("LC_Type1", "uint8", 255, [1, 17], None, "Land_Cover_Type_1", "class number"),),
    lambda world, places, year, _: observation.landcover_layers(world, places, year),
    "10.5067/MODIS/MCD12Q1",
)


def corners(tile):
    """Return west, north, east, south edge of a tile such as ``h25v05``, m."""
    column, row = int(tile[1:3]), int(tile[4:6])
    west, north = WORLD_WEST + column * TILE_SIZE, WORLD_NORTH - row * TILE_SIZE
    return west, north, west + TILE_SIZE, north - TILE_SIZE


def pixel_centres(tile, pixels, first, last):
    """Return longitude and latitude of rows ``first`` to ``last`` of a tile, degrees."""
    west, north, _, _ = corners(tile)
    step = TILE_SIZE / pixels
    x = west + step * (np.arange(pixels) + 0.5)
    phi = (north - step * (np.arange(first, last) + 0.5)) / SPHERE_RADIUS
    lon = np.rad2deg(x[None, :] / (SPHERE_RADIUS * np.cos(phi))[:, None])
    return lon, np.broadcast_to(np.rad2deg(phi)[:, None], lon.shape)


def tile_layers(world, product, year, collection, tile, pixels):
    """Return the stored layers of a tile, fill where the embedded geography ends."""
    stored = [np.full((pixels, pixels), fill, kind) for _, kind, fill, _ in product.layers]
    rows = max(1, BLOCK // pixels)
    for first in range(0, pixels, rows):
        last = min(first + rows, pixels)
        lon, lat = pixel_centres(tile, pixels, first, last)
        inside = world.region.covers(lon, lat)
        if not inside.any():
            continue
        places = world.places(lon[inside], lat[inside])
        values = product.evaluate(world, places, year, collection)
        for layer, value in zip(stored, values, strict=True):
            layer[first:last][inside] = value
    return stored


def write_tile(path, world, product, year, collection, tile, pixels, day=1):
    """Write one granule of the twin; ``day`` of the year is the first that it holds."""
    stored = tile_layers(world, product, year, collection, tile, pixels)
    fields = [
        Field(name, values, attributes)
        for (name, _, _, attributes), values in zip(product.layers, stored, strict=True)
    ]
    core = {
        "LOCALGRANULEID": Path(path).name,
        "SHORTNAME": product.name,
        "VERSIONID": int(collection),
        "RANGEBEGINNINGDATE": str(date(year, 1, 1) + timedelta(day - 1)),
        "RANGEENDINGDATE": f"{year}-12-31",
    }
    place = {"HORIZONTALTILENUMBER": tile[1:3], "VERTICALTILENUMBER": tile[4:6]}
    attributes = {
        "identifier_product_doi": f"{product.doi}.{collection}",
        "simulated": SIMULATED,
    }
    write_grid_file(path, product.grid, corners(tile), fields, (core, place), attributes)


def write_tiles(folder, list_path, world, product, year, collection, pixels):
    """Write all tiles of a product of one date a year; see `write_dates`."""
    write_dates(folder, list_path, world, [(1, product)], year, collection, pixels)


def write_dates(folder, list_path, world, dates, year, collection, pixels):
    """Write all tiles of a region for the dates of one year, then the list of them.

    Parameters
    ----------
    folder : str or Path
        Where the granules go.
    list_path : str or Path
        CSV to write: file, sha256, simulated. It comes last: where it is, all tiles are.
    world : world.World
    dates : list of (int, Product)
        First day of the year that a granule holds, and what it says.
    year : int
    collection : str
    pixels : int
        Pixels along a tile's side: 2400 as the archive, fewer for a coarse twin.
    """
    rows = []
    granules = [(*dated, tile) for dated in dates for tile in world.region.tiles]
    for day, product, tile in progress(granules, len(granules), f"{dates[0][1].name} {year}"):
        name = f"{product.name}.A{year}{day:03d}.{tile}.{collection}.{STAMP}.hdf"
        write_tile(Path(folder) / name, world, product, year, collection, tile, pixels, day)
        digest = hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()
        rows.append((name, digest, SIMULATED))
    with (
        replacing(list_path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "sha256", "simulated"))
        writer.writerows(rows)
