"""The transfer against archives on loopback: every way in which it may go wrong.

Shapes: RFC 9110 sections 14 (Range, If-Range), 10.2.3 (Retry-After) and 15 (status codes).
"""

import dataclasses
import errno
import gzip
import hashlib
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from email.utils import formatdate
from pathlib import Path

import numpy as np
import pytest
import requests
from archives import Reply, ranged
from nepflow.download import records, transfer, verification
from nepflow.study import datasets
from pyhdf.SD import SD, SDC

HOST = "data.example.org"
PAGE = b"<!DOCTYPE html><html><body>Earthdata Login</body></html>"
QUICK = transfer.Patience(tries=4, first_s=0.01)


@pytest.fixture(scope="module")
def tile(tmp_path_factory):
    """A small HDF4 file: name and bytes."""
    path = tmp_path_factory.mktemp("tile") / "MOD17A3HGF.A2001001.h25v04.061.2021001000000.hdf"
    file = SD(str(path), SDC.WRITE | SDC.CREATE)
    data = file.create("Npp_500m", SDC.INT16, (200, 200))
    data[:] = np.arange(40000, dtype="int16").reshape(200, 200)
    data.endaccess()
    file.end()
    return path.name, path.read_bytes()


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch):
    """Pieces much smaller than the tile: what arrived of a piece that broke is lost."""
    monkeypatch.setattr(transfer, "BLOCK", 4096)


def wanted(folder, tile, **keys):
    name, body = tile
    options = {
        "kind": "hdf4",
        "size": len(body),
        "checksum": ("MD5", hashlib.md5(body).hexdigest()),
    }
    return transfer.Wanted(
        f"https://{HOST}/{name}", Path(folder) / "modis" / name, **(options | keys)
    )


def get(want, session=None, **keys):
    pauses = []
    with session or requests.Session() as opened:
        fetched = transfer.fetch(opened, want, patience=QUICK, sleep=pauses.append, **keys)
    return fetched, pauses


def left(want):
    """What lies in the folder."""
    return sorted(path.name for path in Path(want.path).parent.iterdir())


def replies(*answers):
    """Function that gives one answer after the other, the last for ever."""
    queue = list(answers)

    def answer(request):
        reply = queue.pop(0) if len(queue) > 1 else queue[0]
        return reply(request) if callable(reply) else reply

    return answer


def test_a_file_comes_and_a_second_time_nothing_is_asked(tmp_path, archives, tile):
    served = archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile)
    assert get(want) == (True, [])
    assert want.path.read_bytes() == tile[1]
    assert get(want) == (False, [])
    assert len(served.asked) == 1
    assert left(want) == [tile[0]]


@pytest.mark.parametrize("code", [429, 500, 502, 503, 504])
def test_a_busy_archive_is_asked_again(tmp_path, archives, tile, code):
    archives(**{HOST: replies(Reply(PAGE, code), Reply(PAGE, code), Reply(tile[1]))})
    fetched, pauses = get(wanted(tmp_path, tile))
    assert fetched and len(pauses) == 2
    assert pauses[1] > 0


@pytest.mark.parametrize("length", ["²", "-5", "1e3", "", "9" * 5000])
def test_a_length_that_is_none_is_passed_over(length):
    answer = requests.Response()
    answer.headers["Content-Length"] = length
    assert transfer.length(answer, 0) is None
    answer.headers["Content-Length"] = "12"
    assert transfer.length(answer, 3) == 15


def test_more_than_a_file_can_have_is_refused(tmp_path, archives, tile, monkeypatch):
    """Of 300 MB for a file of 4 kB nothing was kept, but all was written; packed, it unpacked."""
    monkeypatch.setattr(transfer, "MARGIN", 10_000)
    body = tile[1] + bytes(3_000_000)
    packed = Reply(gzip.compress(body), Content_Encoding="gzip")
    for reply in (Reply(body), packed):
        archives(**{HOST: replies(reply)})
        want = wanted(tmp_path, tile)
        with pytest.raises(transfer.TooLarge, match=r"sends more than \d+ bytes"):
            get(want)
        assert left(want) == []
    monkeypatch.setattr(transfer, "LARGEST", 1_000_000)
    with pytest.raises(transfer.TooLarge):
        get(wanted(tmp_path, tile, size=None, checksum=None))


