"""The tidy table of land-cover change as matrices, for figures."""

import itertools

import numpy as np
import pandas as pd

from nepflow.figures.palettes import BadFigure
from nepflow.landcover.transition_rows import ABSENT


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
    BadFigure
        If the table lacks the matrix of a step.
    """
    rows = table[(table["quantity"] == "transition_area") & (table["zone"] != ABSENT)]
    rows = rows[rows["to"] != ABSENT]
    if rows.empty:
        raise BadFigure("the table of transitions has no transition_area. Delete it and run again.")
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
        raise BadFigure(f"the table of transitions has no {year}. It has: {known}.")
    names = list(dict.fromkeys(rows["zone"]))
    wide = pd.pivot_table(rows, index="zone", columns="to", values="value", sort=False)
    return wide.loc[names, names]
