"""The plan of a study: counted by hand from its settings."""

import pytest
import yaml
from nepflow.inputs import plan
from nepflow.study import datasets as study_datasets
from nepflow.study import load


def loaded(root, tmp_path, **keys):
    (tmp_path / "studies").mkdir()
    (tmp_path / "defaults.yaml").write_text((root / "config/defaults.yaml").read_text())
    own = {
        "title": "t",
        "citation": "c",
        "tiles": ["h25v04", "h25v05"],
        "period": [2001, 2003],
        **keys,
    }
    (tmp_path / "studies/own.yaml").write_text(yaml.safe_dump(own))
    schema = root / "workflow/schemas/study.schema.yaml"
    return load.load_study("own", tmp_path, schema, str(tmp_path / "data"), "results")


ZONES = [{"name": "landcover", "kind": "landcover"}]
CLIMATE = {"variables": ["temperature", "precipitation"]}


def test_files_and_size(root, tmp_path):
    found = plan.plan(loaded(root, tmp_path, climate=CLIMATE, zones=ZONES), study_datasets.load())
    by_name = {row["dataset"]: row for row in found}
    assert set(by_name) == {"mod17a3hgf_061", "mcd12q1_061"}
    assert by_name["mod17a3hgf_061"]["files"] == 2 * 3
    assert by_name["mod17a3hgf_061"]["gb"] == pytest.approx(6 * 6 / 1000)
    assert by_name["mod17a3hgf_061"]["present"] == 0
    assert (
        by_name["mcd12q1_061"]["checked_live"]
        == study_datasets.load()["mcd12q1_061"]["checked_live"]
    )


def test_tiles_that_are_there_are_counted(root, tmp_path):
    folder = tmp_path / "data/own/modis/2001"
    folder.mkdir(parents=True)
    for name in (
        "MOD17A3HGF.A2001001.h25v04.061.2021001000000.hdf",
        "MOD17A3HGF.A2001001.h25v04.061.2022001000000.hdf",  # the same tile again
        "MOD17A3HGF.A2009001.h25v04.061.2021001000000.hdf",  # another year
        "MOD17A3HGF.A2001001.h08v05.061.2021001000000.hdf",  # another tile
        "MOD17A3HGF.A2001001.h25v05.006.2021001000000.hdf",  # another collection
    ):
        (folder / name).touch()
    rows = plan.plan(loaded(root, tmp_path, climate=CLIMATE), study_datasets.load())
    assert [row["present"] for row in rows] == [1]


def test_the_plan_says_how_tiles_come_to_the_grid(root, tmp_path):
    own = loaded(root, tmp_path, climate=CLIMATE, zones=ZONES, grid={"resolution_m": 5000})
    text = plan.table_text(plan.plan(own, study_datasets.load()))
    came = "cells of 463 m come to cells of 5000 m by"
    wide = "(auto: a cell is 10.8 cells of the product wide)"
    assert f"mod17a3hgf_061: {came} average {wide}." in text
    assert f"mcd12q1_061: {came} mode {wide}." in text


def test_retired_year_2000_is_said_with_the_remedy(root, tmp_path):
    settings = loaded(
        root, tmp_path, period=[2000, 2003], climate=CLIMATE, npp={"year_2000": "collection_006"}
    )
    rows = plan.plan(settings, study_datasets.load())
    old = next(row for row in rows if row["dataset"] == "mod17a3hgf_006")
    assert (old["files"], old["login"]) == (2, "none")
    text = plan.table_text(rows)
    assert "Bring the tiles" in text and "npp.year_2000 to drop" in text
    assert "To download: at most 0.0 GB" in text  # 2 x 3 x 6 MB; the retired ones do not count


def test_harmonising_needs_both_collections_in_the_overlap(root, tmp_path):
    settings = loaded(
        root,
        tmp_path,
        period=[2000, 2003],
        climate=CLIMATE,
        npp={"year_2000": "collection_006_harmonised", "overlap": [2001, 2010]},
    )
    files = {row["dataset"]: row["files"] for row in plan.plan(settings, study_datasets.load())}
    assert files == {"mod17a3hgf_006": 2 * 11, "mod17a3hgf_061": 2 * 10}


LIGHT = CLIMATE["variables"] + ["radiation"]


def test_npp_by_light_needs_every_month_and_the_vegetation(root, tmp_path):
    """Without zones of land cover too: the vegetation types are those of MCD12Q1."""
    settings = loaded(
        root, tmp_path, climate={"variables": LIGHT}, npp={"source": "casa", "compare": None}
    )
    rows = {row["dataset"]: row for row in plan.plan(settings, study_datasets.load())}
    assert {name: row["files"] for name, row in rows.items()} == {
        "mod13a3_061": 2 * 3 * 12,
        "mcd12q1_061": 2 * 3,
    }
    assert rows["mod13a3_061"]["gb"] == pytest.approx(72 * 8 / 1000)


