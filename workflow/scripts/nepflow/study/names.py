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
