"""Geographical detector: how much of a variable's variance lies between the strata of factors."""

from typing import NamedTuple

import numpy as np
from scipy import stats

WEAKENED_BOTH = "nonlinear weakening"
WEAKENED = "univariate weakening"
ENHANCED = "bivariate enhancement"
INDEPENDENT = "independent"
ENHANCED_BOTH = "nonlinear enhancement"
INTERACTIONS = (WEAKENED_BOTH, WEAKENED, ENHANCED, INDEPENDENT, ENHANCED_BOTH)


class Strata(NamedTuple):
    """What the detectors need of the strata that hold cells, each array (stratum,).

    ``codes`` are those of the strata, ``squares`` the squares about the mean within each;
    ``total`` is the sum of squares about the mean of all cells.
    """

    codes: np.ndarray
    cells: np.ndarray
    means: np.ndarray
    squares: np.ndarray
    total: float

    @property
    def within(self):
        """Sum of squares within the strata."""
        return float(self.squares.sum())


def strata_of(y, codes):
    """Return the `Strata` of a variable.

    Parameters
    ----------
    y : ndarray, shape (cell,)
        Any unit; no NaN.
    codes : ndarray of int, shape (cell,)
        From 0; a code without a cell is no stratum.

    Raises
    ------
    ValueError
        If the shapes differ or a value is NaN.
    """
    y, codes = np.asarray(y, dtype="float64"), np.asarray(codes)
    if y.shape != codes.shape or y.ndim != 1:
        raise ValueError(f"a value and a stratum a cell are needed, not {y.shape}, {codes.shape}")
    if np.isnan(y).any():
        raise ValueError("cells without a value must be left out before strata are compared")
    cells = np.bincount(codes)
    held = np.flatnonzero(cells)
    centre = y.mean()
    means = np.bincount(codes, y - centre) / np.maximum(cells, 1)
    squares = np.bincount(codes, (y - centre - means[codes]) ** 2)
    total = float(((y - centre) ** 2).sum())
    return Strata(held, cells[held], means[held] + centre, squares[held], total)


def q_statistic(strata):
    """Return ``q = 1 - SSW / SST`` (Wang et al. 2010, doi:10.1080/13658810802443457).

    NaN where the variable does not vary.
    """
    return 1 - strata.within / strata.total if strata.total > 0 else np.nan


def f_statistic(strata):
    """Return ``F = (N - L) / (L - 1) * q / (1 - q)`` of L strata and N cells; NaN if L < 2."""
    q, count, cells = q_statistic(strata), len(strata.cells), strata.cells.sum()
    if count < 2 or cells <= count or not q < 1:
        return np.nan
    return (cells - count) / (count - 1) * q / (1 - q)


def noncentrality(strata, ddof):
    """Return lambda of the non-central F as published.

    ``lambda = (sum_h m_h^2 - (sum_h sqrt(N_h) m_h)^2 / N) / s^2`` with the means m_h of the
    strata and the variance s^2 of the whole. The means stand unweighted, so lambda changes when
    a constant is added to the variable.

    Parameters
    ----------
    strata : Strata
    ddof : {0, 1}
        s^2 is divided by N - ddof: 1 as the R package geodetector, 0 as gdverse and GD.

    References
    ----------
    Wang, Zhang and Fu (2016), doi:10.1016/j.ecolind.2016.02.052.
    """
    cells = strata.cells.sum()
    variance = strata.total / (cells - ddof)
    roots = (np.sqrt(strata.cells) * strata.means).sum()
    return ((strata.means**2).sum() - roots**2 / cells) / variance


def published_p(strata, ddof):
    """Return the p of q by the non-central F as published; NaN where it cannot be computed.

    It is kept for comparison with other works only: see `noncentrality`.
    """
    statistic = f_statistic(strata)
    if not np.isfinite(statistic):
        return np.nan
    between, within = len(strata.cells) - 1, strata.cells.sum() - len(strata.cells)
    return float(stats.ncf.sf(statistic, between, within, noncentrality(strata, ddof)))


def crossed(first, second):
    """Return codes of the full overlay of two factors: every pair of codes is a stratum."""
    second = np.asarray(second, dtype="int64")
    return np.asarray(first, dtype="int64") * (int(second.max(initial=0)) + 1) + second


def interaction_type(q_first, q_second, q_both, tolerance=1e-9):
    """Return which of the five `INTERACTIONS` the q of an overlay is.

    The overlay explains at least as much as each factor alone, so the two weakenings cannot
    occur with full overlays; they are named because others drop strata of one cell.

    Parameters
    ----------
    q_first, q_second, q_both : float
    tolerance : float
        Difference from the sum that counts as none.
    """
    low, high, both = *sorted((q_first, q_second)), q_first + q_second
    if abs(q_both - both) <= tolerance:
        return INDEPENDENT
    if q_both > both:
        return ENHANCED_BOTH
    if q_both >= high - tolerance:
        return ENHANCED
    return WEAKENED if q_both > low else WEAKENED_BOTH


def risk_test(strata):
    """Return t, degrees of freedom and two-sided p of Welch's test of every pair of strata.

    Parameters
    ----------
    strata : Strata

    Returns
    -------
    list of (int, int, float, float, float)
        Places of both strata in ``strata.codes``, and the test; NaN if one has a single cell.
        Neighbouring cells are counted as independent, so that p is too small on maps.

    References
    ----------
    Welch (1947), Biometrika 34:28-35. Checked against scipy.
    """
    found = []
    for i in range(len(strata.cells)):
        for j in range(i + 1, len(strata.cells)):
            counts, squares = strata.cells[[i, j]], strata.squares[[i, j]]
            if counts.min() < 2 or not squares.sum() > 0:
                found.append((i, j, np.nan, np.nan, np.nan))
                continue
            errors = squares / (counts - 1) / counts
            t = (strata.means[i] - strata.means[j]) / np.sqrt(errors.sum())
            df = errors.sum() ** 2 / (errors**2 / (counts - 1)).sum()
            found.append((i, j, float(t), float(df), float(2 * stats.t.sf(abs(t), df))))
    return found


def ecological_test(first, second):
    """Return ``F = SSW_1 / SSW_2`` of two factors and its two-sided p.

    With (N - 1, N - 1) degrees of freedom, N cells; cells are counted as independent.

    Parameters
    ----------
    first, second : Strata
        Of the same variable and cells.
    """
    if not first.within > 0 or not second.within > 0:
        return np.nan, np.nan
    ratio = first.within / second.within
    df = first.cells.sum() - 1, second.cells.sum() - 1
    return ratio, float(2 * min(stats.f.cdf(ratio, *df), stats.f.sf(ratio, *df)))
