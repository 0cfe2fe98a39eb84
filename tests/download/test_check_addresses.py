"""`check_addresses`: it dates what was proved, and nothing else."""

import datetime
import re
import shutil
import sys
from urllib.parse import urlsplit

import pytest
from archives import Reply
from earthdata_archive import FILES, PASSWORD, TOKEN, URS, USER, Earthdata
from nepflow.study import datasets as study_datasets
from public_archives import ISRIC, NCEI, WORLDPOP

TODAY = datetime.date.today().isoformat()
GSOD_MIRROR, LADS = "noaa-gsod-pds.s3.amazonaws.com", "ladsweb.modaps.eosdis.nasa.gov"
TILE = "MOD17A3HGF.A2010001.h25v04.061.2021001000000.hdf"
HDF = b"\x0e\x03\x13\x01" + bytes(400)
TIFF = b"II*\0" + bytes(400)


@pytest.fixture
def command(root):
    """The command as a module."""
    sys.path.append(str(root / "workflow/scripts/commands"))
    import check_addresses

    yield check_addresses
    sys.path.remove(str(root / "workflow/scripts/commands"))


@pytest.fixture
def top(root, tmp_path):
    """A folder with the register of the project."""
    shutil.copytree(root / "config", tmp_path / "config")
    return tmp_path


def days(top, name):
    entry = study_datasets.load(top / "config/datasets.yaml")[name]
    return entry["checked_live"], entry["mirror_checked"]


def lads(request):
    """LADS: a login page by redirection for any name; with a token the file, if it is there."""
    if request.headers.get("Authorization") != f"Bearer {TOKEN}":
        return Reply(b"", 302, Location=f"https://{URS}/oauth/authorize?app=lads")
    there = f"/archive/allData/61/MOD17A3HGF/2010/001/{TILE}"
    return Reply(HDF) if request.path == there else Reply("<html>", 404)


def hosts(**changes):
    """Earthdata and LADS that know one tile."""
    return Earthdata({TILE: HDF}).answers | {LADS: lads} | changes


def test_what_answers_with_data_is_dated_and_nothing_else(top, archives, command, capsys):
    archives(
        **{
            NCEI: lambda r: Reply("a,b\n"),
            GSOD_MIRROR: lambda r: Reply("a,b\n"),
            WORLDPOP: lambda r: Reply(b"", 404),
        }
    )
    before = (top / "config/datasets.yaml").read_text()
    assert command.main(["gsod", "worldpop"], top) == 1
    assert days(top, "gsod") == (TODAY, TODAY)
    assert days(top, "worldpop") == days(top, "ghcn_daily") == ("never", "never")
    after = (top / "config/datasets.yaml").read_text()
    assert len(re.findall(TODAY, after)) == 2 and after.replace(TODAY, "never") == before
    assert "FAULT worldpop; file: answered 404" in capsys.readouterr().out


def test_a_mirror_is_asked_and_dated_by_itself(top, archives, command, capsys):
    served = archives(**{NCEI: lambda r: Reply("a\n"), GSOD_MIRROR: lambda r: Reply(b"", 403)})
    assert command.main(["gsod"], top) == 1
    assert served.count(GSOD_MIRROR, "/2010/51463099999.csv") == 1
    assert days(top, "gsod") == (TODAY, "never")
    assert "mirror: answered 403" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("body", "said"),
    [("<!DOCTYPE html><html>moved", "a web page"), (b"PK\x03\x04", "does not begin like geotiff")],
)
def test_an_answer_that_is_no_data_dates_nothing(top, archives, command, capsys, body, said):
    archives(**{ISRIC: lambda r: Reply(body)})
    assert command.main(["soilgrids"], top) == 1
    assert days(top, "soilgrids") == ("never", "never")
    assert said in capsys.readouterr().out


