"""Zones of every kind from rasters of a few cells."""

import json

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import rasterio
from affine import Affine
from define_grid import define_grid
from define_zones import define_zones
from nepflow.io import polygon_cells, raster, vectors
from nepflow.study import modis
from shapely import GeometryCollection, LineString, Point, Polygon
from shapely.geometry import box
from summarise_classes import summarise_classes

GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(),
    Affine(1000, 0, 0, 0, -1000, 3000),
    3,
    4,
)
INSIDE = np.array([[1, 1, 1, 0], [1, 1, 1, 1], [1, 1, 1, 1.0]])


@pytest.fixture
def folder(tmp_path):
    grid = raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8", classes={1: "inside"})
    raster.write(INSIDE, grid, GRID)
    return tmp_path


def layer(folder, name, values, **options):
    path = str(folder / f"{name}.tif")
    raster.write(
        np.asarray(values, dtype="float64"), raster.Output(path, "1", name, **options), GRID
    )
    return path


def made(folder, layers, **entry):
    path = str(folder / "zones.tif")
    define_zones(layers, str(folder / "grid.tif"), path, {"name": "some_zones", **entry}, 100)
    return raster.read(path), raster.classes_of(path), raster.tags_of(path)


def test_sinks_by_mean(folder):
    mean = np.array([[-5, 0, 199, 300], [200, 400, 900, np.nan], [1, 1, 1, 1]])
    path = layer(folder, "mean", mean)
    codes, names, tags = made(folder, [path], kind="sink", cuts=[0, 200, 400])
    assert names == {1: "source", 2: "low sink", 3: "medium sink", 4: "high sink"}
    assert codes[0, :3].tolist() == [1, 2, 2] and codes[1, :3].tolist() == [3, 4, 4]
    assert np.isnan(codes[0, 3]), "outside the area"
    assert np.isnan(codes[1, 3]), "no mean"
    assert "colours" in tags


def test_elevation_and_aridity(folder):
    dem = layer(folder, "dem", np.arange(12.0).reshape(3, 4) * 100)
    codes, names, _ = made(folder, [dem], kind="elevation", cuts=[500, 1000])
    assert names[2] == "500-1000 m" and codes[1].tolist() == [1, 2, 2, 2] and codes[2, 3] == 3
    rain = layer(folder, "rain", np.full((3, 4), 300.0))
    evaporation = [[7500, 3000, 1200, 1], [540, 400, 399, 3000], [3000] * 4]
    pet = layer(folder, "pet", evaporation)
    codes, names, _ = made(folder, [rain, pet], kind="aridity")
    assert [names[int(code)] for code in (*codes[0, :3], *codes[1, :3])] == [
        "hyper-arid",
        "arid",
        "semi-arid",
        "dry sub-humid",
        "humid",
        "cold",
    ]


def test_isohyets(folder):
    rain = layer(folder, "rain", [[100, 200, 399, 1], [400, 799, 800, np.nan], [900] * 4])
    codes, names, tags = made(folder, [rain], kind="isohyets")
    assert list(names.values()) == ["arid", "semi-arid", "sub-humid", "humid"]
    assert codes[0, :3].tolist() == [1, 2, 2] and codes[1, :3].tolist() == [3, 3, 4]
    assert np.isnan(codes[1, 3]) and "colours" in tags


def test_stable_land_cover_and_crossing(folder):
    options = {
        "dtype": "uint8",
        "classes": {1: "forest", 2: "barren"},
        "colours": {1: "#00ff00", 2: "#aaaaaa"},
    }
    first = layer(folder, "2001", np.ones((3, 4)), **options)
    later = np.ones((3, 4))
    later[2] = 2
    stable, names, _ = made(
        folder, [first, layer(folder, "2002", later, **options)], kind="stable_landcover"
    )
    assert names == {1: "forest", 2: "barren", 3: "changed"}
    assert (stable[:2][INSIDE[:2] == 1] == 1).all() and (stable[2] == 3).all()
    names_of_halves = {1: "west", 2: "east"}
    west_east = [[1, 1, 2, 2]] * 3
    halves = layer(folder, "halves", west_east, dtype="uint8", classes=names_of_halves)
    pair = layer(folder, "stable", np.nan_to_num(stable), dtype="uint8", classes=names)
    codes, crossed, _ = made(folder, [halves, pair], kind="crossing", of=["halves", "stable"])
    assert crossed == {1: "west, forest", 2: "west, changed", 3: "east, forest", 4: "east, changed"}
    assert codes[2].tolist() == [2, 2, 4, 4] and codes[0, 2] == 3


