"""Areas across the 180th meridian: Fiji, as users have it, is one place with cells of its shape."""

from contextlib import ExitStack

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import rasterio
from affine import Affine
from nepflow.download import area, elevation
from nepflow.inputs import plan
from nepflow.io import heights, raster, user_rasters
from nepflow.spatial import longitude
from rasterio.vrt import WarpedVRT
from shapely import box

VITI, TAVEUNI = (177.1, -18.3, 178.7, -17.3), (179.4, -16.9, 180, -16.1)
LAU = (-180, -18.9, -178.2, -16.1)
OWN_CRS = "+proj=laea +lat_0=-17.5 +lon_0=179 +datum=WGS84 +units=m"


def cut():
    """Three boxes cut at 180, as public boundaries are."""
    return gpd.GeoSeries([box(*VITI), box(*TAVEUNI), box(*LAU)], crs="EPSG:4326")


def running_on():
    """The same in 0..360, the last two in one piece."""
    west, south, east, north = LAU
    joined = box(*TAVEUNI).union(box(west + 360, south, east + 360, north))
    return gpd.GeoSeries([box(*VITI), joined], crs="EPSG:4326")


def projected():
    return running_on().segmentize(0.05).to_crs(OWN_CRS)


@pytest.mark.parametrize("made", [cut, running_on, projected])
def test_fiji_is_one_place_however_it_is_written(made):
    polygon = longitude.in_degrees(gpd.GeoDataFrame(geometry=made()))
    west, south, east, north = longitude.bounds(polygon)
    assert (west, south, east, north) == pytest.approx((177.1, -18.9, 181.8, -16.1), abs=1e-6)
    assert polygon.bounds[0] == pytest.approx(-180) and polygon.bounds[2] == pytest.approx(180)
    assert area.equal_area_crs(polygon) == (
        "+proj=laea +lat_0=-17.5 +lon_0=179.4 +datum=WGS84 +units=m"
    )
    tiles = area.tiles(polygon)
    assert {"h00v10", "h35v10"} <= set(tiles) and len(tiles) <= 4
    assert set(elevation.corners(polygon)) >= {(177, -18), (179, -17), (-180, -18), (-179, -19)}
    assert len(elevation.corners(polygon)) == 11, "Viti 4, Taveuni 1, Lau 2 x 3"
    assert plan.degree_tiles((west, south, round(east, 6), north)) == 15
    true = sum(area.area_km2(box(*part)) for part in (VITI, TAVEUNI, LAU))
    assert area.area_km2(polygon) == pytest.approx(true, rel=1e-5)
    assert area.area_km2(running_on().union_all()) == pytest.approx(true, rel=1e-9)


def test_cells_keep_their_shape():
    """A degree square, measured in the CRS: within 1 % of what the ellipsoid has both ways."""
    crs = area.equal_area_crs(longitude.in_degrees(gpd.GeoDataFrame(geometry=cut())))
    change = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True).transform
    geod = pyproj.Geod(ellps="WGS84")
    for lon, lat in ((177.2, -18), (179.9, -16.2), (-178.3, -18.9)):
        for other in ((lon + 0.05, lat), (lon, lat + 0.05)):
            (x0, y0), (x1, y1) = change(lon, lat), change(*other)
            true = geod.inv(lon, lat, *other)[2]
            assert np.hypot(x1 - x0, y1 - y0) == pytest.approx(true, rel=0.01)


def test_the_buffer_of_an_area_at_180_goes_on_beyond_it(tmp_path):
    path = str(tmp_path / "outlines.gpkg")
    gpd.GeoDataFrame({"name": ["a"]}, geometry=[box(*TAVEUNI)], crs="EPSG:4326").to_file(path)
    wide = area.in_degrees(path, 0.2)
    assert longitude.bounds(wide) == pytest.approx((179.2, -17.1, 180.2, -15.9))
    assert (-180, -17) in elevation.corners(wide)


