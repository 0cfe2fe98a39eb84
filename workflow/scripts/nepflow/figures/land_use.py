"""The effect of land-use change as a matrix from class to class."""

import numpy as np
from matplotlib.colors import Normalize

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated, wrapped
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables
from nepflow.landcover import land_use_effect

_ROW, _HEAD = 6.5, 19.5  # mm: a class; names of the columns
_BESIDE = ("total_effect", *land_use_effect.PARTS, "observed_change")
_NAMES = ("total", "area", "density", "interaction", "observed")
_UNITS = ((1, "Tg C yr-1"), (1e3, "Gg C yr-1"), (1e6, "Mg C yr-1"))


@drawn_in_style
def effect_matrix(table, *, title=None, simulated=False, width_mm=180, letter=None):
    """Draw what went from class (row) to class (column) adds to the change of the total.

    Right of the matrix stand the sums of the rows and their parts, below it the sums of the
    columns; the corner is the change of the total.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `land_use_effect.effect_rows`.
    title, letter : str, optional
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the table holds no effect.
    """
    names, matrix, beside = _matrix(table)
    scale, unit = _unit(matrix)
    wide = width_mm > 100
    shown = _BESIDE if wide else _BESIDE[:1]
    left = max(map(len, [*names, "total"])) * 6.5 * 0.57 * 25.4 / 72 + 4
    cell = (width_mm - left - 3) / (len(names) + len(shown))
    size = min(6.5, cell * 0.46)
    note = wrapped(_note(table, unit), 6, width_mm - 6)
    foot = 7.5 + 2.7 * note.count("\n") + (0 if wide or not simulated else 5)
    tall = _HEAD + (len(names) + 1) * _ROW
    sheet = Sheet(width_mm, tall + foot, title, letter)
    axes = sheet.axes(0, 0, width_mm, tall + foot)
    axes.set(xlim=(0, width_mm), ylim=(tall + foot, 0))
    axes.set_axis_off()
    _cells(axes, matrix * scale, left, cell, size)
    _sums(axes, matrix * scale, {n: beside[n] * scale for n in shown}, left, cell, size)
    _texts(axes, names, shown, left, cell, wide)
    axes.text(3, tall + 2, note, fontsize=6, va="top", linespacing=1.15)
    mark_simulated(axes, simulated, "lower right")
    return sheet.figure


def _matrix(table):
    """Return classes, total effect from class to class, and {quantity: sum of each row}."""
    effects = table[table["quantity"] == "total_effect"]
    pairs = effects[effects["from_class"] != labels.REGION]
    if pairs.empty:
        raise BadFigure(
            "the table of land-use change has no total_effect. Delete it and run again."
        )
    names = list(dict.fromkeys([*pairs["from_class"], *pairs["to_class"]]))
    place = {name: number for number, name in enumerate(names)}
    matrix = np.full((len(names), len(names)), np.nan)
    for row in pairs.to_dict("records"):
        matrix[place[row["from_class"]], place[row["to_class"]]] = row["value"]
    rows = table[table["from_class"].isin(names)]
    sums = rows.groupby(["quantity", "from_class"])["value"].sum()
    return names, matrix, {name: sums[name].reindex(names).to_numpy() for name in _BESIDE}


def _unit(matrix):
    """Return factor and unit that show the largest cell with at least one digit."""
    largest = np.nanmax(np.abs(matrix))
    return next((pair for pair in _UNITS if largest * pair[0] >= 1), _UNITS[-1])


def _text(value, decimals):
    """Return a number with its sign; nothing for a transition that does not occur."""
    if np.isnan(value):
        return ""
    return ("+" if value > 0 else "") + (labels.number(value, decimals) if value else "0")


def _cells(axes, matrix, left, cell, size):
    largest = np.nanmax(np.abs(matrix)) or 1.0
    decimals = labels.decimals_for(largest)
    colours, norm = palettes.palette("bam"), Normalize(-1, 1)
    for (row, column), value in np.ndenumerate(matrix):
        x, y = left + column * cell, _HEAD + row * _ROW
        strength = np.sign(value) * np.sqrt(abs(value) / largest)
        face = "#f4f4f4" if np.isnan(value) else colours(norm(0.8 * strength))
        corners = [x, x + cell, x + cell, x], [y, y, y + _ROW, y + _ROW]
        axes.fill(*corners, facecolor=face, edgecolor="white", linewidth=0.8)
        dark = not np.isnan(value) and 0.3 * face[0] + 0.59 * face[1] + 0.11 * face[2] < 0.55
        axes.text(
            x + cell / 2,
            y + _ROW / 2,
            _text(value, decimals),
            ha="center",
            va="center_baseline",
            fontsize=size,
            color="white" if dark else palettes.INK,
            fontweight="bold" if row == column else "normal",
        )


def _sums(axes, matrix, beside, left, cell, size):
    look = {"ha": "center", "va": "center_baseline", "fontsize": size}
    decimals = labels.decimals_for(np.nanmax(np.abs(matrix)))
    right, below = left + len(matrix) * cell, _HEAD + len(matrix) * _ROW
    for number, values in enumerate(beside.values()):
        x = right + (number + 0.5) * cell
        for row, value in enumerate([*values, np.nansum(values)]):
            weight = "bold" if row == len(values) else "normal"
            y = _HEAD + (row + 0.5) * _ROW
            axes.text(x, y, _text(value, decimals), fontweight=weight, **look)
    for column, value in enumerate(np.nansum(matrix, axis=0)):
        axes.text(left + (column + 0.5) * cell, below + 0.5 * _ROW, _text(value, decimals), **look)
    line = {"color": palettes.INK, "linewidth": 0.6}
    axes.plot([right, right], [_HEAD, below + _ROW], **line)
    axes.plot([left, right + len(beside) * cell], [below, below], **line)


def _texts(axes, names, shown, left, cell, wide):
    """Write the classes at both sides, and what the rows and columns are."""
    look = {"fontsize": 6.5}
    for number, name in enumerate([*names, "total"]):
        y = _HEAD + (number + 0.5) * _ROW
        axes.text(left - 1.2, y, name, ha="right", va="center_baseline", **look)
    heads = [_NAMES[_BESIDE.index(name)] for name in shown]
    for number, name in enumerate([*names, *heads]):
        x = left + (number + 0.5) * cell
        slant = {"rotation": 35 if wide else 55, "rotation_mode": "anchor", "ha": "left"}
        axes.text(x - (0.6 if wide else -0.6), _HEAD - 1.2, name, va="baseline", **slant, **look)
    for number, text in enumerate(("rows: from", "columns: to")):
        axes.text(3, 1.5 + 3.2 * number, text, va="top", style="italic", **look)


def _note(table, unit):
    """Say the unit, the years, and what is left out."""
    text = f"{labels.unit_text(unit)}; {table['years'].iloc[0].replace('-', '–')}."
    absent = table[table["from_class"] == land_use_effect.NO_DATA]["value"]
    if len(absent) and absent.iloc[0] > 0:
        area = labels.number(absent.iloc[0], 0)
        text += f" Left out: {area} km² of transitions of classes without productivity data."
    return text


def draw(files, entry, simulated):
    """Return the figure of an entry of kind land_use.

    Parameters
    ----------
    files : dict
        effects (tidy table): nothing is estimated here.
    entry : dict
    simulated : bool
    """
    return effect_matrix(
        tables.read(files["effects"], land_use_effect.COLUMNS),
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )
