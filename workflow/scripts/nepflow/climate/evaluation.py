"""Fitted surfaces evaluated part by part of a block of the grid.

Products of matrices have a fixed number of cells, the last one padded, and interpolated
fields hang on nodes of the whole grid, so that a value is the same bit for bit whatever the
block it was computed in.
"""

from dataclasses import dataclass

import numpy as np

from nepflow.climate import transformations
from nepflow.climate.kernels import kernel_matrix, monomials
from nepflow.climate.spread import Spread
from nepflow.climate.surfaces import Surfaces
from nepflow.spatial.lattice import Lattice

CHUNK = 4096  # cells of one matrix product; the last chunk is padded
NODES = 1024  # nodes of one
TILE = 64  # rows of a chunk where something is interpolated


@dataclass(frozen=True)
class Evaluation:
    """How surfaces are evaluated.

    Attributes
    ----------
    surfaces : Surfaces
    lattice : lattice.Lattice, optional
        Evaluate them on its nodes and interpolate; exact without.
    spread : spread.Spread, optional
        Variance of these surfaces, which corrects the bias of transformed variables.
    spread_lattice : lattice.Lattice, optional
        Nodes of the variance; needed where that is a quadratic in elevation.
    """

    surfaces: Surfaces
    lattice: Lattice | None = None
    spread: Spread | None = None
    spread_lattice: Lattice | None = None


def by_chunks(function, evaluations, x, y, elevation, raw=False):
    """Apply a function to the monthly values of several variables, cell by cell.

    Parameters
    ----------
    function : callable
        Takes one array (surface, cell) for each of ``evaluations``, in the variable's unit,
        and returns an array (band, cell). Cells must not influence one another. The arrays
        are overwritten by the next chunk.
    evaluations : list of Evaluation or Surfaces
        The kernel is computed once for neighbours in the list that share their stations.
    x, y : ndarray, shape (1, width) and (height, 1)
        Cell centres in the study's CRS, m.
    elevation : ndarray, shape (height, width)
        m; NaN where no value is wanted.
    raw : bool
        Give the function pairs of fitted (transformed) values and their variance (None
        without a spread) instead.

    Returns
    -------
    ndarray, shape (band, height, width)
        NaN where the elevation is.
    """
    evaluations = [as_evaluation(item) for item in evaluations]
    inside = ~np.isnan(elevation)
    interpolated = any(item.lattice or item.spread for item in evaluations)
    monthly = _Block(evaluations, x, y, np.where(inside, elevation, 0.0))
    result = None
    for part in (_tiles if interpolated else _runs)(inside):
        pairs = monthly(part)
        values = function(*(pairs if raw else map(back, evaluations, pairs)))
        if result is None:
            result = np.empty((len(values), *elevation.shape))
            if not inside.all():
                result.fill(np.nan)
        part.store(values, inside, result)
    return result


def as_evaluation(item):
    return Evaluation(item) if isinstance(item, Surfaces) else item


def back(evaluation, pair):
    """Return values in the variable's unit."""
    return transformations.back(evaluation.surfaces.transformation, *pair)


class _Run:
    """Some cells of a block, in order."""

    def __init__(self, index):
        self.index, self.size = index, CHUNK

    def take(self, field):
        return field.ravel()[self.index]

    def store(self, values, inside, result):
        known, flat = values[:, : self.index.size], result.reshape(len(result), -1)
        if self.index.size and self.index[-1] - self.index[0] + 1 == self.index.size:
            flat[:, self.index[0] : self.index[-1] + 1] = known
        else:
            flat[:, self.index] = known


class _Tile:
    """A rectangle of a block."""

    def __init__(self, rows, columns):
        self.place = rows, columns
        self.shape = rows.stop - rows.start, columns.stop - columns.start
        self.size = self.shape[0] * self.shape[1]

    def take(self, field):
        return field[self.place].ravel()

    def store(self, values, inside, result):
        target = result[:, *self.place]
        target[:] = values.reshape(-1, *self.shape)
        if not inside[self.place].all():
            target[:, ~inside[self.place]] = np.nan


def _runs(inside):
    """Yield the cells inside, a chunk at a time; an empty one if there are none."""
    index = np.flatnonzero(inside)
    for start in range(0, max(index.size, 1), CHUNK):
        yield _Run(index[start : start + CHUNK])


def _tiles(inside):
    """Yield rectangles that hold every cell inside; at least one."""
    height, width = inside.shape
    rows = min(TILE, height)
    columns = CHUNK // rows
    empty = True
    for top in range(0, height, rows):
        strip = inside[top : top + rows]
        for left in range(0, width, columns):
            if strip[:, left : left + columns].any():
                empty = False
                stops = min(top + rows, height), min(left + columns, width)
                yield _Tile(slice(top, stops[0]), slice(left, stops[1]))
    if empty:
        yield _Tile(slice(0, 1), slice(0, 1))


