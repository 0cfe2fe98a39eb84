"""Which climate drivers together dominate a series: classes from F and partial t-tests."""

import itertools

import numpy as np

NON_CLIMATIC = "non-climatic"
WEAK = "weak joint"
_COLOURS = {
    ("temperature",): "#b8382b",
    ("precipitation",): "#2b6cb0",
    ("radiation",): "#f0c244",
    ("temperature", "precipitation"): "#7d4ca0",
    ("temperature", "radiation"): "#e2842c",
    ("precipitation", "radiation"): "#4c9a5b",
    ("temperature", "precipitation", "radiation"): "#3a2e2a",
}
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
    groups = [_COLOURS.get(group, _OTHER) for group in combinations_of(drivers)]
    return dict(enumerate([_NONE, *groups, _WEAK], start=1))


def dominant_class(p_multiple, p_partial, level):
    """Return the class of `class_names`.

    Non-climatic where F of all drivers is not significant; otherwise the combination of the
    drivers whose partial correlation is, and weak joint where none is.

    Parameters
    ----------
    p_multiple : ndarray, shape (y, x)
        NaN = absent.
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
