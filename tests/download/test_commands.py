"""`plan`, `lock_granules` and `fetch` as commands."""

import json
import re
import shutil
import sys

import geopandas
import numpy as np
import pytest
import yaml
from archives import Reply
from nepflow.download import earthdata, transfer
from nepflow.study import load
from PIL import Image

QUICK = {"patience": transfer.Patience(tries=2, first_s=0.01), "sleep": lambda _: None}


@pytest.fixture(scope="module", autouse=True)
def commands(root):
    """Make the commands importable under a name of their own."""
    sys.path.append(str(root / "workflow/scripts/commands"))
    yield
    sys.path.remove(str(root / "workflow/scripts/commands"))


@pytest.fixture
def top(root, tmp_path):
    """A folder with the configuration of the project."""
    shutil.copytree(root / "config", tmp_path / "config")
    shutil.copytree(root / "workflow/schemas", tmp_path / "workflow/schemas")
    return tmp_path


def test_plan_of_the_paper(top, capsys):
    import plan

    assert plan.main(["northwest_china"], top) == 0
    said = capsys.readouterr().out
    assert "mod17a3hgf_061" in said and "230" in said  # 10 tiles, 23 years
    assert "mod17a3hgf_006: withdrawn" in said
    assert "Yours to bring:\n" in said and "dem: data/northwest_china/dem.tif (0 of 1" in said
    assert "does not say `acquire: true`" in said
    assert plan.main(["no_such_study"], top) == 1


def test_plan_names_tiles_beside_the_area(root, top, capsys):
    """The paper's list comes from a box round the provinces; Xinjiang does not fill its corner."""
    import plan

    paper = (root / "config/studies/northwest_china.yaml").read_text()
    tiles = yaml.safe_load(re.search(r"^tiles: (\[.*\])$", paper, re.M)[1])
    own = {"title": "t", "citation": "c", "period": [2001, 2003], "tiles": tiles}
    own["climate"] = {"variables": ["temperature", "precipitation"]}
    path = top / "config/studies/own.yaml"
    path.write_text(yaml.safe_dump(own))
    (top / "data/own").mkdir(parents=True)
    provinces = geopandas.read_file(root / "resources/northwest_china/provinces.geojson")
    provinces.to_file(top / "data/own/area.gpkg")
    assert plan.main(["own"], top) == 0
    said = capsys.readouterr().out
    assert "tiles: the area does not touch h22v04, h26v04; all that `tiles` names is used." in said
    assert "also touches" not in said
    assert re.search(r"mod17a3hgf_061 +30 ", said)  # 10 tiles, 3 years: the list stays as it is
    path.write_text(yaml.safe_dump(own | {"tiles": [t for t in tiles if t != "h26v05"]}))
    assert plan.main(["own"], top) == 0
    assert "also touches h26v05, which `tiles` does not name" in capsys.readouterr().out


def test_lock_of_a_study(top, capsys):
    import lock_granules

    assert lock_granules.main(["mine"], top) == 1
    folder = top / "results/mine/acquired"
    folder.mkdir(parents=True)
    for year in (2001, 2002):
        name = f"MOD17A3HGF.A{year}001.h25v04.061.2021001000000.hdf"
        row = dict.fromkeys(earthdata.LOCK_COLUMNS, "") | {
            "file": name,
            "address": f"https://data.lpdaac.earthdatacloud.nasa.gov/x/{name}",
            "sha256": "0" * 64,
        }
        earthdata.write_list([row], folder / f"MOD17A3HGF.061_{year}.csv")
    (folder / "dem_files.csv").write_text("file\n")
    assert lock_granules.main(["mine"], top) == 0
    rows = earthdata.locked(top / "config/locks/mine.csv", "MOD17A3HGF", "061", 2002, ["h25v04"])
    assert len(rows) == 1 and "2 tiles" in capsys.readouterr().out


def test_fetch_of_a_raster(top, archives, capsys):
    import fetch
    from public_archives import Elevation

    tif = Elevation([(0, 0)], lambda x, y: x + y).file(0, 0)
    archives(
        **{
            "data.worldpop.org": lambda r: Reply(tif),
            "files.isric.org": lambda r: Reply("<html>down", 200),
        }
    )
    assert (
        fetch.main(
            ["worldpop", str(top / "d"), "year=2020", "country=chn", "COUNTRY=CHN"], top, **QUICK
        )
        == 0
    )
    path = top / "d/chn_pd_2020_1km.tif"
    assert path.read_bytes() == tif
    assert (
        json.loads(path.with_name(f"{path.name}.source.json").read_text())["licence"] == "CC BY 4.0"
    )
    assert fetch.main(["soilgrids_soc", str(top / "d")], top, **QUICK) == 1
    assert fetch.main(["soil", str(top / "d")], top) == 1
    assert fetch.main(["worldpop", str(top / "d"), "year=2020"], top) == 1
    said = capsys.readouterr().err
    assert "web page" in said and "not in the register" in said and "needs COUNTRY" in said
    assert sorted(p.name for p in (top / "d").iterdir()) == [path.name, f"{path.name}.source.json"]


