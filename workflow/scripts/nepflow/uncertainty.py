"""Standard errors of thin plate splines.

With b = B' t(x), k = E(|x - x_i|), F = G' (k - K b) and error variance s2 (spline.py):

    fitted   SE^2 = s2 [b' W^-1 b + sum F^2 / (e (e + lambda))]
    full     SE^2 = s2 / lambda [-2 b' k + b' K b + lambda b' W^-1 b - sum F^2 / (e + lambda)]

``fitted`` is what ANUSPLIN prints: the uncertainty of the fitted values carried by the
interpolant. ``full`` is the Bayesian posterior of the surface; it adds the variance between
stations, which is zero at the stations.

References
----------
Wahba (1983), Bayesian "confidence intervals" for the cross-validated smoothing spline,
J. R. Stat. Soc. B 45, 133-150. Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide.
"""

import numpy as np

from nepflow.kernels import kernel_matrix, monomials


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
    smoothing = fit.choice.smoothing
    b = functions @ spline.to_polynomial
    carried = b @ spline.kernel
    squares = ((kernel - carried) @ spline.to_rotated.T) ** 2
    direct = (b**2 / spline.weights).sum(axis=1)[:, None]
    total = spline.eigenvalues + smoothing
    if kind == "fitted":
        return np.sqrt(variance * (direct + squares @ (1 / (spline.eigenvalues * total))))
    between = (b * (carried - 2 * kernel)).sum(axis=1)[:, None]
    posterior = (between - squares @ (1 / total)) / smoothing + direct
    return np.sqrt(variance * np.maximum(posterior, 0.0))
