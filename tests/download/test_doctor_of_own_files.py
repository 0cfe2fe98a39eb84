"""`doctor` on the further files that a study names: each planted fault with its remedy."""

import re

import geopandas
import numpy as np
import pytest
import rasterio
import yaml
from check_inputs import check_inputs
from nepflow.inputs import checks, user_files
from nepflow.io import tables
from nepflow.study import load as study_files
from rasterio.transform import from_origin
from shapely import box

YEARS = range(2001, 2009)
STUDY = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2008],
    "tiles": ["h26v05"],
    "npp": {"source": "rasters", "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"}},
    "climate": {
        "source": "grids",
        "variables": ["temperature", "precipitation"],
        "grids": [
            {"variable": "temperature", "file": "t.tif", "unit": "degC", "first_month": "2001-01"},
            {
                "variable": "precipitation",
                "file": "p_{year}.tif",
                "unit": "mm month-1",
                "first_month": "{year}-01",
            },
        ],
        "downscaling": {"lapse_rate_k_per_km": -6.5, "elevation": "z.tif"},
    },
    "respiration": {"model": "chen2010", "reason": "a test"},
    "soil_carbon": {"file": "soc.tif", "unit": "kg C m-2", "depth_cm": [0, 20]},
    "plots": {"file": "srdb.csv"},
    "sites": {"file": "sites.csv"},
    "restoration": {"file": "projects.gpkg", "match_landcover": False},
    "zones": [
        {"name": "county", "kind": "area"},
        {"name": "dry_wet", "kind": "file", "file": "dry_wet.gpkg", "name_field": "zone"},
    ],
    "contrasts": [{"name": "dry", "zones": "dry_wet", "of": "dry", "match": ["dem"]}],
    "detectors": [
        {
            "name": "mean_nep",
            "of": "pixel/nep_mean",
            "factors": [
                {"name": "people", "file": "population.tif", "unit": "km-2"},
                {"name": "lithology", "file": "lithology.tif", "classes": True},
                {"name": "karst", "file": "karst.gpkg", "name_field": "kind"},
            ],
        }
    ],
}
COVERING = box(104.5, 35.5, 106.5, 37.5)


def raster(path, bands=1, west=104, value=5.0, crs="EPSG:4326"):
    """A raster of 30 x 30 cells of 0.1 degree, tiled so that its end is its last block."""
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=64,
        height=64,
        count=bands,
        dtype="float32",
        crs=crs,
        transform=from_origin(west, 38, 0.05, 0.05),
        tiled=True,
        blockxsize=16,
        blockysize=16,
    ) as file:
        for band in range(1, bands + 1):
            file.write(np.full((64, 64), value, "float32"), band)
    return path


def polygons(path, **columns):
    frame = geopandas.GeoDataFrame(columns, geometry=[COVERING], crs=4326)
    path.unlink(missing_ok=True)
    frame.to_file(path)
    return path


@pytest.fixture
def site(root, tmp_path):
    """Function that examines a study on sound files; keys change the study."""
    raw = tmp_path / "data/mine"
    raw.mkdir(parents=True)
    raster(raw / "t.tif", 96)
    raster(raw / "z.tif")
    raster(raw / "dem.tif")
    raster(raw / "soc.tif")
    raster(raw / "population.tif")
    raster(raw / "lithology.tif", value=3)
    for year in YEARS:
        raster(raw / f"p_{year}.tif", 12)
        raster(raw / f"npp_{year}.tif")
    polygons(raw / "area.gpkg", name=["a"])
    polygons(raw / "dry_wet.gpkg", zone=["dry"])
    polygons(raw / "karst.gpkg", kind=["karst"])
    polygons(raw / "projects.gpkg", project=["one"], measure=["closure"], start_year=[2006])
    head = "Record_number,Longitude,Latitude,Ecosystem_type,Manipulation,MAT,MAP,Rs_annual,"
    (raw / "srdb.csv").write_text(head + "Rh_annual\n1,105,36,Forest,None,8,400,600,300\n")
    (raw / "sites.csv").write_text("site,lon,lat,nep,class\nA,105,36,120,forest\n")

    def examined(downloads=False, **keys):
        (tmp_path / "studies").mkdir(exist_ok=True)
        (tmp_path / "defaults.yaml").write_text((root / "config/defaults.yaml").read_text())
        (tmp_path / "studies/mine.yaml").write_text(yaml.safe_dump(STUDY | keys))
        schema = root / "workflow/schemas/study.schema.yaml"
        loaded = study_files.load_study("mine", tmp_path, schema, "data", "results")
        examined.study = loaded
        return list(user_files.raw_findings(loaded, tmp_path, downloads))

    examined.raw = raw
    return examined


