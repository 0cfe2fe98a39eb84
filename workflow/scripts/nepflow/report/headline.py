"""The numbers that a reader wants first, taken from the tables of a study."""

import math

from nepflow import labels
from nepflow.study import respiration

READINGS = {
    "monthly": "equation summed over months",
    "annual_once": "equation applied once to annual climate",
    "annual_x12": "twelve times that (negative control)",
}


class BadReport(ValueError):
    """A report lacks something that it must show."""


def cards(tables, study):
    """Return the headline cards.

    Parameters
    ----------
    tables : dict of {str: pandas.DataFrame}
        By file name without ending: respiration_readings, trends_<zones>, trend_classes_nep.
    study : dict
        Settings of the study: has_trend, years, minimum_years, trend.significant_z.

    Returns
    -------
    list of dict
        title, value, unit, note (str) and others (list of (name, value)): the same number by
        the other readings of the respiration equation.

    Raises
    ------
    BadReport
        If a table or a quantity is missing.
    """
    readings = _readings(tables)
    made = [
        _by_reading(readings, "nep_mean", "Mean NEP", "", 1),
        _by_reading(readings, "nep_total", "Total NEP", "", 1),
    ]
    made += _trend_cards(tables, study) if study["has_trend"] else [_no_trend(study)]
    sources = _by_reading(readings, "source_share", "Carbon source", "", 2)
    sinks = _by_reading(readings, "sink_share", "Carbon sink", "of the area with data", 2)
    sinks["note"] += f"; source {sources['value']}\u202f%"
    return [*made, sinks]


def _readings(tables):
    """Return {reading: {quantity: (value, unit)}}, the chosen one first."""
    table = _table(tables, "respiration_readings")
    found, chosen = {}, None
    for row in table.to_dict("records"):
        found.setdefault(row["reading"], {})[row["quantity"]] = (float(row["value"]), row["unit"])
        chosen = row["reading"] if str(row["chosen"]) == "True" else chosen
    if chosen is None:
        raise BadReport("tables/respiration_readings.csv: no reading is marked as chosen.")
    return {chosen: found.pop(chosen), **found}


def _table(tables, name):
    if name not in tables:
        raise BadReport(f"tables/{name}.csv is not among the tables of the report. Add it.")
    return tables[name]


def _by_reading(readings, quantity, title, note, decimals):
    values = {}
    for reading, numbers in readings.items():
        if quantity not in numbers:
            raise BadReport(f"tables/respiration_readings.csv: lacks {quantity} of {reading}.")
        values[reading], unit = numbers[quantity]
    chosen, *others = values
    return {
        "title": title,
        "value": labels.number(values[chosen], decimals),
        "unit": labels.unit_text(unit.split(" of ")[0]),
        "note": note or _reading_name(chosen),
        "others": [(_reading_name(name), labels.number(values[name], decimals)) for name in others],
    }


def _reading_name(name):
    return READINGS.get(name) or respiration.label(name)


def _trend_cards(tables, study):
    """Slope with p of the whole area, and the shares of the area by sign and significance."""
    name = next((name for name in tables if name.startswith("trends_")), "trends_<zones>")
    rows = _table(tables, name).to_dict("records")
    area = {row["quantity"]: row for row in rows if row["zone"] == labels.REGION}
    if "nep_slope" not in area:
        raise BadReport(f"tables/{name}.csv: lacks nep_slope of the zone {labels.REGION}.")
    slope, p = area["nep_slope"], area.get("nep_p", {"value": math.nan})
    sign = "+" if slope["value"] > 0 else ""
    decimals = labels.decimals_for(slope["value"], 3)
    period = str(slope["year"]).replace("-", "–")
    line = {
        "title": "Trend of NEP",
        "value": sign + labels.number(slope["value"], decimals),
        "unit": labels.unit_text(slope["unit"]),
        "note": f"Theil–Sen, {period}; Mann–Kendall {labels.p_text(p['value'])}",
        "others": [],
    }
    limit = study["trend"]["significant_z"]
    return [line, _shares_card(_table(tables, "trend_classes_nep"), limit)]


def _shares_card(table, limit):
    """Shares of the area with a trend; ``limit`` is the |Z| of a significant one."""
    shares = {
        row["zone"]: float(row["value"])
        for row in table.to_dict("records")
        if row["quantity"] == "nep_share"
    }

    def share(sign, significant=False):
        names = [name for name in shares if name.endswith(sign)]
        if significant:
            names = [name for name in names if name.startswith(("significant", "extremely"))]
        return f"{labels.number(math.fsum(shares[name] for name in names), 1)}"

    return {
        "title": "Area with rising NEP",
        "value": share("increase"),
        "unit": "%",
        "note": f"of the area with a trend; significant (|Z| > {limit:g}): "
        f"{share('increase', True)}\u202f%",
        "others": [
            ("falling", f"{share('decrease')}\u202f%"),
            ("falling, significant", f"{share('decrease', True)}\u202f%"),
        ],
    }


def _no_trend(study):
    years = len(study["years"])
    note = f"not estimated: {years} years, a trend needs {study['minimum_years']}"
    return {"title": "Trend of NEP", "value": "–", "unit": "", "note": note, "others": []}
