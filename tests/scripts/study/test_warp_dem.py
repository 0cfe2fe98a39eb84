"""Elevation comes to the grid whole or not at all."""

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from warp_dem import DemGap, warp_dem

CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 4000), 4, 4)


@pytest.fixture
def folder(tmp_path):
    inside = raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.ones((4, 4)), inside, GRID)
    return tmp_path


def elevation(folder, west_cells):
    """A DEM of 100 m that covers only some columns from the west on."""
    path = str(folder / "heights.tif")
    profile = {"driver": "GTiff", "height": 60, "width": 20 + 10 * west_cells, "count": 1}
    corner = Affine(100, 0, -1000, 0, -100, 5000)
    with rasterio.open(
        path, "w", dtype="float32", crs=CRS, transform=corner, nodata=-9999, **profile
    ) as file:
        file.write(np.full((1, 60, 20 + 10 * west_cells), 1234, "float32"))
    return path


def planted(folder, code, nodata=None, dtype="int16", share=0.03):
    """A DEM of 1500 to 1600 m with a number in some cells."""
    path, rng = str(folder / "planted.tif"), np.random.default_rng(0)
    values = rng.uniform(1500, 1600, (60, 70))
    values[rng.random(values.shape) < share] = code
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        height=60,
        width=70,
        count=1,
        dtype=dtype,
        crs=CRS,
        transform=Affine(100, 0, -1000, 0, -100, 5000),
        nodata=nodata,
    ) as file:
        file.write(values.astype(dtype), 1)
    return path


@pytest.mark.parametrize(
    ("code", "dtype"),
    [
        (-32768, "int16"),
        (-9999, "int16"),
        (-99, "int16"),
        (0, "int16"),
        (32767, "int16"),
        (9999, "float64"),
        (-3.4e38, "float64"),
        (65535, "uint16"),
        (15_000, "int16"),
    ],
)
def test_numbers_that_are_no_heights(folder, code, dtype):
    path = planted(folder, code, dtype=dtype)
    if abs(code) > 1e30:  # absent to every reader of the workflow
        path = planted(folder, code, nodata=code, dtype=dtype)
    else:
        with pytest.raises(BadGrid, match=rf"planted.tif: .*elevation.*{code}.*dem: {{missing"):
            warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100)
        assert not (folder / "dem.tif").exists()
    warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100, missing=[code])
    heights = raster.read(folder / "dem.tif")
    assert heights.min() > 1500 and heights.max() < 1600


def test_zeros_of_a_coast_and_zeros_that_are_meant(folder):
    rng = np.random.default_rng(2)
    with rasterio.open(planted(folder, 0), "r+") as file:
        values = file.read(1)
        file.write(np.where(values > 0, rng.uniform(0, 300, values.shape), 0).astype("int16"), 1)
    warp_dem(str(folder / "planted.tif"), folder / "grid.tif", folder / "dem.tif", 0.1, 100)
    path = planted(folder, 0)
    warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100, missing=[])
    assert raster.read(folder / "dem.tif").min() < 1500  # counted as heights


def test_mask_of_the_file_counts(folder):
    path = planted(folder, 0)
    with rasterio.open(path, "r+") as file:
        file.write_mask(file.read(1) != 0)
    warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100)
    assert raster.read(folder / "dem.tif").min() > 1500


def test_infinite_heights(folder):
    with pytest.raises(BadGrid, match="infinite"):
        path = planted(folder, np.inf, dtype="float32")
        warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100)


def test_elevation_of_the_whole_area(folder):
    warp_dem(elevation(folder, 5), folder / "grid.tif", folder / "dem.tif", 0.1, 100)
    assert (raster.read(folder / "dem.tif") == 1234).all()
    assert raster.tags_of(folder / "dem.tif")["resampling"] == "average"
    assert not list(folder.glob(".*"))


def test_no_cell_at_all_is_a_gap(folder):
    """0 of 0 cells is no number, which no limit holds back."""
    inside = raster.Output(folder / "grid.tif", "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.full((4, 4), np.nan), inside, GRID)
    with pytest.raises(DemGap, match=r"100\.00 %"):
        warp_dem(elevation(folder, 5), folder / "grid.tif", folder / "dem.tif", 0.1, 100)


def test_a_gap_leaves_nothing_and_an_older_file_as_it_was(folder):
    path = elevation(folder, 1)
    with pytest.raises(DemGap, match=r"heights\.tif: has no elevation for .* covers the whole"):
        warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100)
    assert sorted(file.name for file in folder.iterdir()) == ["grid.tif", "heights.tif"]
    (folder / "dem.tif").write_bytes(b"complete")
    with pytest.raises(DemGap):
        warp_dem(path, folder / "grid.tif", folder / "dem.tif", 0.1, 100)
    assert (folder / "dem.tif").read_bytes() == b"complete"


def test_a_sea_floor_beside_land_is_no_code(folder):
    """As in ETOPO or GEBCO; heights with the wrong sign, and codes among depths, are refused."""
    heights = np.linspace(-4000, 1200, 60 * 70).reshape(60, 70)

    def warp(values):
        with rasterio.open(planted(folder, 0), "r+") as file:
            file.write(values.astype("int16"), 1)
        warp_dem(str(folder / "planted.tif"), folder / "grid.tif", folder / "dem.tif", 0.1, 100)

    warp(heights)
    assert raster.read(folder / "dem.tif").min() < -1000
    with pytest.raises(BadGrid, match="has the elevation"):
        warp(-np.abs(heights) - 1)
    heights[:9] = -9999
    with pytest.raises(BadGrid, match="-9999"):
        warp(heights)