@pytest.mark.parametrize("place", [(10, 40, 12, 41), (-75, -5, -70, 3), (-0.5, 51, 0.4, 52)])
def test_other_areas_stay_as_they_are(place):
    polygon = box(*place)
    assert longitude.wrapped(polygon) is polygon
    assert longitude.bounds(polygon) == pytest.approx(place)
    frame = gpd.GeoDataFrame(geometry=[polygon], crs="EPSG:4326")
    assert longitude.in_degrees(frame).equals(polygon)


def test_the_whole_world_is_not_turned():
    assert longitude.bounds(box(-180, -60, 180, 80)) == (-180, -60, 180, 80)
    assert longitude.span([-180, 0, 90], [0, 90, 180]) == (-180, 180)


def reaches_over(path, bounds):
    """Whether a raster of elevation covers bounds in degrees, as the run and doctor see it."""
    west, south, east, north = bounds
    step = 0.2
    shape = round((north - south) / step), round((east - west) / step)
    grid = raster.Grid("EPSG:4326", Affine(step, 0, west, 0, -step, north), *shape)
    with ExitStack() as stack:
        entry = heights.entry_of(str(path), [], None)
        source = user_rasters.opened(entry, stack, (grid.bounds, grid.crs))
        return user_rasters.covers(source, grid)


@pytest.mark.parametrize(
    "outer, inside",
    [
        ((176, -20, 183, -15), True),  # runs on beyond 180
        ((-184, -20, -177, -15), True),
        ((0, -90, 360, 90), True),
        ((-180, -90, 180, 90), True),
        ((176, -20, 180, -15), False),
        ((176, -18, 183, -15), False),
    ],
)
def test_a_raster_covers_the_area_in_any_turn(tmp_path, outer, inside):
    path, (west, south, east, north) = tmp_path / "dem.tif", outer
    width, height = round(2 * (east - west)), round(2 * (north - south))
    about = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
    place = rasterio.transform.from_bounds(*outer, width, height)
    with rasterio.open(path, "w", **about, width=width, height=height, transform=place) as file:
        file.write(np.ones((height, width), "float32"), 1)
    assert reaches_over(path, (177, -19, 181.8, -16)) is inside


def test_tiles_of_elevation_on_both_sides_stand_beside_each_other(tmp_path):
    """Heights rise to the east through 180: warped to the area's CRS there is no seam."""
    paths = []
    for place, (lon, lat) in enumerate(((178, -18), (179, -18), (-180, -18), (-179, -18))):
        paths.append(str(tmp_path / f"{elevation.tile_name('copernicus_glo90', lon, lat)}.tif"))
        heights = np.tile(100 * (place + (np.arange(60) + 0.5) / 60), (60, 1))
        about = {"driver": "GTiff", "dtype": "float32", "count": 1, "crs": "EPSG:4326"}
        shape = {
            "width": 60,
            "height": 60,
            "transform": Affine(1 / 60, 0, lon, 0, -1 / 60, lat + 1),
        }
        with rasterio.open(paths[-1], "w", **about, **shape) as tile:
            tile.write(heights.astype("float32"), 1)
    mosaic = str(tmp_path / "dem.vrt")
    elevation.write_mosaic(paths, "copernicus_glo90", mosaic)
    assert reaches_over(mosaic, (178.1, -17.9, 181.9, -17.1))
    assert not reaches_over(mosaic, (177.1, -17.9, 181.9, -17.1))
    with rasterio.open(mosaic) as source:
        assert (source.width, source.height) == (4 * 1200, 1200)
        grid = {"crs": OWN_CRS, "transform": Affine(5000, 0, -80_000, 0, -5000, 40_000)}
        with WarpedVRT(source, width=50, height=12, **grid, resampling=1) as view:
            heights = view.read(1)
    x, y = np.meshgrid(
        -80_000 + 5000 * (np.arange(50) + 0.5), 40_000 - 5000 * (np.arange(12) + 0.5)
    )
    change = pyproj.Transformer.from_crs(OWN_CRS, "EPSG:4326", always_xy=True).transform
    lon = longitude.near(change(x, y)[0], 180)
    assert lon.min() < 179 and lon.max() > 180.5
    assert heights == pytest.approx(100 * (lon - 178), abs=1.5)
