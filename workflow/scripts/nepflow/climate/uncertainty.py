"""Standard errors of thin plate splines.

With b = B' t(x), k = E(|x - x_i|), F = G' (k - K b) and error variance s2 (spline.py):

    fitted   SE^2 = s2 [b' W^-1 b + sum F^2 / (e (e + lambda))]
    full     SE^2 = s2 / lambda [-2 b' k + b' K b + lambda b' W^-1 b - sum F^2 / (e + lambda)]

``fitted`` is what ANUSPLIN prints: the uncertainty of the fitted values carried by the
interpolant. ``full`` is the Bayesian posterior of the surface; it adds the variance between
stations, which is zero at the stations.

b is linear and k constant in a covariate z, so SE^2 is a quadratic in z whose constant and
linear coefficients are smooth functions of position and whose last one is a number.

References
----------
Wahba (1983), Bayesian "confidence intervals" for the cross-validated smoothing spline,
J. R. Stat. Soc. B 45, 133-150. Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide.
"""

import numpy as np

from nepflow.climate.spline import ThinPlateSpline, kernel_matrix, monomials


def standard_errors(spline, fit, coordinates, covariates=None, kind="full", variance=None):
    """Return the standard errors of surfaces at points.

    Parameters
    ----------
    spline : spline.ThinPlateSpline
    fit : spline.Fit
        Of this spline.
    coordinates : ndarray, shape (point, d)
    covariates : ndarray, shape (point, covariate), optional
    kind : {"full", "fitted"}
    variance : ndarray, shape (surface,), optional
        Error variance s2; VAR by default.

    Returns
    -------
    ndarray, shape (point, surface)
        In the unit of the observations.
    """
    points = np.asarray(coordinates, float) - spline.centre
    functions = monomials(points, spline.order, covariates)
    kernel = kernel_matrix(points, spline.knots, spline.order)
    return _errors(spline, fit, functions, kernel, kind, variance)


def coefficient_errors(spline, fit, kind="full", variance=None):
    """Return the standard errors of the unpenalised coefficients, shape (function, surface).

    Parameters as in `standard_errors`; the covariates are last.
    """
    functions = np.eye(spline.functions.shape[1])
    kernel = np.zeros((len(functions), len(spline.knots)))
    return _errors(spline, fit, functions, kernel, kind, variance)


def _errors(spline, fit, functions, kernel, kind, variance):
    """Return the errors of rows of unpenalised functions and kernel values."""
    variance = fit.variance if variance is None else variance
    return np.sqrt(variances(spline, fit.choice.smoothing, variance, functions, kernel, kind))


def variances(spline, smoothing, variance, functions, kernel, kind="full"):
    """Return SE^2 at places, shape (place, surface); parameters as in `quadratic`."""
    kernel, own = spline.represented(kernel)
    b = functions @ spline.to_polynomial
    carried = b @ spline.kernel
    squares = ((kernel - carried) @ spline.to_rotated.T) ** 2
    direct = (b**2 / spline.weights).sum(axis=1)[:, None]
    total = spline.eigenvalues + smoothing
    if kind == "fitted":
        return variance * (direct + squares @ _inverse(spline.eigenvalues, total))
    between = (own + (b * (carried - 2 * kernel)).sum(axis=1))[:, None]
    posterior = (between - squares @ (1 / total)) / smoothing + direct
    return variance * np.maximum(posterior, 0.0)


def quadratic(spline, smoothing, variance, functions, kernel, kind="full"):
    """Return SE^2 at places as a quadratic in the last covariate.

    Parameters
    ----------
    spline : spline.ThinPlateSpline
        With at least one covariate.
    smoothing, variance : ndarray, shape (surface,)
        lambda and error variance s2.
    functions : ndarray, shape (place, function)
        Of `monomials`, with some value z0 of the last covariate.
    kernel : ndarray, shape (place, station)
    kind : {"full", "fitted"}

    Returns
    -------
    constant, linear : ndarray, shape (surface, place)
    square : ndarray, shape (surface,)
        SE^2 = constant + linear (z - z0) + square (z - z0)^2.
    """
    kernel, own = spline.represented(kernel)
    b, slope = functions @ spline.to_polynomial, spline.to_polynomial[-1]
    carried, slope_carried = b @ spline.kernel, slope @ spline.kernel
    factors = (kernel - carried) @ spline.to_rotated.T
    slope_factors = -spline.to_rotated @ slope_carried
    terms = [
        ((b**2 / spline.weights).sum(axis=1), factors**2),
        (2 * b @ (slope / spline.weights), 2 * factors * slope_factors),
        ((slope**2 / spline.weights).sum(), slope_factors**2),
    ]
    total = spline.eigenvalues + smoothing
    if kind == "fitted":
        inverse = _inverse(spline.eigenvalues, total)
        parts = [squares @ inverse + _column(d) for d, squares in terms]
        return tuple((variance * part).T for part in parts)
    between = [
        own + (b * (carried - 2 * kernel)).sum(axis=1),
        2 * (b @ slope_carried - kernel @ slope),
        slope @ slope_carried,
    ]
    parts = [
        (_column(c) - squares @ (1 / total)) / smoothing + _column(d)
        for c, (d, squares) in zip(between, terms, strict=True)
    ]
    return tuple((variance * part).T for part in parts)


