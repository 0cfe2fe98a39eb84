"""Maps of continuous fields."""

import itertools
from dataclasses import dataclass

import matplotlib.patheffects as effects
import numpy as np
import xarray
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from scipy.ndimage import gaussian_filter

from nepflow import labels
from nepflow.figures import base_map, chance, palettes
from nepflow.figures.layout import given, panel_sheet
from nepflow.io import raster

SPACING_MM = 1.4  # between stipples on paper
DISCOVERY = 1.5  # class 1 of a layer of discoveries, which are significant, lies below it
_DASHES = ("solid", (0, (4, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_HALO = [effects.withStroke(linewidth=1.8, foreground="white", alpha=0.85)]
_DOT = {"marker": "o", "color": palettes.INK, "linestyle": "none"}
_RIM = {"markeredgecolor": "white", "markeredgewidth": 0.35}  # seen on dark colours too


def smoothed(values, inside, cells):
    """Return values smoothed by a Gaussian that knows only the cells with a value.

    Parameters
    ----------
    values : ndarray, shape (y, x)
        NaN = missing.
    inside : ndarray of bool, shape (y, x)
        Elsewhere the result is NaN.
    cells : float
        Standard deviation, cells.
    """
    known = np.isfinite(values)
    weight = gaussian_filter(known.astype("float64"), cells)
    total = gaussian_filter(np.where(known, values, 0.0), cells)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(inside & (weight > 0.05), total / weight, np.nan)


def draw_contours(axes, field, inside, levels):
    """Draw smooth labelled lines of equal value and return a legend entry of each.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Map axes with their final limits.
    field : xarray.DataArray, shape (y, x)
        Attributes unit, long_name.
    inside : ndarray of bool, shape (y, x)
    levels : sequence of float
        In the unit of the field; each has its dashes.
    """
    levels = sorted(levels)
    styles = [_DASHES[number % len(_DASHES)] for number in range(len(levels))]
    frame = axes.get_xlim(), axes.get_ylim()
    across = np.ptp(field.x.values) / max(len(field.x) - 1, 1)
    # about 0.7 mm on paper, whatever the cells: the wiggles of single cells are no information
    mm = (frame[0][1] - frame[0][0]) / (axes.bbox.width / axes.figure.dpi * 25.4)
    values = smoothed(field.values, inside, max(0.7 * mm / across, 1.0))
    lines = axes.contour(
        field.x.values,
        field.y.values,
        values,
        levels=levels,
        colors=palettes.INK,
        linewidths=0.75,
        linestyles=styles,
        zorder=9,
    )
    lines.set_path_effects(_HALO)
    texts = axes.clabel(lines, fmt="%g", fontsize=6, inline=True, inline_spacing=3)
    for text in texts:
        text.set(path_effects=_HALO, zorder=10)
    axes.set(xlim=frame[0], ylim=frame[1])
    name = labels.sentence(field.attrs.get("long_name", ""))
    unit = labels.unit_text(field.attrs.get("unit", ""))
    look = {"color": palettes.INK, "linewidth": 0.8}
    return [
        Line2D([], [], linestyle=style, label=f"{name} {level:g} {unit}".strip(), **look)
        for level, style in zip(levels, styles, strict=True)
    ]


def significant_blocks(p, shown, below, side):
    """Return the centres of the blocks of which more than half of the cells are significant.

    Parameters
    ----------
    p : ndarray, shape (y, x)
        NaN = missing.
    shown : ndarray of bool, shape (y, x)
        Cells of the area.
    below : float
        Level; a cell is significant where p < below.
    side : int
        Cells of a block's side.

    Returns
    -------
    (ndarray, ndarray)
        Row and column of the centres, in cells. A block counts where at least half of its
        cells have a p, and more than half of these are significant.
    """
    rows, columns = -(-p.shape[0] // side) * side, -(-p.shape[1] // side) * side
    padded = np.full((rows, columns), np.nan)
    padded[: p.shape[0], : p.shape[1]] = np.where(shown, p, np.nan)
    blocks = padded.reshape(rows // side, side, columns // side, side)
    known = np.isfinite(blocks).sum(axis=(1, 3))
    passed = (blocks < below).sum(axis=(1, 3))
    row, column = np.nonzero((2 * known >= side * side) & (2 * passed > known))
    return (row + 0.5) * side - 0.5, (column + 0.5) * side - 0.5


def draw_stipples(axes, p, inside, below):
    """Draw a dot on a regular lattice where a block is mostly significant; return its entry.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Map axes with their final limits.
    p : xarray.DataArray, shape (y, x)
    inside : ndarray of bool, shape (y, x)
    below : float
        Level.
    """
    west, east = axes.get_xlim()
    cell = np.ptp(p.x.values) / max(len(p.x) - 1, 1)
    width_mm = axes.bbox.width / axes.figure.dpi * 25.4
    side = max(1, round(SPACING_MM * (east - west) / width_mm / cell))
    row, column = significant_blocks(p.values, inside, below, side)
    west, _, _, north = base_map.extent(p)
    x = west + (column + 0.5) * cell
    y = north - (row + 0.5) * cell
    axes.plot(x, y, markersize=1.5, zorder=7, **_DOT, **_RIM)
    text = f"{_test(p, below)} in most cells around the dot"
    return Line2D([], [], markersize=1.6, label=text, markeredgewidth=0, **_DOT)


def dotted(p, dots):
    """Return a layer whose values below a level get dots, and the level.

    Parameters
    ----------
    p : xarray.DataArray, shape (y, x)
    dots : dict
        ``below``, a level of p; or ``between``, two values of a probability: dots stand where it is
        sure of neither side; or neither, of discoveries.
    """
    if "between" not in dots:
        return p, dots.get("below", DISCOVERY)
    low, high = dots["between"]
    apart = p.copy(data=np.abs(p.values - (low + high) / 2))
    name = p.attrs.get("long_name", "")
    return apart.assign_attrs(test=f"{name} {low:g}–{high:g}".strip()), (high - low) / 2


def _test(p, below):
    """What a dot means: p below a level, a probability that is unsure, or a discovery."""
    if "test" in p.attrs:
        return p.attrs["test"]
    if below != DISCOVERY:
        return f"p < {below:g}"
    return p.attrs["long_name"].partition(":")[0]  # of a layer of discoveries


def range_shares(values, levels, p=None, below=None):
    """Return which share of the cells with data lies between the levels.

    Parameters
    ----------
    values : ndarray
        NaN = missing; cells of one area each.
    levels : sequence of float
        A value on a level belongs to the range above it.
    p : ndarray, optional
        Of the shape of ``values``; with it the share that is significant stands in brackets.
    below : float, optional
        Its level.

    Returns
    -------
    list of (str, float, float, float)
        Name of the range, its lower level (-inf for the first), its share and the share that is
        significant (NaN without p), % of the cells with data.
    """
    known = np.isfinite(values)
    levels = sorted(levels)
    ranges = np.digitize(values[known], levels)
    significant = p[known] < below if p is not None else None
    made = []
    for number, name in enumerate(_names(levels)):
        within = ranges == number
        share = 100 * within.mean() if within.size else np.nan
        both = 100 * (within & significant).mean() if significant is not None else np.nan
        level = levels[number - 1] if number else -np.inf
        made.append((name, level, share, both))
    return made


def _names(levels):
    if levels == [0]:
        return ["negative", "positive"]
    between = [f"{low:g}–{high:g}" for low, high in itertools.pairwise(levels)]
    names = [f"< {levels[0]:g}", *between, f"≥ {levels[-1]:g}"]
    return [name.replace("-", "\u2212") for name in names]


def share_texts(shares, test=None):
    """Return the lines of a legend; the shares close to 100 %, those of a test in brackets."""
    rounded = labels.closing_percentages([share for _, _, share, _ in shares])
    texts = []
    for (name, _, exact, both), share in zip(shares, rounded, strict=True):
        text = f"{name}:  {labels.percent(share, exact)}"
        if test is not None:
            text += f"  ({test}:  {labels.number(both, 1)} %)"
        texts.append(text)
    return texts


_BAR, _ROW = 9.5, 3.5  # mm: colour bar with its name; a line of the legend below it


@dataclass
class MapPanel:
    """A map of a continuous field that can be drawn on a sheet or on a part of one.

    Attributes
    ----------
    field : xarray.DataArray, shape (y, x)
        NaN = missing; attributes unit, long_name, simulated.
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
        p values and the level below which they are significant, or a layer of discoveries and
        `DISCOVERY`.
    shares : list, optional
        Of `maps.range_shares`: shares of the area for the legend.
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
        mark = base_map.mark_height(self.mark, width_mm)
        return base_map.map_height(self.outlines, width_mm) + _BAR + legend + mark

    def draw(self, sheet):
        """Draw everything on ``sheet``, which is at least `height_mm` tall."""
        inside = base_map.inside_of(self.field, self.grid)
        field, unit = self.field, self.field.attrs.get("unit", "")
        colours, norm = palettes.colours_for(field.values, unit, self.limits, self.palette)
        axes = base_map.placed(sheet, self.outlines)
        base_map.show_missing(axes, field, inside)
        picture = base_map.show(axes, field.values, field, cmap=colours, norm=norm, zorder=2)
        name = labels.sentence(field.attrs.get("long_name", ""))
        name = labels.with_unit(self.label or name, unit)
        _colour_bar(sheet, picture, field, name, self._has_missing())
        simulated = base_map.is_simulated(field, self.grid)
        wide = self.histogram and sheet.width > 100
        inset = _histogram(axes, field.values, picture) if wide else None
        base_map.finish(axes, self.outlines, inside, simulated, inset)
        self._legend(sheet, _share_entries(self.shares, picture, self.stipple), axes, inside)

    def _has_missing(self):
        inside = base_map.inside_of(self.field, self.grid)
        return bool(np.isnan(self.field.values[inside]).any())

    def _rows(self, width_mm):
        """Return how many rows the legend below the colour bar has."""
        entries = len(self.shares or ()) + bool(self.stipple)
        entries += len(self.contours[1]) if self.contours else 0
        entries += width_mm < 100 and self._has_missing()  # in a wide map beside the colour bar
        return -(-entries // _columns(width_mm)) + bool(self.shares)

    def _legend(self, sheet, entries, axes, inside):
        """Draw lines and stipples; say below the colour bar what they and the shares mean."""
        rows = self._rows(sheet.width)
        if self.contours:
            entries += draw_contours(axes, self.contours[0], inside, self.contours[1])
        if self.stipple:
            entries.append(draw_stipples(axes, self.stipple[0], inside, self.stipple[1]))
        if sheet.width < 100 and self._has_missing():
            entries.append(base_map.missing_patch(labels.NO_DATA))
        if entries:
            foot = base_map.foot(sheet, rows * _ROW, _BAR + 1)
            title = "Share of the area with data" if self.shares else None
            base_map.legend(foot, entries, _columns(sheet.width), title)
        if self.mark:
            note = base_map.foot(sheet, 3, _BAR + rows * _ROW + 2 * bool(rows))
            base_map.write_mark(note, self.mark, sheet.width)


def _share_entries(shares, picture, stipple):
    """Return a legend entry a range of values, in the colour of its middle on the bar."""
    if not shares:
        return []
    low, high = picture.norm.vmin, picture.norm.vmax
    levels = [low, *(level for _, level, _, _ in shares[1:]), high]
    middles = [(a + b) / 2 for a, b in itertools.pairwise(levels)]
    texts = share_texts(shares, _test(*stipple) if stipple else None)
    line = {"edgecolor": palettes.INK, "linewidth": 0.3}
    return [
        Patch(facecolor=picture.cmap(picture.norm(middle)), label=text, **line)
        for middle, text in zip(middles, texts, strict=True)
    ]


def _columns(width_mm):
    return 3 if width_mm > 100 else 1


def _colour_bar(sheet, picture, field, name, has_missing):
    """Put below the map the colour bar, with arrows where values leave it, and the missing data."""
    wide = sheet.width > 100
    cax = base_map.foot(sheet, 2.4, 0, 0.02, 0.66 if wide else 0.98)
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
    if has_missing and wide:
        foot = base_map.foot(sheet, 2.4, 0, 0.71)
        base_map.legend(foot, [base_map.missing_patch(labels.NO_DATA)])


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


def panel(entry, layers, area, mark=None):
    """Return the map of an entry of a study.

    Parameters
    ----------
    entry : dict
        Key layer, and limits, palette, label, contours, stipple, levels where wanted.
    layers : dict of {str: str}
        Path of each raster by its name in the entry.
    area : base_map.Area
    mark : str, optional
        See `MapPanel`.
    """
    options = given(entry, "limits", "palette", "label")
    lines, dots, below = entry.get("contours"), entry.get("stipple"), None
    if lines:
        options["contours"] = raster.layer(layers[lines["layer"]]), lines["levels"]
    p = None
    if dots:
        p, below = dotted(raster.layer(layers[dots["layer"]]), dots)
        options["stipple"] = p, below
    levels = entry.get("levels", [0] if dots else None)
    if levels is not None:
        values = raster.read(layers[entry["layer"]])
        tested = None if p is None else np.asarray(p.values, float)
        options["shares"] = range_shares(values, levels, tested, below)
    field = raster.layer(layers[entry["layer"]])
    return MapPanel(field, area.grid, area.outlines, mark=mark, **options)


def draw(files, entry, layers, marks):
    """Return the figure of an entry of kind map.

    Parameters
    ----------
    files : dict
        layers (the field in its unit, lines and p values), correlation (tables, see
        `chance.of_layers`), grid, outlines.
    entry : dict
    layers : list of str
        Names of ``files["layers"]``.
    marks : dict of {str: str}
        By layer, what the reader must know of it.
    """
    paths = dict(zip(layers, files["layers"], strict=True))
    area = base_map.read_area(files["grid"], files["outlines"])
    name = entry["layer"]
    found = chance.of_layers([], files["correlation"]).get(name)
    drawn = panel(entry, paths, area, chance.note(marks.get(name), found))
    return panel_sheet(drawn, **given(entry, "title", "width_mm", "letter"))
