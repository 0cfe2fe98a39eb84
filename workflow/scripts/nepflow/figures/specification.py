"""The specification curve: headline numbers under each option of the choices of a study."""

import math

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables
from nepflow.pixel.persistence import BESIDE
from nepflow.study.pixel import OF_SURROGATES

COLUMNS = ["choice", "option", "chosen", "quantity", "value", "unit"]
PANELS = 4
_ROW, _HEAD, _FOOT = 3.9, 4.6, 9.0  # mm: an option or a choice; name above a panel; axis below
_INDENT = "   "  # of an option: so it is never taken for the choice of the same name
_OTHER, _CHOSEN = palettes.LINES[0], palettes.ACCENT
_CHANCE = {  # what chance gives, after the name of a quantity: its name and its mark
    suffix: (
        name,
        {"marker": mark, "markersize": 4, "color": "#6f6f6f", "linestyle": "none", "zorder": 2},
    )
    for suffix, name, mark in zip(
        (*BESIDE, OF_SURROGATES),
        (
            "white noise as long as the series",
            "AR(1) as long as the series",
            "surrogates with each pixel's own trend and memory",
        ),
        ("|", "x", "+"),
        strict=True,
    )
}


@drawn_in_style
def specification_curve(
    table, quantities=None, *, title=None, simulated=False, width_mm=180, letter=None
):
    """Draw a panel a quantity and a row an option, grouped by choice.

    The chosen option of each choice is filled, the others are hollow; a line marks the value
    under all chosen options, so that what an option moves is its distance from the line.

    Parameters
    ----------
    table : pandas.DataFrame
        Columns `COLUMNS`; ``chosen`` is true for one option of each choice.
    quantities : list of str, optional
        Which to show, in this order; the first `PANELS` of the table otherwise.
    title, letter : str, optional
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the table is empty or lacks a quantity.
    """
    if table.empty:
        raise BadFigure("the table of specifications is empty. Delete it and run again.")
    known = list(dict.fromkeys(table["quantity"]))
    shown = [name for name in known if not name.endswith(tuple(_CHANCE))]
    quantities = list(quantities or shown[:PANELS])
    if not set(quantities) <= set(known):
        wrong = ", ".join(sorted(set(quantities) - set(known)))
        raise BadFigure(f"no option gives {wrong}. The table has: {', '.join(known)}.")
    chance = {name: _chance(table, name) for name in quantities}
    table = table[table["quantity"].isin(quantities)]
    rows = _rows(table)
    margin = max(len(text) for _, text in rows) * 6.2 * 0.6 * 25.4 / 72 + 3
    columns = min(len(quantities), 4 if width_mm > 100 else 1)
    down = -(-len(quantities) // columns)
    tall = len(rows) * _ROW
    key = (5.5 if width_mm > 100 else 9.5) + (6 if simulated else 0)
    suffixes = [end for end in _CHANCE if any(end in of for of in chance.values())]
    key += 4 * -(-len(suffixes) // (2 if width_mm > 100 else 1))
    sheet = Sheet(width_mm, down * (_HEAD + tall + _FOOT) + key, title, letter)
    across = (width_mm - margin - 3) / columns
    for number, quantity in enumerate(quantities):
        row, column = divmod(number, columns)
        top = row * (_HEAD + tall + _FOOT) + _HEAD
        axes = sheet.axes(margin + column * across, top, across - 4, tall)
        part = table[table["quantity"] == quantity]
        _panel(axes, part, rows, column == 0, chance[quantity])
    _key(sheet, simulated, down * (_HEAD + tall + _FOOT), key, suffixes)
    return sheet.figure


def _rows(table):
    """Return (choice, text) of each row: the choice as a heading, then its options."""
    rows = []
    for choice in dict.fromkeys(table["choice"]):
        rows.append((choice, choice))
        options = dict.fromkeys(table[table["choice"] == choice]["option"].astype(str))
        rows += [(choice, f"{_INDENT}{option}") for option in options]
    return rows


def _chance(table, quantity):
    """Return {suffix: [(value, choice, option)]} of what chance gives of a quantity."""
    found = {}
    for suffix in _CHANCE:
        part = table[table["quantity"] == f"{quantity}{suffix}"]
        for row in part.to_dict("records"):
            place = row["value"], row["choice"], str(row["option"]).strip()
            found.setdefault(suffix, []).append(place)
    return found


def _panel(axes, table, rows, named, chance):
    """Draw the options of one quantity; text stands at the first panel only."""
    place = {(choice, text.strip()): y for y, (choice, text) in enumerate(rows)}
    axes.set_ylim(len(rows) - 0.5, -0.5)
    chosen = table[table["chosen"].astype(str).str.lower() == "true"]
    for y, (choice, text) in enumerate(rows):
        heading = text == choice
        if not heading:
            axes.axhline(y, color="#e8e8e8", linewidth=0.5, zorder=1)
        elif y:
            axes.axhline(y - 0.5, color="#bdbdbd", linewidth=0.4, zorder=1)
        if named:
            look = {"fontweight": "bold" if heading else "normal", "fontsize": 6.2}
            where = {"transform": axes.get_yaxis_transform(), "clip_on": False}
            left = -0.02
            words = text.strip().replace("_", " ")
            axes.text(left, y, words, ha="right", va="center_baseline", **look, **where)
    if len(chosen):
        axes.axvline(float(chosen["value"].median()), color=_CHOSEN, linewidth=0.7, zorder=2)
    for record in table.to_dict("records"):
        y = place[record["choice"], str(record["option"]).strip()]
        _point(axes, record["value"], y, str(record["chosen"]).lower() == "true")
    for suffix, places in chance.items():
        for value, choice, option in places:
            axes.plot(value, place[choice, option], **_CHANCE[suffix][1])
    _axes(axes, table, [value for places in chance.values() for value, *_ in places])


def _point(axes, value, y, chosen):
    if value is None or math.isnan(value):
        axes.text(0.98, y, "n/a", transform=axes.get_yaxis_transform(), ha="right", fontsize=5.5)
        return
    axes.plot(value, y, **_look(chosen))


def _look(chosen):
    colour = _CHOSEN if chosen else _OTHER
    return {
        "marker": "D" if chosen else "o",
        "markersize": 3.4,
        "markerfacecolor": colour if chosen else "white",
        "markeredgecolor": colour,
        "markeredgewidth": 0.9,
        "linestyle": "none",
        "zorder": 4 if chosen else 3,
    }


def _axes(axes, table, chance):
    quantity, unit = table["quantity"].iloc[0], table["unit"].iloc[0]
    axes.set_title(labels.quantity_name(quantity), loc="left", fontsize=7, fontweight="bold", pad=3)
    axes.set_xlabel(labels.unit_text(unit))
    axes.set_yticks([])
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.grid(axis="x", color="#f0f0f0", linewidth=0.4)
    axes.set_axisbelow(True)
    values = [*table["value"], *chance]
    low, high = np.nanmin(values), np.nanmax(values)
    room = 0.08 * (high - low) or 0.05 * abs(high) or 1
    _ticks(axes, low - room, high + room)


def _ticks(axes, low, high):
    """Set the limits and few ticks, none whose label would meet that of the panel beside."""
    axes.set_xlim(low, high)
    room = 0.1 * (high - low)
    ticks = [tick for tick in MaxNLocator(3).tick_values(low, high) if low <= tick <= high]
    inner = [tick for tick in ticks if low + room <= tick <= high - room]
    axes.set_xticks(inner if len(inner) > 1 else ticks)


def _key(sheet, simulated, down, height, chance):
    """Say below the panels what the points are."""
    axes = sheet.axes(2, down, sheet.width - 4, height)
    axes.set_axis_off()
    handles = [
        Line2D([], [], label="chosen (line: all choices as chosen)", **_look(True)),
        Line2D([], [], label="one choice changed, the others as chosen", **_look(False)),
    ]
    for suffix in chance:
        name, mark = _CHANCE[suffix]
        handles.append(Line2D([], [], label=name, **mark))
    columns = 2 if sheet.width > 100 else 1
    look = {"loc": "upper left", "frameon": False, "borderaxespad": 0}
    axes.legend(handles=handles, ncols=columns, **look)
    mark_simulated(axes, simulated, "lower right")


def draw(files, entry, simulated):
    """Return the figure of an entry of kind specification.

    Parameters
    ----------
    files : dict
        specification (table of `COLUMNS`): nothing is estimated here.
    entry : dict
    simulated : bool
    """
    return specification_curve(
        tables.read(files["specification"], COLUMNS),
        simulated=simulated,
        **given(entry, "quantities", "title", "width_mm", "letter"),
    )
