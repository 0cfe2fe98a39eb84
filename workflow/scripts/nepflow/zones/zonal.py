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
    places, codes = np.empty(cells, np.int64), np.empty(cells, np.int64)
    inside = 0
    for layer in range(layers):
        if layer < len(zones):  # else those of the layer before
            inside = _cells_of_zones(zones[layer], places, codes)
        for i in range(inside):
            zone = codes[i]
            size[layer, zone] += 1
            value = values[layer, places[i]]
            if not np.isnan(value):
                total[layer, zone] += value
                count[layer, zone] += 1


@njit(cache=True, nogil=True)
def _cells_of_zones(zones, places, codes):
    """Fill in the cells of any zone and their codes, in order; return how many there are."""
    inside = 0
    for cell in range(len(zones)):
        if not np.isnan(zones[cell]):
            places[inside] = cell
            codes[inside] = int(zones[cell])
            inside += 1
    return inside


def shares_percent(areas):
    """Return areas as shares of their sum, %; they close to 100 by construction."""
    areas = np.asarray(areas, dtype="float64")
    return 100 * areas / areas.sum()