class _Block:
    """Fitted values and variances of parts of a block, in memory that is used again."""

    def __init__(self, evaluations, x, y, elevation):
        self.evaluations = evaluations
        self.quantities = [np.broadcast_to(q, elevation.shape) for q in (x, y, elevation)]
        self.exact = _Exact()
        self.surface_nodes = [self._nodes(item, x, y) for item in evaluations]
        self.spread_nodes = [_spread_nodes(item, x, y) for item in evaluations]
        self.values = [np.empty(item.surfaces.years.size * CHUNK) for item in evaluations]

    def _nodes(self, item, x, y):
        """Return the nodes of a block and the surfaces there, at an elevation of 0."""
        if not item.lattice:
            return None
        block = item.lattice.block(x, y)
        places = block.nodes()
        values = np.empty((item.surfaces.years.size, places.shape[1]))
        padded = np.empty((len(values), NODES))
        for start in range(0, places.shape[1], NODES):
            part = places[:, start : start + NODES]
            cells = np.zeros((3, NODES))
            cells[:2, : part.shape[1]] = part
            self.exact.forget()
            self.exact(item.surfaces, cells, padded)
            values[:, start : start + NODES] = padded[:, : part.shape[1]]
        return block, values

    def __call__(self, part):
        """Return (fitted, variance) of each variable, shapes (surface, cell)."""
        cells = np.zeros((3, CHUNK))
        for row, quantity in zip(cells, self.quantities, strict=True):
            taken = part.take(quantity)
            row[: taken.size] = taken
        self.exact.forget()
        pairs = []
        for item, values, surface_nodes, spread_nodes in zip(
            self.evaluations, self.values, self.surface_nodes, self.spread_nodes, strict=True
        ):
            surfaces = item.surfaces
            if surface_nodes is None:
                fitted = values.reshape(-1, CHUNK)
                self.exact(surfaces, cells, fitted)
                fitted = fitted[:, : part.size]
            else:
                fitted = values[: surfaces.years.size * part.size].reshape(-1, *part.shape)
                block, nodes = surface_nodes
                kilometres = part.take(self.quantities[2]).reshape(part.shape) / 1000
                block.interpolate(
                    nodes, surfaces.polynomial_coefficients[-1], kilometres, *part.place, fitted
                )
            fitted = fitted.reshape(-1, part.size)
            pairs.append((fitted, _variance(item, spread_nodes, part, cells)))
        return pairs


class _Exact:
    """Surfaces at cells; neighbours that share their stations share the kernel."""

    def __init__(self):
        self.memory = {}
        self.shared = None

    def forget(self):
        """Say that the cells are others now."""
        self.shared = None

    def __call__(self, surfaces, cells, out):
        """Write the values (surface, cell) at x, y, elevation (3, cell)."""
        points, covariates = surfaces.variables_at(cells)
        shape = len(points), len(surfaces.knots)
        kernel = self.memory.setdefault(shape, None)
        if kernel is None:
            kernel = self.memory[shape] = np.empty(shape)
        shared = surfaces.knots.tobytes(), surfaces.centre.tobytes(), surfaces.length_scale
        shared += surfaces.order, surfaces.vertical_scale
        if shared != self.shared:
            self.shared = shared
            kernel_matrix(points, surfaces.knots, surfaces.order, kernel)
        np.matmul(surfaces.kernel_coefficients.T, kernel.T, out=out)
        polynomial = monomials(points, surfaces.order, covariates)
        out += surfaces.polynomial_coefficients.T @ polynomial.T


def _spread_nodes(item, x, y):
    """Return the nodes of a block and the quadratic of the variance there."""
    if not item.spread or not item.spread.quadratic:
        return None
    block = item.spread_lattice.block(x, y)
    return block, item.spread.fields(block.nodes())


def _variance(item, nodes, part, cells):
    """Return the variance at the cells of a part, or None."""
    if not item.spread:
        return None
    if nodes is None:
        return item.spread.at(cells)[:, : part.size]
    block, (*coefficients, square) = nodes
    height = np.zeros(part.shape)
    fields = np.empty((2, square.size, *part.shape))
    for values, out in zip(coefficients, fields, strict=True):
        block.interpolate(values, np.zeros(square.size), height, *part.place, out)
    fields = fields.reshape(2, square.size, -1)
    return item.spread.of_quadratic(*fields, square, cells[2, : part.size])
