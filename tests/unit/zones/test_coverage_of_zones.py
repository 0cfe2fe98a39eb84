"""Cells shared among zones, and sums over zones, against exactextract, shapely and the area."""

import geopandas
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from nepflow.io import polygon_cells, raster, vectors
from nepflow.study import zones
from nepflow.study.settings_file import BadStudy
from nepflow.zones import coverage, sums
from rasterio.features import shapes as shapes_of
from scipy.spatial import cKDTree
from shapely.geometry import box, shape
from sum_zones import sum_zones
from summarise_zones import summarise_zones
from weigh_zones import weigh_zones

WKT = pyproj.CRS.from_epsg(6933).to_wkt()


def grid_of(height, width, side=1000):
    return raster.Grid(WKT, Affine(side, 0, 0, 0, -side, height * side), height, width)


def source_of(values, grid):
    return NumPyRasterSource(values, *grid.bounds, srs_wkt=grid.crs, nodata=np.nan)


def codes_of(grid, count, seed):
    """Zones that are the cells nearest to random points."""
    rng = np.random.default_rng(seed)
    points = rng.uniform(0, [grid.height, grid.width], (count, 2))
    rows, columns = np.indices((grid.height, grid.width))
    found = cKDTree(points).query(np.column_stack([rows.ravel(), columns.ravel()]))[1]
    return 1 + found.reshape(grid.height, grid.width)


def test_sums_are_those_of_exactextract_over_whole_cells():
    """exactextract has no rule of centres: it is given the cells of each zone as a polygon."""
    grid, rng = grid_of(240, 320), np.random.default_rng(3)
    codes = codes_of(grid, 1000, 4).astype("int32")
    values = rng.normal(300, 400, (3, grid.height, grid.width))
    values[rng.random(values.shape) < 0.1] = np.nan
    found = np.zeros((6, 3, codes.max() + 1))
    sums.add_with_fixed(values, codes[None].astype(float), found, np.ones(3, bool))
    parts = [(shape(s), int(n)) for s, n in shapes_of(codes, transform=grid.transform)]
    frame = geopandas.GeoDataFrame(
        {"code": [n for _, n in parts]}, geometry=[s for s, _ in parts], crs=WKT
    )
    frame = frame.dissolve("code").reset_index()
    stays = np.where(np.isfinite(values).all(axis=0), values, np.nan)
    for first, layers in ((0, values), (3, stays)):
        for layer, cells in enumerate(layers):
            theirs = exact_extract(
                source_of(cells, grid), frame, ["sum", "count"], include_cols=["code"],
                output="pandas",
            ).set_index("code")  # fmt: skip
            ours = found[first : first + 2, layer][:, theirs.index]
            np.testing.assert_allclose(ours[0], theirs["sum"], rtol=1e-9, atol=1e-9)
            np.testing.assert_array_equal(ours[1], theirs["count"])


def outlines(seed, count=60, width=40, height=30):
    """Polygons that divide a box a little smaller than the grid, none along its cells."""
    rng = np.random.default_rng(seed)
    frame = box(700, 400, width * 1000 - 300, height * 1000 - 900)
    points = shapely.points(rng.uniform([700, 400], [width * 1000, height * 1000], (count, 2)))
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points)))
    cells = shapely.intersection(cells, frame)
    return cells[shapely.area(cells) > 0]


def test_fractions_are_those_of_shapely():
    grid, cells = grid_of(30, 40), outlines(1)
    found = polygon_cells.fractions(cells, range(1, len(cells) + 1), grid)
    rows, columns = np.divmod(found["cell"].to_numpy(), grid.width)
    squares = shapely.box(
        columns * 1e3,
        (grid.height - rows - 1) * 1e3,
        columns * 1e3 + 1e3,
        (grid.height - rows) * 1e3,
    )
    parts = shapely.area(shapely.intersection(squares, cells[found["code"] - 1])) / 1e6
    np.testing.assert_allclose(found["weight"], parts, atol=1e-6)
    area = found.groupby("code")["weight"].sum()
    np.testing.assert_allclose(area, shapely.area(cells) / 1e6, rtol=1e-5)


def test_weighted_sums_are_those_of_exactextract():
    grid, cells, rng = grid_of(30, 40), outlines(2), np.random.default_rng(2)
    values = rng.normal(0, 1, (2, grid.height, grid.width))
    values[rng.random(values.shape) < 0.1] = np.nan
    inside = np.ones(values.shape[1:], bool)
    table = coverage.weights(cells, range(1, len(cells) + 1), grid, inside)
    weights = sums.Weights(*(table[name].to_numpy() for name in coverage.COLUMNS))
    whole = np.zeros((6, 2, len(cells) + 1))
    sums.add_weighted(values, weights, whole, np.ones(2, bool))
    strips = np.zeros_like(whole)
    for start in range(0, 30, 7):
        part = weights.of_cells(start * 40, min(start + 7, 30) * 40)
        sums.add_weighted(values[:, start : start + 7], part, strips, np.ones(2, bool))
    np.testing.assert_array_equal(strips, whole)
    frame = geopandas.GeoDataFrame(geometry=list(cells), crs=WKT)
    for layer, layer_values in enumerate(values):
        theirs = exact_extract(
            source_of(layer_values, grid), frame, ["sum", "count"], output="pandas"
        )
        np.testing.assert_allclose(whole[0, layer, 1:], theirs["sum"], rtol=1e-6, atol=1e-5)
        np.testing.assert_allclose(whole[1, layer, 1:], theirs["count"], rtol=1e-6)
    stays = np.isfinite(values).all(axis=0)
    theirs = exact_extract(
        source_of(np.where(stays, values[1], np.nan), grid), frame, ["sum"], output="pandas"
    )
    np.testing.assert_allclose(whole[3, 1, 1:], theirs["sum"], rtol=1e-6, atol=1e-5)


