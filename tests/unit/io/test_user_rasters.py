"""Rasters of users: however their rows and longitudes run, they are read right or refused."""

import os
import subprocess
import sys
from contextlib import ExitStack

import geopandas as gpd
import numpy as np
import pytest
import rasterio
from affine import Affine
from nepflow.io import heights, raster, user_rasters
from nepflow.io.user_rasters import BadGrid
from rasterio.crs import CRS
from rasterio.features import geometry_mask
from rasterio.transform import from_gcps, from_origin
from scipy.io import netcdf_file
from shapely import box

DEGREES = CRS.from_epsg(4326).to_wkt()
KEY = {"key": "the test"}


def truth(lon, lat):
    """A value that tells where it stands, whatever longitudes are called."""
    return 100 * np.cos(np.radians(lon)) + 10 * np.sin(np.radians(lon)) + lat


def written(path, place, shape=(12, 20), **profile):
    """`truth` on a raster of degrees, float64."""
    height, width = shape
    columns, rows = np.meshgrid(np.arange(width) + 0.5, np.arange(height) + 0.5)
    lon = place.a * columns + place.b * rows + place.c
    lat = place.d * columns + place.e * rows + place.f
    kept = {"driver": "GTiff", "height": height, "width": width, "count": 1, "dtype": "float64"}
    kept |= {"crs": "EPSG:4326", "transform": place} | profile
    with rasterio.open(path, "w", **kept) as file:
        for band in range(1, kept["count"] + 1):
            file.write(truth(lon, lat).astype(kept["dtype"]), band)
    return {"file": str(path)} | KEY


def study(west, south, east, north, side=0.5):
    """A grid of degrees, for the windows of the reader."""
    shape = round((north - south) / side), round((east - west) / side)
    return raster.Grid(DEGREES, from_origin(west, north, side, side), *shape)


def read(entry, grid):
    """Longitudes, latitudes and values of the part round a study."""
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, (grid.bounds, grid.crs))
        window = user_rasters.window_of(source, grid)
        values = user_rasters.decoded(source, 1, window)
        native = user_rasters.native_grid(source, window)
    lon, lat = np.meshgrid(native.xy(0, 1)[0][0], native.xy(0, native.height)[1][:, 0])
    return lon, lat, values


WHOLE = {"shape": (36, 72)}
LONGITUDES = {
    "as they are": (from_origin(-180, 90, 5, 5), WHOLE),
    "0 to 360": (from_origin(0, 90, 5, 5), WHOLE),
    "-360 to 0": (from_origin(-360, 90, 5, 5), WHOLE),
    "30 to 390": (from_origin(30, 90, 5, 5), WHOLE),
    "south up": (Affine(5, 0, -180, 0, 5, -90), WHOLE),
    "0 to 360, south up": (Affine(5, 0, 0, 0, 5, -90), WHOLE),
    "from east to west": (Affine(-5, 0, 180, 0, -5, 90), WHOLE),
    "from 360 to 0": (Affine(-5, 0, 360, 0, -5, 90), WHOLE),
    "a column twice": (from_origin(-2.5, 90, 5, 5), {"shape": (36, 73)}),
    "from east to west, a column twice": (Affine(-5, 0, 362.5, 0, -5, 90), {"shape": (36, 73)}),
}
AREAS = {
    "Spain": (-8.4, 37.0, -7.2, 38.0),
    "across Greenwich": (-1.0, 37.0, 1.0, 38.0),
    "China": (100.0, 30.0, 110.0, 40.0),
    "across 180": (175.0, 60.0, 187.0, 68.0),
    "beside 180": (-179.0, 60.0, -170.0, 66.0),
    "Canada": (-120.0, 50.0, -110.0, 55.0),
}


@pytest.mark.parametrize("area", AREAS.values(), ids=AREAS)
@pytest.mark.parametrize(("place", "more"), LONGITUDES.values(), ids=LONGITUDES)
def test_every_cell_has_the_value_of_its_place(tmp_path, place, more, area):
    lon, lat, values = read(written(tmp_path / "g.tif", place, **more), study(*area))
    np.testing.assert_allclose(values, truth(lon, lat), atol=1e-9)
    west, south, east, north = area
    assert lon.min() - 2.5 <= west and lon.max() + 2.5 >= east
    assert lat.min() - 2.5 <= south and lat.max() + 2.5 >= north


