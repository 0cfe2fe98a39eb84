"""Raw files that are not there: told by their names and sizes."""

import os
from pathlib import Path

import pytest
import yaml
from nepflow.study import files, load, modis

OWN = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2003],
    "tiles": ["h26v05"],
    "npp": {
        "source": "rasters",
        "rasters": {"file": "npp/{year}.tif", "unit": "g C m-2 yr-1"},
    },
    "climate": {"variables": ["temperature", "precipitation"]},
    "zones": [
        {"name": "part", "kind": "area"},
        {"name": "park", "kind": "file", "file": "park.shp", "name_field": "name"},
    ],
    "figures": [],
}


@pytest.fixture
def there(root, tmp_path, monkeypatch):
    """The complete settings of a study whose raw files are all there, a byte each."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config/studies").mkdir(parents=True)
    (tmp_path / "config/defaults.yaml").write_text((root / "config/defaults.yaml").read_text())
    (tmp_path / "config/studies/own.yaml").write_text(yaml.safe_dump(OWN))
    schema = root / "workflow/schemas/study.schema.yaml"
    settings = load.load_study("own", tmp_path / "config", schema, "data", "results")
    paths = [path for _, path in files.raw_files(settings)]
    for path in [*map(Path, paths), Path("data/own/park.dbf"), Path("data/own/park.SHX")]:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    return settings


def empty(path):
    path.write_bytes(b"")


def link_to_nothing(path):
    path.unlink()
    path.symlink_to("archive/that/went")


def empty_folder(path):
    path.unlink()
    path.mkdir()


def lose(path):
    path.unlink()


@pytest.mark.parametrize(
    ("name", "spoil", "path", "said"),
    [
        ("npp/2002.tif", lose, "npp/2002.tif", "no such file (npp.rasters)"),
        ("npp/2003.tif", empty, "npp/2003.tif", "an empty file (0 bytes) (npp.rasters)"),
        ("area.gpkg", lose, "area.gpkg", "no such file (area)"),
        ("dem.tif", link_to_nothing, "dem.tif", "a link to nothing (dem)"),
        ("stations.csv", empty, "stations.csv", "an empty file (0 bytes) (stations)"),
        ("stations.csv", empty_folder, "stations.csv", "an empty folder (stations)"),
        ("park.dbf", lose, "park.shp", "a shapefile without its .dbf (zones park)"),
        ("park.SHX", lose, "park.shp", "a shapefile without its .shx (zones park)"),
    ],
)
def test_what_is_wrong_with_a_raw_file(there, name, spoil, path, said):
    assert files.faults(there) == {}
    spoil(Path("data/own", name))
    found = files.faults(there)
    assert list(found) == [f"data/own/{path}"]
    text = files.refusal(there, f"data/own/{path}", found)
    assert text.startswith("config/studies/own.yaml: ") and f"data/own/{path}: {said}" in text
    assert "`make doctor STUDY=own`" in text


def test_all_that_is_missing_is_listed_that_of_the_job_first(there):
    for name in ("area.gpkg", "npp/2001.tif", "npp/2002.tif", "npp/2003.tif", "dem.tif"):
        Path("data/own", name).unlink()
    text = files.refusal(there, "data/own/dem.tif", files.faults(there), most=3)
    lines = text.splitlines()
    assert len(lines) == 6 and "dem.tif" in lines[1] and lines[4] == "  and 2 more"


def test_what_rules_make_or_bring_is_not_looked_for(there):
    Path("data/own/dem.tif").unlink()
    brought = there["files"] | {"dem": "results/own/acquired/dem.tif"}
    assert files.faults(there | {"files": brought, "brings": ["dem", "tiles"]}) == {}
    assert files.faults(there | {"simulated": True}) == {}


def test_a_longer_period_needs_the_rasters_of_its_years(there):
    assert list(files.faults(there | {"years": [2001, 2002, 2003, 2004]})) == [
        "data/own/npp/2004.tif"
    ]


def test_tiles_are_found_in_linked_folders(tmp_path):
    """A folder a year, links to an archive; a link that leads back ends."""
    archive = tmp_path / "archive/2001"
    archive.mkdir(parents=True)
    name = "MOD17A3HGF.A2001001.h26v05.061.2020048193422.hdf"
    (archive / name).write_bytes(b"x")
    (tmp_path / "modis").mkdir()
    (tmp_path / "modis/2001").symlink_to(archive, target_is_directory=True)
    (tmp_path / "modis/again").symlink_to(tmp_path / "modis", target_is_directory=True)
    (found,) = modis.find_tiles(tmp_path / "modis", "MOD17A3HGF", "061", 2001, ["h26v05"])
    assert found == os.path.join(tmp_path, "modis/2001", name)
