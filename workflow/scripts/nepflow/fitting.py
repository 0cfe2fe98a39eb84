"""Monthly station values to climate surfaces, with the log that ANUSPLIN prints.

References
----------
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide, Australian National University.
"""

import numpy as np

from nepflow import smoothing
from nepflow.climate import NORMAL, TRANSFORMATIONS
from nepflow.spline import ThinPlateSpline

# What the log holds for every surface: its name and unit; u is the unit of the fitted
# (transformed) values, v that of the variable.
QUANTITIES = {
    "RHO": "length_scale^(2m-2)",
    "NPTS": "station",
    "SIGNAL": "degree of freedom",
    "ERROR": "degree of freedom",
    "MEAN": "u",
    "STDDEV": "u",
    "GCV": "u2",
    "RTGCV": "u",
    "GML": "u2",
    "RTGML": "u",
    "MSR": "u2",
    "RTMSR": "u",
    "VAR": "u2",
    "RTVAR": "u",
    "MSE": "u2",
    "RTMSE": "u",
    "SIGNAL_GCV": "degree of freedom",
    "SIGNAL_GML": "degree of freedom",
    "SIGNAL_LOWEST": "degree of freedom",
    "MINIMA": "1",
    "ELEVATION": "u km-1",
    "RMSE_LOO": "v",
    "FLAG_END_OF_RANGE": "flag",
    "FLAG_SIGNAL_ABOVE_HALF": "flag",
    "FLAG_SEVERAL_MINIMA": "flag",
    "FLAG_LOWER_ELSEWHERE": "flag",
    "FLAG_CRITERIA_DISAGREE": "flag",
}


def missing_patterns(values):
    """Group surfaces that miss the same stations.

    Parameters
    ----------
    values : ndarray, shape (station, surface)
        NaN = no value.

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        Stations present and surfaces of each group, in a fixed order.
    """
    present, group = np.unique(~np.isnan(values), axis=1, return_inverse=True)
    return [
        (np.flatnonzero(present[:, number]), np.flatnonzero(group == number))
        for number in range(present.shape[1])
    ]


def fit_surfaces(knots, elevation, values, patterns, *, order, criterion, transformation):
    """Fit a spline of position with elevation as covariate to every surface.

    Parameters
    ----------
    knots : ndarray, shape (station, 2)
        Positions in units of the length scale, about any origin.
    elevation : ndarray, shape (station,)
        m
    values : ndarray, shape (station, surface)
        Monthly values in the variable's unit; NaN = no value.
    patterns : iterable of (stations, surfaces)
        Of `missing_patterns`.
    order : int
        m
    criterion : {"gcv", "gml"}
    transformation : {"none", "square_root"}

    Returns
    -------
    kernel_coefficients : ndarray, shape (station, surface)
        0 for absent stations.
    polynomial_coefficients : ndarray, shape (function, surface)
        With respect to ``knots`` as they were given.
    log : dict of ndarray, shape (surface,)
        Keys of `QUANTITIES`.
    """
    forward, back = TRANSFORMATIONS[transformation]
    transformed = forward(values)
    kernel_coefficients = np.zeros(values.shape)
    polynomial_coefficients, log = None, {}
    for stations, surfaces in patterns:
        here = np.ix_(stations, surfaces)
        # One origin for all patterns, so that their polynomials can be stacked.
        spline = ThinPlateSpline(
            knots[stations], elevation[stations, None] / 1000, order=order, centre=0.0
        )
        fit = spline.fit(transformed[here], criterion)
        if polynomial_coefficients is None:
            polynomial_coefficients = np.zeros((spline.functions.shape[1], values.shape[1]))
        kernel_coefficients[here] = fit.kernel_coefficients
        polynomial_coefficients[:, surfaces] = fit.polynomial_coefficients
        for name, quantity in _log_of(spline, fit, transformed[here], criterion, back).items():
            log.setdefault(name, np.zeros(values.shape[1]))[surfaces] = quantity
    return kernel_coefficients, polynomial_coefficients, log


def _log_of(spline, fit, observed, criterion, back):
    """Return the quantities of the log for the surfaces of one pattern."""
    log = {
        "RHO": fit.choice.smoothing,
        "NPTS": np.full(observed.shape[1], float(len(observed))),
        "SIGNAL": fit.signal,
        "ERROR": fit.error,
        "MEAN": observed.mean(axis=0),
        "STDDEV": observed.std(axis=0, ddof=1),
        "GCV": fit.gcv,
        "GML": fit.gml,
        "MSR": fit.mean_squared_residual,
        "VAR": fit.variance,
        "MSE": fit.mean_squared_error,
        "SIGNAL_LOWEST": spline.signal_of(fit.choice.lowest),
        "MINIMA": fit.choice.minima,
        "ELEVATION": fit.polynomial_coefficients[-1],
    }
    log |= {f"RT{name}": np.sqrt(log[name]) for name in ("GCV", "GML", "MSR", "VAR", "MSE")}
    missed = back(observed) - back(observed - fit.loo_residuals)
    log["RMSE_LOO"] = np.sqrt((missed**2).mean(axis=0))
    for name in smoothing.CRITERIA:
        other = fit if name == criterion else spline.fit(observed, name)
        log[f"SIGNAL_{name.upper()}"] = other.signal
    return log | _flags(log, fit)


def _flags(log, fit):
    """Return 1 where a surface deserves a look, by the rules of the ANUSPLIN guide."""
    signals = np.stack([log["SIGNAL_GCV"], log["SIGNAL_GML"]])
    flags = {
        "END_OF_RANGE": fit.choice.end != 0,
        "SIGNAL_ABOVE_HALF": log["SIGNAL"] > log["NPTS"] / 2,
        "SEVERAL_MINIMA": fit.choice.minima > 1,
        "LOWER_ELSEWHERE": log["SIGNAL_LOWEST"] > log["SIGNAL"],
        "CRITERIA_DISAGREE": signals.max(axis=0) > 2 * signals.min(axis=0),
    }
    return {f"FLAG_{name}": flag.astype(float) for name, flag in flags.items()}


def log_rows(log, variable, years, months, unit, transformation):
    """Yield the log as rows (variable, year, month, quantity, value, unit).

    Parameters
    ----------
    log : dict of ndarray, shape (surface,)
        Of `fit_surfaces`.
    variable : str
    years, months : ndarray of int, shape (surface,)
    unit : str
        Of a monthly value.
    transformation : str
        Key of `TRANSFORMATIONS`; fitted values have another unit if there is one.
    """
    fitted = unit if transformation == "none" else f"{transformation} of {unit}"
    words = {"u": fitted, "u2": f"({fitted})2", "v": unit}
    for number, (year, month) in enumerate(zip(years, months, strict=True)):
        label = "normal" if year == NORMAL else year
        for quantity, measure in QUANTITIES.items():
            first, *rest = measure.split(" ", 1)
            measure = " ".join([words.get(first, first), *rest])
            yield variable, label, month, quantity, log[quantity][number], measure
