"""The native cell below a study cell: against pyproj at every centre, and at the antimeridian."""

import numpy as np
import pytest
from affine import Affine
from nepflow.io import raster
from nepflow.modis import nearest
from nepflow.spatial import projection
from nepflow.study import modis
from pyproj import CRS, Transformer

CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
FIJI = "+proj=laea +lat_0=-17 +lon_0=179 +datum=WGS84 +units=m"


def grid_at(crs, longitude, latitude, resolution, height, width):
    """A grid round a place."""
    to_grid = Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    west, north = to_grid.transform(longitude, latitude)
    west, north = west - resolution * width / 2, north + resolution * height / 2
    corner = Affine(resolution, 0, west, 0, -resolution, north)
    return raster.Grid(CRS.from_user_input(crs).to_wkt(), corner, height, width)


def native_grid(tile, rows, columns):
    """The lattice of 500 m from a tile on."""
    west, _, _, north = modis.tile_bounds(tile)
    side = modis.TILE_SIDE_M / 2400
    wkt = CRS.from_user_input(modis.SINUSOIDAL).to_wkt()
    return raster.Grid(wkt, Affine(side, 0, west, 0, -side, north), rows, columns)


def exact(grid, native):
    """Native cell of each centre, every one transformed by pyproj."""
    x, y = (np.asarray(part) for part in np.broadcast_arrays(*grid.xy(0, grid.height)))
    to_native = Transformer.from_crs(grid.crs, native.crs, always_xy=True)
    column, row = (~native.transform) @ to_native.transform(x, y)
    inside = (column >= 0) & (column < native.width) & (row >= 0) & (row < native.height)
    return np.where(inside, np.floor(row) * native.width + np.floor(column), -1).astype(int)


@pytest.mark.parametrize("resolution", [500, 1000, 5000, 40_000])
def test_equals_the_transformation_of_every_centre(resolution):
    grid = grid_at(CHINA, 94.2, 42, resolution, 150, 170)  # its west edge
    native = native_grid("h25v04", 2400, 2400)
    wanted = exact(grid, native)
    assert 0.01 < (wanted >= 0).mean() < 0.99
    place = nearest.Nearest(grid, native)
    found = place.index(*grid.xy(0, grid.height))
    assert (found == wanted).all()
    parts = [place.index(*grid.xy(row, min(row + 37, 150))) for row in range(0, 150, 37)]
    assert (np.concatenate(parts) == found).all()


def test_an_area_across_the_antimeridian():
    grid = grid_at(FIJI, 180, -16, 2000, 100, 200)
    native = native_grid("h35v10", 2400, 2400)
    wanted = exact(grid, native)
    assert (wanted >= 0).any() and (wanted < 0).any()
    assert (nearest.Nearest(grid, native).index(*grid.xy(0, 100)) == wanted).all()


def test_codes_are_picked_and_what_lies_outside_is_filled():
    codes = np.arange(12, dtype="int16").reshape(3, 4)
    found = nearest.picked(codes, np.array([[0, -1], [11, 5]]), 99)
    assert found.dtype == np.int16
    assert (found == [[0, 99], [11, 5]]).all()


def test_latitude_is_that_of_every_centre():
    """To a billionth of a degree; the lattice of 16 km is exact where cells are that large."""
    for resolution in (500, 40_000):
        grid = grid_at(CHINA, 94.2, 42, resolution, 150, 170)
        x, y = grid.xy(0, 150)
        to_degrees = Transformer.from_crs(grid.crs, 4326, always_xy=True)
        wanted = np.stack(to_degrees.transform(*np.broadcast_arrays(x, y)))
        np.testing.assert_allclose(projection.Projection(grid, 4326)(x, y), wanted, atol=1e-9)