def test_retry_after_is_obeyed_as_seconds_and_as_date(tmp_path, archives, tile):
    date = formatdate(transfer.time.time() + 120, usegmt=True)
    archives(
        **{
            HOST: replies(
                Reply(b"", 429, Retry_After="7"), Reply(b"", 503, Retry_After=date), Reply(tile[1])
            )
        }
    )
    _, pauses = get(wanted(tmp_path, tile))
    assert pauses[0] == 7
    assert 110 < pauses[1] <= 120


@pytest.mark.parametrize("value", ["", "soon", "-3", "1.5", "Mon, 1 Jan 99999 99:99:99 GMT"])
def test_a_retry_after_that_is_none_changes_nothing(tmp_path, archives, tile, value):
    archives(**{HOST: replies(Reply(b"", 503, Retry_After=value), Reply(tile[1]))})
    fetched, pauses = get(wanted(tmp_path, tile))
    assert fetched and 0 < pauses[0] <= QUICK.first_s


def test_pauses_grow_and_have_a_limit():
    patience = transfer.Patience(tries=9, first_s=2, longest_s=60)
    for attempt in range(1, 9):
        usual = min(2 * 2 ** (attempt - 1), 60)
        assert usual / 2 <= patience.wait(attempt) <= usual
    assert patience.wait(1, asked=10_000) == 60


def test_an_archive_that_stays_busy_is_a_named_error(tmp_path, archives, tile):
    served = archives(**{HOST: lambda request: Reply(b"", 503)})
    want = wanted(tmp_path, tile)
    with pytest.raises(transfer.Unreachable, match="failed 4 times, last: answer 503"):
        get(want)
    assert len(served.asked) == 4
    assert left(want) == []


def test_html_instead_of_hdf_with_its_content_type(tmp_path, archives, tile):
    archives(**{HOST: lambda request: Reply(PAGE, Content_Type="text/html; charset=utf-8")})
    want = wanted(tmp_path, tile)
    with pytest.raises(transfer.LoginRefused, match="sent a web page in place of data"):
        get(want)
    assert left(want) == []


@pytest.mark.parametrize("page", [PAGE, b"\n  <HTML><HEAD>", b"\xef\xbb\xbf<html>"])
def test_html_that_claims_to_be_data(tmp_path, archives, tile, page):
    served = archives(**{HOST: lambda request: Reply(page, Content_Type="application/x-hdf")})
    want = wanted(tmp_path, tile, size=None, checksum=None)
    with pytest.raises(transfer.LoginRefused, match="a web page came in place of data"):
        get(want)
    assert left(want) == [] and len(served.asked) == 1


@pytest.mark.parametrize("code", [401, 403])
def test_a_refused_login_is_not_tried_again(tmp_path, archives, tile, code):
    served = archives(**{HOST: lambda request: Reply(PAGE, code)})
    with pytest.raises(transfer.LoginRefused, match=f"refused the login \\({code}\\)"):
        get(wanted(tmp_path, tile))
    assert len(served.asked) == 1


def test_a_missing_file_and_another_answer(tmp_path, archives, tile):
    archives(**{HOST: replies(Reply(b"", 404), Reply(b"", 418))})
    with pytest.raises(transfer.NotThere, match=r"has no such file \(404\)"):
        get(wanted(tmp_path, tile))
    with pytest.raises(transfer.TransferFailed, match="answered 418"):
        get(wanted(tmp_path, tile))


def test_a_transfer_that_breaks_is_resumed_by_range(tmp_path, archives, tile):
    cut = len(tile[1]) // 3
    served = archives(
        **{HOST: replies(lambda r: ranged(r, tile[1], cut=cut), lambda r: ranged(r, tile[1]))}
    )
    want = wanted(tmp_path, tile)
    assert get(want)[0]
    assert want.path.read_bytes() == tile[1]
    asked = served.asked[1].headers
    assert asked["If-Range"] == '"one"'
    start = int(asked["Range"].removeprefix("bytes=").rstrip("-"))
    assert 0 < start <= cut


