"""Maps of the study area: continuous fields and classes."""

import numpy as np
from matplotlib.colors import ListedColormap
from matplotlib.patches import Patch
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
        _legend(basemap.foot(sheet, 2.4, 0, 0.71 if wide else 0.61), [basemap.absence_patch(text)])


def _legend(axes, entries, columns=1, title=None):
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


@drawn_in_style
def class_map(
    field,
    grid,
    outlines,
    counts,
    *,
    title=None,
    palette=None,
    label="Share of the classified area",
    width_mm=180,
    letter=None,
):
    """Draw classes with a legend of their shares of the classified area, which close to 100 %.

    Parameters
    ----------
    field, grid, outlines, title, width_mm, letter
        As in `continuous_map`; the field holds class codes, its attribute ``classes`` is
        {code: name}, ``colours`` is {code: "#rrggbb"} or None.
    counts : dict of {int or None: int}
        Cells of each class in the whole raster, and of None for cells of the area without
        a class (the field itself may be decimated); cells of one area each.
    palette : str, optional
        A palette of Crameri's collection that replaces the raster's own colours.
    label : str
        Heading of the legend.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If the raster names no classes.
    """
    inside = basemap.inside_of(field, grid)
    classes = field.attrs.get("classes")
    if not classes:
        raise palettes.BadFigure("a map of classes needs a raster whose tag `classes` names them.")
    codes = sorted(classes)
    colours = palettes.class_colours(codes, field.attrs.get("colours"), palette)
    entries = _class_entries(classes, colours, counts)
    columns = 3 if width_mm > 100 else 1
    legend_height = 4.2 + 3.55 * -(-len(entries) // columns)
    sheet, axes = basemap.framed(outlines, width_mm, legend_height, title, letter)
    basemap.show_absence(axes, field, inside)
    order = np.searchsorted(codes, np.nan_to_num(field.values))
    basemap.show(
        axes,
        np.where(np.isin(field.values, codes), order, np.nan),
        field,
        cmap=ListedColormap([colours[code] for code in codes]),
        vmin=-0.5,
        vmax=len(codes) - 0.5,
        zorder=2,
    )
    _legend(basemap.foot(sheet, legend_height), entries, columns, label)
    basemap.finish(axes, outlines, inside, basemap.is_simulated(field, grid))
    return sheet.figure


def _class_entries(classes, colours, counts):
    """Return a legend entry a class with its share, and one for the cells without class."""
    codes = sorted(classes)
    cells = [counts.get(code, 0) for code in codes]
    shares = labels.closing_percentages(cells)
    entries = [
        Patch(
            facecolor=colours[code],
            edgecolor=palettes.INK,
            linewidth=0.3,
            label=f"{classes[code]}  {labels.percent(share, cell)}",
        )
        for code, share, cell in zip(codes, shares, cells, strict=True)
    ]
    absent = counts.get(None, 0)
    if absent:
        share = labels.number(100 * absent / sum(counts.values()), 1)
        entries.append(basemap.absence_patch(f"no data ({share} % of the whole area)"))
    return entries


def class_counts(codes, inside):
    """Return {code: cells} of a class raster and, under None, cells of the area without class.

    Parameters
    ----------
    codes : ndarray, shape (y, x)
        Class codes, NaN = absent.
    inside : ndarray, shape (y, x)
        1 inside the area.
    """
    within = codes[inside == 1]
    found, cells = np.unique(within[np.isfinite(within)], return_counts=True)
    counts = {int(code): int(number) for code, number in zip(found, cells, strict=True)}
    return counts | {None: int(np.isnan(within).sum())}
