"""Surrogates of annual series with the trend and the memory of each, one a pixel; compiled."""

import math

import numpy as np
from numba import njit

_LARGEST = 0.95  # memory that is drawn
_FEWEST = 6  # years that a memory is estimated of
KNOWN = 3  # fewer years have no trend and noise


def with_own_trend(series, years, generator):
    """Return series with the line, the memory and the scatter of each, and nothing else of it.

    ``x* = a + b t + e``: the least-squares line of the series, and first-order autoregressive
    noise freed of its own line and scaled to the sum of squares that the series has about its
    line. So an unrelated series with the same trend, memory and scatter has the same
    distribution. The lag-1 correlation r of n residuals of a line is too small by
    ``(2 + 5 phi) / n``; the noise has ``phi = (n r + 2) / (n - 5)``, at most 0.95.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing; the others count as neighbours.
    years : ndarray, shape (year,)
        Increasing, gaps allowed.
    generator : numpy.random.Generator

    Returns
    -------
    ndarray, shape (year, y, x)
        NaN where the series is, and of fewer than `KNOWN` years.

    References
    ----------
    Allen and Smith (1996), J. Climate 9:3373-3404 (surrogates of red noise). Bias of r: Marriott
    and Pope (1954), Biometrika 41:390-402, here for residuals of a line; the unit test measures
    it.
    """
    flat = np.ascontiguousarray(series, dtype="float64").reshape(len(series), -1)
    shocks = generator.standard_normal(flat.shape)
    found = _all_pixels(flat, np.asarray(years, dtype="float64"), shocks)
    return found.reshape(series.shape)


@njit(cache=True, nogil=True)
def memory_of(lag1, count):
    """Return the memory of noise whose ``count`` residuals of a line have the correlation lag1."""
    if count < _FEWEST:
        return 0.0
    return min(max((count * lag1 + 2) / (count - 5), -_LARGEST), _LARGEST)


@njit(cache=True, nogil=True)
def _all_pixels(flat, years, shocks):
    n, pixels = flat.shape
    found = np.full((n, pixels), np.nan)
    x, t, noise = np.empty((3, n))
    for pixel in range(pixels):
        count = 0
        for year in range(n):
            x[count], t[count] = flat[year, pixel], years[year]
            count += not np.isnan(flat[year, pixel])
        if count < KNOWN:
            continue
        mean, slope, middle, squares = _free_of_line(x, t, count)
        product = 0.0
        for year in range(1, count):
            product += x[year] * x[year - 1]
        memory = memory_of(product / squares, count) if squares > 0 else 0.0
        noise[0] = shocks[0, pixel]
        for year in range(1, count):
            shock = math.sqrt(1 - memory**2) * shocks[year, pixel]
            noise[year] = memory * noise[year - 1] + shock
        _, _, _, drawn = _free_of_line(noise, t, count)
        size, place = math.sqrt(squares / drawn), 0
        for year in range(n):
            if not np.isnan(flat[year, pixel]):
                line = mean + slope * (t[place] - middle)
                found[year, pixel] = line + size * noise[place]
                place += 1
    return found


@njit(cache=True, nogil=True)
def _free_of_line(x, t, count):
    """Take the least-squares line out of ``x``; return mean, slope, middle, squares left."""
    mean, middle = x[:count].mean(), t[:count].mean()
    product = square = 0.0
    for i in range(count):
        product += (t[i] - middle) * (x[i] - mean)
        square += (t[i] - middle) ** 2
    slope, left = product / square, 0.0
    for i in range(count):
        x[i] -= mean + slope * (t[i] - middle)
        left += x[i] ** 2
    return mean, slope, middle, left