def test_the_series_of_ndvi_begins_in_february_2000(root, tmp_path):
    """Compared with MOD17A3HGF from 2001 on; land cover of 2000 is that of 2001 by choice."""
    settings = loaded(
        root,
        tmp_path,
        climate={"variables": LIGHT},
        npp={"source": "casa", "compare": "mod17"},
        period=[2000, 2001],
        ndvi={"product": "MOD13Q1", "january_2000": "climatology"},
        landcover={"substitute": [{"year": 2000, "by": 2001}]},
    )
    files = {row["dataset"]: row["files"] for row in plan.plan(settings, study_datasets.load())}
    # dates of MOD13Q1: 49, 65, ... 353 in 2000; 1, 17, ... 353 in 2001
    assert files == {"mod13q1_061": 2 * (20 + 23), "mod17a3hgf_061": 2 * 1, "mcd12q1_061": 2 * 1}


def test_months_that_are_there_are_counted(root, tmp_path):
    folder = tmp_path / "data/own/modis"
    folder.mkdir(parents=True)
    for begin, tile, produced in (
        ("2001001", "h25v04", 1),
        ("2001032", "h25v04", 1),
        ("2001032", "h25v04", 2),
        ("2001032", "h25v05", 1),
        ("2001033", "h25v05", 1),  # no composite begins on day 33
    ):
        (folder / f"MOD13A3.A{begin}.{tile}.061.202100100000{produced}.hdf").touch()
    settings = loaded(
        root, tmp_path, climate={"variables": LIGHT}, npp={"source": "casa", "compare": None}
    )
    rows = {row["dataset"]: row["present"] for row in plan.plan(settings, study_datasets.load())}
    assert rows["mod13a3_061"] == 3


def test_everything_acquired_is_in_the_plan(root, tmp_path):
    chosen = {
        "tiles": "earthdata",
        "stations": "gsod",
        "radiation": "nasa_power",
        "dem": "copernicus_glo90",
        "area": "geoboundaries",
        "country": "CHN",
        "max_stations": 50,
    }
    settings = loaded(root, tmp_path, climate=CLIMATE, acquire=chosen)
    rows = plan.plan(settings, study_datasets.load(), bounds=(73.4, 31.2, 75.0, 32.5))
    files = {row["input"]: row["files"] for row in rows}
    assert files == {"tiles": 6, "stations": 150, "radiation": 50, "dem": 2 * 2, "area": 1}
    assert {row["input"]: row["files"] for row in plan.plan(settings, study_datasets.load())}[
        "dem"
    ] is None


KEYS = (
    "input",
    "dataset",
    "product",
    "version",
    "years",
    "files",
    "gb",
    "present",
    "resampling",
    "years_missing",
    "retired",
    "login",
    "licence",
    "citation",
    "addresses",
    "mirror",
    "mirror_checked",
    "checksum",
    "checked_live",
    "brought",
)


def test_the_plan_says_what_the_register_knows(root, tmp_path):
    """Product, version, years, licence, citation, address and checksum of each dataset."""
    chosen = {"stations": "gsod", "dem": "copernicus_glo90"}
    datasets = study_datasets.load()
    rows = plan.plan(loaded(root, tmp_path, climate=CLIMATE, acquire=chosen), datasets)
    text = plan.table_text(rows)
    assert len(rows) == 3
    for row in rows:
        assert tuple(row) == KEYS
        dataset = datasets[row["dataset"]]
        for key in ("product", "version", "licence", "citation", "checksum"):
            assert dataset[key] in text, key
    assert "mod17a3hgf_061: MOD17A3HGF 061, 2001-\n    cite: Running, S. and Zhao, M." in text
    for address in datasets["gsod"]["addresses"].values():
        assert f": {address}\n" in text
    for name in ("gsod", "copernicus_glo90", "mod17a3hgf_061"):
        mirror, day = datasets[name]["mirror"], datasets[name]["mirror_checked"]
        assert f"    mirror: {mirror} (checked {day})\n    checksum: " in text


def test_only_what_a_rule_brings_is_downloaded(root, tmp_path):
    """Tiles that the user brings stand in the plan, and count for no download."""
    own = loaded(root, tmp_path, climate=CLIMATE)
    rows = plan.plan(own, study_datasets.load())
    assert [row["brought"] for row in rows] == [False] and plan.download_gb(rows) == 0
    study_of_rule = own | {"acquire": own["acquire"] | {"tiles": "earthdata"}}
    rows = plan.plan(study_of_rule, study_datasets.load())
    assert plan.download_gb(rows) == pytest.approx(6 * 6 / 1000)


