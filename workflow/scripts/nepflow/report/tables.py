"""Tidy tables turned for reading: units in the header, one row a zone or year, sensible digits."""

import math
import re
from numbers import Number

from nepflow import labels
from nepflow.report.headline import interval_text
from nepflow.study import respiration
from nepflow.study.uncertainty import PARTS, SOURCES

_GROUPS = {  # beginnings of quantities -> title
    "Mean trend": ("mean_",),
    "Share of the mean trend": ("trend_share",),
    "Cases": ("case_share", "climate_contribution", "residual_contribution"),
    "Classes": ("class_share",),
    "Dominant factor": ("dominant_share",),
}
_NAMES = {
    "mean_slope": "Slope",
    "mean_slope_error": "Standard error",
    "mean_slope_low": "Interval, low",
    "mean_slope_high": "Interval, high",
    "mean_bias": "Bias of RESTREND",
    "trend_share": "Share",
    "trend_share_low": "Interval, low",
    "trend_share_high": "Interval, high",
    "case_share": "Share",
    "class_share": "Share",
    "dominant_share": "Share",
    "dominant_share_significant": "Share where significant",
}
_CHANCE = "null_"


def attribution_tables(records, block):
    """Return a block a group of quantities: methods and what they speak of down, numbers across.

    Parameters
    ----------
    records : list of dict
        Rows of `summary.Sums.rows` with their method, and whether it is claimed.
    block : callable
        Makes a block of (title, key heads, heads, cells, note).
    """
    made = []
    for title, beginnings in _GROUPS.items():
        rows = [r for r in records if r["quantity"].removeprefix(_CHANCE).startswith(beginnings)]
        if rows:
            made.append(_attribution_block(title, rows, block))
    return made


def _attribution_block(title, rows, block):
    cells, units = {}, {}
    for row in rows:
        method = str(row["method"]).replace("_", " ")
        method += ", claimed" if str(row["claimed"]) == "True" else ""
        how = row.get("shared_inputs") or ""
        of = f"{row['of']} (built in: {how})" if isinstance(how, str) and how else row["of"]
        cells.setdefault((method, of), {})[row["quantity"]] = float(row["value"])
        units[row["quantity"]] = row["unit"]
    heads = [
        {"text": _name(quantity), "unit": unit, "key": quantity, "quantity": quantity}
        for quantity, unit in units.items()
    ]
    chance = any(quantity.startswith(_CHANCE) for quantity in units)
    note = "By chance: of series that follow climate and noise only." if chance else ""
    return block(title, ["Method", "Of"], heads, cells, note)


def _name(quantity):
    plain = quantity.removeprefix(_CHANCE)
    name = _NAMES.get(plain) or labels.quantity_name(plain)
    return name if plain == quantity else f"{name} by chance"


_CHANGES = ("before", "after", "gain", "loss", "net", "swap")


def transition_tables(records, block):
    """Return two blocks a pair of dates: shares from class to class, and what each class won.

    Parameters
    ----------
    records : list of dict
        Rows of `transitions.pair_rows`.
    block : callable
        Makes a block of (title, key heads, heads, cells, note).
    """
    made = []
    for year in dict.fromkeys(record["year"] for record in records):
        rows = [record for record in records if record["year"] == year]
        matrix = [row for row in rows if row["quantity"] == "transition_share"]
        if matrix:
            period = year.replace("-", "–")
            made.append(_matrix(matrix, rows, period, block))
            made.append(_changes(rows, period, block))
    return made


def _matrix(matrix, rows, period, block):
    cells = {}
    for row in matrix:
        cells.setdefault((row["zone"],), {})[row["to"]] = float(row["value"])
    heads = [
        {"text": name, "unit": "%", "key": name, "quantity": "share"}
        for name in dict.fromkeys(row["to"] for row in matrix)
    ]
    total = {row["quantity"]: float(row["value"]) for row in rows if row["zone"] == labels.REGION}
    note = (
        f"% of the area with a class at both dates ({labels.number(total['known_area'], 0)} km²); "
        f"changed: {labels.number(total['changed_share'], 2)} %. Without a class: "
        f"{labels.number(total['absent_area'], 0)} km². The CSV also holds the areas."
    )
    return block(f"From class (row) to class (column), {period}", ["From"], heads, cells, note)


