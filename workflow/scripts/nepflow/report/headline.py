"""Headline numbers of a report, with their intervals, years, cells, and what chance gives."""

import math

from nepflow import labels
from nepflow.study import layers, respiration

FIXED = "_fixed_area"  # of quantities over the cells that are valid in all years


class BadReport(ValueError):
    """A report lacks something that it must show."""


def cards(tables, study):
    """Return the headline cards.

    Parameters
    ----------
    tables : dict of {str: pandas.DataFrame}
        By file name without ending: respiration_variants, shares_trend_class_nep.
    study : dict
        Settings of the study: has_trend, years, min_years, trend.significant_z.

    Returns
    -------
    list of dict
        title, note (str), and values: name, value, unit, lines (list of str), one a way to apply
        the respiration equation, the chosen one first, that of the truth of a simulation last; all
        are shown alike, since the report itself may call the chosen one wrong.

    Raises
    ------
    BadReport
        If a table or a quantity is missing.
    """
    if not layers.has_npp(study):
        return []
    variants, errors = _variants(tables), errors_of(tables)
    made = [
        _with_errors(_card("Mean NEP", variants, "nep_mean", 1), errors, "nep_mean", 1),
        _with_errors(_card("Total NEP", variants, "nep_total", 1), errors, "nep_total", 1),
    ]
    if study["has_trend"]:
        decimals = _decimals_of_slope(variants)
        card = _trend_card(variants, study, decimals)
        made.append(_with_errors(card, errors, "nep_slope", decimals))
        made.append(_shares_card(table_of(tables, "shares_trend_class_nep"), study))
    else:
        made.append(_no_trend(study))
    return [*made, _with_errors(_sink_card(variants), errors, "nep_sink_share", 1)]


def errors_of(tables):
    """Return {(quantity, source, part): row} of the whole area, of errors of inputs and constants.

    Empty where the study estimates none.
    """
    name = next((name for name in tables if name.startswith("uncertainty_")), None)
    rows = tables[name].to_dict("records") if name else []
    return {
        (row["quantity"], row["error_source"], row["part"]): row
        for row in rows
        if row["zone"] == labels.REGION
    }


def _with_errors(card, errors, quantity, decimals):
    """Say ``± x (parameters), a to b (models)`` of the number that is chosen."""
    row = errors.get((quantity, "all", "all"))
    if row is None or math.isnan(float(row["high"])):
        return card
    value, low, high = (float(row[name]) for name in ("value", "low", "high"))
    said = f"± {labels.number((high - low) / 2, decimals)} (parameters)"
    if quantity == "nep_sink_share":
        said = f"{interval_text(row, decimals)} (parameters)"
    models = [
        own for (of, source, _), own in errors.items() if (of, source) == ("nep_mean", "model")
    ]
    mean = errors.get(("nep_mean", "all", "all"))
    if models and mean and quantity in ("nep_mean", "nep_total") and float(mean["value"]):
        scale = value / float(mean["value"])
        ends = sorted(float(own["value"]) * scale for own in models)
        texts = [labels.number(end, decimals) for end in (ends[0], ends[-1])]
        said += f", {texts[0]} to {texts[1]} (models)"
    first, *others = card["values"]
    return card | {"values": [first | {"lines": [said, *first["lines"]]}, *others]}


def table_of(tables, name):
    """Return a table.

    Raises
    ------
    BadReport
    """
    if name not in tables:
        raise BadReport(f"tables/{name}.csv is not among the tables of the report. Add it.")
    return tables[name]


def _variants(tables):
    """Return {variant: {quantity: row}}: the chosen one first, the truth last."""
    found, chosen = {}, None
    for row in table_of(tables, "respiration_variants").to_dict("records"):
        found.setdefault(row["variant"], {})[row["quantity"]] = row
        chosen = row["variant"] if str(row["chosen"]) == "True" else chosen
    if chosen is None:
        raise BadReport("tables/respiration_variants.csv: no variant is marked as chosen.")
    truth = {name: found.pop(name) for name in [respiration.TRUTH] if name in found}
    return {chosen: found.pop(chosen), **found, **truth}


def _row(variants, variant, quantity):
    if quantity not in variants[variant]:
        raise BadReport(f"tables/respiration_variants.csv: lacks {quantity} of {variant}.")
    return variants[variant][quantity]


def _card(title, variants, quantity, decimals, also=lambda numbers, quantity: []):
    """A card of one number by every variant, over both kinds of cells."""
    flux, _, statistic = quantity.partition("_")
    fixed, signed = f"{flux}{FIXED}_{statistic}", statistic.endswith("slope")
    values = []
    for variant, numbers in variants.items():
        row, beside = _row(variants, variant, quantity), _row(variants, variant, fixed)
        of_fixed = [_signed(beside, decimals, signed), interval_text(beside, decimals)]
        of_fixed += also(numbers, fixed)
        lines = [interval_text(row, decimals), *also(numbers, quantity)]
        lines.append(f"cells valid in all years: {'; '.join(filter(None, of_fixed))}")
        if variant == respiration.TRUTH:  # where the true land has vegetation
            lines.append(f"over {_percent(row['valid_share_percent'])} of the area")
        values.append(_value(variant, row, _signed(row, decimals, signed), lines))
    first = next(iter(variants))
    note = _rests_on(*(_row(variants, first, name) for name in (quantity, fixed)))
    return {"title": title, "values": values, "note": note}


def _signed(row, decimals, signed):
    value = float(row["value"])
    return ("+" if signed and value > 0 else "") + labels.number(value, decimals)


def _percent(value, decimals=1):
    return f"{labels.number(float(value), decimals)}\u202f%"


