"""Coordinates of the cell centres of the study grid in another reference system.

The transformation is evaluated on a coarse lattice and interpolated by polynomials of degree 5:
smooth as it is over 16 km, this errs by less than a millionth of a cell, and a centre has the
same coordinates whatever strip they are computed in.
"""

import math

import numpy as np
from pyproj import CRS, Transformer

from nepflow.spatial.lattice import Lattice
from nepflow.study.modis import SPHERE_RADIUS_M

NODES_M = 16_000  # spacing of the lattice at most; where cells are larger, every centre is exact


class Projection:
    """From the CRS of a study grid to another.

    Parameters
    ----------
    grid : raster.Grid
    crs : str or int
        Of the result.
    """

    def __init__(self, grid, crs):
        self._grid = grid
        self._transformer = Transformer.from_crs(grid.crs, crs, always_xy=True)
        geographic = CRS.from_user_input(crs).is_geographic
        # nodes further apart have the antimeridian between them
        self._jump = 90.0 if geographic else math.pi * SPHERE_RADIUS_M / 2

    def __call__(self, x, y):
        """Return the coordinates of the centres of a block of the grid.

        Parameters
        ----------
        x, y : ndarray, shape (1, width) and (height, 1)
            Centres, m.

        Returns
        -------
        ndarray, shape (2, height, width)
            Easting (longitude) and northing (latitude); NaN where there is none.
        """
        step = max(1, int(NODES_M // self._grid.resolution_m))
        if step > 1:
            block = Lattice.of_grid(self._grid, step).block(x, y)
            nodes = np.stack(self._transformer.transform(*block.nodes()))
            apart = np.abs(np.diff(nodes[0].reshape(block.y.size, block.x.size), axis=1))
            if np.isfinite(nodes).all() and apart.max(initial=0) < self._jump:
                out, every = np.empty((2, y.size, x.size)), slice(None)
                level = np.zeros((y.size, x.size))
                block.interpolate(nodes, np.zeros(2), level, every, every, out)
                return out
        places = np.stack(self._transformer.transform(*np.broadcast_arrays(x, y)))
        return np.where(np.isfinite(places), places, np.nan)
