"""Furniture of maps: graticule, scale bar, north arrow, corners, locator globe."""

from itertools import permutations
from typing import NamedTuple

import matplotlib.patheffects as effects
import numpy as np
import xarray
from matplotlib.colors import ListedColormap
from matplotlib.patches import Circle, Patch
from matplotlib_scalebar.scalebar import ScaleBar
from pyproj import CRS, Transformer

from nepflow import labels
from nepflow.figures import palettes
from nepflow.figures.layout import Sheet, mark_simulated, wrapped
from nepflow.io import polygon_cells, raster, vectors

OUTLINES_AT_MOST = 500  # polygons whose borders a map can show
GEOGRAPHIC = "EPSG:4326"
_STEPS = (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 15, 20, 30)  # degrees between lines
_LINES = {"colors": "#6f6f6f", "linewidths": 0.3, "alpha": 0.55, "zorder": 6}
CORNERS = {  # matplotlib's name: right?, upper?
    "upper right": (True, True),
    "upper left": (False, True),
    "lower left": (False, False),
    "lower right": (True, False),
}


class Area(NamedTuple):
    """What every map of a study lies on.

    Attributes
    ----------
    path : str
        Raster of the grid, all of whose cells count.
    grid : xarray.DataArray, shape (y, x)
        The same as it is drawn: 1 inside the area; attribute simulated.
    outlines : geopandas.GeoDataFrame
        Polygons of the area in the CRS of the grid.
    """

    path: str
    grid: xarray.DataArray
    outlines: object


def read_area(grid_path, outlines_path):
    """Return the `Area` of a raster of the grid and polygons."""
    grid = raster.layer(grid_path)
    return Area(grid_path, grid, drawn_outlines(vectors.read(outlines_path), grid))


def drawn_outlines(outlines, grid):
    """Return the polygons whose borders maps draw: those of the area, or their common outline.

    Parameters
    ----------
    outlines : geopandas.GeoDataFrame
    grid : xarray.DataArray, shape (y, x)
        1 inside the area. Borders of thousands of polygons would hide the map, and each would be
        in every PDF: then the outline of the cells stands for them.
    """
    if len(outlines) <= OUTLINES_AT_MOST:
        return outlines
    return polygon_cells.outline_of(grid.values == 1, grid.rio.transform(), outlines.crs)


def graticule(axes, crs, lines=5):
    """Draw lines of equal longitude and latitude, labelled in degrees at the frame.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Map axes in metres with their final limits.
    crs : pyproj.CRS or WKT
        Projection of the axes.
    lines : int
        Wanted number of lines in each direction.
    """
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    to_degrees = Transformer.from_crs(crs, GEOGRAPHIC, always_xy=True)
    x, y = np.meshgrid(np.linspace(west, east, 60), np.linspace(south, north, 60))
    lon, lat = to_degrees.transform(x, y)
    longitudes, latitudes = _round_values(lon, lines), _round_values(lat, lines)
    for values, field in ((longitudes, lon), (latitudes, lat)):
        # Contours of the degree fields are the graticule, cut at the frame, in any projection.
        axes.contour(x, y, field, levels=values, **_LINES)
    bottom = np.linspace(west, east, 1000)
    left = np.linspace(south, north, 1000)
    lon_bottom, _ = to_degrees.transform(bottom, np.full(1000, south))
    _, lat_left = to_degrees.transform(np.full(1000, west), left)
    _ticks(axes.xaxis, bottom, lon_bottom, longitudes, "EW")
    _ticks(axes.yaxis, left, lat_left, latitudes, "NS")
    axes.set_xlim(west, east)
    axes.set_ylim(south, north)


def _round_values(field, lines):
    low, high = np.nanmin(field), np.nanmax(field)
    step = next((step for step in _STEPS if (high - low) / step <= lines + 1.5), _STEPS[-1])
    return np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step


def _ticks(axis, positions, degrees, values, letters):
    """Put a tick where each round value meets the frame."""
    inside = [value for value in values if degrees.min() <= value <= degrees.max()]
    order = np.argsort(degrees)
    axis.set_ticks(
        np.interp(inside, degrees[order], positions[order]),
        [labels.degrees(value, *letters) for value in inside],
    )


def scale_and_north(axes, crs, location, north=True):
    """Add a scale bar in kilometres and, outward of it, an arrow to true north if wanted.

    The arrow leans as the projection bends the meridian in its corner. The bar is true on
    average over an equal-area map.
    """
    right, upper = CORNERS[location]
    (west, east), (bottom, top) = axes.get_xlim(), axes.get_ylim()
    metres_a_mm = (east - west) / (axes.bbox.width / axes.figure.dpi * 25.4)
    if north:
        x = east - 4.5 * metres_a_mm if right else west + 4.5 * metres_a_mm
        y = top - 9.5 * metres_a_mm if upper else bottom + 2.5 * metres_a_mm
        _north_arrow(axes, crs, np.array((x, y)), metres_a_mm)
    shift = 7 * metres_a_mm / (east - west) if north else 0
    bar = ScaleBar(
        1,
        "m",
        length_fraction=0.18,
        width_fraction=0.007,
        location=location,
        color=palettes.INK,
        box_color="white",
        box_alpha=0.75,
        border_pad=0.5,
        pad=0.3,
        sep=2,
        font_properties={"size": 6.5},
        bbox_to_anchor=(0, 0, 1 - shift, 1) if right else (shift, 0, 1 - shift, 1),
        bbox_transform=axes.transAxes,
    )
    axes.add_artist(bar).set_zorder(20)


def _north_arrow(axes, crs, base, metres_a_mm):
    lon, lat = Transformer.from_crs(crs, GEOGRAPHIC, always_xy=True).transform(*base)
    ahead = Transformer.from_crs(GEOGRAPHIC, crs, always_xy=True).transform(lon, lat + 0.1)
    direction = (np.array(ahead) - base) / np.hypot(*(np.array(ahead) - base))
    style = {
        "arrowstyle": "-|>,head_width=0.16,head_length=0.32",
        "color": palettes.INK,
        "linewidth": 0.8,
        "shrinkA": 0,
        "shrinkB": 0,
    }
    axes.annotate("", base + direction * 5 * metres_a_mm, base, arrowprops=style, zorder=20)
    letter = base + direction * 6.4 * metres_a_mm
    axes.text(*letter, "N", ha="center", va="center", fontsize=6.5, fontweight="bold", zorder=20)


def places(inside, items):
    """Return a corner for each item so that together they hide the least of the area.

    Parameters
    ----------
    inside : ndarray of bool, shape (y, x)
        Cells of the area, north up, covering the frame.
    items : dict of {str: (float, float, str)}
        At most four: width and height as fractions of the frame, and the side that looks
        best, ``upper`` or ``lower``, which decides between equals.

    Returns
    -------
    dict of {str: str}
        Names of `CORNERS`.
    """

    def cost(corners):
        total = 0.0
        for corner, (width, height, side) in zip(corners, items.values(), strict=True):
            total += _hidden(inside, corner, width, height) * width * height
            total += 1e-3 * (side not in corner)
        return round(total, 6)

    best = min(permutations(CORNERS, len(items)), key=cost)
    return dict(zip(items, best, strict=True))


def _hidden(inside, corner, width, height):
    """Return the share of a corner box that lies on the area."""
    rows = max(1, round(inside.shape[0] * height))
    columns = max(1, round(inside.shape[1] * width))
    right, upper = CORNERS[corner]
    part = inside[:rows] if upper else inside[-rows:]
    return float((part[:, -columns:] if right else part[:, :columns]).mean())


def frame_of(area, margin=0.03):
    """Return (west, east, south, north) of the area with a margin, CRS units."""
    west, south, east, north = area.total_bounds
    margin = margin * max(east - west, north - south)
    return west - margin, east + margin, south - margin, north + margin


