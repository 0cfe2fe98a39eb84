"""Leave-one-out residuals: observed against predicted, and where stations err."""

import numpy as np
import pandas as pd
from matplotlib.colors import Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from pyproj import Transformer

from nepflow import labels
from nepflow.figures import base_map, palettes
from nepflow.figures.density_scatter import density
from nepflow.figures.layout import Sheet, counts_bar, drawn_in_style, given
from nepflow.io import raster, vectors
from nepflow.study.variables import VARIABLES

_LEFT, _BELOW, _FOOT, _GAP = 11, 9, 10, 10  # mm
_SIZE = 34  # points2 of the dot of the largest error


@drawn_in_style
def residual_figure(
    residuals, grid, outlines, quantity, *, title=None, limits=None, width_mm=180, letter=None
):
    """Draw the scatter of observed and predicted values, and the mean residual of stations.

    Parameters
    ----------
    residuals : pandas.DataFrame
        Columns station, lon, lat (degrees, WGS 84), observed, predicted.
    grid : xarray.DataArray, shape (y, x)
        1 inside the area; attribute simulated.
    outlines : geopandas.GeoDataFrame
        Polygons of the area in a projection in metres.
    quantity : (str, str)
        Name and unit of the variable, such as Temperature, degC.
    title, letter : str, optional
        Heading; letter of the panel.
    limits : (float, float), optional
        Ends of the colours of mean residuals, in the unit.
    width_mm : {180, 85}
        Side by side, or below each other.

    Returns
    -------
    matplotlib.figure.Figure
    """
    name, unit = quantity
    sheet, scatter, points, field, stations = _layout(outlines, width_mm, title, letter)
    _scatter(sheet, scatter, points, residuals, name, unit)
    about = labels.with_unit("Mean residual", unit)
    _map(sheet, field, stations, residuals, outlines, about, limits)
    inside = grid.values == 1
    base_map.finish(field, outlines, inside, base_map.is_simulated(grid))
    return sheet.figure


def _layout(outlines, width_mm, title, letter):
    """Return the sheet, scatter, its colour bar, map and its foot."""
    west, east, south, north = base_map.frame_of(outlines)
    aspect = (north - south) / (east - west)
    if width_mm > 100:
        side = 60
        left = _LEFT + side + _GAP
        width = width_mm - left - 3
        height = max(side, width * aspect)
        sheet = Sheet(width_mm, height + _BELOW + _FOOT, title, letter)
        tops = 0, 0
    else:
        side = width = width_mm - _LEFT - 3
        left = _LEFT
        height = side + _BELOW + _FOOT + 2
        sheet = Sheet(width_mm, height + width * aspect + _BELOW + _FOOT, title, letter)
        tops = 0, height
    scatter = sheet.axes(_LEFT, tops[0], side, side)
    field = sheet.axes(left, tops[1], width, width * aspect)
    field.set(xlim=(west, east), ylim=(south, north))
    field.set_aspect("equal")
    field.set_autoscale_on(False)
    points = sheet.axes(_LEFT, tops[0] + side + _BELOW, side, 2)
    below = (height if width_mm > 100 else tops[1] + width * aspect) + _BELOW
    stations = sheet.axes(left, below, 0.55 * width, 2)
    return sheet, scatter, points, field, stations


def _scatter(sheet, axes, foot, residuals, name, unit):
    """Draw how many station months lie where, and the line of equality."""
    observed, predicted = residuals["observed"].to_numpy(), residuals["predicted"].to_numpy()
    cells = density(axes, observed, predicted, _numbers(observed, predicted))
    axes.set_xlabel(labels.with_unit("Predicted without the station", unit))
    axes.set_ylabel(labels.with_unit(f"{name} observed", unit))
    counts_bar(sheet, cells, foot, "Station months")


def _numbers(observed, predicted):
    """Return the text with number, error, bias and explained share."""
    residual = observed - predicted
    rmse, bias = np.sqrt(np.mean(residual**2)), np.mean(residual)
    explained = 1 - np.sum(residual**2) / np.sum((observed - observed.mean()) ** 2)
    decimals = labels.decimals_for(rmse, 3)
    return "\n".join(
        (
            f"n = {labels.number(len(observed), 0)}",
            f"RMSE = {labels.number(rmse, decimals)}",
            f"mean residual = {labels.number(bias, decimals)}",
            f"explained = {labels.number(100 * explained, 1)} %",
        )
    )


def _map(sheet, axes, foot, residuals, outlines, name, limits):
    """Draw a dot a station: colour its mean residual, area its root mean square residual."""
    frame = residuals.assign(residual=residuals["observed"] - residuals["predicted"])
    frame = frame.assign(square=frame["residual"] ** 2)
    means = frame.groupby("station")[["lon", "lat", "residual", "square"]].mean()
    error = np.sqrt(means["square"].to_numpy())
    order = np.argsort(-error)
    to_map = Transformer.from_crs(base_map.GEOGRAPHIC, outlines.crs, always_xy=True)
    x, y = to_map.transform(means["lon"].to_numpy(), means["lat"].to_numpy())
    size = np.abs(means["residual"]).quantile(0.98) or 1.0
    low, high = limits or (-size, size)
    largest = error.max() or 1.0
    dots = axes.scatter(
        x[order],
        y[order],
        s=_SIZE * error[order] / largest,
        c=means["residual"].to_numpy()[order],
        cmap=palettes.palette("vik"),
        norm=Normalize(low, high),
        edgecolors=palettes.INK,
        linewidths=0.3,
        zorder=12,
    )
    bar = sheet.figure.colorbar(
        dots, cax=foot, orientation="horizontal", extend="both", ticks=MaxNLocator(5)
    )
    bar.outline.set_linewidth(0.4)
    bar.set_label(name, labelpad=1)
    _sizes(foot, largest)


def _sizes(foot, largest):
    """Add the legend of dot areas, right of the colour bar."""
    steps = [step for step in MaxNLocator(3).tick_values(0, largest) if 0 < step <= largest]
    look = {"linestyle": "none", "marker": "o", "markerfacecolor": "white"}
    handles = [
        Line2D(
            [],
            [],
            markersize=np.sqrt(_SIZE * step / largest),
            markeredgecolor=palettes.INK,
            markeredgewidth=0.4,
            label=f"{step:g}",
            **look,
        )
        for step in steps
    ]
    foot.legend(
        handles=handles,
        title="RMSE",
        loc="center left",
        bbox_to_anchor=(1.12, -1.1),
        ncols=len(handles),
        frameon=False,
        handletextpad=0.1,
        columnspacing=0.8,
        borderpad=0,
        title_fontsize=6.5,
    )


def draw(files, entry):
    """Return the figure of an entry of kind residuals.

    Parameters
    ----------
    files : dict
        residuals (parquet, in the variable's monthly unit), grid, outlines.
    entry : dict
    """
    name = entry["quantity"]
    grid = raster.layer(files["grid"])
    return residual_figure(
        pd.read_parquet(files["residuals"]),
        grid,
        base_map.drawn_outlines(vectors.read(files["outlines"]), grid),
        (labels.variable_name(name), VARIABLES[name].monthly_unit),
        **given(entry, "title", "limits", "width_mm", "letter"),
    )
