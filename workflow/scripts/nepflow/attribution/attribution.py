"""Trends split into what climate explains and the residual, pixel by pixel; compiled."""

from typing import NamedTuple

import numpy as np
from numba import njit
from scipy.special import betainc

from nepflow.io import tables
from nepflow.pixel import surrogates
from nepflow.study.attribution import METHODS, YEARS_PER_PARAMETER, parameters

HOW = {
    "restrend": "regression on climate",
    "joint": "regression on climate and the year",
    "first_difference": "regression of differences from year to year",
}
SMALLEST = 1e-9  # |slope| below which a sign means nothing
CASES = {
    1: "rises, climate and rest raise it",
    2: "rises by climate alone",
    3: "rises by the residual alone",
    4: "falls, climate and rest lower it",
    5: "falls by climate alone",
    6: "falls by the residual alone",
    7: "undetermined",
}
CASE_COLOURS = {
    1: "#5aae61",
    2: "#2166ac",
    3: "#1b7837",
    4: "#bf812d",
    5: "#92c5de",
    6: "#8c510a",
    7: "#d9d9d9",
}
DOMINANT = {
    1: "climate",
    2: "climate and the residual alike",
    3: "the residual, human activity in it",
    4: "no significant trend",
    5: "undetermined",
}
DOMINANT_COLOURS = {1: "#4393c3", 2: "#c2a5cf", 3: "#e08214", 4: "#f0f0f0", 5: "#bdbdbd"}


class Attribution(NamedTuple):
    """Slopes per year in the unit of the series; NaN where nothing could be fitted.

    ``observed`` = ``climate`` + ``rest``; ``climate`` is the sum of ``drivers`` (driver, y, x).
    ``p`` is that of the observed slope (two-sided t-test with as many years as are worth
    independent ones, see `attribute`), ``time_r2`` the share of the year's
    variance that the drivers explain, ``coefficients`` (driver, y, x) those of the drivers.
    """

    observed: np.ndarray
    climate: np.ndarray
    rest: np.ndarray
    drivers: np.ndarray
    p: np.ndarray
    time_r2: np.ndarray
    coefficients: np.ndarray


def attribute(series, drivers, years, method, min_years, calibration=None, coefficients=None):
    """Return the slope of a series split into climate and the residual.

    The climate part is ``sum b_i x_i``, the rest is what is left of the series; both slopes are
    those of least squares over all years, so they add. The coefficients b come from regressions
    of the series on the drivers (``restrend``), on the drivers and the year (``joint``), or of
    its differences from year to year on those of the drivers (``first_difference``).

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing; a year counts where the series and all drivers have a value.
    drivers : sequence of ndarray, each (year, y, x)
    years : sequence of int
    method : {"restrend", "joint", "first_difference"}
    min_years : int
        Fewer years give NaN, and at least two more than parameters are needed in any case.
    calibration : (int, int), optional
        Years that the coefficients come from, both included; all otherwise. A pixel with fewer
        than three such years a parameter is absent.
    coefficients : ndarray, shape (driver, y, x), optional
        Those of `attribution.at_pixels`; then nothing is fitted in the pixel itself. NaN = missing.

    Returns
    -------
    Attribution

    Notes
    -----
    n years whose residuals of the line have the memory ``phi`` (`surrogates.memory_of`) are worth
    ``n (1 - phi) / (1 + phi)``, at least 3 and at most n.

    References
    ----------
    Santer et al. (2000), J. Geophys. Res. 105:7337-7356 (effective number of years, in the error
    of the slope and in the degrees of freedom).

    Raises
    ------
    ValueError
        If the method is unknown.
    """
    if method not in METHODS:
        raise ValueError(f"{method} is no method of attribution: {', '.join(METHODS)}")
    years, wanted = np.asarray(years, dtype="float64"), len(drivers)
    stack = [np.asarray(v, dtype="float64").reshape(len(years), -1) for v in (series, *drivers)]
    flat = np.ascontiguousarray(np.stack(stack).transpose(2, 0, 1))
    low, high = calibration or (years[0], years[-1])
    fitted = parameters(wanted, method)
    least = YEARS_PER_PARAMETER * fitted if calibration else fitted + 2
    within = (years >= low) & (years <= high)
    minimum = max(min_years, wanted + 3)
    given = np.empty((wanted, 0)) if coefficients is None else coefficients.reshape(wanted, -1)
    given = np.ascontiguousarray(given, dtype="float64")
    out = _all_pixels(flat, years, within, METHODS.index(method), minimum, least, given)
    shape = series.shape[1:]
    observed, climate, rest, r2, time_r2, worth = (row.reshape(shape) for row in out[:6])
    p = betainc(np.maximum(worth - 2, 1) / 2, 0.5, np.clip(1 - r2, 0, 1))
    drivers, coefficients = out[6:].reshape(2, wanted, *shape)
    return Attribution(observed, climate, rest, drivers, p, time_r2, coefficients)


