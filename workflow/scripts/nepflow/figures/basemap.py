"""What all maps share: frame, area, absent cells, outlines, and where the furniture goes."""

import matplotlib.patheffects as effects
import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch

from nepflow.figures import base_map, palettes
from nepflow.figures.layout import Sheet, mark_simulated, wrapped

_LEFT, _RIGHT, _BELOW = 9, 3, 5.5  # mm around the map: latitude labels, air, longitude labels
_OUTLINE = {"color": "#3a3a3a", "linewidth": 0.45}
_HALO = [effects.withStroke(linewidth=1.1, foreground="white", alpha=0.55)]


def framed(outlines, width_mm, foot_mm, title=None, letter=None):
    """Return a sheet and map axes of true proportions, framed around the area.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
        Polygons of the area in a projection in metres.
    width_mm : {180, 85}
        Double or single column.
    foot_mm : float
        Height below the map for colour bar or legend, mm.
    title, letter : str, optional
        Heading; letter of the panel.

    Returns
    -------
    (Sheet, matplotlib.axes.Axes)
    """
    height = map_height(outlines, width_mm) + foot_mm
    sheet = Sheet(width_mm, height, title, letter)
    return sheet, placed(sheet, outlines)


def map_height(outlines, width_mm):
    """Return the height of a map of this width with its longitudes, without legend, mm."""
    west, east, south, north = base_map.frame_of(outlines)
    return (width_mm - _LEFT - _RIGHT) * (north - south) / (east - west) + _BELOW


def placed(sheet, outlines):
    """Return map axes of true proportions at the top of a sheet, framed around the area."""
    west, east, south, north = base_map.frame_of(outlines)
    width = sheet.width - _LEFT - _RIGHT
    axes = sheet.axes(_LEFT, 0, width, width * (north - south) / (east - west))
    axes.set(xlim=(west, east), ylim=(south, north))
    axes.set_aspect("equal")
    axes.set_autoscale_on(False)
    sheet.main = axes
    return axes


def foot(sheet, height_mm, down_mm=0.0, left=0.0, right=1.0):
    """Return axes below the map, from ``left`` to ``right`` of its width."""
    width = sheet.width - _LEFT - _RIGHT
    below = sheet.main.get_position().height * sheet.page[1] + _BELOW + down_mm
    return sheet.axes(_LEFT + left * width, below, (right - left) * width, height_mm)


def finish(axes, outlines, inside, simulated, inset=None):
    """Add outlines, graticule, scale, north and the mark, each in a corner that hides little.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
    outlines : geopandas.GeoDataFrame
    inside : ndarray of bool, shape (y, x)
        Cells of the area, north up.
    simulated : bool
    inset : callable, optional
        Called with the name of the emptiest corner.
    """
    outlines.boundary.plot(ax=axes, zorder=8, aspect=None, path_effects=_HALO, **_OUTLINE)
    width = axes.bbox.width  # screen pixels
    wide = width > 500  # double column
    base_map.graticule(axes, outlines.crs, lines=6 if wide else 4 if width > 220 else 3)
    items = {"scale": (0.28 if wide else 0.33, 0.1 if wide else 0.17, "lower")}
    if inset:
        items = {"inset": (0.3, 0.3, "upper"), **items}
    if simulated:
        items["mark"] = (0.18 if wide else 0.33, 0.06 if wide else 0.1, "upper")
    corners = base_map.places(inside, items)
    small = width < 220  # a panel of three: its graticule shows the north
    base_map.scale_and_north(axes, outlines.crs, corners["scale"], north=not small)
    if inset:
        inset(corners["inset"])
    mark_simulated(axes, simulated, corners.get("mark"))


def inside_of(field, grid):
    """Return where the area is; the grid holds 1 inside, 0 or NaN outside."""
    if field.shape != grid.shape:
        raise palettes.BadFigure(
            f"layer of {field.shape} and study grid of {grid.shape} cells differ in shape."
        )
    return grid.values == 1


def is_simulated(*layers):
    """Return whether any of the layers says that it is simulated."""
    return any(layer.attrs.get("simulated", False) for layer in layers)


def extent(field):
    """Return west, east, south, north edges of a raster of cell centres."""
    x, y = field.x.values, field.y.values
    half_x = np.ptp(x) / max(len(x) - 1, 1) / 2
    half_y = np.ptp(y) / max(len(y) - 1, 1) / 2
    return x.min() - half_x, x.max() + half_x, y.min() - half_y, y.max() + half_y


def show(axes, values, field, **options):
    """Draw an array on the cells of ``field`` without moving the frame."""
    frame = axes.get_xlim(), axes.get_ylim()
    picture = axes.imshow(
        values, extent=extent(field), interpolation="none", aspect="equal", **options
    )
    axes.set(xlim=frame[0], ylim=frame[1])
    return picture


def show_absence(axes, field, inside):
    """Draw the cells of the area without value in grey; return whether there are any."""
    absent = inside & np.isnan(field.values)
    colours = ListedColormap([palettes.ABSENT])
    show(axes, np.where(absent, 1.0, np.nan), field, cmap=colours, vmin=0, vmax=1, zorder=1)
    return bool(absent.any())


def absence_patch(text):
    """Return the legend entry of cells without value."""
    return Patch(facecolor=palettes.ABSENT, edgecolor=palettes.INK, linewidth=0.3, label=text)


def legend(axes, entries, columns=1, title=None):
    """Fill axes below the map with a legend in columns."""
    axes.set_axis_off()
    axes.legend(
        handles=entries,
        ncols=columns,
        title=title,
        loc="upper left",
        bbox_to_anchor=(0, 1),
        borderpad=0,
        borderaxespad=0,
        frameon=False,
        handlelength=1.6,
        handleheight=1,
        columnspacing=1.8,
        labelspacing=0.45,
        alignment="left",
        title_fontsize=6.5,
    )


def mark_height(mark, width_mm):
    """Return the height that a warning below a map takes, mm; none if there is no warning."""
    return 1 + 2.7 * (1 + wrapped(mark, 6, width_mm - 12).count("\n")) if mark else 0


def write_mark(axes, mark, width_mm):
    """Write a warning in lines that fit the map."""
    axes.set_axis_off()
    look = {"color": palettes.ACCENT, "fontsize": 6, "va": "top", "linespacing": 1.15}
    axes.text(0, 1, wrapped(mark, 6, width_mm - 12), transform=axes.transAxes, **look)
