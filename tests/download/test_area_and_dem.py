"""Boundaries and elevation from loopback archives."""

import json

import geopandas
import numpy as np
import pytest
import rasterio
from acquire_area import acquire_area
from acquire_dem import acquire_dem
from archives import Reply
from nepflow.download import boundaries, elevation, records, transfer
from public_archives import BOUNDARIES, DEM, MEDIA, Boundaries, Elevation, square, tile_name
from shapely import MultiPolygon, box

QUICK = {"patience": transfer.Patience(tries=2, first_s=0.01), "sleep": lambda _: None}
PROVINCES = {
    "Ningxia": square(105, 36, 107, 38),
    "Gansu": square(102, 35, 105, 38),
    "Tibet": square(80, 29, 90, 33),
}


def area(folder, names=None, country="CHN", level="ADM1"):
    acquire_area(
        "geoboundaries",
        country,
        level,
        names,
        folder / "data",
        folder / "area.gpkg",
        folder / "area_files.csv",
        **QUICK,
    )
    return geopandas.read_file(folder / "area.gpkg")


def test_boundaries_by_name(tmp_path, archives):
    served = archives(**Boundaries(PROVINCES).answers)
    found = area(tmp_path, ["Ningxia", "Gansu"])
    assert sorted(found["name"]) == ["Gansu", "Ningxia"]
    assert found.to_crs(4326).union_all().equals(box(102, 35, 107, 38).intersection(
        MultiPolygon([box(105, 36, 107, 38), box(102, 35, 105, 38)])
    ))  # fmt: skip
    listed = records.read_list(tmp_path / "area_files.csv")
    assert [row["file"] for row in listed] == [
        "boundaries/CHN_ADM1.json",
        "boundaries/CHN_ADM1_2019.geojson",
    ]
    assert listed[1]["licence"] == "Public Domain (geoBoundaries, Wikimedia Commons)"
    asked = len(served.asked)
    assert len(area(tmp_path)) == 3
    assert len(served.asked) == asked


def test_boundaries_by_the_name_of_the_paper(tmp_path, archives):
    long = "Ningxia Ningxia Hui Autonomous Region"  # as the file of 2023 has it
    archives(**Boundaries({long: square(105, 36, 107, 38)}).answers)
    names = [{"name": long, "as": "Ningxia"}]
    assert area(tmp_path, names)["name"].tolist() == ["Ningxia"]


def test_json_under_the_type_of_a_page_is_read_and_a_page_is_not(tmp_path, archives):
    """A server of static folders may call the API's JSON text/html."""
    served = Boundaries(PROVINCES)
    opened = archives(**served.answers)
    body = served.described(type("R", (), {"path": "/api/current/gbOpen/CHN/ADM1/"})).body
    opened.answers[BOUNDARIES] = lambda request: Reply(body, Content_Type="text/html")
    assert len(area(tmp_path)) == 3
    opened.answers[BOUNDARIES] = lambda request: Reply(
        "<!DOCTYPE html><html>", Content_Type="text/html"
    )
    with pytest.raises(transfer.LoginRefused, match="a web page came in place of data"):
        area(tmp_path / "other")


def test_an_unknown_name_lists_the_known(tmp_path, archives):
    archives(**Boundaries(PROVINCES).answers)
    with pytest.raises(boundaries.BadBoundaries, match=r"has no Ninxia\. .*Gansu, Ningxia, Tibet"):
        area(tmp_path, ["Ninxia"])
    assert not (tmp_path / "area.gpkg").exists()


def test_an_unknown_country_and_changed_answers(tmp_path, archives):
    served = Boundaries(PROVINCES)
    opened = archives(**served.answers)
    with pytest.raises(transfer.NotThere):
        area(tmp_path, country="XXX")
    opened.answers[BOUNDARIES] = lambda request: Reply('{"message": "other"}')
    with pytest.raises(boundaries.BadBoundaries, match="has no gjDownloadURL"):
        area(tmp_path)
    assert not (tmp_path / "data/boundaries/CHN_ADM1.json").exists()
    opened.answers[BOUNDARIES] = served.described
    served.name_field = "name_en"
    with pytest.raises(boundaries.BadBoundaries, match="has no shapeName but"):
        area(tmp_path)
    assert not list((tmp_path / "data/boundaries").glob("*.geojson"))


