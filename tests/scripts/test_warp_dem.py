"""Elevation comes to the grid whole or not at all."""

import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from nepflow import raster
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
