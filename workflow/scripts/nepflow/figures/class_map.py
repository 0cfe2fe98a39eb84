"""Maps of classes with the share of each."""

import math
from dataclasses import dataclass

import numpy as np
import xarray
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from nepflow import labels
from nepflow.figures import base_map, palettes
from nepflow.figures import chance as figures_chance
from nepflow.figures.layout import given, panel_sheet
from nepflow.io import raster

CLASSES_AT_MOST = 60  # entries of a legend


@dataclass
class ClassPanel:
    """A map of classes that can be drawn on a sheet or on a part of one.

    Attributes
    ----------
    field, grid, outlines
        As in `maps.MapPanel`; the field holds class codes, its attribute ``classes`` is
        {code: name}, ``colours`` is {code: "#rrggbb"} or None.
    counts : dict of {int or None: int}
        Cells of each class in the whole raster, and of None for cells of the area without
        a class (the field itself may be decimated); cells of one area each.
    palette : str, optional
        A palette of Crameri's collection that replaces the raster's own colours.
    label : str
        Heading of the legend.
    mark : str, optional
        What the reader must know of the layer, written below the legend.
    chance : chance.Chance, optional
        What chance gives of each class: written beside the shares.
    """

    field: xarray.DataArray
    grid: xarray.DataArray
    outlines: object
    counts: dict
    palette: str = None
    label: str = "Share of the classified area"
    mark: str = None
    chance: tuple = None

    def __post_init__(self):
        classes = self.field.attrs.get("classes")
        if not classes:
            raise palettes.BadFigure(
                "a map of classes needs a raster whose tag `classes` names them."
            )
        own = self.field.attrs.get("colours")
        self.colours = palettes.class_colours(sorted(classes), own, self.palette)
        beside = self.chance.shares if self.chance else {}
        self.entries = _entries(classes, self.colours, self.counts, beside)
        self.mark = figures_chance.note(self.mark, self.chance)

    def _columns(self, width_mm):
        return (2 if self.chance else 3) if width_mm > 100 else 1

    def _legend_height(self, width_mm):
        return 4.2 + 3.55 * -(-len(self.entries) // self._columns(width_mm))

    def height_mm(self, width_mm):
        """Return the height of map and legend, mm."""
        mark = base_map.mark_height(self.mark, width_mm)
        return base_map.map_height(self.outlines, width_mm) + self._legend_height(width_mm) + mark

    def draw(self, sheet):
        """Draw everything on ``sheet``, which is at least `height_mm` tall."""
        inside = base_map.inside_of(self.field, self.grid)
        axes = base_map.placed(sheet, self.outlines)
        base_map.show_missing(axes, self.field, inside)
        _show_classes(axes, self.field, self.colours)
        foot = base_map.foot(sheet, self._legend_height(sheet.width))
        base_map.legend(foot, self.entries, self._columns(sheet.width), self.label)
        if self.mark:
            note = base_map.foot(sheet, 3, self._legend_height(sheet.width))
            base_map.write_mark(note, self.mark, sheet.width)
        simulated = base_map.is_simulated(self.field, self.grid)
        base_map.finish(axes, self.outlines, inside, simulated)


def class_map(field, grid, outlines, counts, *, title=None, width_mm=180, letter=None, **options):
    """Draw classes with a legend of their shares of the classified area, which close to 100 %.

    Parameters
    ----------
    field, grid, outlines, counts
        As in `ClassPanel`, and so are the ``options``.
    title, width_mm, letter
        As in `layout.panel_sheet`.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the raster names no classes.
    """
    panel = ClassPanel(field, grid, outlines, counts, **options)
    return panel_sheet(panel, title=title, width_mm=width_mm, letter=letter)


def _show_classes(axes, field, colours):
    """Draw each class in its colour; codes that have no name stay invisible."""
    codes = sorted(colours)
    order = np.searchsorted(codes, np.nan_to_num(field.values))
    base_map.show(
        axes,
        np.where(np.isin(field.values, codes), order, np.nan),
        field,
        cmap=ListedColormap([colours[code] for code in codes]),
        vmin=-0.5,
        vmax=len(codes) - 0.5,
        zorder=2,
    )


def _entries(classes, colours, counts, chance):
    """Return a legend entry a class with its share, and one for the cells without class.

    Of more than `CLASSES_AT_MOST` the largest have an entry, and all others one together.
    """
    codes = sorted(classes)
    cells = [counts.get(code, 0) for code in codes]
    shares = labels.closing_percentages(cells)
    largest = sorted(codes, key=lambda code: -counts.get(code, 0))
    shown = set(largest[:CLASSES_AT_MOST])
    entries = [
        Patch(
            facecolor=colours[code],
            edgecolor=palettes.INK,
            linewidth=0.3,
            label=f"{classes[code]}  {labels.percent(share, cell)}{_noise(classes[code], chance)}",
        )
        for code, share, cell in zip(codes, shares, cells, strict=True)
        if code in shown
    ]
    if len(shown) < len(codes):
        others = [i for i, code in enumerate(codes) if code not in shown]
        share, cell = math.fsum(shares[i] for i in others), sum(cells[i] for i in others)
        text = f"{len(others)} smaller classes  {labels.percent(share, cell)}"
        entries.append(Patch(facecolor="white", edgecolor=palettes.INK, linewidth=0.3, label=text))
    absent = counts.get(None, 0)
    if absent:
        share = labels.number(100 * absent / sum(counts.values()), 1)
        entries.append(base_map.missing_patch(f"no data ({share} % of the whole area)"))
    return entries


def _noise(name, chance):
    """Return the shares of chance in brackets, or an empty text."""
    if name not in chance:
        return ""
    return f"  ({', '.join(labels.number(share, 1) for share in chance[name])})"


def class_counts(codes, inside):
    """Return {code: cells} of a class raster and, under None, cells of the area without class.

    Parameters
    ----------
    codes : ndarray, shape (y, x)
        Class codes, NaN = missing.
    inside : ndarray, shape (y, x)
        1 inside the area.
    """
    within = codes[inside == 1]
    found, cells = np.unique(within[np.isfinite(within)], return_counts=True)
    counts = {int(code): int(number) for code, number in zip(found, cells, strict=True)}
    return counts | {None: int(np.isnan(within).sum())}


def panel(entry, layers, area, mark=None, chance=None):
    """Return the map of classes of an entry of a study; shares count every cell.

    Parameters
    ----------
    entry : dict
        Key layer, and palette, label where wanted.
    layers : dict of {str: str}
        Path of each raster by its name in the entry; names and colours in its tags.
    area : base_map.Area
    mark, chance
        See `ClassPanel`.
    """
    path = layers[entry["layer"]]
    counts = class_counts(raster.read(path), raster.read(area.path))
    options = given(entry, "palette", "label") | {"mark": mark, "chance": chance}
    return ClassPanel(raster.layer(path), area.grid, area.outlines, counts, **options)


def draw(files, entry, marks):
    """Return the figure of an entry of kind classes.

    Parameters
    ----------
    files : dict
        layer, grid, outlines, persistence and correlation (tables, see `chance.of_layers`).
    entry : dict
    marks : dict of {str: str}
        By layer, what the reader must know of it.
    """
    name = entry["layer"]
    area = base_map.read_area(files["grid"], files["outlines"])
    chance = figures_chance.of_layers(files["persistence"], files["correlation"]).get(name)
    drawn = panel(entry, {name: files["layer"]}, area, marks.get(name), chance)
    return panel_sheet(drawn, **given(entry, "title", "width_mm", "letter"))