def case(observed, climate, rest):
    """Return the code of `CASES`, from the signs; 7 where a slope is absent or below `SMALLEST`."""
    up, warm, more = observed > 0, climate > 0, rest > 0
    known = np.minimum(np.minimum(np.abs(observed), np.abs(climate)), np.abs(rest)) >= SMALLEST
    conditions = [
        known & up & warm & more,
        known & up & warm & ~more,
        known & up & ~warm & more,
        known & ~up & ~warm & ~more,
        known & ~up & ~warm & more,
        known & ~up & warm & ~more,
    ]
    return np.select(conditions, [1, 2, 3, 4, 5, 6], 7).astype("float64")


def residual_share(observed, rest, cases):
    """Return the share of the residual in the trend, %; that of climate is what lacks to 100.

    The ratio of slopes where both act alike (cases 1 and 4), 100 or 0 where one acts alone; NaN
    where the case is undetermined.
    """
    ratio = 100 * rest / np.where(observed == 0, np.nan, observed)
    alike, alone = np.isin(cases, (1, 4)), np.isin(cases, (3, 6))
    shares = np.where(alike, np.clip(ratio, 0, 100), np.where(alone, 100.0, 0.0))
    return np.where(cases == 7, np.nan, shares)


def dominant(share, p, significance_p, dominance_percent=50):
    """Return the code of `DOMINANT`.

    Parameters
    ----------
    share : ndarray
        Of the residual, %; NaN = undetermined.
    p : ndarray
        Of the observed slope; NaN counts as undetermined too.
    significance_p : float
        Level; 1 leaves no pixel without a trend.
    dominance_percent : float
        Share above which a factor dominates, at least 50.
    """
    code = np.where(share > dominance_percent, 3.0, 2.0)
    code = np.where(100 - share > dominance_percent, 1.0, code)
    code = np.where(p > significance_p, 4.0, code)
    return np.where(np.isnan(share) | np.isnan(p), 5.0, code)


@njit(cache=True, nogil=True)
def _all_pixels(flat, years, within, method, minimum, least, given):
    """Rows: observed, climate, rest, r2 of the observed slope, r2 of time, worth, drivers, b.

    Worth: independent years that the years are worth; drivers: their slopes.
    """
    pixels, variables, n = flat.shape
    k = variables - 1
    out = np.full((6 + 2 * k, pixels), np.nan)
    values, time, inside = np.empty((variables, n)), np.empty(n), np.empty(n, dtype=np.bool_)
    for pixel in range(pixels):
        m = 0
        for year in range(n):
            for variable in range(variables):
                values[variable, m] = flat[pixel, variable, year]
            if not np.isnan(values[:, m].sum()):
                time[m], inside[m] = years[year], within[year]
                m += 1
        if m < minimum:
            continue
        known = np.ascontiguousarray(values[:, :m])
        if given.shape[1]:
            b = given[:, pixel].copy()
        else:
            b = _coefficients(known, time[:m], inside[:m], method, least)
        columns = _centred(known[1:])
        t = time[:m] - time[:m].mean()
        left = _solved(columns, t, np.empty(k))
        if np.isnan(b).any() or left < 0:
            continue
        tt = (t * t).sum()
        y = known[0] - known[0].mean()
        climate = np.zeros(m)
        for i in range(k):
            climate += b[i] * columns[i]
            out[6 + i, pixel] = b[i] * (t * columns[i]).sum() / tt
            out[6 + k + i, pixel] = b[i]
        slope = (t * y).sum() / tt
        out[0, pixel] = slope
        out[1, pixel] = (t * climate).sum() / tt
        out[2, pixel] = (t * (y - climate)).sum() / tt
        out[3, pixel] = slope * slope * tt / max((y * y).sum(), 1e-300)
        out[4, pixel] = 1 - left / tt
        out[5, pixel] = _worth(y - slope * t)
    return out


