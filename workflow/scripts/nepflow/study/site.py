"""The site and its studies, as a command outside of the workflow sees them."""

import sys
from pathlib import Path

from nepflow.study import load as study_files

TOP = Path(__file__).resolve().parents[4]


def settings(top=TOP):
    """Return config/config.yaml as a dictionary, with its defaults filled in.

    Raises
    ------
    nepflow.study.BadStudy
    """
    schema = Path(top) / "workflow/schemas/site.schema.yaml"
    return study_files.load_site(Path(top) / "config/config.yaml", schema)


def run(main, before=None):
    """Run a command as a program; a letter that the terminal cannot show does not stop it."""
    sys.stdout.reconfigure(errors="replace")
    if before:
        before()
    try:
        failed = main() or 0
    except study_files.BadStudy as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        failed = 1
    sys.exit(min(failed, 100))


def study(name, top=TOP):
    """Return the complete settings of a study of this site.

    Raises
    ------
    nepflow.study.BadStudy
    """
    site, top = settings(top), Path(top)
    schema = top / "workflow/schemas/study.schema.yaml"
    return study_files.load_study(name, top / "config", schema, site["raw"], site["results"])
