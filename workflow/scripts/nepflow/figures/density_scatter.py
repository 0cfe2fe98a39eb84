"""One layer against another: how many cells lie where."""

from dataclasses import dataclass

import numpy as np
import xarray
from matplotlib.colors import ListedColormap, LogNorm
from matplotlib.ticker import MaxNLocator

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.base_map import is_simulated
from nepflow.figures.layout import counts_bar, mark_simulated
from nepflow.io import raster

_LEFT, _RIGHT, _BELOW, _BAR = 12, 4, 10, 9.5  # mm
_VISIBLE = ListedColormap(palettes.palette("oslo_r")(np.linspace(0.12, 1, 256)))


@dataclass
class ScatterPanel:
    """A scatter of two layers that can be drawn on a sheet or on a part of one.

    Attributes
    ----------
    field, against : xarray.DataArray, shape (y, x)
        The vertical and the horizontal quantity, in one unit; attributes unit, long_name,
        simulated.
    """

    field: xarray.DataArray
    against: xarray.DataArray

    def height_mm(self, width_mm):
        """Return the height of the square, its axis and its colour bar, mm."""
        return width_mm - _LEFT - _RIGHT + _BELOW + _BAR

    def draw(self, sheet):
        """Draw everything on ``sheet``, which is at least `height_mm` tall."""
        side = sheet.width - _LEFT - _RIGHT
        axes = sheet.axes(_LEFT, 0, side, side)
        both = np.isfinite(self.field.values) & np.isfinite(self.against.values)
        down, across = self.field.values[both], self.against.values[both]
        cells = density(axes, down, across, numbers(down, across))
        axes.set_xlabel(_name(self.against))
        axes.set_ylabel(_name(self.field))
        foot = sheet.axes(_LEFT, side + _BELOW, side, 2)
        counts_bar(sheet, cells, foot, "Cells")
        mark_simulated(axes, is_simulated(self.field, self.against), "lower right")


def density(axes, down, across, text):
    """Draw how many pairs lie where, the line of equality, and a text in the upper left corner.

    Parameters
    ----------
    axes : matplotlib Axes
        A square.
    down, across : ndarray, shape (pair,)
        Values of both axes, in one unit; no NaN.
    text : str

    Returns
    -------
    matplotlib PolyCollection
        The hexagons, for a bar of counts.
    """
    low, high = _range(down, across)
    cells = axes.hexbin(
        across,
        down,
        gridsize=64,
        extent=(low, high, low, high),
        mincnt=1,
        norm=LogNorm(vmin=1),
        cmap=_VISIBLE,
        linewidths=0.05,
        zorder=2,
    )
    axes.plot([low, high], [low, high], color=palettes.INK, linewidth=0.6, zorder=3)
    axes.set(xlim=(low, high), ylim=(low, high))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    axes.text(
        0.03,
        0.97,
        text,
        transform=axes.transAxes,
        va="top",
        zorder=4,
        bbox={"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 1.5},
    )
    return cells


def numbers(down, across):
    """Return the text with number, mean difference, RMSE and correlation."""
    if not down.size:
        return "no cell has both"
    gap = down - across
    rmse = np.sqrt(np.mean(gap**2))
    decimals = labels.decimals_for(rmse, 3)
    lines = [
        f"n = {labels.number(down.size, 0)}",
        f"mean difference = {labels.number(gap.mean(), decimals)}",
        f"RMSE = {labels.number(rmse, decimals)}",
    ]
    if down.std() and across.std():
        lines.append(f"r = {labels.number(np.corrcoef(down, across)[0, 1], 2)}")
    return "\n".join(lines)


def _range(down, across):
    """Ends of both axes, a little beyond the values."""
    if not down.size:
        return 0.0, 1.0
    low, high = min(down.min(), across.min()), max(down.max(), across.max())
    air = 0.02 * (high - low) or 1.0
    return low - air, high + air


def _name(field):
    name = labels.sentence(field.attrs.get("long_name", ""))
    return labels.with_unit(name, field.attrs.get("unit", ""))


def panel(entry, layers):
    """Return the scatter of the layers ``layer`` and ``against`` of an entry of a study.

    Parameters
    ----------
    entry : dict
    layers : dict of {str: str}
        Path of each raster by its name in the entry.
    """
    return ScatterPanel(*(raster.layer(layers[entry[key]]) for key in ("layer", "against")))
