"""Mosaic and warp: totals and areas are kept, blocks do not matter, reasons close."""

import importlib
import math

import numpy as np
import pytest
import tiles
from affine import Affine
from nepflow.io import raster
from nepflow.modis import hdf
from nepflow.npp import mod17
from nepflow.study import modis
from pyproj import CRS, Transformer

warp_npp = importlib.import_module("warp_npp").warp_npp

ALBERS_CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
ALBERS_AMERICA = "+proj=aea +lat_1=29.5 +lat_2=45.5 +lat_0=23 +lon_0=-78 +datum=WGS84 +units=m"
A, F = 6378137.0, 1 / 298.257223563  # WGS84


def grid_over(transform, shape, crs, resolution):
    """A grid that holds a whole sinusoidal raster, with a margin."""
    rows, columns = shape
    edge = np.linspace(0, 1, 400)
    x = np.concatenate([edge * columns, edge * columns, 0 * edge, 0 * edge + columns])
    y = np.concatenate([0 * edge, 0 * edge + rows, edge * rows, edge * rows])
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, crs, always_xy=True)
    east, north = to_grid.transform(*(transform @ (x, y)))
    left, bottom = (math.floor(v.min() / resolution) - 2 for v in (east, north))
    right, top = (math.ceil(v.max() / resolution) + 2 for v in (east, north))
    corner = Affine(resolution, 0, left * resolution, 0, -resolution, top * resolution)
    return raster.Grid(CRS.from_user_input(crs).to_wkt(), corner, top - bottom, right - left)


def ellipsoidal_cell_areas(transform, rows):
    """True area of the sinusoidal cells of each row on WGS84, m2.

    A cell spans dx / (R cos lat) of longitude and dy / R of latitude; the ellipsoid has there
    an area of M N cos lat dlat dlon.
    """
    side, radius = transform.a, 6371007.181
    latitude = (transform.f - side * (np.arange(rows) + 0.5)) / radius
    e2 = F * (2 - F)
    w2 = 1 - e2 * np.sin(latitude) ** 2
    return side**2 / radius**2 * (A / np.sqrt(w2)) * (A * (1 - e2) / w2**1.5)


def run(folder, paths, grid, resampling, mem_mb=500):
    """Mosaic and warp; return the three rasters."""
    folder.mkdir(exist_ok=True)
    mask = raster.Output(str(folder / "grid.tif"), "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.ones((grid.height, grid.width)), mask, grid)
    outputs = {name: str(folder / f"{name}.tif") for name in ("npp", "qc", "missing_reason")}
    lists = {name: str(folder / f"{name}.csv") for name in ("counts", "granules")}
    warp_npp(paths, mask.path, outputs | lists, "2001", resampling, mem_mb)
    return outputs


def assert_conserved(paths, outputs, grid):
    """Valid area and total within 0.5 % of the native ones."""
    field = modis.PRODUCTS["MOD17A3HGF"].fields["npp"]
    area = total = 0.0
    for path in paths:
        layer = hdf.read_layer(path, field.name)
        npp = hdf.decode(layer, field, path).astype("float64")
        cell = ellipsoidal_cell_areas(layer.transform, len(npp))[:, None]
        area += (np.isfinite(npp) * cell).sum()
        total += np.nansum(npp * cell)
    npp = raster.read(outputs["npp"])
    assert np.isfinite(npp).sum() * grid.cell_area_m2 == pytest.approx(area, rel=0.005)
    assert np.nansum(npp) * grid.cell_area_m2 == pytest.approx(total, rel=0.005)


def test_native_areas_equal_the_quadrilateral_on_the_ellipsoid():
    """The formula of the test itself, against areas of polygons from GeographicLib."""
    from pyproj import Geod

    west, _, _, north = modis.tile_bounds("h25v04")
    transform = Affine(modis.TILE_SIDE_M / 240, 0, west, 0, -modis.TILE_SIDE_M / 240, north)
    cell = transform.a
    y = north - 100 * cell
    to_degrees = Transformer.from_crs(modis.SINUSOIDAL, "EPSG:4326", always_xy=True)
    n = np.linspace(0, cell, 200)
    ring_x = np.concatenate([west + n, west + cell + 0 * n, west + n[::-1], west + 0 * n])
    ring_y = np.concatenate([y + 0 * n, y - n, y - cell + 0 * n, y - n[::-1]])
    area, _ = Geod(a=A, f=F).polygon_area_perimeter(*to_degrees.transform(ring_x, ring_y))
    assert ellipsoidal_cell_areas(transform, 101)[100] == pytest.approx(abs(area), rel=1e-5)


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average"])
def test_genuine_coast_is_conserved(reference_data, tmp_path, resampling):
    path = str(next((reference_data / "modis").glob("MOD17A3HGF*")))
    layer = hdf.read_layer(path, "Npp_500m")
    grid = grid_over(layer.transform, layer.codes.shape, ALBERS_AMERICA, 500)
    outputs = run(tmp_path, [path], grid, resampling)
    assert_conserved([path], outputs, grid)


def means_of_cells(path, grid):
    """Mean of the valid native cells whose centre lies in a cell; NaN with fewer than half."""
    layer = hdf.read_layer(path, "Npp_500m")
    npp = hdf.decode(layer, modis.PRODUCTS["MOD17A3HGF"].fields["npp"], path)
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, grid.crs, always_xy=True)
    row, column = np.nonzero(np.ones(npp.shape, bool))
    x, y = to_grid.transform(*(layer.transform @ (column + 0.5, row + 0.5)))
    column, row = np.floor(~grid.transform @ (x, y)).astype(int)
    cell, valid = row * grid.width + column, np.isfinite(npp).ravel()
    size = grid.height * grid.width
    whole, known = np.bincount(cell, minlength=size), np.bincount(cell[valid], minlength=size)
    total = np.bincount(cell[valid], npp.ravel()[valid], minlength=size)
    mean = np.where(known >= np.maximum(whole / 2, 1), total / np.maximum(known, 1), np.nan)
    return mean.reshape(grid.height, grid.width)


