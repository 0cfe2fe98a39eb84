"""Annual series and their trends as the tidy tables hold them; nothing is fitted here."""

import math
from typing import NamedTuple

from nepflow import labels
from nepflow.figures.palettes import BadFigure

LEAST_YEARS = 3  # with fewer a curve says nothing


class Trend(NamedTuple):
    """A fitted line: ``start`` in the first year, ``slope`` a year in ``unit``, and its p."""

    slope: float
    unit: str
    p: float
    first_year: float
    start: float


def curves_of(table, quantity, zones):
    """Return the annual means of a quantity over the whole area and over its zones.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy table of series: zones, zone, year, quantity, value, unit. Rows of the whole
        area have the zone ``all``; the quantity stands as ``<quantity>_mean``.
    quantity, zones : str
        Such as nep, province.

    Returns
    -------
    (dict of {str: (ndarray, ndarray)}, str)
        Years and values of each zone, the whole area first, and the unit.

    Raises
    ------
    BadFigure
        If the table lacks the quantity, the whole area or the zones, or mixes units.
    """
    rows = table[table["quantity"] == f"{quantity}_mean"]
    if rows.empty:
        known = ", ".join(sorted(set(table["quantity"])))
        raise BadFigure(f"the table of series has no {quantity}_mean. It has: {known}.")
    area = rows[rows["zone"] == labels.REGION]
    parts = rows[(rows["zones"] == zones) & (rows["zone"] != labels.REGION)]
    if area.empty or parts.empty:
        known = ", ".join(sorted(set(rows["zones"])))
        raise BadFigure(f"{quantity} of {zones} is not in the table of series, which has: {known}.")
    units = sorted(set(rows["unit"]))
    if len(units) > 1:
        raise BadFigure(f"{quantity}_mean comes in several units: {', '.join(units)}.")
    curves = {labels.REGION: _by_year(area)}
    for name in dict.fromkeys(parts["zone"]):
        curves[name] = _by_year(parts[parts["zone"] == name])
    return curves, units[0]


def _by_year(rows):
    """Return years and values, ascending; a year that stands twice counts once."""
    years, values = rows["year"].astype(float), rows["value"].astype(float)
    by_year = dict(sorted(zip(years, values, strict=True)))
    return list(by_year), list(by_year.values())


def with_enough_years(curves):
    """Return the curves of at least `LEAST_YEARS` years, and the names of the others.

    The whole area stays in any case, and so do all zones where none has enough.
    """
    known = {zone: sum(map(math.isfinite, values)) for zone, (_, values) in curves.items()}
    absent = [z for z, years in known.items() if years < LEAST_YEARS and z != labels.REGION]
    if len(absent) == len(curves) - 1:
        return curves, []
    return {zone: curve for zone, curve in curves.items() if zone not in absent}, absent


def first_zones(curves, most):
    """Return the curves of the whole area and of the first ``most`` zones, and the other names."""
    kept = dict(list(curves.items())[: most + 1])
    return kept, [zone for zone in curves if zone not in kept]


def trend_of(table, quantity, zones, zone):
    """Return the `Trend` of a zone, or None where the table has none.

    Parameters
    ----------
    table : pandas.DataFrame or None
        Tidy table of trends with ``<quantity>_slope``, ``_line_start`` and ``_p``; the year is
        the period, such as 2000-2023.
    quantity, zones, zone : str
    """
    if table is None:
        return None
    rows = table[table["zone"] == zone]
    if zone != labels.REGION:
        rows = rows[rows["zones"] == zones]
    found = {row.quantity: row for row in rows.itertuples()}
    slope = found.get(f"{quantity}_slope")
    if slope is None or math.isnan(slope.value):
        return None
    p = found.get(f"{quantity}_p")
    start = found.get(f"{quantity}_line_start")
    return Trend(
        float(slope.value),
        slope.unit,
        float(p.value) if p else math.nan,
        float(str(slope.year).split("-")[0]),
        float(start.value) if start else math.nan,
    )


def trend_text(trend):
    """Return slope with unit, and p, as text; nothing where there is no trend."""
    if trend is None:
        return ""
    sign = "+" if trend.slope > 0 else ""
    size = labels.number(trend.slope, labels.decimals_for(trend.slope, 3))
    text = f"{sign}{size} {labels.unit_text(trend.unit)}"
    return text if math.isnan(trend.p) else f"{text}, {labels.p_text(trend.p)}"
