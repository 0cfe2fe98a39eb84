"""Vector files as people bring them: packed, in any encoding, without CRS, with broken shapes."""

import json
import shutil
import warnings
import zipfile

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from nepflow.evaluation import field_data
from nepflow.io import encodings, vector_files, vectors
from nepflow.restoration import projects
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry import box

WEST, EAST = box(105, 36, 106, 38), box(106, 36, 107, 38)
CHINESE = ["宁夏回族自治区", "甘肃省"]


def shapefile(folder, names, encoding="utf-8", cpg=None, driver=0, field="name", name="zones"):
    """A shapefile with its text in an encoding; ``cpg`` and ``driver`` say what they like."""
    frame = geopandas.GeoDataFrame({field: names}, geometry=[WEST, EAST][: len(names)])
    path = folder / f"{name}.shp"
    frame.set_crs("EPSG:4326").to_file(path, encoding=encoding)
    path.with_suffix(".cpg").unlink()
    if cpg is not None:
        path.with_suffix(".cpg").write_text(cpg)
    table = bytearray(path.with_suffix(".dbf").read_bytes())
    table[29] = driver
    path.with_suffix(".dbf").write_bytes(table)
    return path


def read(path, field="name", **entry):
    return vectors.read_zones(path, {"name_field": field, **entry})


@pytest.mark.parametrize(
    ("names", "encoding", "cpg", "driver", "said"),
    [
        (CHINESE, "gbk", None, 0, "read as GBK"),
        (CHINESE, "gbk", None, 0x57, "read as GBK"),
        (CHINESE, "gbk", "GBK", 0, ""),
        (CHINESE, "gbk", "936", 0, ""),
        (CHINESE, "gbk", None, 0x4D, ""),
        (CHINESE, "gbk", "ISO-8859-1", 0x57, "read as GBK"),
        (CHINESE, "gbk", "UTF-8", 0, "read as GBK"),
        (CHINESE, "utf-8", None, 0, "read as UTF-8"),
        (CHINESE, "utf-8", "UTF-8", 0x57, ""),
        (CHINESE, "utf-8", "ISO-8859-1", 0x57, "read as UTF-8"),
        (CHINESE, "utf-8", "GBK", 0, "read as UTF-8"),
        (["臺北市", "高雄市"], "big5", "Big5", 0, ""),
        (["東京都", "青森県"], "cp932", None, 0x13, ""),
        (["서울", "부산"], "cp949", "ANSI 949", 0, ""),
        (["Москва", "Тверь"], "cp1251", "1251", 0, ""),
        (["São Paulo", "Ceará"], "iso8859-1", "ISO-8859-1", 0x57, ""),
        (["São Paulo", "Ceará"], "cp1252", None, 0x03, ""),
        (["plain", "names"], "utf-8", None, 0, ""),
    ],
)
def test_names_in_any_encoding(tmp_path, names, encoding, cpg, driver, said):
    found = read(shapefile(tmp_path, names, encoding, cpg, driver))
    assert found["name"].tolist() == names
    assert (said in " ".join(found.attrs["warnings"])) if said else not found.attrs["warnings"]


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (["서울특별시", "부산광역시"], "cp949"),
        (["東京都", "大阪府"], "cp932"),
        (["臺北市", "高雄市"], "big5"),
        (["Москва", "Тверь"], "cp1251"),
        (["São Paulo", "Ceará"], "cp1252"),
        (["Łódź", "Kraków"], "cp1250"),
        (["กรุงเทพ", "เชียงใหม่"], "cp874"),
    ],
)
def test_an_encoding_that_nothing_tells_is_asked_for(tmp_path, names, encoding):
    path = shapefile(tmp_path, names, encoding)
    with pytest.raises(vectors.BadArea, match=r"zones\.shp: it says no encoding.*`encoding: gbk`"):
        read(path)
    assert read(path, encoding=encoding)["name"].tolist() == names
    with pytest.raises(vectors.BadArea, match="encoding 'klingon' is none"):
        read(path, encoding="klingon")


def test_a_wrong_encoding_of_the_study_is_named(tmp_path):
    with pytest.raises(vectors.BadNames, match=r"no text of the encoding.*right `encoding`"):
        read(shapefile(tmp_path, ["São Paulo", "Ceará"], "cp1252"), encoding="utf-8")


def test_columns_in_chinese_and_letters_cut_in_two(tmp_path):
    """A .dbf holds 254 bytes a text, which are 84 Chinese letters and two bytes of one more."""
    path = shapefile(tmp_path, [CHINESE[0], "省" * 90], "utf-8", field="县名")
    found = read(path, "县名")
    assert found["name"].tolist() == [CHINESE[0], "省" * 84]
    path = shapefile(tmp_path, CHINESE, "gbk", field="县名")
    assert read(path, "县名")["name"].tolist() == CHINESE