def test_an_interrupted_run_is_continued_by_the_next(tmp_path, archives, tile):
    served = archives(**{HOST: lambda request: ranged(request, tile[1], cut=10_000)})
    want = wanted(tmp_path, tile, checksum=None)
    with pytest.raises(transfer.Unreachable):
        get(want)
    assert transfer.part_of(want.path).stat().st_size > 10_000  # each try brought some more
    assert not want.path.exists()
    served.answers[HOST] = lambda request: ranged(request, tile[1])
    get(wanted(tmp_path, tile))
    assert "Range" in served.asked[-1].headers
    assert want.path.read_bytes() == tile[1]
    assert left(want) == [tile[0]]


def test_a_killed_process_is_continued_by_the_next(tmp_path, archives, tile, root):
    """SIGKILL in the middle of a file: no clean-up runs, the lock goes with the process."""
    silent = threading.Event()
    tag = {"ETag": '"one"'}
    served = archives(**{HOST: lambda request: Reply(tile[1], cut=70_000, hold=silent, **tag)})
    want = wanted(tmp_path, tile)
    code = (
        "import requests; from nepflow.download import transfer; "
        "transfer.fetch(requests.Session(), "
        f"transfer.Wanted({want.address!r}, {str(want.path)!r}, 'hdf4'))"
    )
    environment = os.environ | {"PYTHONPATH": str(root / "workflow/scripts")}
    process = subprocess.Popen([sys.executable, "-c", code], env=environment)
    part = transfer.part_of(want.path)
    try:
        for _ in range(600):
            if part.exists() and part.stat().st_size >= 65_536:  # a block of that process
                break
            time.sleep(0.05)
    finally:
        process.kill()
        process.wait()
        silent.set()
    assert not want.path.exists() and part.stat().st_size == 65_536
    served.answers[HOST] = lambda request: ranged(request, tile[1])
    assert get(want)[0]
    assert served.asked[-1].headers["Range"] == "bytes=65536-"
    assert want.path.read_bytes() == tile[1] and left(want) == [tile[0]]


def test_a_file_that_changed_meanwhile_comes_whole(tmp_path, archives, tile):
    old = bytes(len(tile[1]))
    served = archives(
        **{
            HOST: replies(
                lambda r: ranged(r, old, tag='"old"', cut=9000),
                lambda r: ranged(r, tile[1], tag='"new"'),
            )
        }
    )
    want = wanted(tmp_path, tile)
    get(want)
    assert served.asked[1].headers["If-Range"] == '"old"'
    assert want.path.read_bytes() == tile[1]


@pytest.mark.parametrize("headers", [{}, {"ETag": 'W/"weak"'}])
def test_an_archive_without_ranges_sends_the_whole_file_again(tmp_path, archives, tile, headers):
    served = archives(
        **{HOST: replies(Reply(tile[1], cut=9000, **headers), Reply(tile[1], **headers))}
    )
    want = wanted(tmp_path, tile)
    get(want)
    assert "Range" not in served.asked[1].headers
    assert want.path.read_bytes() == tile[1]


def test_an_archive_that_ignores_ranges_is_noticed(tmp_path, archives, tile):
    archives(**{HOST: replies(Reply(tile[1], cut=9000, ETag='"a"'), Reply(tile[1], ETag='"a"'))})
    want = wanted(tmp_path, tile)
    get(want)
    assert want.path.read_bytes() == tile[1]


def test_another_part_than_was_asked_for(tmp_path, archives, tile):
    """A server that answers 206 from the wrong byte: nothing of it is kept."""
    wrong = Reply(tile[1][100:], 206, ETag='"one"', Content_Range=f"bytes 100-{len(tile[1])}/*")
    archives(
        **{
            HOST: replies(
                lambda r: ranged(r, tile[1], cut=30_000), wrong, lambda r: ranged(r, tile[1])
            )
        }
    )
    want = wanted(tmp_path, tile)
    _, pauses = get(want)
    assert len(pauses) == 2
    assert want.path.read_bytes() == tile[1]


