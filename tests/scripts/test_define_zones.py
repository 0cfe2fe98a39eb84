"""Zones of every kind from rasters of a few cells."""

import geopandas
import numpy as np
import pyproj
import pytest
from affine import Affine
from define_grid import define_grid
from define_zones import define_zones
from nepflow import modis, raster, vectors
from nepflow.figure_entries import BadStudy
from shapely.geometry import box

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
    rain = layer(folder, "rain", np.full((3, 4), 100.0))
    evaporation = [[2500, 1000, 400, 1], [180, 120, 1000, 1000], [1000] * 4]
    pet = layer(folder, "pet", evaporation)
    codes, names, _ = made(folder, [rain, pet], kind="aridity")
    assert [names[int(code)] for code in (*codes[0, :3], *codes[1, :2])] == [
        "hyper-arid", "arid", "semi-arid", "dry sub-humid", "humid",
    ]  # fmt: skip


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


def test_more_polygons_than_codes_are_refused(folder):
    def file(count):
        boxes = [box(0, 0, 1000 + n, 1000) for n in range(count)]
        frame = geopandas.GeoDataFrame({"name": [f"z{n}" for n in range(count)]}, geometry=boxes)
        path = str(folder / "many.geojson")
        frame.set_crs(6933).to_file(path)
        return path

    entry = {"kind": "file", "name_field": "name"}
    assert len(made(folder, [file(254)], **entry)[1]) == 254
    with pytest.raises(vectors.BadArea, match=r"many\.geojson: has 255 zones.*name_field"):
        made(folder, [file(255)], **entry)


def named(folder, *names):
    """Polygons side by side, one a name."""
    boxes = [box(1000 * n, 0, 1000 * (n + 1), 3000) for n in range(len(names))]
    frame = geopandas.GeoDataFrame({"zone": names, "geometry": boxes}, crs=GRID.crs)
    frame.to_file(folder / "named.gpkg")
    return str(folder / "named.gpkg")


@pytest.mark.parametrize(
    ("names", "fault"),
    [(("dry", "Dry"), "cannot be told apart"), (("all", "wet"), "'all' is taken")],
)
def test_names_of_polygons_that_are_one(folder, names, fault):
    """The same for zones of a file and for the area itself; what is spelled alike is one zone."""
    path = named(folder, *names)
    with pytest.raises(BadStudy, match=rf"named\.gpkg: column zone: .*{fault}"):
        made(folder, [path], kind="file", name_field="zone")
    with pytest.raises(BadStudy, match=rf"named\.gpkg: column zone: .*{fault}"):
        define(folder, path, ["h99v99"])
    path = named(folder, "dry", "dry", "Xi'an, 西安")
    assert made(folder, [path], kind="file", name_field="zone")[1] == {1: "dry", 2: "Xi'an, 西安"}


def test_crossed_zones_that_read_alike(folder):
    """Names with commas may give one crossing twice: `a, b` with `c`, and `a` with `b, c`."""
    options = {"dtype": "uint8"}
    halves = np.array([[1, 1, 2, 2]] * 3)
    one = layer(folder, "one", halves, classes={1: "a, b", 2: "a"}, **options)
    two = layer(folder, "two", halves, classes={1: "c", 2: "b, c"}, **options)
    with pytest.raises(BadStudy, match=r"zones some_zones: 'a, b, c' and 'a, b, c' .*no commas"):
        made(folder, [one, two], kind="crossing", of=["one", "two"])


def define(folder, path, tiles):
    """Define the grid of an area of 1 km cells."""
    outputs = [folder / name for name in ("own.tif", "area.tif", "outlines.gpkg")]
    define_grid(path, None, "zone", GRID.crs, 1000, tiles, False, *map(str, outputs))
    return raster.classes_of(str(outputs[1]))


def test_the_area_lies_on_the_tiles_only_where_they_are_read(folder):
    """No tile is asked for where none is listed to be read."""
    path = named(folder, "dry", "wet")
    assert define(folder, path, []) == {1: "dry", 2: "wet"}
    assert define(folder, path, ["h18v08"]) == {1: "dry", 2: "wet"}
    with pytest.raises(modis.MissingTiles, match="reaches into the tiles h18v08"):
        define(folder, path, ["h26v05"])
