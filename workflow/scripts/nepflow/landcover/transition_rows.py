"""Transition matrices -> rows of the tidy table of land-cover change."""

import numpy as np

from nepflow import labels
from nepflow.landcover import transitions

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
    for quantity, values in transitions.class_changes(known).items():
        for name, value in zip(names, values, strict=True):
            yield ("landcover", name, "", year, f"{quantity}_area", value, "km2")
            yield ("landcover", name, "", year, f"{quantity}_share", value * scale, OF_KNOWN)
    where = ("landcover", labels.REGION, "", year)
    changed = transitions.changed_share(known)
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
