"""Digests of raw inputs: at first sight, when they change, while a job reads them."""

import hashlib
import json
import os
import shutil
import subprocess

import numpy as np
import pytest
from nepflow import _digests as digests
from nepflow import _raw_inputs as raw_inputs
from nepflow._watch import ChangedInput, watched

CHANCE = np.random.default_rng(2)


@pytest.fixture
def job(tmp_path):
    """The parameter of a job that reads one file and made one result."""
    raw, results = tmp_path / "data", tmp_path / "results"
    raw.mkdir()
    (raw / "dem.tif").write_bytes(CHANCE.bytes(5000))
    reader = results / "mine/dem.tif"
    reader.parent.mkdir(parents=True)
    reader.touch()
    return {
        "files": [str(raw / "dem.tif")],
        "lock": str(results / "mine" / raw_inputs.NAME),
        "granules": "",
        "reader": str(reader),
        "made": [str(results)],
    }


def replaced(path, content=None):
    """Put another content of the same size and date there."""
    status = os.stat(path)
    with open(path, "r+b") as file:
        file.write(content or CHANCE.bytes(status.st_size))
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def again(path, shift_s):
    status = os.stat(path)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns + int(shift_s * 1e9)))


def run(job):
    with watched(job):
        pass


def test_first_sight_is_recorded_once(job):
    (path,) = job["files"]
    run(job)
    run(job)
    (sight,) = raw_inputs.read(job["lock"])
    with open(path, "rb") as file:
        assert sight.sha256 == hashlib.sha256(file.read()).hexdigest()
    assert sight.version == raw_inputs.version_of(path) and sight.reader == job["reader"]
    assert raw_inputs.changed(job["lock"], job["reader"]) == []
    assert raw_inputs.message("mine", job["lock"]) == ""


def test_a_touched_file_is_the_same_and_an_older_one_is_another(job):
    (path,) = job["files"]
    run(job)
    again(path, 100)
    assert raw_inputs.changed(job["lock"], job["reader"]) == []
    replaced(path)
    again(path, -86400)  # older than what was made of it: Snakemake would see nothing
    now = digests.digest(path)
    assert raw_inputs.changed(job["lock"], job["reader"]) == [[path, now]]
    told = raw_inputs.message("mine", job["lock"])
    assert path in told and "1 results of it are made anew" in told and job["reader"] in told
    run(job)  # made anew: the parameter stays, so that it is not made again
    assert raw_inputs.changed(job["lock"], job["reader"]) == [[path, now]]
    assert raw_inputs.message("mine", job["lock"]) == ""


def test_of_another_job_only_its_own_change_counts(job):
    (path,) = job["files"]
    run(job)
    replaced(path)
    again(path, 5)
    other = job | {"reader": job["reader"].replace("dem.tif", "slope.tif")}
    run(other)
    assert raw_inputs.changed(job["lock"], other["reader"]) == []
    assert len(raw_inputs.changed(job["lock"], job["reader"])) == 1


def test_a_file_replaced_while_it_is_read_is_found(job):
    (path,) = job["files"]
    told = pytest.raises(ChangedInput, match=r"dem\.tif: was replaced while it was read")
    with told, watched(job):
        replaced(path)  # size and date stay
    assert raw_inputs.read(job["lock"]) == []
    with watched(job):
        again(path, 3)  # touched only


def test_a_change_is_told_in_the_log(job, caplog, capsys):
    run(job)
    replaced(job["files"][0])
    with pytest.raises(ChangedInput, match=r"same size and date: it was damaged.*touch"):
        run(job)
    again(job["files"][0], 60)
    run(job)
    assert "is another file than on" in caplog.text and "another file" in capsys.readouterr().err
    assert len(raw_inputs.read(job["lock"])) == 2


def test_records_of_others_are_compared(job, tmp_path):
    (path,) = job["files"]
    record = tmp_path / "data/dem.tif.source.json"
    said = {"sha256": digests.digest(path), "checksum_verified": True}
    record.write_text(json.dumps(said))
    run(job)
    assert digests.verified(path) == "digest of the archive"
    record.write_text(json.dumps(said | {"checksum_verified": False}))
    assert digests.verified(path) == "digest of its download"
    record.write_text(json.dumps({"sha256": "0" * 64}))
    with pytest.raises(ChangedInput, match=r"dem\.tif.*source\.json says 0000"):
        run(job)
    record.unlink()
    assert digests.verified(path) == "unverified"
    locked = tmp_path / "locks.csv"
    locked.write_text("file,sha256\ndem.tif," + "1" * 64 + "\n")
    with pytest.raises(ChangedInput, match=r"locks\.csv says 1111"):
        run(job | {"granules": str(locked)})


@pytest.mark.parametrize(
    ("name", "text", "algorithm"),
    [
        ("dem.cmr.xml", "<Checksum><Value>{}</Value><Algorithm>MD5</Algorithm></Checksum>", "MD5"),
        (
            "dem.tif.xml",
            "<ChecksumType>CKSUM</ChecksumType> <Checksum>{}</Checksum>",
            "CKSUM",
        ),
    ],
)
def test_inventories_of_archives_are_compared(job, tmp_path, name, text, algorithm):
    (path,) = job["files"]
    inventory = tmp_path / "data" / name
    inventory.write_text(f"<Granule>{text.format(digests.digest(path, algorithm))}</Granule>")
    run(job)
    replaced(path)
    with pytest.raises(ChangedInput, match=rf"its {algorithm} is \w+, {name} says"):
        run(job)


@pytest.mark.skipif(not shutil.which("cksum"), reason="no cksum")
@pytest.mark.parametrize("size", [0, 1, 255, 256, 5000, 1 << 21])
def test_cksum_is_that_of_posix(tmp_path, size):
    path = tmp_path / "file"
    path.write_bytes(CHANCE.bytes(size))
    said = subprocess.run(["cksum", path], capture_output=True, text=True, check=True)
    assert digests.digest(path, "CKSUM") == said.stdout.split()[0]


def test_folders_and_layers_are_all_their_files(job, tmp_path):
    raw = tmp_path / "data"
    for name in ("area.shp", "area.dbf", "stations/a.csv", "stations/b.csv"):
        (raw / name).parent.mkdir(exist_ok=True)
        (raw / name).write_text(name)
    made = tmp_path / "results/mine/grid.tif"
    made.touch()
    files = [str(raw / "area.shp"), str(raw / "stations"), str(made)]
    run(job | {"files": files})
    seen = {os.path.relpath(sight.file, raw) for sight in raw_inputs.read(job["lock"])}
    assert seen == {"area.shp", "area.dbf", "stations/a.csv", "stations/b.csv"}


def test_a_half_line_of_a_killed_job_is_passed_over(job):
    run(job)
    with open(job["lock"], "a", encoding="utf-8") as file:
        file.write("data/x.tif,0123")
    assert len(raw_inputs.read(job["lock"])) == 1
    run(job | {"reader": "results/other.tif"})
    assert len(raw_inputs.read(job["lock"])) == 2
