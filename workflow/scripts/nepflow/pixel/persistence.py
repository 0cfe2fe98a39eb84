"""Hurst exponent of annual series by rescaled range, and its classes with the trend; compiled."""

import math

import numpy as np
from numba import njit

from nepflow.io.missing import MaskedArea
from nepflow.pixel import trend
from nepflow.study.pixel import HURST

METHODS = {name: code for code, name in enumerate(HURST)}  # compiled code has no text
BLOCK_SIZES = (4, 6, 8, 12)  # and the whole series; only those that fit at least twice
LIMIT = 0.5  # of H: persistent above, the opposite below
TREND_PERSISTENCE_NAMES = {
    1: "continuous decrease",
    2: "decrease, then increase",
    3: "undetermined",
    4: "increase, then decrease",
    5: "continuous increase",
}
TREND_PERSISTENCE_COLOURS = {1: "#a5521f", 2: "#e8b27a", 3: "#f2f2f2", 4: "#8fc3dc", 5: "#1f5f9e"}


def hurst(series, min_years, method):
    """Return the Hurst exponent of every pixel's series by rescaled range.

    With m and S mean and population deviation of tau values, and R the range of the cumulated
    ``x - m``: H is the slope of the least-squares line of ln(R/S) on ln(tau).

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing; the others count as neighbours.
    min_years : int
        Fewer valid years give NaN.
    method : {"prefix", "prefix_from_2", "blocks", "anis_lloyd", "differenced"}
        ``prefix``: tau is the first 3, 4, .. n values, as vegetation studies do;
        ``prefix_from_2``: from 2, where ln(R/S) is always 0; ``blocks``: mean R/S of
        non-overlapping blocks of `BLOCK_SIZES` and of the whole; ``anis_lloyd``: 0.5 and the
        slope of ln of blocks over their expectation for white noise; ``differenced``: prefixes
        from 3 of the differences. Prefixes and blocks without variation are left out.

    Returns
    -------
    ndarray, shape (y, x)

    References
    ----------
    Hurst (1951), Trans. ASCE 116:770-808; Anis and Lloyd (1976), Biometrika 63:111-116. Blocks
    checked against nolds 0.6.2.
    """
    flat = np.ascontiguousarray(series).reshape(len(series), -1)
    found = _all_pixels(
        flat, min_years, METHODS[method], np.array(BLOCK_SIZES), expected_range(len(series))
    )
    return found.reshape(series.shape[1:])


def expected_range(largest):
    """Return E[R/S] of 0 .. ``largest`` values of white noise, population deviation.

    ``Gamma((n - 1) / 2) / (sqrt(pi) Gamma(n / 2)) * sum_i sqrt((n - i) / i)``; NaN below 2.
    """
    expected = np.full(largest + 1, np.nan)
    for n in range(2, largest + 1):
        ratio = math.exp(math.lgamma((n - 1) / 2) - math.lgamma(n / 2)) / math.sqrt(math.pi)
        i = np.arange(1, n)
        expected[n] = ratio * np.sqrt((n - i) / i).sum()
    return expected


def trend_persistence(slope, exponent, tolerance):
    """Return the class of `TREND_PERSISTENCE_NAMES` of trend and persistence.

    Undetermined where the slope is 0 or H lies within ``tolerance`` of 0.5; NaN where either is.
    """
    persistent = np.where(exponent > LIMIT, 1, -1)
    classes = np.where(slope > 0, np.where(persistent > 0, 5, 4), np.where(persistent > 0, 1, 2))
    classes = np.where((slope == 0) | (np.abs(exponent - LIMIT) <= tolerance), 3, classes)
    return np.where(np.isnan(slope) | np.isnan(exponent), np.nan, classes)


@njit(cache=True, nogil=True)
def _all_pixels(flat, min_years, method, sizes, expected):
    n, pixels = flat.shape
    found = np.full(pixels, np.nan)
    x = np.empty(n)
    for pixel in range(pixels):
        count = 0
        for year in range(n):
            if not np.isnan(flat[year, pixel]):
                x[count] = flat[year, pixel]
                count += 1
        if count < max(min_years, 3):
            continue
        if method == 2 or method == 3:
            found[pixel] = _of_blocks(x, count, sizes, expected, method == 3)
        elif method == 4:
            for year in range(count - 1):
                x[year] = x[year + 1] - x[year]
            found[pixel] = _of_prefixes(x, count - 1, 3)
        else:
            found[pixel] = _of_prefixes(x, count, 2 if method == 1 else 3)
    return found


