"""Several maps and series in one figure, each with its letter and its own legend."""

import math
from pathlib import Path

from nepflow.figures import class_map, density_scatter, maps, series
from nepflow.figures.layout import Sheet, drawn_in_style, heading_height
from nepflow.figures.palettes import BadFigure
from nepflow.io import raster
from nepflow.io import tables as io_tables
from nepflow.pixel import persistence

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


_MAP = ("limits", "palette", "label")
_CLASSES = ("palette", "label")
_SERIES = ("limits", "label")


def chance_of(paths):
    """Return what chance gives of layers of trend and persistence, by the name of the layer.

    Parameters
    ----------
    paths : list of str
        Tables ``persistence_<variable>.csv``.
    """
    found = {}
    for path in paths:
        table = io_tables.read(path, persistence.COLUMNS)
        variable = Path(path).stem.removeprefix("persistence_")
        found[f"pixel/{variable}/coupling"] = persistence.chance_of_classes(table)
    return found


class PanelFiles:
    """What the panels of a figure read; nothing is read twice.

    Parameters
    ----------
    grid_path : str
    outlines : geopandas.GeoDataFrame
    layers : dict of {str: str}
        Path of each raster by its name in the entry.
    tables : dict of {str: (str, str)}
        Paths of series and trends by the name of their zones.
    marks : dict of {str: str}
        By layer, what the reader must know of it.
    chance : dict of {str: tuple}
        By layer, see `chance_of`.
    """

    def __init__(self, grid_path, outlines, layers, tables=None, marks=None, chance=None):
        self.grid_path, self.outlines, self.chance = grid_path, outlines, chance or {}
        self.layers, self.tables, self.marks = layers, tables or {}, marks or {}
        self.grid = raster.layer(grid_path)

    def panel(self, entry):
        """Return the panel of an entry of kind map, classes, series or scatter."""
        make = {"map": self._map, "classes": self._classes, "series": self._series}
        return (make | {"scatter": self._scatter})[entry["kind"]](entry)

    def _map(self, entry):
        options = {name: entry[name] for name in _MAP if name in entry}
        lines, dots = entry.get("contours"), entry.get("stipple")
        if lines:
            options["contours"] = self._layer(lines["layer"]), lines["levels"]
        if dots:
            options["stipple"] = self._layer(dots["layer"]), dots["below"]
        levels = entry.get("levels", [0] if dots else None)
        if levels is not None:
            values = raster.read(self.layers[entry["layer"]])
            p = raster.read(self.layers[dots["layer"]]) if dots else None
            below = dots["below"] if dots else None
            options["shares"] = maps.range_shares(values, levels, p, below)
        field = self._layer(entry["layer"])
        mark = self.marks.get(entry["layer"])
        return maps.MapPanel(field, self.grid, self.outlines, mark=mark, **options)

    def _classes(self, entry):
        options = {name: entry[name] for name in _CLASSES if name in entry}
        counts = class_map.class_counts(
            raster.read(self.layers[entry["layer"]]), raster.read(self.grid_path)
        )
        field = self._layer(entry["layer"])
        about = {"mark": self.marks.get(entry["layer"]), "chance": self.chance.get(entry["layer"])}
        return class_map.ClassPanel(field, self.grid, self.outlines, counts, **about, **options)

    def _series(self, entry):
        series_path, trends_path = self.tables[entry["zones"]]
        return series.RegionPanel(
            io_tables.read(series_path),
            entry["quantity"],
            entry["zones"],
            io_tables.read(trends_path),
            simulated="simulated" in raster.tags_of(self.grid_path),
            **{name: entry[name] for name in _SERIES if name in entry},
        )

    def _scatter(self, entry):
        return density_scatter.ScatterPanel(
            self._layer(entry["layer"]), self._layer(entry["against"])
        )

    def _layer(self, name):
        return raster.layer(self.layers[name])
