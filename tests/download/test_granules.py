"""MODIS tiles through the unmodified earthaccess against Earthdata on loopback."""

import csv
import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from acquire_tiles import acquire_tiles
from archives import Reply
from earthdata_archive import CDN, CMR, FILES, PASSWORD, TOKEN, URS, Earthdata, log_in
from nepflow.download import earthdata as download_earthdata
from nepflow.download import records, transfer
from nepflow.simulation import hdfeos
from nepflow.simulation.tiles import corners
from nepflow.study import datasets

QUICK = {"patience": transfer.Patience(tries=3, first_s=0.01), "sleep": lambda _: None}


def name_of(tile, year=2001, product="MOD17A3HGF", produced="2021001000000", collection="061"):
    return f"{product}.A{year}001.{tile}.{collection}.{produced}.hdf"


@pytest.fixture(scope="module")
def tiles(tmp_path_factory):
    """Two tiny tiles, one of them in two productions, and a tile of another place."""
    folder, found = tmp_path_factory.mktemp("tiles"), {}
    for number, name in enumerate(
        [
            name_of("h25v04"),
            name_of("h25v05"),
            name_of("h25v05", produced="2022001000000"),
            name_of("h08v05"),
        ]
    ):
        values = np.full((6, 6), 1000 + number, "int16")
        field = hdfeos.Field("Npp_500m", values, {})
        hdfeos.write_grid_file(
            folder / name, "MOD_Grid_MOD17A3H", corners(name.split(".")[2]), [field], ({}, {}), {}
        )
        found[name] = (folder / name).read_bytes()
    return found