def test_a_packed_answer_is_unpacked_and_not_resumed(tmp_path, archives, tile):
    packed = gzip.compress(tile[1])
    headers = {"Content-Encoding": "gzip", "ETag": '"one"'}
    served = archives(
        **{HOST: replies(Reply(packed, cut=len(packed) - 9, **headers), Reply(packed, **headers))}
    )
    want = wanted(tmp_path, tile)
    get(want)
    assert "Range" not in served.asked[1].headers
    assert want.path.read_bytes() == tile[1]


def test_redirects_without_end_are_a_named_error(tmp_path, archives, tile):
    served = archives(
        **{HOST: lambda r: Reply(b"", 302, Location=f"https://{HOST}/round?token=secret")}
    )
    with pytest.raises(transfer.TransferFailed, match="Exceeded 30 redirects") as error:
        get(wanted(tmp_path, tile))
    assert "secret" not in str(error.value) and len(served.asked) == 31


def test_a_part_longer_than_the_file_is_dropped(tmp_path, archives, tile):
    archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile)
    part = transfer.part_of(want.path)
    part.parent.mkdir()
    part.write_bytes(bytes(len(tile[1]) + 5))
    part.with_name(f"{part.name}.json").write_text('{"version": "\\"one\\""}')
    get(want)
    assert want.path.read_bytes() == tile[1]
    assert left(want) == [tile[0]]


def test_a_wrong_checksum_ends_in_an_error_and_no_file(tmp_path, archives, tile):
    damaged = tile[1][:-100] + bytes(100)
    served = archives(**{HOST: lambda request: ranged(request, damaged)})
    want = wanted(tmp_path, tile)
    with pytest.raises(transfer.Unreachable, match="damaged on the way"):
        get(want)
    assert len(served.asked) == 4
    assert all("Range" not in request.headers for request in served.asked)
    assert left(want) == []


def test_a_damaged_transfer_is_mended_by_the_next(tmp_path, archives, tile):
    damaged = b"\0" + tile[1][1:]
    archives(**{HOST: replies(Reply(damaged), Reply(tile[1]))})
    want = wanted(tmp_path, tile, checksum=None)
    get(want)
    assert want.path.read_bytes() == tile[1]


def test_a_file_of_another_size_is_refused(tmp_path, archives, tile):
    archives(**{HOST: lambda request: Reply(tile[1])})
    want = wanted(tmp_path, tile, size=len(tile[1]) + 1, checksum=None)
    with pytest.raises(transfer.Unreachable, match="the archive says"):
        get(want)
    assert left(want) == []


def test_a_file_that_only_begins_well_does_not_open(tmp_path, archives, tile):
    archives(**{HOST: lambda request: Reply(tile[1][:60])})
    want = wanted(tmp_path, tile, size=None, checksum=None)
    with pytest.raises(transfer.Unreachable, match=r"cannot be opened as hdf4|without data"):
        get(want)
    assert left(want) == []


@pytest.mark.parametrize(
    ("reader", "says"),
    [
        (lambda path: json.loads("{"), "JSONDecodeError: Expecting property name"),
        (lambda path: b"\xff".decode(), "UnicodeDecodeError: 'utf-8' codec"),
        (lambda path: int("x"), "ValueError: invalid literal"),
    ],
)
def test_what_cannot_be_read_is_a_named_error_and_no_file(tmp_path, archives, tile, reader, says):
    """Errors of the standard library name no file and cannot be made of a text alone."""
    archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile, accept=reader)
    with pytest.raises(transfer.Unreadable, match=says) as error:
        get(want)
    assert str(want.path) in str(error.value) and "Run again" in str(error.value)
    assert left(want) == []


def test_an_error_of_our_own_keeps_its_name_and_names_the_file(tmp_path, archives, tile):
    class Refused(ValueError):
        """Of a reader."""

    def reader(path):
        raise Refused(f"{path}: is of last year.")

    archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile, accept=reader)
    with pytest.raises(Refused, match="is of last year") as error:
        get(want)
    assert str(want.path) in str(error.value) and ".part" not in str(error.value)
    assert left(want) == []