def test_the_run_checks_what_doctor_checks(site, tmp_path):
    said = {finding.check: finding for finding in site()}
    check_inputs(site.study, tmp_path, tmp_path / "checked.csv")
    table = tables.read(tmp_path / "checked.csv", ["input", "understood", "warning"])
    table = table.set_index("input")
    assert set(table.index) == set(said) - {"tiles"}
    for name in table.index:
        assert table["understood"][name] == said[name].text
    assert "deserts alone" in table["warning"]["climate.grids"]
    assert table["understood"]["area"].startswith("1 polygons, 358 x 455 cells")


def spoilt_area(*shapes, crs=4326):
    frame = geopandas.GeoDataFrame(
        {"name": list("abc")[: len(shapes)]}, geometry=[*shapes], crs=crs
    )

    def spoil(raw):
        (raw / "area.gpkg").unlink()
        frame.to_file(raw / "area.gpkg")

    return spoil


def spoilt_zones(raw):
    halves = [box(104.5, 35.5, 105.8, 37.5), box(105.2, 35.5, 106.5, 37.5)]
    (raw / "dry_wet.gpkg").unlink()
    geopandas.GeoDataFrame({"zone": ["dry", "wet"]}, geometry=halves, crs=4326).to_file(
        raw / "dry_wet.gpkg"
    )


SPOILT = {
    "nothing": (lambda raw: None, set()),
    "area without a cell": (spoilt_area(box(105, 36, 105.0001, 36.0001)), {"area"}),
    "areas that overlap": (spoilt_area(COVERING, box(105, 36, 106, 37)), {"area"}),
    "points": (spoilt_area(COVERING.centroid), None),
    "degrees as metres": (spoilt_area(COVERING, crs=6933), None),
    "zones that overlap": (spoilt_zones, {"zones dry_wet"}),
    "zones elsewhere": (lambda raw: polygons_at(raw, box(20, 20, 21, 21)), {"zones dry_wet"}),
    "infinite heights": (lambda raw: planted(raw / "dem.tif", np.inf), {"dem"}),
    "heights of a model": (lambda raw: planted(raw / "dem.tif", 3.4e38), set()),
    "no height": (lambda raw: raster(raw / "dem.tif", value=np.nan), {"dem"}),
    "classes that are none": (lambda raw: raster(raw / "lithology.tif", value=1101), None),
    "people of nowhere": (lambda raw: raster(raw / "population.tif", value=np.nan), None),
}


def polygons_at(raw, shape):
    (raw / "dry_wet.gpkg").unlink()
    geopandas.GeoDataFrame({"zone": ["dry"]}, geometry=[shape], crs=4326).to_file(
        raw / "dry_wet.gpkg"
    )


@pytest.mark.parametrize("name", SPOILT)
def test_doctor_and_the_run_judge_alike(site, tmp_path, name):
    """Whatever doctor calls well, the first job takes, and the other way round."""
    spoil, expected = SPOILT[name]
    spoil(site.raw)
    doctor = {found.check for found in site() if not found.well}
    try:
        check_inputs(site.study, tmp_path, tmp_path / "checked.csv")
        run = set()
    except user_files.BadInputs as error:
        run = {found.check for found in site() if f"{found.check}: " in str(error)}
    assert doctor == run
    assert bool(doctor) == (expected != set())
    assert not expected or expected <= doctor


def test_all_faults_are_said_at_once(site, tmp_path):
    site()
    planted(site.raw / "dem.tif", np.inf)
    raster(site.raw / "t.tif", 84)
    with pytest.raises(user_files.BadInputs) as error:
        check_inputs(site.study, tmp_path, tmp_path / "checked.csv")
    lines = str(error.value).splitlines()
    assert lines[0] == f"2 of {len(site())} inputs cannot be used:"
    assert lines[1].startswith("  dem: ") and "infinite" in lines[1]
    assert "temperature of 2008-01 is missing" in lines[3]
    assert all(line.startswith("      remedy: ") or "remedy:" in line for line in lines[2::2])
    assert not (tmp_path / "checked.csv").exists()


def test_heads_are_said_by_plan(site, tmp_path):
    site()
    (site.raw / "soc.tif").unlink()
    planted(site.raw / "npp_2003.tif", -9999)  # what heads do not tell
    said = dict(user_files.understood(site.study, tmp_path))
    assert said["dem"] == "cells of 0.05 degree, EPSG:4326"
    assert said["climate.grids"].endswith(
        "temperature: 2001-01 to 2008-12, 96 months, degC, 0.05 degree"
    )
    assert "soil_carbon" not in said and said["npp.rasters"] == said["dem"]