def test_polygons_of_a_file(folder):
    shapes = geopandas.GeoDataFrame(
        {"zone": ["dry", "wet"], "geometry": [box(0, 0, 2000, 3000), box(2000, 0, 4000, 3000)]},
        crs=GRID.crs,
    )
    shapes.to_file(folder / "dry_wet.gpkg")
    codes, names, _ = made(folder, [str(folder / "dry_wet.gpkg")], kind="file", name_field="zone")
    assert names == {1: "dry", 2: "wet"}
    assert codes[1].tolist() == [1, 1, 2, 2] and np.isnan(codes[0, 3])


FILE = {"kind": "file", "name_field": "name"}


def polygons(folder, names, shapes, field="name", crs=GRID.crs, file="zones.gpkg", **columns):
    frame = geopandas.GeoDataFrame({field: names, **columns}, geometry=shapes, crs=crs)
    path = folder / file
    path.unlink(missing_ok=True)
    frame.to_file(path)
    return [str(path)]


WEST, EAST = box(0, 0, 2000, 3000), box(2000, 0, 4000, 3000)


def test_all_other_land_is_a_zone(folder):
    """Eleven cells of the area, two of them karst: nine are the rest, by name."""
    path = polygons(folder, ["karst"], [box(0, 2000, 2000, 3000)])
    codes, names, tags = made(folder, path, **FILE)
    assert names == {1: "karst"} and np.isnan(codes[INSIDE == 1]).sum() == 9
    assert "81.8 % of the cells of the area lie in no polygon" in tags["warnings"]
    codes, names, tags = made(folder, path, **FILE, outside=None)
    assert np.isnan(codes[INSIDE == 1]).sum() == 9 and "warnings" not in tags
    codes, names, tags = made(folder, path, **FILE, outside="non-karst")
    assert names == {1: "karst", 2: "non-karst"} and "warnings" not in tags
    assert (codes == 1).sum() == 2 and (codes == 2).sum() == 9 and np.isnan(codes[0, 3])


def test_the_rest_joins_polygons_of_its_name(folder):
    shapes = [box(0, 2000, 2000, 3000), box(0, 0, 4000, 1000)]
    path = polygons(folder, ["karst", "non-karst"], shapes)
    codes, names, _ = made(folder, path, **FILE, outside="non-karst")
    assert names == {1: "karst", 2: "non-karst"} and (codes == 2).sum() == 9
    with pytest.raises(vectors.BadNames, match="Non-karst"):
        made(folder, path, **FILE, outside="Non-karst")
    whole = polygons(folder, ["land"], [box(0, 0, 4000, 3000)])
    codes, names, tags = made(folder, whole, **FILE, outside="sea")
    assert names == {1: "land", 2: "sea"} and "no cell of the area is sea" in tags["warnings"]


