"""Studies, and the adapters that rules read them with. No rules."""

import math
import os
import re
import shlex
import sys
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.io import apply_wildcards

# that of this workflow, also where it is a module of another
TOP = Path(str(workflow.current_basedir)).resolve().parents[1]
SCRIPTS = TOP / "workflow/scripts"
sys.path.append(str(SCRIPTS))
# Snakemake puts only the folder of a script on its path; the library lies above it
shell.prefix(f"export PYTHONPATH={shlex.quote(str(SCRIPTS))}; ")

from nepflow import _leftovers as leftovers
from nepflow import _raw_inputs as raw_inputs
from nepflow import imports
from nepflow.study import datasets, downloads, files, load, names
from nepflow.study.modis import MissingTiles
from nepflow.study.settings_file import BadStudy

if os.path.exists(sys.executable):
    # Snakemake puts it into a shell command unquoted, a space ends it (snakemake#2645)
    sys.executable = shlex.quote(sys.executable)


class MissingRawFiles(SystemExit):
    """Raw files that a wanted result needs are not there: the end of the run, with the message.

    Snakemake takes a result that it cannot make any more for a given file, if it is there, and
    says nothing, whatever `Exception` an input function raises. An exit it lets pass.
    """


def checked(function, *arguments, **options):
    """What a function of settings returns; a fault stops the workflow with its remedy."""
    try:
        return function(*arguments, **options)
    except (BadStudy, datasets.BadRegister) as error:
        raise WorkflowError(str(error)) from None


SITE_FILES = TOP / "config/config.yaml", TOP / "workflow/schemas/site.schema.yaml"
# before Snakemake reads it, which takes the last of two equal keys and names no line
checked(load.read_yaml, SITE_FILES[0], True)


configfile: "config/config.yaml"


SITE = checked(load.load_site, *SITE_FILES, config)
RESULTS = SITE["results"]
DATASETS = checked(datasets.load)


def load_study(name):
    """The complete settings of a study."""
    schema = TOP / "workflow/schemas/study.schema.yaml"
    place = (TOP / "config", schema, SITE["raw"], RESULTS)
    study = checked(load.load_study, name, *place)
    return checked(downloads.completed, study, SITE["acquire"], DATASETS)


def setting(path, **default):
    """A setting of the study, such as "grid/resolution_m"; wildcards may stand in the path."""

    def value(wildcards):
        found = STUDIES[wildcards.study]
        for key in path.format(**wildcards).split("/"):
            if "default" in default and key not in found:
                return default["default"]
            found = found[int(key) if isinstance(found, list) else key]
        return found

    return value


def of_study(function, *names, **fixed):
    """What ``function`` gives of the study, of the named wildcards and of fixed arguments."""

    def value(wildcards):
        study, given = STUDIES[wildcards.study], [wildcards.get(name) for name in names]
        try:
            return checked(function, study, *given, **fixed)
        except MissingTiles as error:
            raise MissingRawFiles(
                f"MissingRawFiles: {downloads.missing_tiles(study, error)}"
            ) from None

    return value


def when_listed(function, *names, **fixed):
    """As `of_study`, but asked once the inputs are there: lists of downloads."""
    value = of_study(function, *names, **fixed)
    return lambda wildcards, input: value(wildcards)


def bands_of(patterns):
    """The files of all bands, by the name of each output of a rule."""
    return lambda wildcards: files.bands(
        STUDIES[wildcards.study], patterns, dict(wildcards.items())
    )


def by_attempt(amount):
    """Memory (MB) or time (minutes) of a job; tried again (``retries``), it gets more."""
    return lambda wildcards, attempt: amount_of(amount, wildcards) * attempt


def amount_of(amount, wildcards):
    """A number, or what a function of the wildcards gives, such as one of `of_study`."""
    return amount(wildcards) if callable(amount) else amount


def by_size(amount):
    """What a job needs at the size that was measured; in proportion more on a larger grid.

    Memory of what `raster.map_blocks` makes does not grow: its strips are cut to what is given.
    """

    return lambda wildcards, attempt: math.ceil(
        amount_of(amount, wildcards)
        * attempt
        * load.growth(STUDIES[wildcards.study], bool(wildcards.get("band")))
    )


def refusing(study, path, faults):
    """Input function of a raw file that is not there."""

    def refuse(_):
        raise MissingRawFiles(f"MissingRawFiles: {files.refusal(study, path, faults)}")

    return refuse


def lock_of_inputs(study):
    """The file that keeps the digests of the raw inputs of a study."""
    return f"{RESULTS}/{study}/{raw_inputs.NAME}"


def raw_files_of(wildcards, input, output):
    """What a job watches over (`nepflow._watch`)."""
    made = [RESULTS, str(TOP / "workflow"), str(TOP / "config"), str(TOP / "resources")]
    return {
        "files": raw_inputs.raw_of(input, *made),
        "lock": lock_of_inputs(wildcards.study),
        "granules": "".join(downloads.lock_if_there(STUDIES[wildcards.study])),
        "reader": output[0],
        "made": [os.path.relpath(place) for place in made],
    }


def changed_inputs(rule):
    """Params function: what a job read that is another file now.

    Of wildcards alone: what depends on inputs or outputs too Snakemake does not compare.
    """

    def changed(wildcards):
        reader = apply_wildcards(rule.output[0], wildcards)
        return raw_inputs.changed(lock_of_inputs(wildcards.study), reader)

    return changed


if not SITE["studies"]:
    raise WorkflowError(
        "config/config.yaml: studies names none. Write studies: [my_region], by the name of a file "
        "of config/studies."
    )
checked(names.check_studies, SITE["studies"], "config/config.yaml")
STUDIES = {name: load_study(name) for name in SITE["studies"]}
# Raw files that are not there, by path; a stat each. Jobs under way look at their own inputs.
RAW_FAULTS = {
    path: refusing(study, path, faults)
    for study in (STUDIES.values() if workflow.is_main_process else ())
    for faults in [files.faults(study)]
    for path in faults
}
for name in STUDIES if workflow.is_main_process else ():
    leftovers.sweep(f"{RESULTS}/{name}")
    leftovers.sweep(f"{RESULTS}/simulated/{name}")
    if told := raw_inputs.message(name, lock_of_inputs(name)):
        print(told, file=sys.stderr)
