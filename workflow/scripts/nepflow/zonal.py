"""Sums over zones, pixel after pixel in one fixed order; compiled."""

import numpy as np
from numba import njit


def add_to_zones(values, zones, sums):
    """Add a strip to the sums of its zones.

    The order is row by row, whatever the strips, so that a sum is the same to the last bit.

    Parameters
    ----------
    values : ndarray, shape (layer, y, x)
        NaN = absent.
    zones : ndarray, shape (layer or 1, y, x)
        Zone number from 1, NaN = no zone.
    sums : ndarray, shape (3, layer, number of zones + 1)
        Sum and number of valid cells, and of all cells; changed in place, column 0 stays empty.
    """
    _add(values.reshape(len(values), -1), zones.reshape(len(zones), -1), *sums)


@njit(cache=True, nogil=True)
def _add(values, zones, total, count, size):
    layers, cells = values.shape
    for layer in range(layers):
        of = layer if zones.shape[0] > 1 else 0
        for cell in range(cells):
            zone = zones[of, cell]
            if np.isnan(zone):
                continue
            size[layer, int(zone)] += 1
            value = values[layer, cell]
            if not np.isnan(value):
                total[layer, int(zone)] += value
                count[layer, int(zone)] += 1


def shares_percent(areas):
    """Return areas as shares of their sum, %; they close to 100 by construction."""
    areas = np.asarray(areas, dtype="float64")
    return 100 * areas / areas.sum()
