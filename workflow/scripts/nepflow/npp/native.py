"""The tiles of a product and year as one decoded mosaic on the native grid."""

import math

import numpy as np

from nepflow.io import raster
from nepflow.landcover.classes import FIELD as LANDCOVER
from nepflow.landcover.classes import class_table
from nepflow.modis import hdf, tiles_met
from nepflow.modis import tiles as modis_tiles
from nepflow.study import modis

NPP = modis.PRODUCTS["MOD17A3HGF"].fields


def write_npp(tiles, study_grid, flux_path, absence_path):
    """Decode the MOD17A3HGF tiles of a year; absence is decided before anything else.

    Parameters
    ----------
    tiles : list of str
        The mosaic has room for all; those that this job does not meet stay empty.
    study_grid : geotiff.Grid
        The side of its cells sets the empty border.
    flux_path : str
        Gets the bands npp (g C m-2 yr-1), qc (%) and valid (1 or 0).
    absence_path : str
        Gets the codes of ``modis.ABSENCE``.
    """
    npp, qc = NPP["npp"], NPP["qc"]
    met, grid = _met(tiles, npp.name, study_grid)

    def flux(path):
        layer = hdf.read_layer(path, npp.name)
        hdf.check_place(path, layer)
        productivity = hdf.decode(layer, npp, path)
        quality = hdf.decode(hdf.read_layer(path, qc.name), qc, path)
        return np.stack([productivity, quality, np.isfinite(productivity)])

    def reasons(path):
        return hdf.absence(hdf.read_layer(path, npp.name), npp)[None].astype("float64")

    output = raster.Output(flux_path, npp.unit, "native NPP", bands=("npp", "qc", "valid"))
    modis_tiles.write_mosaic(met, npp.name, flux, output, grid, fill=(np.nan, np.nan, 0))
    output = raster.Output(absence_path, "1", "why a cell is absent", dtype="uint8")
    modis_tiles.write_mosaic(met, npp.name, reasons, output, grid)


def write_landcover(tiles, classes, study_grid, output_path, valid_path):
    """Decode the MCD12Q1 tiles of a year; IGBP codes become classes before any resampling.

    Parameters
    ----------
    tiles, study_grid
        See `write_npp`.
    classes : list of dict
        See `landcover.lookup_table`.
    output_path : str
        Gets the classes.
    valid_path : str
        Gets 1 where there is a class, 0 elsewhere.
    """
    met, grid = _met(tiles, LANDCOVER.name, study_grid)
    class_of = class_table(classes)

    def reclassified(path):
        layer = hdf.read_layer(path, LANDCOVER.name)
        hdf.check_place(path, layer)
        hdf.check_scale(layer, LANDCOVER, path)
        return class_of[layer.codes][None]

    output = raster.Output(output_path, "1", "land-cover class", dtype="uint8")
    modis_tiles.write_mosaic(met, LANDCOVER.name, reclassified, output, grid)
    output = raster.Output(valid_path, "1", "whether there is a class", ("valid",))
    modis_tiles.write_mosaic(
        met,
        LANDCOVER.name,
        lambda path: 1.0 * np.isfinite(reclassified(path)),
        output,
        grid,
        fill=0,
    )


def _met(tiles, field, study_grid):
    """Tiles that the cells of this job may take values from, and the grid of all tiles."""
    cell = hdf.geometry(tiles[0], field)[0].a
    reach = math.ceil(study_grid.resolution_m / cell) + 1
    native = modis_tiles.lattice(tiles, field, margin=reach)
    return tiles_met.of_job(tiles, field, study_grid, native, margin=2 * reach), native
