"""Sums over zones, pixel after pixel in one fixed order; compiled."""

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_to_zones(values, zones, total, count):
    """Add the valid values of a strip to the totals of their zones.

    The order is row by row, whatever the strips, so that a sum is the same to the last bit.

    Parameters
    ----------
    values : ndarray, shape (layer, y, x)
        NaN = absent.
    zones : ndarray, shape (layer or 1, y, x)
        Zone number from 1, NaN = no zone.
    total, count : ndarray, shape (layer, number of zones + 1)
        Changed in place; column 0 stays empty.
    """
    layers, rows, columns = values.shape
    for layer in range(layers):
        of = layer if zones.shape[0] > 1 else 0
        for row in range(rows):
            for column in range(columns):
                zone = zones[of, row, column]
                value = values[layer, row, column]
                if np.isnan(zone) or np.isnan(value):
                    continue
                total[layer, int(zone)] += value
                count[layer, int(zone)] += 1


def shares_percent(areas):
    """Return areas as shares of their sum, %; they close to 100 by construction."""
    areas = np.asarray(areas, dtype="float64")
    return 100 * areas / areas.sum()
