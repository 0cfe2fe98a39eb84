"""Theil-Sen slope and Mann-Kendall test of annual series, one a pixel; compiled."""

import math

import numpy as np
from numba import njit
from scipy.special import erfc, ndtri

from nepflow.study.pixel import AUTOCORRELATION, HAMED_RAO, TFPW

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
CODES = {name: code for code, name in enumerate(AUTOCORRELATION)}  # compiled code has no text
_Z_OF_LAGS = 1.959963984540054  # 95 %: only lags beyond it count (Hamed and Rao)
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


def theil_sen_mann_kendall(series, years, min_years, autocorrelation="none"):
    """Return slope, value of the line in the first year, and Z: see `trend_statistics`."""
    found = trend_statistics(series, years, min_years, autocorrelation, None)
    return found["slope"], found["start"], found["z"]


def trend_statistics(series, years, min_years, autocorrelation="none", confidence_percent=95):
    """Return the trend of every pixel's series.

    ``beta = median (x_j - x_i) / (t_j - t_i)`` over all pairs i < j of valid years, with the
    true difference of years; its interval from the ordered pairwise slopes (Sen 1968); ``Z``
    of the Mann-Kendall S with the variance corrected for ties and with continuity; the line is
    ``median (x - beta * (t - t_1))`` in the first year.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing.
    years : ndarray, shape (year,)
        Increasing, gaps allowed.
    min_years : int
        Fewer valid years give NaN.
    autocorrelation : str
        Key of `study.pixel.AUTOCORRELATION`.
        What Z does about it: nothing; trend-free pre-whitening (Yue et al. 2002); the variance
        of S, and with it the interval of the slope, inflated by the significant autocorrelations
        of the ranks (Hamed and Rao 1998), never deflated. Valid values count as neighbours across
        a gap.
    confidence_percent : float or None
        Of the interval of the slope; None leaves it out, which takes half the time.

    Returns
    -------
    dict of ndarray, each (y, x)
        slope, low, high (unit yr-1), start (unit), z, lag1: autocorrelation of the residuals
        of the line at lag 1.

    References
    ----------
    Mann (1945); Kendall (1975); Sen (1968), JASA 63:1379-1389; Hamed and Rao (1998), J. Hydrol.
    204:182-196; Yue et al. (2002), Hydrol. Process. 16:1807-1829. Checked against pymannkendall
    1.4.3 and scipy.stats.theilslopes.
    """
    flat = np.ascontiguousarray(series).reshape(len(years), -1)
    quantile = np.nan if confidence_percent is None else ndtri(0.5 + confidence_percent / 200)
    found = _all_pixels(
        flat,
        np.asarray(years, dtype="float64"),
        max(min_years, 2),
        CODES[autocorrelation],
        quantile,
    )
    names = ("slope", "low", "high", "start", "z", "lag1")
    return dict(zip(names, found.reshape(len(names), *series.shape[1:]), strict=True))


