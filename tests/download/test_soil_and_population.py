"""Soil carbon and population from loopback archives: cut, in their own cells, as declared."""

import json
import re

import numpy as np
import pytest
import rasterio
import yaml
from acquire_raster import acquire_raster
from affine import Affine
from archives import Reply
from copies import Workflow
from nepflow.download import clip, records, transfer
from nepflow.io import raster
from nepflow.study import downloads, load
from nepflow.study.settings_file import BadStudy
from public_archives import HOMOLOSINE, ISRIC, WORLDPOP, SoilGrids, WorldPop
from pyproj import CRS, Transformer
from warp_soil_carbon import warp_soil_carbon

QUICK = {"patience": transfer.Patience(tries=2, first_s=0.01), "sleep": lambda _: None}
AEA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
CELL_M, CELLS = 2000, 10


@pytest.fixture
def place(tmp_path):
    """A study grid of 20 km round 105.5 E, 36.5 N."""
    x, y = Transformer.from_crs(4326, AEA, always_xy=True).transform(105.5, 36.5)
    corner = Affine(CELL_M, 0, x - CELL_M * CELLS / 2, 0, -CELL_M, y + CELL_M * CELLS / 2)
    grid = raster.Grid(CRS.from_user_input(AEA).to_wkt(), corner, CELLS, CELLS)
    output = raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8")
    raster.write(np.ones((CELLS, CELLS)), output, grid)
    return tmp_path


def soil(seed=1):
    """An archive whose map reaches some 100 km round the study, with a hole and whole numbers."""
    x, y = Transformer.from_crs(4326, HOMOLOSINE, always_xy=True).transform(105.5, 36.5)
    stock = np.random.default_rng(seed).integers(30, 90, (200, 200))
    stock[:20] = -32768
    return SoilGrids(stock, round(x, -3) - 100_000, round(y, -3) + 100_000)


def brought(name, dataset, about, place, file):
    made = place / file, place / "files.csv"
    acquire_raster(name, dataset, about, place / "grid.tif", place / "data", *made, **QUICK)


def carbon(place):
    about = downloads.raster({"acquire": {"soil_carbon": "soilgrids"}}, "soil_carbon")
    brought("soil_carbon", "soilgrids", about, place, "carbon.tif")
    return place / "carbon.tif"


def test_soil_carbon_is_cut_to_the_study_and_no_cell_moves(place, archives):
    archive = soil()
    served = archives(**{ISRIC: archive.answer})
    with rasterio.open(carbon(place)) as cut_out:
        values = cut_out.read(1)
        left, top = ~archive.transform @ (cut_out.bounds.left, cut_out.bounds.top)
        tags = cut_out.tags() | cut_out.tags(1)
    assert (left, top) == pytest.approx((round(left), round(top)), abs=1e-6)
    rows, columns = (
        slice(round(top), round(top) + values.shape[0]),
        slice(round(left), round(left) + values.shape[1]),
    )
    assert values.shape < (60, 60)
    assert np.array_equal(values, archive.stock[rows, columns])
    assert tags["unit"] == "t C ha-1" and "0-30 cm" in tags["source"]
    record = records.read_record(place / "data/soil_carbon/ocs_0-30cm_mean_1000.tif")
    assert (record["dataset"], record["licence"]) == ("soilgrids", "CC BY 4.0")
    assert records.read_list(place / "files.csv")[0]["file"].startswith("soil_carbon/ocs_")
    asked = len(served.asked)
    carbon(place)
    assert len(served.asked) == asked


def test_soil_carbon_becomes_the_stock_that_respiration_counts(place, archives):
    """t ha-1 of 0-30 cm: a tenth of it in kg m-2, times (1 - b^20) / (1 - b^30)."""
    archive = soil()
    archive.stock[:] = 60
    archives(**{ISRIC: archive.answer})
    entry = {"file": str(carbon(place)), "key": "soil_carbon", "depth_shape": 0.9786}
    entry |= downloads.CARBON["soilgrids"]
    made = place / "native.tif", place / "warped.tif"
    warp_soil_carbon(entry, place / "grid.tif", *made, mem_mb=100)
    expected = 6.0 * (1 - 0.9786**20) / (1 - 0.9786**30)
    assert expected == pytest.approx(4.41, abs=0.01)
    assert raster.read(made[1]) == pytest.approx(np.full((CELLS, CELLS), expected), rel=1e-6)


def test_a_map_without_the_study_and_a_web_page(place, archives):
    archive = soil()
    archive.stock[:] = -32768
    served = archives(**{ISRIC: archive.answer})
    with pytest.raises(clip.OutsideStudy, match="no value in the study's area"):
        carbon(place)
    assert not (place / "carbon.tif").exists()
    served.answers[ISRIC] = lambda request: Reply("<html>maintenance", 200)
    (place / "data/soil_carbon/ocs_0-30cm_mean_1000.tif").unlink()
    with pytest.raises(transfer.LoginRefused, match="web page"):
        carbon(place)
    assert not list((place / "data/soil_carbon").glob("*.tif"))


def countries():
    """Two countries that meet at 105.5 E; each map is absent in the other one."""
    first, second = np.full((240, 240), 12.5), np.full((240, 240), 700.0)
    first[:, 120:] = second[:, :120] = -99999
    return WorldPop({"CHN": (first, 104.5, 37.5), "MNG": (second, 104.5, 37.5)})


