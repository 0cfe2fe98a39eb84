"""A machine that is short of something: the job says of what, where, and what helps."""

import errno
import os
import subprocess
import sys

import pytest
from nepflow import _scarce

FRAME = """
import resource
from nepflow._log import logged_to
with logged_to({log!r}):
    {body}
"""


def said_by_job(tmp_path, body):
    """Run a job that fails; return what it says on the terminal and in its log."""
    log = tmp_path / "job.log"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", FRAME.format(log=str(log), body=body)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode
    return done.stderr, log.read_text(encoding="utf-8")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full")
def test_a_full_disk_is_named(tmp_path):
    told, log = said_by_job(tmp_path, "open('/dev/full', 'w').write('x' * 100000)")
    for text in (told, log):
        assert f"The disk of {tmp_path} is full" in text and "make resume" in text


def test_short_memory_is_named(tmp_path):
    limit = "resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30)); "
    told, log = said_by_job(tmp_path, limit + "bytearray(1 << 31)")
    for text in (told, log):
        assert "Memory was short" in text and "the limit is 1074 MB" in text
        assert "--set-resources" in text


def test_a_limit_of_files_is_named(tmp_path):
    body = (
        "resource.setrlimit(resource.RLIMIT_FSIZE, (40000, 40000)); "
        f"open({str(tmp_path / 'cube.tif')!r}, 'wb').write(bytes(100000))"
    )
    told, _ = said_by_job(tmp_path, body)
    assert "A file may have 40 kB at most here (ulimit -f)" in told


RASTER = """
import numpy as np
from nepflow.io import raster
    import rasterio
    from affine import Affine
    crs = rasterio.crs.CRS.from_epsg(6933).to_wkt()
    grid = raster.Grid(crs, Affine(500, 0, 0, 0, -500, 0), 1500, 1500)
    output = raster.Output({path!r}, "1", "noise", dtype={dtype!r}, colours={colours})
    resource.setrlimit(resource.RLIMIT_FSIZE, ({limit}, {limit}))
    raster.write(np.random.default_rng(1).integers(1, 250, (1500, 1500)), output, grid)
"""


@pytest.mark.parametrize(
    ("limit", "dtype", "colours"),
    [
        (300_000, "uint16", {1: "#ff0000"}),  # 390 kB of colours: GDAL never ends
        (1_500_000, "uint8", None),
        (2_500_000, "uint8", None),  # between cells and overviews
        (2_900_000, "uint8", None),
    ],
)
def test_a_raster_without_its_end_is_none(tmp_path, limit, dtype, colours):
    """2.3 MB of cells, then overviews: GDAL closes the file without a word of what it lost."""
    path = tmp_path / "noise.tif"
    body = RASTER.format(path=str(path), limit=limit, dtype=dtype, colours=colours)
    body = body.strip().replace("\nfrom", "; from")
    told, _ = said_by_job(tmp_path, body)
    assert f"A file may have {limit // 1000} kB at most here (ulimit -f)" in told
    assert list(tmp_path.glob("*.tif")) == [] and list(tmp_path.glob(".*.tif")) == []


def raised(error, cause=None):
    error.__cause__ = cause
    return error


def test_causes_count_and_other_errors_do_not(tmp_path):
    place = tmp_path / "job.log"
    full = OSError(errno.ENOSPC, "No space left on device")
    assert "is full" in _scarce.reason(raised(ValueError("Error from XDR"), full), place)
    assert "is full" in _scarce.reason(ValueError("write: No space left on device"), place)
    locked = PermissionError(errno.EROFS, "Read-only file system", "results/x.tif")
    assert "results/x.tif may not be written" in _scarce.reason(locked, place)
    lost = FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")
    assert "Set TMPDIR" in _scarce.reason(lost, place)
    assert _scarce.reason(ValueError("dem.tif: no CRS"), place) == ""
    assert _scarce.reason(FileNotFoundError(errno.ENOENT, "no", "x"), place) == ""


def test_a_full_disk_that_a_library_hides_is_found(tmp_path, monkeypatch):
    usage = type("Usage", (), {"free": 3_000_000})
    monkeypatch.setattr(_scarce.shutil, "disk_usage", lambda _: usage)
    told = _scarce.reason(ValueError("HDF4Error 124"), tmp_path / "job.log")
    assert f"The disk of {tmp_path} is full (3 MB free)" in told
