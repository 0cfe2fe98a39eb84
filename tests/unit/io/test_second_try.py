"""A job that Snakemake tries again: a fault of an input ends it at once, another fault does not."""

import os
import subprocess
import sys
from textwrap import dedent

JOB = """
    from types import SimpleNamespace
    from nepflow._log import logged_to
    from nepflow.io.raster import WrongYears
    snakemake = SimpleNamespace(resources={{"attempt": {attempt}}})
    if __name__ == "__main__":
        with logged_to("job.log"):
            print("worked")
            raise {error}
"""


def tried(folder, attempt, error):
    """Return what a job prints and its log."""
    command = [sys.executable, "-c", dedent(JOB).format(attempt=attempt, error=error)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert done.returncode == 1
    return done.stdout, (folder / "job.log").read_text(encoding="utf-8")


def test_a_fault_of_an_input_is_found_once_a_run(tmp_path):
    fault = "WrongYears('npp.tif: 3 years')"
    (worked, log), again = (tried(tmp_path, attempt, fault) for attempt in (1, 2))
    assert worked == "worked\n" and "npp.tif: 3 years" in log
    assert again == ("", log)
    assert [tried(tmp_path, 1, fault)[0] for _ in range(2)] == ["worked\n"] * 2  # runs of their own


def test_other_faults_are_tried_again(tmp_path):
    assert [tried(tmp_path, attempt, "MemoryError()")[0] for attempt in (1, 2)] == ["worked\n"] * 2
