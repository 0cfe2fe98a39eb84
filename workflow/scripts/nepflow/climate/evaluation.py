"""Fitted surfaces evaluated part by part of a block of the grid.

Products of matrices have a fixed number of cells, the last one padded, and interpolated
fields hang on nodes of the whole grid, so that a value is the same bit for bit whatever the
block it was computed in.
"""

from dataclasses import dataclass, replace

import numpy as np

from nepflow.climate import anomaly, transformations
from nepflow.climate.spline import kernel_matrix, monomials
from nepflow.climate.surfaces import ANNUAL, Surfaces
from nepflow.climate.uncertainty import Spread
from nepflow.spatial.lattice import Lattice
from nepflow.study.variables import NORMAL

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
    spread : uncertainty.Spread, optional
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
    if evaluation.surfaces.climatology:
        return anomaly.floored(evaluation.surfaces, anomaly.of_parts(evaluation.surfaces, pair[0]))
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


__all__ = [
    "NORMAL",
    "Evaluation",
    "Surfaces",
    "annual",
    "by_chunks",
    "evaluation_of",
    "spread_step",
]


def evaluation_of(surfaces, grid, bias_correction="none"):
    """Return how surfaces are evaluated on a study grid.

    Parameters
    ----------
    surfaces : Surfaces
        They say how far apart their nodes are, or that they are exact. A climatology and its
        departures are added where values are their sum: they cost what other surfaces cost.
    grid : raster.Grid
    bias_correction : {"none", "surface", "observation"}
        Whose variance corrects the bias of a transformed variable: none, that of the error of
        the surface, or that of an observation about it.
    """
    lattice = Lattice.of_grid(grid, surfaces.step) if surfaces.step else None
    surfaces = surfaces.added() if surfaces.is_sum else surfaces
    if surfaces.transformation == "none" or surfaces.climatology or bias_correction == "none":
        return Evaluation(surfaces, lattice)
    spread = Spread(surfaces, nugget=bias_correction == "observation")
    nodes = Lattice.of_grid(grid, spread_step(surfaces, grid.resolution_m))
    return Evaluation(surfaces, lattice, spread, nodes)


def of_mean_year(item):
    """Return the evaluation of the twelve mean months, or all months of a transformed variable."""
    item = as_evaluation(item)
    if item.surfaces.transformation != "none" or item.surfaces.climatology:
        return item
    return replace(item, surfaces=item.surfaces.mean_year())


def spread_step(surfaces, cell):
    """Return a step of nodes, a quarter of the median distance of neighbouring stations.

    Standard errors then are within a few percent next to stations, where they are smallest,
    and within a few thousandths elsewhere.

    Parameters
    ----------
    surfaces : Surfaces
    cell : float
        Side of a cell, m.

    Returns
    -------
    int
        Cells, at least 1.
    """
    plane = surfaces.knots[:, :2]
    distance = np.hypot(*(plane[:, None] - plane[None]).transpose(2, 0, 1))
    np.fill_diagonal(distance, np.inf)
    nearest = np.median(distance.min(axis=0)) * surfaces.length_scale
    return max(1, int(nearest / 4 / cell))


def annual(evaluation, x, y, elevation, statistic):
    """Return annual values on a grid: the mean or the sum of the monthly surfaces.

    Parameters
    ----------
    evaluation : Evaluation or Surfaces
        Whole years, of `Surfaces.of_years`.
    x, y, elevation : ndarray
        As in `by_chunks`.
    statistic : {"mean", "sum"}
        Months count alike in a mean.

    Returns
    -------
    values : ndarray, shape (year, height, width)
        NaN where the elevation is.
    floored : int
        How many monthly roots were below 0 and count as 0.
    """
    evaluation = as_evaluation(evaluation)
    surfaces, months = evaluation.surfaces, 12 if statistic == "mean" else 1
    if (surfaces.months == ANNUAL).all():
        values = by_chunks(lambda values: values, [evaluation], x, y, elevation)
        return values, 0
    if surfaces.transformation == "none" and not surfaces.climatology:
        # A mean of surfaces is the surface of the mean coefficients: a twelfth of the work.
        whole = replace(evaluation, surfaces=surfaces.annual(months), spread=None)
        return by_chunks(lambda values: values, [whole], x, y, elevation), 0
    floors = surfaces.transformation == "square_root"

    def totals(pair):
        if surfaces.climatology:
            unfloored = anomaly.of_parts(surfaces, pair[0])
            below = unfloored < 0
            monthly = anomaly.floored(surfaces, unfloored)
        else:
            monthly, below = back(evaluation, pair), pair[0] < 0
        by_year = monthly.reshape(-1, 12, monthly.shape[1])
        return np.concatenate([by_year.sum(axis=1) / months, below.sum(axis=0, keepdims=True)])

    values = by_chunks(totals, [evaluation], x, y, elevation, raw=True)
    counted = floors or surfaces.departure == "ratio"
    return values[:-1], int(np.nansum(values[-1])) if counted else 0
