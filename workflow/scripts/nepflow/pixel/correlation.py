"""Partial correlation of annual series with several drivers, pixel by pixel; compiled."""

import functools
import itertools

import numpy as np
from numba import njit
from scipy import stats
from scipy.special import betainc

from nepflow.io.missing import MaskedArea, per
from nepflow.pixel import surrogates
from nepflow.study.pixel import CORRELATION, OF_SURROGATES
from nepflow.study.variables import COLOURS

CLASS_NAMES = {
    1: "significant negative",
    2: "negative",
    3: "positive",
    4: "significant positive",
}
CLASS_COLOURS = {1: "#8c510a", 2: "#ead3a2", 3: "#b5dcd6", 4: "#01665e"}


def partial_correlation(series, drivers, years, min_years, detrend=False):
    """Return the correlation of a series with each driver, the others held fixed.

    From the inverse P of the matrix of correlations, ``r = -P_0i / sqrt(P_00 P_ii)``, which for
    three drivers is the second-order recursion of Equation 4; with its two-sided t-test,
    ``t = r sqrt(df / (1 - r^2))``, ``df = n - k - 2`` with k variables held fixed.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing.
    drivers : list of ndarray, each (year, y, x)
        Years count where the series and all drivers have a value.
    years : ndarray, shape (year,)
    min_years : int
        Fewer such years give NaN.
    detrend : bool
        Hold the year fixed too. That is the same as removing a straight line from every series
        first, and costs one more degree of freedom.

    Returns
    -------
    r, p : ndarray, shape (driver, y, x)
        NaN where a series does not vary or the drivers determine one another.

    References
    ----------
    Fisher (1924), Metron 3:329-332. Checked against pingouin 0.7.0 and residuals of numpy's
    least squares.
    """
    r, _, df = _coefficients(series, drivers, years, min_years, detrend)
    return r, betainc(df / 2, 0.5, 1 - r**2)


def correlations(series, drivers, years, min_years, detrend=False):
    """Return partial correlations, and the share that all drivers explain together.

    ``R2 = 1 - 1 / P_00`` with the inverse P of the matrix of correlations, and
    ``F = (R2 / k) / ((1 - R2) / (n - k - 1))`` of k drivers and n years.

    Parameters
    ----------
    series, drivers, years, min_years
        As in `partial_correlation`.
    detrend : bool
        Hold the year fixed: R2 is the share of what the year leaves, with one degree of freedom
        less.

    Returns
    -------
    r, p : ndarray, shape (driver, y, x)
        Of `partial_correlation`.
    r2, p_multiple : ndarray, shape (y, x)
        The share of the series' variance, and its p; NaN where r is.

    References
    ----------
    Fisher (1928), Proc. R. Soc. A 121:654-673. Checked against numpy's least squares.
    """
    r, r2, df = _coefficients(series, drivers, years, min_years, detrend)
    p, p2 = betainc(df / 2, 0.5, 1 - r**2), betainc(df / 2, len(drivers) / 2, 1 - r2)
    return r, p, r2, p2


def _coefficients(series, drivers, years, min_years, detrend):
    """Return r (driver, y, x), R2 and the degrees of freedom that remain (y, x)."""
    flat = _flat(series, drivers, years, detrend)
    variables = len(flat)
    r, r2, count = _all_pixels(flat, max(min_years, variables + 1), len(drivers))
    df = np.maximum(count - variables, 1)
    shape = series.shape[1:]
    # no -1: where no cell has a value there are none to divide by
    return r.reshape(len(drivers), *shape), r2.reshape(shape), df.reshape(shape)


def _flat(series, drivers, years, detrend):
    """Return all variables, each (year, pixel), the year last if it is held fixed."""
    variables = [series, *drivers]
    if detrend:
        variables.append(np.broadcast_to(np.asarray(years)[:, None, None], series.shape))
    return tuple(
        np.ascontiguousarray(variable, dtype="float64").reshape(len(years), -1)
        for variable in variables
    )


def correlation_class(r, p, significance_p):
    """Return the class of `CLASS_NAMES`; NaN where r is absent or exactly 0."""
    significant = p < significance_p
    classes = np.where(r > 0, np.where(significant, 4, 3), np.where(significant, 1, 2))
    return np.where(np.isnan(r) | (r == 0), np.nan, classes)


