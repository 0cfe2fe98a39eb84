"""Several maps and series in one figure, each with its letter and its own legend."""

import math

from nepflow.figures import base_map, class_map, density_scatter, maps, series
from nepflow.figures import chance as figures_chance
from nepflow.figures.layout import Sheet, drawn_in_style, given, heading_height
from nepflow.figures.palettes import BadFigure

LETTERS = "abcdefghijklmnop"
_AIR = 3.0  # mm between rows


@drawn_in_style
def panel_figure(panels, titles, *, columns=2, title=None, width_mm=180, letters=None):
    """Draw panels row by row.

    Parameters
    ----------
    panels : list of MapPanel, ClassPanel or RegionPanel
        Anything with ``height_mm(width_mm)`` and ``draw(sheet)``.
    titles : list of str or None
        Heading of each panel.
    columns : int
        Panels side by side, at most three.
    title : str, optional
        Heading of the figure.
    width_mm : {180, 85}
    letters : sequence of str, optional
        a, b, c ... otherwise.

    Returns
    -------
    matplotlib.figure.Figure

    Raises
    ------
    BadFigure
        If panels would be narrower than 50 mm.
    """
    across = width_mm / columns
    if across < 50:
        raise BadFigure(f"{columns} columns in {width_mm} mm: a panel needs 50 mm. Take fewer.")
    letters = letters or LETTERS
    rows = [range(start, len(panels))[:columns] for start in range(0, len(panels), columns)]
    tall = []
    for row in rows:
        heads = [heading_height(titles[n], letters[n], across) for n in row]
        bodies = [panels[n].height_mm(across) for n in row]
        tall.append((max(heads), max(bodies)))
    total = math.fsum(head + body for head, body in tall) + _AIR * (len(rows) - 1)
    sheet = Sheet(width_mm, total, title)
    down = 0.0
    for row, (head, body) in zip(rows, tall, strict=True):
        start = (width_mm - len(row) * across) / 2  # a last row that is not full stands centred
        for column, n in enumerate(row):
            drop = head - heading_height(titles[n], letters[n], across)
            part = sheet.part(
                start + column * across, down + drop, across, body, titles[n], letters[n]
            )
            panels[n].draw(part)
        down += head + body + _AIR
    return sheet.figure


def draw(files, entry, layers, zones, marks, simulated):
    """Return the figure of an entry of kind panels.

    Parameters
    ----------
    files : dict
        layers (rasters of the panels, with lines and p values), series and trends (tidy tables,
        by zones), persistence and correlation (tables, see `chance.of_layers`), grid, outlines.
    entry : dict
    layers, zones : list of str
        Names of ``files["layers"]``, and of the zones of ``files["series"]``.
    marks : dict of {str: str}
        By layer, what the reader must know of it.
    simulated : bool
        Of series; a raster says it itself.
    """
    paths = dict(zip(layers, files["layers"], strict=True))
    tables = dict(zip(zones, zip(files["series"], files["trends"], strict=True), strict=True))
    area = base_map.read_area(files["grid"], files["outlines"])
    chance = figures_chance.of_layers(files["persistence"], files["correlation"])

    def classes(own):
        name = own["layer"]
        return class_map.panel(own, paths, area, marks.get(name), chance.get(name))

    def field(own):
        name = own["layer"]
        mark = figures_chance.note(marks.get(name), chance.get(name))
        return maps.panel(own, paths, area, mark)

    make = {
        "map": field,
        "classes": classes,
        "series": lambda own: series.panel(own, *tables[own["zones"]], simulated),
        "scatter": lambda own: density_scatter.panel(own, paths),
    }
    return panel_figure(
        [make[own["kind"]](own) for own in entry["panels"]],
        [own.get("title") for own in entry["panels"]],
        **given(entry, "columns", "title", "width_mm"),
    )