def p_value(z):
    """Return the two-sided p of Z, ``2 (1 - Phi(|Z|))``; NaN stays."""
    return erfc(np.abs(z) / math.sqrt(2))


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
def _all_pixels(flat, years, min_years, autocorrelation, quantile):
    n, pixels = flat.shape
    found = np.full((6, pixels), np.nan)
    pairs, half, spare = np.empty((3, n * (n - 1) // 2 + n))
    x, t, rest = np.empty((3, n))
    for pixel in range(pixels):
        count = 0
        for year in range(n):
            x[count], t[count] = flat[year, pixel], years[year]
            count += not np.isnan(flat[year, pixel])
        if count < min_years:
            continue
        s, variance = _score(x, count)
        number = _slopes(x, t, count, pairs)
        slope = _median(pairs, number, half, spare)
        for year in range(count):
            rest[year] = x[year] - (t[year] - t[0] + 1) * slope
        lag1 = _autocorrelation(rest, count, 1)
        if autocorrelation == HAMED_RAO:
            variance *= _inflation(rest, count)
        low, high = _limits(pairs, number, half, spare, quantile * math.sqrt(variance))
        for year in range(count):
            pairs[year] = x[year] - slope * (t[year] - years[0])
        start = _median(pairs, count, half, spare)
        if autocorrelation == TFPW:
            for year in range(1, count):
                white = rest[year] - rest[year - 1] * lag1
                x[year - 1] = white + (t[year] - t[0]) * slope
            s, variance = _score(x, count - 1)
        found[:, pixel] = slope, low, high, start, _z(s, variance), lag1
    return found


@njit(cache=True, nogil=True)
def _slopes(x, t, count, pairs):
    """Fill the slopes of all pairs; return their number."""
    number = 0
    for lag in range(1, count):
        for i in range(count - lag):  # years of one distance, so that the compiler can vectorise
            pairs[number + i] = (x[i + lag] - x[i]) / (t[i + lag] - t[i])
        number += count - lag
    return number


@njit(cache=True, nogil=True)
def _limits(pairs, number, half, spare, width):
    """The slopes ``width`` / 2 ranks below and above the median; NaN without a width."""
    if np.isnan(width):
        return np.nan, np.nan
    upper = min(round((number + width) / 2), number - 1)
    lower = max(round((number - width) / 2) - 1, 0)
    return (
        _ranked(pairs, number, lower, half, spare),
        _ranked(pairs, number, upper, half, spare),
    )


@njit(cache=True, nogil=True)
def _median(values, number, half, spare):
    middle = _ranked(values, number, number // 2, half, spare)
    if number % 2:
        return middle
    below, count = -np.inf, 0
    for i in range(number):
        count += values[i] < middle
        below = max(below, values[i] if values[i] < middle else -np.inf)
    return (below + middle) / 2 if count == number // 2 else middle


@njit(cache=True, nogil=True)
def _ranked(values, number, rank, half, spare):
    """The value of a rank (from 0): quickselect without branches, which mispredict.

    Parts overwrite the array they come from only behind the place that is read.
    """
    source, low, high = values, half, spare
    while number > 3:
        a, b, c = source[number // 4], source[number // 2], source[3 * number // 4]
        pivot = max(min(a, b), min(max(a, b), c))
        below = above = 0
        for i in range(number):
            value = source[i]
            low[below] = value
            high[above] = value
            below += value < pivot
            above += value > pivot
        if rank < below:
            source, number = low, below
        elif rank < number - above:
            return pivot
        else:
            rank -= number - above
            source, number = high, above
    return np.sort(source[:number])[rank]


@njit(cache=True, nogil=True)
def _score(x, count):
    """Mann-Kendall S and its variance, corrected for ties."""
    s = equal = 0
    for lag in range(1, count):
        for i in range(count - lag):
            s += (x[i + lag] > x[i]) - (x[i + lag] < x[i])
            equal += x[i + lag] == x[i]
    variance = count * (count - 1) * (2 * count + 5)
    if equal:
        ordered = np.sort(x[:count])
        run = 1
        for i in range(1, count + 1):
            if i < count and ordered[i] == ordered[i - 1]:
                run += 1
            else:
                variance -= run * (run - 1) * (2 * run + 5)
                run = 1
    return s, max(variance, 0) / 18


@njit(cache=True, nogil=True)
def _z(s, variance):
    if s == 0:
        return 0.0
    return (s - np.sign(s)) / math.sqrt(variance) if variance > 0 else np.nan


@njit(cache=True, nogil=True)
def _autocorrelation(x, count, lag):
    mean = x[:count].mean()
    product = square = 0.0
    for i in range(count):
        square += (x[i] - mean) ** 2
        if i >= lag:
            product += (x[i] - mean) * (x[i - lag] - mean)
    return product / square if square > 0 else np.nan


@njit(cache=True, nogil=True)
def _inflation(x, count):
    """Factor of the variance of S from the autocorrelations of the ranks of ``x``, at least 1.

    Of the 23 lags of 24 years one is significant by chance. Negative ones would take variance
    away, in some series more than there is, and give p values that noise does not have.
    """
    ranks = np.empty(count)
    for i in range(count):
        below = equal = 0
        for j in range(count):
            below += x[j] < x[i]
            equal += x[j] == x[i]
        ranks[i] = below + (equal + 1) / 2
    total = 0.0
    for lag in range(1, count):
        r = _autocorrelation(ranks, count, lag)
        if abs(r) > _Z_OF_LAGS / math.sqrt(count):
            total += (count - lag) * (count - lag - 1) * (count - lag - 2) * r
    factor = 1 + 2 / (count * (count - 1) * (count - 2)) * total
    return max(factor, 1.0)
