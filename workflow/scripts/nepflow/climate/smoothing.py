"""The choice of the smoothing parameter of thin plate splines.

Everything is a function of the eigenvalues ``e`` of the projected kernel and of the
squared rotated observations ``q ** 2`` (spline.py), so that all surfaces on one set of
stations are searched at once. With ``f = lambda / (e + lambda)`` (each entry between 0 and 1)

    GCV = n sum(f^2 q^2) / (sum f)^2              sum f = n - edf
    GML = sum(q^2 / (e + lambda)) exp(mean(log(e + lambda))) / (n - nt)
    UBR = sum(f^2 q^2) - 2 s2 sum f               for a known error variance s2

and their slopes with respect to log(lambda) are sums of the same terms, computed without
subtraction. GML is written in the units of a variance; its minimum is that of the restricted
likelihood. UBR / n + s2 estimates the true mean squared error without bias.

References
----------
Wahba (1990), Spline Models for Observational Data, SIAM, ch. 4, doi:10.1137/1.9781611970128.
Hutchinson and Xu (2013), ANUSPLIN Version 4.4 User Guide, Australian National University:
of several local minima the smoothest is taken; a common parameter minimises the mean over
the surfaces.
"""

from dataclasses import dataclass, replace
from functools import partial

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
    valleys : tuple of (ndarray of int, ndarray)
        Surface and lambda of every one of them, from rough to smooth.
    end : ndarray of int, shape (surface,)
        1 if the smoothest end of the range was taken for want of a minimum, -1 if the
        roughest end, 0 otherwise.
    fallback : ndarray of bool, shape (surface,)
        Whether the parameter is not that of the criterion, which failed.
    """

    smoothing: np.ndarray
    lowest: np.ndarray
    minima: np.ndarray
    valleys: tuple
    end: np.ndarray
    fallback: np.ndarray

    @classmethod
    def wanted(cls, smoothing):
        """Return the choice of parameters that were not searched for."""
        none = np.zeros(smoothing.size, int)
        return cls(smoothing, smoothing, none, (none[:0], smoothing[:0]), none, none > 0)

    def taken(self, index):
        """Return the choice for other surfaces: of each the one that ``index`` numbers."""
        surface, found = self.valleys
        of, new = np.nonzero(surface[:, None] == index)  # valleys stay in their order
        parts = {name: getattr(self, name)[index] for name in _BY_SURFACE}
        return Choice(valleys=(new, found[of]), **parts)

    def failed(self, eigenvalues, functions):
        """Return where the parameter interpolates, shape (surface,).

        Parameters
        ----------
        eigenvalues : ndarray, shape (k, 1)
        functions : int
            Number of unpenalised functions, which with k makes the stations.

        Returns
        -------
        ndarray of bool
            The roughest end of the range was taken, or the signal is above half of the stations
            (Hutchinson and Xu 2013).
        """
        signal = functions + (eigenvalues / (eigenvalues + self.smoothing)).sum(axis=0)
        return (self.end < 0) | (signal > (functions + len(eigenvalues)) / 2)

    def replaced(self, where, smoothing):
        """Return the choice with other parameters where the criterion failed."""
        return replace(self, smoothing=np.where(where, smoothing, self.smoothing), fallback=where)


_BY_SURFACE = ("smoothing", "lowest", "minima", "end", "fallback")


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


def ubr(log_smoothing, eigenvalues, squares, variance):
    """Return the estimated risk for a known error variance and its slope.

    Parameters and shapes as in `gcv`, and

    variance : float
        Error variance of an observation of weight 1.

    Returns
    -------
    score, slope : ndarray, shape (...)
        ``n (UBR - variance)`` and d score / d log(lambda).
    """
    total = eigenvalues + np.exp(log_smoothing)
    rough = np.exp(log_smoothing) / total
    signal = eigenvalues / total
    score = (rough**2 * squares - 2 * variance * rough).sum(axis=0)
    slope = 2 * (rough * signal * (rough * squares - variance)).sum(axis=0)
    return score, slope


def together(choices):
    """Return the choice of all surfaces of several choices, in their order."""
    parts = {name: np.concatenate([getattr(c, name) for c in choices]) for name in _BY_SURFACE}
    first = np.cumsum([0, *(choice.smoothing.size for choice in choices)])
    surface = [choice.valleys[0] + at for choice, at in zip(choices, first[:-1], strict=True)]
    found = [choice.valleys[1] for choice in choices]
    return Choice(valleys=(np.concatenate(surface), np.concatenate(found)), **parts)


CRITERIA = {"gcv": gcv, "gml": gml}


def criterion_of(name, variance=None):
    """Return the function of a criterion; ``known_variance`` needs the variance."""
    return partial(ubr, variance=variance) if name == "known_variance" else CRITERIA[name]


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


def search(eigenvalues, squares, criterion="gcv", variance=None):
    """Find every local minimum of a criterion and choose the smoothest, surface by surface.

    Parameters
    ----------
    eigenvalues : ndarray, shape (k,)
        Eigenvalues of the projected kernel.
    squares : ndarray, shape (k, surface)
        Squared rotated observations.
    criterion : {"gcv", "gml", "known_variance"}
        Which criterion is minimised.
    variance : float, optional
        Error variance, if it is known.

    Returns
    -------
    Choice

    Notes
    -----
    A minimum is a change of sign of the slope, refined by Chandrupatla's method to the
    rounding of log(lambda). The ends of the range count only where no minimum lies inside.
    """
    score, column = criterion_of(criterion, variance), eigenvalues[:, None]

    def of_surfaces(log_smoothing, surface):
        return score(log_smoothing, column, squares[:, surface])

    return _smoothest(of_surfaces, search_range(eigenvalues), squares.shape[1])


def search_common(groups, criterion="gcv", variance=None):
    """Find the one parameter that minimises the mean of a criterion over all surfaces.

    Parameters
    ----------
    groups : list of (ndarray (k,), ndarray (k, surface), int)
        Eigenvalues, squared rotated observations and number of stations of each set of
        stations.
    criterion, variance
        As in `search`.

    Returns
    -------
    Choice
        Of one surface.
    """
    score = criterion_of(criterion, variance)
    relative = criterion != "known_variance"  # those slopes are logarithmic

    def of_mean(log_smoothing, _):
        means = np.zeros((2, np.size(log_smoothing)))
        for number, step in enumerate(np.ravel(log_smoothing)):
            for eigenvalues, squares, stations in groups:
                value, slope = score(step, eigenvalues[:, None], squares)
                slope = value * np.nan_to_num(slope) if relative else slope
                unit = {"gcv": stations, "gml": 1, "known_variance": 1 / stations}[criterion]
                means[:, number] += unit * value.sum(), unit * slope.sum()
        return means

    ranges = [search_range(eigenvalues) for eigenvalues, _, _ in groups]
    low, high = min(steps[0] for steps in ranges), max(steps[-1] for steps in ranges)
    return _smoothest(of_mean, np.linspace(low, high, max(map(len, ranges))), 1)


def _smoothest(score, grid, surfaces):
    """Return the choice of the smoothest minimum of ``score(log_smoothing, surface)``."""
    everything = np.arange(surfaces)
    scores, slopes = np.stack([score(step, everything) for step in grid], axis=1)
    step, surface = np.nonzero((slopes[:-1] < 0) & (slopes[1:] >= 0))
    minima = np.bincount(surface, minlength=surfaces)

    end = np.where(minima > 0, 0, np.where(slopes[-1] > 0, -1, 1))
    chosen = np.where(end < 0, grid[0], grid[-1])
    bracket = grid[step], grid[step + 1]
    found = elementwise.find_root(lambda at, index: score(at, index)[1], bracket, args=(surface,)).x
    # np.nonzero runs from rough to smooth: the last write is the smoothest minimum.
    chosen[surface] = found
    better = scores.min(axis=0) < score(chosen, everything)[0]
    lowest = np.where(better, grid[scores.argmin(axis=0)], chosen)
    valleys = surface, np.exp(found)
    return Choice(np.exp(chosen), np.exp(lowest), minima, valleys, end, np.zeros(surfaces, bool))


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