@pytest.mark.parametrize("kept", [0.2, 0.6, 0.95])
def test_a_cut_off_tile_is_refused_where_nothing_tells_its_size(tmp_path, archives, tile, kept):
    """The connection ends like a complete one; the catalogue has neither size nor checksum."""
    part = tile[1][: int(kept * len(tile[1]))]
    archives(**{HOST: lambda request: Reply(part)})
    want = wanted(tmp_path, tile, size=None, checksum=None)
    with pytest.raises(transfer.Unreachable, match="cannot be opened as hdf4"):
        get(want)
    assert left(want) == []


def test_a_genuine_tile_describes_its_bytes(tmp_path, reference_data):
    """Each of the last hundred bytes matters to the archive's own files."""
    for path in sorted((reference_data / "modis").glob("*.hdf")):
        verification.check(path, "hdf4")
        cut = tmp_path / path.name
        cut.write_bytes(path.read_bytes()[:-100])
        with pytest.raises(verification.WrongContent, match="describes"):
            verification.check(cut, "hdf4")


def test_an_unknown_checksum_is_passed_over_and_said(tmp_path, archives, tile):
    archives(**{HOST: lambda request: Reply(tile[1])})
    want = wanted(tmp_path, tile, checksum=("POSIX", "123"))
    with requests.Session() as session:
        with pytest.raises(transfer.UnknownChecksum, match=r"'POSIX'.*acquire\.unknown_checksum"):
            records.bring(session, want, datasets.load()["mod17a3hgf_061"])
        want = dataclasses.replace(want, unknown_checksum="accept")
        record = records.bring(session, want, datasets.load()["mod17a3hgf_061"])
    assert record["checksum"] == "POSIX:123" and record["checksum_verified"] is False
    assert verification.verifies("SHA-256") and not verification.verifies("POSIX")


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-1", "SHA-256", "SHA-512"])
def test_checksums_are_those_of_hashlib(tmp_path, tile, algorithm):
    path = tmp_path / "tile.hdf"
    path.write_bytes(tile[1])
    value = hashlib.new(algorithm.replace("-", ""), tile[1]).hexdigest()
    verification.check(path, "hdf4", len(tile[1]), (algorithm, value.upper()))
    with pytest.raises(verification.WrongContent, match="damaged"):
        verification.check(path, "hdf4", None, (algorithm, "0" * len(value)))


def test_a_redirect_to_another_host_gets_no_login(tmp_path, archives, tile):
    served = archives(
        **{
            HOST: lambda r: Reply(
                b"", 303, Location=f"https://cdn.example.net/{tile[0]}?Signature=xyz"
            ),
            "cdn.example.net": lambda r: ranged(r, tile[1]),
        }
    )
    session = requests.Session()
    session.headers["Authorization"] = "Bearer very-secret"
    get(wanted(tmp_path, tile), session)
    assert served.asked[0].headers["Authorization"] == "Bearer very-secret"
    assert "Authorization" not in served.asked[1].headers


def test_a_redirect_to_a_login_page_of_another_host(tmp_path, archives, tile):
    served = archives(
        **{
            HOST: lambda r: Reply(b"", 302, Location="https://login.example.net/oauth?state=abc"),
            "login.example.net": lambda r: Reply(PAGE, 401, WWW_Authenticate="Basic realm=login"),
        }
    )
    session = requests.Session()
    session.headers["Authorization"] = "Bearer very-secret"
    with pytest.raises(
        transfer.LoginRefused, match=r"login.example.net.* refused the login"
    ) as error:
        get(wanted(tmp_path, tile), session)
    assert "very-secret" not in str(error.value) and "abc" not in str(error.value)
    assert "Authorization" not in served.asked[1].headers
    assert left(wanted(tmp_path, tile)) == []


