"""A run that is killed, and resumed as `make resume` does, ends as if nothing had happened."""

import csv
import os
import random
import signal
import subprocess
import sys
import time

import pytest
from copies import TINY, Workflow

pytestmark = pytest.mark.slow
WAYS = ("process", "group", "process")  # the orphans of the first and last go on


def digests(workflow):
    with open(workflow.result("tiny/manifest.csv"), encoding="utf-8", newline="") as file:
        return {row["file"]: row["sha256"] for row in csv.DictReader(file)}


def start(workflow):
    """Start the workflow on one core, in a process group of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "snakemake", "--cores", "1", "--rerun-incomplete"],
        cwd=workflow.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def products(workflow):
    """How many files have their final name, those being written left out."""
    results = workflow.result("")
    return sum(path.is_file() for path in results.rglob("[!.]*")) if results.exists() else 0


def kill_within_work(workflow, way, pause_s):
    """Let the workflow make some files, kill it in the middle of a job; the number of files."""
    before, running = products(workflow), start(workflow)
    try:
        while products(workflow) < before + 8:
            assert running.poll() is None, "it ended before it could be killed"
            time.sleep(0.2)
        time.sleep(pause_s)
    finally:
        kill = os.kill if way == "process" else os.killpg
        kill(running.pid, signal.SIGKILL)
        running.wait()
    return products(workflow)


def test_killed_and_resumed_on_one_core_gives_the_digests_of_two(root, tiny, tmp_path):
    workflow, chance = Workflow(root, tmp_path / "copy", tiny=TINY), random.Random(1)
    for way in WAYS:
        made = kill_within_work(workflow, way, chance.uniform(0, 4))
        workflow.run("--unlock")
    said = workflow.run("--rerun-incomplete", cores=1)
    assert made > 20 and "Nothing to be done" not in said
    assert digests(workflow) == digests(tiny)
    assert len(digests(workflow)) > 60
    assert left_behind(workflow) == []


def run_within(workflow, limits):
    """Run the workflow below limits of bash's ulimit; return what it says."""
    command = f"ulimit {limits} && exec {sys.executable} -m snakemake --cores 1 --keep-going"
    done = subprocess.run(
        ["bash", "-c", f"{command} --rerun-incomplete"],
        cwd=workflow.folder,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    assert done.returncode, "the limit was none"
    return done.stdout + done.stderr


def left_behind(workflow):
    results = workflow.result("")
    return [path for path in results.rglob(".*") if path.name != ".snakemake_timestamp"]


def test_a_full_disk_and_short_memory_are_named_and_resumed(root, tiny, tmp_path):
    workflow = Workflow(root, tmp_path / "copy", tiny=TINY)
    said = run_within(workflow, "-f 300")  # kB a file; Snakemake's own lists need 70
    assert "A file may have 307 kB at most here (ulimit -f)" in said
    said = run_within(workflow, "-v 700000")  # kB of address space
    # below a limit for all, Snakemake's own threads and the C library may come before a job
    told = ("Memory was short", "cannot allocate memory", "can't start new thread")
    assert any(text in said for text in told)
    workflow.run("--rerun-incomplete", cores=1)
    assert digests(workflow) == digests(tiny)
    assert left_behind(workflow) == []
