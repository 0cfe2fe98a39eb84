"""Effects of restoration by year since the start, a panel a measure."""

import math

import numpy as np
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables
from nepflow.restoration import results

_TALL, _ROW, _LEFT, _GAP = 38, 70, 15, 7  # mm: an axes; one with its title and note


@drawn_in_style
def event_panels(
    events, effects, base_years=2, *, title=None, simulated=False, width_mm=180, letter=None
):
    """Draw the effects of each measure by year since the start, with their intervals.

    Parameters
    ----------
    events, effects : pandas.DataFrame
        Of `restoration_rows`.
    base_years : int
        Years before the start that the change counts from; shaded.
    title, letter : str, optional
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If no measure has an effect.
    """
    events = events[events["start_year"] == "all"]
    names = _by_rank(events, effects)
    if not names:
        raise BadFigure(
            "no restoration project could be compared (tables/restoration_effects.csv). Take the "
            "figure out, or change restoration."
        )
    widest = 2 if len(names) in (2, 4) else 3  # four stand in a square
    columns = min(len(names), widest if width_mm > 100 else 1)
    rows = math.ceil(len(names) / columns)
    sheet = Sheet(width_mm, rows * _ROW + 2, title, letter)
    wide = (width_mm - _LEFT - 3 - _GAP * (columns - 1)) / columns
    limits = _limits(events)
    for place, name in enumerate(names):
        row, column = divmod(place, columns)
        left, down = _LEFT + column * (wide + _GAP), 4 + row * _ROW
        axes = sheet.axes(left, down, wide, _TALL)
        _panel(axes, events[events["measure"] == name], base_years, limits)
        axes.set_title(labels.sentence(name), loc="left", pad=3)
        axes.tick_params(labelleft=column == 0)
        if column == 0:
            axes.set_ylabel(labels.with_unit("Effect on NEP", "g C m-2 yr-1"))
        if place == 0:
            mark_simulated(axes, simulated, "upper left")
        note = _note(effects[effects["measure"] == name])
        below = sheet.top + down + _TALL + 8
        sheet.text(left, below, note, fontsize=6, va="top", linespacing=1.25)
    return sheet.figure


def _by_rank(events, effects):
    """Measures with an effect, the largest first; those without a rank last."""
    names = list(dict.fromkeys(events["measure"]))
    rank = effects[effects["quantity"] == "rank"].set_index("measure")["value"].fillna(np.inf)
    return sorted(names, key=lambda name: rank.get(name, np.inf))


def _limits(events):
    """The same of all panels; intervals of single odd years may be cut."""
    low = events.loc[events["quantity"] == "effect_low", "value"]
    high = events.loc[events["quantity"] == "effect_high", "value"]
    values = events.loc[events["quantity"] == "effect", "value"]
    ends = (
        np.nanmin([np.nanpercentile(low, 2), values.min()]),
        np.nanmax([np.nanpercentile(high, 98), values.max()]),
    )
    pad = 0.08 * max(ends[1] - ends[0], 1e-6)
    return ends[0] - pad, ends[1] + pad


def _panel(axes, table, base_years, limits):
    wide = table.pivot_table(index="event_year", columns="quantity", values="value", dropna=False)
    years = wide.index.to_numpy(dtype=float)
    axes.axhline(0, color=palettes.INK, linewidth=0.5)
    axes.axvspan(-base_years - 0.5, -0.5, color="#e7e7e7", linewidth=0)
    axes.axvline(-0.5, color=palettes.ACCENT, linewidth=0.8, linestyle="--")
    axes.vlines(years, wide["effect_low"], wide["effect_high"], color="#9db4d6", linewidth=1.6)
    before = years < 0
    for chosen, face in ((before, "white"), (~before, palettes.LINES[0])):
        axes.plot(
            years[chosen],
            wide["effect"][chosen],
            "o",
            markersize=3.2,
            markerfacecolor=face,
            markeredgecolor=palettes.LINES[0],
            markeredgewidth=0.8,
        )
    axes.set_ylim(limits)
    axes.set_xlim(years.min() - 0.7, years.max() + 0.7)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.set_xlabel("Years since the start", labelpad=1.5)
    axes.spines[["top", "right"]].set_visible(False)


def _note(table):
    """Effect, number of projects and pre-trend of a measure."""
    value = table.set_index("quantity")["value"].to_dict()
    how = next(of for of in table.loc[table["quantity"] == "effect", "of"])
    return (
        f"Effect {_with_interval(value, 'effect')}\n"
        f"{value['projects_compared']:.0f} of {value['projects']:.0f} projects; {how}\n"
        f"Beyond the trend before {_with_interval(value, 'effect_beyond_pre_trend')}\n"
        f"Years before together: {labels.p_text(value['pre_years_joint_p'])}\n"
        f"Trend before: {labels.number(value['pre_trend'])} a year, "
        f"{labels.p_text(value['pre_trend_p'])}\n"
        f"Rank {value['rank']:.0f} ({value['rank_low']:.0f} to {value['rank_high']:.0f})"
    )


def _with_interval(value, name):
    parts = (labels.number(value[key], 1) for key in (name, f"{name}_low", f"{name}_high"))
    return "{} ({} to {})".format(*parts)


def draw(files, entry, base_years, simulated):
    """Return the figure of an entry of kind event_study.

    Parameters
    ----------
    files : dict
        events, effects (tidy tables, by year and by measure): nothing is estimated here.
    entry : dict
    base_years : int
        See `event_panels`.
    simulated : bool
    """
    events = tables.read(files["events"], results.EVENTS)
    return event_panels(
        events.astype({"start_year": str}),
        tables.read(files["effects"], results.COLUMNS),
        base_years,
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )
