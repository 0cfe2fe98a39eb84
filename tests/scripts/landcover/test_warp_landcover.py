"""Land cover by the commonest class or the nearest cell: areas are kept in any blocks."""

import math

import numpy as np
import pytest
import tiles
from affine import Affine
from nepflow.io import raster
from nepflow.study import modis
from pyproj import CRS, Geod, Transformer
from warp_landcover import warp_landcover

CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
TILES = ("h25v05", "h26v05")
SIDE = 240
CLASSES = [
    {"name": "forest", "codes": [1, 2, 3], "colour": "#1b7837"},
    {"name": "grassland", "codes": [10], "colour": "#a6d96a"},
    {"name": "water", "codes": [17], "colour": "#4575b4"},
]


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    """Two tiles of patches of 40 cells, with codes of one class mixed within them."""
    folder = tmp_path_factory.mktemp("land")
    rng = np.random.default_rng(6)
    paths, codes = [], []
    for tile in TILES:
        patches = rng.choice([0, 10, 17, 255], (6, 6), p=[0.4, 0.3, 0.2, 0.1])
        stored = np.kron(patches, np.ones((40, 40), int))
        stored = np.where(stored == 0, rng.integers(1, 4, stored.shape), stored)
        codes.append(stored)
        paths.append(tiles.write_landcover(folder, tile, stored))
    return paths, np.concatenate(codes, axis=1)


def grid_over_the_tiles(folder, resolution):
    west, _, _, north = modis.tile_bounds(TILES[0])
    u, v = np.meshgrid(np.linspace(0, 2, 300), np.linspace(0, 1, 300))
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, CHINA, always_xy=True)
    x, y = to_grid.transform(west + u * modis.TILE_SIDE_M, north - v * modis.TILE_SIDE_M)
    left, bottom = (math.floor(v.min() / resolution) - 2 for v in (x, y))
    right, top = (math.ceil(v.max() / resolution) + 2 for v in (x, y))
    corner = Affine(resolution, 0, left * resolution, 0, -resolution, top * resolution)
    grid = raster.Grid(CRS.from_user_input(CHINA).to_wkt(), corner, top - bottom, right - left)
    mask = raster.Output(str(folder / "grid.tif"), "1", "area", dtype="uint8")
    raster.write(np.ones((grid.height, grid.width)), mask, grid)
    return grid, mask.path


def warped(paths, mask, folder, resampling, mem_mb=500):
    folder.mkdir(exist_ok=True)
    path = str(folder / "landcover.tif")
    outputs = {"landcover": path, "granules": str(folder / "granules.csv")}
    warp_landcover(paths, mask, outputs, CLASSES, "2001", resampling, mem_mb)
    return path


def native_areas():
    """True area of the cells of each native row, km2: polygons on the ellipsoid."""
    west, _, _, north = modis.tile_bounds(TILES[0])
    side = modis.TILE_SIDE_M / SIDE
    to_degrees = Transformer.from_crs(modis.SINUSOIDAL, "EPSG:4326", always_xy=True)
    ellipsoid, n = Geod(ellps="WGS84"), np.linspace(0, side, 20)
    areas = []
    for row in range(SIDE):
        y = north - row * side
        ring_x = np.concatenate([west + n, west + side + 0 * n, west + n[::-1], west + 0 * n])
        ring_y = np.concatenate([y + 0 * n, y - n, y - side + 0 * n, y - n[::-1]])
        area, _ = ellipsoid.polygon_area_perimeter(*to_degrees.transform(ring_x, ring_y))
        areas.append(abs(area) / 1e6)
    return np.array(areas)[:, None]


@pytest.mark.parametrize("resampling", ["nearest", "mode"])
@pytest.mark.parametrize("resolution", [2000, 5000, 10_000])
def test_area_is_kept(land, tmp_path, resampling, resolution):
    """Of all classes together and of each, within 0.5 %."""
    paths, codes = land
    grid, mask = grid_over_the_tiles(tmp_path, resolution)
    found = raster.read(warped(paths, mask, tmp_path / "out", resampling))
    cell_km2, native = grid.cell_area_m2 / 1e6, native_areas()
    before = [(np.isin(codes, entry["codes"]) * native).sum() for entry in CLASSES]
    after = [(found == code).sum() * cell_km2 for code in (1, 2, 3)]
    assert sum(after) == pytest.approx(sum(before), rel=0.005)
    assert after == pytest.approx(before, rel=0.005)


@pytest.mark.parametrize("resampling", ["nearest", "mode"])
def test_any_block_size_gives_the_same_cells(land, tmp_path, resampling):
    _, mask = grid_over_the_tiles(tmp_path, 7000)
    digests = {
        raster.digest(warped(land[0], mask, tmp_path / str(mem), resampling, mem))
        for mem in (1, 3, 40, 2000)
    }
    assert len(digests) == 1


def test_the_commonest_class_wins_whatever_its_codes(tmp_path):
    """Native cells of three codes of forest beside grassland of one code, mixed cell by cell."""
    rng = np.random.default_rng(1)
    codes = rng.choice([1, 2, 3, 10], (SIDE, SIDE), p=[0.22, 0.22, 0.22, 0.34])
    paths = [tiles.write_landcover(tmp_path, tile, codes) for tile in TILES]
    _, mask = grid_over_the_tiles(tmp_path, 60_000)
    found = raster.read(warped(paths, mask, tmp_path / "out", "mode"))
    inner = found[np.isfinite(found)]
    assert (inner == 1).mean() > 0.99