def test_json_without_polygons_is_no_area(tmp_path, archives):
    """What a busy host may answer with 200."""
    opened = archives(**Boundaries(PROVINCES).answers)
    opened.answers[MEDIA] = lambda request: Reply('{"message": "rate limit exceeded"}')
    with pytest.raises(boundaries.BadBoundaries, match=r"2019.geojson: has no polygons"):
        area(tmp_path)
    assert list((tmp_path / "data/boundaries").glob("*2019*")) == []
    assert list((tmp_path / "data/boundaries").glob(".*2019*")) == []


def test_a_truncated_geojson_is_no_area(tmp_path, archives):
    served = Boundaries(PROVINCES)
    opened = archives(**served.answers)
    body = served.file(None).body
    opened.answers[MEDIA] = lambda request: Reply(body[: len(body) // 2])
    with pytest.raises(transfer.Unreachable, match="cannot be opened as geojson"):
        area(tmp_path)
    assert [path.name for path in (tmp_path / "data/boundaries").glob("*.geojson")] == []


@pytest.mark.parametrize(
    ("corner", "name"),
    [
        ((73, 31), "Copernicus_DSM_COG_30_N31_00_E073_00_DEM"),
        ((-70, -1), "Copernicus_DSM_COG_30_S01_00_W070_00_DEM"),
        ((0, 0), "Copernicus_DSM_COG_30_N00_00_E000_00_DEM"),
    ],
)
def test_names_of_tiles(corner, name):
    assert elevation.tile_name("copernicus_glo90", *corner) == name == tile_name(*corner)
    assert elevation.tile_name("copernicus_glo30", *corner) == name.replace("COG_30", "COG_10")


def test_cells_of_an_area():
    assert elevation.corners(box(73.2, 31.5, 75.5, 32.5)) == [
        (73, 31), (74, 31), (75, 31), (73, 32), (74, 32), (75, 32),
    ]  # fmt: skip
    assert elevation.corners(box(-0.5, -0.5, 0.5, 0.5)) == [(-1, -1), (0, -1), (-1, 0), (0, 0)]
    two = MultiPolygon([box(10.2, 10.2, 10.3, 10.3), box(12.2, 12.2, 12.3, 12.3)])
    assert elevation.corners(two) == [(10, 10), (12, 12)]


def plane(lon, lat):
    return 100 * lon + 10 * lat


def outlines(folder, polygon):
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[polygon], crs=4326)
    frame.to_file(folder / "outlines.gpkg", driver="GPKG")
    return folder / "outlines.gpkg"


def dem(folder, polygon):
    acquire_dem(
        "copernicus_glo90",
        outlines(folder, polygon),
        folder / "data",
        folder / "dem.tif",
        folder / "dem_files.csv",
        **QUICK,
    )


def test_elevation_of_an_area(tmp_path, archives):
    """The mosaic has the planted plane in the tiles, and 0 where there is ocean."""
    served = archives(**{DEM: Elevation([(73, 31), (74, 31), (73, 32)], plane).answer})
    dem(tmp_path, box(73.2, 31.2, 74.8, 32.8))
    with rasterio.open(tmp_path / "dem.tif") as mosaic:
        assert mosaic.bounds == pytest.approx((73, 31, 75, 33))
        assert (mosaic.width, mosaic.height) == (2400, 2400)
        points = [(73.5417, 31.4583), (74.0417, 31.9583), (73.9583, 32.0417), (74.5, 32.5)]
        values = [float(value[0]) for value in mosaic.sample(points)]
    centres = [(73.5417, 31.4583), (74.0417, 31.9583), (73.9583, 32.0417)]
    assert values[:3] == pytest.approx([plane(*point) for point in centres], abs=0.05)
    assert values[3] == 0
    listed = records.read_list(tmp_path / "dem_files.csv")
    assert len(listed) == 4 and listed[0]["file"].startswith(
        "dem/Copernicus_DSM_COG_30_N31_00_E073"
    )
    asked = len(served.asked)
    dem(tmp_path, box(73.2, 31.2, 74.8, 32.8))
    assert len(served.asked) == asked


def test_tiles_with_wider_cells_keep_their_place(tmp_path):
    """Beyond 50 degrees the longitude spacing widens: one tile of 12 and one of 8 columns."""
    paths = []
    for lat, cells in ((49, 12), (50, 8)):
        path = tmp_path / f"{lat}.tif"
        values = np.broadcast_to(np.arange(cells) / cells, (12, cells)).astype("float32")
        transform = rasterio.transform.from_origin(10, lat + 1, 1 / cells, 1 / 12)
        with rasterio.open(
            path,
            "w",
            driver="GTiff",
            width=cells,
            height=12,
            count=1,
            dtype="float32",
            crs="EPSG:4326",
            transform=transform,
        ) as tile:
            tile.write(values, 1)
        paths.append(path)
    elevation.write_mosaic(paths, "copernicus_glo90", tmp_path / "a & b" / "dem.tif")
    with rasterio.open(tmp_path / "a & b" / "dem.tif") as mosaic:
        low, high = (
            [float(v[0]) for v in mosaic.sample([(10.01, y), (10.99, y)])] for y in (49.5, 50.5)
        )
    assert low == pytest.approx([0, 11 / 12]) and high == pytest.approx([0, 7 / 8])


def test_no_elevation_and_a_cut_off_tile(tmp_path, archives):
    whole = Elevation([(73, 31)], plane, cells=40)
    served = archives(**{DEM: whole.answer})
    with pytest.raises(elevation.NoElevation, match=r"none of 1 tiles .*N10_00_E010"):
        dem(tmp_path, box(10.2, 10.2, 10.3, 10.3))
    body = whole.file(73, 31)

    def cut(request):
        return (
            whole.answer(request) if "tileList" in request.path else Reply(body[: len(body) // 2])
        )

    served.answers[DEM] = cut
    with pytest.raises(transfer.Unreachable, match="cannot be opened as geotiff"):
        dem(tmp_path, box(73.2, 31.2, 73.3, 31.3))
    assert list((tmp_path / "data/dem").glob("*.tif")) == []


def answered(**changes):
    """Boundaries whose description differs."""
    own = Boundaries(PROVINCES)

    def described(request):
        body = json.loads(own.described(request).body) | changes
        return Reply(json.dumps(body), Content_Type="application/json")

    return own.answers | {BOUNDARIES: described}


@pytest.mark.parametrize("year", ["../../evil", "2019/..", "/etc/x", "..", "2019\u0000", "a\\b"])
def test_a_year_of_boundaries_that_is_a_path(tmp_path, archives, year):
    archives(**answered(boundaryYearRepresented=year))
    with pytest.raises(transfer.NameRefused, match=r"CHN_ADM1\.json: names"):
        area(tmp_path)
    assert [path.name for path in (tmp_path / "data/boundaries").glob("*.geojson")] == []


@pytest.mark.parametrize(
    ("year", "name"),
    [(2019, "2019"), ("2010 to 2015", "2010-to-2015"), ("2006, 2010", "2006-2010")],
)
def test_years_as_boundaries_have_them(tmp_path, archives, year, name):
    archives(**answered(boundaryYearRepresented=year))
    assert len(area(tmp_path)) == 3
    assert (tmp_path / f"data/boundaries/CHN_ADM1_{name}.geojson").exists()


@pytest.mark.parametrize(
    "address", [f"http://{MEDIA}/x.geojson", "ftp://x/y", "file:///etc/passwd", "/x.geojson", "", 7]
)
def test_an_address_of_boundaries_that_is_not_https(tmp_path, archives, address):
    archives(**answered(gjDownloadURL=address))
    with pytest.raises(transfer.TransferFailed, match=r"CHN_ADM1_2019\.geojson"):
        area(tmp_path)
