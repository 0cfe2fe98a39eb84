"""Land-cover tiles of a year -> classes on the study grid."""

import numpy as np

from nepflow.io import raster
from nepflow.modis import hdf, nearest
from nepflow.study import modis
from nepflow.study.landcover import lookup_table

FIELD = modis.PRODUCTS["MCD12Q1"].fields["landcover"]


def sample(tiles, grid_path, output, classes, mem_mb, threads=1):
    """Take the class of the native cell at the centre of each study cell.

    Parameters
    ----------
    tiles : list of str
        MCD12Q1 granules of the year.
    grid_path : str
    output : raster.Output
    classes : list of dict
        See `landcover.lookup_table`.
    mem_mb : int
    threads : int
    """
    codes = nearest.NativeCodes(tiles, [FIELD], raster.grid_of(grid_path), mem_mb)
    class_of = class_table(classes)

    def at_centres(inside, x, y):
        (igbp,) = codes.below(x, y)
        return np.where(inside[0] == 1, class_of[igbp.codes], np.nan)

    raster.map_blocks(
        at_centres,
        [grid_path],
        output,
        coordinates=True,
        mem_mb=mem_mb - mem_mb // nearest.SHARE,
        threads=threads,
        label=output.long_name,
    )


def class_table(classes):
    """Return the class of each stored code, NaN for codes that are no class; shape (256,)."""
    codes = np.arange(256, dtype="uint8")
    valid = hdf.missing_reason(hdf.Layer(codes, {}, None), FIELD) == modis.REASON_CODE["valid"]
    return np.where(valid, lookup_table(classes), np.nan)
