"""Annual layers over zones: one pass over the rasters for any number of kinds of zones."""

import numpy as np

from nepflow.io import raster
from nepflow.zones import zonal


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
    return sums_of_kinds(layers, [zones], mem_mb, label)[0]


def sums_of_kinds(layers, kinds, mem_mb, label, years=None):
    """Sum layers over zones of several kinds, reading the layers once.

    Parameters
    ----------
    layers : path or list of path
    kinds : list of (path or list of path)
        Zones of each kind, see `zone_sums`.
    mem_mb : int
    label : str
    years : list of int, optional
        Those that the layers must have; see `raster.blocks`.

    Returns
    -------
    list of (total, cells, size)
        One a kind, see `zone_sums`.
    """
    first = [zones if isinstance(zones, str) else zones[0] for zones in kinds]
    highest = [max(raster.classes_of(path)) for path in first]
    sums = None
    for _, _, (values, *codes) in raster.blocks(
        [layers, *kinds], mem_mb=mem_mb, label=label, years=years
    ):
        if sums is None:
            sums = [np.zeros((3, len(values), number + 1)) for number in highest]
        for of_kind, kind_sums in zip(codes, sums, strict=True):
            zonal.add_to_zones(values, of_kind, kind_sums)
    return sums