OWN = {
    "climate": CLIMATE
    | {
        "source": "grids",
        "grids": [
            {"variable": "temperature", "file": "t.nc", "unit": "K", "first_month": "2001-01"},
            {
                "variable": "precipitation",
                "file": "p_{year}.tif",
                "unit": "mm month-1",
                "first_month": "{year}-01",
            },
        ],
        "downscaling": {"lapse_rate_k_per_km": -6.5, "elevation": "z.tif"},
    },
    "npp": {"source": "rasters", "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"}},
    "respiration": {"model": "chen2010", "reason": "a test"},
    "soil_carbon": {
        "file": "soc.tif",
        "unit": "t C ha-1",
        "depth_cm": [0, 30],
        "depth_shape": 0.98,
    },
    "plots": {"file": "srdb.csv"},
    "sites": {"file": "/shared/sites.csv"},
    "zones": [
        {"name": "county", "kind": "area"},
        {"name": "dry_wet", "kind": "file", "file": "dry_wet.shp", "name_field": "zone"},
    ],
    "detectors": [
        {
            "name": name,
            "of": "pixel/nep_mean",
            "factors": [
                {"name": "slope", "layer": "slope"},
                {"name": "people", "file": "population.tif", "unit": "km-2"},
                {"name": "karst", "file": "karst.gpkg", "name_field": "kind"},
            ],
        }
        for name in ("first", "second")
    ],
    "min_years": 3,
}


def test_what_no_rule_brings_is_yours(root, tmp_path):
    """Path and where from, of every input that no download rule brings; each once."""
    settings = loaded(root, tmp_path, **OWN)
    folder = tmp_path / "data/own"
    folder.mkdir(parents=True)
    (folder / "p_2002.tif").touch()
    found = plan.rows(settings, plan.plan(settings, study_datasets.load()), tmp_path)
    rows = {row["input"]: row for row in found}
    assert len(rows) == len(found)
    assert list(rows) == [
        "area",
        "dem",
        "climate.grids",
        "climate.downscaling",
        "npp.rasters",
        "soil_carbon",
        "plots",
        "sites",
        "zones dry_wet",
        "factor people",
        "factor karst",
    ]
    assert (rows["climate.grids"]["files"], rows["climate.grids"]["present"]) == (4, 1)
    assert rows["npp.rasters"]["path"] == f"{folder}/npp_2001.tif ... npp_2003.tif"
    assert rows["sites"]["path"] == "/shared/sites.csv"
    assert "acquire.population: worldpop" in rows["factor people"]["where"]
    text = plan.own_files_text(found)
    assert f"plots: {folder}/srdb.csv (0 of 1 there)\n    from the Global Soil Respiration" in text


def test_what_a_rule_brings_is_not_yours(root, tmp_path):
    chosen = {
        "tiles": "earthdata",
        "stations": "gsod",
        "dem": "copernicus_glo90",
        "area": "geoboundaries",
        "country": "CHN",
        "soil_carbon": "soilgrids",
        "population": "worldpop",
    }
    settings = loaded(root, tmp_path, **OWN | {"acquire": chosen, "climate": CLIMATE})
    planned = plan.plan(settings, study_datasets.load())
    files = {row["input"]: row["files"] for row in planned}
    assert (files["soil carbon"], files["population"]) == (1, 1)
    assert [row["input"] for row in plan.rows(settings, planned)] == [
        "npp.rasters",
        "plots",
        "sites",
        "zones dry_wet",
        "factor karst",
    ]
    assert plan.rows(settings | {"simulated": True}, planned) == []
    assert plan.own_files_text([]) == ""


def test_retired_tiles_are_yours_whoever_brings_the_others(root, tmp_path):
    settings = loaded(
        root,
        tmp_path,
        period=[2000, 2003],
        climate=CLIMATE,
        npp={"year_2000": "collection_006"},
        acquire={"tiles": "earthdata"},
    )
    found = plan.rows(settings, plan.plan(settings, study_datasets.load()))
    assert [row["input"] for row in found] == ["MOD17A3HGF.006", "area", "dem", "stations"]
    assert "no archive any more: withdrawn" in found[0]["where"]


def test_years_before_a_product_are_named(root, tmp_path):
    settings = loaded(root, tmp_path, climate=CLIMATE, acquire={"radiation": "nasa_power"})
    datasets = study_datasets.load()
    datasets["nasa_power"] = datasets["nasa_power"] | {"years": [2002, 2002]}
    row = plan.plan(settings, datasets)[-1]
    assert (row["years_missing"], row["years"]) == ("2001 2003", "2002-2002")
    assert "has no data of 2001 2003" in plan.table_text([row])