def faults(found):
    return {finding.check: finding for finding in found if not finding.well}


def test_sound_files_have_no_fault(site):
    found = {finding.check: finding for finding in site()}
    assert faults(found.values()) == {}
    months = found["climate.grids"].text
    rain, heat = months.split("; temperature: ")
    assert heat == (
        "2001-01 to 2008-12, 96 months, degC, 0.05 degree; covers the area; 0 % missing, 5 to 5"
    )
    said = "precipitation: 2001-01 to 2008-12, 96 months, mm month-1, 0.05 degree; covers the area"
    assert rain.startswith(said)
    assert "60.0 mm, as in deserts alone" in found["climate.grids"].warnings[0]
    assert "5 to 5 m" in found["dem"].text and "5 to 5 kg C m-2" in found["soil_carbon"].text
    assert "NEP 120 to 120" in found["sites"].text and "5 to 5 km-2" in found["factor people"].text
    assert found["npp.rasters"].text.startswith(
        "2001 to 2008, 8 rasters of cells of 0.05 degree, EPSG:4326, g C m-2 yr-1; cover the area; "
    )
    assert (
        found["plots"].text.startswith("1 records; Rh 300")
        and found["restoration"].text == "1 projects"
    )
    assert "1 classes" in found["factor lithology"].text
    assert set(user_files.READERS) == {
        "months",
        "npp",
        "raster",
        "carbon",
        "factor",
        "plots",
        "sites",
        "projects",
        "polygons",
    }
    assert {
        "climate.downscaling",
        "soil_carbon",
        "sites",
        "zones dry_wet",
        "factor people",
        "factor karst",
        "area",
        "dem",
    } <= set(found)


def test_what_is_not_there_is_named_with_where_it_comes_from(site):
    for path in [*site.raw.iterdir()]:
        if path.name not in ("area.gpkg", "dem.tif", "t.tif"):
            path.unlink()
    found = faults(site())
    assert set(found) == {
        "climate.grids",
        "climate.downscaling",
        "npp.rasters",
        "soil_carbon",
        "plots",
        "sites",
        "restoration",
        "zones dry_wet",
        "factor people",
        "factor lithology",
        "factor karst",
    }
    assert "p_2001.tif" in found["climate.grids"].text
    assert re.search(r"npp_2003.tif and 5 more: no such file", found["npp.rasters"].text)
    for key, word in (
        ("climate.grids", "ERA5-Land"),
        ("soil_carbon", "acquire.soil_carbon: soilgrids"),
        ("factor people", "acquire.population: worldpop"),
        ("plots", "Soil Respiration Database"),
        ("restoration", "record of the projects"),
        ("zones dry_wet", "column of names"),
    ):
        assert word in found[key].remedy and f"correct {key}" in found[key].remedy


def one(site, key, pattern, **keys):
    """There is one fault, this one, with a remedy that names the entry."""
    found = faults(site(**keys))
    assert set(found) == {key}
    assert re.search(pattern, found[key].text), found[key].text
    assert key in found[key].remedy


def test_a_month_is_missing(site):
    raster(site.raw / "t.tif", 84)
    one(site, "climate.grids", r"temperature of 2008-01 is missing \(and 12 months")


@pytest.mark.parametrize("bands", [95, 365, 2922 - 1])
def test_bands_that_are_no_months(site, bands):
    raster(site.raw / "t.tif", bands)
    one(site, "climate.grids", f"has {bands} bands and nothing that tells their dates")


def test_bands_of_no_kind_in_a_file_named_by_year(site):
    raster(site.raw / "p_2003.tif", 364)
    one(site, "climate.grids", r"p_2003.tif: has 364 bands; a file that is named by \{year\}")


@pytest.mark.parametrize(
    ("file", "first", "words"),
    [
        ("t_{year}.tif", "2001-01", r'either both say .*first_month: "{year}-01"'),
        ("t.tif", "{year}-01", r'either both say .*first_month: "2001-01"'),
        ("t.tif", "2001-13", "2001-13"),
        ("t.tif", "2001-00", "2001-00"),
    ],
)
def test_first_months_that_cannot_be_are_refused_when_the_study_is_loaded(site, file, first, words):
    temperature, *others = STUDY["climate"]["grids"]
    grids = [temperature | {"file": file, "first_month": first}, *others]
    with pytest.raises(study_files.BadStudy, match=words):
        site(climate=STUDY["climate"] | {"grids": grids})