def _inverse(eigenvalues, total):
    """Return 1 / (e (e + lambda)), 0 where the kernel has nothing (knots, coincident stations)."""
    present = eigenvalues > 1e-12 * eigenvalues.max()
    safe = np.where(present, eigenvalues, 1.0)
    return np.where(present, 1 / (safe * total), 0.0)


def _column(numbers):
    """Return one number a place as a column; a single number as it is."""
    return numbers[:, None] if np.ndim(numbers) else numbers


CHUNK = 1024  # places of one matrix product


class Spread:
    """The variance of the errors of surfaces, from the stations that each of them has.

    Parameters
    ----------
    surfaces : surfaces.Surfaces
    kind : {"full", "fitted"}
        See `uncertainty`.
    nugget : bool
        Add the error variance of a station: the variance of an observation.

    Notes
    -----
    With elevation as covariate SE^2 is an exact quadratic in elevation, whose coefficients
    `fields` gives; otherwise `at` computes it cell by cell.
    """

    def __init__(self, surfaces, kind="full", nugget=False):
        self.surfaces, self.kind = surfaces, kind
        self.nugget = surfaces.variance if nugget else np.zeros(surfaces.variance.size)
        self.quadratic = not surfaces.vertical_scale
        elevation = surfaces.position[:, 2] / 1000
        self.middle = elevation.mean()  # km; a quadratic about it loses no digits
        covariates = elevation[:, None] if self.quadratic else None
        present, group = np.unique(~np.isnan(surfaces.observed), axis=1, return_inverse=True)
        self.groups = [
            (
                here,
                np.flatnonzero(group == number),
                ThinPlateSpline(
                    surfaces.knots[here],
                    covariates[here] if self.quadratic else None,
                    surfaces.weights[here],
                    surfaces.order,
                    centre=0.0,
                    knots=surfaces.max_knots,
                ),
            )
            for number, here in enumerate(present.T)
        ]

    def fields(self, places):
        """Return the coefficients of the quadratic in height above the mean of the stations.

        Parameters
        ----------
        places : ndarray, shape (2, place)
            x and y in the study's CRS, m.

        Returns
        -------
        constant, linear : ndarray, shape (surface, place)
        square : ndarray, shape (surface,)
            With height in km.
        """
        count = places.shape[1]
        result = np.empty((2, self.nugget.size, count))
        square = np.empty(self.nugget.size)
        heights = np.full((1, CHUNK), 1000 * self.middle)
        for start in range(0, count, CHUNK):
            cells = np.zeros((2, CHUNK))  # padded: a product must not depend on its size
            part = places[:, start : start + CHUNK]
            cells[:, : part.shape[1]] = part
            functions, kernel = self._designed(np.vstack([cells, heights]))
            for here, surfaces, spline in self.groups:
                *coefficients, square[surfaces] = quadratic(
                    spline,
                    self.surfaces.smoothing[surfaces],
                    self.surfaces.variance[surfaces],
                    functions,
                    np.ascontiguousarray(kernel[:, here]),
                    self.kind,
                )
                for field, values in zip(result, coefficients, strict=True):
                    field[surfaces, start : start + CHUNK] = values[:, : part.shape[1]]
        return *result, square

    def at(self, cells):
        """Return the variance at cells, shape (surface, cell).

        Parameters
        ----------
        cells : ndarray, shape (3, cell)
            x, y and elevation, m; always as many, if the result shall not depend on it.
        """
        functions, kernel = self._designed(cells)
        result = np.empty((self.nugget.size, cells.shape[1]))
        for here, surfaces, spline in self.groups:
            smoothing, variance = self.surfaces.smoothing, self.surfaces.variance
            result[surfaces] = variances(
                spline,
                smoothing[surfaces],
                variance[surfaces],
                functions,
                np.ascontiguousarray(kernel[:, here]),
                self.kind,
            ).T
        return result + self.nugget[:, None]

    def of_quadratic(self, constant, linear, square, elevation):
        """Return the variance from interpolated coefficients, shape (surface, ...).

        Parameters
        ----------
        constant, linear : ndarray, shape (surface, ...)
        square : ndarray, shape (surface,)
        elevation : ndarray, shape (...)
            m
        """
        ahead = (slice(None), *[None] * elevation.ndim)
        height = elevation / 1000 - self.middle
        variance = constant + (linear + square[ahead] * height) * height
        return np.maximum(variance, 0.0) + self.nugget[ahead]

    def _designed(self, cells):
        """Return the unpenalised functions and the kernel of all stations at cells."""
        points, covariates = self.surfaces.variables_at(cells)
        order = self.surfaces.order
        kernel = kernel_matrix(points, self.surfaces.knots, order)
        return monomials(points, order, covariates), kernel