def test_a_full_disk_is_a_named_error_and_the_part_stays(tmp_path, archives, tile, monkeypatch):
    """The disk takes two pieces and is full then."""
    archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile)
    count = []

    class Full:
        """A file whose disk takes two pieces."""

        def __init__(self, file):
            self.file = file

        def __enter__(self):
            return self

        def __exit__(self, *_):
            self.file.close()

        def write(self, piece):
            count.append(len(piece))
            if len(count) > 2:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            self.file.write(piece)

    real = open
    locked = []

    def limited(path, mode="r", **keys):
        file = real(path, mode, **keys)
        if mode == "ab" and str(path).endswith(".part"):
            locked.append(path)
            return file if len(locked) == 1 else Full(file)  # the first is the lock
        return file

    monkeypatch.setattr(transfer, "open", limited, raising=False)
    with pytest.raises(transfer.DiskFull, match=r"no room left in .*modis"):
        get(want)
    assert not want.path.exists()
    assert transfer.part_of(want.path).stat().st_size == 2 * 4096
    monkeypatch.undo()


def test_a_disk_without_room_is_noticed_before_the_transfer(tmp_path, archives, tile, monkeypatch):
    archives(**{HOST: lambda request: ranged(request, tile[1])})
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(transfer.shutil, "disk_usage", lambda _: usage._replace(free=1000))
    with pytest.raises(transfer.DiskFull, match="Free space there"):
        get(wanted(tmp_path, tile))
    assert left(wanted(tmp_path, tile)) == []


def test_a_file_in_place_that_is_another_one_is_never_overwritten(tmp_path, archives, tile):
    served = archives(**{HOST: lambda request: ranged(request, tile[1])})
    want = wanted(tmp_path, tile)
    want.path.parent.mkdir()
    want.path.write_bytes(b"mine")
    with pytest.raises(transfer.UnsoundFile, match="Nothing is overwritten: move it away"):
        get(want)
    assert want.path.read_bytes() == b"mine" and served.asked == []


def test_two_processes_bring_a_file_once(tmp_path, archives, tile):
    served = archives(**{HOST: lambda request: ranged(request, tile[1])})
    want, results = wanted(tmp_path, tile), []
    threads = [threading.Thread(target=lambda: results.append(get(want)[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False, False, False, True]
    assert len(served.asked) == 1
    assert left(want) == [tile[0]]


def test_the_record_beside_the_file(tmp_path, archives, tile, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    served = archives(**{HOST: lambda request: ranged(request, tile[1])})
    want, dataset = wanted(tmp_path, tile), datasets.load()["mod17a3hgf_061"]
    with requests.Session() as session:
        record = records.bring(session, want, dataset)
        assert records.read_record(want.path) == record
        assert records.bring(session, want, dataset) == record
    assert len(served.asked) == 1
    assert record["address"] == want.address
    assert record["sha256"] == hashlib.sha256(tile[1]).hexdigest()
    assert record["retrieved"] == "2023-11-14T22:13:20Z"
    assert record["licence"] == dataset["licence"] and record["checksum_verified"]


def test_a_file_changed_after_it_was_recorded_is_noticed(tmp_path, archives, tile):
    archives(**{HOST: lambda request: ranged(request, tile[1])})
    want, dataset = (
        wanted(tmp_path, tile, checksum=None, size=None),
        datasets.load()["mod17a3hgf_061"],
    )
    with requests.Session() as session:
        records.bring(session, want, dataset)
        want.path.write_bytes(tile[1] + b"\0")
        with pytest.raises(transfer.UnsoundFile, match="no longer the file that was downloaded"):
            records.bring(session, want, dataset)


def test_a_host_that_nobody_listed_fails_the_test(tmp_path, tile):
    from archives import Archives

    served = Archives(tmp_path, **{HOST: lambda request: Reply(b"")})
    with pytest.raises(AssertionError, match=r"elsewhere.example.org"), served.open():
        session = requests.Session()
        session.proxies = {"https": served.environment["HTTPS_PROXY"]}
        session.trust_env = False
        with pytest.raises(requests.exceptions.ProxyError):
            session.get("https://elsewhere.example.org/")