@njit(cache=True, nogil=True)
def _worth(rest):
    """Independent years that the years with these residuals of a line are worth."""
    count, squares = rest.size, (rest * rest).sum()
    lag1 = (rest[1:] * rest[:-1]).sum() / squares if squares > 0 else 0.0
    memory = max(surrogates.memory_of(lag1, count), 0.0)
    return max(count * (1 - memory) / (1 + memory), 3.0)


@njit(cache=True, nogil=True)
def _coefficients(known, time, inside, method, least):
    """Coefficients of the drivers; NaN where they cannot be told apart or years are few."""
    variables, m = known.shape
    rows = np.empty((variables + 1, m))
    count = 0
    years = inside.sum()
    for year in range(m):
        if method == 2:
            if year == 0 or time[year] != time[year - 1] + 1:
                continue
            if not (inside[year] and inside[year - 1]):
                continue
            rows[:variables, count] = known[:, year] - known[:, year - 1]
        elif inside[year]:
            rows[:variables, count] = known[:, year]
            rows[variables, count] = time[year]
        else:
            continue
        count += 1
    b = np.full(variables, np.nan)
    last = variables + 1 if method == 1 else variables
    if years < least or count < last + 1:
        return b[: variables - 1]
    table = _centred(np.ascontiguousarray(rows[:last, :count]))
    found = np.empty(last - 1)
    if _solved(table[1:], table[0], found) >= 0:
        b[: variables - 1] = found[: variables - 1]
    return b[: variables - 1]


@njit(cache=True, nogil=True)
def _centred(rows):
    """Rows less their means."""
    result = np.empty(rows.shape)
    for i in range(len(rows)):
        result[i] = rows[i] - rows[i].mean()
    return result


@njit(cache=True, nogil=True)
def _solved(columns, target, found):
    """Write the least-squares coefficients; return the sum of squares left, -1 if singular."""
    k = len(columns)
    q, r = columns.copy(), np.zeros((k, k))
    left, c = target.copy(), np.empty(k)
    for j in range(k):
        size = np.sqrt((columns[j] * columns[j]).sum())
        for _ in range(2):  # twice is enough: orthogonal to the last digit
            for i in range(j):
                part = (q[i] * q[j]).sum()
                r[i, j] += part
                q[j] -= part * q[i]
        r[j, j] = np.sqrt((q[j] * q[j]).sum())
        if not r[j, j] > 1e-8 * size:
            return -1.0
        q[j] /= r[j, j]
        c[j] = (q[j] * left).sum()
        left -= c[j] * q[j]
    for j in range(k - 1, -1, -1):
        found[j] = c[j]
        for i in range(j + 1, k):
            found[j] -= r[j, i] * found[i]
        found[j] /= r[j, j]
    return (left * left).sum()