def test_names_that_other_readers_take_for_something_else(tmp_path):
    names = ["NA", "null", "a/b", "c\\d", '"e"', "f'g", "$h$", "i,j", "=1+1", "<b>", "007", "1e5"]
    shapes = [box(105 + n / 10, 36, 105.1 + n / 10, 37) for n in range(len(names))]
    frame = geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326")
    for file in ("z.gpkg", "z.geojson", "z.shp"):
        frame.to_file(tmp_path / file)
        assert read(tmp_path / file)["name"].tolist() == names


@pytest.mark.parametrize(
    "names", [["west", None], ["west", ""], ["west", "\u3000"], [1.0, np.nan], [None, None]]
)
def test_a_polygon_without_a_name_is_named(tmp_path, names):
    for file in ("zones.shp", "zones.geojson", "zones.gpkg"):
        frame = geopandas.GeoDataFrame({"name": names}, geometry=[WEST, EAST], crs="EPSG:4326")
        (tmp_path / file).unlink(missing_ok=True)
        frame.to_file(tmp_path / file)
        with pytest.raises(vectors.BadNames, match="of 2 polygons have no name in name"):
            read(tmp_path / file)


def packed(path, files, into=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in files:
            archive.write(file, f"{into}{file.name}")
    return path


@pytest.mark.parametrize("into", ["", "county/", "县/下 级/", "a.b/c/"])
@pytest.mark.parametrize("end", [".zip", ".ZIP", ".shz", ".shp.zip"])
def test_zips_with_any_folder(tmp_path, into, end):
    parts = list(shapefile(tmp_path, CHINESE, "gbk").parent.iterdir())
    assert read(packed(tmp_path / f"area{end}", parts, into))["name"].tolist() == CHINESE


def test_a_zip_from_a_mac_and_one_with_upper_case(tmp_path):
    parts = list(shapefile(tmp_path, CHINESE).parent.iterdir())
    path = tmp_path / "mac.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.write(part, f"a/{part.stem}{part.suffix.upper()}")
            archive.writestr(f"__MACOSX/a/._{part.name}", b"x")
            archive.writestr(f"a/._{part.name}", b"x")
    assert read(path)["name"].tolist() == CHINESE


def test_a_zip_of_several_files_asks_which(tmp_path):
    parts = [*shapefile(tmp_path, CHINESE, name="county").parent.iterdir()]
    parts = list({*parts, *shapefile(tmp_path, ["a", "b"], name="city").parent.iterdir()})
    path = packed(tmp_path / "two.zip", parts, "both/")
    with pytest.raises(vectors.BadArea, match=r"several files: 2 .*city\.shp.*county\.shp|`layer`"):
        read(path)
    assert read(path, layer="city")["name"].tolist() == ["a", "b"]
    with pytest.raises(vectors.BadArea, match="no town: 2"):
        read(path, layer="town")


def test_other_things_in_a_zip(tmp_path):
    frame = geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=[WEST, EAST], crs="EPSG:4326")
    frame.to_file(tmp_path / "z.gpkg")
    assert len(read(packed(tmp_path / "gpkg.zip", [tmp_path / "z.gpkg"], "x/"))) == 2
    frame.to_file(tmp_path / "z.gdb", driver="OpenFileGDB")
    folder = shutil.make_archive(str(tmp_path / "gdb"), "zip", tmp_path, "z.gdb")
    assert len(read(folder)) == 2 and len(read(tmp_path / "z.gdb")) == 2
    (tmp_path / "t.txt").write_text("x")
    with pytest.raises(vectors.BadArea, match="holds no file of polygons"):
        read(packed(tmp_path / "text.zip", [tmp_path / "t.txt"]))
    (tmp_path / "no.zip").write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(vectors.BadArea, match=r"no\.zip: cannot be unpacked"):
        read(tmp_path / "no.zip")
    with pytest.raises(vectors.BadArea, match=r"without its .shx and .dbf"):
        read(packed(tmp_path / "half.zip", [shapefile(tmp_path, CHINESE)]))
    for end in (".dbf", ".shx", ".prj"):
        with pytest.raises(vectors.BadArea, match=r"part of a shapefile. Name its \.shp"):
            read(tmp_path / f"zones{end}")


