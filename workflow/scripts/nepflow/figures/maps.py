"""Maps of continuous fields."""

import itertools
from dataclasses import dataclass

import numpy as np
import xarray
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.figures import basemap, overlays, palettes, value_shares
from nepflow.figures.panels import panel_sheet

_BAR, _ROW = 9.5, 3.5  # mm: colour bar with its name; a line of the legend below it


@dataclass
class MapPanel:
    """A map of a continuous field that can be drawn on a sheet or on a part of one.

    Attributes
    ----------
    field : xarray.DataArray, shape (y, x)
        NaN = absent; attributes unit, long_name, simulated.
    grid : xarray.DataArray, shape (y, x)
        1 inside the area, 0 or NaN outside, on the grid of ``field``.
    outlines : geopandas.GeoDataFrame
        Polygons of the area in the CRS of the field, m.
    limits : (float, float), optional
        Ends of the colour bar, in the unit of the field.
    palette : str, optional
        See `palettes.colours_for`.
    label : str, optional
        Name below the colour bar; the long name of the field otherwise.
    histogram : bool
        Show in a corner which share of the cells has which value (double column only).
    contours : (xarray.DataArray, sequence of float), optional
        Another field and the values of its lines.
    stipple : (xarray.DataArray, float), optional
        p values and the level below which they are significant.
    shares : list, optional
        Of `value_shares.range_shares`: shares of the area for the legend.
    mark : str, optional
        What the reader must know of this field, in the colour of warnings.
    """

    field: xarray.DataArray
    grid: xarray.DataArray
    outlines: object
    limits: tuple = None
    palette: str = None
    label: str = None
    histogram: bool = True
    contours: tuple = None
    stipple: tuple = None
    shares: list = None
    mark: str = None

    def height_mm(self, width_mm):
        """Return the height of map, colour bar and legend, mm."""
        rows = self._rows(width_mm)
        legend = rows * _ROW + 2 if rows else 0
        mark = basemap.mark_height(self.mark, width_mm)
        return basemap.map_height(self.outlines, width_mm) + _BAR + legend + mark

    def draw(self, sheet):
        """Draw everything on ``sheet``, which is at least `height_mm` tall."""
        inside = basemap.inside_of(self.field, self.grid)
        field, unit = self.field, self.field.attrs.get("unit", "")
        colours, norm = palettes.colours_for(field.values, unit, self.limits, self.palette)
        axes = basemap.placed(sheet, self.outlines)
        basemap.show_absence(axes, field, inside)
        picture = basemap.show(axes, field.values, field, cmap=colours, norm=norm, zorder=2)
        name = labels.sentence(field.attrs.get("long_name", ""))
        name = labels.with_unit(self.label or name, unit)
        _colour_bar(sheet, picture, field, name, self._has_absence())
        simulated = basemap.is_simulated(field, self.grid)
        wide = self.histogram and sheet.width > 100
        inset = _histogram(axes, field.values, picture) if wide else None
        basemap.finish(axes, self.outlines, inside, simulated, inset)
        self._legend(sheet, _share_entries(self.shares, picture, self.stipple), axes, inside)

    def _has_absence(self):
        inside = basemap.inside_of(self.field, self.grid)
        return bool(np.isnan(self.field.values[inside]).any())

    def _rows(self, width_mm):
        """Return how many rows the legend below the colour bar has."""
        entries = len(self.shares or ()) + bool(self.stipple)
        entries += len(self.contours[1]) if self.contours else 0
        entries += width_mm < 100 and self._has_absence()  # in a wide map beside the colour bar
        return -(-entries // _columns(width_mm)) + bool(self.shares)

    def _legend(self, sheet, entries, axes, inside):
        """Draw lines and stipples; say below the colour bar what they and the shares mean."""
        rows = self._rows(sheet.width)
        if self.contours:
            entries += overlays.draw_contours(axes, self.contours[0], inside, self.contours[1])
        if self.stipple:
            entries.append(overlays.draw_stipples(axes, self.stipple[0], inside, self.stipple[1]))
        if sheet.width < 100 and self._has_absence():
            entries.append(basemap.absence_patch(labels.NO_DATA))
        if entries:
            foot = basemap.foot(sheet, rows * _ROW, _BAR + 1)
            title = "Share of the area with data" if self.shares else None
            basemap.legend(foot, entries, _columns(sheet.width), title)
        if self.mark:
            note = basemap.foot(sheet, 3, _BAR + rows * _ROW + 2 * bool(rows))
            basemap.write_mark(note, self.mark, sheet.width)


def _share_entries(shares, picture, stipple):
    """Return a legend entry a range of values, in the colour of its middle on the bar."""
    if not shares:
        return []
    low, high = picture.norm.vmin, picture.norm.vmax
    levels = [low, *(level for _, level, _, _ in shares[1:]), high]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(levels)]
    texts = value_shares.share_texts(shares, stipple[1] if stipple else None)
    line = {"edgecolor": palettes.INK, "linewidth": 0.3}
    return [
        Patch(facecolor=picture.cmap(picture.norm(middle)), label=text, **line)
        for middle, text in zip(middles, texts, strict=True)
    ]


