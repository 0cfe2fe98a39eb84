"""Annual series and their trends as the tidy tables hold them; nothing is fitted here."""

import math

from nepflow import labels
from nepflow.palettes import BadFigure


def curves_of(table, quantity, zones):
    """Return {zone: (years, values)}, the whole area first, and the unit."""
    rows = table[table["quantity"] == quantity]
    if rows.empty:
        known = ", ".join(sorted(set(table["quantity"])))
        raise BadFigure(f"the table has no quantity {quantity}. It has: {known}.")
    region = rows[rows["zone"] == labels.REGION]
    parts = rows[(rows["zones"] == zones) & (rows["zone"] != labels.REGION)]
    if region.empty or parts.empty:
        known = ", ".join(sorted(set(rows["zones"])))
        raise BadFigure(
            f"{quantity} needs rows of zone {labels.REGION} and of zones {zones}; has {known}."
        )
    units = set(rows["unit"])
    if len(units) > 1:
        raise BadFigure(f"{quantity} comes in several units: {', '.join(sorted(units))}.")
    curves = {labels.REGION: _in_order(region)}
    for name in dict.fromkeys(parts["zone"]):
        curves[name] = _in_order(parts[parts["zone"] == name])
    return curves, units.pop()


def _in_order(rows):
    """Return years and values of the rows, by year, once a year."""
    rows = rows.drop_duplicates("year").sort_values("year")
    return rows["year"].to_numpy(dtype=float), rows["value"].to_numpy(dtype=float)


def trend_of(trends, quantity, zones, name):
    """Return slope, its unit and p of a zone, or None where the table does not say."""
    if trends is None:
        return None
    rows = trends[trends["zone"] == name]
    if name != labels.REGION:
        rows = rows[rows["zones"] == zones]
    slope = rows[rows["quantity"] == f"{quantity}_sen_slope"]
    p = rows[rows["quantity"] == f"{quantity}_p"]
    if slope.empty or math.isnan(float(slope["value"].iloc[0])):
        return None
    p = float(p["value"].iloc[0]) if len(p) else math.nan
    return float(slope["value"].iloc[0]), str(slope["unit"].iloc[0]), p


def trend_text(trend):
    """Return slope with unit and p as text; nothing where there is no trend."""
    if trend is None:
        return ""
    slope, unit, p = trend
    sign = "+" if slope > 0 else ""
    text = f"{sign}{labels.number(slope, labels.decimals_for(slope, 3))} {labels.unit_text(unit)}"
    return text if math.isnan(p) else f"{text}, {labels.p_text(p)}"
