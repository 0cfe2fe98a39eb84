"""A grid in bands: the same content as the whole, whatever their number."""

import itertools
import math
from pathlib import Path

import numpy as np
import pytest
import rasterio
import tiles
import warp_npp
from affine import Affine
from nepflow.io import bands as io_bands
from nepflow.io import raster
from nepflow.modis import tiles as modis_tiles
from nepflow.npp import mod17
from nepflow.study import modis
from pyproj import CRS, Transformer

CHINA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
GRID = raster.Grid(
    CRS.from_user_input(CHINA).to_wkt(), Affine(1000, 0, 5000, 0, -1000, 900_000), 530, 270
)
CLASSES = {"classes": {1: "forêt 林", 3: "rest"}, "colours": {1: "#00aa00", 3: "#112233"}}


@pytest.fixture
def cube(tmp_path):
    values = np.random.default_rng(1).normal(size=(3, GRID.height, GRID.width))
    values[:, 250:270, 5:99] = np.nan
    tags = {"simulated": "simulated"}
    path = str(tmp_path / "cube.tif")
    raster.write(values, raster.Output(path, "g", "c", ("2001", "2002", "2003"), tags=tags), GRID)
    return path


def in_bands(count, write, folder, names):
    """Let ``write`` make files of each band in a folder of its own; gather them in ``folder``."""
    bands = [f"{number}-of-{count}" for number in range(1, count + 1)]
    for band in bands:
        with io_bands.only(band):
            write(folder / "bands" / band)
    for name in names:
        files = [str(folder / "bands" / band / name) for band in bands]
        gather = io_bands.write_raster if name.endswith(".tif") else io_bands.write_table
        gather(files, str(folder / name))
    return [folder / name for name in names]


@pytest.mark.parametrize("count", [1, 2, 5])
def test_gathered_bands_are_the_whole(cube, tmp_path, count):
    def write(folder):
        raster.map_blocks(
            lambda values, x, y: (values * (x + y), np.where(values[0] > 0, 1, 3)),
            [cube],
            [
                raster.Output(str(folder / "cube.tif"), "g m", "moved", ("a", "b", "c")),
                raster.Output(str(folder / "class.tif"), "1", "class", dtype="uint8", **CLASSES),
            ],
            coordinates=True,
            mem_mb=4,
            threads=2,
        )

    names = ["cube.tif", "class.tif"]
    write(tmp_path / "whole")
    found = in_bands(count, write, tmp_path / "gathered", names)
    for name, path in zip(names, found, strict=True):
        whole = tmp_path / "whole" / name
        assert raster.digest(path) == raster.digest(whole)
        assert raster.tags_of(path) == raster.tags_of(whole)
        assert raster.tags_of(path)["simulated"] == "simulated"
        assert (
            raster.layer(path, max_pixels=9000) == raster.layer(whole, max_pixels=9000)
        ).sum() > 4000
        text = path.read_text(encoding="utf-8")
        assert str(tmp_path) not in text and f"bands/1-of-{count}/{name}" in text
    with rasterio.open(found[1]) as source:
        assert source.driver == "VRT" and source.colormap(1)[3] == (17, 34, 51, 255)


def test_zones_of_two_bytes_keep_names_and_colours(cube, tmp_path):
    classes = {"classes": {1: "a", 300: "b"}, "colours": {1: "#00aa00", 300: "#112233"}}

    def write(folder):
        output = raster.Output(str(folder / "zones.tif"), "1", "z", ("zone",), "uint16", **classes)
        raster.map_blocks(lambda values: np.where(values[0] > 0, 300, 1), [cube], output)

    write(tmp_path / "whole")
    (path,) = in_bands(2, write, tmp_path / "gathered", ["zones.tif"])
    assert raster.digest(path) == raster.digest(tmp_path / "whole/zones.tif")
    with rasterio.open(path) as source:
        assert source.dtypes == ("uint16",) and source.colormap(1)[300] == (17, 34, 51, 255)
    assert path.stat().st_size < 100_000, "the table of colours ends with the last class"


def test_a_moved_folder_is_still_whole(cube, tmp_path):
    def write(folder):
        output = raster.Output(str(folder / "a.tif"), "g", "a")
        raster.map_blocks(lambda values: values[0], [cube], output)

    (path,) = in_bands(2, write, tmp_path / "here", ["a.tif"])
    before = raster.digest(path)
    moved = (tmp_path / "here").rename(tmp_path / "there 那里")
    assert raster.digest(moved / "a.tif") == before


@pytest.mark.parametrize(("height", "count"), [(4000, 3), (4000, 16), (600, 16), (87, 3), (5, 5)])
def test_bands_make_up_the_grid(height, count):
    ends = []
    for number in range(1, count + 1):
        with io_bands.only(f"{number}-of-{count}"):
            ends.append(io_bands.rows(height))
    assert ends[0][0] == 0 and ends[-1][1] == height
    assert all(start < stop for start, stop in ends)
    assert all(a[1] == b[0] for a, b in itertools.pairwise(ends))
    if height == 4000:
        assert all(start % 256 == 0 for start, _ in ends)
    assert io_bands.rows(height) == (0, height) and io_bands.is_whole()


def test_more_bands_than_rows_are_refused():
    with (
        io_bands.only("1-of-9"),
        pytest.raises(io_bands.TooManyBands, match=r"grid\.blocks: 9 bands of a grid of 8 rows"),
    ):
        io_bands.rows(8)


