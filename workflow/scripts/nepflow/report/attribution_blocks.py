"""The table of an attributed trend turned for reading: slopes, cases, classes and dominance."""

from nepflow import labels

_GROUPS = {  # beginnings of quantities -> title
    "Mean trend": ("mean_",),
    "Share of the mean trend": ("trend_share",),
    "Cases": ("case_share", "climate_contribution", "rest_contribution"),
    "Classes": ("class_share",),
    "Dominant factor": ("dominant_share",),
}
_NAMES = {
    "mean_slope": "Slope",
    "mean_slope_error": "Standard error",
    "mean_slope_low": "Interval, low",
    "mean_slope_high": "Interval, high",
    "mean_bias": "Bias of the residual method",
    "trend_share": "Share",
    "trend_share_low": "Interval, low",
    "trend_share_high": "Interval, high",
    "case_share": "Share",
    "class_share": "Share",
    "dominant_share": "Share",
    "dominant_share_significant": "Share where significant",
}
_CHANCE = "null_"


def of(records, block):
    """Return a block a group of quantities: methods and what they speak of down, numbers across.

    Parameters
    ----------
    records : list of dict
        Rows of `attribution_rows.Sums.rows` with their method, and whether it is claimed.
    block : callable
        Makes a block of (title, key heads, heads, cells, note).
    """
    made = []
    for title, beginnings in _GROUPS.items():
        rows = [r for r in records if r["quantity"].removeprefix(_CHANCE).startswith(beginnings)]
        if rows:
            made.append(_block(title, rows, block))
    return made


def _block(title, rows, block):
    cells, units = {}, {}
    for row in rows:
        method = str(row["method"]).replace("_", " ")
        method += ", claimed" if str(row["claimed"]) == "True" else ""
        how = row.get("built_in") or ""
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
