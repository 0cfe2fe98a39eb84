"""The detectors of a study: which layers they compare, and which factors were built in.

Standard library only: the workflow reads it before any environment exists.
"""

import re

from nepflow.study import circularity
from nepflow.study.figures import did_you_mean
from nepflow.study.settings_file import BadStudy

_CARBON = re.compile(r"pixel/(nep|npp|rh)/(\w+)")
_DRIVER = re.compile(
    rf"(?:(?:pixel|climate)/)?({'|'.join(circularity.DRIVERS)}|ndvi|landcover)(?:/|$)"
)
_MEAN = re.compile(rf"pixel/(nep|npp|rh|{'|'.join(circularity.DRIVERS)})/mean")
_COVER = re.compile(r"landcover/(?:keys/(\w+)/)?(\d{4})")
KINDS = ("detector", "interaction")  # of figures


def detectors_of(study):
    """Return the detectors of a study with those that stand beside them.

    A detector of NEP with a factor that entered NEP gets a companion of NPP alone, named
    ``<name>_npp``, unless the study has one of that name.
    """
    made = []
    names = {entry["name"] for entry in study.get("detectors", [])}
    for entry in study.get("detectors", []):
        made.append(entry)
        match, companion = _CARBON.fullmatch(entry["of"]), f"{entry['name']}_npp"
        entered = any(built_in_how(study, entry, factor) for factor in entry["factors"])
        if match and match[1] == "nep" and entered and companion not in names:
            made.append({**entry, "name": companion, "of": f"pixel/npp/{match[2]}"})
    return made


def built_in_how(study, entry, factor):
    """Return how a factor entered what it explains: ``same layer``, ``own source`` or nothing.

    A file of the user is never the same layer; its key ``quantity`` says what it is a map of.
    """
    dependent = _CARBON.fullmatch(entry["of"])
    match = None if "file" in factor else _DRIVER.match(factor["layer"])
    driver = match[1] if match else factor.get("quantity")
    if not dependent or not driver:
        return ""
    how = circularity.built_in_how(study, dependent[1], driver)
    if how == circularity.NO:
        return ""
    return circularity.OWN if "file" in factor and how == circularity.SAME else how


def layers_of(entry):
    """Return the study's rasters that a detector reads, without ending, its variable first."""
    return [entry["of"], *(factor_layer(factor) for factor in entry["factors"])]


def truth_of(layer):
    """Return what a twin holds as the truth of a layer, or None where the layer is given as it is.

    Name of its cube, the year of it (None: the mean of all) and the key of land cover (None:
    that of the study).
    """
    if match := _MEAN.fullmatch(layer):
        return match[1], None, None
    match = _COVER.fullmatch(layer)
    return ("landcover", int(match[2]), match[1]) if match else None


def factor_layer(factor):
    """Return the raster of a factor on the study's grid, without ending."""
    return f"factors/{factor['name']}" if "file" in factor else factor["layer"]


def check(study, file):
    """Refuse detectors and figures of them that lack something or contradict each other.

    Raises
    ------
    BadStudy
    """
    entries = study.get("detectors", [])
    files = {}
    for entry in entries:
        _check_factors(entry, files, file)
    known = {entry["name"] for entry in detectors_of(study)}
    for figure in study.get("figures", []):
        if figure["kind"] in KINDS and figure.get("detector") not in known:
            name = figure.get("detector")
            raise BadStudy(
                f"{file}: figure {figure['name']} wants the detector {name}, the study has "
                f"{', '.join(sorted(known)) or 'none'}.{did_you_mean(name, known)} Name one in its "
                "key `detector`."
            )


def _check_factors(entry, files, file):
    """A factor comes from one place; a file of one name is the same in all detectors."""
    place = f"{file}: detector {entry['name']}"
    for factor in entry["factors"]:
        if "file" not in factor and "layer" not in factor:
            raise BadStudy(
                f"{place}: factor {factor['name']} needs `layer`, a raster of the study, or "
                "`file`, a raster or polygons of the raw folder."
            )
        if "file" in factor and files.setdefault(factor["name"], factor) != factor:
            raise BadStudy(
                f"{place}: factor {factor['name']} is another file in another detector. Rename one."
            )
