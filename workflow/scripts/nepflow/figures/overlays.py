"""What lies over a map: labelled lines of equal value, stipples where a test is significant."""

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.lines import Line2D
from scipy.ndimage import gaussian_filter

from nepflow import labels
from nepflow.figures import basemap, palettes

SPACING_MM = 1.4  # between stipples on paper
_DASHES = ("solid", (0, (4, 1.6)), (0, (1.2, 1.2)), (0, (6, 1.5, 1.2, 1.5)))
_HALO = [effects.withStroke(linewidth=1.8, foreground="white", alpha=0.85)]
_DOT = {"marker": "o", "color": palettes.INK, "linestyle": "none"}
_RIM = {"markeredgecolor": "white", "markeredgewidth": 0.35}  # seen on dark colours too


def smoothed(values, inside, cells):
    """Return values smoothed by a Gaussian that knows only the cells with a value.

    Parameters
    ----------
    values : ndarray, shape (y, x)
        NaN = absent.
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
        NaN = absent.
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
    west, _, _, north = basemap.extent(p)
    x = west + (column + 0.5) * cell
    y = north - (row + 0.5) * cell
    axes.plot(x, y, markersize=1.5, zorder=7, **_DOT, **_RIM)
    text = f"p < {below:g} in most cells around the dot"
    return Line2D([], [], markersize=1.6, label=text, markeredgewidth=0, **_DOT)
