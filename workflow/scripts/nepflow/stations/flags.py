"""Quality flags of station records: their names and codes."""

import numpy as np
import pandas as pd

# The column <variable>_flag of the records. What is not observed or sunshine has no value of
# its own: where one stands beside such a flag, it was reconstructed.
FLAGS = (
    "observed",
    "sunshine",
    "missing",
    "range",
    "step",
    "persistence",
    "spatial",
    "climatology",
)
OBSERVED, SUNSHINE, MISSING, RANGE, STEP, PERSISTENCE, SPATIAL, CLIMATOLOGY = range(len(FLAGS))


def column_of(variable):
    """Return the name of a variable's flag column."""
    return f"{variable}_flag"


FLAGGED = ("station", "date", "variable", "value", "unit", "flag")
QUALITY = ("station", "variable", "quantity", "value", "unit")


def category(codes):
    """Return flag codes as a categorical column."""
    return pd.Categorical.from_codes(codes, FLAGS)


def flagged_rows(days, name, unit, values, codes, new):
    """Return the values that a check of records rejected, one row each.

    Parameters
    ----------
    days : days.StationDays
        Or `days.StationMonths`.
    name : str
        Variable.
    unit : str
        Of the values.
    values : ndarray, shape (day, station)
        As they were before the checks.
    codes : ndarray of int, same shape
    new : ndarray of bool, same shape
        Which values the checks rejected.
    """
    day, station = np.nonzero(new)
    order = np.lexsort((day, station))
    day, station = day[order], station[order]
    return pd.DataFrame(
        {
            "station": days.sites["station"].to_numpy(str)[station],
            "date": days.dates[day].astype(str),
            "variable": name,
            "value": values[day, station],
            "unit": unit,
            "flag": np.asarray(FLAGS)[codes[day, station]],
        }
    )


def quality_rows(names, variable, codes, values, unit="day"):
    """Return how many days (months) of each station have each flag, were filled, and have no value.

    Parameters
    ----------
    names : ndarray of str, shape (station,)
    variable : str
    codes : ndarray of int, shape (day, station)
    values : ndarray, shape (day, station)
        After the reconstruction.
    unit : {"day", "month"}
        What a value stands for.
    """
    own = (codes == OBSERVED) | (codes == SUNSHINE)
    known = ~np.isnan(values)
    counts = {flag: (codes == code).sum(axis=0) for code, flag in enumerate(FLAGS)}
    counts |= {"filled": (known & ~own).sum(axis=0), "without_value": (~known).sum(axis=0)}
    parts = [
        pd.DataFrame({"station": names, "variable": variable, "quantity": quantity, "value": count})
        for quantity, count in counts.items()
    ]
    return pd.concat(parts, ignore_index=True).assign(unit=unit)[list(QUALITY)]