def test_a_missing_crs_is_declared(tmp_path):
    path = shapefile(tmp_path, CHINESE)
    path.with_suffix(".prj").unlink()
    with pytest.raises(vectors.BadArea, match=r"says no CRS .*`crs: EPSG:4326`"):
        read(path)
    assert read(path, crs="EPSG:4326").crs.to_epsg() == 4326
    with pytest.raises(vectors.BadArea, match="crs 'EPSG:0' is none"):
        read(path, crs="EPSG:0")
    with pytest.raises(vectors.BadArea, match="look like degrees"):
        read(path, crs="EPSG:32648")
    with pytest.raises(vectors.BadArea, match="no way to degrees"):
        read(path, crs="EPSG:5773")  # heights


def test_a_wrong_crs_is_overruled_and_said(tmp_path):
    """Metres in a GeoJSON, which always says degrees."""
    frame = geopandas.GeoDataFrame({"name": ["a", "b"]}, geometry=[WEST, EAST], crs="EPSG:4326")
    metres = frame.to_crs("EPSG:32648").set_crs("EPSG:4326", allow_override=True)
    metres.to_file(tmp_path / "z.geojson")
    with pytest.raises(vectors.BadArea, match="no degrees of longitude and latitude"):
        read(tmp_path / "z.geojson")
    found = read(tmp_path / "z.geojson", crs="EPSG:32648")
    assert found.to_crs("EPSG:4326").total_bounds == pytest.approx([105, 36, 107, 38], abs=1e-6)
    assert "which the study declares" in found.attrs["warnings"][0]


BOW = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
SPIKE = Polygon([(0, 0), (1, 0), (1, 1), (1, 9), (1, 1), (0, 1)])
HOLE = Polygon(box(0, 0, 4, 4).exterior, [box(1, 1, 2, 2).exterior])
OUT = Polygon(box(0, 0, 1, 1).exterior, [box(5, 5, 6, 6).exterior])
TWICE = MultiPolygon([box(0, 0, 2, 2), box(1, 0, 3, 2)])


@pytest.mark.parametrize(
    ("shape", "area", "said"),
    [
        (BOW, 0.5, "rings that cross or touch themselves and were mended (the first is row 1: Sel"),
        (SPIKE, 1, "mended"),
        (HOLE, 15, ""),
        (OUT, 2, "Hole lies outside shell"),
        (TWICE, 6, "mended"),
        (shapely.GeometryCollection([box(0, 0, 1, 1), Point(5, 5)]), 1, ""),
        (Polygon([(0, 0, 5), (1, 0, 6), (1, 1, np.nan), (0, 1, 7)]), 1, ""),
    ],
)
def test_shapes_are_mended_and_it_is_said(tmp_path, shape, area, said):
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[shape], crs="EPSG:4326")
    frame.to_file(tmp_path / "z.gpkg")
    found = read(tmp_path / "z.gpkg")
    assert found.geometry.is_valid.all() and found.area.sum() == pytest.approx(area)
    assert said in " ".join(found.attrs["warnings"])
    assert bool(said) == bool(found.attrs["warnings"])


def test_several_layers_ask_which(tmp_path):
    path = tmp_path / "z.gpkg"
    for layer, shapes in (("towns", [Point(105, 36)] * 2), ("county", [WEST, EAST])):
        frame = geopandas.GeoDataFrame({"name": [layer, "b"]}, geometry=shapes, crs="EPSG:4326")
        frame.to_file(path, layer=layer)
    assert read(path)["name"][0] == "county"  # the only one with polygons
    frame.set_geometry([EAST, WEST], crs="EPSG:4326").to_file(path, layer="province")
    with pytest.raises(
        vectors.BadArea, match=r"2 layers with shapes: 2 .county, province.*`layer`"
    ):
        read(path)
    assert len(read(path, layer="province")) == 2
    with pytest.raises(vectors.BadArea, match="has no layer x, but 3"):
        read(path, layer="x")
    with pytest.raises(vectors.BadArea, match="has no polygon"):
        read(path, layer="towns")


def test_a_column_nearly_named_is_proposed(tmp_path):
    path = shapefile(tmp_path, ["a", "b"], field="NAME_2")
    with pytest.raises(vectors.BadArea, match=r"but NAME_2\. Did you mean NAME_2\?"):
        read(path, "name_2")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        path = shapefile(tmp_path, ["a", "b"], field="province_name")
    with pytest.raises(vectors.BadArea, match="Did you mean province_n"):
        read(path, "province_name")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gbk"])
