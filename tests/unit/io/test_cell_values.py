"""Means and commonest values of cells, against native cells put into cells one by one."""

import numpy as np
import pytest
from affine import Affine
from nepflow.io import cell_values, raster
from nepflow.study import modis
from pyproj import CRS, Transformer

SIDE = 150  # native cells of 463 m
PARTS = 5  # of a native cell in each direction, whose place is looked at
CELL = modis.TILE_SIDE_M / 2400
PLACES = {  # longitude, latitude: parts of h25v05 and h12v05, and where there is no shear
    "China": (101, 36, 105),
    "America": (-70, 38, -78),
    "Greenwich": (0, 36, 0),
}


@pytest.fixture(scope="module", params=PLACES)
def native(request, tmp_path_factory):
    """A sinusoidal raster of smooth hills and noise, its classes, and a grid round its middle."""
    lon, lat, middle = PLACES[request.param]
    folder = tmp_path_factory.mktemp("native")
    to_native = Transformer.from_crs("EPSG:4326", modis.SINUSOIDAL, always_xy=True)
    x, y = to_native.transform(lon, lat)
    corner = Affine(CELL, 0, x - SIDE / 2 * CELL, 0, -CELL, y + SIDE / 2 * CELL)
    grid = raster.Grid(CRS.from_user_input(modis.SINUSOIDAL).to_wkt(), corner, SIDE, SIDE)
    rng = np.random.default_rng(4)
    hills = np.kron(rng.normal(size=(SIDE // 5, SIDE // 5)), np.ones((5, 5)))
    values = 700 + 100 * hills + rng.normal(0, 50, (SIDE, SIDE))
    values[np.kron(rng.random((SIDE // 10, SIDE // 10)) < 0.2, np.ones((10, 10))) > 0] = np.nan
    classes = np.where(np.isnan(values), np.nan, 1 + (hills > 0) + 2 * (hills > 1))
    paths = str(folder / "values.tif"), str(folder / "classes.tif")
    raster.write(values, raster.Output(paths[0], "g", "values"), grid)
    raster.write(classes, raster.Output(paths[1], "1", "classes", dtype="uint8"), grid)
    crs = f"+proj=aea +lat_1=25 +lat_2=47 +lon_0={middle} +datum=WGS84"
    return paths, grid, crs, (lon, lat)


def grid_within(native, resolution):
    """Cells of 24 km round the middle of the raster, all inside of it."""
    _, _, crs, place = native
    x, y = Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform(*place)
    n = int(24_000 // resolution)
    corner = Affine(resolution, 0, x - n / 2 * resolution, 0, -resolution, y + n / 2 * resolution)
    return raster.Grid(CRS.from_user_input(crs).to_wkt(), corner, n, n)


def parts_of(values, native, grid):
    """Cell of ``grid`` and value of 5 x 5 parts of every native cell that lie in it."""
    _, source, crs, _ = native
    at = (np.arange(SIDE * PARTS) + 0.5) / PARTS
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, crs, always_xy=True)
    x, y = to_grid.transform(*(source.transform @ np.meshgrid(at, at)))
    column, row = np.floor(~grid.transform @ (x, y)).astype(int)
    inside = (column >= 0) & (column < grid.width) & (row >= 0) & (row < grid.height)
    values = np.repeat(np.repeat(values, PARTS, axis=0), PARTS, axis=1)
    known = inside & ~np.isnan(values)
    return (row * grid.width + column)[known], values[known]


def seen(path, grid, method, mem_mb=100):
    strips = raster.blocks([raster.Warped(path, method)], grid=grid, mem_mb=mem_mb)
    return np.concatenate([values[0] for _, _, (values,) in strips])


@pytest.mark.parametrize("resolution", [1000, 2000, 5000])
def test_the_mean_is_that_of_what_lies_in_the_cell(native, resolution):
    """A native cell is counted by four sub-cells, give or take one: this is all the error.

    The mean of a cell of ``side`` x ``side`` native cells then errs by their spread / (4 side).
    The box of GDAL errs by 20 to 60 % of the spread at these places but the unsheared one.
    """
    path, grid = native[0][0], grid_within(native, resolution)
    cell, value = parts_of(raster.read(path), native, grid)
    count, total, squares = (
        np.bincount(cell, weights, grid.height * grid.width) for weights in (None, value, value**2)
    )
    with np.errstate(invalid="ignore"):
        mean = total / count
        spread = np.sqrt(np.nanmean(squares / count - mean**2))
    found = seen(path, grid, "average").ravel()
    filled = count > 0.5 * (PARTS * resolution / CELL) ** 2
    error = (found - mean)[filled]
    side = resolution / CELL
    assert filled.sum() > 10 and np.sqrt(np.mean(error**2)) < 1.3 * spread / (4 * side)
    assert abs(error.mean()) < 3 * error.std() / np.sqrt(error.size) + 1e-9


@pytest.mark.parametrize("resolution", [1000, 2000, 5000])
def test_the_mode_is_that_of_what_lies_in_the_cell(native, resolution):
    """Where a class leads by more than sub-cells can miss, it is found in every cell."""
    path, grid = native[0][1], grid_within(native, resolution)
    cell, value = parts_of(raster.read(path), native, grid)
    counts = np.zeros((5, grid.height * grid.width))
    np.add.at(counts, (value.astype(int), cell), 1)
    second, first = np.sort(counts, axis=0)[-2:]
    clear = first - second > (PARTS * resolution / CELL) ** 2 / (resolution / CELL)
    found = seen(path, grid, "mode").ravel()
    assert clear.sum() > 5 and (found == counts.argmax(axis=0))[clear].all()


def test_equally_common_values_give_the_smallest(tmp_path):
    """Native cells of 1 km below cells of 2 km, with two, or four, codes each."""
    native = raster.Grid(CRS(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 0), 4, 4)
    codes = [[7, 3, 0, 9], [3, 7, 0, 5], [8, 6, 0, 0], [4, 2, 0, 0]]
    output = raster.Output(str(tmp_path / "codes.tif"), "1", "codes", dtype="uint8")
    raster.write(np.array(codes, dtype="float64"), output, native)
    grid = raster.Grid(native.crs, Affine(2000, 0, 0, 0, -2000, 0), 2, 2)
    found = seen(output.path, grid, "mode")
    assert np.array_equal(found, [[3, 5], [2, np.nan]], equal_nan=True)  # 0 is missing


@pytest.mark.parametrize("method", ["average", "mode"])
def test_parts_do_not_matter(native, monkeypatch, method):
    path, grid = native[0][0], grid_within(native, 1300)
    whole = seen(path, grid, method)
    monkeypatch.setattr(cell_values, "SAMPLES", 200)
    monkeypatch.setattr(cell_values, "VALUES", 900)
    assert np.array_equal(seen(path, grid, method, mem_mb=0.01), whole, equal_nan=True)


@pytest.mark.parametrize(("west", "lon"), [(0, 0), (0, 179.9), (-180, 180), (-180, 0), (100, 180)])
def test_longitudes_close_the_circle(tmp_path, west, lon):
    """Cells across the edge of a raster that goes round, and across 180 degrees."""
    width = 3600 if west != 100 else 1500
    native = raster.Grid(CRS(4326).to_wkt(), Affine(0.1, 0, west, 0, -0.1, 5), 100, width)
    values = np.cos(np.radians(west + (np.arange(width) + 0.5) / 10 - lon))
    output = raster.Output(str(tmp_path / "lon.tif"), "1", "cosine")
    raster.write(np.broadcast_to(values, (100, width)), output, native)
    crs = CRS.from_user_input(f"+proj=laea +lat_0=0 +lon_0={lon} +datum=WGS84").to_wkt()
    grid = raster.Grid(crs, Affine(50_000, 0, -125_000, 0, -50_000, 125_000), 5, 5)
    expected = np.cos(np.radians((np.arange(5) - 2) * 50 / 111.3))
    assert seen(output.path, grid, "average") == pytest.approx(np.tile(expected, (5, 1)), abs=2e-4)