def test_a_coarse_cell_is_what_lies_in_it(reference_data, tmp_path):
    """A genuine tile at 5 km: `auto` gives the mean, one native cell of a hundred does not.

    The mean over native centres itself differs by RMSE 2 g C m-2 yr-1 from that of their areas;
    a box between two corners of the cell errs by 25 (r .955), nearest by 80 (.724).
    """
    path = str(next((reference_data / "modis").glob("MOD17A3HGF*")))
    layer = hdf.read_layer(path, "Npp_500m")
    grid = grid_over(layer.transform, layer.codes.shape, ALBERS_AMERICA, 5000)
    study = {"simulated": False, "npp": {"resampling": "auto"}, "grid": {"resolution_m": 5000}}
    chosen = modis.resampling_of(study, "MOD17A3HGF")
    mean, found = means_of_cells(path, grid), {}
    for method in ("nearest", chosen):
        npp = raster.read(run(tmp_path / method, [path], grid, method)["npp"])
        known = np.isfinite(npp) & np.isfinite(mean)
        found[method] = np.corrcoef(npp[known], mean[known])[0, 1]
    assert known.sum() > 1000 and found["nearest"] < 0.85 and found[chosen] > 0.999
    assert np.sqrt(np.mean((npp - mean)[known] ** 2)) < 4


def patchy(seed, side=240):
    """Stored codes with patches of missing_reason, as large as real ones."""
    rng = np.random.default_rng(seed)
    smooth = np.kron(rng.normal(size=(side // 8, side // 8)), np.ones((8, 8)))
    codes = np.clip(3000 + 1500 * smooth + rng.normal(0, 300, (side, side)), 10, 32000)
    codes[np.kron(rng.random((side // 12, side // 12)) < 0.3, np.ones((12, 12))) > 0] = 32765
    return codes


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average"])
def test_two_tiles_at_the_demo_resolution(tmp_path, resampling):
    paths = [tiles.write_npp(tmp_path, t, patchy(i)) for i, t in enumerate(["h25v05", "h26v05"])]
    bounds = modis.tile_bounds("h25v05")
    corner = Affine(modis.TILE_SIDE_M / 240, 0, bounds[0], 0, -modis.TILE_SIDE_M / 240, bounds[3])
    grid = grid_over(corner, (240, 480), ALBERS_CHINA, 5000)
    outputs = run(tmp_path, paths, grid, resampling)
    assert_conserved(paths, outputs, grid)


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average"])
def test_any_block_size_gives_the_same_pixels(tmp_path, resampling):
    path = tiles.write_npp(tmp_path, "h25v05", patchy(5))
    bounds = modis.tile_bounds("h25v05")
    corner = Affine(modis.TILE_SIDE_M / 240, 0, bounds[0], 0, -modis.TILE_SIDE_M / 240, bounds[3])
    grid = grid_over(corner, (240, 240), ALBERS_CHINA, 1700)
    digests = [
        [raster.digest(made) for made in outputs.values()]
        for mem in (1, 3, 40, 2000)
        for outputs in [run(tmp_path / str(mem), [path], grid, resampling, mem)]
    ]
    assert all(digest == digests[0] for digest in digests)


def test_reasons_close_and_agree_with_npp(tmp_path):
    path = tiles.write_npp(tmp_path, "h25v05", patchy(7))
    bounds = modis.tile_bounds("h25v05")
    corner = Affine(modis.TILE_SIDE_M / 240, 0, bounds[0], 0, -modis.TILE_SIDE_M / 240, bounds[3])
    grid = grid_over(corner, (240, 240), ALBERS_CHINA, 9000)
    npp, qc, missing_reason = run(tmp_path, [path], grid, "average").values()
    reason, npp = raster.read(missing_reason), raster.read(npp)
    assert ((reason == modis.REASON_CODE["valid"]) == np.isfinite(npp)).all()
    assert np.isfinite(reason).all()
    assert {"valid", "barren", "fill"} <= {modis.MISSING_REASONS[int(c)] for c in np.unique(reason)}
    assert (np.isfinite(raster.read(qc)) == np.isfinite(npp)).all()


def test_misaligned_or_mixed_tiles_are_refused(tmp_path):
    first = tiles.write_npp(tmp_path, "h25v05", np.zeros((24, 24)))
    other = tiles.write_npp(tmp_path, "h26v05", np.zeros((48, 48)))
    grid = grid_over(Affine(5000, 0, 0, 0, -5000, 0), (4, 4), ALBERS_CHINA, 5000)
    paths = [str(tmp_path / name) for name in ("a.tif", "b.tif")]
    with pytest.raises(hdf.BadTile, match="do not line up"):
        mod17.write_npp([first, other], grid, *paths)
    assert not (tmp_path / "a.tif").exists()
