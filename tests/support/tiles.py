"""Small HDF4-EOS tiles for tests."""

import numpy as np
from nepflow.simulation.hdfeos import Field, write_grid_file
from nepflow.study import modis

NPP_ATTRIBUTES = {
    "scale_factor": (0.0001, "float64"),
    "valid_range": ([-30000, 32700], "int16"),
    "_FillValue": (32767, "int16"),
}


def name_of(tile, product="MOD17A3HGF", year=2001, collection="061", produced="2024001000000"):
    """File name of a granule."""
    return f"{product}.A{year}001.{tile}.{collection}.{produced}.hdf"


def corners_of(tile):
    """West, north, east, south of a tile, m."""
    west, south, east, north = modis.tile_bounds(tile)
    return west, north, east, south


def write_npp(folder, tile, codes, corners=None, **name):
    """Write an NPP tile with these stored codes (y, x); return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name_of(tile, **name)
    codes = np.asarray(codes, dtype="int16")
    quality = np.where((codes >= -30000) & (codes <= 32700), 7, 255).astype("uint8")
    fields = [
        Field("Npp_500m", codes, NPP_ATTRIBUTES),
        Field("Npp_QC_500m", quality, {"scale_factor": (1.0, "float64")}),
    ]
    write_grid_file(path, "MOD_Grid_MOD17A3H", corners or corners_of(tile), fields, ({}, {}), {})
    return str(path)


def write_landcover(folder, tile, classes, **name):
    """Write a land-cover tile; return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name_of(tile, product="MCD12Q1", **name)
    fields = [Field("LC_Type1", np.asarray(classes, dtype="uint8"), {})]
    write_grid_file(path, "MCD12Q1", corners_of(tile), fields, ({}, {}), {})
    return str(path)


NDVI_ATTRIBUTES = {
    "scale_factor": (10000.0, "float64"),  # a divisor, as the archive stores it
    "valid_range": ([-2000, 10000], "int16"),
    "_FillValue": (-3000, "int16"),
}


def write_ndvi(folder, tile, codes, rank, year=2001, day=1):
    """Write a MOD13A3 tile with these stored codes and reliabilities (y, x); return its path."""
    folder.mkdir(parents=True, exist_ok=True)
    name = name_of(tile, product="MOD13A3", year=year).replace(f"{year}001", f"{year}{day:03d}")
    fields = [
        Field("1 km monthly NDVI", np.asarray(codes, dtype="int16"), NDVI_ATTRIBUTES),
        Field("1 km monthly pixel reliability", np.asarray(rank, dtype="int8"), {}),
    ]
    write_grid_file(
        folder / name, "MOD_Grid_monthly_1km_VI", corners_of(tile), fields, ({}, {}), {}
    )
    return str(folder / name)