@njit(cache=True, nogil=True)
def _all_pixels(flat, min_years, wanted):
    n, pixels = flat[0].shape
    variables = len(flat)
    r = np.full((wanted, pixels), np.nan)
    r2 = np.full(pixels, np.nan)
    counts = np.zeros(pixels)
    values = np.empty((variables, n))
    matrix = np.empty((variables, variables))
    for pixel in range(pixels):
        count = 0
        for year in range(n):
            complete = True
            for variable in range(variables):
                values[variable, count] = flat[variable][year, pixel]
                complete = complete and not np.isnan(values[variable, count])
            count += complete
        counts[pixel] = count
        if count < min_years or not _correlations(values, count, matrix):
            continue
        left = 1.0  # what the year alone leaves of the variance
        if variables > wanted + 1:
            left -= matrix[0, wanted + 1] ** 2
        if not _invert(matrix):
            continue
        r2[pixel] = min(max(1 - 1 / (matrix[0, 0] * left), 0.0), 1.0)
        for driver in range(wanted):
            size = np.sqrt(matrix[0, 0] * matrix[driver + 1, driver + 1])
            r[driver, pixel] = min(max(-matrix[0, driver + 1] / size, -1.0), 1.0)
    return r, r2, counts


@njit(cache=True, nogil=True)
def _correlations(values, count, matrix):
    """Fill the matrix of correlations; False where a series does not vary.

    Loops, because an expression of arrays would allocate one a pixel.
    """
    for i in range(len(values)):
        low = high = values[i, 0]
        total = 0.0
        for year in range(count):
            total += values[i, year]
            low, high = min(low, values[i, year]), max(high, values[i, year])
        if low == high:
            return False
        mean = total / count
        squares = 0.0
        for year in range(count):
            values[i, year] -= mean
            squares += values[i, year] * values[i, year]
        size = np.sqrt(squares)
        for year in range(count):
            values[i, year] /= size
    for i in range(len(values)):
        for j in range(i + 1):
            product = 0.0
            for year in range(count):
                product += values[i, year] * values[j, year]
            matrix[i, j] = matrix[j, i] = product
    return True


@njit(cache=True, nogil=True)
def _invert(matrix):
    """Invert in place (Gauss-Jordan, positive definite); False where it is singular."""
    size = len(matrix)
    for k in range(size):
        pivot = matrix[k, k]
        if pivot < 1e-12:
            return False
        matrix[k, k] = 1.0
        for j in range(size):
            matrix[k, j] /= pivot
        for i in range(size):
            if i != k:
                factor = matrix[i, k]
                matrix[i, k] = 0.0
                for j in range(size):
                    matrix[i, j] -= factor * matrix[k, j]
    return True


NON_CLIMATIC = "non-climatic"
WEAK = "weak joint"
_OTHER, _WEAK, _NONE = "#1c9099", "#efe6cf", "#8f8f8f"


def combinations_of(drivers):
    """Return the combinations of drivers in the order of their codes, which begin with 2."""
    sizes = range(1, len(drivers) + 1)
    return [group for size in sizes for group in itertools.combinations(drivers, size)]


def class_names(drivers):
    """Return {code: name}: non-climatic, each combination, weak joint; nine for three drivers."""
    names = [NON_CLIMATIC, *(" + ".join(group) for group in combinations_of(drivers)), WEAK]
    return dict(enumerate(names, start=1))


def class_colours(drivers):
    """Return {code: colour}."""
    groups = [COLOURS.get(group, _OTHER) for group in combinations_of(drivers)]
    return dict(enumerate([_NONE, *groups, _WEAK], start=1))


def dominant_class(p_multiple, p_partial, level):
    """Return the class of `class_names`.

    Non-climatic where F of all drivers is not significant; otherwise the combination of the
    drivers whose partial correlation is, and weak joint where none is.

    Parameters
    ----------
    p_multiple : ndarray, shape (y, x)
        NaN = missing.
    p_partial : ndarray, shape (driver, y, x)
    level : float
        A p below it is significant.

    Returns
    -------
    ndarray, shape (y, x)
    """
    places = range(len(p_partial))
    code_of = np.empty(2 ** len(p_partial))
    groups = combinations_of(tuple(places))
    code_of[0] = len(groups) + 2
    for code, group in enumerate(groups, start=2):
        code_of[sum(2**place for place in group)] = code
    weights = 2 ** np.arange(len(p_partial))
    found = ((p_partial < level) * weights[:, None, None]).sum(axis=0)
    classes = np.where(p_multiple < level, code_of[found], 1)
    return np.where(np.isnan(p_multiple) | np.isnan(p_partial).any(axis=0), np.nan, classes)


def threshold(p, false_discovery_percent):
    """Return the largest p that counts as a discovery among many tests.

    With the p values in ascending order, the largest ``p_k <= k / m * q``; every test with a p
    up to it is a discovery, and of these on average at most q are false.

    Parameters
    ----------
    p : ndarray
        p values of the m tests in any order; NaN = no test.
    false_discovery_percent : float
        q, %.

    Returns
    -------
    float
        -1 where nothing is a discovery.

    References
    ----------
    Benjamini and Hochberg (1995), J. R. Stat. Soc. B 57:289-300. For fields: Wilks (2016),
    Bull. Am. Meteorol. Soc. 97:2263-2273.
    """
    tests = p[~np.isnan(p)]
    found = tests[stats.false_discovery_control(tests) <= false_discovery_percent / 100]
    return float(found.max(initial=-1.0))


COLUMNS = (
    "variable",
    "driver",
    "method",
    "chosen",
    "shared_inputs",
    "quantity",
    "value",
    "unit",
)
SHARES = (
    "positive_share",
    "negative_share",
    "significant_positive_share",
    "significant_negative_share",
    "significant_share",
)


def beside(table):
    """Return the shares of a driver, of its surrogates, and of the way that is not chosen.

    Parameters
    ----------
    table : DataFrame
        Rows of a driver, columns `COLUMNS`.

    Returns
    -------
    own, surrogates : dict of {share of `SHARES`: %}
    other : (str, dict)
        Key of `study.pixel.CORRELATION`, and its shares.
    """
    chosen = table["chosen"].astype(str) == "True"
    own, other = (
        part.set_index("quantity")["value"].astype(float)
        for part in (table[chosen], table[~chosen])
    )
    (method,) = table[~chosen]["method"].unique()
    return (
        {name: own[name] for name in SHARES},
        {name: own[f"{name}{OF_SURROGATES}"] for name in SHARES},
        (method, {name: other[name] for name in SHARES}),
    )


def class_shares(of_signs):
    """Return {name of `CLASS_NAMES`: %} of {share of `SHARES`: %}."""
    found = {}
    for sign in ("negative", "positive"):
        strong = of_signs[f"significant_{sign}_share"]
        found[f"significant {sign}"] = strong
        found[sign] = of_signs[f"{sign}_share"] - strong
    return {name: found[name] for name in CLASS_NAMES.values()}


