"""The tiles of a product and a year, and the list of what was written."""

import calendar
import csv
import hashlib
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path

import numpy as np
from scipy.special import ndtr, ndtri

from nepflow._log import progress
from nepflow.io.atomic import replacing
from nepflow.simulation.carbon import SHARE
from nepflow.simulation.hdfeos import SPHERE_RADIUS, Field, write_grid_file
from nepflow.simulation.landcover import CELL
from nepflow.simulation.noise import cell_uniform, static_field, yearly_field
from nepflow.simulation.world import SIMULATED

# Codes of MOD17A3HGF above its valid range, by the IGBP class of the map that it uses.
NPP_CODE = {13: 32762, 11: 32763, 15: 32764, 16: 32765, 17: 32766}
UNCLASSIFIED = 32761
GPP_OFFSET, QC_OFFSET = 65535 - 32767, 255 - 32767  # the same list ends at each layer's fill
CODES = np.zeros(256, dtype="int32")
CODES[list(NPP_CODE)] = list(NPP_CODE.values())
COLLECTION_RATIO = 0.97  # NPP of collection 006 against 061, on average
# Carbon use efficiency: share of gross productivity that stays, by class.
EFFICIENCY = np.full(256, 0.55)
EFFICIENCY[[1, 2, 3, 4, 5, 8]] = 0.47


def collection_ratio(world):
    """Return NPP of collection 006 divided by that of 061 on the coarse lattice."""
    pattern = static_field(world.seed, "collection 006", world.region.coarse, 4.0)
    return COLLECTION_RATIO + 0.012 * pattern


def filled_share(world, places, year):
    """Return the percentage of the growing season whose cloudy days had to be filled."""
    rain = places.annual("precipitation", year)
    clouds = 30 / (1 + np.exp(-(rain - 520) / 150))
    pattern = yearly_field(world.seed, "clouds", year, world.region.coarse, 2.0, 0.2)
    speckle = cell_uniform(world.seed, "cloud speckle", places.lon, places.lat, CELL, year)
    share = 4 + clouds + 5 * places.weights.of(pattern) + 8 * (speckle - 0.5)
    return np.rint(np.clip(share, 0, 100))


def observed_npp(world, places, year, mapped, filled):
    """Return NPP as the product has it, g C m-2 yr-1.

    A wrong class pulls NPP half way to what that class would give; filled days lower it and
    add noise, more where more was filled.
    """
    true_class, true = places.true_class(year), places.npp(year)
    bare = np.isnan(true)
    # Parcels that are bare in truth but vegetated on the map get a desert's trace of growth.
    base = np.where(bare, 6.0 + 0.05 * places.annual("precipitation", year), true)
    pull = np.sqrt(SHARE[mapped] / np.where(bare, SHARE[mapped], SHARE[true_class]))
    chance = cell_uniform(world.seed, "npp error", places.lon, places.lat, CELL, year)
    error = (0.03 + 0.25 * filled / 100) * ndtri(np.clip(chance, 1e-6, 1 - 1e-6))
    return base * pull * (1 + np.clip(error, -0.6, 0.6)) * (1 - 0.08 * filled / 100)


def productivity_layers(world, places, year, collection):
    """Return stored Npp, Gpp and QC of MOD17A3HGF at the places.

    Parameters
    ----------
    world : world.World
    places : world.Places
    year : int
    collection : str
        "061", or "006" with its bias.

    Returns
    -------
    tuple of ndarray
        int16 (0.1 g C m-2 yr-1), uint16 (same), uint8 (percent), with special codes.
    """
    mapped = places.world.landcover.mapped_class(
        places.true_class(year), places.lon, places.lat, year
    )
    filled = filled_share(world, places, year)
    npp = observed_npp(world, places, year, mapped, filled)
    if collection == "006":
        npp = npp * places.weights.of(collection_ratio(world))
    code = CODES[mapped]
    code[world.landcover.unclassified(places.lon, places.lat, year)] = UNCLASSIFIED
    coded = code > 0
    stored = np.where(coded, code, np.rint(np.clip(np.nan_to_num(npp) * 10, -30000, 32700)))
    gross = np.rint(np.clip(np.nan_to_num(npp) * 10 / EFFICIENCY[mapped], 0, 65500))
    return (
        stored.astype("int16"),
        np.where(coded, code + GPP_OFFSET, gross).astype("uint16"),
        np.where(coded, code + QC_OFFSET, filled).astype("uint8"),
    )