def population(place, names=("CHN", "MNG"), year=2020):
    chosen = {"population_countries": list(names), "population_year": year, "country": ""}
    about = downloads.raster({"acquire": chosen}, "population")
    brought("population", "worldpop", about, place, "people.tif")
    return raster.read(place / "people.tif")


def test_population_of_two_countries_is_one_map(place, archives):
    served = archives(**{WORLDPOP: countries().answer})
    people = population(place)
    middle = people.shape[1] // 2
    assert set(people[:, : middle - 1].ravel()) == {12.5}
    assert set(people[:, middle + 1 :].ravel()) == {700.0}
    assert raster.tags_of(place / "people.tif")["unit"] == "km-2"
    listed = [row["file"] for row in records.read_list(place / "files.csv")]
    assert listed == ["population/chn_pd_2020_1km.tif", "population/mng_pd_2020_1km.tif"]
    asked = len(served.asked)
    assert np.array_equal(population(place), people, equal_nan=True)
    assert len(served.asked) == asked


def test_one_country_leaves_the_other_absent_and_an_unknown_one_is_named(place, archives):
    archives(**{WORLDPOP: countries().answer})
    people = population(place, ["CHN"])
    assert np.isnan(people[:, -3:]).all() and (people[:, :3] == 12.5).all()
    with pytest.raises(transfer.NotThere, match="xxx_pd_2020"):
        population(place, ["CHN", "XXX"])


STUDY = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2009],
    "tiles": ["h26v05"],
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [{"name": "county", "kind": "area"}],
    "respiration": {"model": "chen2010", "reason": "a test"},
    "soil_carbon": {
        "file": "soil_carbon.tif",
        "unit": "t C ha-1",
        "depth_cm": [0, 30],
        "depth_shape": 0.9786,
    },
    "detectors": [
        {
            "name": "mean_nep",
            "of": "pixel/nep_mean",
            "factors": [
                {"name": "temperature", "layer": "pixel/temperature_mean"},
                {"name": "people", "file": "population.tif", "unit": "km-2"},
            ],
        }
    ],
    "acquire": {
        "soil_carbon": "soilgrids",
        "population": "worldpop",
        "population_countries": ["CHN"],
    },
}


def loaded(root, tmp_path, **keys):
    (tmp_path / "studies").mkdir(exist_ok=True)
    (tmp_path / "defaults.yaml").write_text((root / "config/defaults.yaml").read_text())
    (tmp_path / "studies/own.yaml").write_text(yaml.safe_dump(STUDY | keys))
    schema = root / "workflow/schemas/study.schema.yaml"
    return load.load_study("own", tmp_path, schema, "data", "results")


def test_what_is_brought_is_declared_as_it_comes(root, tmp_path):
    assert downloads.countries(loaded(root, tmp_path)) == ["CHN"]
    other = STUDY["soil_carbon"] | {"unit": "kg C m-2"}
    with pytest.raises(BadStudy, match=r"brings t C ha-1 of 0-30 cm\. Declare it so: soil_carbon"):
        loaded(root, tmp_path, soil_carbon=other)
    acquire = {"population": "worldpop"}
    with pytest.raises(BadStudy, match="comes by country"):
        loaded(root, tmp_path, acquire=acquire)
    named = acquire | {"country": "LUX"}
    assert downloads.countries(loaded(root, tmp_path, acquire=named)) == ["LUX"]
    with pytest.raises(BadStudy, match="Add a factor that reads it"):
        loaded(root, tmp_path, acquire=named, detectors=[])
    factors = [STUDY["detectors"][0]["factors"][0], {"name": "people", "file": "population.tif"}]
    with pytest.raises(BadStudy, match="Add a factor that reads it"):
        loaded(
            root, tmp_path, acquire=named, detectors=[STUDY["detectors"][0] | {"factors": factors}]
        )


@pytest.mark.parametrize("switch", [True, False])
def test_rules_bring_them_where_the_site_downloads(root, tmp_path, switch):
    copy = Workflow(root, tmp_path / "copy", mine=STUDY)
    site = {"studies": ["mine"], "raw": "data", "acquire": switch}
    (copy.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    raw = copy.folder / "data/mine"
    raw.mkdir(parents=True)
    (raw / "area.gpkg").write_bytes(b"x")
    for name, file in (
        ("soil/carbon", "soil_carbon.tif"),
        ("factors/people", "population.tif"),
    ):
        said = copy.run("-n", f"results/mine/{name}.tif", fails=not switch)
        assert (f"results/mine/acquired/{file}" in said) == switch
        assert (f"data/mine/{file}" in said) == (not switch), "only then is it the user's"
    said = copy.run("-n", "downloads")
    assert bool(re.search(r"^acquire_raster +2$", said, re.M)) == switch


def test_records_name_no_study(place, archives):
    archives(**{WORLDPOP: countries().answer})
    population(place, ["MNG"])
    path = place / "data/population/mng_pd_2020_1km.tif.source.json"
    record = json.loads(path.read_text())
    assert record["address"].endswith("/2020/MNG/mng_pd_2020_1km.tif")
    assert record["citation"].startswith("WorldPop")
