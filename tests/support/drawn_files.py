"""A tiny study on disk for the tests of the drawing scripts."""

import numpy as np
import pictures
from affine import Affine
from nepflow.io import raster, tables, vectors
from pyproj import CRS

TRANSFORM = Affine(pictures.CELL, 0, pictures.WEST, 0, -pictures.CELL, pictures.NORTH)


def make(folder, simulated=True):
    """Write grid, outlines, a field, classes, elevation, stations and tables below ``folder``."""
    wkt = CRS.from_user_input(pictures.CRS).to_wkt()
    grid = raster.Grid(wkt, TRANSFORM, pictures.ROWS, pictures.COLUMNS)
    tags = {"simulated": "simulated"} if simulated else {}
    inside = pictures.inside()
    rows, columns = np.indices(inside.shape)
    named = {1: "forest", 2: "grassland"}
    for name, values, unit, options in (
        ("grid", inside, "1", {"dtype": "uint8"}),
        ("nep", inside * (20.0 * columns - 10 * rows), "g C m-2 yr-1", {}),
        ("dem", inside * (1000.0 + 50 * rows), "m", {}),
        ("landcover", inside * (1 + (rows > 8)), "1", {"dtype": "uint8", "classes": named}),
    ):
        output = raster.Output(str(folder / f"{name}.tif"), unit, name, tags=tags, **options)
        raster.write(values, output, grid)
    vectors.write(pictures.outlines(), folder / "outlines.gpkg", "zones")
    series, trends = pictures.series()
    series.to_csv(folder / "series.csv", index=False)
    trends.to_csv(folder / "trends.csv", index=False)
    sites = pictures.stations().assign(station=["a", "b", "c"])
    sites.to_csv(folder / "stations.csv", index=False)
    tables.write([("a",), ("a",), ("b",)], folder / "monthly.csv", ["station"])


def check(draw, folder):
    """Draw twice; both files exist, are those of a journal column, and have the same bytes.

    ``draw`` takes the paths of PNG and PDF.
    """
    paths = [folder / "one.png", folder / "one.pdf", folder / "two.png", folder / "two.pdf"]
    draw(paths[0], paths[1])
    draw(paths[2], paths[3])
    png, pdf, again_png, again_pdf = (path.read_bytes() for path in paths)
    assert int.from_bytes(png[16:20]) == 2125  # 180 mm at 300 dpi = 2125.98, cut
    assert png == again_png
    assert pdf == again_pdf
    for stored in (png, pdf):
        assert b"Matplotlib" not in stored
    assert b"CreationDate" not in pdf
    assert b"/FontFile2" in pdf  # whole TrueType letters: editable text
    assert not list(folder.glob(".*"))  # no temporary file stays
