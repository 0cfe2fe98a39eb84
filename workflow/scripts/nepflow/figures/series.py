"""Annual series of the whole area and of its zones, with the trend that the tables give."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated, wrapped
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables

LEAST_YEARS = 3  # with fewer a curve says nothing


class Trend(NamedTuple):
    """A fitted line: ``start`` in the first year, ``slope`` a year in ``unit``, and its p."""

    slope: float
    unit: str
    p: float
    first_year: float
    start: float


def curves_of(table, quantity, zones):
    """Return the annual means of a quantity over the whole area and over its zones.

    Parameters
    ----------
    table : pandas.DataFrame
        Tidy table of series: zones, zone, year, quantity, value, unit. Rows of the whole
        area have the zone ``all``; the quantity stands as ``<quantity>_mean``.
    quantity, zones : str
        Such as nep, province.

    Returns
    -------
    (dict of {str: (ndarray, ndarray)}, str)
        Years and values of each zone, the whole area first, and the unit.

    Raises
    ------
    BadFigure
        If the table lacks the quantity, the whole area or the zones, or mixes units.
    """
    rows = table[table["quantity"] == f"{quantity}_mean"]
    if rows.empty:
        known = ", ".join(sorted(set(table["quantity"])))
        raise BadFigure(f"the table of series has no {quantity}_mean. It has: {known}.")
    area = rows[rows["zone"] == labels.REGION]
    parts = rows[(rows["zones"] == zones) & (rows["zone"] != labels.REGION)]
    if area.empty or parts.empty:
        known = ", ".join(sorted(set(rows["zones"])))
        raise BadFigure(f"{quantity} of {zones} is not in the table of series, which has: {known}.")
    units = sorted(set(rows["unit"]))
    if len(units) > 1:
        raise BadFigure(f"{quantity}_mean comes in several units: {', '.join(units)}.")
    curves = {labels.REGION: _by_year(area)}
    for name in dict.fromkeys(parts["zone"]):
        curves[name] = _by_year(parts[parts["zone"] == name])
    return curves, units[0]


def _by_year(rows):
    """Return years and values, ascending; a year that stands twice counts once."""
    years, values = rows["year"].astype(float), rows["value"].astype(float)
    by_year = dict(sorted(zip(years, values, strict=True)))
    return list(by_year), list(by_year.values())


def with_enough_years(curves):
    """Return the curves of at least `LEAST_YEARS` years, and the names of the others.

    The whole area stays in any case, and so do all zones where none has enough.
    """
    known = {zone: sum(map(math.isfinite, values)) for zone, (_, values) in curves.items()}
    absent = [z for z, years in known.items() if years < LEAST_YEARS and z != labels.REGION]
    if len(absent) == len(curves) - 1:
        return curves, []
    return {zone: curve for zone, curve in curves.items() if zone not in absent}, absent


def first_zones(curves, most):
    """Return the curves of the whole area and of the first ``most`` zones, and the other names."""
    kept = dict(list(curves.items())[: most + 1])
    return kept, [zone for zone in curves if zone not in kept]


def trend_of(table, quantity, zones, zone):
    """Return the `Trend` of a zone, or None where the table has none.

    Parameters
    ----------
    table : pandas.DataFrame or None
        Tidy table of trends with ``<quantity>_slope``, ``_line_start`` and ``_p``; the year is
        the period, such as 2000-2023.
    quantity, zones, zone : str
    """
    if table is None:
        return None
    rows = table[table["zone"] == zone]
    if zone != labels.REGION:
        rows = rows[rows["zones"] == zones]
    found = {row.quantity: row for row in rows.itertuples()}
    slope = found.get(f"{quantity}_slope")
    if slope is None or math.isnan(slope.value):
        return None
    p = found.get(f"{quantity}_p")
    start = found.get(f"{quantity}_line_start")
    return Trend(
        float(slope.value),
        slope.unit,
        float(p.value) if p else math.nan,
        float(str(slope.year).split("-")[0]),
        float(start.value) if start else math.nan,
    )


def trend_text(trend):
    """Return slope with unit, and p, as text; nothing where there is no trend."""
    if trend is None:
        return ""
    sign = "+" if trend.slope > 0 else ""
    size = labels.number(trend.slope, labels.decimals_for(trend.slope, 3))
    text = f"{sign}{size} {labels.unit_text(trend.unit)}"
    return text if math.isnan(trend.p) else f"{text}, {labels.p_text(trend.p)}"


LINES_AT_MOST = 4  # more zones than this become small multiples
PANELS_AT_MOST = 60  # a page of 1.6 m; all zones stand in the table
_LEFT, _RIGHT, _BELOW = 13, 4, 6  # mm: names and values, air, years


@dataclass(frozen=True)
class Series:
    """The annual values of a quantity in the whole area and its zones, and how they are shown.

    Attributes
    ----------
    table : pandas.DataFrame
        Tidy table of series, see `curves_of`.
    quantity, zones : str
        Such as nep, province.
    trends : pandas.DataFrame, optional
        Tidy table of trends, see `trend_of`.
    label : str, optional
        Name at the axis.
    limits : (float, float), optional
        Ends of the value axis of the whole area.
    simulated : bool
        Whether an input is simulated.
    half_width : float, optional
        Of the interval of the mean of the whole area from errors of inputs and constants.
    """

    table: object
    quantity: str
    zones: str
    trends: object = None
    label: str = None
    limits: tuple = None
    simulated: bool = False
    half_width: float = None

    def curves(self):
        """Return what `curves_of` gives: years and values by zone, and their unit."""
        return curves_of(self.table, self.quantity, self.zones)

    def shown(self):
        """Return which of many zones the table has, an empty text where it has all."""
        return self.table["shown"].iloc[0] if "shown" in self.table.columns else ""

    def trend(self, zone):
        """Return the trend of a zone, None where there is none."""
        return trend_of(self.trends, self.quantity, self.zones, zone)

    def name(self, unit):
        """Return the name at the axis of values."""
        return labels.with_unit(self.label or labels.quantity_name(self.quantity), unit)


@drawn_in_style
def annual_series(series, *, title=None, width_mm=180, letter=None):
    """Draw the annual values of a quantity: the whole area on top, its zones below.

    Up to four zones share one panel; more become small multiples with one axis of years and
    each its own scale. Nothing is fitted here: the Theil-Sen lines are those of the trends.

    Parameters
    ----------
    series : Series
    title, letter : str, optional
        Heading; letter of the panel.
    width_mm : {180, 85}
        Double or single column.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the table lacks the quantity, the whole area or the zones.
    """
    curves, unit = series.curves()
    curves, absent = with_enough_years(curves)
    curves, more = first_zones(curves, PANELS_AT_MOST)
    trends = {name: series.trend(name) for name in curves}
    axis_name = series.name(unit)
    noted = bool(absent or more or series.shown() or series.half_width)
    sheet, top, panels = _layout(len(curves) - 1, width_mm, title, letter, noted)
    if series.half_width:
        _band(top, *curves[labels.REGION], series.half_width)
    _curve(top, *curves[labels.REGION], trends[labels.REGION], palettes.INK)
    _heading(top, "Whole area", trends[labels.REGION], wide=True)
    _axes(top, axis_name)
    _scale(top, series.limits, series.simulated)
    parts = {zone: (*curves[zone], trends[zone]) for zone in list(curves)[1:]}
    if len(panels) == 1:
        _together(panels[0], parts, axis_name, wide=width_mm > 100)
    else:
        _apart(panels, parts, labels.unit_text(unit))
    mark_simulated(top, series.simulated, "upper right")
    notes = [f"Not drawn, less than {LEAST_YEARS} years with data: {labels.some(absent)}."]
    notes = notes if absent else []
    notes += [f"Not drawn, beyond {PANELS_AT_MOST} zones: {labels.some(more, 3)}."] if more else []
    notes += [f"Drawn: {series.shown()}."] if series.shown() else []
    notes += [BAND] if series.half_width else []
    if notes:
        text = wrapped(" ".join(notes), 6, width_mm - 6)
        sheet.text(_LEFT, sheet.height - 1, text, fontsize=6, va="bottom")
    return sheet.figure


BAND = (
    "Grey: interval from errors of inputs and constants within the chosen model; most of it moves "
    "all years alike."
)


def _band(axes, years, values, half):
    """Shade the interval around the annual values of the whole area."""
    values = np.asarray(values, float)
    axes.fill_between(years, values - half, values + half, color="#dddddd", linewidth=0, zorder=0.5)


def half_width_of(table, quantity):
    """Return half of the interval of the mean of the whole area, None where there is none.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `uncertainty.budget.COLUMNS`.
    quantity : str
    """
    rows = table[(table["zone"] == labels.REGION) & (table["quantity"] == f"{quantity}_mean")]
    rows = rows[rows["error_source"] == "all"]
    return float(rows["high"].iloc[0] - rows["low"].iloc[0]) / 2 if len(rows) else None


@dataclass(frozen=True)
class RegionPanel(Series):
    """The annual values of the whole area alone, on a sheet or on a part of one."""

    def height_mm(self, width_mm):
        """Return the height of the plot, its trend and its years, mm."""
        return 4.5 + (42 if width_mm > 100 else 27) + _BELOW

    def draw(self, sheet):
        """Draw points, line and trend on ``sheet``."""
        curves, unit = self.curves()
        trend = self.trend(labels.REGION)
        tall = self.height_mm(sheet.width) - 4.5 - _BELOW
        axes = sheet.axes(_LEFT, 4.5, sheet.width - _LEFT - _RIGHT, tall)
        sheet.main = axes
        _curve(axes, *curves[labels.REGION], trend, palettes.LINES[0], size=2.4)
        _heading(axes, "", trend, wide=False)
        _axes(
            axes, self.name(unit) if sheet.width > 70 else labels.unit_text(unit), ticks=5, years=4
        )
        _scale(axes, self.limits, self.simulated)
        mark_simulated(axes, self.simulated, "upper right")


def _layout(zones, width_mm, title, letter, note=False):
    """Return the sheet, the panel of the whole area and the panels of the zones."""
    wide = width_mm > 100
    inner, tall, head = width_mm - _LEFT - _RIGHT, 42 if wide else 32, 4.5
    below_all = _BELOW + ((3.5 if wide else 6.5) if note else 0)
    if zones <= LINES_AT_MOST:
        gap = _BELOW + (6 if wide else 3.4) * (-(-zones // 2) if wide else zones) * 0.9 + 1.5
        sheet = Sheet(width_mm, head + tall + gap + tall + below_all, title, letter)
        top = sheet.axes(_LEFT, head, inner, tall)
        return sheet, top, [sheet.axes(_LEFT, head + tall + gap, inner, tall)]
    columns, down = (3, 24) if wide else (2, 19)
    gap = _BELOW + 8
    across = (inner - (columns - 1) * 10) / columns
    rows = -(-zones // columns)
    sheet = Sheet(width_mm, head + tall + rows * (down + gap) + below_all, title, letter)
    top = sheet.axes(_LEFT, head, inner, tall)
    below = head + tall + gap
    panels = [
        sheet.axes(_LEFT + column * (across + 10), below + row * (down + gap), across, down)
        for row, column in (divmod(number, columns) for number in range(zones))
    ]
    return sheet, top, panels


def _apart(panels, parts, unit):
    """Draw each zone in its own panel; one axis of years, a scale of values each."""
    first_column = panels[0].get_position().x0
    for axes, (zone, (years, values, trend)) in zip(panels, parts.items(), strict=True):
        _curve(axes, years, values, trend, palettes.LINES[0], size=2.2)
        _heading(axes, zone, trend, wide=False)
        _axes(axes, unit if axes.get_position().x0 == first_column else "", ticks=4, years=4)
    ends = [years for years, _, _ in parts.values()]
    first, last = min(map(np.min, ends)), max(map(np.max, ends))
    for axes in panels:
        axes.set_xlim(first - 0.05 * (last - first) - 0.5, last + 0.05 * (last - first) + 0.5)


def _together(axes, parts, axis_name, wide):
    """Draw up to four zones in one panel, told apart by colour and marker."""
    looks, lines, texts = zip(palettes.LINES, palettes.MARKERS, strict=True), [], []
    for (zone, (years, values, trend)), (colour, marker) in zip(parts.items(), looks, strict=False):
        texts.append(f"{zone}  {trend_text(trend)}".strip())
        lines.append(_curve(axes, years, values, trend, colour, marker, label=texts[-1]))
    _axes(axes, axis_name)
    axes.legend(
        lines,
        texts,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=2 if wide else 1,
        frameon=False,
        borderpad=0.2,
        borderaxespad=0.2,
        handlelength=1.8,
        labelspacing=0.3,
    )


def _curve(axes, years, values, trend, colour, marker="o", size=3.0, label=None):
    """Draw the values and their fitted line; return the line of the values."""
    look = {"marker": marker, "markersize": size, "markeredgecolor": "white"}
    look |= {"markeredgewidth": 0.3, "linewidth": 0.8, "label": label, "zorder": 3}
    (curve,) = axes.plot(years, values, color=colour, **look)
    if trend is not None:
        ends = np.array([min(years), max(years)])
        line = trend.start + trend.slope * (ends - trend.first_year)
        dashes = {"linestyle": (0, (5, 2)), "linewidth": 0.9, "alpha": 0.85, "zorder": 2}
        axes.plot(ends, line, color=colour, **dashes)
    if not np.isfinite(values).any():
        axes.text(0.5, 0.5, "no data", transform=axes.transAxes, ha="center", va="center")
    return curve


def _heading(axes, name, trend, wide):
    """Write the zone and its trend above a panel: side by side, or below each other."""
    look = {"xycoords": "axes fraction", "textcoords": "offset points", "va": "bottom"}
    axes.annotate(name, (0, 1), (0, 3 if wide else 10.5), ha="left", fontweight="bold", **look)
    place, side = ((1, 1), "right") if wide else ((0, 1), "left")
    axes.annotate(trend_text(trend), place, (0, 3), ha=side, fontsize=6.4 if wide else 5.8, **look)


def _axes(axes, name, ticks=5, years=6):
    axes.set_ylabel(name)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color="#e3e3e3", linewidth=0.4)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(years, integer=True, steps=[1, 2, 5, 10]))
    axes.yaxis.set_major_locator(MaxNLocator(ticks))


def _scale(axes, limits, simulated):
    """Set the ends of the value axis, or lift the upper one so that the mark hides no value."""
    low, high = limits or axes.get_ylim()
    room = 0.25 * (high - low) if simulated and not limits else 0
    axes.set_ylim(low, high + room)


def panel(entry, series_path, trends_path, simulated):
    """Return the annual values of the whole area of an entry of a study.

    Parameters
    ----------
    entry : dict
        Keys quantity, zones, and limits, label where wanted.
    series_path, trends_path : str
        Tidy tables of the zones.
    simulated : bool
    """
    return RegionPanel(
        tables.read(series_path),
        entry["quantity"],
        entry["zones"],
        tables.read(trends_path),
        simulated=simulated,
        **given(entry, "limits", "label"),
    )


def draw(files, entry, simulated):
    """Return the figure of an entry of kind series.

    Parameters
    ----------
    files : dict
        series, trends (tidy tables of the zones): nothing is estimated here; uncertainty, the
        errors of the zones, where the study has them.
    entry : dict
    simulated : bool
    """
    half = None
    if files.get("uncertainty"):
        half = half_width_of(tables.read(files["uncertainty"], ["quantity"]), entry["quantity"])
    series = Series(
        tables.read(files["series"]),
        entry["quantity"],
        entry["zones"],
        tables.read(files["trends"]),
        simulated=simulated,
        half_width=half,
        **given(entry, "limits", "label"),
    )
    return annual_series(series, **given(entry, "title", "width_mm", "letter"))
