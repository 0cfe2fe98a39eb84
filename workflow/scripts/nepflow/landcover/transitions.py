"""Change between class maps: matrix from class to class, gain, loss, net change, swap."""

import itertools

import numpy as np
from numba import njit


@njit(cache=True, nogil=True)
def add_transitions(before, after, inside, cells):
    """Add the cells of a strip to the transition matrix.

    Parameters
    ----------
    before, after : ndarray, shape (y, x)
        Class number from 1, NaN = absent.
    inside : ndarray, shape (y, x)
        1 inside the area; other cells do not count.
    cells : ndarray of int64, shape (classes + 1, classes + 1)
        Cells from class (row) to class (column), changed in place; row and column 0 are
        those without a class. Its sum is the number of cells of the area.
    """
    rows, columns = before.shape
    for row in range(rows):
        for column in range(columns):
            if inside[row, column] != 1:
                continue
            first, second = before[row, column], after[row, column]
            source = 0 if np.isnan(first) else int(first)
            target = 0 if np.isnan(second) else int(second)
            cells[source, target] += 1


def always_the_same(codes, inside):
    """Return cells with a class at every date, and those of them that never changed.

    Parameters
    ----------
    codes : ndarray, shape (date, y, x)
        Class number, NaN = absent.
    inside : ndarray, shape (y, x)
        1 inside the area.

    Returns
    -------
    (int, int)
    """
    known = np.isfinite(codes).all(axis=0) & (inside == 1)
    same = known & (codes == codes[:1]).all(axis=0)
    return int(known.sum()), int(same.sum())


def class_changes(matrix):
    """Return what each class won and lost (Pontius et al. 2004, doi:10.1016/j.agee.2003.09.008).

    Parameters
    ----------
    matrix : ndarray, shape (classes, classes)
        Area from class (row) to class (column), any unit; no row of absent cells.

    Returns
    -------
    dict of {str: ndarray, shape (classes,)}
        ``before`` and ``after``: area at the first and the second date; ``gain``, ``loss``;
        ``net`` = gain - loss; ``swap`` = 2 min(gain, loss), what was lost in one place and won
        in another. In the unit of the matrix.
    """
    matrix = np.asarray(matrix, dtype="float64")
    kept = np.diag(matrix)
    before, after = matrix.sum(axis=1), matrix.sum(axis=0)
    gain, loss = after - kept, before - kept
    return {
        "before": before,
        "after": after,
        "gain": gain,
        "loss": loss,
        "net": gain - loss,
        "swap": 2 * np.minimum(gain, loss),
    }


def changed_share(matrix):
    """Return the share of the area that changed its class, % of the area in the matrix."""
    matrix = np.asarray(matrix, dtype="float64")
    total = matrix.sum()
    return 100 * (total - np.trace(matrix)) / total if total else np.nan


def pairs_of(dates):
    """Return the pairs of dates that are compared: each with the next, the first with the last."""
    pairs = list(itertools.pairwise(dates))
    return pairs if len(dates) < 3 else [*pairs, (dates[0], dates[-1])]
