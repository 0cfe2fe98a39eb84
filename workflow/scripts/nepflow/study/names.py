"""Names that a user chooses, and those that the workflow needs for itself.

A name of zones, figures, detectors, factors, contrasts or a study becomes a file name and a value
of a table; a name of a zone inside a set, or of a land-cover class, a value of a table. Everything
that could make two of them one is refused here, and nowhere else.

Standard library only: the workflow reads it before any environment exists.
"""

import re
import unicodedata
from collections import Counter
from pathlib import Path

from nepflow.study import settings_file
from nepflow.study.settings_file import BadStudy

ALL = "all"  # value of the tables in rows of the whole area
LONGEST = (
    60  # letters of a name; with what stands before and after it a file system takes 255 bytes
)
SHAPE = re.compile(r"[a-z][a-z0-9_]*")
SHAPE_OF_STUDY = re.compile(r"[^\W_][\w-]*")  # letters of any script
DEVICES = re.compile(r"con|prn|aux|nul|(com|lpt)[0-9]")  # Windows opens no file of such a name
# What the workflow calls so itself: by the key of the study file, names and what they stand for
TAKEN = {
    "zones": (
        (r"all|region|area|rest", "the study area as a whole, or what of it is outside of a zone"),
        (r"tiles|outlines|sums", "a file or a row that every study has"),
        (r".+_(nep|npp|rh)|.+_class_.+", "tables of the classes of pixels (shares_<class>_nep)"),
    ),
    "factors": ((ALL, "rows of all factors together"),),
    "study": ((r"simulated|index", "a folder or page of the results"),),
}
REMEDY = {"zones": " by what its zones are, such as province or basin, wherever the study names it"}
# Values of the tables of land cover that are no class
NO_CLASS = (
    ALL,
    "changed",
    "unchanged",
    "no data",
    "no land cover",
    "no productivity data",
    "total",
)


def check(study, file):
    """Refuse names of a study that are used twice, taken, or no file name everywhere.

    Parameters
    ----------
    study : dict
        Merged settings that fit the schema.
    file : str
        Study file, that an error names.

    Raises
    ------
    BadStudy
    """
    check_chosen([Path(file).stem], "study", file, SHAPE_OF_STUDY)
    for key in ("zones", "figures", "detectors", "contrasts"):
        check_chosen([entry["name"] for entry in study.get(key, [])], key, file)
    for entry in study.get("detectors", []):
        names = [factor["name"] for factor in entry["factors"]]
        check_chosen(names, "factors", f"{file}: detector {entry['name']}")
    _check_once([entry["id"] for entry in study.get("published", [])], f"{file}: published")
    for entry in study.get("published", []):  # no list has what numbers a study gives
        for key in ("quantity", "of"):
            new = RENAMED_VALUES[f"published.{key}"].get(entry.get(key))
            if new:
                raise BadStudy(f"{file}: published {entry['id']}: {key} {entry[key]} is now {new}.")
    _check_once([entry["name"] for entry in study.get("consistency", [])], f"{file}: consistency")
    called = [
        entry["as"] if isinstance(entry, dict) else entry
        for entry in study["acquire"].get("names", [])
    ]
    check_inside(dict.fromkeys(called), f"{file}: acquire.names", "Write them alike.")
    classes = [entry["name"] for entry in study["landcover"].get("classes", [])]
    check_inside(classes, f"{file}: landcover.classes", "Rename one.", NO_CLASS)


def check_chosen(names, key, place, shape=SHAPE):
    """Refuse names of one kind that cannot be told apart or that the workflow needs itself.

    Parameters
    ----------
    names : list of str
    key : str
        What is named, a key of the study file; ``study`` for studies.
    place : str
        File and entry, that an error names.
    shape : re.Pattern
        What a name may look like.

    Raises
    ------
    BadStudy
    """
    for name in names:
        if not shape.fullmatch(name) or len(name) > LONGEST or DEVICES.fullmatch(folded(name)):
            raise BadStudy(
                f"{place}: {key}: {name!r} cannot be the name of a file everywhere. Take a letter, "
                f"then letters, digits and _, at most {LONGEST}, and no name of a device such as "
                "con or nul."
            )
        for pattern, meaning in TAKEN.get(key, ()):
            if re.fullmatch(pattern, folded(name)):
                raise BadStudy(
                    f"{place}: {key}: the name {name} is taken, for {meaning}. Rename it"
                    f"{REMEDY.get(key, '')}."
                )
    _check_once(names, f"{place}: {key}")


