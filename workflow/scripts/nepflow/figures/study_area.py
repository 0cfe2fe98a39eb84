"""The map of the study area: terrain, zones, stations, place on the globe."""

import matplotlib.patheffects as effects
import numpy as np
import shapely
from cmcrameri import cm
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LightSource, LinearSegmentedColormap, Normalize
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator
from pyproj import Transformer

from nepflow.figures import base_map, palettes
from nepflow.figures.layout import drawn_in_style, given
from nepflow.io import raster, tables, vectors
from nepflow.study.zones import LARGEST_SHOWN, SHOWN_AT_MOST

# The land half of oleron, paler, so that points and names stand out.
_LAND = 0.25 + 0.75 * cm.oleron(np.linspace(0.52, 0.98, 256))[:, :3]
_EARTH = LinearSegmentedColormap.from_list("earth", _LAND)
_USED = {"marker": "o", "markersize": 2.4, "color": "#12213a", "markeredgecolor": "white"}
_SITE = ["station", "lon", "lat"]
_DROPPED = {"marker": "X", "markersize": 4, "color": palettes.ACCENT, "markeredgecolor": "white"}


@drawn_in_style
def study_area_map(
    elevation, grid, outlines, stations, *, title=None, limits=None, width_mm=180, letter=None
):
    """Draw terrain with hillshade, zones with their names, stations and a locator globe.

    Parameters
    ----------
    elevation : xarray.DataArray, shape (y, x)
        m, NaN = missing; attribute simulated.
    grid : xarray.DataArray, shape (y, x)
        1 inside the area.
    outlines : geopandas.GeoDataFrame
        Polygons with a column ``name``, in the CRS of the elevation, m.
    stations : pandas.DataFrame
        Columns lon, lat (degrees, WGS 84) and used (bool).
    title, limits, width_mm, letter
        As in `layout.panel_sheet` and `maps.MapPanel`; limits in m.

    Returns
    -------
    matplotlib.figure.Figure
    """
    named, outlines = outlines, base_map.drawn_outlines(outlines, grid)
    inside = base_map.inside_of(elevation, grid)
    values = np.where(inside, elevation.values, np.nan)
    norm = Normalize(*(limits or palettes.nice_limits(values)))
    sheet, axes = base_map.framed(outlines, width_mm, 9.5, title, letter)
    base_map.show(axes, _shaded(values, norm, base_map.extent(elevation)), elevation, zorder=2)
    handles = _draw_stations(axes, stations, outlines.crs)
    _foot(sheet, values, norm, handles)

    def globe(corner):
        size = 0.30
        x = 0.99 - size if "right" in corner else 0.01
        y = 0.99 - size if "upper" in corner else 0.01
        base_map.locator(axes.inset_axes((x, y, size, size), zorder=30), outlines)

    simulated = base_map.is_simulated(elevation, grid)
    base_map.finish(axes, outlines, inside, simulated, globe)
    _name_zones(axes, named)
    return sheet.figure


def _shaded(values, norm, extent):
    """Return RGBA of the terrain, lit from the north-west; transparent outside."""
    filled = np.where(np.isnan(values), np.nanmin(values, initial=0), values)
    cell = (extent[1] - extent[0]) / values.shape[1]
    slope_free = max(float(np.nanstd(values)), 1.0)
    light = LightSource(azdeg=315, altdeg=45)
    exaggeration = 12 * cell / slope_free  # so that relief reads alike at any cell size
    shade = light.hillshade(filled, vert_exag=exaggeration, dx=cell, dy=cell)
    colours = _EARTH(norm(filled))
    colours[..., :3] *= (0.55 + 0.45 * shade)[..., None]
    colours[..., 3] = np.isfinite(values)
    return np.clip(colours, 0, 1)


def _draw_stations(axes, stations, crs):
    """Draw points and return legend handles with their numbers."""
    used = stations["used"].to_numpy(dtype=bool)
    to_map = Transformer.from_crs(base_map.GEOGRAPHIC, crs, always_xy=True)
    x, y = to_map.transform(stations["lon"].to_numpy(), stations["lat"].to_numpy())
    handles = []
    for chosen, look, name in ((used, _USED, "Station used"), (~used, _DROPPED, "Station dropped")):
        if chosen.any():
            look = {**look, "linestyle": "none", "markeredgewidth": 0.35}
            axes.plot(x[chosen], y[chosen], zorder=12, **look)
            handles.append(Line2D([], [], label=f"{name} ({chosen.sum()})", **look))
    return handles


def _foot(sheet, values, norm, handles):
    wide = sheet.width > 100
    cax = base_map.foot(sheet, 2.4, 0, 0.02, 0.5 if wide else 0.55)
    bar = sheet.figure.colorbar(
        ScalarMappable(norm, _EARTH),
        cax=cax,
        orientation="horizontal",
        extend=palettes.extension(values, norm),
        extendfrac=0.03,
        ticks=MaxNLocator(6 if wide else 4),
    )
    bar.outline.set_linewidth(0.4)
    bar.set_label("Elevation (m)", labelpad=1.5)
    axes = base_map.foot(sheet, 2.4, 0, 0.56 if wide else 0.6)
    axes.set_axis_off()
    axes.legend(
        handles=handles,
        ncols=2 if wide else 1,
        loc="upper left",
        bbox_to_anchor=(0, 1.2),
        borderpad=0,
        borderaxespad=0,
        frameon=False,
        handletextpad=0.3,
        columnspacing=1.5,
    )


def _name_zones(axes, outlines):
    """Write each name where its zone is widest, with a halo, inside the frame.

    Of very many zones the largest have their names, where there is room.
    """
    many, taken = len(outlines) > SHOWN_AT_MOST, []
    if many:
        outlines = outlines.loc[outlines.area.nlargest(LARGEST_SHOWN).index]
    wide = axes.bbox.width > 500
    halo = [effects.withStroke(linewidth=2, foreground="white")]
    for name, polygon in zip(outlines["name"], outlines.geometry, strict=True):
        largest = max(shapely.get_parts(polygon), key=shapely.area)
        centre = shapely.get_point(shapely.maximum_inscribed_circle(largest), 0)
        text = axes.text(
            centre.x,
            centre.y,
            str(name),
            ha="center",
            va="center",
            fontsize=7.5 if wide else 6.5,
            fontweight="bold",
            path_effects=halo,
            zorder=25,
        )
        _keep_inside(axes, text)
        box = text.get_window_extent()
        if many and any(box.overlaps(other) for other in taken):
            text.remove()  # the larger zone keeps its name
        else:
            taken.append(box)


def _keep_inside(axes, text):
    """Move a label that would cross the frame back into it."""
    box, frame = text.get_window_extent(), axes.get_window_extent()
    right = max(frame.x0 + 4 - box.x0, 0) - max(box.x1 - frame.x1 + 4, 0)
    up = max(frame.y0 + 4 - box.y0, 0) - max(box.y1 - frame.y1 + 4, 0)
    x, y = axes.transData.transform(text.get_position())
    text.set_position(axes.transData.inverted().transform((x + right, y + up)))


def draw(files, entry):
    """Return the figure of an entry of kind study_area.

    Parameters
    ----------
    files : dict
        dem (m), grid, outlines, stations (all), monthly (values of those used): a station is used
        if at least one of its months is. Climate from grids has neither.
    entry : dict
    """
    sites, used = tables.empty(_SITE), set()
    if files["stations"]:
        sites = tables.read(files["stations"], _SITE)[_SITE].dropna().drop_duplicates("station")
        used = set(tables.read(files["monthly"], ["station"])["station"].astype(str))
    return study_area_map(
        raster.layer(files["dem"]),
        raster.layer(files["grid"]),
        vectors.read(files["outlines"]),
        sites.assign(used=[str(name) in used for name in sites["station"]]),
        **given(entry, "title", "limits", "width_mm", "letter"),
    )