def test_substitutes_are_choices_of_the_report(root, top):
    from nepflow.report import notes
    from nepflow.study import load

    ledger = [
        {
            "input": "stations",
            "instead_of": "CMA daily data",
            "by": "GSOD",
            "reason": "CMA is not public",
        }
    ]
    path = top / "config/studies/own.yaml"
    path.write_text(yaml.safe_dump({"based_on": "northwest_china", "substitutes": ledger}))
    loaded = load.load_study(
        "own", top / "config", root / "workflow/schemas/study.schema.yaml", "data", "results"
    )
    assert ("stations instead of CMA daily data", "GSOD: CMA is not public") in notes.choices(
        loaded
    )


def test_figures_of_the_readme_keep_every_colour(top, capsys):
    """Narrower and with few colours, but none of the legend is lost to a more frequent one."""
    import copy_figures

    folder = top / "results" / load.settings(top)["studies"][0] / "figures"
    folder.mkdir(parents=True)
    assert copy_figures.main([], top) == 1
    assert "Run `make demo` first" in capsys.readouterr().err
    shades = np.random.default_rng(1).integers(0, 255, (900, 2200), dtype="uint8")
    pixels = np.stack([shades, shades, 255 - shades, np.full_like(shades, 255)], axis=2)
    rare = {(100, 60): (236, 180, 221), (100, 160): (155, 42, 16)}
    for (row, column), colour in rare.items():
        pixels[row : row + 40, column : column + 40, :3] = colour
    pixels[-300:, :, 3] = 0  # transparent: the page is white
    for name in copy_figures.NAMES:
        Image.fromarray(pixels).save(folder / f"{name}.png")
    small = copy_figures.smaller(folder / f"{copy_figures.NAMES[0]}.png")
    assert small.size == (1100, 450) and len(small.getcolors()) <= 256
    shown = np.asarray(small.convert("RGB")).astype(int)
    for (row, column), colour in rare.items():
        assert np.abs(shown[row // 2 + 10, column // 2 + 10] - colour).max() < 20
    assert shown[-10, 10].min() > 245
    assert copy_figures.main([], top) == 1  # noise does not become small
    assert "more than 150 kB" in capsys.readouterr().err


def test_figures_of_the_readme_are_small_and_there(root):
    import copy_figures

    for page in ("README.md", "README.zh.md"):
        text = (root / page).read_text(encoding="utf-8")
        assert re.findall(r"!\[[^\]]*\]\((.*?)\)", text) == [
            f"docs/figures/{name}.png" for name in copy_figures.NAMES
        ]
    for name in copy_figures.NAMES:
        assert (root / f"docs/figures/{name}.png").stat().st_size <= copy_figures.LARGEST


def test_fetch_of_a_tile_logs_in(top, archives, monkeypatch, capsys):
    """With the login that the dataset needs, and only at the hosts that may see it."""
    import fetch
    from earthdata_archive import CDN, TOKEN, Earthdata, log_in
    from nepflow.simulation import hdfeos
    from nepflow.simulation.tiles import corners

    granule = "MOD17A3HGF.A2001001.h25v04.061.2021001000000"
    field = hdfeos.Field("Npp_500m", np.ones((6, 6), "int16"), {})
    path = top / "tile.hdf"
    hdfeos.write_grid_file(path, "MOD_Grid_MOD17A3H", corners("h25v04"), [field], ({}, {}), {})
    served = archives(**Earthdata({f"{granule}.hdf": path.read_bytes()}).answers)
    words = ["mod17a3hgf_061", str(top / "d"), f"granule={granule}"]
    assert fetch.main(words, top, **QUICK) == 1 and served.asked == []
    assert "No Earthdata login" in capsys.readouterr().err
    log_in(monkeypatch)
    assert fetch.main(words, top, **QUICK) == 0, capsys.readouterr().err
    assert (top / "d" / f"{granule}.hdf").is_file()
    asked = {request.host: request.headers.get("Authorization") for request in served.asked}
    assert asked.pop(CDN) is None and set(asked.values()) == {f"Bearer {TOKEN}"}
    assert fetch.main([*words[:2], "granule=../.."], top, **QUICK) == 1
    assert "cannot be the name of a file" in capsys.readouterr().err
