"""Smooth fields on a coarse lattice of the study grid, interpolated to its cells.

Each cell takes the 6 x 6 nodes around it (Lagrange's polynomials of degree 5). They reproduce
polynomials up to degree 5, so the error comes from the kernels alone, and since r^2 log r is
homogeneous up to such polynomials, its error on nodes h apart is h^2 times that on nodes 1
apart (h^4 for r^4 log r). With e(d) the largest error at a distance of d nodes or more

    |error(x)|  <=  h^(2m-2)  sum_i |c_i| e(|x - x_i| / h)

which is known before anything is evaluated.
"""

from dataclasses import dataclass

import numba
import numpy as np

# Only products into sums are contracted: a value depends on its knot, not on its place.
COMPILED = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}

NODES = 6  # in each direction
BEFORE = 2  # of them below the cell


@dataclass(frozen=True)
class Lattice:
    """Nodes at every ``step``-th cell centre of a grid, and beyond its edges.

    Attributes
    ----------
    west, north : float
        Centre of the first cell of the grid, m.
    cell : float
        Side of a cell, m.
    step : int
        Cells from node to node.
    """

    west: float
    north: float
    cell: float
    step: int

    @classmethod
    def of_grid(cls, grid, step):
        """Return the lattice of a ``raster.Grid``."""
        x, y = grid.xy(0, 1)
        return cls(float(x[0, 0]), float(y[0, 0]), grid.resolution_m, step)

    def block(self, x, y):
        """Return the nodes that a block of the grid needs.

        Parameters
        ----------
        x, y : ndarray, shape (1, width) and (height, 1)
            Cell centres of the block, m.

        Returns
        -------
        Block
        """
        rows = round((self.north - y[0, 0]) / self.cell) + np.arange(y.size)
        columns = round((x[0, 0] - self.west) / self.cell) + np.arange(x.size)
        return Block(self, rows, columns)


class Block:
    """The nodes round a block of cells and the weights of the cells.

    Attributes
    ----------
    x, y : ndarray, shape (column,) and (row,)
        Positions of the nodes, m.
    """

    def __init__(self, lattice, rows, columns):
        self._row_base, self._row_weights, first_row, stop_row = _placed(rows, lattice.step)
        self._base, self._weights, first, stop = _placed(columns, lattice.step)
        spacing = lattice.cell * lattice.step
        self.y = lattice.north - spacing * np.arange(first_row, stop_row)
        self.x = lattice.west + spacing * np.arange(first, stop)

    def nodes(self):
        """Return x and y of the nodes, row by row, shape (2, node), m."""
        x, y = np.meshgrid(self.x, self.y)
        return np.stack([x.ravel(), y.ravel()])

    def interpolate(self, values, gradient, height, rows, columns, out):
        """Write fields at a part of the block's cells.

        Parameters
        ----------
        values : ndarray, shape (field, node)
        gradient : ndarray, shape (field,)
            Added times ``height``.
        height : ndarray, shape (row, column)
        rows, columns : slice
            The part of the block.
        out : ndarray, shape (field, row, column)
        """
        _interpolate(
            values.reshape(-1, self.y.size, self.x.size),
            gradient,
            height,
            self._row_base[rows],
            np.ascontiguousarray(self._row_weights[:, rows]),
            self._base[columns],
            np.ascontiguousarray(self._weights[:, columns]),
            out,
        )


def _placed(cells, step):
    """Return first nodes, weights (node, cell) and the range of nodes of a run of cells."""
    base = cells // step - BEFORE
    phase = (cells % step) / step
    first, stop = base[0], base[-1] + NODES
    return base - first, lagrange_weights(phase), first, stop


def lagrange_weights(phase):
    """Return the weights of nodes at -2 .. 3 for places between 0 and 1.

    Parameters
    ----------
    phase : ndarray, shape (place,)

    Returns
    -------
    ndarray, shape (6, place)
    """
    nodes = np.arange(NODES) - BEFORE
    weights = np.ones((NODES, len(phase)))
    for k, own in enumerate(nodes):
        for other in nodes[nodes != own]:
            weights[k] *= (phase - other) / (own - other)
    return weights


@numba.njit(cache=True, **COMPILED)
def _interpolate(values, gradient, height, row_base, row_weights, base, weights, out):
    """Along the rows of nodes first, then down the columns of cells."""
    first = row_base[0]
    across = np.empty((row_base[-1] + NODES - first, base.size))
    for field in range(values.shape[0]):
        slope = gradient[field]
        for row in range(across.shape[0]):
            nodes, wide = values[field, first + row], across[row]
            for j in range(base.size):
                k = base[j]
                total = weights[0, j] * nodes[k]
                total += weights[1, j] * nodes[k + 1]
                total += weights[2, j] * nodes[k + 2]
                total += weights[3, j] * nodes[k + 3]
                total += weights[4, j] * nodes[k + 4]
                wide[j] = total + weights[5, j] * nodes[k + 5]
        for i in range(row_base.size):
            k = row_base[i] - first
            w0, w1, w2 = row_weights[0, i], row_weights[1, i], row_weights[2, i]
            w3, w4, w5 = row_weights[3, i], row_weights[4, i], row_weights[5, i]
            a0, a1, a2 = across[k], across[k + 1], across[k + 2]
            a3, a4, a5 = across[k + 3], across[k + 4], across[k + 5]
            line, rise = out[field, i], height[i]
            for j in range(base.size):
                total = slope * rise[j] + w0 * a0[j]
                total += w1 * a1[j]
                total += w2 * a2[j]
                total += w3 * a3[j]
                total += w4 * a4[j]
                line[j] = total + w5 * a5[j]
