"""Strata from continuous factors: five ways to divide them, and the choice between them."""

import numpy as np

from nepflow.detector import detector
from nepflow.pixel import variability

METHODS = ("equal", "quantile", "natural", "geometric", "sd")


def breaks_of(values, method, classes):
    """Return the limits between the classes of a factor, ascending, or None.

    ``equal``: equal widths between smallest and largest value; ``quantile``: equal numbers of
    cells; ``natural``: least squares within (Fisher); ``geometric``: equal ratios, for positive
    values only; ``sd``: one standard deviation wide round the mean. None where a method has no
    limits: geometric with a value of zero or below, natural with too few different values.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        No NaN; of `natural` a sample, since its time grows with the square.
    method : str
        Of `METHODS`.
    classes : int

    Returns
    -------
    ndarray, shape (classes - 1,), or None
        Equal limits leave a class empty.

    References
    ----------
    The candidates of Song et al. (2020), doi:10.1080/15481603.2020.1760434.
    """
    if method not in METHODS:
        raise ValueError(f"{method} is no method of discretisation: {', '.join(METHODS)}")
    low, high, inner = values.min(), values.max(), np.arange(1, classes)
    if method == "equal":
        return low + (high - low) * inner / classes
    if method == "quantile":
        return np.quantile(values, inner / classes)
    if method == "sd":
        return values.mean() + (inner - classes / 2) * values.std()
    if method == "geometric":
        return low * (high / low) ** (inner / classes) if low > 0 else None
    if np.unique(values).size < classes:
        return None
    return variability.natural_breaks(values, classes)[:-1]


def codes_by(values, breaks):
    """Return the class, from 0, of each value; a limit belongs to the class below it."""
    return np.searchsorted(breaks, values, side="left").astype("uint8")


def candidates(values, methods, classes, sample, seed):
    """Yield (method, classes, breaks, codes) of every way to divide a factor.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        No NaN.
    methods : sequence of str
    classes : sequence of int
    sample : int
        Cells that natural breaks are found on.
    seed : int
    """
    some = variability.seeded_sample(values, sample, seed)
    for method in methods:
        for number in classes:
            breaks = breaks_of(some if method == "natural" else values, method, number)
            if breaks is not None:
                yield method, number, breaks, codes_by(values, breaks)


def best_of(y, divided):
    """Return q of each candidate and the place of the largest.

    More classes always explain at least as much when they are finer divisions, so the largest q
    favours many classes: the whole table of q belongs beside the choice. Ties go to the earlier.

    Parameters
    ----------
    y : ndarray, shape (cell,)
    divided : list
        Of `candidates`.

    Returns
    -------
    (list of float, int)
    """
    q = [detector.q_statistic(detector.strata_of(y, codes)) for *_, codes in divided]
    return q, int(np.nanargmax(q))
