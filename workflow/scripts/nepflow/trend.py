"""Theil-Sen slope and Mann-Kendall test of annual series, one a pixel; compiled."""

import math

import numpy as np
from numba import njit

# |Z| limits of the classes, weakest first: 90, 95, 99 % (two-sided)
CLASS_NAMES = {
    1: "extremely significant decrease",
    2: "significant decrease",
    3: "slightly significant decrease",
    4: "non-significant decrease",
    5: "no change",
    6: "non-significant increase",
    7: "slightly significant increase",
    8: "significant increase",
    9: "extremely significant increase",
}
CLASS_COLOURS = {
    1: "#7f3b08",
    2: "#c7711c",
    3: "#f3b56b",
    4: "#fbe3c3",
    5: "#f2f2f2",
    6: "#d5e8f5",
    7: "#86bcdf",
    8: "#3a80ba",
    9: "#08407f",
}


def theil_sen_mann_kendall(series, years, minimum_years):
    """Return slope, intercept and Z of every pixel's series.

    ``beta = median (x_j - x_i) / (t_j - t_i)`` over all pairs i < j of valid years, with the
    true difference of years; ``Z`` of the Mann-Kendall S with the variance corrected for ties
    and with continuity; the intercept is the median of ``x - beta * (t - t_1)``.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = absent.
    years : ndarray, shape (year,)
        Increasing, gaps allowed.
    minimum_years : int
        Fewer valid years give NaN.

    Returns
    -------
    tuple of ndarray, each (y, x)
        Slope (unit yr-1), value of the line at the first of ``years`` (unit), Z.

    References
    ----------
    Mann (1945); Kendall (1975); Sen (1968). Checked against pymannkendall 1.4.3.
    """
    flat = np.ascontiguousarray(series.reshape(len(years), -1).T)
    slope, start, z = _all_pixels(flat, np.asarray(years, dtype="float64"), minimum_years)
    shape = series.shape[1:]
    return slope.reshape(shape), start.reshape(shape), z.reshape(shape)


def p_value(z):
    """Return the two-sided p of Z, ``2 (1 - Phi(|Z|))``; NaN stays."""
    flat = [math.erfc(abs(value) / math.sqrt(2)) for value in np.ravel(z)]
    return np.reshape(flat, np.shape(z))


def trend_class(slope, z, cuts):
    """Return the nine classes of sign and significance, 1 = strongest decrease .. 9.

    Parameters
    ----------
    slope, z : ndarray
        Theil-Sen slope, Mann-Kendall Z.
    cuts : sequence of three float
        |Z| above which a trend is slightly significant, significant, extremely significant.

    Returns
    -------
    ndarray
        Codes of ``CLASS_NAMES``; NaN where the slope is NaN.
    """
    strength = sum((np.abs(z) > cut).astype("float64") for cut in cuts)
    classes = np.where(slope == 0, 5, 5 + np.sign(slope) * (1 + strength))
    return np.where(np.isnan(slope) | np.isnan(z), np.nan, classes)


@njit(cache=True, nogil=True)
def _all_pixels(flat, years, minimum_years):
    pixels, n = flat.shape
    slope = np.full(pixels, np.nan)
    start = np.full(pixels, np.nan)
    z = np.full(pixels, np.nan)
    pairs = np.empty(n * (n - 1) // 2)
    x = np.empty(n)
    t = np.empty(n)
    for pixel in range(pixels):
        count = 0
        for year in range(n):
            if not np.isnan(flat[pixel, year]):
                x[count] = flat[pixel, year]
                t[count] = years[year]
                count += 1
        if count < max(minimum_years, 2):
            continue
        slope[pixel] = _sen(x, t, count, pairs)
        z[pixel] = _mann_kendall_z(x, count)
        for year in range(count):
            pairs[year] = x[year] - slope[pixel] * (t[year] - years[0])
        start[pixel] = np.median(pairs[:count])
    return slope, start, z


@njit(cache=True, nogil=True)
def _sen(x, t, count, pairs):
    number = 0
    for i in range(count - 1):
        for j in range(i + 1, count):
            pairs[number] = (x[j] - x[i]) / (t[j] - t[i])
            number += 1
    return np.median(pairs[:number])


@njit(cache=True, nogil=True)
def _mann_kendall_z(x, count):
    s = 0
    for i in range(count - 1):
        for j in range(i + 1, count):
            s += (x[j] > x[i]) - (x[j] < x[i])
    variance = count * (count - 1) * (2 * count + 5)
    ordered = np.sort(x[:count])
    run = 1
    for i in range(1, count + 1):
        if i < count and ordered[i] == ordered[i - 1]:
            run += 1
        else:
            variance -= run * (run - 1) * (2 * run + 5)
            run = 1
    if s == 0 or variance <= 0:
        return 0.0
    return (s - np.sign(s)) / math.sqrt(variance / 18)