def test_geojson_in_other_encodings(tmp_path, encoding):
    frame = geopandas.GeoDataFrame({"name": CHINESE}, geometry=[WEST, EAST], crs="EPSG:4326")
    text = json.dumps(json.loads(frame.to_json()), ensure_ascii=False)
    (tmp_path / "z.geojson").write_bytes(text.encode(encoding))
    assert read(tmp_path / "z.geojson")["name"].tolist() == CHINESE


def test_projects_are_read_by_the_same_reader(tmp_path):
    columns = {"项目": ["退耕", "封山"], "measure": ["a", "b"], "start_year": [2003, 2004]}
    frame = geopandas.GeoDataFrame(columns, geometry=[WEST, EAST], crs="EPSG:4326")
    frame.to_file(tmp_path / "p.shp", encoding="gbk")
    (tmp_path / "p.cpg").unlink()
    (tmp_path / "p.prj").unlink()
    parts = list(tmp_path.glob("p.*"))
    path = packed(tmp_path / "p.zip", parts, "in/")
    found = projects.read_projects(path, {"project": "项目"}, {"crs": "EPSG:4326"})
    assert found["project"].tolist() == ["退耕", "封山"]
    with pytest.raises(projects.BadProjects, match="says no CRS"):
        projects.read_projects(path, {"project": "项目"})


def test_sites_may_be_points(tmp_path):
    columns = {"site": [1.0, 2.0], "nep": [100.0, -50], "class": ["农田", "forest"]}
    frame = geopandas.GeoDataFrame(
        columns, geometry=[Point(105, 36), Point(106, 37)], crs="EPSG:4326"
    )
    frame.to_crs("EPSG:32648").to_file(tmp_path / "s.shp", encoding="utf-8")
    entry = {"file": str(tmp_path / "s.shp"), "unit": "g C m-2 yr-1", "sign": "uptake_positive"}
    found = field_data.read_sites(entry)
    assert found["site"].tolist() == ["1", "2"] and found["class"][0] == "农田"
    assert found["lon"].tolist() == pytest.approx([105, 106])
    assert found["lat"].tolist() == pytest.approx([36, 37])
    frame.set_geometry([WEST, EAST], crs="EPSG:4326").to_file(tmp_path / "s.gpkg")
    with pytest.raises(field_data.BadFieldTable, match="holds Polygon, and field data are points"):
        field_data.read_sites(entry | {"file": str(tmp_path / "s.gpkg")})


def test_plots_in_a_shapefile_whose_names_are_cut(tmp_path):
    values = {name: [1.0, 2.0] for name in field_data.SRDB} | {"Rh_annual": [300.0, 400.0]}
    values |= {"Ecosystem_type": ["Forest"] * 2, "Manipulation": ["None"] * 2}
    frame = geopandas.GeoDataFrame(values, geometry=[Point(105, 36), Point(106, 37)], crs=4326)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        frame.drop(columns=["Longitude", "Latitude"]).to_file(tmp_path / "p.shp")
    found = field_data.read_plots(str(tmp_path / "p.shp"), True, None, None)
    assert found["plot"].tolist() == ["1", "2"] and found["rh"].tolist() == [300, 400]
    assert found["lat"].tolist() == pytest.approx([36, 37])


@pytest.mark.parametrize(
    ("name", "codec"),
    [
        ("UTF-8", "utf-8"),
        ("ANSI 936", "gb18030"),
        ("88591", "iso8859-1"),
        ("1252", "cp1252"),
        *((name, None) for name in ("LDID/87", "System", "OEM", "", "hex")),
    ],
)
def test_names_of_encodings(name, codec):
    assert encodings.codec_of(name) == codec


def test_ten_thousand_polygons_are_read_soon(tmp_path):
    side = 100
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(side), np.arange(side)))
    shapes = shapely.box(100 + x / 10, 30 + y / 10, 100.1 + x / 10, 30.1 + y / 10)
    names = [f"县{number}" for number in range(side**2)]
    frame = geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs="EPSG:4326")
    pyogrio.write_dataframe(frame, tmp_path / "z.gpkg")
    found = read(tmp_path / "z.gpkg")
    assert found["name"].tolist() == names
    assert found.attrs["understood"] == "10000 polygons, 10000 zones, WGS 84"


def test_what_is_understood_names_zones_of_several_polygons(tmp_path):
    frame = geopandas.GeoDataFrame({"name": ["鼓楼区"] * 2}, geometry=[WEST, EAST], crs="EPSG:4326")
    frame.to_file(tmp_path / "z.gpkg")
    said = read(tmp_path / "z.gpkg").attrs["understood"]
    assert said.endswith("several polygons are one zone for 1 (鼓楼区: 2)")
    assert vector_files.listed(list("abcdefghijkl")).endswith("j, and 2 more)")