def test_a_missing_band_is_refused(cube, tmp_path):
    def write(folder):
        output = raster.Output(str(folder / "a.tif"), "g", "a")
        raster.map_blocks(lambda values: values[0], [cube], output)

    in_bands(3, write, tmp_path, ["a.tif"])
    files = [str(tmp_path / f"bands/{number}-of-3/a.tif") for number in (1, 3)]
    with pytest.raises(io_bands.BadBands, match="3-of-3"):
        io_bands.write_raster(files, str(tmp_path / "b.tif"))
    assert not (tmp_path / "b.tif").exists()


def test_lists_follow_one_another_and_quantities_are_pooled(tmp_path):
    head = "variable,quantity,value,unit\n"
    rows = "p,floored_at_0_share,{},%\np,floored_at_0,{},cells\np,evaluated,{},cells\n"
    for name, text in {
        "a": head + rows.format(50, 2, 4),
        "b": head + rows.format(0, 0, 12),
        "c": "tile,cells\nh25v05,3\n",
        "d": "tile,cells\n",
        "e": "tile,reason\n",
    }.items():
        (tmp_path / name).write_text(text)
    a, b, c, d, e = (str(tmp_path / name) for name in "abcde")
    io_bands.write_table([a, b], tmp_path / "pooled")
    assert (tmp_path / "pooled").read_text() == head + rows.format(12.5, 2, 16)
    io_bands.write_table([c, d], tmp_path / "list")
    assert (tmp_path / "list").read_text() == "tile,cells\nh25v05,3\n"
    with pytest.raises(io_bands.BadBands, match="other columns"):
        io_bands.write_table([c, e], tmp_path / "no")


@pytest.fixture
def area(tmp_path):
    """Four tiles and a grid that all of them meet, with cells of 20 km."""
    side, paths = 24, []
    rng = np.random.default_rng(4)
    for tile in ("h25v04", "h26v04", "h25v05", "h26v05"):
        codes = rng.integers(10, 30_000, (side, side))
        paths.append(tiles.write_npp(tmp_path, tile, codes))
    west, _, _, north = modis.tile_bounds("h25v04")
    middle = west + modis.TILE_SIDE_M, north - modis.TILE_SIDE_M
    to_grid = Transformer.from_crs(modis.SINUSOIDAL, CHINA, always_xy=True)
    x, y = (math.floor(value / 20_000) * 20_000 for value in to_grid.transform(*middle))
    corner = Affine(20_000, 0, x - 700_000, 0, -20_000, y + 800_000)
    grid = raster.Grid(CRS.from_user_input(CHINA).to_wkt(), corner, 80, 70)
    mask = raster.Output(str(tmp_path / "grid.tif"), "1", "area", dtype="uint8")
    raster.write(np.ones((80, 70)), mask, grid)
    return paths, grid, mask.path


@pytest.mark.parametrize("resampling", ["nearest", "bilinear", "average"])
def test_a_year_of_npp_in_bands(area, tmp_path, resampling):
    """Rasters and lists of the whole script, whichever way it resamples."""
    paths, _, mask = area
    outputs = {name: f"{name}.tif" for name in ("npp", "qc", "missing_reason")}
    outputs |= {name: f"{name}.csv" for name in ("counts", "granules")}
    names = list(outputs.values())

    def write(folder):
        files = {key: str(folder / name) for key, name in outputs.items()}
        warp_npp.warp_npp(paths, mask, files, "2001", resampling, 100)

    write(tmp_path / "whole")
    for path in in_bands(5, write, tmp_path / "gathered", names):
        whole = tmp_path / "whole" / path.name
        if path.suffix == ".tif":
            assert raster.digest(path) == raster.digest(whole)
        else:
            assert path.read_bytes() == whole.read_bytes()


def test_warps_of_bands_read_only_the_tiles_they_meet(area, tmp_path, monkeypatch):
    paths, _, mask = area
    read, plain = [], modis_tiles.Tiles.codes

    def noted(tiles, *arguments):
        read.append(len(tiles.paths))
        return plain(tiles, *arguments)

    monkeypatch.setattr(modis_tiles.Tiles, "codes", noted)
    names = ["npp.tif", "qc.tif", "missing_reason.tif"]

    def write(folder):
        mod17.sample(paths, mask, [str(folder / name) for name in names], "2001", 100)

    write(tmp_path / "whole")
    assert set(read) == {4}
    read.clear()
    for path in in_bands(5, write, tmp_path / "gathered", names):
        assert raster.digest(path) == raster.digest(tmp_path / "whole" / path.name)
    assert sorted(set(read)) == [2, 4]


def test_tiles_met_are_those_below_some_centre(area):
    """Against every centre transformed by pyproj, row by row of the grid."""
    paths, grid, _ = area
    tiles = modis_tiles.Tiles(paths, modis.PRODUCTS["MOD17A3HGF"].fields["npp"].name)
    x, y = np.broadcast_arrays(*grid.xy(0, grid.height))
    to_native = Transformer.from_crs(grid.crs, tiles.grid.crs, always_xy=True)
    east, north = to_native.transform(x, y)
    for number in range(1, 81):
        with io_bands.only(f"{number}-of-80"):
            found = {Path(path).name.split(".")[2] for path in tiles.of_job(grid).paths}
        for tile in ("h25v04", "h26v04", "h25v05", "h26v05"):
            west, south, right, top = modis.tile_bounds(tile)
            inside = (east > west) & (east < right) & (north > south) & (north < top)
            assert tile in found or not inside[number - 1].any()
