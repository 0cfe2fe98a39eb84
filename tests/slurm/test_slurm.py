"""A tiny study on a real Slurm of one node, and a job that the cluster cancels."""

import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import cluster
import pytest
from copies import TINY, Workflow
from nepflow.io import raster

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(cluster.why_not()), reason=f"no Slurm: {cluster.why_not()}"),
]
SHORT = TINY | {
    "period": [2001, 2003],
    "min_years": 3,
    "landcover": {"substitute": [], "transitions": [2001, 2003]},
    "figures": [figure for figure in TINY["figures"] if figure["kind"] != "matrix"],
}
OPTIONS = (
    "--workflow-profile",
    "profiles/slurm",
    "--jobs",
    "3",
    "--latency-wait",
    "10",
    "--default-resources",
    "slurm_partition=main",
    "slurm_account=none",
    "mem_mb=2000",
    "runtime=30",
    "--slurm-init-seconds-before-status-checks",
    "5",
)
# Rules that are grouped (years, tables, figures), single ones and one that runs on the login node
RASTERS = ("nep/nep", "climate/temperature", "pixel/nep_mean", "landcover/landcover_2003")
TABLES = ("shares_province", "shares_dry_wet", "missing_reasons_native")
TARGETS = [
    *(f"results/tiny/{name}.tif" for name in RASTERS),
    *(f"results/tiny/tables/{name}.csv" for name in TABLES),
    "results/tiny/figures/nep_mean.png",
    "results/tiny/figures/study_area.png",
]
IN_THE_MIDDLE = 3  # rasters that are there before a job is cancelled


@pytest.fixture(scope="module")
def slurm():
    # munge refuses a key below a folder that others can write to, as pytest's own are
    folder = Path(tempfile.mkdtemp(prefix="nepflow-slurm-", dir="/run"))
    folder.chmod(0o755)
    try:
        with cluster.one_node(folder) as environment:
            yield environment
    finally:
        shutil.rmtree(folder)


def cancel_one(environment, folder, cancelled, over):
    """Cancel a running job as an administrator would, when some others have ended."""
    while not over.is_set():
        if len(list(folder.glob("results/tiny/**/*.tif"))) < IN_THE_MIDDLE:
            time.sleep(0.5)
            continue
        said = subprocess.run(
            [cluster.program("squeue"), "-h", "-t", "RUNNING", "-o", "%i"],
            env=environment,
            capture_output=True,
            text=True,
        ).stdout.split()
        if said:
            subprocess.run([cluster.program("scancel"), said[0]], env=environment, check=True)
            cancelled.append(said[0])
            return
        time.sleep(0.5)


def test_study_on_slurm_equals_the_local_one_and_survives_a_cancelled_job(root, slurm, tmp_path):
    local = Workflow(root, tmp_path / "local", tiny=SHORT)
    local.run(*TARGETS)
    remote = Workflow(root, tmp_path / "slurm", tiny=SHORT)
    cancelled, over = [], threading.Event()
    thread = threading.Thread(target=cancel_one, args=(slurm, remote.folder, cancelled, over))
    thread.start()
    try:
        said = remote.run(*TARGETS, *OPTIONS, environment=slurm)
    finally:
        over.set()
        thread.join()
    assert cancelled and "CANCELLED" in said
    assert said.count("SLURM jobid") + said.count("submitted with") > 3
    for path in (f"tiny/{name}.tif" for name in RASTERS):
        assert raster.digest(remote.result(path)) == raster.digest(local.result(path))
    for path in (f"tiny/tables/{name}.csv" for name in TABLES):
        assert remote.result(path).read_bytes() == local.result(path).read_bytes()
