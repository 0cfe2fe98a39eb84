"""Ordinary kriging between stations: absent values from those of the same day.

One matrix serves all days of a variable and month, whatever is missing. With ``C`` the
covariance of all stations and ``u = C^-1 1``, the matrix ``B = C^-1 - u u' / (1' u)`` is the
station block of the inverse of the kriging system. Ordinary kriging of the stations M from all
others P is ``z_M = -B_MM^-1 B_MP z_P``, and the leave-one-out error of station i is
``(B z)_i / B_ii``; both are exact, not approximations.

References
----------
Dubrule (1983), Cross validation of kriging in a unique neighborhood, Math. Geol. 15, 687-699.
"""

import numpy as np
from scipy.linalg import cho_factor, cho_solve


def kriging_matrix(distance_km, variogram):
    """Return B: symmetric, each row adds to 0.

    Parameters
    ----------
    distance_km : ndarray, shape (station, station)
    variogram : variogram.Variogram

    Returns
    -------
    ndarray, shape (station, station)
    """
    factor = cho_factor(variogram.covariance(distance_km), lower=True)
    inverse = cho_solve(factor, np.eye(len(distance_km)))
    inverse = (inverse + inverse.T) / 2
    row = inverse.sum(axis=1)
    return inverse - np.outer(row, row) / row.sum()


def patterns(present):
    """Group days that have the same stations.

    Parameters
    ----------
    present : ndarray of bool, shape (day, station)

    Returns
    -------
    list of (ndarray of int, ndarray of int)
        Stations without a value, and days, of every group; in a fixed order.
    """
    packed = np.packbits(present, axis=1)
    _, first, group = np.unique(packed, axis=0, return_index=True, return_inverse=True)
    order = np.argsort(group.ravel(), kind="stable")
    ends = np.cumsum(np.bincount(group.ravel()))
    return [
        (np.flatnonzero(~present[day]), days)
        for day, days in zip(first, np.split(order, ends[:-1]), strict=True)
    ]


def ordinary_kriging(values, matrix, minimum=2):
    """Return the values with absent ones estimated, and the leave-one-out errors of the others.

    Parameters
    ----------
    values : ndarray, shape (day, station)
        NaN = absent; days do not influence one another.
    matrix : ndarray, shape (station, station)
        Of `kriging_matrix`.
    minimum : int
        Least number of stations with a value; other days stay as they are.

    Returns
    -------
    complete : ndarray, shape (day, station)
    errors : ndarray, shape (day, station)
        Estimate from all other stations of the day minus the value; NaN where there is none.
    """
    present = ~np.isnan(values)
    complete, errors = values.copy(), np.full(values.shape, np.nan)
    sums = np.where(present, values, 0.0) @ matrix
    diagonal = np.diag(matrix)
    for absent, days in patterns(present):
        here = np.delete(np.arange(values.shape[1]), absent)
        if here.size < minimum:
            continue
        leverage, residual = diagonal[here], sums[days][:, here]
        if absent.size:
            between = matrix[np.ix_(absent, here)]
            factor = cho_factor(matrix[np.ix_(absent, absent)], lower=True)
            estimate = -cho_solve(factor, sums[days][:, absent].T)
            complete[np.ix_(days, absent)] = estimate.T
            residual = residual + estimate.T @ between
            leverage = leverage - (between * cho_solve(factor, between)).sum(axis=0)
        errors[np.ix_(days, here)] = -residual / leverage
    return complete, errors