def _value(variant, row, text, lines):
    chosen = " (chosen)" if str(row["chosen"]) == "True" else ""
    return {
        "name": labels.sentence(respiration.label(variant)) + chosen,
        "value": text,
        "unit": labels.unit_text(row["unit"].split(" of ")[0]),
        "lines": list(filter(None, lines)),
    }


def interval_text(row, decimals):
    """Return ``150.2 to 171.8``, or nothing where there is no interval."""
    low, high = (float(row[end]) for end in ("low", "high"))
    if math.isnan(low) or math.isnan(high):
        return ""
    return f"{labels.number(low, decimals)} to {labels.number(high, decimals)}"


def _rests_on(row, fixed):
    """How many years and cells a number is of."""
    share, of_fixed = (_percent(of["valid_share_percent"]) for of in (row, fixed))
    return (
        f"{row['valid_years']:.0f} years; cells valid in each year, {share} of the area on "
        f"average; cells valid in all years, {of_fixed}"
    )


def _decimals_of_slope(variants):
    slopes = [
        variants[name]["nep_slope"]["value"] for name in variants if "nep_slope" in variants[name]
    ]
    return labels.decimals_for(max(map(abs, slopes), default=0), 3)


def _trend_card(variants, study, decimals):
    """Slope of the whole area with its interval and p."""

    def p_of(numbers, quantity):
        name = quantity.replace("_slope", "_p")
        return [labels.p_text(numbers[name]["value"])] if name in numbers else []

    card = _card("Trend of NEP", variants, "nep_slope", decimals, p_of)
    period = f"{study['years'][0]}–{study['years'][-1]}"
    card["note"] = (
        f"Theil–Sen, {period}; {card['note']}. p: how often chance alone, without any trend, gives "
        "one as clear (Mann–Kendall)"
    )
    return card


def _shares_card(table, study):
    """Shares of the area with a trend, and those that chance gives."""
    limit = study["trend"]["significant_z"]
    rows = [row for row in table.to_dict("records") if str(row["masked"]) == "False"]
    shares = {row["class"]: float(row["share_of_classified_percent"]) for row in rows}
    of_area = math.fsum(
        float(row["share_of_area_percent"]) for row in rows if row["class"] != labels.REGION
    )

    def share(sign, significant=False):
        names = [name for name in shares if name.endswith(sign)]
        if significant:
            names = [name for name in names if name.startswith(("significant", "extremely"))]
        return math.fsum(shares[name] for name in names)

    def text(*of):
        return _percent(share(*of))

    chance = _percent(50 * math.erfc(limit / math.sqrt(2)))
    lines = [
        f"significant: {text('increase', True)} (by chance {chance})",
        f"falling: {text('decrease')} (by chance {_percent(50, 0)})",
        f"falling, significant: {text('decrease', True)} (by chance {chance})",
    ]
    value = {
        "name": f"Rising (by chance {_percent(50, 0)})",
        "value": labels.number(share("increase"), 1),
        "unit": "%",
        "lines": lines,
    }
    note = (
        f"of the area with a trend: cells with at least {study['min_years']} years, "
        f"{_percent(of_area)} of the area; significant: |Z| > {limit:g}. By "
        "chance: of series without trend and memory"
    )
    return {"title": "Area with rising NEP", "values": [value], "note": note}


def _no_trend(study):
    years = len(study["years"])
    note = f"not estimated: {years} years, a trend needs {study['min_years']}"
    value = {"name": "", "value": "–", "unit": "", "lines": []}
    return {"title": "Trend of NEP", "values": [value], "note": note}


def _sink_card(variants):
    """Share of sinks; its ends are what is surely a sink, and what is not surely a source."""
    values = []
    for variant in variants:
        row, source = (_row(variants, variant, f"{name}_share") for name in ("sink", "source"))
        text = _percent(source["value"], 2)
        low, high = (float(row[end]) for end in ("low", "high"))
        lines = [f"source: {text}"]
        if not math.isnan(low):
            sure = [_percent(end) for end in (low, 100 - high)]
            lines.append(f"surely sink: {sure[0]}, surely source: {sure[1]}")
        values.append(_value(variant, row, labels.number(float(row["value"]), 2), lines))
    row = _row(variants, next(iter(variants)), "sink_share")
    note = (
        f"of cells with enough years, {row['valid_years']:.1f} on average, "
        f"{_percent(row['valid_share_percent'])} of the area; "
        f"surely: the whole interval of the mean. By chance, of cells in balance: "
        f"{_percent(50, 0)} sinks, {_percent(2.5)} surely"
    )
    return {"title": "Carbon sink", "values": values, "note": note}


def scorecard(table):
    """Return a sentence that counts the verdicts on published numbers.

    Parameters
    ----------
    table : pandas.DataFrame
        Of ``tables/published.csv``.
    """
    counts = {}
    once = table.drop_duplicates(["quantity", "region_or_class", "period", "theirs"])
    for row in once.to_dict("records"):
        of_kind = counts.setdefault(row["kind"], {})
        of_kind[row["verdict"]] = of_kind.get(row["verdict"], 0) + 1
    said = {"result": "Results", "setting": "Settings of the study, which only echo the paper"}
    parts = []
    for kind in filter(counts.get, said):
        verdicts = [f"{count} {verdict}" for verdict, count in counts[kind].items()]
        parts.append(f"{said[kind]}: {', '.join(verdicts)}")
    repeats = len(table) - len(once)
    end = f" {repeats} numbers that the paper prints again are not counted." if repeats else ""
    return f"{'. '.join(parts)}.{end}"
