"""The choice of the nodes of the coarse evaluator from a bound of its error (`lattice`)."""

import numpy as np

from nepflow.climate import transformations
from nepflow.climate.evaluation import by_chunks
from nepflow.spatial import lattice

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
    largest = _largest(surfaces, grid, elevation_range)
    if corrected:
        largest = largest + surfaces.variance / 2
    result = {}
    for step in STEPS:
        spacing = step * grid.resolution_m / surfaces.length_scale
        error = lattice.error_bounds(
            surfaces.knots, surfaces.kernel_coefficients, surfaces.order, spacing
        )
        result[step] = float(
            transformations.magnified(surfaces.transformation, error, largest).max()
        )
    return result


def coarsest(bounds_of_steps, tolerance):
    """Return the coarsest step whose bound keeps the tolerance, 0 (exact) if none does."""
    kept = [step for step, bound in bounds_of_steps.items() if bound <= tolerance]
    return max(kept, default=0)


def _largest(surfaces, grid, elevation_range):
    """Return the largest fitted value of each surface among places all over the grid."""
    if surfaces.transformation == "none":
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
