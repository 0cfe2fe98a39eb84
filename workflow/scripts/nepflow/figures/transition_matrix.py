"""The transition matrix of land cover as a heat table."""

import numpy as np
from matplotlib.colors import LogNorm

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated
from nepflow.io import tables
from nepflow.landcover import transitions

_ROW, _HEAD = 6.5, 19.5  # mm: a class; names of the columns
_COLUMNS = ("sum", "loss", "swap")


@drawn_in_style
def heat_table(
    table, year=None, *, title=None, simulated=False, width_mm=180, letter=None, date_names=None
):
    """Draw from which class (row) to which class (column) the area went, in % of the area.

    Colours are logarithmic, since most of the area keeps its class. Beside the matrix stand
    the sum at the first date, loss and swap of each class; below it sum at the second
    date, gain and net change.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `transitions.pair_rows`.
    year : str, optional
        Pair of dates such as 2000-2022; the last pair of the table otherwise.
    title, simulated, width_mm, letter
        As in `sankey.sankey`.
    date_names : dict of {int: str}, optional

    Returns
    -------
    matplotlib.figure.Figure
    """
    matrices = table[table["quantity"] == "transition_share"]
    year = year or list(matrices["year"])[-1]
    shares = transitions.matrix_of(table, year, "transition_share")
    names = list(shares.index)
    changes = {
        quantity: _by_class(table, year, f"{quantity}_share", names)
        for quantity in ("before", "after", "gain", "loss", "net", "swap")
    }
    wide = width_mm > 100
    left = (max(map(len, [*names, "net change"])) + 2) * 6.5 * 0.54 * 25.4 / 72 + 3.5
    cell = (width_mm - left - 3) / (len(names) + len(_COLUMNS))
    rows = len(names) + 3
    foot = 9 if simulated else 4
    sheet = Sheet(width_mm, _HEAD + rows * _ROW + foot, title, letter)
    axes = sheet.axes(0, 0, width_mm, _HEAD + rows * _ROW + foot)
    axes.set(xlim=(0, width_mm), ylim=(_HEAD + rows * _ROW + foot, 0))
    axes.set_axis_off()
    _cells(axes, shares.to_numpy(), left, cell, 6.5 if wide else 4.5)
    _margins(axes, changes, left, cell, len(names), 6.5 if wide else 4.5)
    first, second = ((date_names or {}).get(int(d), d) for d in year.split("-"))
    _names(axes, names, left, cell, (first, second), wide)
    mark_simulated(axes, simulated, "lower right")
    return sheet.figure


def _by_class(table, year, quantity, names):
    rows = table[(table["quantity"] == quantity) & (table["year"] == year)]
    return rows.set_index("zone")["value"].reindex(names).to_numpy()


def _cells(axes, shares, left, cell, size):
    """Draw the matrix; text is light on dark cells."""
    norm = LogNorm(0.01, 100, clip=True)
    colours = palettes.palette("devon_r")
    exact = shares.ravel()
    rounded = np.reshape(labels.closing_percentages(exact, 2), shares.shape)
    for (row, column), share in np.ndenumerate(shares):
        face = colours(0.75 * float(norm(max(share, 1e-9))) if share > 0 else 0.0)
        x, y = left + column * cell, _HEAD + row * _ROW
        look = {"facecolor": face, "edgecolor": "white", "linewidth": 0.8}
        axes.fill([x, x + cell, x + cell, x], [y, y, y + _ROW, y + _ROW], **look)
        dark = 0.3 * face[0] + 0.59 * face[1] + 0.11 * face[2] < 0.55
        text = labels.percent(rounded[row, column], share, 2).removesuffix(" %") if share else "0"
        text = text.replace(" ", "") if size < 6 else text
        axes.text(
            x + cell / 2,
            y + _ROW / 2,
            text,
            ha="center",
            va="center_baseline",
            fontsize=size,
            color="white" if dark else palettes.INK,
            fontweight="bold" if row == column else "normal",
        )


def _margins(axes, changes, left, cell, classes, size):
    """Write sum, loss and swap beside the matrix, and sum, gain and net change below."""
    look = {"ha": "center", "va": "center_baseline", "fontsize": size}
    right, below = left + classes * cell, _HEAD + classes * _ROW
    for row in range(classes):
        y = _HEAD + (row + 0.5) * _ROW
        for column, name in enumerate(("before", "loss", "swap")):
            text = labels.number(changes[name][row], 2)
            axes.text(right + (column + 0.5) * cell, y, text, **look)
    for column in range(classes):
        x = left + (column + 0.5) * cell
        for row, name in enumerate(("after", "gain", "net")):
            sign = "+" if name == "net" and changes[name][column] > 0.005 else ""
            text = sign + labels.number(changes[name][column], 2)
            axes.text(x, below + (row + 0.5) * _ROW, text, **look)
    line = {"color": palettes.INK, "linewidth": 0.6}
    axes.plot([right, right], [_HEAD, below], **line)
    axes.plot([left, right], [below, below], **line)
    corner = {**look, "fontsize": size}
    changed = labels.number(changes["loss"].sum(), 2)
    axes.text(right + 0.5 * cell, below + 0.5 * _ROW, "100", **corner)
    text = f"changed: {changed}"
    axes.text(right + 1.5 * cell, below + 2.5 * _ROW, text, **corner, fontweight="bold")


def _names(axes, names, left, cell, dates, wide):
    """Write the classes at both sides, and what the rows and columns are."""
    look = {"fontsize": 6.5}
    for number, name in enumerate([*names, "sum", "gain", "net change"]):
        y = _HEAD + (number + 0.5) * _ROW
        axes.text(left - 1.2, y, name, ha="right", va="center_baseline", **look)
    for number, name in enumerate([*names, *_COLUMNS]):
        x = left + (number + 0.5) * cell
        slant = {
            "rotation": 35 if wide else 55,
            "rotation_mode": "anchor",
            "ha": "left",
            "va": "baseline",
        }
        axes.text(x - (0.6 if wide else -0.6), _HEAD - 1.2, name, **slant, **look)
    for number, text in enumerate((f"rows: from {dates[0]}", f"columns: to {dates[1]}")):
        axes.text(3, 1.5 + 3.2 * number, text, va="top", style="italic", **look)
    bottom = axes.get_ylim()[0]
    axes.text(3, bottom - 2, "% of the area with a class at both dates", fontsize=6, va="baseline")


def draw(files, entry, substitutes, simulated):
    """Return the figure of an entry of kind matrix: of its ``dates``, or the last of the table.

    Parameters
    ----------
    files : dict
        transitions (tidy table).
    entry : dict
    substitutes : dict of {int: int}
        Year of the map that stands in for a date, which the figure says.
    simulated : bool
    """
    dates = entry.get("dates")
    return heat_table(
        tables.read(files["transitions"], transitions.COLUMNS),
        "-".join(map(str, dates)) if dates else None,
        date_names={date: f"{date} (map of {year})" for date, year in substitutes.items()},
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )
