"""Maps of continuous fields."""

import numpy as np
from matplotlib.ticker import MaxNLocator

from nepflow import basemap, labels, palettes
from nepflow.sheet import drawn_in_style


@drawn_in_style
def continuous_map(
    field,
    grid,
    outlines,
    *,
    title=None,
    limits=None,
    palette=None,
    label=None,
    histogram=True,
    width_mm=180,
    letter=None,
):
    """Draw a continuous field with its colour bar.

    Parameters
    ----------
    field : xarray.DataArray, shape (y, x)
        NaN = absent; attributes unit, long_name, simulated.
    grid : xarray.DataArray, shape (y, x)
        1 inside the area, 0 or NaN outside, on the grid of ``field``.
    outlines : geopandas.GeoDataFrame
        Polygons of the area in the CRS of the field, m.
    title, letter : str, optional
        Heading; letter of the panel.
    limits : (float, float), optional
        Ends of the colour bar, in the unit of the field.
    palette : str, optional
        See `palettes.colours_for`.
    label : str, optional
        Name below the colour bar; the long name of the field otherwise.
    histogram : bool
        Show in a corner which share of the cells has which value (double column only).
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
    inside = basemap.inside_of(field, grid)
    unit = field.attrs.get("unit", "")
    colours, norm = palettes.colours_for(field.values, unit, limits, palette)
    sheet, axes = basemap.framed(outlines, width_mm, 9.5, title, letter)
    has_absence = basemap.show_absence(axes, field, inside)
    picture = basemap.show(axes, field.values, field, cmap=colours, norm=norm, zorder=2)
    name = labels.with_unit(label or labels.sentence(field.attrs.get("long_name", "")), unit)
    _colour_bar(sheet, picture, field, name, has_absence)
    simulated = basemap.is_simulated(field, grid)
    inset = _histogram(axes, field.values, picture) if histogram and width_mm > 100 else None
    basemap.finish(axes, outlines, inside, simulated, inset)
    return sheet.figure


def _colour_bar(sheet, picture, field, name, has_absence):
    """Put below the map the colour bar, with arrows where values leave it, and the absence."""
    wide = sheet.width > 100
    cax = basemap.foot(sheet, 2.4, 0, 0.02, 0.66 if wide else 0.55)
    bar = sheet.figure.colorbar(
        picture,
        cax=cax,
        orientation="horizontal",
        extend=palettes.extension(field.values, picture.norm),
        extendfrac=0.03,
        ticks=MaxNLocator(7 if wide else 4),
    )
    bar.outline.set_linewidth(0.4)
    bar.set_label(name, labelpad=1.5)
    if has_absence:
        text = labels.NO_DATA if wide else labels.NO_DATA.replace(" (", "\n(")
        foot = basemap.foot(sheet, 2.4, 0, 0.71 if wide else 0.61)
        basemap.legend(foot, [basemap.absence_patch(text)])


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