def test_a_raster_beside_the_area(site):
    raster(site.raw / "npp_2004.tif", west=80)
    one(site, "npp.rasters", r"npp_2004.tif: covers 80 to .*the study needs")


def test_months_beside_the_area(site):
    raster(site.raw / "p_2003.tif", 12, west=80)
    one(site, "climate.grids", r"p_2003.tif: has other cells than .*p_2001.tif")


def planted(path, number, share=0.1):
    """Write a number into some cells of a raster that does not declare it."""
    with rasterio.open(path, "r+") as file:
        values = file.read()
        values[:, :, :] += np.random.default_rng(0).uniform(0, 1, values.shape)
        values[np.random.default_rng(1).random(values.shape) < share] = number
        file.write(values)


@pytest.mark.parametrize(
    ("file", "number", "key", "words"),
    [
        ("npp_2003.tif", -9999, "npp.rasters", r"npp_2003.tif: stores -9999 .*`fill: \[-9999\]`"),
        ("npp_2003.tif", 32766, "npp.rasters", "stores 32766 "),
        ("t.tif", -99, "climate.grids", "t.tif: stores -99 "),
        ("p_2002.tif", 999.9, "climate.grids", "p_2002.tif: stores 999.9 "),
        ("soc.tif", 65535, "soil_carbon", "stores 65535 "),
        ("population.tif", -99999, "factor people", "stores -99999 .*the factor people"),
        ("dem.tif", -32768, "dem", r"elevation -32768 .*dem: {missing: \[-32768\]}"),
        ("z.tif", 9.5e4, "climate.downscaling", "has the elevation 95000"),
        ("npp_2002.tif", np.inf, "npp.rasters", "infinite"),
        ("dem.tif", np.inf, "dem", "infinite"),
    ],
)
def test_what_the_run_refuses_of_values_is_not_well(site, file, number, key, words):
    planted(site.raw / file, number)
    found = faults(site())
    assert set(found) == {key}
    assert re.search(words, found[key].text), found[key].text


def test_zeros_of_a_mask_are_shown(site):
    planted(site.raw / "npp_2003.tif", 0, share=0.4)
    found = {finding.check: finding for finding in site()}["npp.rasters"]
    assert found.well and found.warnings[0].startswith("5") and "exactly 0" in found.warnings[0]


def test_a_raster_without_crs(site):
    raster(site.raw / "soc.tif", crs=None)
    one(site, "soil_carbon", "says no CRS")


def test_carbon_that_cannot_be_converted(site):
    deep = STUDY["soil_carbon"] | {"depth_cm": [0, 30]}
    one(site, "soil_carbon", "is carbon of 0-30 cm, the models count 0-20 cm", soil_carbon=deep)


def test_a_raster_that_is_cut_off(site):
    path = site.raw / "npp_2005.tif"
    path.write_bytes(path.read_bytes()[:-600])
    one(site, "npp.rasters", "npp_2005.tif.* cannot be read to its end")


def test_a_page_under_the_name_of_a_raster(site):
    (site.raw / "population.tif").write_text("<!DOCTYPE html><html>not found</html>")
    one(site, "factor people", "population.tif: GDAL cannot read it")


def test_classes_that_are_none(site):
    raster(site.raw / "lithology.tif", value=2.5)
    one(site, "factor lithology", "has 1 .*classes")


def test_polygons_without_the_column(site):
    polygons(site.raw / "dry_wet.gpkg", name=["dry"])
    one(site, "zones dry_wet", "has no column zone, but name")


def test_a_file_that_holds_no_polygons(site):
    (site.raw / "karst.gpkg").write_text("karst")
    one(site, "factor karst", "cannot be read as polygons")


def test_projects_without_a_year(site):
    polygons(site.raw / "projects.gpkg", project=["one"], measure=["closure"], start_year=["soon"])
    one(site, "restoration", "start year 'soon' of project one is no year")


def test_projects_as_a_raster_need_their_table_too(site):
    raster(site.raw / "numbers.tif", value=1)
    keys = {"restoration": STUDY["restoration"] | {"file": "numbers.tif", "table": "numbers.csv"}}
    one(site, "restoration", "numbers.csv: no such file", **keys)
    head = "number,project,measure,start_year\n"
    (site.raw / "numbers.csv").write_text(head + "2,two,closure,2006\n")
    one(site, "restoration", "has no row of number 1", **keys)
    (site.raw / "numbers.csv").write_text(head + "1,one,closure,2006\n")
    found = {finding.check: finding for finding in site(**keys)}
    assert found["restoration"].text == "1 projects"


