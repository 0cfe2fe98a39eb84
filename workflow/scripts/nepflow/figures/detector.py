"""Figures of the geographical detector: bars of q, and heat map of interactions."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

from nepflow import labels
from nepflow.detector import detector, results
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, drawn_in_style, given, mark_simulated, wrapped
from nepflow.figures.palettes import BadFigure
from nepflow.io import tables

_ROW, _CELL_TALL = 5.2, 9.0  # mm: a bar; the least height of a cell
_BAR, _PALE = palettes.LINES[0], "#b9c6dd"
_HEAT = ListedColormap(palettes.palette("lajolla_r")(np.linspace(0, 0.72, 256)))
_SIGNS = {
    detector.ENHANCED: "B",
    detector.ENHANCED_BOTH: "N",
    detector.INDEPENDENT: "I",
    detector.WEAKENED: "u",
    detector.WEAKENED_BOTH: "n",
}


@drawn_in_style
def q_bars(table, level=0.05, *, title=None, simulated=False, width_mm=180, letter=None):
    """Draw a bar a factor, the largest q on top, with what chance gives.

    A tick marks the q that 5 % of the surrogates exceed; bars of factors that are not significant
    are pale, and hatched bars are of factors that entered the variable.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `results.factor_rows`.
    level : float
        p of the test by surrogates below which a factor is significant.
    title, letter : str, optional
    simulated : bool
    width_mm : {180, 85}

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the table has no q.
    """
    wide = table.pivot_table(
        index="factor", columns="quantity", values="value", sort=False, dropna=False
    )
    if "q_statistic" not in wide:
        raise BadFigure("the table of factors has no q_statistic. Delete it and run again.")
    wide = wide.sort_values("q_statistic", ascending=False, kind="stable")
    entered = _entered(table)
    names = [name.replace("_", " ") for name in wide.index]
    margin = max(map(len, names)) * 7 * 0.6 * 25.4 / 72 + 4
    note = _entered_note(entered)
    lines = wrapped(note, 6, width_mm - 8) if note else ""
    tall = len(names) * _ROW
    foot = 13 + (3 + 2.7 * lines.count("\n") if lines else 0) + (3.5 if width_mm < 100 else 0)
    sheet = Sheet(width_mm, tall + 3 + foot, title, letter)
    axes = sheet.axes(margin, 1, width_mm - margin - 22, tall)
    for y, (name, row) in enumerate(wide.iterrows()):
        _bar(axes, y, row, name in entered, level)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_xlim(
        0, max(1.02 * wide[["q_statistic", "surrogate_q_95th_percentile"]].max().max(), 0.01)
    )
    axes.set_xlabel("q: share of the variance that lies between the strata")
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    _bar_key(sheet, tall + 9.5, level, bool(entered))
    if lines:
        down = sheet.top + tall + 3 + foot - 2 - 2.7 * lines.count("\n") - 2
        sheet.text(3, down, lines, fontsize=6, color=palettes.ACCENT, va="top")
    mark_simulated(axes, simulated, "lower right")
    return sheet.figure


def _entered(table):
    """Return {factor: how} of the factors that entered the variable."""
    marked = table[table["shared_inputs"].notna() & (table["shared_inputs"].astype(str) != "")]
    return dict(zip(marked["factor"], marked["shared_inputs"], strict=True))


def _entered_note(entered):
    if not entered:
        return ""
    found = "; ".join(f"{name.replace('_', ' ')} ({how})" for name, how in entered.items())
    return f"Built in: {found}. What these explain partly is the model itself."


def _bar(axes, y, row, entered, level):
    significant = row["surrogate_p"] <= level
    look = {"hatch": "////" if entered else None, "edgecolor": "white" if entered else "none"}
    axes.barh(
        y, row["q_statistic"], 0.68, color=_BAR if significant else _PALE, linewidth=0, **look
    )
    limit = row["surrogate_q_95th_percentile"]
    axes.plot([limit, limit], [y - 0.42, y + 0.42], color=palettes.INK, linewidth=1.1)
    text = f"{row['q_statistic']:.3f}   {labels.p_text(row['surrogate_p'])}"
    where = {"transform": axes.get_yaxis_transform(), "clip_on": False}
    axes.text(1.01, y, text, va="center_baseline", fontsize=6.2, **where)


def _bar_key(sheet, down, level, entered):
    axes = sheet.axes(3, down, sheet.width - 6, 4)
    axes.set_axis_off()
    handles = [
        Patch(facecolor=_BAR, label=f"p ≤ {level:g} (surrogates)"),
        Patch(facecolor=_PALE, label="not significant"),
        Line2D([], [], color=palettes.INK, linewidth=1.1, label="exceeded by 5 % of surrogates"),
    ]
    if entered:
        look = {"facecolor": _BAR, "edgecolor": "white", "hatch": "////"}
        handles.append(Patch(label="entered the variable", **look))
    columns = 4 if sheet.width > 100 else 2
    axes.legend(handles=handles, ncols=columns, loc="upper left", frameon=False, borderaxespad=0)


@drawn_in_style
def interaction_map(table, *, title=None, simulated=False, width_mm=180, letter=None):
    """Draw q of every pair of factors as a triangle, q of each factor alone on its diagonal.

    A letter says what the pair amounts to; names of factors that entered the variable are red.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `results.interaction_rows`.
    title, simulated, width_mm, letter
        As in `q_bars`.

    Returns
    -------
    matplotlib.figure.Figure
    """
    q, kinds = _matrix(table)
    names = list(q)
    entered = {
        part.partition(":")[0]
        for text in table["shared_inputs"].dropna().astype(str)
        for part in text.split("; ")
        if part
    }
    margin = max(map(len, names)) * 7 * 0.6 * 25.4 / 72 + 4
    side = (width_mm - margin - 22) / len(names)
    tall = min(side, _CELL_TALL)
    slant = max(map(len, names)) * 0.85 if _slanted(names, side) else 3
    foot = slant + 6.5 + (2.5 if width_mm < 100 else 0)
    sheet = Sheet(width_mm, len(names) * tall + foot + 3, title, letter)
    axes = sheet.axes(margin, 1, side * len(names), tall * len(names))
    values = np.array([[q[a][b] for b in names] for a in names])
    picture = axes.imshow(
        np.ma.masked_invalid(values),
        cmap=_HEAT,
        vmin=0,
        vmax=max(0.01, np.nanmax(values)),
        aspect="auto",
    )
    _pair_texts(axes, names, values, kinds, picture, min(6.8, side * 0.62))
    _pair_names(axes, names, entered, side)
    bar = sheet.axes(margin + side * len(names) + 4, 1, 3, tall * len(names))
    sheet.figure.colorbar(picture, cax=bar, label="q")
    _pair_key(sheet, len(names) * tall + slant + 3, kinds, bool(entered))
    mark_simulated(axes, simulated, "upper right")
    return sheet.figure


def _matrix(table):
    """Return {first: {second: q}}, a triangle with the diagonal, and {(first, second): type}."""
    names = list(dict.fromkeys([*table["first"], *table["second"]]))
    q = {a: dict.fromkeys(names, np.nan) for a in names}
    kinds = {}
    for row in table.to_dict("records"):
        first, second = row["first"], row["second"]
        if row["quantity"] == "q_both":
            q[second][first] = row["value"]
            kinds[second, first] = row["interaction"]
        elif row["quantity"] == "q_first":
            q[first][first] = row["value"]
        elif row["quantity"] == "q_second":
            q[second][second] = row["value"]
    return q, kinds


def _pair_texts(axes, names, values, kinds, picture, size):
    for (row, column), value in np.ndenumerate(values):
        if np.isnan(value):
            continue
        face = picture.cmap(picture.norm(value))
        dark = 0.3 * face[0] + 0.59 * face[1] + 0.11 * face[2] < 0.5
        alone = row == column
        sign = "" if alone else f" {_SIGNS[kinds[names[row], names[column]]]}"
        look = {"ha": "center", "va": "center_baseline", "fontsize": size}
        colour = "white" if dark else palettes.INK
        axes.text(column, row, f"{value:.2f}{sign}", color=colour, **look)
        if alone:
            box = Rectangle((column - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=palettes.INK)
            axes.add_patch(box)


def _pair_names(axes, names, entered, side):
    texts = [name.replace("_", " ") for name in names]
    axes.set_yticks(range(len(names)), texts)
    look = {"rotation": 35, "ha": "right", "rotation_mode": "anchor"}
    look = look if _slanted(names, side) else {}
    axes.set_xticks(range(len(names)), texts, **look)
    for text in (*axes.get_xticklabels(), *axes.get_yticklabels()):
        if text.get_text().replace(" ", "_") in entered:
            text.set_color(palettes.ACCENT)
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _slanted(names, side):
    """Tell whether the longest name is wider than a cell."""
    return max(map(len, names)) * 1.6 > side - 1


def _pair_key(sheet, down, kinds, entered):
    found = [kind for kind in detector.INTERACTIONS if kind in set(kinds.values())]
    parts = [f"{_SIGNS[kind]}: {kind}" for kind in found]
    parts.append("framed: each factor alone")
    parts += ["red: entered the variable"] if entered else []
    text = wrapped("; ".join(parts) + ".", 6.2, sheet.width - 6)
    sheet.text(3, sheet.top + down + 0.5, text, fontsize=6.2, va="top")


def draw_factors(files, entry, level, simulated):
    """Return the figure of an entry of kind detector.

    Parameters
    ----------
    files : dict
        factors (tidy table): nothing is estimated here.
    entry : dict
    level : float
        p below which a factor is significant.
    simulated : bool
    """
    return q_bars(
        tables.read(files["factors"], results.COLUMNS["factors"]),
        level,
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )


def draw_interactions(files, entry, simulated):
    """Return the figure of an entry of kind interaction.

    Parameters
    ----------
    files : dict
        interactions (tidy table): nothing is estimated here.
    entry : dict
    simulated : bool
    """
    return interaction_map(
        tables.read(files["interactions"], results.COLUMNS["interactions"]),
        simulated=simulated,
        **given(entry, "title", "width_mm", "letter"),
    )