def test_zones_that_divide_the_area_share_whole_cells():
    grid, cells = grid_of(30, 40), outlines(5)
    inside = np.zeros((30, 40), bool)
    inside[1:29, 1:39] = True
    codes = range(1, len(cells) + 1)
    table = coverage.weights(cells, codes, grid, inside, whole=True)
    of_cell = table.groupby("cell")["weight"].sum()
    np.testing.assert_allclose(of_cell, 1, rtol=1e-12)
    assert len(of_cell) == inside.sum()
    table = coverage.weights(cells[:20], codes[:20], grid, inside, rest=99)
    of_cell = table.groupby("cell")["weight"].sum()
    np.testing.assert_allclose(of_cell, 1, atol=2e-6)
    assert len(of_cell) == inside.sum() and (table["code"] == 99).any()
    table = coverage.weights(cells[:20], codes[:20], grid, inside)
    assert table.groupby("cell")["weight"].sum().max() <= 1 + 1e-12
    assert not (table["code"] == 99).any()


def test_overlaps_are_cut_in_the_order_of_the_file():
    shapes = [box(0, 0, 3, 2), box(2, 0, 5, 2), box(5, 0, 6, 2), box(0, 0, 1, 1)]
    first = shapely.area(polygon_cells.disjoint(shapes, "first"))
    last = shapely.area(polygon_cells.disjoint(shapes, "last"))
    assert first.tolist() == [6, 4, 2, 0] and last.tolist() == [3, 6, 2, 1]
    three = [box(0, 0, 4, 1), box(1, 0, 4, 1), box(2, 0, 4, 1)]
    assert shapely.area(polygon_cells.disjoint(three, "first")).tolist() == [4, 0, 0]
    assert shapely.area(polygon_cells.disjoint(three, "last")).tolist() == [1, 1, 2]


def test_small_zones_are_known_by_their_cells():
    codes = np.repeat(np.arange(1.0, 4), [150, 99, 1])[None]
    assert coverage.are_small(codes, 3) and not coverage.are_small(codes, 3, limit=99)
    assert coverage.are_small(codes, 6)  # three have no cell
    assert not coverage.are_small(np.full((10, 10), 1.0), 1)
    assert coverage.are_small(np.full((3, 3), np.nan), 2)


@pytest.fixture
def study(tmp_path):
    """Ninety zones of about 10 cells, cubes of NEP, NPP and Rh, and the grid of an area."""
    grid, rng = grid_of(30, 40), np.random.default_rng(7)
    cells = outlines(7, 90)
    frame = geopandas.GeoDataFrame(
        {"name": [f"z{n}" for n in range(len(cells))]}, geometry=list(cells), crs=WKT
    )
    vectors.write(frame, tmp_path / "zones.gpkg", "zones")
    inside = np.zeros((30, 40))
    inside[1:29, 1:39] = 1
    raster.write(inside, raster.Output(str(tmp_path / "grid.tif"), "1", "a", dtype="uint8",
                                       classes={1: "inside"}), grid)  # fmt: skip
    named = dict(enumerate(frame["name"], start=1))
    codes = np.full((30, 40), np.nan)  # that of the centre, one cell off on purpose for none
    centres = shapely.points(*(axis.ravel() for axis in np.meshgrid(
        500 + 1000 * np.arange(40), 29_500 - 1000.0 * np.arange(30))))  # fmt: skip
    found, of = shapely.STRtree(cells).query(centres, predicate="within")
    codes.ravel()[found] = of + 1
    output = raster.Output(str(tmp_path / "zones.tif"), "1", "z", dtype="uint16", classes=named)
    raster.write(np.where(inside == 1, codes, np.nan), output, grid)
    for name in ("nep", "npp", "rh"):
        cube = rng.normal(300, 50, (12, 30, 40))
        cube[:, inside == 0] = np.nan
        bands = tuple(str(year) for year in range(2001, 2013))
        raster.write(cube, raster.Output(str(tmp_path / f"{name}.tif"), "g C m-2 yr-1", name,
                                         bands), grid)  # fmt: skip
    return tmp_path, frame