@njit(cache=True, nogil=True)
def _rescaled_range(x, start, tau):
    """R/S of ``tau`` values from ``start``; 0 where they do not vary."""
    mean = 0.0
    low = high = x[start]
    for i in range(start, start + tau):
        mean += x[i]
        low, high = min(low, x[i]), max(high, x[i])
    if low == high:
        return 0.0
    mean /= tau
    square = total = lowest = 0.0
    highest = -np.inf
    lowest = np.inf
    for i in range(start, start + tau):
        total += x[i] - mean
        square += (x[i] - mean) ** 2
        lowest, highest = min(lowest, total), max(highest, total)
    return (highest - lowest) / math.sqrt(square / tau)


@njit(cache=True, nogil=True)
def _of_prefixes(x, count, first):
    number, sx, sy, sxx, sxy = 0, 0.0, 0.0, 0.0, 0.0
    for tau in range(first, count + 1):
        ratio = _rescaled_range(x, 0, tau)
        if ratio > 0:
            a, b = math.log(tau), math.log(ratio)
            number, sx, sy, sxx, sxy = number + 1, sx + a, sy + b, sxx + a * a, sxy + a * b
    return _slope(number, sx, sy, sxx, sxy)


@njit(cache=True, nogil=True)
def _of_blocks(x, count, sizes, expected, corrected):
    number, sx, sy, sxx, sxy = 0, 0.0, 0.0, 0.0, 0.0
    for place in range(sizes.size + 1):
        tau = sizes[place] if place < sizes.size else count
        if place < sizes.size and 2 * tau > count:
            continue
        total, blocks = 0.0, 0
        for block in range(count // tau):
            ratio = _rescaled_range(x, block * tau, tau)
            if ratio > 0:
                total, blocks = total + ratio, blocks + 1
        if blocks:
            ratio = total / blocks / (expected[tau] if corrected else 1.0)
            a, b = math.log(tau), math.log(ratio)
            number, sx, sy, sxx, sxy = number + 1, sx + a, sy + b, sxx + a * a, sxy + a * b
    return _slope(number, sx, sy, sxx, sxy) + (0.5 if corrected else 0.0)


@njit(cache=True, nogil=True)
def _slope(number, sx, sy, sxx, sxy):
    """Slope of the least-squares line; NaN of fewer than two points."""
    spread = number * sxx - sx * sx
    return (number * sxy - sx * sy) / spread if number > 1 and spread > 0 else np.nan


NOISE = ("white_noise", "autoregression")
BESIDE = tuple(f"_of_{name}" for name in NOISE)  # after the name of a share: that of noise
ALL = "all"  # key of the share with H above 0.5; the others are classes of `trend_persistence`


def years_of_pixels(series, known):
    """Return how many pixels have each number of valid years.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing.
    known : ndarray of bool, shape (y, x)
        Pixels that count.

    Returns
    -------
    ndarray of int, shape (year + 1,)
    """
    valid = (~np.isnan(series)).sum(axis=0)
    return np.bincount(valid[known], minlength=len(series) + 1)


def null_shares(pixels, method, options):
    """Return the shares that series without trend and memory, or with little memory, give.

    Parameters
    ----------
    pixels : ndarray of int, shape (year + 1,)
        See `years_of_pixels`: simulated series are as long, in the same proportions. Where the
        gaps of a series lie is not simulated: its years are the first ones.
    method : str
        See `persistence.hurst`.
    options : dict
        tolerance, autoregression, draws, seed.

    Returns
    -------
    dict of {str: (float, float)}
        By `ALL` and name of the class: share of white noise and of AR(1), %; NaN
        without pixels.
    """
    names = [ALL, *TREND_PERSISTENCE_NAMES.values()]
    if not pixels.sum():
        return dict.fromkeys(names, (math.nan, math.nan))
    found = [_shares(pixels, method, phi, options) for phi in (0, options["autoregression"])]
    return dict(zip(names, zip(*found, strict=True), strict=True))


def noise(pixels, autoregression, draws, seed):
    """Return simulated series, NaN after their last year; shape (year, draws, 1)."""
    years = len(pixels) - 1
    values = np.random.default_rng(seed).standard_normal((years, draws, 1))
    values[0] /= math.sqrt(1 - autoregression**2)
    for year in range(1, years):
        values[year] += autoregression * values[year - 1]
    place = (np.arange(draws) + 0.5) / draws * pixels.sum()
    lengths = np.searchsorted(np.cumsum(pixels), place, side="right")
    values[np.arange(years)[:, None] >= lengths] = np.nan
    return values


def _shares(pixels, method, autoregression, options):
    series = noise(pixels, autoregression, options["draws"], options["seed"])
    exponent = hurst(series, 3, method)
    slope, _, _ = trend.theil_sen_mann_kendall(series, np.arange(len(series)), 2)
    classes = trend_persistence(slope, exponent, options["tolerance"])
    known = max((~np.isnan(exponent)).sum(), 1)
    counts = [(exponent > 0.5).sum(), *((classes == c).sum() for c in TREND_PERSISTENCE_NAMES)]
    return [100 * float(count) / known for count in counts]


COLUMNS = ("method", "chosen", "quantity", "class", "value", "unit")


class Sums:
    """What the rows of one method need, strip by strip.

    Parameters
    ----------
    method : str
        See `persistence.hurst`.
    years : int
        Length of the series.
    min_years : int
    options : dict
        Settings `persistence` of the study.
    """

    def __init__(self, method, years, min_years, options):
        self.method, self.minimum, self.options = method, min_years, options
        self.above, self.total = 0, 0.0
        self.pixels = np.zeros(years + 1, dtype="int64")
        self.classes = np.zeros(len(TREND_PERSISTENCE_NAMES), dtype="int64")
        self.area = MaskedArea()

    def add(self, series, slope, reasons, inside):
        """Add a strip: ``series`` (year, y, x), the others (y, x) as for `MaskedArea.add`."""
        exponent = hurst(series, self.minimum, self.method)
        known = ~np.isnan(exponent)
        self.above += int((exponent > 0.5).sum())
        self.total += float(np.sum(exponent[known]))
        self.pixels += years_of_pixels(series, known)
        codes = trend_persistence(slope, exponent, self.options["tolerance"])
        self.classes += [(codes == code).sum() for code in TREND_PERSISTENCE_NAMES]
        self.area.add(known, reasons, inside)

    def rows(self, cell_km2):
        """Yield rows in the order of `COLUMNS`: shares beside those of chance, and areas."""
        about = self.method, self.method == self.options["method"]
        chance = null_shares(self.pixels, self.method, self.options)
        counts = dict(zip(TREND_PERSISTENCE_NAMES.values(), self.classes, strict=True))
        known, coupled = max(self.pixels.sum(), 1), max(self.classes.sum(), 1)
        shares = [("persistent_share", ALL, 100 * self.above / known)]
        shares += [
            ("trend_persistence_share", name, 100 * n / coupled) for name, n in counts.items()
        ]
        for quantity, of, share in shares:
            yield (*about, quantity, of, share, "%")
            for suffix, value in zip(BESIDE, chance[of], strict=True):
                yield (*about, f"{quantity}{suffix}", of, value, "%")
        coefficient = self.options["autoregression"]
        yield (*about, "autoregression", ALL, coefficient, "1")
        yield (*about, "mean_exponent", ALL, self.total / known, "1")
        for quantity, value, unit in self.area.rows(cell_km2):
            yield (*about, quantity, ALL, value, unit)


def chance_of_classes(table):
    """Return what chance gives of the classes of trend and persistence by the chosen method.

    Parameters
    ----------
    table : DataFrame
        Columns `COLUMNS`.

    Returns
    -------
    shares : dict of {str: (float, float)}
        By class: of white noise and of AR(1), %.
    autoregression : float
        Coefficient of the AR(1) process.
    """
    rows = table[table["chosen"].astype(str) == "True"]
    columns = [
        rows[rows["quantity"] == f"trend_persistence_share{suffix}"].set_index("class")["value"]
        for suffix in BESIDE
    ]
    shares = {name: tuple(float(values[name]) for values in columns) for name in columns[0].index}
    (coefficient,) = rows[rows["quantity"] == "autoregression"]["value"]
    return shares, float(coefficient)
