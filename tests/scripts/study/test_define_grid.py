"""The grid of an area and its zones, from a few polygons."""

import json

import geopandas
import numpy as np
import pytest
from define_grid import define_grid
from nepflow.io import raster, vectors
from nepflow.study import modis
from shapely.geometry import Polygon, box

CRS = "+proj=aea +lat_1=36 +lat_2=38 +lat_0=37 +lon_0=106 +datum=WGS84 +units=m"
WEST, EAST = box(105, 36, 106, 38), box(106, 36, 107, 38)


def made(folder, shapes, names=None, crs="EPSG:4326", resolution_m=10_000, **options):
    frame = geopandas.GeoDataFrame({"name": names or ["a", "b"][: len(shapes)]}, geometry=shapes)
    path = folder / "area.gpkg"
    path.unlink(missing_ok=True)
    frame.set_crs(crs).to_file(path)
    names = {"grid": "grid.tif", "zones": "zones.tif", "outlines": "outlines.gpkg"}
    outputs = {key: str(folder / name) for key, name in names.items()}
    settings = {
        "layer": None,
        "name_field": "name",
        "overlaps": "refuse",
        "crs": options.pop("grid_crs", CRS),
        "resolution_m": resolution_m,
        "tiles": ["h26v05"],
        "simulated": False,
    }
    define_grid({"area": str(path)}, outputs, settings | options)
    zones = outputs["zones"]
    return raster.read(outputs["grid"]), raster.read(zones), raster.tags_of(zones)


def test_two_halves(tmp_path):
    inside, codes, tags = made(tmp_path, [WEST, EAST])
    assert np.nansum(inside) == 396
    assert [np.sum(codes == code) for code in (1, 2)] == [198, 198]
    assert "warnings" not in tags


def test_a_polygon_without_a_name_never_vanishes(tmp_path):
    with pytest.raises(vectors.BadNames, match=r"area\.gpkg: 1 of 2 polygons have no name in name"):
        made(tmp_path, [WEST, EAST], ["west", None])
    assert not (tmp_path / "grid.tif").exists()


@pytest.mark.parametrize(
    ("shape", "crs", "words"),
    [
        (box(106.03, 37.03, 106.04, 37.04), 4326, "none of its 1 zones holds the centre of a cell"),
        (Polygon([(106, 37), (107, 37), (106.5, 37)]), 4326, "has no polygon"),
        (box(105, 36, 107, 38), 32648, "look like degrees"),
        (box(36, 105, 38, 107), 4326, "where latitude stands first"),
    ],
)
def test_an_area_without_a_cell_is_refused(tmp_path, shape, crs, words):
    with pytest.raises(vectors.BadArea, match=rf"area\.gpkg: .*{words}"):
        made(tmp_path, [shape], crs=crs)
    assert not (tmp_path / "grid.tif").exists()


@pytest.mark.parametrize(
    ("shape", "crs"),
    [
        (box(-79, -42, -69, -32), "+proj=laea +lat_0=37 +lon_0=106 +units=m"),  # the other side
        (box(-75, 36, -73, 38), CRS),  # across the meridian where the map is cut
        (box(178, -18, 182, -16), "+proj=cea +lon_0=0 +units=m"),
    ],
)
def test_an_area_that_the_projection_cannot_show(tmp_path, shape, crs):
    with pytest.raises(vectors.BadArea, match=r"area\.gpkg: its polygons measure .*lon_0"):
        made(tmp_path, [shape], grid_crs=crs)


def test_a_grid_beyond_all_sizes_is_refused(tmp_path):
    with pytest.raises(vectors.BadArea, match=r"cells of 1 m, at most 2147483648.*resolution_m"):
        made(tmp_path, [WEST, EAST], resolution_m=1)


def test_specks_and_overlaps_are_named(tmp_path):
    speck, wide = box(106.5, 37, 106.501, 37.001), box(105.5, 36, 107, 38)
    _, codes, tags = made(
        tmp_path, [WEST, wide, speck], ["west", "wide", "speck"], overlaps="first"
    )
    assert np.sum(codes == 1) == 198 and np.sum(codes == 2) == 198
    overlap, lost = json.loads(tags["warnings"])
    assert "of them in west and wide: the first in the file holds them" in overlap
    assert "1 (speck)" in lost
    with pytest.raises(vectors.BadArea, match=r"a and b overlap by .* km2 .*overlaps: first"):
        made(tmp_path, [WEST, wide])
    with pytest.raises(modis.MissingTiles):
        made(tmp_path, [WEST, box(106, 36, 112, 38)])
