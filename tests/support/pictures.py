"""Small inputs of figures: a grid in the projection of the studies, fields, zones, tables."""

import geopandas
import numpy as np
import pandas as pd
import shapely
import xarray

CRS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
WEST, NORTH, CELL, ROWS, COLUMNS = -500_000.0, 4_600_000.0, 50_000.0, 18, 24


def field(values, simulated=False, **attributes):
    """Return values (row, column) as a layer for drawing."""
    x = WEST + (np.arange(COLUMNS) + 0.5) * CELL
    y = NORTH - (np.arange(ROWS) + 0.5) * CELL
    attributes = {
        "unit": "1",
        "long_name": "something",
        "classes": None,
        "colours": None,
    } | attributes
    return xarray.DataArray(
        np.broadcast_to(np.asarray(values, dtype="float64"), (ROWS, COLUMNS)).copy(),
        {"y": y, "x": x},
        ("y", "x"),
        attrs={**attributes, "simulated": simulated},
    )


def inside():
    """Return an area that leaves the upper right and the lower left corner empty."""
    cells = np.ones((ROWS, COLUMNS))
    cells[:7, 14:] = np.nan
    cells[-5:, :8] = np.nan
    return cells


def grid(simulated=False):
    return field(inside(), simulated)


def outlines(names=("West", "East")):
    """Return the area in two zones that meet at x = 0 + 2 cells."""
    cells = [
        shapely.box(
            WEST + c * CELL, NORTH - (r + 1) * CELL, WEST + (c + 1) * CELL, NORTH - r * CELL
        )
        for r, c in zip(*np.nonzero(inside() == 1), strict=True)
    ]
    west = [cell for cell in cells if cell.centroid.x < 2 * CELL]
    east = [cell for cell in cells if cell.centroid.x >= 2 * CELL]
    return geopandas.GeoDataFrame(
        {"name": list(names), "code": [1, 2]},
        geometry=[shapely.union_all(west), shapely.union_all(east)],
        crs=CRS,
    )


def stations():
    return pd.DataFrame(
        {"lon": [102.0, 104.0, 106.0], "lat": [37.0, 38.0, 36.5], "used": [True, True, False]}
    )


def series(zones=("West", "East"), years=range(2001, 2011), unit="g C m-2 yr-1"):
    """Return series that rise by 2 a year, and their trends with start 100 and p 0.0004."""
    names = [("region", "all"), *(("province", zone) for zone in zones)]
    values = [
        (*name, str(year), "nep_mean", 100.0 + 2 * (year - 2001), unit)
        for name in names
        for year in years
    ]
    period = f"{years[0]}-{years[-1]}"
    trends = [
        (*name, period, f"nep_{statistic}", value, of)
        for name in names
        for statistic, value, of in (
            ("mean", 109.0, unit),
            ("slope", 2.0, "g C m-2 yr-2"),
            ("line_start", 100.0, unit),
            ("z", 3.5, "1"),
            ("p", 0.0004, "1"),
        )
    ]
    columns = ["zones", "zone", "year", "quantity", "value", "unit"]
    return pd.DataFrame(values, columns=columns), pd.DataFrame(trends, columns=columns)


def texts(figure):
    """Return every text of a figure that is drawn."""
    from matplotlib.text import Text

    return [text.get_text() for text in figure.findobj(Text) if text.get_text().strip()]


def drawn(figure):
    """Lay a figure out as saving would do."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    FigureCanvasAgg(figure).draw()
    return figure
