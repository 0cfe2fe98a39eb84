"""The values of fitted climate surfaces on a grid.

Monthly surfaces are never written as rasters: whoever needs them evaluates them where they
are used.
"""

from dataclasses import replace

import numpy as np

from nepflow.climate.evaluation import Evaluation, as_evaluation, back, by_chunks
from nepflow.climate.spread import Spread
from nepflow.climate.surfaces import MONTHLY_SOURCE, NORMAL, NORMALS_SOURCE, Surfaces
from nepflow.spatial.lattice import Lattice

__all__ = [
    "MONTHLY_SOURCE", "NORMAL", "NORMALS_SOURCE", "Evaluation", "Surfaces", "annual", "by_chunks",
    "evaluate", "evaluation_of", "spread_step",
]  # fmt: skip


def evaluation_of(surfaces, grid, step=0, bias_correction="none"):
    """Return how surfaces are evaluated on a study grid.

    Parameters
    ----------
    surfaces : Surfaces
    grid : raster.Grid
    step : int
        Cells from node to node of the lattice; 0 = exact.
    bias_correction : {"none", "surface", "observation"}
        Whose variance corrects the bias of a transformed variable: none, that of the error of
        the surface, or that of an observation about it.
    """
    lattice = Lattice.of_grid(grid, step) if step else None
    if surfaces.transformation == "none" or bias_correction == "none":
        return Evaluation(surfaces, lattice)
    spread = Spread(surfaces, nugget=bias_correction == "observation")
    nodes = Lattice.of_grid(grid, spread_step(surfaces, grid.resolution_m))
    return Evaluation(surfaces, lattice, spread, nodes)


def of_mean_year(item):
    """Return the evaluation of the twelve mean months, or all months of a transformed variable."""
    item = as_evaluation(item)
    if item.surfaces.transformation != "none":
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


def evaluate(surfaces, x, y, elevation, years=None):
    """Return surfaces on a grid, in the variable's monthly unit, exactly.

    Parameters
    ----------
    surfaces : Surfaces
    x, y, elevation : ndarray
        As in `by_chunks`.
    years : list of int, optional
        Only these years; all surfaces as they were fitted otherwise.

    Returns
    -------
    ndarray, shape (surface, height, width)
        12 surfaces a year in order of time; NaN where the elevation is.
    """
    if years is not None:
        surfaces = surfaces.of_years(years)
    return by_chunks(lambda values: values, [surfaces], x, y, elevation)


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
    if surfaces.transformation == "none":
        # A mean of surfaces is the surface of the mean coefficients: a twelfth of the work.
        whole = replace(evaluation, surfaces=surfaces.annual(months), spread=None)
        return by_chunks(lambda values: values, [whole], x, y, elevation), 0

    def totals(pair):
        monthly = back(evaluation, pair)
        by_year = monthly.reshape(-1, 12, monthly.shape[1])
        floored = (pair[0] < 0).sum(axis=0, keepdims=True)
        return np.concatenate([by_year.sum(axis=1) / months, floored])

    values = by_chunks(totals, [evaluation], x, y, elevation, raw=True)
    rooted = surfaces.transformation == "square_root"
    return values[:-1], int(np.nansum(values[-1])) if rooted else 0
