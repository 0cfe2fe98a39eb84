"""The functions that a thin plate spline is made of: its kernel and its polynomials.

References
----------
Wahba (1990), Spline Models for Observational Data, SIAM, ch. 2, doi:10.1137/1.9781611970128.
"""

from itertools import combinations_with_replacement
from math import factorial, gamma, pi

import numba
import numpy as np

TINY = 1e-300  # added to squared distances: keeps 0 log 0 at zero without a mask


def kernel_constant(dimensions, order):
    """Return theta, the constant of the kernel.

    Parameters
    ----------
    dimensions, order : int
        d and m, with 2 m > d.

    Returns
    -------
    float
        So that the m-th iterated Laplacian of the kernel is a unit mass, up to its sign;
        1 / (8 pi) for d = 2, m = 2.

    Raises
    ------
    ValueError
        If 2 m <= d.
    """
    if 2 * order <= dimensions:
        raise ValueError(f"order {order} is too low in {dimensions} dimensions: 2 m > d")
    half = dimensions / 2
    if dimensions % 2:
        return gamma(half - order) / (2 ** (2 * order) * pi**half * factorial(order - 1))
    sign = (-1) ** (1 + order + dimensions // 2)
    below = 2 ** (2 * order - 1) * pi**half * factorial(order - 1)
    return sign / (below * factorial(order - dimensions // 2))


def kernel_matrix(points, knots, order, workspace=None):
    """Return the kernel E(r) between points and knots.

    Parameters
    ----------
    points : ndarray, shape (point, d)
    knots : ndarray, shape (knot, d)
        In the unit of the points.
    order : int
        m
    workspace : ndarray, shape (2, point, knot), optional
        Overwritten; the result is its second half. Fresh memory costs more than the kernel
        in a loop over small chunks.

    Returns
    -------
    ndarray, shape (point, knot)
        theta r^(2m-d) log r for even d, theta r^(2m-d) for odd d; 0 at r = 0.
    """
    points = np.ascontiguousarray(points)
    dimensions = points.shape[1]
    if workspace is None:
        workspace = np.empty((2, len(points), len(knots)))
    squared, value = workspace
    _squared_distances(points, np.ascontiguousarray(knots.T), squared)
    # The compiled loop is three times as fast as numpy here, numpy's logarithm six times as
    # fast as that of the loop.
    even = dimensions % 2 == 0
    (np.log if even else np.sqrt)(squared, out=value)
    for _ in range((2 * order - dimensions) // 2):
        value *= squared
    value *= kernel_constant(dimensions, order) / (2 if even else 1)
    return value


@numba.njit(cache=True, nogil=True)
def _squared_distances(points, knots, squared):
    """Write TINY + r^2 between points (point, d) and knots (d, knot) into ``squared``."""
    for i in range(points.shape[0]):
        row = squared[i]
        row[:] = TINY
        for axis in range(points.shape[1]):
            position = points[i, axis]
            for j in range(knots.shape[1]):
                difference = position - knots[axis, j]
                row[j] += difference * difference


def monomials(points, order, covariates=None):
    """Return the unpenalised functions: monomials of total degree < m, then covariates.

    Parameters
    ----------
    points : ndarray, shape (point, d)
    order : int
        m
    covariates : ndarray, shape (point, covariate), optional

    Returns
    -------
    ndarray, shape (point, comb(m + d - 1, d) + covariate)
    """
    columns = [np.ones(len(points))]
    for degree in range(1, order):
        for axes in combinations_with_replacement(range(points.shape[1]), degree):
            columns.append(np.prod(points[:, axes], axis=1))
    if covariates is not None:
        columns.extend(np.asarray(covariates, float).T)
    return np.stack(columns, axis=1)
