"""Tidy tables: one value a row, a unit column, checked columns."""

import pandas as pd

from nepflow.io.atomic import replacing

COLUMNS = ["zones", "zone", "year", "quantity", "value", "unit"]
# Columns of names and words. Those of people may be called NA, null, True, 1e5 or 007. Years too:
# a mean has none.
_TEXT = """
action address biome shared_inputs category check choice claim class contrast dataset date defect
driver drivers error_source explanation factor figure file first first_date flag from_class
granule group how id instead_of interaction kind last_date layer licence limits measure method
model name network nearest_station note of option origin other part period plot product project
quantity reason region_or_class relation second section sha256 site source stage station
station_name statistic stratum test tile title to to_class topic transitions type unit variable
variant verdict version warning year years zone zones
"""
TEXT = frozenset(_TEXT.split())


class BadTable(ValueError):
    """A table without the columns it must have."""


def read(path, columns=COLUMNS):
    """Return a CSV with at least ``columns``.

    Columns of `TEXT` stay as they were written, only an empty cell is absent (NaN); in others
    numbers are numbers.

    Raises
    ------
    BadTable
    """
    table = pd.read_csv(
        path,
        dtype=dict.fromkeys(TEXT, str),
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
    )
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

    Raises
    ------
    TypeError
        If a ``value`` is a text, which no reader of the table expects.
    """
    table = pd.DataFrame(rows, columns=list(columns))
    texts = [value for value in table.get("value", ()) if isinstance(value, str)]
    if texts:
        raise TypeError(f"{path}: the value {texts[0]!r} is a text")
    if simulated:
        table["source"] = "simulated"
    with replacing(path) as temporary:
        table.to_csv(
            temporary, index=False, float_format="%.10g", lineterminator="\n", encoding="utf-8"
        )
