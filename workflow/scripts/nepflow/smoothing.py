"""The choice of the smoothing parameter of thin plate splines.

Everything is a function of the eigenvalues ``e`` of the projected kernel and of the
squared rotated observations ``q ** 2`` (spline.py), so that all surfaces on one set of
stations are searched at once. With ``f = lambda / (e + lambda)`` (each entry between 0 and 1)

    GCV = n sum(f^2 q^2) / (sum f)^2              sum f = n - edf
    GML = sum(q^2 / (e + lambda)) exp(mean(log(e + lambda))) / (n - nt)

and their slopes with respect to log(lambda) are sums of the same terms, computed without
subtraction. GML is written in the units of a variance; its minimum is that of the restricted
likelihood.

References
----------
Wahba (1990), Spline Models for Observational Data, SIAM, ch. 4, doi:10.1137/1.9781611970128.
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide, Australian National University:
of several local minima the smoothest is taken.
"""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import elementwise

STEPS_PER_DECADE = 12


@dataclass(frozen=True)
class Choice:
    """Smoothing parameters, one an entry of the surface axis.

    Attributes
    ----------
    smoothing : ndarray, shape (surface,)
        The parameter lambda.
    lowest : ndarray, shape (surface,)
        lambda of the lowest score anywhere in the range, its ends included; the chosen one
        unless a rougher surface scores better.
    minima : ndarray of int, shape (surface,)
        Number of local minima inside the range that was searched.
    end : ndarray of int, shape (surface,)
        1 if the smoothest end of the range was taken for want of a minimum, -1 if the
        roughest end, 0 otherwise.
    """

    smoothing: np.ndarray
    lowest: np.ndarray
    minima: np.ndarray
    end: np.ndarray


def gcv(log_smoothing, eigenvalues, squares):
    """Return generalised cross-validation and its logarithmic slope.

    Parameters
    ----------
    log_smoothing : ndarray, shape (...)
        Natural logarithm of lambda.
    eigenvalues : ndarray, shape (k, ...)
        Eigenvalues, not negative; broadcast against ``log_smoothing``.
    squares : ndarray, shape (k, ...)
        Squared rotated observations.

    Returns
    -------
    score, slope : ndarray, shape (...)
        ``RSS / (n - edf)^2``, which is GCV / n, and d log(score) / d log(lambda).
    """
    smoothing = np.exp(log_smoothing)
    rough = smoothing / (eigenvalues + smoothing)
    weighted = rough**2 * squares
    residual = weighted.sum(axis=0)
    freedom = rough.sum(axis=0)
    signal = eigenvalues / (eigenvalues + smoothing)
    with np.errstate(invalid="ignore"):  # no slope where the polynomial fits exactly
        slope = 2 * (weighted * signal).sum(axis=0) / residual
    slope = slope - 2 * (rough * signal).sum(axis=0) / freedom
    return residual / freedom**2, slope


def gml(log_smoothing, eigenvalues, squares):
    """Return the generalised maximum likelihood score and its logarithmic slope.

    Parameters and shapes as in `gcv`.

    Returns
    -------
    score, slope : ndarray, shape (...)
        The score in the units of a variance and d log(score) / d log(lambda).
    """
    total = eigenvalues + np.exp(log_smoothing)
    quadratic = squares / total
    rough = np.exp(log_smoothing) / total
    score = quadratic.mean(axis=0) * np.exp(np.log(total).mean(axis=0))
    with np.errstate(invalid="ignore"):  # no slope where the polynomial fits exactly
        slope = rough.mean(axis=0) - (quadratic * rough).sum(axis=0) / quadratic.sum(axis=0)
    return score, slope


CRITERIA = {"gcv": gcv, "gml": gml}


def search_range(eigenvalues):
    """Return the grid of log(lambda) that is searched.

    It reaches from 1 % of the degrees of freedom left to the residuals to a signal of 0.01
    above the polynomial, in steps of a twelfth of a decade.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)

    Returns
    -------
    ndarray, shape (step,)
    """
    positive = eigenvalues[eigenvalues > 1e-12 * eigenvalues.max()]
    low = np.log(0.01 / np.mean(1 / positive))
    high = np.log(positive.sum() / 0.01)
    steps = int(np.ceil((high - low) / np.log(10) * STEPS_PER_DECADE)) + 1
    return np.linspace(low, high, steps)


def search(eigenvalues, squares, criterion="gcv"):
    """Find every local minimum of a criterion and choose the smoothest, surface by surface.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)
        Eigenvalues of the projected kernel.
    squares : ndarray, shape (k, surface)
        Squared rotated observations.
    criterion : {"gcv", "gml"}
        Which criterion is minimised.

    Returns
    -------
    Choice

    Notes
    -----
    A minimum is a change of sign of the slope, refined by Chandrupatla's method to the
    rounding of log(lambda). The ends of the range count only where no minimum lies inside.
    """
    score = CRITERIA[criterion]
    grid = search_range(eigenvalues)
    column = eigenvalues[:, None]
    scores, slopes = np.stack([score(step, column, squares) for step in grid], axis=1)
    step, surface = np.nonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    minima = np.bincount(surface, minlength=squares.shape[1])

    end = np.where(minima > 0, 0, np.where(slopes[-1] > 0, -1, 1))
    chosen = np.where(end < 0, grid[0], grid[-1])
    # np.nonzero runs from rough to smooth: the last write is the smoothest minimum.
    chosen[surface] = _refined(score, column, squares[:, surface], grid[step], grid[step + 1])
    rival = scores.argmin(axis=0)
    better = scores.min(axis=0) < score(chosen, column, squares)[0]
    lowest = np.where(better, grid[rival], chosen)
    return Choice(np.exp(chosen), np.exp(lowest), minima, end)


def _refined(score, column, squares, low, high):
    """Return the roots of the slope in the brackets, all at once."""

    def slope(log_smoothing, index):
        return score(log_smoothing, column, squares[:, index])[1]

    index = np.arange(low.size)
    return elementwise.find_root(slope, (low, high), args=(index,)).x


def smoothing_of_signal(eigenvalues, signal):
    """Return the lambda that gives a signal above the unpenalised part.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)
    signal : float
        Wanted effective degrees of freedom minus the number of unpenalised functions.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If no lambda gives it.
    """
    positive = eigenvalues[eigenvalues > 1e-12 * eigenvalues.max()]
    if not 0 < signal < positive.size:
        raise ValueError(f"a signal of {signal} is not between 0 and {positive.size}")

    def excess(log_smoothing):
        share = positive[:, None] / (positive[:, None] + np.exp(log_smoothing))
        return share.sum(axis=0) - signal

    low = np.log(positive.min()) - 40
    high = np.log(positive.sum() / signal) + 1
    root = elementwise.find_root(excess, (np.array([low]), np.array([high])))
    return float(np.exp(root.x[0]))