def _changes(rows, period, block):
    cells = {}
    for row in rows:
        name = str(row["quantity"]).removesuffix("_share")
        if name in _CHANGES and row["quantity"] != name:
            cells.setdefault((row["zone"],), {})[name] = float(row["value"])
    heads = [
        {"text": labels.sentence(name), "unit": "%", "key": name, "quantity": "share"}
        for name in _CHANGES
    ]
    return block(f"Gain, loss, net change and swap, {period}", ["Class"], heads, cells, "")


_OF_ERRORS = {  # (quantity, source, part) -> head of a column: text, unit
    ("nep_mean", "all"): ("Mean NEP", "g C m-2 yr-1"),
    ("nep_total", "all"): ("Total NEP", "Tg C yr-1"),
    ("nep_slope", "all"): ("Trend of NEP", "g C m-2 yr-2"),
    ("nep_sink_share", "all"): ("Area that is a sink", "%"),
    ("nep_sink_probability", "all"): ("P(sink) by parameters", "%"),
    ("nep_sink_probability", "model"): ("Models that say sink", "%"),
}


def error_tables(records):
    """Return two blocks: numbers of zones with their errors; standard deviations by source.

    Parameters
    ----------
    records : list of dict
        Rows of `uncertainty.budget.rows`: zone, quantity, error_source, part, value, low, high, sd,
        variance_percent.
    """
    zones, models, sources = {}, {}, {}
    for record in records:
        key, zone = (record["quantity"], record["error_source"]), _named(record["zone"])
        if key == ("nep_mean", "model"):
            models.setdefault(zone, []).append(float(record["value"]))
        elif record["error_source"] in ("all", "model"):
            zones.setdefault(zone, {})[key] = record
        elif record["quantity"] == "nep_mean":
            own = sources.setdefault(zone, {})
            name = record["error_source"], record["part"]
            own[name] = float(record["sd"]), float(record["variance_percent"])
    return [_errors_of_zones(zones, models), _errors_by_source(sources)]


def _errors_of_zones(zones, models):
    columns, texts = [_column("Zone")], []
    for key, head in _OF_ERRORS.items():
        if any(key in own for own in zones.values()):
            columns.append(_column(*head, numeric=True))
            texts.append(_with_ends(key[0], [own.get(key) for own in zones.values()]))
    if models:
        columns.append(_column("Mean NEP by other models", "g C m-2 yr-1"))
        decimals = _decimals([value for own in models.values() for value in own])
        texts.append([_from_to(models.get(name, []), decimals) for name in zones])
    rows = [list(row) for row in zip(zones, *texts, strict=True)]
    note = (
        "In brackets: the interval, from errors of inputs and constants; of the trend also from "
        "years that differ. P(sink) by parameters: that the mean of the zone is above zero, within "
        "the chosen model. Other models are no draws: they stand beside it."
    )
    return _cut("NEP with its error", columns, rows, note)


def _from_to(values, decimals):
    if not values:
        return "–"
    return " to ".join(labels.number(end, decimals) for end in (min(values), max(values)))


def _errors_by_source(sources):
    names = dict.fromkeys(name for own in sources.values() for name in own)
    columns = [_column("Zone")]
    columns += [
        _column(f"{SOURCES[source].en.name}, {part}", "g C m-2 yr-1", numeric=True)
        for source, part in names
    ]
    rows = []
    for zone, own in sources.items():
        found = [own.get(name, (math.nan, math.nan)) for name in names]
        rows.append([zone, *(f"{labels.number(sd, 1)} ({share:.0f} %)" for sd, share in found)])
    parts = "; ".join(f"{name}: {text}" for name, text in PARTS.items())
    note = f"Standard deviation of mean NEP, and its share of the variance. {parts}."
    return _cut("Standard deviation of mean NEP by source", columns, rows, note)


def _cut(title, columns, rows, note):
    left_out = max(len(rows) - ROWS_SHOWN, 0)
    shown = rows[:ROWS_SHOWN]
    return {"title": title, "columns": columns, "rows": shown, "left_out": left_out, "note": note}