@pytest.mark.parametrize("west", [170, -190, 530 - 360])
def test_a_part_of_the_earth_is_counted_round_the_study(tmp_path, west):
    entry = written(tmp_path / "part.tif", from_origin(west, 70, 1, 1))
    lon, lat, values = read(entry, study(176, 60, 184, 66))
    np.testing.assert_allclose(values, truth(lon, lat), atol=1e-9)


def test_what_lies_elsewhere_is_refused(tmp_path):
    entry = written(tmp_path / "part.tif", from_origin(170, 70, 1, 1))
    with pytest.raises(BadGrid, match="covers 170 to 190, 58 to 70, the study needs 10 to 12"):
        read(entry, study(10, 60, 12, 66))


@pytest.mark.parametrize(("south", "covers"), [(30, True), (28.5, True), (33, False)])
def test_the_area_must_be_covered_not_the_corners_of_its_grid(tmp_path, south, covers):
    """A raster cut to the area's rectangle in degrees: the corners of the flat grid lie outside."""
    outline = gpd.GeoSeries([box(75, 30, 105, 42)], crs="EPSG:4326").segmentize(0.5)
    flat = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=90 +datum=WGS84"
    west, low, east, high = outline.to_crs(flat).total_bounds
    side, wkt = 50_000, CRS.from_user_input(flat).to_wkt()
    shape = int((high - low) / side) + 2, int((east - west) / side) + 2
    place = from_origin(west - side, high + side, side, side)
    path = str(tmp_path / "grid.tif")
    inside = geometry_mask(outline.to_crs(flat), shape, place, invert=True)
    output = raster.Output(path, "1", "area", dtype="uint8")
    raster.write(inside, output, raster.Grid(wkt, place, *shape))
    grid = raster.study_grid_of(path)
    rows = round((42 - south) / 0.5)
    entry = written(tmp_path / "cut.tif", from_origin(75, 42, 0.5, 0.5), (rows, 60))
    with pytest.raises(BadGrid, match="covers 75 to 105"):
        read(entry, raster.grid_of(path))  # whose edge is not known: all of it
    if covers:
        lon, lat, values = read(entry, grid)
        np.testing.assert_allclose(values, truth(lon, lat), atol=1e-9)
    else:
        with pytest.raises(BadGrid, match="covers 75 to 105, 33 to 42, the study needs 75"):
            read(entry, grid)


@pytest.mark.parametrize(
    "place", [from_origin(170, 72, 1, 1), from_origin(-190, 72, 1, 1), from_origin(0, 90, 1, 1)]
)
def test_a_warp_finds_cells_across_180_degrees(tmp_path, place):
    """GDAL alone leaves the half beyond 180 degrees empty."""
    shape = (180, 360) if place.c == 0 else (14, 20)
    entry = written(tmp_path / "g.tif", place, shape=shape)
    flat = CRS.from_user_input("+proj=laea +lat_0=65 +lon_0=180 +datum=WGS84")
    grid = raster.Grid(flat.to_wkt(), from_origin(-2e5, 1e5, 5e4, 5e4), 4, 8)
    assert user_rasters.needs_copy(entry, (grid.bounds, grid.crs)) == (place.c == -190)
    clean = str(tmp_path / "clean.tif")
    user_rasters.without_codes(entry, clean, grid)
    _, _, (found,) = next(raster.blocks([raster.Warped(clean, "bilinear")], grid=grid))
    x, y = np.broadcast_arrays(*grid.xy(0, 4))
    lon, lat = rasterio.warp.transform(flat, "EPSG:4326", x.ravel(), y.ravel())
    np.testing.assert_allclose(found[0].ravel(), truth(np.array(lon), np.array(lat)), atol=0.1)


