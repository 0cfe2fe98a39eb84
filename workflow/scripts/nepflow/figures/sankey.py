"""Flows between classes over any number of dates: stacked bars joined by ribbons."""

import itertools
import math

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.patches import Patch, PathPatch, Rectangle
from matplotlib.path import Path

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated, wrapped
from nepflow.io import tables
from nepflow.landcover import transitions

_GAP, _BAR = 1.5, 4.5  # mm between the classes of a bar; width of a bar
_HEAD, _FOOT, _MARK = 5.0, 5.5, 5.5  # mm: year above a bar; changed share below; the mark
_HALO = [effects.withStroke(linewidth=1.8, foreground="white", alpha=0.9)]


@drawn_in_style
def sankey(
    table,
    colours,
    *,
    title=None,
    smallest_percent=0.05,
    date_names=None,
    simulated=False,
    width_mm=180,
    letter=None,
):
    """Draw the share of each class at each date and what went from class to class between.

    Heights are proportional to area. What kept its class is pale, what changed has the full
    colour of the class that it left, and lies in front.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `transitions.pair_rows`.
    colours : dict of {str: "#rrggbb"}
        By class.
    title, letter : str, optional
    smallest_percent : float
        Changes of a smaller share of the area are not drawn; their number and sum are written.
    date_names : dict of {int: str}, optional
        What to write above a bar instead of the year.
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure
    """
    dates, names, flows = transitions.steps_of(table)
    shares = 100 * flows / flows.sum(axis=(1, 2), keepdims=True)
    wide = width_mm > 100
    height = 84 if wide else 72
    foot = _FOOT + (_MARK if simulated else 0) + (0 if wide else 3.4 * -(-len(names) // 3) + 1)
    note = 4.5 if wide else 9.5
    sheet = Sheet(width_mm, _HEAD + height + foot + note, title, letter)
    axes = sheet.axes(2, 0, width_mm - 4, _HEAD + height + foot)
    axes.set(xlim=(0, width_mm - 4), ylim=(_HEAD + height + foot, 0))
    axes.set_axis_off()
    places = _places(len(dates), width_mm - 4, names if wide else [""])
    bars = _bars(shares, height)
    small = [
        _ribbons(axes, share, bars[n : n + 2], places[n : n + 2], names, colours, smallest_percent)
        for n, share in enumerate(shares)
    ]
    for number, (date, x) in enumerate(zip(dates, places, strict=True)):
        side = {0: "left", len(dates) - 1: "right"}.get(number, "middle")
        _bar(axes, x, bars[number], names, colours)
        _labels(axes, x, bars[number], names if wide else [""] * len(names), side, height)
        text = (date_names or {}).get(date, str(date))
        axes.text(x + _BAR / 2, _HEAD - 1.6, text, ha="center", va="bottom", fontweight="bold")
    _changed(axes, shares, places, _HEAD + height)
    if not wide:
        _legend(axes, names, colours, _HEAD + height + _FOOT)
    _left_out(sheet, small, smallest_percent)
    mark_simulated(axes, simulated, "lower right")
    return sheet.figure


def _places(dates, width, names):
    """Return the left edge of each bar; names stand beside the outer ones, mm."""
    letters = max(map(len, names)) + (8 if any(names) else 10)
    margin = letters * 6.5 * 0.58 * 25.4 / 72 + 2
    return np.linspace(margin, width - margin - _BAR, dates)


def _bars(shares, height):
    """Return for each date the top and the height of each class, mm, and mm a percent."""
    stocks = [np.vstack([shares[0].sum(axis=1)] * 2)]
    for before, after in itertools.pairwise(shares):
        stocks.append(np.vstack([before.sum(axis=0), after.sum(axis=1)]))
    stocks.append(np.vstack([shares[-1].sum(axis=0)] * 2))
    classes = shares.shape[1]
    largest = max(stock.max(axis=0).sum() for stock in stocks)
    scale = (height - _GAP * (classes - 1)) / largest
    made = []
    for stock in stocks:
        tall = stock.max(axis=0) * scale
        top = _HEAD + np.concatenate([[0], np.cumsum(tall + _GAP)[:-1]])
        made.append({"top": top, "tall": tall, "share": stock[1], "scale": scale})
    return made


def _ribbons(axes, share, bars, places, names, colours, smallest):
    """Draw the flows of a step; return the shares of those too small to draw."""
    left, right = bars
    start, stop = left["top"].copy(), right["top"].copy()
    scale, small = left["scale"], []
    x = places[0] + _BAR, places[1]
    ends = {}
    for source in range(len(names)):
        for target in range(len(names)):
            tall = share[source, target] * scale
            ends[source, target] = start[source], stop[target], tall
            start[source] += tall
            stop[target] += tall
    for (source, target), (y0, y1, tall) in ends.items():
        if source != target and 0 < share[source, target] < smallest:
            small.append(share[source, target])
        elif tall > 0:
            stays = source == target
            look = {"facecolor": colours[names[source]], "alpha": 0.33 if stays else 0.85}
            line = {"linewidth": 0 if stays else 0.25, "edgecolor": colours[names[source]]}
            zorder = 2 if stays else 3 + 1 / (1 + tall)
            axes.add_patch(PathPatch(_ribbon(*x, y0, y1, tall), zorder=zorder, **look, **line))
    return small


def _ribbon(x0, x1, y0, y1, tall):
    """Return a band of equal height between two edges, with level ends."""
    middle = (x0 + x1) / 2
    points = [
        (x0, y0),
        (middle, y0),
        (middle, y1),
        (x1, y1),
        (x1, y1 + tall),
        (middle, y1 + tall),
        (middle, y0 + tall),
        (x0, y0 + tall),
        (x0, y0),
    ]
    curve = [Path.CURVE4] * 3
    return Path(points, [Path.MOVETO, *curve, Path.LINETO, *curve, Path.CLOSEPOLY])


def _bar(axes, x, bar, names, colours):
    for name, top, tall in zip(names, bar["top"], bar["tall"], strict=True):
        look = {"facecolor": colours[name], "edgecolor": palettes.INK, "linewidth": 0.3}
        axes.add_patch(Rectangle((x, top), _BAR, tall, zorder=6, **look))


def _labels(axes, x, bar, names, side, height):
    """Write share and, beside the outer bars, name of each class, none over another."""
    shares = labels.closing_percentages(bar["share"])
    middles = bar["top"] + bar["tall"] / 2
    places = apart(middles, 2.9, _HEAD + 1, _HEAD + height - 1)
    edge, step = (x, -1) if side == "left" else (x + _BAR, 1)
    for name, share, exact, middle, y in zip(
        names, shares, bar["share"], middles, places, strict=True
    ):
        number = labels.percent(share, exact)
        text = number if side == "middle" else f"{name}  {number}".strip()
        line = {"color": "#6f6f6f", "linewidth": 0.35, "zorder": 7}
        axes.plot([edge, edge + 1.1 * step, edge + 2 * step], [middle, y, y], **line)
        axes.text(
            edge + 2.5 * step,
            y,
            text,
            ha="right" if side == "left" else "left",
            va="center_baseline",
            fontsize=6.5,
            path_effects=_HALO,
            zorder=8,
        )


def apart(wanted, distance, low, high):
    """Return places near the wanted ones that are at least ``distance`` from each other.

    Parameters
    ----------
    wanted : sequence of float
        Ascending.
    distance, low, high : float
        The room is enlarged beyond ``low`` where it is too small.
    """
    places = list(wanted)
    for number in range(1, len(places)):
        places[number] = max(places[number], places[number - 1] + distance)
    ceiling = high
    for number in reversed(range(len(places))):
        places[number] = min(places[number], ceiling)
        ceiling = places[number] - distance
    floor = low
    if places and places[0] < low:
        for number in range(len(places)):
            places[number] = max(places[number], floor)
            floor = places[number] + distance
    return places


def _changed(axes, shares, places, y):
    """Write below each step which share of the area changed its class."""
    for number, share in enumerate(shares):
        x = (places[number] + places[number + 1] + _BAR) / 2
        changed = labels.number(100 - np.trace(share), 1)
        room = places[number + 1] - places[number]
        text = f"changed: {changed} % of the area" if room > 35 else f"changed: {changed} %"
        axes.text(x, y + 2, text, ha="center", va="top")


def _legend(axes, names, colours, y):
    """Name the classes below a narrow figure, where there is no room beside the bars."""
    handles = [Patch(facecolor=colours[n], linewidth=0.3, edgecolor=palettes.INK) for n in names]
    look = {"frameon": False, "borderpad": 0, "columnspacing": 1.2, "handlelength": 1.4}
    place = {"loc": "upper left", "bbox_to_anchor": (0, y), "bbox_transform": axes.transData}
    axes.legend(handles, names, ncols=3, labelspacing=0.4, **look, **place)


def _left_out(sheet, small, smallest):
    """Say how many changes were too small to draw, and what they sum to."""
    number = sum(map(len, small))
    text = "Pale: class kept; full colour: class left."
    if number:
        sums = " and ".join(labels.number(math.fsum(step), 2) + " %" for step in small)
        text += f" Not drawn: {number} changes below {smallest:g} %, together {sums} of the area."
    text = wrapped(text, 6, sheet.width - 4)
    sheet.figure.text(2.5 / sheet.width, 1.6 / sheet.height, text, fontsize=6, va="bottom")


def draw(files, entry, classes, substitutes, simulated):
    """Return the figure of an entry of kind sankey.

    Parameters
    ----------
    files : dict
        transitions (tidy table).
    entry : dict
    classes : list of dict
        Keys name, colour.
    substitutes : dict of {int: int}
        Year of the map that stands in for a date, which the figure says.
    simulated : bool
    """
    return sankey(
        tables.read(files["transitions"], transitions.COLUMNS),
        {own["name"]: own["colour"] for own in classes},
        date_names={date: f"{date} (map of {year})" for date, year in substitutes.items()},
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )
