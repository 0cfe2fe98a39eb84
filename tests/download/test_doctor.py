"""`doctor` on a set-up with planted faults, and on a sound one."""

import contextlib
import importlib.util
import io
import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from unittest import mock

import geopandas
import numpy as np
import pytest
import rasterio
import tiles
import yaml
from copies import Workflow
from earthdata_archive import CMR, Earthdata, log_in
from nepflow.download import transfer
from nepflow.inputs import checks
from nepflow.study import modis
from rasterio.transform import from_origin
from shapely import box

STUDY = {
    "title": "t",
    "citation": "c",
    "period": [2001, 2003],
    "tiles": ["h26v05"],
    "grid": {"resolution_m": 5000},
    "climate": {"variables": ["temperature", "precipitation"], "min_stations": 4},
}


def tile(folder, year, produced="2021001000000"):
    return tiles.write_npp(folder, "h26v05", np.ones((4, 4)), year=year, produced=produced)


def lay_out(copy):
    """Sound raw inputs of the study."""
    raw = copy.folder / "data/mine"
    (raw / "modis").mkdir(parents=True)
    for year in (2001, 2002, 2003):
        tile(raw / "modis", year)
    geopandas.GeoDataFrame({"name": ["a"]}, geometry=[box(105, 36, 106, 37)], crs=4326).to_file(
        raw / "area.gpkg"
    )
    with rasterio.open(
        raw / "dem.tif",
        "w",
        driver="GTiff",
        width=30,
        height=30,
        count=1,
        dtype="float32",
        crs="EPSG:4326",
        transform=from_origin(104, 38, 0.1, 0.1),
    ) as dem:
        dem.write(np.full((30, 30), 1100, "float32"), 1)
    rows = ["station,lon,lat,elevation_m,date,temperature_degc,precipitation_mm"]
    rows += [
        f"s{n},105.{n},36.5,1100,2001-01-{day:02d},3.0,0.5" for n in range(5) for day in (1, 2)
    ]
    (raw / "stations.csv").write_text("\n".join(rows) + "\n")
    return raw