def test_three_hundred_zones_keep_their_names(tmp_path):
    """More than a byte counts: polygons 20 x 15, crossed with columns, and their areas."""
    side = 20
    grid = raster.Grid(GRID.crs, Affine(1000, 0, 0, 0, -1000, 15000), 15, side)
    whole = raster.Output(str(tmp_path / "grid.tif"), "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.ones((15, side)), whole, grid)
    places = [(row, column) for row in range(15) for column in range(side)]
    shapes = [box(1000 * c, 14000 - 1000 * r, 1000 * c + 1000, 15000 - 1000 * r) for r, c in places]
    path = polygons(tmp_path, [f"r{r} c{c}" for r, c in places], shapes)
    codes, names, tags = made(tmp_path, path, **FILE)
    assert codes[14, 19] == 300 and codes.min() == 1
    assert all(names[int(codes[r, c])] == f"r{r} c{c}" for r, c in places)
    with rasterio.open(tmp_path / "zones.tif") as source:
        assert source.dtypes == ("uint16",) and source.nodata == 0
    assert "warnings" not in tags
    (tmp_path / "zones.tif").rename(tmp_path / "cells.tif")
    halves = np.where(np.arange(side) < 10, 1.0, 2)
    output = raster.Output(
        str(tmp_path / "halves.tif"), "1", "halves", dtype="uint8", classes={1: "west", 2: "east"}
    )
    raster.write(np.tile(halves, (15, 1)), output, grid)
    layers = [str(tmp_path / name) for name in ("halves.tif", "cells.tif")]
    codes, names, _ = made(tmp_path, layers, kind="crossing", of=["halves", "cells"])
    assert len(names) == 300 and np.unique(codes).size == 300
    assert names[int(codes[14, 3])] == "west, r14 c3" and names[int(codes[0, 12])] == "east, r0 c12"
    missing_reason = str(tmp_path / "missing_reason.tif")
    raster.write(
        np.full((15, side), np.nan), raster.Output(missing_reason, "1", "a", dtype="uint8"), grid
    )
    given = {name: str(tmp_path / f"{name}.tif") for name in ("missing_reason", "grid")}
    given |= {"classes": str(tmp_path / "zones.tif"), "persistence": []}
    settings = {"shared_inputs": None, "criteria": None, "simulated": False}
    summarise_classes(given, {"table": tmp_path / "t.csv"}, settings, 100)
    table = pd.read_csv(tmp_path / "t.csv").set_index("class")
    assert table.loc["east, r0 c12", "area_km2"] == 1 and table.loc["all", "area_km2"] == 300


def test_more_zones_than_codes_are_refused(folder):
    frame = geopandas.GeoDataFrame(
        {"name": [f"z{n}" for n in range(vectors.MOST + 1)]}, geometry=[WEST] * (vectors.MOST + 1)
    )
    with pytest.raises(vectors.BadArea, match=r"many\.gpkg: has 65535 zones.*65534.*name_field"):
        polygon_cells.zone_codes(frame, GRID, "many.gpkg")
    with pytest.raises(vectors.BadNames, match="65535 zones"):
        vectors.check_names(list(frame["name"]), "zones pairs")


def test_a_code_that_its_raster_cannot_hold_is_refused(folder):
    """A cast would make 257 code 1, the name of another class."""
    for dtype, code in (("uint8", 256), ("uint8", -1), ("uint16", 65536)):
        values = np.where(np.eye(3, 4) == 1, code, np.nan)
        with pytest.raises(raster.CodesDoNotFit, match=f"{code} to .*{dtype}|to {code} .*{dtype}"):
            layer(folder, "codes", values, dtype=dtype)
        assert not (folder / "codes.tif").exists()
    layer(folder, "codes", np.full((3, 4), 65535.0), dtype="uint16")


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (
            ["west", None],
            "1 of 2 polygons have no name in name .the first is polygon 2.*name_field",
        ),
        ([None, None], "2 of 2 polygons"),
        (["west", "  "], "1 of 2 polygons"),
        (["west", "\u3000"], "1 of 2 polygons"),
        (["west", ""], "1 of 2 polygons"),
        (["west", "west "], "'west' and 'west ' in name differ only in blanks"),
        (["S\u00e3o", "Sa\u0303o"], "differ only in blanks or in how letters are stored"),
        (["all", "east"], "'all', which stands for the whole area"),
        ([1.0, np.nan], "1 of 2 polygons"),
    ],
)
def test_names_that_cannot_serve(folder, names, words):
    with pytest.raises(vectors.BadNames, match=rf"zones\.gpkg: .*{words}"):
        made(folder, polygons(folder, names, [WEST, EAST]), **FILE)


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ([101.0, 102.0], ["101", "102"]),
        ([640100, 640200], ["640100", "640200"]),
        ([1.5, 2.0], ["1.5", "2"]),
        (["宁夏", "Ürümqi"], ["宁夏", "Ürümqi"]),
        ([" west", "east\u00a0side"], ["west", "east side"]),
        (["01", "1"], ["01", "1"]),
        ([True, False], ["True", "False"]),
    ],
)
def test_names_of_any_kind(folder, given, wanted):
    """Also beside a column called `name`, which is not asked for."""
    path = polygons(folder, given, [WEST, EAST], field="code", name=["x", "x"])
    codes, names, _ = made(folder, path, kind="file", name_field="code")
    assert list(names.values()) == wanted
    assert codes[1].tolist() == [1, 1, 2, 2]


def test_overlaps_are_refused_or_ordered(folder):
    shapes = [box(0, 0, 3000, 3000), box(1000, 0, 4000, 3000), box(0, 0, 500, 200)]
    path = polygons(folder, ["first", "second", "speck"], shapes)
    with pytest.raises(vectors.BadArea, match=r"first and second overlap by 6 km2 .6 cells.*first"):
        made(folder, path, **FILE)
    for keep, row in (("first", [1, 1, 1, 2]), ("last", [1, 2, 2, 2])):
        codes, _, tags = made(folder, path, **FILE, overlaps=keep)
        assert codes[1].tolist() == row
        overlap, lost = json.loads(tags["warnings"])
        assert "6 cells lie in several zones" in overlap and f"the {keep} in the file" in overlap
        assert "1 (speck)" in lost
    # a zone in a hole of the other, and one that only its corner touches, overlap nothing
    ring = box(0, 0, 4000, 3000).difference(box(1000, 1000, 2000, 2000))
    path = polygons(folder, ["ring", "hole"], [ring, box(1000, 1000, 2000, 2000)])
    codes, _, tags = made(folder, path, **FILE)
    assert codes[1].tolist() == [1, 2, 1, 1] and "warnings" not in tags


@pytest.mark.parametrize("width", [40, 400])
def test_slivers_are_no_overlap(folder, width):
    """A border digitised twice, over the centres of cells: the first holds them, and it is said."""
    edge = 1500 + width / 2
    shapes = [box(0, 0, edge, 3000), box(edge - width, 0, 4000, 3000)]
    codes, _, tags = made(folder, polygons(folder, ["a", "b"], shapes), **FILE)
    assert codes[1].tolist() == [1, 1, 2, 2]
    assert "3 cells lie in several zones, 3 of them in a and b" in tags["warnings"]


def test_an_overlap_outside_the_area_is_none(folder):
    """The corner cell is outside of the area."""
    path = polygons(folder, ["a", "b"], [box(0, 0, 4000, 3000), box(3000, 2000, 5000, 4000)])
    codes, _, tags = made(folder, path, **FILE)
    assert np.nanmax(codes) == 1 and "(b)" in tags["warnings"]


def test_zones_without_a_cell(folder):
    path = polygons(folder, ["a", "speck"], [WEST, box(2100, 100, 2200, 200)])
    _, names, tags = made(folder, path, **FILE)
    assert names == {1: "a", 2: "speck"} and "1 (speck)" in tags["warnings"]
    path = polygons(folder, ["near", "speck"], [box(9e5, 0, 9.1e5, 1e4), box(2100, 100, 2200, 200)])
    with pytest.raises(vectors.BadArea, match="none of its 2 zones holds the centre of a cell"):
        made(folder, path, **FILE)


def test_shapes_that_are_no_polygons(folder):
    """Lines and points never become cells; the polygons of a collection do."""
    line = LineString([(2500, 0), (2500, 3000)])
    shapes = [GeometryCollection([WEST, line]), line, Point(3500, 500), None]
    path = polygons(folder, ["a", "road", "well", "nothing"], shapes, file="mixed.geojson")
    path = [path[0]]
    frame = geopandas.read_file(path[0]).set_crs(GRID.crs, allow_override=True)
    frame.to_file(folder / "mixed.gpkg")
    codes, names, tags = made(folder, [str(folder / "mixed.gpkg")], **FILE)
    assert names == {1: "a"} and codes[1, :2].tolist() == [1, 1] and np.isnan(codes[1, 2:]).all()
    assert "3 (road, well, nothing) without a polygon" in tags["warnings"]


