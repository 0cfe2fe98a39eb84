"""Change between class maps: matrix from class to class, gain, loss, net change, swap."""

import itertools

import numpy as np
import pandas as pd
from numba import njit

from nepflow import labels


class BadTransitions(ValueError):
    """A table of transitions lacks what a figure needs."""


@njit(cache=True, nogil=True)
def add_transitions(before, after, inside, cells):
    """Add the cells of a strip to the transition matrix.

    Parameters
    ----------
    before, after : ndarray, shape (y, x)
        Class number from 1, NaN = missing.
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
        Class number, NaN = missing.
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


COLUMNS = ["zones", "zone", "to", "year", "quantity", "value", "unit"]
ABSENT = "no data"
OF_KNOWN = "% of the area with a class at both dates"


def pair_rows(cells, names, dates, cell_km2):
    """Yield the rows of one pair of dates.

    Parameters
    ----------
    cells : ndarray of int, shape (classes + 1, classes + 1)
        Of `transitions.add_transitions`; row and column 0 are absent cells.
    names : list of str
        Names of the classes 1, 2 ...
    dates : (int, int)
    cell_km2 : float

    Yields
    ------
    tuple
        In the order of `COLUMNS`: the matrix (``transition_area``, ``transition_share``), a row
        a class of before, after, gain, loss, net, swap, and rows of the whole area.
    """
    year = f"{dates[0]}-{dates[1]}"
    labelled = [*names, ABSENT]
    order = [*range(1, len(names) + 1), 0]
    area = cells[np.ix_(order, order)] * cell_km2
    known = area[:-1, :-1]
    scale = 100 / known.sum() if known.sum() else np.nan
    for row, source in enumerate(labelled):
        for column, target in enumerate(labelled):
            where = ("landcover", source, target, year)
            yield (*where, "transition_area", area[row, column], "km2")
            if ABSENT not in (source, target):
                yield (*where, "transition_share", known[row, column] * scale, OF_KNOWN)
    for quantity, values in class_changes(known).items():
        for name, value in zip(names, values, strict=True):
            yield ("landcover", name, "", year, f"{quantity}_area", value, "km2")
            yield ("landcover", name, "", year, f"{quantity}_share", value * scale, OF_KNOWN)
    where = ("landcover", labels.REGION, "", year)
    changed = changed_share(known)
    yield (*where, "unchanged_share", 100 - changed, OF_KNOWN)
    yield (*where, "changed_share", changed, OF_KNOWN)
    yield (*where, "known_area", known.sum(), "km2")
    yield (*where, "absent_area", area.sum() - known.sum(), "km2")
    yield (*where, f"absent_in_{dates[0]}_only_area", area[-1, :-1].sum(), "km2")
    yield (*where, f"absent_in_{dates[1]}_only_area", area[:-1, -1].sum(), "km2")
    yield (*where, "absent_at_both_dates_area", area[-1, -1], "km2")
    yield (*where, "area", area.sum(), "km2")


def same_rows(known, same, area, dates, cell_km2):
    """Yield what kept one class at all of more than two dates; counts of cells."""
    where = ("landcover", labels.REGION, "", "-".join(map(str, dates)))
    yield (*where, "known_area", known * cell_km2, "km2")
    yield (*where, "absent_at_some_date_area", (area - known) * cell_km2, "km2")
    yield (*where, "area", area * cell_km2, "km2")
    share = 100 * same / known if known else np.nan
    yield (*where, "unchanged_share", share, "% of the area with a class at every date")


def steps_of(table):
    """Return dates, classes and the flows between neighbouring dates.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `pair_rows`.

    Returns
    -------
    (list of int, list of str, ndarray, shape (dates - 1, classes, classes))
        Areas in km2, of cells with a class at both dates of a step.

    Raises
    ------
    BadTransitions
        If the table lacks the matrix of a step.
    """
    rows = table[(table["quantity"] == "transition_area") & (table["zone"] != ABSENT)]
    rows = rows[rows["to"] != ABSENT]
    if rows.empty:
        raise BadTransitions(
            "the table of transitions has no transition_area. Delete it and run again."
        )
    periods = list(dict.fromkeys(rows["year"]))
    spans = [tuple(map(int, period.split("-"))) for period in periods]
    dates = sorted({date for span in spans for date in span})
    names = list(dict.fromkeys(rows["zone"]))
    flows = [matrix_of(table, f"{a}-{b}") for a, b in itertools.pairwise(dates)]
    return dates, names, np.array([flow.to_numpy() for flow in flows])


def matrix_of(table, year, quantity="transition_area"):
    """Return the matrix of a pair of dates, from (rows) to (columns), without absent cells."""
    rows = table[(table["quantity"] == quantity) & (table["year"] == year)]
    rows = rows[(rows["zone"] != ABSENT) & (rows["to"] != ABSENT)]
    if rows.empty:
        known = ", ".join(dict.fromkeys(table["year"]))
        raise BadTransitions(f"the table of transitions has no {year}. It has: {known}.")
    names = list(dict.fromkeys(rows["zone"]))
    wide = pd.pivot_table(rows, index="zone", columns="to", values="value", sort=False)
    return wide.loc[names, names]
