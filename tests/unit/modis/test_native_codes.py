"""Codes below the centres of a grid: the same in any number of bands, in bounded memory."""

import math
import tracemalloc

import numpy as np
import pytest
import tiles
from affine import Affine
from nepflow.io import bands, raster
from nepflow.landcover import classes as landcover_classes
from nepflow.modis import nearest
from nepflow.modis import tiles as modis_tiles
from nepflow.npp import mod17
from nepflow.study import modis
from pyproj import CRS, Transformer

CYLINDER = "+proj=cea +lat_ts=30 +datum=WGS84 +units=m"  # its rows are those of the tiles
CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
SIDE = 240
FIELDS = list(modis.PRODUCTS["MOD17A3HGF"].fields.values())
CLASSES = [{"name": "low", "codes": [1, 2, 3]}, {"name": "high", "codes": [4, 9, 17]}]


def area(folder, rows, columns, resolution=6000, crs=CHINA):
    """Tiles from h24v03 on, and a grid over all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2)
    npp, cover = [], []
    for v in range(3, 3 + rows):
        for h in range(24, 24 + columns):
            codes = rng.integers(10, 30_000, (SIDE, SIDE))
            codes[:30, :30] = 32761
            npp.append(tiles.write_npp(folder, f"h{h}v{v:02d}", codes))
            classes = rng.integers(1, 18, (SIDE, SIDE))
            cover.append(tiles.write_landcover(folder, f"h{h}v{v:02d}", classes))
    west, _, _, north = modis.tile_bounds("h24v03")
    side = modis.TILE_SIDE_M
    u, v = np.meshgrid(np.linspace(0, columns, 200), np.linspace(0, rows, 200))
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, crs, always_xy=True)
    x, y = to_grid.transform(west + u * side, north - v * side)
    left, top = (math.floor(v / resolution) * resolution for v in (x.min(), y.max()))
    height, width = (int(np.ptp(v) // resolution) + 2 for v in (y, x))
    corner = Affine(resolution, 0, left, 0, -resolution, top + resolution)
    grid = raster.Grid(CRS.from_user_input(crs).to_wkt(), corner, height, width)
    mask = raster.Output(str(folder / "grid.tif"), "1", "area", dtype="uint8")
    raster.write(np.ones((height, width)), mask, grid)
    return npp, cover, grid, mask.path


@pytest.fixture(scope="module")
def land(tmp_path_factory):
    """Three by three tiles."""
    return area(tmp_path_factory.mktemp("land"), 3, 3)


def sampled(land, folder, mem_mb, threads=1):
    """Digests of NPP, quality, missing_reason and land cover."""
    npp, cover, _, mask = land
    folder.mkdir()
    names = [str(folder / f"{name}.tif") for name in ("npp", "qc", "missing_reason", "cover")]
    mod17.sample(npp, mask, names[:3], "2001", mem_mb, threads)
    output = raster.Output(names[3], "1", "land cover", ("2001",), "uint8")
    landcover_classes.sample(cover, mask, output, CLASSES, mem_mb, threads)
    return [raster.digest(name) for name in names]


def tiles_of(paths):
    return modis_tiles.Tiles(paths, FIELDS[0].name)


@pytest.mark.parametrize("threads", [1, 2])
def test_bands_change_no_value(land, tmp_path, threads):
    """9 tiles of 240 x 240 and two fields: 2.1 MB as whole, so 400 MB is one band and 2 many."""
    whole = sampled(land, tmp_path / "whole", 400)
    assert len(nearest.row_bands(tiles_of(land[0]), FIELDS, land[2], 400 / 4)) == 1
    assert len(nearest.row_bands(tiles_of(land[0]), FIELDS, land[2], 2 / 4)) > 4
    for mem_mb in (2, 5):
        assert sampled(land, tmp_path / str(mem_mb), mem_mb, threads) == whole


def test_rows_of_a_job_go_in_bands_too(land, tmp_path):
    npp, _, grid, mask = land
    for mem_mb in (2, 400):
        with bands.only("2-of-3"):
            found = nearest.row_bands(tiles_of(npp), FIELDS, grid, mem_mb / 4)
            assert (found[0].start, found[-1].stop) == bands.rows(grid.height)
            assert (len(found) > 1) == (mem_mb == 2)
            names = [
                str(tmp_path / f"{name}{mem_mb}.tif") for name in ("npp", "qc", "missing_reason")
            ]
            mod17.sample(npp, mask, names, "2001", mem_mb)
    few, many = ([raster.digest(tmp_path / f"{n}{m}.tif") for n in ("npp", "qc")] for m in (2, 400))
    assert few == many


def test_a_strip_may_lie_on_several_bands(land):
    _, _, grid, _ = land
    codes = nearest.NativeCodes(land[0], FIELDS, grid, 2)
    whole = nearest.NativeCodes(land[0], FIELDS, grid, 400)
    first, second = codes.bands[1].start, codes.bands[2].stop
    x, y = grid.xy(first - 3, second + 3)
    for one, other in zip(codes.below(x, y), whole.below(x, y), strict=True):
        assert one.codes.shape == (second - first + 6, grid.width)
        assert np.array_equal(one.codes, other.codes)


def test_memory_does_not_grow_with_the_tiles(tmp_path, monkeypatch):
    """Windows of codes of 2 and of 10 tiles one above the other, read with the same memory."""
    sizes, plain = [], modis_tiles.Tiles.codes

    def noted(*arguments):
        layer = plain(*arguments)
        sizes.append(layer.codes.nbytes)
        return layer

    monkeypatch.setattr(modis_tiles.Tiles, "codes", noted)
    largest, peaks, windows = {}, {}, {}
    for rows in (2, 10):
        npp, _, grid, _ = area(tmp_path / str(rows), rows, 1, 9000, CYLINDER)
        sizes.clear()
        codes = nearest.NativeCodes(npp, FIELDS, grid, 1)
        tracemalloc.start()
        for start in range(0, grid.height, 8):
            codes.below(*grid.xy(start, min(start + 8, grid.height)))
        peaks[rows] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        largest[rows], windows[rows] = max(sizes), len(sizes)
        assert max(band.size_mb(FIELDS) for band in codes.bands) <= 0.125
    assert windows[10] > 2 * windows[2]
    assert largest[10] <= 0.125e6 / 2 < 0.06 * (10 * SIDE * SIDE * 2)
    assert peaks[10] < 1.3 * peaks[2]


def test_ten_tiles_at_full_size_are_one_band(land):
    """Those of Northwest China: 6 x 2 positions of 2400 x 2400, with the memory of the rule."""
    native = tiles_of(land[0]).grid
    window = raster.Grid(native.crs, native.transform, 2 * 2400, 6 * 2400)
    band = nearest.Band(0, 1, None, window, None)
    assert band.size_mb(FIELDS) <= 1500 / nearest.SHARE
