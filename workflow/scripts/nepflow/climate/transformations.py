"""Transformations of a variable before it is fitted, and the way back with its error.

X is the fitted value of the transformed variable, s2 the variance of its error, taken as
normal:

    none          X                        sd s
    square_root   max(X, 0)^2 + s2         sd 2 s sqrt(max(X, 0)^2 + s2 / 2)
    log           exp(X + s2 / 2)          sd exp(X + s2 / 2) sqrt(exp(s2) - 1)

These are the expectations and standard deviations of X^2 and exp(X); without correction the
terms in s2 of the middle column are left out.

References
----------
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide, Australian National University,
eq. 16-21.
"""

import numpy as np

LOWEST = {"none": -np.inf, "square_root": 0.0, "log": np.nextafter(0.0, 1.0)}


def forward(name, values):
    """Return transformed observations.

    Raises
    ------
    ValueError
        If a value is outside of the domain: below 0 for a square root, 0 or below for a log.
    """
    lowest = np.nanmin(values, initial=np.inf)
    if lowest < LOWEST[name]:
        raise ValueError(
            f"a value of {lowest:g} has no {name.replace('_', ' ')}: set climate.transformation "
            "of this variable to none (or to square_root if it can be 0)"
        )
    return {"none": np.asarray, "square_root": np.sqrt, "log": np.log}[name](values)


def back(name, fitted, variance=None):
    """Return fitted values in the unit of the variable.

    Parameters
    ----------
    name : {"none", "square_root", "log"}
    fitted : ndarray
        Of the transformed variable; a root below 0 counts as 0.
    variance : ndarray, optional
        s2 of each value: corrects the bias. No correction by default.

    Returns
    -------
    ndarray
    """
    if name == "square_root":
        squared = np.maximum(fitted, 0.0) ** 2
        return squared if variance is None else squared + variance
    if name == "log":
        return np.exp(fitted if variance is None else fitted + variance / 2)
    return fitted


def standard_error(name, fitted, variance):
    """Return the standard error in the unit of the variable.

    Parameters
    ----------
    name : {"none", "square_root", "log"}
    fitted, variance : ndarray
        Fitted value of the transformed variable and variance of its error.

    Returns
    -------
    ndarray
    """
    if name == "square_root":
        root = np.maximum(fitted, 0.0)
        return 2 * np.sqrt(variance * (root**2 + variance / 2))
    if name == "log":
        return np.exp(fitted + variance / 2) * np.sqrt(np.expm1(variance))
    return np.sqrt(variance)


def magnified(name, bound, largest):
    """Return what an error of a fitted value can become in the unit of the variable.

    Parameters
    ----------
    name : {"none", "square_root", "log"}
    bound : ndarray
        Largest error of the transformed variable.
    largest : ndarray
        Largest fitted value (with s2 / 2 for a corrected log).

    Returns
    -------
    ndarray
    """
    if name == "square_root":
        return 2 * np.maximum(largest, 0.0) * bound + bound**2
    if name == "log":
        with np.errstate(over="ignore"):  # an infinite bound is one
            return np.exp(largest) * np.expm1(bound)
    return bound
