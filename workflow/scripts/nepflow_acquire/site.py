"""The site and its studies, as a command outside of the workflow sees them."""

from pathlib import Path

import yaml
from nepflow import study as study_files

TOP = Path(__file__).resolve().parents[3]


def settings(top=TOP):
    """Return config/config.yaml as a dictionary, with its defaults filled in."""
    site = yaml.safe_load((Path(top) / "config/config.yaml").read_text(encoding="utf-8")) or {}
    results = (site.get("pathvars") or {}).get("results", "results")
    return {"raw": "data", "acquire": False, "studies": [], "results": results} | site


def study(name, top=TOP):
    """Return the complete settings of a study of this site.

    Raises
    ------
    nepflow.study.BadStudy
    """
    site, top = settings(top), Path(top)
    schema = top / "workflow/schemas/study.schema.yaml"
    return study_files.load_study(name, top / "config", schema, site["raw"], site["results"])