_FIXED = "fixed_area_"
_IN_CSV_ONLY = ("line_start", "z")
CELLS = {"": "each\u00a0year", _FIXED: "all\u00a0years"}


def interval_tables(records):
    """Return a block a variable: zones or variants down, statistics with their intervals across.

    Parameters
    ----------
    records : list of dict
        Rows of `zones.sums.summary_rows`: quantity, value, unit, low, high, valid_years,
        valid_share_percent, and zone or variant.
    """
    variables = {}
    for record in records:
        variables.setdefault(labels.variable_name(record["quantity"]), []).append(record)
    return [_interval_block(title, rows) for title, rows in variables.items()]


def _interval_block(title, records):
    named = "variant" if "variant" in records[0] else "zone"
    rows, units = {}, {}
    for record in records:
        name = record["quantity"].partition("_")[2] if title else record["quantity"]
        cells = _FIXED if name.startswith(_FIXED) else ""
        statistic = name.removeprefix(_FIXED)
        if statistic not in _IN_CSV_ONLY:
            units[statistic] = record["unit"]
            rows.setdefault((_name_of_row(record, named), cells), {})[statistic] = record
    columns = [_column(_head(named)), *([_column("Cells valid in")] if title else [])]
    columns += [_column("Years", numeric=True), _column("Cells with data", "%", numeric=True)]
    columns += [
        _column(labels.sentence(labels.statistic_name(name)), unit, numeric=True)
        for name, unit in units.items()
    ]
    across = [_with_ends(name, [row.get(name) for row in rows.values()]) for name in units]
    shown = []
    for (name, cells), row, *texts in zip(rows, rows.values(), *across, strict=True):
        first = next(iter(row.values()))
        years, share = float(first["valid_years"]), float(first["valid_share_percent"])
        rests_on = labels.number(years, 0 if years.is_integer() else 1), labels.number(share, 1)
        shown.append([name, *([CELLS[cells]] if title else []), *rests_on, *texts])
    note = "In brackets: the interval. The CSV also holds the first value of the line and Z."
    return {
        "title": title or "Sources and sinks",
        "columns": columns,
        "rows": shown[:ROWS_SHOWN],
        "left_out": max(len(shown) - ROWS_SHOWN, 0),
        "note": note
        if title
        else "In brackets: what is surely so, to what is not surely otherwise.",
    }


def _name_of_row(record, named):
    if named == "zone":
        return _named(record["zone"])
    chosen = ", chosen" if str(record["chosen"]) == "True" else ""
    return f"{labels.sentence(respiration.label(record['variant']))}{chosen}"


def _column(text, unit="", numeric=False):
    return {"text": text, "unit": labels.unit_text(unit), "numeric": numeric}


def _with_ends(statistic, records):
    """Return the texts of a column: value, and in brackets its interval."""
    numbers = [float(record[end]) for record in filter(None, records) for end in ("value", "high")]
    decimals = _decimals([value for value in numbers if math.isfinite(value)])
    made = []
    for record in records:
        if record is None:
            made.append("–")
        elif statistic == "p" or statistic.endswith("_p"):
            made.append(labels.p_value(float(record["value"])))
        else:
            ends = interval_text(record, decimals)
            text = labels.number(float(record["value"]), decimals)
            made.append(f"{text} ({ends})" if ends else text)
    return made


ROWS_SHOWN = 250  # of a long table; the CSV holds all
_NOT_SHOWN = {"source", "simulated", "zones", "shown"}  # said once, above the table
_CONSTANT = ("_area", "_valid_area")  # the same every year: in the CSV only
_WHOLE = "whole area"
_MASKED = "masked_"  # begins quantities of the area without a value, one a reason
_MASKED_NOTE = "The CSV also holds the area without a value by reason: it closes to the whole."


