"""Coefficients of climate shared by the pixels of a vegetation type: few years, many pixels."""

import numpy as np

from nepflow.study.attribution import METHODS


class Pool:
    """Regression of a series on its drivers with an intercept of every pixel, by type.

    Every pixel is taken less its own mean over the calibration years (the within estimator), the
    cross products are added up by type, and a type has one set of coefficients.

    Parameters
    ----------
    years : sequence of int
    method : {"residual", "joint", "first_difference"}
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
            NaN = absent; a year counts where the series and all drivers have a value.
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
