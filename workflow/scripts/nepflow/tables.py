"""Tidy tables: one value a row, a unit column, checked columns."""

import pandas as pd

from nepflow.atomic import replacing

COLUMNS = ["zones", "zone", "year", "quantity", "value", "unit"]


class BadTable(ValueError):
    """A table without the columns it must have."""


def read(path, columns=COLUMNS):
    """Return a CSV with at least ``columns``.

    Years stay text, since a mean has none, and so do stations, whose digits may begin with 0.

    Raises
    ------
    BadTable
    """
    text = dict.fromkeys(("year", "zone", "unit", "station"), str)
    table = pd.read_csv(path, dtype=text, keep_default_na=True)
    missing = [column for column in columns if column not in table.columns]
    if missing:
        raise BadTable(f"{path}: lacks the columns {', '.join(missing)}. Delete it and run again.")
    return table


def empty(columns):
    """Return a table without rows."""
    return pd.DataFrame(columns=list(columns))


def write(rows, path, columns=COLUMNS, simulated=False):
    """Write rows (dictionaries or sequences) as CSV, with 10 significant digits.

    Simulated numbers say so in a column ``source``.
    """
    table = pd.DataFrame(rows, columns=list(columns))
    if simulated:
        table["source"] = "simulated (twin)"
    with replacing(path) as temporary:
        table.to_csv(temporary, index=False, float_format="%.10g", lineterminator="\n")
