"""Terrain: slope from elevation."""

import itertools

import numpy as np


def horn(elevation, side_m):
    """Return the slope after Horn (1981), degrees; NaN where the cell itself is absent.

    An absent neighbour is continued in a straight line from the cell and the neighbour opposite,
    or has the height of the cell where that is absent too.

    Parameters
    ----------
    elevation : ndarray, shape (y, x)
        m.
    side_m : float
        Side of a cell, m.

    References
    ----------
    Horn (1981), Hill shading and the reflectance map, Proc. IEEE 69:14-47.
    """
    z = np.pad(np.asarray(elevation, dtype="float64"), 1, constant_values=np.nan)
    rows, columns = elevation.shape
    found = {
        (down, across): z[1 + down : 1 + down + rows, 1 + across : 1 + across + columns]
        for down, across in itertools.product((-1, 0, 1), repeat=2)
    }
    centre = found[0, 0]

    def height(down, across):
        opposite = 2 * centre - found[-down, -across]
        known = np.where(np.isnan(found[down, across]), opposite, found[down, across])
        return np.where(np.isnan(known), centre, known)

    weights = {-1: 1, 0: 2, 1: 1}
    east = sum(w * (height(step, 1) - height(step, -1)) for step, w in weights.items())
    south = sum(w * (height(1, step) - height(-1, step)) for step, w in weights.items())
    return np.degrees(np.arctan(np.hypot(east, south) / (8 * side_m)))