def _columns(width_mm):
    return 3 if width_mm > 100 else 1


def continuous_map(field, grid, outlines, *, title=None, width_mm=180, letter=None, **options):
    """Draw a continuous field with its colour bar.

    Parameters
    ----------
    field, grid, outlines
        As in `MapPanel`, and so are the ``options``.
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
        If the shapes differ, the palette is unknown or the limits do not rise.
    """
    panel = MapPanel(field, grid, outlines, **options)
    return panel_sheet(panel, title=title, width_mm=width_mm, letter=letter)


def _colour_bar(sheet, picture, field, name, has_absence):
    """Put below the map the colour bar, with arrows where values leave it, and the absence."""
    wide = sheet.width > 100
    cax = basemap.foot(sheet, 2.4, 0, 0.02, 0.66 if wide else 0.98)
    bar = sheet.figure.colorbar(
        picture,
        cax=cax,
        orientation="horizontal",
        extend=palettes.extension(field.values, picture.norm),
        extendfrac=0.03,
        ticks=MaxNLocator(7 if wide else 4),
    )
    bar.outline.set_linewidth(0.4)
    bar.set_label(name, labelpad=1.5, fontsize=7 if sheet.width > 70 else 6)
    if has_absence and wide:
        foot = basemap.foot(sheet, 2.4, 0, 0.71)
        basemap.legend(foot, [basemap.absence_patch(labels.NO_DATA)])


def _histogram(axes, values, picture):
    """Return the function that draws shares of the cells over the value axis in a corner."""
    known = values[np.isfinite(values)]
    if known.size == 0:
        return None

    def draw(corner):
        low, high = picture.norm.vmin, picture.norm.vmax
        edges = np.linspace(low, high, 31)
        count, _ = np.histogram(np.clip(known, low, high), edges)
        right, upper = "right" in corner, "upper" in corner
        box = (0.775 if right else 0.065, 0.80 if upper else 0.10, 0.20, 0.15)
        inset = axes.inset_axes(box, zorder=30)
        middle = (edges[1:] + edges[:-1]) / 2
        inset.bar(
            middle,
            100 * count / known.size,
            width=np.diff(edges),
            color=picture.cmap(picture.norm(middle)),
            edgecolor=palettes.INK,
            linewidth=0.2,
        )
        _trim(inset, low, high)

    return draw


def _trim(inset, low, high):
    inset.set_xlim(low, high)
    inset.patch.set_alpha(0.85)
    inset.spines[["top", "right"]].set_visible(False)
    inset.tick_params(labelsize=5.5, length=1.5, pad=1)
    inset.xaxis.set_major_locator(MaxNLocator(4))
    inset.yaxis.set_major_locator(MaxNLocator(3))
    inset.set_title("share of area with data (%)", fontsize=5.5, loc="left", pad=2)
    if low < 0 < high:
        inset.axvline(0, color=palettes.INK, linewidth=0.5, linestyle=(0, (2, 1.5)))
