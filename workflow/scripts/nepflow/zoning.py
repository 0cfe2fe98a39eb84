"""Zones from layers: stable classes, intervals, crossings."""

from itertools import pairwise

import numpy as np

# P / PET of dry-wet zones: UNEP (1992), World Atlas of Desertification
ARIDITY_CUTS = (0.05, 0.2, 0.5, 0.65)
ARIDITY_NAMES = ("hyper-arid", "arid", "semi-arid", "dry sub-humid", "humid")
SINK_NAMES = ("source", "low sink", "medium sink", "high sink")
SIGN_NAMES = ("source", "sink")
RAMP = (
    "#8c510a", "#d8b365", "#f6e8c3", "#c7eae5", "#5ab4ac", "#01665e", "#003c30", "#4d4d4d",
)  # fmt: skip


def stable_classes(annual, changed, minimum_percent=100):
    """Return the class that a cell has in most years, or ``changed`` where it is too seldom.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Class codes, NaN = none; years without a class are passed over.
    changed : int
        Code of cells that change.
    minimum_percent : float
        Share of the years that the class must have, more than half; 100 is every year. Annual
        maps flicker, so that every year is a strict demand.

    Returns
    -------
    ndarray, shape (y, x)
        NaN where no year has a class.
    """
    years = (~np.isnan(annual)).sum(axis=0)
    classes = np.where(years > 0, float(changed), np.nan)
    for code in np.unique(annual[~np.isnan(annual)]):
        count = (annual == code).sum(axis=0)
        classes = np.where((years > 0) & (100 * count >= minimum_percent * years), code, classes)
    return classes


def intervals(values, cuts):
    """Return the interval, from 1, of each value; a cut belongs to the interval above it."""
    codes = 1.0 + np.searchsorted(np.asarray(cuts, dtype="float64"), values, side="right")
    return np.where(np.isnan(values), np.nan, codes)


def interval_names(cuts, unit):
    """Return names such as ``below 1000 m``, ``1000-2000 m``, ``from 2000 m``."""
    between = [f"{low:g}-{high:g} {unit}" for low, high in pairwise(cuts)]
    return [f"below {cuts[0]:g} {unit}", *between, f"from {cuts[-1]:g} {unit}"]


def crossing(first, second, classes_of_second):
    """Return one code, from 1, for each pair of codes; NaN where either is.

    ``(a - 1) * classes_of_second + b``
    """
    return (first - 1) * classes_of_second + second


def commonest_absence(annual, valid):
    """Return the commonest reason of the years without a value.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Codes of reasons; NaN outside the area.
    valid : int
        The code that is no reason.

    Returns
    -------
    ndarray, shape (y, x)
        The lowest of equally common reasons; NaN where every year has a value.
    """
    most = np.zeros(annual.shape[1:])
    reason = np.full(annual.shape[1:], np.nan)
    for code in np.unique(annual[~np.isnan(annual)]):
        if code == valid:
            continue
        count = (annual == code).sum(axis=0)
        reason = np.where(count > most, code, reason)
        most = np.maximum(count, most)
    return reason
