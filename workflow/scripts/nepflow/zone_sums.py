"""Annual layers over zones: one pass over the rasters for any number of quantities."""

import numpy as np

from nepflow import raster, zonal


def zone_sums(layers, zones, mem_mb, label):
    """Sum layers over zones.

    Parameters
    ----------
    layers : path or list of path
        A cube, or one file a layer.
    zones : path or list of path
        One class raster for all layers, or one a layer.
    mem_mb : int
    label : str

    Returns
    -------
    total, cells : ndarray, shape (layer, number of zones + 1)
        Sum of the valid cells and their number; column = zone code.
    size : ndarray, same shape
        Cells of the zone, valid or not.
    """
    highest = max(raster.classes_of(zones if isinstance(zones, str) else zones[0]))
    total = cells = size = None
    for _, _, (values, codes) in raster.blocks([layers, zones], mem_mb=mem_mb, label=label):
        if total is None:
            total, cells, size, ignored = (np.zeros((len(values), highest + 1)) for _ in range(4))
        zonal.add_to_zones(values, codes, total, cells)
        zonal.add_to_zones(np.ones_like(values), codes, ignored, size)
    return total, cells, size
