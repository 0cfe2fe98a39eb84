"""Studies, and the functions that rules read them with."""

import ast
import csv
import math
import os
import re
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError

TOP = Path(workflow.basedir)
SCRIPTS = TOP / "workflow/scripts"
sys.path.append(str(SCRIPTS))
# Snakemake puts only the folder of a script on its path; the library lies above it
shell.prefix(f"export PYTHONPATH={shlex.quote(str(SCRIPTS))}; ")

from nepflow.study import circularity as dependence
from nepflow.study import detector as detector_entries
from nepflow.study import downloads as acquire_choices
from nepflow.study import figures as figure_entries
from nepflow.study import files as own_files
from nepflow.study import load as job_size
from nepflow.study import landcover as land_use_entries
from nepflow.study import landcover
from nepflow.study import load as study_files
from nepflow.study import modis
from nepflow.study import names
from nepflow.study import restoration as restoration_entries
from nepflow.inputs import plan
from nepflow.study import datasets as register

if os.path.exists(sys.executable):
    # Snakemake puts it into a shell command unquoted, a space ends it (snakemake#2645)
    sys.executable = shlex.quote(sys.executable)


def checked(load, *given):
    """What a loader of settings returns; a fault stops the workflow with its remedy."""
    try:
        return load(*given)
    except (study_files.BadStudy, register.BadRegister) as error:
        raise WorkflowError(str(error)) from None


SITE_FILES = TOP / "config/config.yaml", TOP / "workflow/schemas/site.schema.yaml"
# before Snakemake reads it, which takes the last of two equal keys and names no line
checked(study_files.read_yaml, SITE_FILES[0], True)


configfile: "config/config.yaml"


SITE = checked(study_files.load_site, *SITE_FILES, config)
RAW, RESULTS = SITE["raw"], SITE["results"]


class MissingRawFiles(SystemExit):
    """Raw files that a wanted result needs are not there: the end of the run, with the message.

    Snakemake takes a result that it cannot make any more for a given file, if it is there, and
    says nothing, whatever `Exception` an input function raises. An exit it lets pass.
    """

    def __init__(self, message):
        super().__init__(f"MissingRawFiles: {message}")


def load_study(name):
    """The checked settings of a study."""
    schema = TOP / "workflow/schemas/study.schema.yaml"
    return checked(study_files.load_study, name, TOP / "config", schema, RAW, RESULTS)


def code_of(script):
    """Modules of our own packages that ``script`` imports, directly or not.

    Listed as an input of its rule, so that a changed formula reruns exactly the rules that
    use it (Snakemake itself watches only the script file). Modules named ``_*.py`` cannot
    change a number and are left out.
    """
    found, queue = set(), [SCRIPTS / script]
    while queue:
        for name in imported_names(queue.pop()):
            file = SCRIPTS.joinpath(*name.split(".")).with_suffix(".py")
            if file.is_file() and file not in found and file.name[0] != "_":
                found.add(file)
                queue.append(file)
    return sorted(map(os.path.relpath, found))


def imported_names(path):
    """Dotted names that a Python file may import, as modules or from modules."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def by_attempt(amount):
    """Memory (MB) or time (minutes) of a job; tried again (``retries``), it gets more."""
    return lambda wildcards, attempt: amount * attempt


def by_size(amount):
    """What a job needs at the size that was measured; in proportion more on a larger grid.

    Memory of what `raster.map_blocks` makes does not grow: its strips are cut to what is given.
    """

    def needed(wildcards, attempt):
        larger = job_size.growth(STUDIES[wildcards.study], "band" in wildcards.keys())
        return math.ceil(amount * attempt * larger)

    return needed


def check_figure_kinds(studies):
    """A figure's name tells the rule that draws it, so it has one kind in all studies."""
    kinds = {}
    for name, study in studies.items():
        for figure in study["figures"]:
            if kinds.setdefault(figure["name"], figure["kind"]) != figure["kind"]:
                raise WorkflowError(
                    f"config/studies/{name}.yaml: figure {figure['name']} is a {figure['kind']} here "
                    f"and a {kinds[figure['name']]} in another study of the site. Rename one."
                )


if not SITE["studies"]:
    raise WorkflowError(
        "config/config.yaml: studies names none. Write studies: [my_region], by the name of a file "
        "of config/studies."
    )
checked(names.check_studies, SITE["studies"], "config/config.yaml")
STUDIES = {name: load_study(name) for name in SITE["studies"]}
check_figure_kinds(STUDIES)
