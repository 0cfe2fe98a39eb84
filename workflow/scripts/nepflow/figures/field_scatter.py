"""Modelled against observed values, a panel a model."""

import math

from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.evaluation import agreement
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated, wrapped
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables
from nepflow.study.respiration import DIRECT_MODELS, label

_LEFT, _BELOW, _HEAD, _GAP, _LEGEND = 12, 8, 7, 4, 5  # mm
OTHERS = "others"
COLUMNS = ("quantity", "model", "group", "observed", "modelled", "unit")


@drawn_in_style
def scatter_panels(pairs, quantity=None, *, title=None, simulated=False, width_mm=180, letter=None):
    """Draw modelled against observed values of each model, with the line of equality.

    Parameters
    ----------
    pairs : pandas.DataFrame
        Columns quantity, model, group, observed, modelled, unit.
    quantity : str, optional
        Such as rh; all of the table otherwise.
    title, letter : str, optional
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If no pair is left.
    """
    if quantity:
        pairs = pairs[pairs["quantity"] == quantity]
    if pairs.empty:
        raise BadFigure(f"the table of pairs has no {quantity or 'values'}.")
    groups = _groups(pairs)
    blocks = [part for _, part in pairs.groupby("quantity", sort=False)]
    widest = max(part["model"].nunique() for part in blocks)
    columns = min(widest, 4 if width_mm > 100 else 2)
    side = min((width_mm - _LEFT - 3 - (columns - 1) * _GAP) / columns, 70)
    tall = [-(-part["model"].nunique() // columns) * (side + _HEAD) + _BELOW for part in blocks]
    sheet = Sheet(width_mm, math.fsum(tall) + _LEGEND, title, letter)
    down = 0
    for part, height in zip(blocks, tall, strict=True):
        _block(sheet, part, groups, (down, columns, side))
        down += height
    mark_simulated(sheet.figure.axes[0], simulated, "lower right")
    _legend(sheet, groups, down + sheet.top + _LEGEND / 2)
    return sheet.figure


def _block(sheet, pairs, groups, place):
    """The panels of one quantity on common axes; what lies beyond them is counted."""
    down, columns, side = place
    high = 1.05 * max(pairs["observed"].quantile(0.98), pairs["modelled"].max())
    limits = min(0.0, 1.05 * min(pairs["observed"].min(), pairs["modelled"].min())), high
    models = list(dict.fromkeys(pairs["model"]))
    quantity = pairs["quantity"].iloc[0]
    for number, model in enumerate(models):
        row, column = divmod(number, columns)
        left, top = _LEFT + column * (side + _GAP), down + row * (side + _HEAD) + _HEAD
        axes = sheet.axes(left, top, side, side)
        _panel(axes, pairs[pairs["model"] == model], groups, limits, (quantity, model), side)
        axes.tick_params(labelleft=column == 0, labelbottom=number + columns >= len(models))
    unit = labels.unit_text(pairs["unit"].iloc[0])
    rows = -(-len(models) // columns)
    foot = down + rows * (side + _HEAD) + sheet.top
    centre = _LEFT + (columns * (side + _GAP) - _GAP) / 2
    sheet.text(centre, foot + 4.2, f"Observed ({unit})", va="top", ha="center")
    middle = sheet.top + down + (rows * (side + _HEAD) + _HEAD) / 2
    sheet.text(1.5, middle, f"Modelled ({unit})", rotation=90, va="center")


def _groups(pairs):
    """Return {group: (colour, marker)} of the largest groups; the rest share one look."""
    counts = pairs.groupby("group")["observed"].size().sort_values(ascending=False, kind="stable")
    looks = zip(palettes.LINES, palettes.MARKERS, strict=True)
    found = dict(zip(counts.index, looks, strict=False))
    if len(counts) > len(found):
        found[OTHERS] = ("#7f7f7f", "x")
    return found


def _panel(axes, part, groups, limits, key, side):
    """Points of one model, the line of equality and the statistics."""
    axes.plot(limits, limits, color=palettes.INK, linewidth=0.5, zorder=1)
    names = part["group"].where(part["group"].isin(groups), OTHERS)
    for name, (colour, marker) in groups.items():
        here = part[names == name]
        axes.plot(
            here["observed"],
            here["modelled"],
            linestyle="none",
            marker=marker,
            markersize=2.8,
            markeredgecolor=colour,
            markerfacecolor="none",
            markeredgewidth=0.5,
            zorder=2,
        )
    axes.set(xlim=limits, ylim=limits)
    axes.set_aspect("equal")
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4))
    found = agreement.agreement(part["observed"].to_numpy(), part["modelled"].to_numpy())
    decimals = labels.decimals_for(found["rmse"], 3)
    text = (
        f"n = {found['values']}",
        f"bias = {labels.number(found['bias'], decimals)}",
        f"RMSE = {labels.number(found['rmse'], decimals)}",
        f"r = {labels.number(found['r'], 2)}",
    )
    beyond = int((part["observed"] > limits[1]).sum())
    text += (f"{beyond} beyond the frame",) if beyond else ()
    axes.text(
        0.03,
        0.97,
        "\n".join(text),
        transform=axes.transAxes,
        va="top",
        fontsize=6,
        zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1},
    )
    axes.set_title(wrapped(model_name(*key), 6, side), fontsize=6, pad=2)


def model_name(quantity, model):
    """Return the name of a model for readers: what it models, and how."""
    first, of, rest = model.partition(" ")
    named = DIRECT_MODELS[first].en.short if first in DIRECT_MODELS else label(first)
    about = {"rs": "Rs", "rh": "Rh", "nep": "NEP"}[quantity]
    words = f"{named}{of}{rest}".replace("_", " ")
    return words if quantity == "nep" or f"{about} by" in words else f"{about}: {words}"


def _legend(sheet, groups, down):
    """One line with the look of each group."""
    handles = [
        Line2D(
            [],
            [],
            linestyle="none",
            marker=marker,
            markersize=3,
            markeredgecolor=colour,
            markerfacecolor="none",
            markeredgewidth=0.5,
            label=labels.sentence(str(name)),
        )
        for name, (colour, marker) in groups.items()
    ]
    width, height = sheet.page
    sheet.figure.legend(
        handles=handles,
        loc="center left",
        ncols=len(handles),
        frameon=False,
        bbox_to_anchor=(_LEFT / width - 0.01, 1 - (sheet.down + down) / height),
        handletextpad=0.1,
        columnspacing=1.0,
    )


def draw(files, entry, simulated):
    """Return the figure of an entry of kind field_scatter.

    Parameters
    ----------
    files : dict
        pairs (table of `COLUMNS`): nothing is modelled here.
    entry : dict
    simulated : bool
    """
    return scatter_panels(
        tables.read(files["pairs"], COLUMNS),
        simulated=simulated,
        **given(entry, "quantity", "title", "width_mm", "letter"),
    )