class Every:
    """Takes every k-th of the cells with a value, row by row from the north, whatever the strips.

    Parameters
    ----------
    cells : int
        How many there are.
    wanted : int
        How many are taken at least; all where there are fewer.
    """

    def __init__(self, cells, wanted):
        self._step, self._seen = max(cells // wanted, 1), 0

    def places(self, known):
        """Return the flat places of a strip (bool, shape (y, x)) that are taken."""
        found = np.flatnonzero(known)
        first = -self._seen % self._step
        self._seen += found.size
        return found[first :: self._step]


def null_counts(series, drivers, years, min_years, options):
    """Return the `counts` that surrogates with each series' own trend and memory give.

    The drivers are as observed, so that what they have in common with a trend and with each
    other stays; see `surrogates.with_own_trend`.

    Parameters
    ----------
    series : ndarray, shape (year, pixel)
        NaN = missing.
    drivers : list of ndarray, each (year, pixel)
    years : sequence of int
    min_years : int
    options : dict
        significance_p, null_draws, seed.

    Returns
    -------
    dict of {str: ndarray of int, shape (driver, 1 + 4)}
        By key of `study.pixel.CORRELATION`.
    """
    generator = np.random.default_rng(options["seed"])
    drivers = [driver[:, None] for driver in drivers]
    found = dict.fromkeys(CORRELATION, 0)
    for _ in range(options["null_draws"]):
        drawn = surrogates.with_own_trend(series[:, None], years, generator)
        for method, detrend in CORRELATION.items():
            r, p = partial_correlation(drawn, drivers, years, min_years, detrend)
            found[method] = found[method] + counts(r, p, options["significance_p"])
    return found


def counts(r, p, level):
    """Return the cells with r, and of either sign: all, and significant; shape (driver, 1 + 4)."""
    signs = r > 0, r < 0
    cases = [~np.isnan(r), *signs, *(sign & (p < level) for sign in signs)]
    return np.stack([case.reshape(len(r), -1).sum(axis=1) for case in cases], axis=1)


def shares(of_driver):
    """Return {share of `SHARES`: %} of a row of `counts`."""
    known, positive, negative, up, down = (int(count) for count in of_driver)
    values = (positive, negative, up, down, up + down)
    return {
        name: 100 * value / known if known else np.nan
        for name, value in zip(SHARES, values, strict=True)
    }


class Sums:
    """What the rows of all drivers need, by both methods, strip by strip.

    Parameters
    ----------
    drivers : list of str
    years : list of int
    min_years : int
    options : dict
        Settings `correlation` of the study.
    cells : int
        With a correlation, of which `Every` takes some for surrogates.
    """

    def __init__(self, drivers, years, min_years, options, cells):
        self.drivers, self.years, self.minimum = drivers, years, min_years
        self.options, self.every = options, Every(cells, options["null_pixels"])
        size = len(drivers)
        self.counts = {method: np.zeros((size, 5), dtype="int64") for method in CORRELATION}
        self.total = {method: np.zeros(size) for method in CORRELATION}
        self.largest = {method: np.zeros((size, 2)) for method in CORRELATION}
        self.area = {method: MaskedArea() for method in CORRELATION}
        self.discovered = np.zeros(size, dtype="int64")
        self.sample = []

    def add(self, series, drivers, reasons, inside, discoveries=()):
        """Add a strip: cubes (year, y, x), the others (y, x); a discovery is 1."""
        level = self.options["significance_p"]
        for method, detrend in CORRELATION.items():
            r, p = partial_correlation(series, drivers, self.years, self.minimum, detrend)
            self.counts[method] += counts(r, p, level)
            rows = np.nansum(r, axis=2).T  # row by row: the same sum whatever the strips
            self.total[method] = functools.reduce(np.add, rows, self.total[method])
            significant = np.where(p < level, p, 0)
            of_signs = [np.where(sign, significant, 0).max(axis=(1, 2)) for sign in (r > 0, r < 0)]
            self.largest[method] = np.maximum(self.largest[method], np.stack(of_signs, axis=1))
            self.area[method].add(~np.isnan(r[0]), reasons, inside)
            if detrend == self.options["detrend"]:
                places = self.every.places(~np.isnan(r[0]))
                cubes = (series, *drivers)
                self.sample.append([cube.reshape(len(cube), -1)[:, places] for cube in cubes])
        for place, found in enumerate(discoveries):
            self.discovered[place] += (found == 1).sum()

    def rows(self, discovered, cell_km2):
        """Yield (driver, method, chosen, quantity, value, unit): shares beside those of chance."""
        series, *drivers = (np.concatenate(part, axis=1) for part in zip(*self.sample, strict=True))
        null = null_counts(series, drivers, self.years, self.minimum, self.options)
        for place, driver in enumerate(self.drivers):
            for method, detrend in CORRELATION.items():
                chosen = detrend == self.options["detrend"]
                for row in self._of_driver(place, method, null[method][place]):
                    yield driver, method, chosen, *row
                if chosen and discovered:
                    share = per(100 * self.discovered[place], self.counts[method][place, 0])
                    yield driver, method, chosen, "discovered_share", share, "%"
                yield driver, method, chosen, "surrogates_of", series.shape[1], "pixels"
                for row in self.area[method].rows(cell_km2):
                    yield driver, method, chosen, *row

    def _of_driver(self, place, method, null):
        own = self.counts[method][place]
        yield "mean_r", per(self.total[method][place], own[0]), "1"
        of_surrogates = shares(null)
        for name, share in shares(own).items():
            yield name, share, "%"
            yield f"{name}{OF_SURROGATES}", of_surrogates[name], "%"
        for sign, largest in zip(
            ("positive", "negative"), self.largest[method][place], strict=True
        ):
            yield f"largest_significant_p_{sign}", largest if largest else np.nan, "1"