def faulty(folder):
    """Rasters that have no place or no numbers, and what is said of them."""
    good, name = from_origin(100, 40, 0.5, 0.5), iter(range(99))

    def made(place=good, **profile):
        return written(folder / f"{next(name)}.tif", place, **profile)

    nothing = folder / "folder"
    nothing.mkdir()
    cut = folder / "cut.tif"
    written(cut, from_origin(100, 40, 0.02, 0.02), shape=(400, 400))
    cut.write_bytes(cut.read_bytes()[:-900_000])
    gcps = [
        rasterio.control.GroundControlPoint(r, c, 100 + c, 40 - r)
        for r, c in ((0, 0), (0, 19), (11, 0), (11, 19))
    ]
    assert from_gcps(gcps)
    placed = made(crs=None, transform=Affine.identity())
    with rasterio.open(placed["file"], "r+") as file:
        file.gcps = gcps, CRS.from_epsg(4326)
    return {
        "rotated": (made(Affine(0.5, 0.1, 100, 0.1, -0.5, 40)), "is rotated against its CRS"),
        "no georeference": (made(transform=Affine.identity()), "does not say where its cells lie"),
        "control points": (placed | {"crs": "EPSG:4326"}, "placed by control points"),
        "complex": (made(dtype="complex64"), "complex numbers"),
        "no CRS": (made(crs=None), "says no CRS. Declare `crs` in the test"),
        "a local CRS": (made(crs='LOCAL_CS["x",UNIT["m",1]]'), "cannot be brought together"),
        "a CRS that is none": (made() | {"crs": "EPSG:99999999"}, "'EPSG:99999999' in the test is"),
        "metres as degrees": (made(from_origin(5e5, 4e6, 500, 500)), "which are no degrees"),
        "an empty folder": ({"file": str(nothing)} | KEY, "is an empty folder"),
        "cut off": ({"file": str(cut)} | KEY, "cannot be read to its end"),
        "several bands": (made(count=3), "has 3 bands, one is needed"),
    }


@pytest.mark.parametrize(
    "fault",
    [
        "rotated",
        "no georeference",
        "control points",
        "complex",
        "no CRS",
        "a local CRS",
        "a CRS that is none",
        "metres as degrees",
        "an empty folder",
        "cut off",
        "several bands",
    ],
)
def test_faults_are_named_with_the_file(tmp_path, fault):
    entry, words = faulty(tmp_path)[fault]
    grid = study(101, 33, 107, 39) if fault == "cut off" else study(101, 36, 105, 39)
    with ExitStack() as stack, pytest.raises(BadGrid, match=words) as error:
        source = user_rasters.opened(entry, stack, (grid.bounds, grid.crs))
        user_rasters.one_band(source)
        window = user_rasters.near(source, grid.bounds, grid.crs)
        user_rasters.decoded(source, 1, window)
    assert str(error.value).startswith(entry["file"])


def test_size_is_said_before_memory_is_asked_for(tmp_path):
    with rasterio.open(
        tmp_path / "vast.tif",
        "w",
        driver="GTiff",
        width=1_000_000,
        height=1_000_000,
        count=1,
        dtype="uint8",
        crs="EPSG:4326",
        transform=from_origin(100, 40, 1e-5, 1e-5),
        sparse_ok=True,
        tiled=True,
    ):
        pass
    with pytest.raises(BadGrid, match=r"x .* cells lie round the area and need .* GB of memory"):
        read({"file": str(tmp_path / "vast.tif")} | KEY, study(100.5, 31, 109.5, 39))


def attributed(path, **attributes):
    """A NetCDF variable t of whole numbers 0 to 239 with attributes."""
    with netcdf_file(str(path), "w") as file:
        for name, values, unit in (
            ("lat", 39.75 - 0.5 * np.arange(12), "degrees_north"),
            ("lon", 100.25 + 0.5 * np.arange(20), "degrees_east"),
        ):
            file.createDimension(name, len(values))
            file.createVariable(name, "f8", (name,))[:] = values
            file.variables[name].units = unit
        stored = file.createVariable("t", "i2", ("lat", "lon"))
        stored[:] = np.arange(240).reshape(12, 20)
        for key, value in attributes.items():
            setattr(stored, key, value)
    return {"file": str(path), "layer": "t"} | KEY


@pytest.mark.parametrize(
    "attributes",
    [
        {"valid_range": np.array([10, 200], "i2")},
        {"valid_min": np.int16(10), "valid_max": np.int16(200)},
        {"valid_max": np.int16(200)},
        {"_FillValue": np.int16(210), "valid_min": np.int16(10)},
    ],
)
def test_the_valid_range_of_the_file_counts(tmp_path, attributes):
    _, _, values = read(attributed(tmp_path / "t.nc", **attributes), study(101, 35, 108, 39))
    stored = np.arange(240.0).reshape(12, 20)
    low = 10 if {"valid_range", "valid_min"} & set(attributes) else 0
    high = 200 if {"valid_range", "valid_max"} & set(attributes) else 239
    wanted = np.where((stored >= low) & (stored <= high), stored, np.nan)
    wanted[wanted == attributes.get("_FillValue")] = np.nan
    found = values[np.isfinite(values)]
    assert set(found) <= set(wanted[np.isfinite(wanted)]) and found.size < values.size + 1
    assert found.min(initial=999) >= low and found.max(initial=-1) <= high