class Pool:
    """Regression of a series on its drivers with an intercept of every pixel, by type.

    Every pixel is taken less its own mean over the calibration years (the within estimator), the
    cross products are added up by type, and a type has one set of coefficients.

    Parameters
    ----------
    years : sequence of int
    method : {"restrend", "joint", "first_difference"}
        As in `attribution.attribute`; joint has the year beside the drivers, and differences from
        year to year have a drift of every pixel.
    calibration : (int, int)
        First and last year that count.

    References
    ----------
    Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, 2nd ed., section 10.5
    (fixed effects estimation).
    """

    def __init__(self, years, method, calibration):
        if method not in METHODS:
            raise ValueError(f"{method} is no method of attribution: {', '.join(METHODS)}")
        years = np.asarray(years, dtype="float64")
        self.years, self.method = years, method
        self.within = (years >= calibration[0]) & (years <= calibration[1])
        self.products, self.pixels = {}, {}

    def add(self, series, drivers, types):
        """Count a block of pixels.

        Parameters
        ----------
        series : ndarray, shape (year, y, x)
            NaN = missing; a year counts where the series and all drivers have a value.
        drivers : sequence of ndarray, each (year, y, x)
        types : ndarray, shape (y, x)
            Code of the type; NaN counts nowhere.
        """
        columns = self._columns(series, drivers)
        known = np.isfinite(columns).all(axis=0)
        count = known.sum(axis=0)
        means = np.where(known, columns, 0).sum(axis=1) / np.maximum(count, 1)
        centred = np.where(known, columns - means[:, None], 0)
        types = np.asarray(types, dtype="float64").ravel()
        for code in np.unique(types[np.isfinite(types) & (count > 1)]):
            own = centred[:, :, (types == code) & (count > 1)].reshape(len(columns), -1)
            self.products[code] = self.products.get(code, 0.0) + own @ own.T
            here = int(((types == code) & (count > 1)).sum())
            self.pixels[code] = self.pixels.get(code, 0) + here

    def _columns(self, series, drivers):
        """Series, drivers and the year where it is one of them, (variable, row, pixel)."""
        stack = np.stack([np.reshape(v, (len(self.years), -1)) for v in (series, *drivers)])
        if self.method == "first_difference":
            steps = (np.diff(self.years) == 1) & self.within[1:] & self.within[:-1]
            return np.diff(stack, axis=1)[:, steps]
        kept = stack[:, self.within]
        if self.method == "joint":
            time = np.broadcast_to(self.years[self.within][:, None], kept.shape[1:])
            kept = np.concatenate([kept, (time - self.years.mean())[None]])
        return kept

    def coefficients(self):
        """Return {code: ndarray (driver,)}, unit of the series a unit of the driver.

        NaN where the drivers cannot be told apart.
        """
        found = {}
        for code, products in self.products.items():
            scale = np.sqrt(np.diag(products))[1:]
            matrix = products[1:, 1:] / np.where(scale > 0, np.outer(scale, scale), 1)
            size = len(scale) - (self.method == "joint")
            found[code] = np.full(size, np.nan)
            if (scale > 0).all() and np.linalg.cond(matrix) < 1e10:
                solved = np.linalg.solve(matrix, products[1:, 0] / scale) / scale
                found[code] = solved[:size]
        return found


def at_pixels(coefficients, types):
    """Return the coefficients of each pixel's type, shape (driver, *types.shape).

    Parameters
    ----------
    coefficients : dict of {float: ndarray (driver,)}
    types : ndarray
        NaN, or a type without coefficients, gives NaN.
    """
    types = np.asarray(types, dtype="float64")
    size = len(next(iter(coefficients.values()), ()))
    result = np.full((size, *types.shape), np.nan)
    for code, values in coefficients.items():
        result[:, types == code] = np.reshape(values, (-1, 1))
    return result


COLUMNS = ("method", "type", "driver", "quantity", "value", "unit")


def of_method(path, method, drivers):
    """Return {code of the type: list of coefficients in the order of ``drivers``}.

    Parameters
    ----------
    path : str
        Table of the rule pool_coefficients.
    method : str
    drivers : sequence of str
    """
    table = tables.read(path, COLUMNS)
    table = table[(table["method"] == method) & (table["quantity"] == "coefficient")]
    found = {}
    for code, rows in table.groupby("type"):
        value = rows.set_index("driver")["value"]
        found[float(code)] = [value[name] for name in drivers]
    return found


def reader(path, drivers):
    """Return a function of (method, types (y, x)) that gives coefficients, or None without a table.

    Parameters
    ----------
    path : str
        Empty: every pixel has its own coefficients.
    drivers : sequence of str
    """
    cache = {}

    def at(method, types):
        if not path:
            return None
        if method not in cache:
            cache[method] = of_method(path, method, drivers)
        return at_pixels(cache[method], types)

    return at
