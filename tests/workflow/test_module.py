"""The workflow as a Snakemake module of another workflow."""

import os
import subprocess
import sys

import rasterio
from copies import TINY, Workflow

PARENT = """\
module carbon:
    snakefile: "{snakefile}"
    config: {{"studies": ["tiny"]}}

use rule * from carbon as carbon_*

rule mine:
    default_target: True
    input: "results/tiny/{target}"
    output: "mine.txt"
    log: "mine.log"
    script: "mine.py"
"""
SCRIPT = """\
with open(snakemake.output[0], "w", encoding="utf-8") as file:
    file.write(f"{len(snakemake.input)} input")
"""


def parent(root, folder, target, **grid):
    """A workflow elsewhere, whose one rule reads a product of this one; returns its run."""
    workflow = Workflow(root, folder / "carbon 碳", tiny=TINY | {"grid": TINY["grid"] | grid})
    other = folder / "parent"
    other.mkdir()
    text = PARENT.format(snakefile=workflow.folder / "Snakefile", target=target)
    (other / "Snakefile").write_text(text, encoding="utf-8")
    (other / "mine.py").write_text(SCRIPT, encoding="utf-8")
    environment = {key: text for key, text in os.environ.items() if key != "PYTHONPATH"}

    def run(*arguments):
        command = [sys.executable, "-m", "snakemake", "--cores", "1", *arguments]
        done = subprocess.run(
            command, cwd=other, env=environment, capture_output=True, encoding="utf-8"
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    return other, run


def test_a_parent_workflow_runs_jobs_of_this_one(root, tmp_path):
    other, run = parent(root, tmp_path, "grid.tif")
    assert "carbon_define_grid" in run()
    with rasterio.open(other / "results/tiny/grid.tif") as source:
        assert source.res == (40_000, 40_000)
    # its own rule is left as it is: no benchmark, no module of ours as an input
    assert (other / "mine.txt").read_text(encoding="utf-8") == "1 input"
    assert not (other / "mine.tsv").exists()
    assert (other / "logs/tiny/define_grid.tsv").exists()
    assert "Nothing to be done" in run("-n")


def test_bands_are_gathered_in_a_module_too(root, tmp_path):
    _, run = parent(root, tmp_path, "nep/nep.tif", blocks=2)
    said = run("-n")
    assert "tiny/bands/2-of-2: NEP" in said and "bands of results/tiny/nep/nep.tif" in said