def test_a_scale_of_the_file_reaches_a_warp(tmp_path):
    entry = attributed(tmp_path / "t.nc", scale_factor=0.5, add_offset=7.0)
    grid = study(101, 35, 108, 39)
    assert user_rasters.needs_copy(entry)
    user_rasters.without_codes(entry, tmp_path / "clean.tif", grid)
    clean = raster.read(tmp_path / "clean.tif")
    assert clean[0, 0] == 7 + 0.5 * 0 and clean[0, 1] == 7.5


@pytest.mark.parametrize(
    ("unit", "words"),
    [("feet", "by 0.3048"), ("m**2 s**-2", "geopotential.*by 0.101972"), ("km", "by 1000")],
)
def test_elevation_that_says_another_unit(tmp_path, unit, words):
    entry = written(tmp_path / "z.tif", from_origin(100, 40, 0.5, 0.5))
    with rasterio.open(entry["file"], "r+") as file:
        file.units = [unit]
    with pytest.raises(BadGrid, match=words):
        heights.seen_of(entry, (101, 36, 105, 39), "EPSG:4326")


@pytest.mark.parametrize(("scale", "offset"), [(0, 0), (np.inf, 0), (1e300, 0), (1, np.nan)])
def test_a_scale_that_makes_no_numbers(tmp_path, scale, offset):
    entry = written(tmp_path / "s.tif", from_origin(100, 40, 0.5, 0.5))
    with rasterio.open(entry["file"], "r+") as file:
        file.scales, file.offsets = [scale], [offset]
    with pytest.raises(BadGrid, match=r"s.tif: its scale .* make no numbers of its values"):
        read(entry, study(101, 36, 105, 39))


@pytest.mark.parametrize(
    ("said", "declared", "fits"),
    [
        ("kg C m-2 yr-1", "kg C m-2 yr-1", True),
        ("kg*C/m^2", "kg C m-2 yr-1", True),
        ("gC m-2 year-1", "g C m-2 yr-1", True),
        ("t C/ha", "t C ha-1", True),
        ("", "g C m-2 yr-1", True),
        ("something", "g C m-2 yr-1", True),
        ("kg C/m2", "g C m-2 yr-1", False),
        ("gC/m2/yr", "t C ha-1 yr-1", False),
        ("Mg C ha-1", "kg C m-2", False),
    ],
)
def test_carbon_that_says_another_unit(tmp_path, said, declared, fits):
    entry = written(tmp_path / "c.tif", from_origin(100, 40, 0.5, 0.5)) | {"unit": declared}
    with rasterio.open(entry["file"], "r+") as file:
        file.units = [said]
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        if fits:
            user_rasters.check_carbon(source)
        else:
            with pytest.raises(BadGrid, match=r"its own unit is .* the test declares"):
                user_rasters.check_carbon(source)


@pytest.mark.parametrize(
    ("factor", "words"),
    [(9.80665, "perhaps geopotential"), (10, "perhaps"), (1000, "perhaps millimetres")],
)
def test_heights_in_other_units_are_named(tmp_path, factor, words):
    rng, path = np.random.default_rng(0), tmp_path / "z.tif"
    written(path, from_origin(100, 40, 0.5, 0.5))
    with rasterio.open(path, "r+") as file:
        file.write(factor * rng.uniform(2000, 4000, (1, 12, 20)))
    with pytest.raises(BadGrid, match=words):
        heights.seen_of({"file": str(path)} | KEY, (101, 36, 105, 39), "EPSG:4326")


@pytest.mark.parametrize(
    ("error", "traceback"),
    [("user_rasters.BadGrid('a.tif: is none')", False), ("ValueError('odd')", True)],
)
def test_a_fault_of_the_input_ends_a_job_without_a_traceback(root, tmp_path, error, traceback):
    code = "from nepflow._log import logged_to\nfrom nepflow.io import user_rasters\n"
    code += f"with logged_to('job.log'):\n    raise {error}\n"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(root / "workflow/scripts")},
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    log = (tmp_path / "job.log").read_text(encoding="utf-8")
    assert done.returncode == 1
    assert ("Traceback" in done.stderr) == ("Traceback" in log) == traceback
    if not traceback:
        assert done.stderr.strip() == "BadGrid: a.tif: is none" and "a.tif: is none" in log
