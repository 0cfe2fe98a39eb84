"""The functions that a thin plate spline is made of: its kernel and its polynomials.

References
----------
Wahba (1990), Spline Models for Observational Data, SIAM, ch. 2, doi:10.1137/1.9781611970128.
"""

from itertools import combinations_with_replacement
from math import factorial, gamma, pi

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

TINY = 1e-300  # added to squared distances: keeps 0 log 0 at zero without a mask
# Only products into sums are contracted: a value depends on its knot, not on its place.
COMPILED = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}


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


def kernel_matrix(points, knots, order, out=None):
    """Return the kernel E(r) between points and knots.

    Parameters
    ----------
    points : ndarray, shape (point, d)
    knots : ndarray, shape (knot, d)
        In the unit of the points.
    order : int
        m
    out : ndarray, shape (point, knot), optional
        Receives the result; fresh memory costs as much as the kernel in a loop over chunks.

    Returns
    -------
    ndarray, shape (point, knot)
        theta r^(2m-d) log r for even d, theta r^(2m-d) for odd d; 0 at r = 0.
    """
    points = np.ascontiguousarray(points)
    dimensions = points.shape[1]
    value = np.empty((len(points), len(knots))) if out is None else out
    even = dimensions % 2 == 0
    scale = kernel_constant(dimensions, order) / (2 if even else 1)
    power = (2 * order - dimensions) // 2
    _write_kernel(points, np.ascontiguousarray(knots.T), even, power, scale, value)
    return value


@intrinsic
def _bits_of(context, number):
    """The bits of a float64 as an int64."""

    def generate(_, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.IntType(64))

    return types.int64(types.float64), generate


@intrinsic
def _float_of(context, bits):
    """The float64 of the bits of an int64."""

    def generate(_, builder, signature, arguments):
        return builder.bitcast(arguments[0], ir.DoubleType())

    return types.float64(types.int64), generate


@numba.njit(inline="always", **COMPILED)
def _log(number):
    """Natural logarithm of a normal positive number, within 1 ulp, in a form that vectorises.

    The reduction to [sqrt(1/2), sqrt(2)) and the polynomial are those of fdlibm's e_log.c.
    """
    bits = _bits_of(number)
    exponent = (bits - 0x3FE6A09E667F3BCD) >> 52
    fraction = _float_of(bits - (exponent << 52)) - 1.0
    # 2^52 + exponent + 2048, put together from its bits: integers of 64 bits convert slowly
    power = _float_of((exponent + 2048) | 0x4330000000000000) - (4503599627370496.0 + 2048.0)
    s = fraction / (2.0 + fraction)
    z = s * s
    series = 0.14798198605116585
    series = series * z + 0.15313837699209373
    series = series * z + 0.1818357216161805
    series = series * z + 0.22222198432149784
    series = series * z + 0.2857142874366239
    series = series * z + 0.3999999999940942
    series = series * z + 0.6666666666666735
    half = 0.5 * fraction * fraction
    low = s * (half + series * z) + power * 1.90821492927058770002e-10
    return power * 6.93147180369123816490e-01 - ((half - low) - fraction)


@numba.njit(cache=True, **COMPILED)
def _write_kernel(points, knots, even, power, scale, value):
    """Write the kernel between points (point, d) and knots (d, knot) into ``value``."""
    squared = np.empty(knots.shape[1])
    for i in range(points.shape[0]):
        row = value[i]
        squared[:] = TINY
        for axis in range(points.shape[1]):
            position = points[i, axis]
            for j in range(knots.shape[1]):
                difference = position - knots[axis, j]
                squared[j] += difference * difference
        if even:
            for j in range(knots.shape[1]):
                row[j] = scale * _log(squared[j])
        else:
            for j in range(knots.shape[1]):
                row[j] = scale * np.sqrt(squared[j])
        for _ in range(power):
            for j in range(knots.shape[1]):
                row[j] *= squared[j]


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
