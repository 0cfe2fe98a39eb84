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

from nepflow.climate.kernels import kernel_matrix, monomials


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
    b = functions @ spline.to_polynomial
    carried = b @ spline.kernel
    squares = ((kernel - carried) @ spline.to_rotated.T) ** 2
    direct = (b**2 / spline.weights).sum(axis=1)[:, None]
    total = spline.eigenvalues + smoothing
    if kind == "fitted":
        return variance * (direct + squares @ (1 / (spline.eigenvalues * total)))
    between = (b * (carried - 2 * kernel)).sum(axis=1)[:, None]
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
        inverse = 1 / (spline.eigenvalues * total)
        parts = [squares @ inverse + _column(d) for d, squares in terms]
        return tuple((variance * part).T for part in parts)
    between = [
        (b * (carried - 2 * kernel)).sum(axis=1),
        2 * (b @ slope_carried - kernel @ slope),
        slope @ slope_carried,
    ]
    parts = [
        (_column(c) - squares @ (1 / total)) / smoothing + _column(d)
        for c, (d, squares) in zip(between, terms, strict=True)
    ]
    return tuple((variance * part).T for part in parts)


def _column(numbers):
    """Return one number a place as a column; a single number as it is."""
    return numbers[:, None] if np.ndim(numbers) else numbers