@pytest.mark.parametrize(
    ("shape", "crs", "words"),
    [
        (box(105, 36, 107, 38), 32648, "look like degrees, and its CRS is in metres"),
        (box(36, 105, 38, 107), 4326, "no degrees of longitude and latitude"),
        (box(3e5, 4e6, 4e5, 4.1e6), 4326, "no degrees of longitude and latitude"),
        (Polygon([(0, 0), (np.inf, 0), (1, 1)]), 4326, "1 of 1 shapes have a corner that is inf"),
        (Polygon([(0, 0), (np.nan, 0), (1, 1)]), 6933, "a corner that is infinite or no number"),
        (box(1e12, 1e12, 1.1e12, 1.1e12), 32648, "no coordinates|cannot be brought"),
    ],
)
def test_coordinates_that_fit_no_crs(folder, shape, crs, words):
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[shape], crs=crs)
    with pytest.raises(vectors.BadArea, match=rf"x\.gpkg: .*({words})"):
        vectors.projected(vectors.polygons_of(frame, "x.gpkg"), GRID.crs, "x.gpkg")


def test_crossings_need_pairs_and_names_apart(folder):
    half = [[1, 1, np.nan, np.nan]] * 3
    a = layer(folder, "a", half, dtype="uint16", classes={1: "x, y", 2: "x"})
    b = layer(folder, "b", np.fliplr(half), dtype="uint16", classes={1: "z"})
    with pytest.raises(vectors.BadNames, match="no cell has a zone of both a and b"):
        made(folder, [a, b], kind="crossing", of=["a", "b"])
    a = layer(folder, "a", [[1, 2, 2, 1]] * 3, dtype="uint16", classes={1: "x, y", 2: "x"})
    b = layer(folder, "b", [[1, 2, 2, 1]] * 3, dtype="uint16", classes={1: "z", 2: "y, z"})
    with pytest.raises(vectors.BadNames, match="two zones are named 'x, y, z'"):
        made(folder, [a, b], kind="crossing", of=["a", "b"])


def named(folder, *names):
    """Polygons side by side, one a name."""
    boxes = [box(1000 * n, 0, 1000 * (n + 1), 3000) for n in range(len(names))]
    frame = geopandas.GeoDataFrame({"zone": names, "geometry": boxes}, crs=GRID.crs)
    frame.to_file(folder / "named.gpkg")
    return str(folder / "named.gpkg")


@pytest.mark.parametrize(
    ("names", "fault"),
    [(("dry", "Dry"), "cannot be told apart"), (("All", "wet"), "'All' is taken")],
)
def test_names_of_polygons_that_are_one(folder, names, fault):
    """The same for zones of a file and for the area itself; what is spelled alike is one zone."""
    path = named(folder, *names)
    with pytest.raises(vectors.BadNames, match=rf"named\.gpkg: .*{fault}"):
        made(folder, [path], kind="file", name_field="zone")
    with pytest.raises(vectors.BadNames, match=rf"named\.gpkg: .*{fault}"):
        define(folder, path, ["h99v99"])
    path = named(folder, "dry", "dry", "Xi'an, 西安")
    assert made(folder, [path], kind="file", name_field="zone")[1] == {1: "dry", 2: "Xi'an, 西安"}


def define(folder, path, tiles):
    """Define the grid of an area of 1 km cells."""
    names = {"grid": "own.tif", "zones": "area.tif", "outlines": "outlines.gpkg"}
    outputs = {key: str(folder / name) for key, name in names.items()}
    settings = {"layer": None, "name_field": "zone", "overlaps": "refuse", "crs": GRID.crs}
    settings |= {"resolution_m": 1000, "tiles": tiles, "simulated": False}
    define_grid({"area": path}, outputs, settings)
    return raster.classes_of(outputs["zones"])


def test_the_area_lies_on_the_tiles_only_where_they_are_read(folder):
    """No tile is asked for where none is listed to be read."""
    path = named(folder, "dry", "wet")
    assert define(folder, path, []) == {1: "dry", 2: "wet"}
    assert define(folder, path, ["h18v08"]) == {1: "dry", 2: "wet"}
    with pytest.raises(modis.MissingTiles, match="reaches into the tiles h18v08"):
        define(folder, path, ["h26v05"])