def test_tables_without_a_column(site):
    (site.raw / "sites.csv").write_text("site,lon,lat,nee\nA,105,36,1\n")
    one(site, "sites", "has no column nep")
    (site.raw / "sites.csv").write_text("site,lon,lat,nep,class\nA,105,36,120,forest\n")
    (site.raw / "srdb.csv").write_text("Record_number,Longitude\n1,2\n")
    one(site, "plots", "has no column Latitude")


def test_what_a_rule_will_bring_need_not_be_there(site):
    for name in ("soc.tif", "population.tif"):
        (site.raw / name).unlink()
    keys = {
        "soil_carbon": {
            "file": "soc.tif",
            "unit": "t C ha-1",
            "depth_cm": [0, 30],
            "depth_shape": 0.9786,
        },
        "acquire": {"soil_carbon": "soilgrids", "population": "worldpop", "country": "CHN"},
    }
    assert set(faults(site(**keys))) == {"soil_carbon", "factor people"}
    found = {finding.check: finding for finding in site(downloads=True, **keys)}
    assert faults(found.values()) == {}
    assert found["soil_carbon"].text == "will be brought (soilgrids)"
    assert found["factor people"].text == "will be brought (worldpop)"


@pytest.mark.parametrize(("disks", "wells"), [((1, 1), [False]), ((1, 2), [True, True])])
def test_raw_and_results_on_one_disk_must_fit_together(tmp_path, monkeypatch, disks, wells):
    """Room for either is not room for both."""
    folders = [tmp_path / "data", tmp_path / "results"]
    for folder in folders:
        folder.mkdir()
    devices = dict(zip(folders, disks, strict=True))
    monkeypatch.setattr(checks, "device", lambda place: devices[place])
    monkeypatch.setattr(checks.plan, "plan", lambda *_: [])
    monkeypatch.setattr(checks.plan, "download_gb", lambda _: 60.0)
    monkeypatch.setattr("nepflow.download.area.cost", lambda *_: (60.0, 1.0))
    usage = type("Usage", (), {"free": 100e9})
    monkeypatch.setattr(checks.shutil, "disk_usage", lambda _: usage)
    study = {"tiles": ["h26v05"], "grid": {"resolution_m": 500}, "years": [2001]}
    found = list(checks.disk(study, *(folder / "mine" for folder in folders)))
    assert [finding.well for finding in found] == wells
    if len(wells) == 1:
        assert found[0].text.startswith("raw and results: 100 GB free")
        assert "at most 120 GB needed" in found[0].text


def test_no_tile_is_asked_for_where_none_is_read(site):
    """The area may lie beside the tiles of a study that reads none; of one that does it may not."""
    found = {finding.check: finding for finding in site(tiles=["h10v05"])}
    assert found["area"].well and "; the study reads no MODIS tile" in found["area"].text
    assert "tiles" not in found
    found = faults(site(tiles=["h10v05"], npp=STUDY["npp"] | {"compare": "mod17"}))
    assert "reaches into the tiles h26v05" in found["area"].text
    assert "tiles" in found


def test_names_of_polygons_are_read_too(site):
    boxes = [COVERING, COVERING.buffer(-0.1)]
    for name, key, column in (
        ("area", "area", "name"),
        ("dry_wet", "zones dry_wet", "zone"),
        ("karst", "factor karst", "kind"),
    ):
        path = site.raw / f"{name}.gpkg"
        sound = path.read_bytes()
        path.unlink()
        geopandas.GeoDataFrame({column: ["a", "A"]}, geometry=boxes, crs=4326).to_file(path)
        assert "'a' and 'A' cannot be told apart" in faults(site())[key].text
        path.write_bytes(sound)


def test_disk_of_a_study_without_tiles(site, tmp_path):
    """Its size is that of its polygons, unknown while they are not there."""
    frame = geopandas.read_file(site.raw / "area.gpkg")
    study = {
        "tiles": [],
        "files": {"area": str(site.raw / "area.gpkg")},
        "area": {"layer": None, "name_field": "name"},
    }
    expected = frame.to_crs(6933).area.sum() / 1e6
    assert checks._area_km2(study, tmp_path) == pytest.approx(expected, rel=0.01)
    (site.raw / "area.gpkg").unlink()
    assert checks._area_km2(study, tmp_path) == 0