def landcover_layers(world, places, year):
    """Return the stored LC_Type1 of MCD12Q1 at the places, a tuple of one uint8 array."""
    true_class = places.true_class(year)
    return (world.landcover.mapped_class(true_class, places.lon, places.lat, year),)


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
    productivity_layers,
    "10.5067/MODIS/MOD17A3HGF",
)
LANDCOVER = Product(
    "MCD12Q1",
    "MCD12Q1",
    (layer_of("LC_Type1", "uint8", 255, [1, 17], None, "Land_Cover_Type_1", "class number"),),
    lambda world, places, year, _: landcover_layers(world, places, year),
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
    """Write one granule of the simulation; ``day`` of the year is the first that it holds."""
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
        Pixels along a tile's side: 2400 as the archive, fewer for a coarse simulation.
    """
    rows = []
    granules = [(*dated, tile) for dated in dates for tile in world.region.tiles]
    for day, product, tile in progress(granules, len(granules), f"{dates[0][1].name} {year}"):
        name = f"{product.name}.A{year}{day:03d}.{tile}.{collection}.{STAMP}.hdf"
        write_tile(Path(folder) / name, world, product, year, collection, tile, pixels, day)
        with open(Path(folder) / name, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        rows.append((name, digest, SIMULATED))
    with (
        replacing(list_path) as temporary,
        open(temporary, "w", newline="", encoding="utf-8") as file,
    ):
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "sha256", "simulated"))
        writer.writerows(rows)


NDVI_FILL, NO_RANK = -3000, -1
GOOD, MARGINAL, SNOW, CLOUDY = 0, 1, 2, 3
CLOUD_CELL = 0.05  # degrees: size of the smallest cloudy patch
MOST_CLOUDY, WET_MM = 0.5, 350.0  # share of cloudy months in endless rain; rain that counts
FROST = -3.0  # degC, monthly mean below which snow lies
MARGINAL_SHARE = 0.15

NDVI = Product(
    "MOD13A3",
    "MOD_Grid_monthly_1km_VI",
    (
        layer_of(
            "1 km monthly NDVI",
            "int16",
            NDVI_FILL,
            [-2000, 10000],
            10000.0,
            "1 km monthly NDVI",
            "NDVI",
        ),
        layer_of(
            "1 km monthly pixel reliability",
            *("int8", NO_RANK, [0, 3], None, "1 km monthly pixel reliability", "rank"),
        ),
    ),
    None,
    "10.5067/MODIS/MOD13A3",
)


def cloudy(world, places, year, month):
    """Tell which places were under cloud all month: patches, more of them the more it rains."""
    field = yearly_field(world.seed, f"ndvi clouds {month}", year, world.region.coarse, 1.2)
    at = places.lon, places.lat
    speckle = cell_uniform(world.seed, f"ndvi speckle {month}", *at, CLOUD_CELL, year)
    mixed = 0.8 * places.weights.of(field) + 0.6 * ndtri(np.clip(speckle, 1e-6, 1 - 1e-6))
    rain = places.weights.of(world.climate_of(year).base["precipitation"][month])
    return ndtr(mixed) < MOST_CLOUDY * (1 - np.exp(-((rain / WET_MM) ** 2)))


def ndvi_layers(world, places, year, _, month):
    """Return stored NDVI and pixel reliability of MOD13A3 of a month (0..11) at the places."""
    modifier = places.weights.of(world.modifier_of(year))
    leafy = places.weights.of(world.season_of(year)[month])
    true = world.productivity.ndvi(places.true_class(year), leafy, modifier)
    at = places.lon, places.lat
    chance = cell_uniform(world.seed, f"ndvi error {month}", *at, CELL, year)
    seen = true * (1 + 0.02 * ndtri(np.clip(chance, 1e-6, 1 - 1e-6)))
    rank = np.where(chance < MARGINAL_SHARE, MARGINAL, GOOD)
    climate = world.climate_of(year)
    warmth = places.weights.of(climate.base["temperature"][month])
    warmth = warmth + places.weights.of(climate.lapse[month]) * places.elevation
    rank = np.where(warmth < FROST, SNOW, rank)
    rank = np.where(cloudy(world, places, year, month), CLOUDY, rank)
    seen = seen * np.array([1, 0.98, 0.15, 0.55])[rank]
    absent = np.isnan(true)
    stored = np.where(absent, NDVI_FILL, np.rint(np.clip(np.nan_to_num(seen), -0.2, 1) * 10000))
    return stored.astype("int16"), np.where(absent, NO_RANK, rank).astype("int8")


def months_of(year):
    """Return (day of the year, product) of the months that the product has of a year."""
    months, day = [], 1
    for month in range(12):
        if (year, month) > (2000, 0):
            months.append((day, replace(NDVI, evaluate=partial(ndvi_layers, month=month))))
        day += calendar.monthrange(year, month + 1)[1]
    return months