def locator(axes, area):
    """Draw the area on a globe of graticule lines, seen from above its middle.

    Parameters
    ----------
    axes : matplotlib.axes.Axes
        Square axes; their frame is removed.
    area : geopandas.GeoDataFrame
        Polygons with a CRS.
    """
    outline = area.to_crs(GEOGRAPHIC).geometry
    west, south, east, north = outline.total_bounds
    lon_0, lat_0 = round((west + east) / 2), round((south + north) / 2)
    globe = CRS.from_dict({"proj": "ortho", "lon_0": lon_0, "lat_0": lat_0, "ellps": "sphere"})
    radius = globe.ellipsoid.semi_major_metre
    project = Transformer.from_crs(globe.geodetic_crs, globe, always_xy=True).transform
    axes.add_patch(Circle((0, 0), radius, facecolor="#f4f6f7", edgecolor="#555555", linewidth=0.5))
    fine = np.linspace(-180, 180, 721)
    for lon in range(-180, 180, 30):
        _globe_line(axes, *project(np.full(361, lon), fine[::2] / 2))
    for lat in range(-60, 90, 30):
        _globe_line(axes, *project(fine, np.full(721, lat)), width=0.7 if lat == 0 else 0.35)
    outline.set_crs(globe.geodetic_crs, allow_override=True).to_crs(globe).plot(
        ax=axes, facecolor=palettes.ACCENT, edgecolor=palettes.ACCENT, linewidth=0.2, aspect=None
    )
    _name_parallels(axes, project, lon_0, lat_0)
    axes.set(xlim=(-1.03 * radius, 1.03 * radius), ylim=(-1.03 * radius, 1.03 * radius))
    axes.set_aspect("equal")
    axes.set_axis_off()


def _globe_line(axes, x, y, width=0.35):
    """Draw the visible part of a line; the far side projects to infinity."""
    x, y = (np.where(np.isfinite(side), side, np.nan) for side in (x, y))
    axes.plot(x, y, color="#9a9a9a", linewidth=width)


def _name_parallels(axes, project, lon_0, lat_0):
    """Label some parallels on the middle meridian, away from the area."""
    box = {"facecolor": "#f4f6f7", "edgecolor": "none", "pad": 0.3}
    for lat in (-60, -30, 0, 30, 60):
        x, y = project(lon_0, lat)
        if np.isfinite(y) and 12 < abs(lat - lat_0) < 60:
            text = labels.degrees(lat, "N", "S")
            axes.text(x, y, text, fontsize=5, ha="center", va="center", bbox=box)


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
    west, east, south, north = frame_of(outlines)
    return (width_mm - _LEFT - _RIGHT) * (north - south) / (east - west) + _BELOW


def placed(sheet, outlines):
    """Return map axes of true proportions at the top of a sheet, framed around the area."""
    west, east, south, north = frame_of(outlines)
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
    graticule(axes, outlines.crs, lines=6 if wide else 4 if width > 220 else 3)
    items = {"scale": (0.28 if wide else 0.33, 0.1 if wide else 0.17, "lower")}
    if inset:
        items = {"inset": (0.3, 0.3, "upper"), **items}
    if simulated:
        items["mark"] = (0.18 if wide else 0.33, 0.06 if wide else 0.1, "upper")
    corners = places(inside, items)
    small = width < 220  # a panel of three: its graticule shows the north
    scale_and_north(axes, outlines.crs, corners["scale"], north=not small)
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


def show_missing(axes, field, inside):
    """Draw the cells of the area without value in grey; return whether there are any."""
    absent = inside & np.isnan(field.values)
    colours = ListedColormap([palettes.ABSENT])
    show(axes, np.where(absent, 1.0, np.nan), field, cmap=colours, vmin=0, vmax=1, zorder=1)
    return bool(absent.any())


def missing_patch(text):
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