@pytest.fixture
def copy(root, tmp_path):
    """A copy of the project with one sound study."""
    made = Workflow(root, tmp_path / "copy", mine=STUDY)
    made.raw = lay_out(made)
    made.environment = {
        name: value for name, value in os.environ.items() if not name.startswith("EARTHDATA_")
    } | {"NETRC": str(tmp_path / "netrc")}
    spec = importlib.util.spec_from_file_location(
        "doctor_command", root / "workflow/scripts/commands/doctor.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made.command = module.main
    return made


def examine(copy, faults, *words, apart=False):
    """Run the command; return the faults with their remedies, and all that it says."""
    if apart:
        line = [sys.executable, "workflow/scripts/commands/doctor.py", "mine", *words]
        done = subprocess.run(
            line, cwd=copy.folder, capture_output=True, text=True, env=copy.environment
        )
        assert "Traceback" not in done.stderr, done.stderr
        said, code = done.stdout, done.returncode
    else:
        out = io.StringIO()
        with (
            contextlib.redirect_stdout(out),
            mock.patch.dict(os.environ, copy.environment, clear=True),
        ):
            code = copy.command(["mine", *words], copy.folder)
        said = out.getvalue()
    found = re.findall(r"^FAULT (.*)\n      remedy: (.+)$", said, re.M)
    assert len(found) == faults and code == faults, said
    return found, said


def test_a_sound_set_up_has_no_fault(copy):
    _, said = examine(copy, 0)
    assert "All is well" in said and "3 years of 1 tiles are sound" in said


@pytest.mark.slow
def test_planted_faults_are_named_with_their_remedies(copy, tmp_path):
    raw, folder = copy.raw, copy.folder
    lock = folder / "envs/requirements.txt"
    lock.write_text(re.sub(r"^numpy==\S+", "numpy==9.9.9", lock.read_text(), flags=re.M))
    (tmp_path / "fake/pyhdf").mkdir(parents=True)
    (tmp_path / "fake/pyhdf/__init__.py").write_text("raise ImportError('libmfhdf.so is missing')")
    copy.environment["PYTHONPATH"] = str(tmp_path / "fake")
    (tmp_path / "netrc").write_text("machine example.org login a password b\n")
    (tmp_path / "netrc").chmod(0o644)
    rules = folder / "workflow/rules/npp.smk"
    rules.write_text(rules.read_text().replace("by_attempt(1500)", "by_attempt(90000000)", 1))
    (raw / "area.gpkg").unlink()
    geopandas.GeoDataFrame({"county": ["a"]}, geometry=[box(105, 36, 106, 37)], crs=4326).to_file(
        raw / "area.gpkg"
    )
    (raw / "dem.tif").unlink()
    (raw / "stations.csv").write_text("station,longitude,lat\n1,2,3\n")
    for path in (raw / "modis").glob("*2001001*h26v05*"):
        path.write_text("<!DOCTYPE html><html>Earthdata Login</html>")
    tile(raw / "modis", 2002, "2022001000000")
    next((raw / "modis").glob("*A2003*")).unlink()
    copy.study(mine=STUDY | {"acquire": {"tiles": "earthdata"}, "grid": {"resolution_m": 0.5}})
    found, said = examine(copy, 12, apart=True)
    for fault, remedy in (
        (r"environment: numpy is \S+, the lock has 9.9.9", "Delete .venv"),
        (r"HDF4: ImportError: libmfhdf.so is missing", "Install pyhdf"),
        (r"netrc: .*netrc can be read by others", "chmod 600"),
        (r"login: no Earthdata login", "set EARTHDATA_TOKEN"),
        (r"disk: raw and results: .* GB needed", "larger grid.resolution_m"),
        (r"memory: \d+ MB, the largest job asks for 90000000 MB", "more memory"),
        (r"tiles: .*A2001001.*is a web page saved as .hdf", "get it again"),
        (r"tiles: .*is there in 2 versions", "."),
        (r"tiles: .*061 of 2003 for h26v05", "Get them"),
        (r"area: BadArea: .*has no column name, but county", "Mend the file"),
        (r"dem: BadGrid: .*dem.tif", "Put a raster of elevation there"),
        (r"stations: BadStations: .*stations.csv", "Put station records there"),
    ):
        assert any(re.search(fault, text) and remedy in way for text, way in found), (fault, said)


def test_a_fault_of_the_study_file(copy, capsys):
    copy.study(mine=STUDY | {"perido": [1, 2]})
    assert copy.command(["mine"], copy.folder) == 1
    assert re.search(r"FAULT study: .*perido", capsys.readouterr().out, re.S)


def test_tiles_and_elevation_that_do_not_cover_the_area(copy):
    (copy.raw / "area.gpkg").unlink()
    geopandas.GeoDataFrame({"name": ["a"]}, geometry=[box(90, 36, 106, 37)], crs=4326).to_file(
        copy.raw / "area.gpkg"
    )
    found, _ = examine(copy, 2)
    said = next(text for text, _ in found if text.startswith("area"))
    assert "reaches into the tiles h25v05" in said and "Set tiles: [h25v05, h26v05]" in said
    assert any("dem: data/mine/dem.tif does not cover the area" in text for text, _ in found)


def test_what_nobody_brought_is_said_once_with_the_switch(copy):
    """A newcomer: a study of `make init`, nothing downloaded, `acquire: true` forgotten."""
    for path in [*(copy.raw / "modis").iterdir(), copy.raw / "dem.tif", copy.raw / "stations.csv"]:
        path.unlink()
    acquire = {"tiles": "earthdata", "stations": "gsod", "dem": "copernicus_glo90"}
    copy.study(mine=STUDY | {"acquire": acquire})
    copy.environment["EARTHDATA_TOKEN"] = "token"
    found, _ = examine(copy, 3)
    assert any("MOD17A3HGF collection 061 of 2001 2002 2003 for h26v05" in t for t, _ in found)
    assert all("say `acquire: true` in config/config.yaml" in way for _, way in found)


def test_a_truncated_tile(copy):
    path = next((copy.raw / "modis").glob("*A2002*"))
    path.write_bytes(path.read_bytes()[:500])
    found, _ = examine(copy, 1)
    assert "is cut off or damaged" in found[0][0] and str(path.name) in found[0][1]


def test_months_of_a_study_that_models_npp_by_light(copy):
    """All dates of a year; one missing, one in two productions, one cut off is named."""
    for path in (copy.raw / "modis").iterdir():
        path.unlink()
    days = {2001: modis.begins_of("MOD13A3", 2001), 2002: modis.begins_of("MOD13A3", 2002)}
    write = partial(tiles.write_ndvi, copy.raw / "modis", "h26v05", *np.ones((2, 4, 4)))
    written = {(y, d): Path(write(year=y, day=d)) for y in days for d in days[y]}
    for year in days:
        tiles.write_landcover(copy.raw / "modis", "h26v05", np.ones((4, 4)), year=year)
    rows = (copy.raw / "stations.csv").read_text().replace("_mm\n", "_mm,radiation_mj_m2\n")
    (copy.raw / "stations.csv").write_text(rows.replace("0.5\n", "0.5,11\n"))
    light = STUDY | {"period": [2001, 2002], "npp": {"source": "casa"}}
    light["climate"] = STUDY["climate"] | {
        "variables": ["temperature", "precipitation", "radiation"]
    }
    copy.study(mine=light)
    _, said = examine(copy, 0)
    assert "mod13a3_061: 2 years of 1 tiles are sound" in said
    whole = written[2001, 60].read_bytes()
    written[2001, 60].write_bytes(whole[:-200])
    written[2002, 335].unlink()
    found, _ = examine(copy, 2)
    assert any("A2001060" in text and "is cut off or damaged" in text for text, _ in found)
    assert any("MOD13A3 collection 061 of 2002335 for h26v05" in text for text, _ in found)
    assert all("Get them" in way or "get it again" in way for _, way in found)


def test_what_a_rule_will_bring_need_not_be_there(copy):
    copy.study(
        mine=STUDY
        | {"acquire": {"tiles": "earthdata", "stations": "gsod", "dem": "copernicus_glo90"}}
    )
    site = {"studies": ["mine"], "raw": "data", "acquire": True}
    (copy.folder / "config/config.yaml").write_text(yaml.safe_dump(site))
    for path in [*(copy.raw / "modis").iterdir(), copy.raw / "dem.tif", copy.raw / "stations.csv"]:
        path.unlink()
    copy.environment["EARTHDATA_TOKEN"] = "token"
    _, said = examine(copy, 0)
    assert "dem: will be brought (copernicus_glo90)" in said
    name = "MOD17A3HGF.A2001001.h26v05.061.2021001000000.hdf"
    lock = copy.folder / "config/locks/mine.csv"
    lock.parent.mkdir(exist_ok=True)
    row = f"{name},https://data.lpdaac.earthdatacloud.nasa.gov/x/{name},,,,{'0' * 64}\n"
    lock.write_text("file,address,size,algorithm,checksum,sha256\n" + row)
    assert "lock file: mine.csv: 1 tiles at hosts of Earthdata" in examine(copy, 0)[1]
    lock.write_text(lock.read_text().replace("earthdatacloud.nasa.gov", "example.org"))
    [(text, remedy)], _ = examine(copy, 1)
    assert "mine.csv, line 2" in text and "data.lpdaac.example.org" in text and "delete" in remedy


def test_memory_of_a_small_machine(tmp_path, root):
    (tmp_path / "meminfo").write_text("MemTotal:        1048576 kB\nMemFree: 1 kB\n")
    finding = next(checks.memory(root / "workflow/rules", tmp_path / "meminfo"))
    assert not finding.well and finding.text.startswith("1024 MB")
    assert next(checks.memory(root / "workflow/rules", tmp_path / "none")).well


def test_a_login_is_tried_by_a_question(archives, monkeypatch):
    """A token is believed until it is used; --live uses it."""
    served = archives(**Earthdata({}).answers)
    study = {"acquire": {"tiles": "earthdata"}}
    log_in(monkeypatch)
    assert list(checks.login(study, live=True))[-1].text == "accepted by Earthdata"
    assert served.count(CMR) == 1
    monkeypatch.setenv("EARTHDATA_TOKEN", "expired-token")
    with pytest.raises(transfer.LoginRefused, match="generate a new one"):
        list(checks.login(study, live=True))