def bring(folder, tiles=("h25v04", "h25v05"), year=2001, **keys):
    acquire_tiles(
        "MOD17A3HGF",
        "061",
        year,
        list(tiles),
        folder / "modis",
        folder / "list.csv",
        **(QUICK | keys),
    )
    with open(folder / "list.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def contents(folder):
    return (
        sorted(path.name for path in (folder / "modis").iterdir())
        if (folder / "modis").exists()
        else []
    )


@pytest.mark.parametrize("way", ["token", "environment", "netrc"])
def test_tiles_come_with_every_login(tmp_path, archives, tiles, monkeypatch, way, log):
    earthdata = Earthdata(tiles)
    served = archives(**earthdata.answers)
    log_in(monkeypatch, way, tmp_path)
    rows = bring(tmp_path)
    assert [row["file"] for row in rows] == [
        name_of("h25v04"),
        name_of("h25v05", produced="2022001000000"),
    ]
    for row in rows:
        body = tiles[row["file"]]
        assert (tmp_path / "modis" / row["file"]).read_bytes() == body
        assert row["sha256"] == hashlib.sha256(body).hexdigest()
        assert (row["algorithm"], row["checksum"]) == ("MD5", hashlib.md5(body).hexdigest())
        record = records.read_record(tmp_path / "modis" / row["file"])
        assert record["address"].startswith(f"https://{FILES}/") and record["licence"]
    assert served.count(CDN) == 2
    assert (served.count(URS, "find_or_create_token") > 0) == (way != "token")
    text = (
        log.text
        + "".join(path.read_text() for path in tmp_path.rglob("*.json"))
        + (tmp_path / "list.csv").read_text()
    )
    assert TOKEN not in text and PASSWORD not in text and "sIgNaTuRe" not in text


def test_a_second_run_downloads_nothing(tmp_path, archives, tiles, monkeypatch):
    served = archives(**Earthdata(tiles).answers)
    log_in(monkeypatch)
    first = bring(tmp_path)
    before = served.count(CDN) + served.count(FILES)
    assert bring(tmp_path) == first
    assert served.count(CDN) + served.count(FILES) == before


def test_of_two_productions_the_last_is_taken(tmp_path, archives, tiles, monkeypatch, log):
    archives(**Earthdata(tiles).answers)
    log_in(monkeypatch)
    bring(tmp_path)
    assert name_of("h25v05") not in contents(tmp_path)
    assert "1 older productions of tiles left out" in log.text


def test_a_collection_without_the_year(tmp_path, archives, tiles, monkeypatch):
    archives(**Earthdata(tiles).answers)
    log_in(monkeypatch)
    with pytest.raises(
        download_earthdata.NoSuchGranules,
        match=r"061 of 2000: the archive has no tile h25v04 h25v05 \(day 001\)",
    ):
        bring(tmp_path, year=2000)
    assert contents(tmp_path) == []


FIRST_OF_MONTHS = {  # days of the year, of a common year and of a leap year
    2001: (1, 32, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335),
    2000: (32, 61, 92, 122, 153, 183, 214, 245, 275, 306, 336),  # the series begins in February
}
PAIR = ("h25v04", "h25v05")


def months_of(tiles, year):
    """Tiles of every month of a year."""
    body = next(iter(tiles.values()))
    return {
        f"MOD13A3.A{year}{day:03d}.{tile}.061.2021001000000.hdf": body
        for day in FIRST_OF_MONTHS[year]
        for tile in PAIR
    }


def bring_months(folder, year=2001, **keys):
    place = (list(PAIR), folder / "modis", folder / "list.csv")
    acquire_tiles("MOD13A3", "061", year, *place, **(QUICK | keys))
    return download_earthdata.read_list(folder / "list.csv")


@pytest.mark.parametrize("year", [2000, 2001])
def test_every_month_of_a_year_comes(tmp_path, archives, tiles, monkeypatch, year):
    archives(**Earthdata(months_of(tiles, year)).answers)
    log_in(monkeypatch)
    rows = bring_months(tmp_path, year)
    assert [row["file"] for row in rows] == sorted(months_of(tiles, year))
    assert [name for name in contents(tmp_path) if name.endswith(".hdf")] == sorted(
        months_of(tiles, year)
    )


def test_months_that_are_not_there(tmp_path, archives, tiles, monkeypatch):
    """A month of one tile, and one of all tiles: a year that the archive has not finished."""
    earthdata = Earthdata(months_of(tiles, 2001))
    archives(**earthdata.answers)
    log_in(monkeypatch)
    del earthdata.tiles["MOD13A3.A2001032.h25v05.061.2021001000000.hdf"]
    with pytest.raises(
        download_earthdata.NoSuchGranules, match=r"has no tile h25v05 \(day 032\)\."
    ):
        bring_months(tmp_path)
    for name in [name for name in earthdata.tiles if name[13:16] in ("305", "335")]:
        del earthdata.tiles[name]
    lacks = r"h25v05 \(day 032\), h25v04 h25v05 \(day 305 335\)\."
    with pytest.raises(download_earthdata.NoSuchGranules, match=lacks):
        bring_months(tmp_path)
    assert contents(tmp_path) == []


def test_the_lock_file_holds_every_month(tmp_path, archives, tiles, monkeypatch):
    served = archives(**Earthdata(months_of(tiles, 2001)).answers)
    log_in(monkeypatch)
    rows, lock = bring_months(tmp_path / "first"), tmp_path / "lock.csv"
    download_earthdata.write_list(rows, lock)
    asked = served.count(CMR)
    assert bring_months(tmp_path / "again", lock_path=lock) == rows
    assert served.count(CMR) == asked
    download_earthdata.write_list(
        [row for row in rows if "A2001060.h25v04" not in row["file"]], lock
    )
    with pytest.raises(
        download_earthdata.NoSuchGranules, match=r"lock.csv: names no .* h25v04 \(day 060\)"
    ):
        bring_months(tmp_path / "third", lock_path=lock)


def test_a_retired_collection_is_refused_before_anything_is_asked(tmp_path, archives, tiles):
    served = archives(**Earthdata(tiles).answers)
    with pytest.raises(datasets.BadRegister, match="Bring the tiles of the year"):
        acquire_tiles(
            "MOD17A3HGF", "006", 2000, ["h25v04"], tmp_path / "modis", tmp_path / "list.csv"
        )
    assert served.asked == []


def test_no_login_and_a_wrong_one(tmp_path, archives, tiles, monkeypatch):
    served = archives(**Earthdata(tiles).answers)
    with pytest.raises(transfer.LoginRefused, match=f"set EARTHDATA_TOKEN.*machine {URS}"):
        bring(tmp_path)
    assert served.asked == []
    log_in(monkeypatch, "netrc", tmp_path, password="wrong-secret")
    with pytest.raises(transfer.LoginRefused, match="Earthdata refused user and password") as error:
        bring(tmp_path)
    assert "wrong-secret" not in str(error.value)


@pytest.mark.parametrize("code", [401, 403])
def test_an_expired_token_ends_at_the_catalogue(tmp_path, archives, tiles, monkeypatch, code):
    earthdata = Earthdata(tiles)
    earthdata.refusal = code
    served = archives(**earthdata.answers)
    monkeypatch.setenv("EARTHDATA_TOKEN", "expired-token")
    with pytest.raises(
        transfer.LoginRefused, match=rf"refused the login \({code}.*generate a new one"
    ) as error:
        bring(tmp_path)
    assert "expired-token" not in str(error.value)
    assert [request.host for request in served.asked] == [CMR], "it is not asked again"
    assert contents(tmp_path) == []


def test_an_expired_token_ends_at_the_login_page(tmp_path, archives, tiles, monkeypatch):
    """With a lock file no catalogue is asked: the gate of the files is the first to refuse."""
    served = archives(**Earthdata(tiles).answers)
    log_in(monkeypatch)
    lock = tmp_path / "lock.csv"
    download_earthdata.write_list(bring(tmp_path / "first"), lock)
    served.asked.clear()
    monkeypatch.setenv("EARTHDATA_TOKEN", "expired-token")
    with pytest.raises(
        transfer.LoginRefused, match=f"{URS}/oauth/authorize.*refused the login"
    ) as error:
        bring(tmp_path, lock_path=lock)
    assert "expired-token" not in str(error.value) and "abcdef" not in str(error.value)
    # requests itself keeps a bearer token from another host
    assert all(
        "expired" not in r.headers.get("Authorization", "") for r in served.asked if r.host == URS
    )
    assert contents(tmp_path) == []


def test_a_busy_catalogue_is_asked_again(tmp_path, archives, tiles, monkeypatch):
    earthdata = Earthdata(tiles)
    earthdata.busy = 2
    served = archives(**earthdata.answers)
    log_in(monkeypatch)
    assert len(bring(tmp_path)) == 2
    assert served.count(CMR) == 3
    earthdata.busy = 9
    with pytest.raises(transfer.Unreachable, match="catalogue of MOD17A3HGF failed 3 times"):
        bring(tmp_path / "other")


def test_a_catalogue_without_checksum_or_size(tmp_path, archives, tiles, monkeypatch):
    earthdata = Earthdata(tiles, checksum=None)
    archives(**earthdata.answers)
    log_in(monkeypatch)
    rows = bring(tmp_path)
    assert {row["algorithm"] for row in rows} == {""}
    entry = earthdata.entry(name_of("h25v04"))
    del entry["umm"]["DataGranule"]["ArchiveAndDistributionInformation"]
    assert download_earthdata.described(entry).size is None
    entry["umm"]["RelatedUrls"] = entry["umm"]["RelatedUrls"][1:]
    with pytest.raises(download_earthdata.NoSuchGranules, match="gives no address"):
        download_earthdata.described(entry)


def test_the_only_archive_entry_counts_even_without_its_name(tiles):
    entry = Earthdata(tiles).entry(name_of("h25v04"))
    archived = entry["umm"]["DataGranule"]["ArchiveAndDistributionInformation"]
    archived[0]["Name"] = "Not provided"
    assert download_earthdata.described(entry).checksum[0] == "MD5"
    archived.append(archived[0] | {"Name": "another.xml"})
    assert download_earthdata.described(entry).checksum is None


def test_checksum_mismatch_leaves_no_tile(tmp_path, archives, tiles, monkeypatch):
    earthdata = Earthdata(tiles)
    archives(**earthdata.answers | {CDN: lambda request: Reply(tiles[name_of("h08v05")])})
    log_in(monkeypatch)
    with pytest.raises(transfer.Unreachable, match="MD5"):
        bring(tmp_path)
    assert contents(tmp_path) == []


def test_the_lock_file_repeats_a_study(tmp_path, archives, tiles, monkeypatch):
    """With a lock file the older production comes again although a newer one is there."""
    first_tiles = {name: body for name, body in tiles.items() if "2022001" not in name}
    first = Earthdata(first_tiles)
    served = archives(**first.answers)
    log_in(monkeypatch)
    rows = bring(tmp_path / "first")
    lock = tmp_path / "lock.csv"
    download_earthdata.write_list(rows, lock)
    first.tiles = tiles
    asked = served.count(CMR)
    assert bring(tmp_path / "again", lock_path=lock) == rows
    assert served.count(CMR) == asked
    assert len(bring(tmp_path / "searched")) == 2
    assert bring(tmp_path / "searched") != rows


def test_a_tile_that_changed_at_the_archive(tmp_path, archives, tiles, monkeypatch):
    earthdata = Earthdata(dict(tiles), checksum=None)
    archives(**earthdata.answers)
    log_in(monkeypatch)
    lock = tmp_path / "lock.csv"
    rows = bring(tmp_path / "first")
    download_earthdata.write_list([row | {"size": ""} for row in rows], lock)
    earthdata.tiles[name_of("h25v04")] = tiles[name_of("h08v05")]
    with pytest.raises(download_earthdata.GranuleChanged, match=r"another content than .*lock.csv"):
        bring(tmp_path / "again", lock_path=lock)
    download_earthdata.write_list(rows[1:], lock)
    with pytest.raises(
        download_earthdata.NoSuchGranules, match=r"lock.csv: names no .* for h25v04"
    ):
        bring(tmp_path / "third", lock_path=lock)


def test_an_older_tile_of_the_user_stays_and_is_accepted_if_it_is_the_same(
    tmp_path, archives, tiles, monkeypatch
):
    served = archives(**Earthdata(tiles).answers)
    log_in(monkeypatch)
    path = tmp_path / "modis" / name_of("h25v04")
    path.parent.mkdir()
    path.write_bytes(tiles[path.name])
    bring(tmp_path)
    assert served.count(CDN) == 1
    assert json.loads(Path(records.record_of(path)).read_text(encoding="utf-8"))[
        "retrieved"
    ].startswith("found in place")