def _check_once(names, place):
    """Refuse a name that stands twice, in whatever spelling a file system takes as the same."""
    kept = {}
    for name in names:
        other = kept.setdefault(folded(name), name)
        if other != name:
            raise BadStudy(f"{place}: {other} and {name} are one file name. Rename one.")
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise BadStudy(f"{place}: the name {twice[0]} is used twice. Rename one.")


def check_inside(names, place, remedy, taken=(ALL,)):
    """Refuse names of zones or classes of one set that a table or a reader takes for another.

    Parameters
    ----------
    names : iterable of str
        One a zone.
    place : str
        File and column, that an error names.
    remedy : str
        What to do about two names that are one.
    taken : sequence of str
        What the tables call so themselves.

    Raises
    ------
    BadStudy
        If a name is blank, taken, or another one but for case, blanks, width of letters or _.
    """
    kept = {}
    for name in names:
        short = folded(name)
        if not short:
            raise BadStudy(f"{place}: a name is blank. Give every zone a name.")
        if short in map(folded, taken):
            raise BadStudy(
                f"{place}: the name {name!r} is taken: the tables mean something else by it "
                f"({', '.join(taken)}). Rename that zone or class."
            )
        if short in kept:
            raise BadStudy(
                f"{place}: {kept[short]!r} and {name!r} cannot be told apart in tables and file "
                f"names. {remedy}"
            )
        kept[short] = name


def check_studies(studies, file):
    """Refuse the studies of a site that would share a folder, and what is no list of names.

    Raises
    ------
    BadStudy
    """
    if not isinstance(studies, list) or not all(isinstance(name, str) for name in studies):
        raise BadStudy(
            f"{file}: studies is {studies!r}, and must be a list of names (a name of digits in "
            "quotes), such as studies: [my_region]."
        )
    check_chosen(studies, "study", file, SHAPE_OF_STUDY)


def folded(name):
    """Return a name as a file system without case, and a hasty reader, see it."""
    plain = unicodedata.normalize("NFKC", str(name)).casefold()
    return re.sub(r"[\s_]+", " ", plain).strip().replace(" ", "_")


def any_of(names):
    """Return the regular expression of studies, for rules that only some of them have."""
    return "|".join(map(re.escape, names)) or "no_such_study"


# --- names of an older version in a study file: old -> new

RENAMED_KEYS = {  # from the top of a study file
    "twin": "simulation",
    "stability": "variability",
    "acquire.most_stations": "max_stations",
    "acquire.least_complete_percent": "min_complete_percent",
    "ndvi.kept_reliability": "valid_reliability",
    "ndvi.longest_linear_months": "max_interpolated_months",
    "stability.smallest_mean_g_c": "min_mean_g_c",
    "detector.smallest_stratum_cells": "min_stratum_cells",
    "climate.fill": "gap_filling",
    "climate.kriging.longest_gap_days": "max_gap_days",
    "climate.quality.neighbours.most": "max",
    "climate.quality.neighbours.least": "min",
    "respiration.reading": "time_step",
    "respiration.heterotrophic": "rh_relation",
    "respiration.applied_to": "rh_relation_step",
    "attribution.claim": "main_method",
}
# the same in every block
_KEY_PATTERNS = ((re.compile("minimum_"), "min_"), (re.compile("maximum_"), "max_"))
RENAMED_VALUES = {
    "inputs": {"twin": "simulated"},
    "respiration.reading": {"annual_once": "annual"},
    "attribution.claim": {"residual": "restrend"},
    "published.quantity": {
        "coupling_share": "trend_persistence_share",
        "rest_contribution": "residual_contribution",
    },
    "published.of": {
        "rest": "residual",
        "rises by the rest alone": "rises by the residual alone",
        "falls by the rest alone": "falls by the residual alone",
        "climate and the rest alike": "climate and the residual alike",
        "the rest, human activity in it": "the residual, human activity in it",
    },
}
_CARBON = r"(nep|npp|rh|temperature|precipitation|radiation)"
_OLD_LAYERS = (  # whole names of layers, wherever they stand as a value
    (r"pixel/npp/absence", r"pixel/npp_missing_reason"),
    (rf"pixel/{_CARBON}/coupling", r"pixel/\1_trend_persistence_class"),
    (rf"pixel/{_CARBON}/(\w+)", r"pixel/\1_\2"),
    (rf"attribution/{_CARBON}/residual_rest_(\w+)", r"attribution/\1_restrend_residual_\2"),
    (rf"attribution/{_CARBON}/residual_bias", r"attribution/\1_restrend_bias"),
    (rf"attribution/{_CARBON}/residual_(\w+)", r"attribution/\1_restrend_\2"),
    (rf"attribution/{_CARBON}/(\w+)_rest_(\w+)", r"attribution/\1_\2_residual_\3"),
    (rf"attribution/{_CARBON}/(\w+)", r"attribution/\1_\2"),
    (r"npp/(\w+)/(\d{4})", r"npp/\1/npp_\2"),
    (r"npp/(\w+)/absence_(\d{4})", r"npp/\1/missing_reason_\2"),
    (r"npp/compared/(own|other|difference)", r"npp/compared/npp_\1"),
    (r"landcover/(\d{4})", r"landcover/landcover_\1"),
    (r"landcover/keys/(\w+)/(\d{4})", r"landcover/keys/\1/landcover_\2"),
    (r"nep/rh_annual_once", r"nep/rh_annual"),
    (r"ndvi/(mean|normals|state)", r"ndvi/ndvi_\1"),
)
RENAMED_LAYERS = tuple((re.compile(old), new) for old, new in _OLD_LAYERS)