def blocks(table):
    """Return a table as one or more readable ones.

    A tidy table (columns quantity, value, unit) is pivoted: years against zones, one block a
    quantity, where both vary; otherwise what identifies a row against quantities. Any other
    table is shown as it is.

    Parameters
    ----------
    table : pandas.DataFrame

    Returns
    -------
    list of dict
        title (str), columns (list of {text, unit, numeric}), rows (list of list of str),
        left_out (int: rows that the CSV has beyond those shown), note (str).
    """
    columns = [name for name in table.columns if name not in _NOT_SHOWN]
    records = table[columns].to_dict("records")
    if not {"quantity", "value", "unit"} <= set(columns):
        return [_plain(columns, records)]
    masked = table["quantity"].astype(str).str.startswith(_MASKED)
    if masked.any():
        made = blocks(table[~masked])
        made[-1]["note"] = f"{made[-1]['note']} {_MASKED_NOTE}".strip()
        return made
    if made := _by_its_columns(columns, records):
        return made
    keys = [name for name in columns if name not in ("quantity", "value", "unit")]
    several = {key for key in keys if len({record[key] for record in records}) > 1}
    if {"year", "zone"} <= several:
        return _by_year_and_zone(records)
    fixed = [key for key in keys if key not in several and key != "zone"]
    note = ". ".join(
        f"{labels.sentence(key.replace('_', ' '))} {_text(records[0][key])}" for key in fixed
    )
    keys = [key for key in keys if key in several]
    if "year" in several and any(str(record["unit"]).startswith("%") for record in records):
        return [_closed(keys, records)]
    variables = {}
    for record in records:
        variables.setdefault(labels.variable_name(record["quantity"]), []).append(record)
    quantities = {record["quantity"] for record in records}
    if len(variables) in (1, len(quantities)) or "" in variables:
        return [_by_quantity("", keys, records, note)]
    return [_by_quantity(name, keys, part, note) for name, part in variables.items()]


def _by_its_columns(columns, records):
    """Return the blocks of a table with a layout of its own, or None."""
    if "statistic" in columns:
        return [_by_statistic(records)]
    if "to" in columns:
        return transition_tables(records, _block)
    if "variance_percent" in columns:
        return error_tables(records)
    if {"error_source", "origin"} <= set(columns):  # a number a row, each with its source
        return [_plain(columns, records)]
    if "claimed" in columns:
        return attribution_tables(records, _block)
    if "valid_years" in columns:
        named = "zone" in columns or "variant" in columns
        return interval_tables(records) if named else [_plain(columns, records)]
    return None


def _by_quantity(title, keys, records, note):
    """What identifies a row against quantities; the title need not be repeated in the header."""
    cells, quantities = _turned(records, keys, "quantity")
    heads = _heads_of(records, quantities)
    for head in heads:
        head["text"] = labels.sentence(head["text"].removeprefix(f"{title}, "))
    return _block(title, [_head(key) for key in keys], heads, cells, note)


def _by_statistic(records):
    """One row a quantity with its unit and what else names it, one column a statistic."""
    others = [k for k in records[0] if k not in ("quantity", "statistic", "value", "unit")]
    units = {}
    for record in records:
        units.setdefault(record["quantity"], labels.unit_text(record["unit"]))
    named = [
        {
            **record,
            "row": (
                labels.quantity_name(record["quantity"]),
                units[record["quantity"]],
                *(_named(record[key]) for key in others),
            ),
        }
        for record in records
    ]
    cells = {}
    for record in named:
        cells.setdefault(record["row"], {})[record["statistic"]] = float(record["value"])
    statistics = dict.fromkeys(record["statistic"] for record in records)
    heads = [
        {"text": labels.sentence(name), "unit": "", "key": name, "by_cell": True}
        for name in statistics
    ]
    return _block("", ["Quantity", "Unit", *map(_head, others)], heads, cells, "")


def _plain(columns, records):
    heads = [{"text": labels.sentence(name.replace("_", " ")), "unit": ""} for name in columns]
    for head, name in zip(heads, columns, strict=True):
        head["values"] = [record[name] for record in records]
        head["by_cell"] = "unit" in columns  # numbers of a column need not be alike
        if name == "unit":
            head["values"] = [labels.unit_text(unit) for unit in head["values"]]
    return _block("", [], heads, {(number,): None for number in range(len(records))}, "")