def test_totals_of_shared_cells_are_those_of_the_area(study):
    folder, frame = study
    paths = {name: str(folder / name) for name in ("zones.gpkg", "zones.tif", "grid.tif")}
    inputs = dict(zip(("polygons", "zones", "grid"), paths.values(), strict=True))
    entry = {"name_field": "name", "weighting": "auto"}
    weights = folder / "weights.parquet"
    weigh_zones(inputs, weights, entry, True)
    years = list(range(2001, 2013))
    layers = {name: [str(folder / f"{name}.tif")] for name in ("nep", "npp", "rh")}
    kinds = {"region": inputs["grid"], "county": inputs["zones"]}
    sum_zones(layers, kinds, years, {}, folder / "sums.parquet", 100, {"county": weights})
    made = pd.read_parquet(folder / "sums.parquet")
    totals = made.groupby(["zones", "quantity", "year"])[["total", "cells", "size"]].sum()
    np.testing.assert_allclose(totals.loc["county"], totals.loc["region"], rtol=1e-9)
    outputs = {
        name: folder / f"{name}.csv"
        for name in ("series", "trends", "shown_series", "shown_trends")
    }
    settings = {"summary": sums.Summary(8, 8), "show": None, "simulated": False}
    sums_path = folder / "sums.parquet"
    summarise_zones(sums_path, "county", inputs["grid"], outputs, years, settings)
    series = pd.read_csv(outputs["series"])
    shown = pd.read_csv(outputs["shown_series"])
    assert shown["zone"].nunique() == 25
    assert shown["shown"].unique().tolist() == [f"the 24 largest of {len(frame)} zones"]
    area = series[(series["quantity"] == "nep_area") & (series["year"] == 2001)]
    area = area.set_index("zone")["value"].drop("all")
    true = shapely.area(shapely.intersection(frame.geometry.array, box(1000, 1000, 39000, 29000)))
    by_centre = np.bincount(np.nan_to_num(raster.read(inputs["zones"])).astype(int).ravel())[1:]
    ours = np.abs(area[frame["name"]] - true / 1e6)
    theirs = np.abs(np.pad(by_centre, (0, len(true) - len(by_centre))) - true / 1e6)
    assert ours.mean() < 0.02 and theirs.mean() > 0.5
    # zones of whole cells where the study says so, and where they are large
    weigh_zones(inputs, weights, entry | {"weighting": "coverage"}, False)
    assert coverage.read(weights) is not None


def test_large_zones_are_made_of_whole_cells(study):
    folder, _ = study
    halves = [box(0, 0, 20_000, 30_000), box(20_000, 0, 40_000, 30_000)]
    frame = geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=halves, crs=WKT)
    vectors.write(frame, folder / "halves.gpkg", "zones")
    codes = np.where(np.arange(40) < 20, 1.0, 2)[None] * np.ones((30, 1))
    output = raster.Output(
        str(folder / "halves.tif"), "1", "z", dtype="uint16", classes={1: "a", 2: "b"}
    )
    raster.write(codes, output, grid_of(30, 40))
    inputs = {
        "polygons": str(folder / "halves.gpkg"),
        "zones": str(folder / "halves.tif"),
        "grid": str(folder / "grid.tif"),
    }
    weigh_zones(inputs, folder / "w.parquet", {"name_field": "name", "weighting": "auto"}, True)
    assert coverage.read(folder / "w.parquet") is None


@pytest.mark.parametrize(
    ("count", "show", "shown", "said"),
    [
        (60, None, 60, ""),
        (61, None, 24, "the 24 largest of 61 zones"),
        (10, 3, 3, "the 3 largest of 10 zones"),
        (10, 20, 10, ""),
        (10, ["z1", "z9"], 2, "2 of 10 zones"),
    ],
)
def test_which_of_many_zones_are_shown(count, show, shown, said):
    names, areas = [f"z{n}" for n in range(count)], np.arange(count, dtype=float)
    found, text = sums.chosen(names, areas, show, "county")
    assert found.sum() == shown and text == said
    if not isinstance(show, list):
        assert found[-shown:].all()


def test_zones_to_be_shown_that_are_none_are_named():
    with pytest.raises(
        sums.UnknownZones, match=r"zones county: `show` names z7, which .* as z0, z"
    ):
        sums.chosen(["z0", "z1"], np.ones(2), ["z1", "z7"], "county")


def test_only_zones_of_polygons_share_cells():
    entry = {"name": "bands", "kind": "elevation", "cuts": [1000], "weighting": "coverage"}
    with pytest.raises(BadStudy, match=r"bands .elevation. have `weighting`.*Remove it"):
        zones.check({"zones": [entry]}, "s.yaml")
    study = {
        "results": "r",
        "zones": [
            {"name": "county", "kind": "area"},
            {"name": "basin", "kind": "file", "weighting": "centre"},
            {"name": "karst", "kind": "file", "weighting": "coverage"},
            {"name": "sink", "kind": "sink"},
        ],
    }
    assert list(zones.weights_by_name(study)) == ["county", "karst"]
    assert zones.weights_of(study, "karst") == ["r/zones/weights_karst.parquet"]
    assert zones.weights_of(study, "sink") == []
    assert zones.weights_pattern({"s": study}) == "county|karst"