def test_tiles_are_asked_for_by_a_name_of_the_catalogue(top, archives, command, capsys):
    """Without a token: the catalogue proves the pattern, and no mirror is proved."""
    served = archives(**hosts())
    assert command.main(["mod17a3hgf_061"], top) == 0
    assert served.count(FILES, TILE) == served.count(LADS, TILE) == 1
    assert days(top, "mod17a3hgf_061") == (TODAY, "never")
    assert f"mirror: {LADS} wants a login" in capsys.readouterr().out


def test_with_a_token_tile_and_mirror_are_opened(top, archives, command, monkeypatch, capsys):
    archives(**hosts())
    monkeypatch.setenv("EARTHDATA_TOKEN", TOKEN)
    assert command.main(["mod17a3hgf_061"], top) == 0
    assert days(top, "mod17a3hgf_061") == (TODAY, TODAY)
    path = top / "config/datasets.yaml"
    path.write_text(
        path.read_text().replace("allData/61/MOD17A3HGF/{year}/001", "allData/61/{year}")
    )
    assert command.main(["mod17a3hgf_061"], top) == 1
    said = capsys.readouterr().out
    assert "mirror: answered 404" in said and TOKEN not in said


def test_a_wrong_pattern_of_tiles_is_a_fault(top, archives, command, capsys):
    """The gate asks for a login whatever the name: only the catalogue tells."""
    archives(**hosts())
    path = top / "config/datasets.yaml"
    path.write_text(path.read_text().replace("lp-prod-protected/MOD17A3HGF", "lp-prod/MOD17A3HGF"))
    assert command.main(["mod17a3hgf_061"], top) == 1
    assert days(top, "mod17a3hgf_061")[0] == "never"
    assert re.search(r"file: the catalogue has https.*lp-prod-protected", capsys.readouterr().out)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({FILES: lambda r: Reply(b"", 404)}, "file: answered 404"),
        ({URS: lambda r: Reply(b"", 404)}, "login: answered 404 to a question without a login"),
        (Earthdata({}).answers, "search: its answer names no tile"),
        ({LADS: lambda r: Reply(b"", 404)}, "mirror: answered 404"),
    ],
)
def test_a_404_is_a_fault_of_earthdata_too(top, archives, command, capsys, changes, said):
    archives(**hosts(**changes))
    assert command.main(["mod17a3hgf_061"], top) == 1
    assert "never" in days(top, "mod17a3hgf_061")
    assert said in capsys.readouterr().out


def test_the_login_of_the_machine_is_not_used(top, archives, command, tmp_path):
    """A question for a token with the login of a netrc file would make one."""
    served = archives(**hosts())
    (tmp_path / "netrc").write_text(f"machine {URS} login {USER} password {PASSWORD}\n")
    assert command.main(["mod17a3hgf_061"], top) == 0
    assert all("Authorization" not in request.headers for request in served.asked)


def test_every_address_can_be_asked(archives, command, monkeypatch):
    """Each address and mirror of the register has its example fields."""
    datasets = [d for d in study_datasets.load().values() if not d["retired"]]
    named = {urlsplit(a).hostname for d in datasets for a in d["addresses"].values()}
    named |= {urlsplit(d["mirror"]).hostname for d in datasets if d["mirror"]}
    tiles = {
        f"{d['product']}.A2010001.h25v04.061.2021001000000.hdf": HDF
        for d in datasets
        if d["login"] == "earthdata"
    }
    heads = {"tif": TIFF, "csv": b"a,b\n", "txt": b"text\n", "hdf": HDF}

    def plain(request):
        return Reply(heads.get(request.path.rpartition(".")[2], b'{"type": "x"}'))

    served = archives(**dict.fromkeys(named, plain) | Earthdata(tiles).answers)
    monkeypatch.setenv("EARTHDATA_TOKEN", TOKEN)
    for dataset in datasets:
        faults, unknown, proved = command.examined(dataset)
        assert faults == unknown == [], dataset["name"]
        assert proved == ["checked_live", *(["mirror_checked"] if dataset["mirror"] else [])]
    assert named <= {request.host for request in served.asked}