def renamed_key(place):
    """Return the new name of a key, None where it keeps its own.

    Parameters
    ----------
    place : tuple of str
        Keys from the top of the study file to it.
    """
    found = RENAMED_KEYS.get(".".join(place))
    for pattern, new in _KEY_PATTERNS:
        if found is None and pattern.match(place[-1]):
            found = pattern.sub(new, place[-1], count=1)
    return found


def renamed_value(place, text):
    """Return the new text of a value, None where it keeps its own."""
    if text in RENAMED_VALUES.get(".".join(place), {}):
        return RENAMED_VALUES[".".join(place)][text]
    return next((old.sub(new, text) for old, new in RENAMED_LAYERS if old.fullmatch(text)), None)


def _renamed_study(name, folder):
    """The study of this project that was renamed, None where there is one of the old name."""
    new = re.sub("_twin$", "_simulated", name)
    there = (folder / f"{other}.yaml" for other in (name, new))
    return new if [path.exists() for path in there] == [False, True] else None


def replacements(path):
    """Return the text of a study file, and (scalar, new text) of what was renamed in it.

    Raises
    ------
    FileNotFoundError
    settings_file.BadSettings
    """
    text, scalars = settings_file.scalars(path)
    found = []
    for scalar in scalars:
        if scalar.is_key:
            new = renamed_key(scalar.place)
        elif scalar.place == ("based_on",):
            new = _renamed_study(scalar.text, Path(path).parent)
        else:
            new = renamed_value(scalar.place, scalar.text)
        if new is not None:
            found.append((scalar, new))
    return text, found


def check_current(path):
    """Refuse a study file with names of an older version.

    Raises
    ------
    BadStudy
        With each line, its new name, and the command that writes them.
    """
    _, found = replacements(path)
    if found:
        lines = [f"  line {old.line}: {'.'.join(_old(old))} is now {new}" for old, new in found]
        raise BadStudy(
            f"{path}: names of an older version:\n" + "\n".join(lines) + "\nWrite them so, or "
            f"let `python workflow/scripts/commands/convert_study.py {Path(path).stem}` do it."
        )


def _old(scalar):
    return scalar.place if scalar.is_key else (*scalar.place, scalar.text)


def converted(path):
    """Return the text of a study file with the names of this version, and how many were written."""
    text, found = replacements(path)
    for scalar, new in sorted(found, key=lambda pair: -pair[0].start):
        quote = text[scalar.start] if text[scalar.start] in "'\"" else ""
        text = f"{text[: scalar.start]}{quote}{new}{quote}{text[scalar.end :]}"
    return text, len(found)
