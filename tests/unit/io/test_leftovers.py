"""What killed jobs leave is removed, what running ones write stays."""

import os
import socket
import subprocess
import sys
import time

from nepflow import _leftovers as leftovers
from nepflow.io.atomic import replacing, working_folder


def dead():
    """The number of a process that is no more."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_only_what_dead_jobs_left_is_swept(tmp_path):
    host, place = socket.gethostname(), tmp_path / "npp/061"
    place.mkdir(parents=True)
    left = [place / f".npp_2001.{host}.{dead()}.tif", place / f".npp_2001.{host}.{dead()}.work"]
    left[0].touch()
    left[1].mkdir()
    (left[1] / "flux.tif").touch()
    old = place / ".npp_2002.another-node.77.tif"
    old.touch()
    os.utime(old, (time.time() - 30 * 86400,) * 2)
    kept = [
        place / f".npp_2001.{host}.{os.getpid()}.tif",
        place / ".npp_2003.another-node.77.tif",
        place / ".hidden",
        place / ".MOD17A3HGF.A2001001.h25v05.061.2021.hdf.part",
        place / "npp_2001.tif",
        place / f"npp.{host}.{dead()}.tif",
    ]
    for path in kept:
        path.touch()
    assert sorted(leftovers.sweep(tmp_path)) == sorted(map(str, [*left, old]))
    assert sorted(place.iterdir()) == sorted(kept)


def test_names_are_those_that_jobs_write(tmp_path):
    final = tmp_path / "nep_2001.tif"
    with replacing(final) as path, working_folder(final) as folder:
        path.touch()
        assert leftovers.NAME.fullmatch(path.name) and leftovers.NAME.fullmatch(folder.name)
        assert leftovers.sweep(tmp_path) == []
        assert sorted(tmp_path.iterdir()) == sorted([path, folder])
    assert list(tmp_path.iterdir()) == [final]


def test_a_killed_writer_leaves_what_is_swept(tmp_path):
    code = (
        "import os, signal; from nepflow.io.atomic import replacing\n"
        f"with replacing({str(tmp_path / 'cube.tif')!r}) as path:\n"
        "    path.touch(); os.kill(os.getpid(), signal.SIGKILL)"
    )
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], env=environment, check=False)
    (left,) = tmp_path.iterdir()
    assert leftovers.sweep(tmp_path) == [str(left)] and not list(tmp_path.iterdir())