def _by_year_and_zone(records):
    """One block a quantity: years down, zones across, the whole area first."""
    quantities = dict.fromkeys(record["quantity"] for record in records)
    shown = [name for name in quantities if not name.endswith(_CONSTANT)]
    made = []
    for quantity in shown:
        rows = [record for record in records if record["quantity"] == quantity]
        cells, zones = _turned(rows, ["year"], "zone")
        heads = [{"text": zone, "unit": "", "quantity": quantity} for zone in zones]
        title = labels.with_unit(labels.quantity_name(quantity), rows[0]["unit"])
        made.append(_block(title, ["Year"], heads, cells, ""))
    absent = [labels.quantity_name(name) for name in quantities if name not in shown]
    if absent and made:
        made[-1]["note"] = "The CSV also holds: " + "; ".join(absent) + "."
    return made


def _closed(keys, records):
    """Shares of every year with their sum, which shows that nothing is missing."""
    shares = [record for record in records if str(record["unit"]).startswith("%")]
    cells, quantities = _turned(shares, keys, "quantity")
    heads = _heads_of(shares, quantities)
    for head in heads:
        head["text"] = head["text"].removesuffix(" share")
    for row in cells.values():
        row["sum"] = math.fsum(value for value in row.values() if not math.isnan(value))
    heads.append({"text": "Sum", "unit": "%", "quantity": "sum", "key": "sum"})
    note = "The CSV also holds the areas." if len(shares) < len(records) else ""
    return _block("", [_head(key) for key in keys], heads, cells, note)


def _turned(records, keys, across):
    """Return {row key: {column: value}} and the columns, both in order of appearance."""
    cells, columns = {}, {}
    for record in records:
        row = tuple(_named(record[key]) for key in keys)
        column = _named(record[across])
        columns[column] = None
        cells.setdefault(row, {})[column] = float(record["value"])
    return cells, list(columns)


def _heads_of(records, quantities):
    units = {record["quantity"]: record["unit"] for record in records}
    return [
        {"text": labels.quantity_name(name), "unit": units[name], "quantity": name, "key": name}
        for name in quantities
    ]


def _head(key):
    return labels.sentence(key.replace("_", " "))


def _named(value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and math.isnan(value):
        return "–"
    return _WHOLE if value == labels.REGION else value


def _block(title, key_heads, heads, cells, note):
    """Format the cells column by column and cut what is too long to read."""
    keys = list(cells)
    columns = [{"text": text, "unit": "", "numeric": False} for text in key_heads]
    texts = [[_text(key[place]) for key in keys] for place in range(len(key_heads))]
    for head in heads:
        values = head.get("values")
        if values is None:
            values = [cells[key].get(head.get("key", head["text"]), math.nan) for key in keys]
        numeric = all(_is_number(value) for value in values)
        columns.append(
            {"text": head["text"], "unit": labels.unit_text(head["unit"]), "numeric": numeric}
        )
        texts.append(_formatted(values, head) if numeric else [_text(value) for value in values])
    rows = [list(row) for row in zip(*texts, strict=True)]
    shown = rows[:ROWS_SHOWN]
    left_out = len(rows) - len(shown)
    return {"title": title, "columns": columns, "rows": shown, "left_out": left_out, "note": note}


def _is_number(value):
    return isinstance(value, Number) and not isinstance(value, bool)


def _formatted(values, head):
    """Digits by the largest value of the column; p values and shares have their own."""
    if head.get("quantity", "").endswith("_p"):
        return [labels.p_value(value) for value in values]
    if head.get("by_cell"):
        return [labels.compact_number(value) for value in values]
    known = [value for value in values if math.isfinite(value)]
    if head["unit"].startswith("%") and _decimals(known):
        return [labels.number(value, 2) for value in values]
    return [labels.number(value, _decimals(known)) for value in values]


def _decimals(known):
    """Decimals that suit the largest of some values; none if all are whole, or none is there."""
    if not known or all(float(value).is_integer() for value in known):
        return 0
    return labels.decimals_for(max(map(abs, known)))


def _text(value):
    if isinstance(value, float) and math.isnan(value):
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return re.sub(r"^(\d{4})-(\d{4})$", r"\1–\2", str(value))
