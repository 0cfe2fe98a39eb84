"""The choice of the nodes of the coarse evaluator from a bound of its error (`lattice`)."""

from functools import cache

import numpy as np

from nepflow.climate import climatology, transformations
from nepflow.climate.evaluation import by_chunks
from nepflow.climate.spline import kernel_matrix
from nepflow.spatial.lattice import BEFORE, lagrange_weights

_FINE = 8  # distances tabulated in one node

_REACH = 12  # nodes up to which errors are tabulated

STEPS = (64, 32, 16, 8, 4, 2)  # cells from node to node that are tried
_SAMPLES = 60  # places along the longer side of the grid where the size of values is looked up


def bounds(surfaces, grid, elevation_range, corrected=False):
    """Return the largest error of a monthly value for nodes of every step.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
        With elevation as covariate.
    grid : raster.Grid
    elevation_range : (float, float)
        Of the cells, m: transformed variables err more where they are large.
    corrected : bool
        Whether a log is corrected by half its variance.

    Returns
    -------
    dict of {int: float}
        Step, cells -> bound, in the unit of the variable.
    """
    surfaces = surfaces.added() if surfaces.is_sum else surfaces
    largest = _largest(surfaces, grid, elevation_range)
    if corrected:
        largest = largest + surfaces.variance / 2
    result = {}
    for step in STEPS:
        spacing = step * grid.resolution_m / surfaces.length_scale
        error = error_bounds(surfaces.knots, surfaces.kernel_coefficients, surfaces.order, spacing)
        result[step] = float(_magnified(surfaces, error, largest).max())
    return result


def _magnified(surfaces, error, largest):
    """Return what errors of fitted values become in the unit of the variable, one a surface."""
    front = surfaces.climatology
    normals = slice(None, front or None)
    of_normals = transformations.magnified(
        surfaces.transformation, error[normals], largest[normals]
    )
    if not front:
        return of_normals
    most = transformations.back(surfaces.transformation, largest[normals]) + of_normals
    size = climatology.scale(most, surfaces.departure, surfaces.amount)
    departures = (1 + np.maximum(largest[front:], 0.0)).reshape(-1, 12)
    return departures * of_normals + size * error[front:].reshape(-1, 12)


def coarsest(bounds_of_steps, tolerance):
    """Return the coarsest step whose bound keeps the tolerance, 0 (exact) if none does."""
    kept = [step for step, bound in bounds_of_steps.items() if bound <= tolerance]
    return max(kept, default=0)


def choice(surfaces, grid, elevation_range, tolerance, corrected=False):
    """Return the coarsest step whose bound keeps the tolerance, and that bound; see `bounds`.

    It rests on the stations and the whole grid, so that jobs on bands of it share one.
    """
    found = bounds(surfaces, grid, elevation_range, corrected)
    step = coarsest(found, tolerance)
    return step, found.get(step, 0.0)


def _largest(surfaces, grid, elevation_range):
    """Return the largest fitted value of each surface among places all over the grid."""
    if surfaces.transformation == "none" and not surfaces.climatology:
        return np.zeros(surfaces.years.size)
    x, _ = grid.xy(0, 1)
    _, y = grid.xy(0, grid.height)
    every = max(1, max(grid.width, grid.height) // _SAMPLES)
    x, y = x[:, ::every], y[::every]
    values = [
        by_chunks(
            lambda pair: pair[0], [surfaces], x, y, np.full((y.size, x.size), height), raw=True
        )
        for height in elevation_range
    ]
    return np.max(values, axis=(0, 2, 3))


@cache
def unit_errors(order):
    """Return e(d): the largest error of an interpolated kernel d nodes away, or further.

    Parameters
    ----------
    order : int
        m of a spline in two dimensions, 2 or 3.

    Returns
    -------
    ndarray, shape (distance,)
        At d = 0, 1/8, 2/8, ... nodes, not increasing; raised by a twentieth for what lies
        between the sampled places.
    """
    width = _REACH + 4
    node = np.arange(-width, width + 1.0)
    nodes = np.stack(np.meshgrid(node, node, indexing="ij"), axis=-1).reshape(-1, 2)
    fine = np.arange(-_REACH * _FINE, _REACH * _FINE) / _FINE
    base = np.floor(fine).astype(int)
    weights = np.zeros((fine.size, node.size))
    for k, column in enumerate(lagrange_weights(fine - base)):
        weights[np.arange(fine.size), base - BEFORE + k + width] += column
    places = np.stack(np.meshgrid(fine, fine, indexing="ij"), axis=-1).reshape(-1, 2)
    largest = np.zeros(_REACH * _FINE)
    for phase in np.ndindex(_FINE + 1, _FINE + 1):
        station = np.array([phase]) / (2 * _FINE)  # the others follow by symmetry
        exact = kernel_matrix(places, station, order)[:, 0]
        coarse = kernel_matrix(nodes, station, order).reshape(node.size, -1)
        error = np.abs(exact - (weights @ coarse @ weights.T).ravel())
        ring = (np.hypot(*(places - station).T) * _FINE).astype(int)
        inside = ring < largest.size
        np.maximum.at(largest, ring[inside], error[inside])
    return 1.05 * np.maximum.accumulate(largest[::-1])[::-1]


def error_bounds(knots, coefficients, order, spacing):
    """Return a bound of the error of interpolated surfaces, anywhere.

    Parameters
    ----------
    knots : ndarray, shape (knot, 2)
    coefficients : ndarray, shape (knot, surface)
    order : int
        m
    spacing : float
        h, distance of the nodes in the unit of the knots.

    Returns
    -------
    ndarray, shape (surface,)

    Notes
    -----
    Where the nearest station is i, any other is at least half its distance from i away: the
    bound is the largest sum over i.
    """
    errors = unit_errors(order)
    distance = np.hypot(*(knots[:, None] - knots[None]).transpose(2, 0, 1)) / (2 * spacing)
    ring = np.minimum((distance * _FINE).astype(int), errors.size - 1)
    # beyond the table the error falls with the sixth derivative of the kernel, r^(2m-8)
    fall = (np.maximum(distance, _REACH) / _REACH) ** (2 * order - 8)
    return spacing ** (2 * order - 2) * ((errors[ring] * fall) @ np.abs(coefficients)).max(axis=0)
