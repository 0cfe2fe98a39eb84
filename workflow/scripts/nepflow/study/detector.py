"""The detectors of a study: which layers they compare, and which factors were built in.

Standard library only: the workflow reads it before any environment exists.
"""

import re

from nepflow.study import circularity, landcover, layers
from nepflow.study import files as study_files
from nepflow.study.figures import KINDS, did_you_mean
from nepflow.study.settings_file import BadStudy

_CARBON = re.compile(r"pixel/(nep|npp|rh)_(\w+)")
_DRIVER = re.compile(
    rf"(?:(?:pixel|climate)/)?({'|'.join(circularity.DRIVERS)}|ndvi|landcover)(?:/|_|$)"
)
_MEAN = re.compile(rf"pixel/(nep|npp|rh|{'|'.join(circularity.DRIVERS)})_mean")
_COVER = re.compile(r"landcover/(?:keys/(\w+)/)?landcover_(\d{4})")
TABLES = ("factors", "interactions", "discretisation", "risk", "ecological", "scales")


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
        entered = any(shared_inputs_how(study, entry, factor) for factor in entry["factors"])
        if match and match[1] == "nep" and entered and companion not in names:
            made.append({**entry, "name": companion, "of": f"pixel/npp_{match[2]}"})
    return made


def shared_inputs_how(study, entry, factor):
    """Return how a factor entered what it explains: ``same layer``, ``own source`` or nothing.

    A file of the user is never the same layer; its key ``quantity`` says what it is a map of.
    """
    dependent = _CARBON.fullmatch(entry["of"])
    match = None if "file" in factor else _DRIVER.match(factor["layer"])
    driver = match[1] if match else factor.get("quantity")
    if not dependent or not driver:
        return ""
    how = circularity.shared_inputs_how(study, dependent[1], driver)
    if how == circularity.NO:
        return ""
    return circularity.OWN if "file" in factor and how == circularity.SAME else how


def layers_of(entry):
    """Return the study's rasters that a detector reads, without ending, its variable first."""
    return [entry["of"], *(factor_layer(factor) for factor in entry["factors"])]


def truth_of(layer):
    """Return what a simulation holds as the truth of a layer, None where it is given as it is.

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
        if "detector" in KINDS[figure["kind"]].needs and figure.get("detector") not in known:
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
        if factor.get("outside") and not {"name_field", "classes"} & factor.keys():
            raise BadStudy(
                f"{place}: factor {factor['name']} has `outside`, the class of cells without one, "
                "and no classes. Give it `name_field` (polygons) or `classes: true`, or remove "
                "`outside`."
            )
        if "file" in factor and files.setdefault(factor["name"], factor) != factor:
            raise BadStudy(
                f"{place}: factor {factor['name']} is another file in another detector. Rename one."
            )


def pattern(studies):
    """Return the regular expression of the detectors of any study."""
    names = {entry["name"] for study in studies.values() for entry in study["detectors"]}
    return "|".join(sorted(names)) or "no_such_detector"


def entry(study, detector):
    """Return what the study says of a detector."""
    return next(entry for entry in study["detectors"] if entry["name"] == detector)


def layer_files(study, detector):
    """Return the rasters of a detector: its variable, then its factors."""
    return [layers.below(study, f"{layer}.tif") for layer in layers_of(entry(study, detector))]


def variable_file(study, detector):
    """Return the raster that a detector explains."""
    return layer_files(study, detector)[0]


def variable(study, detector):
    """Return the layer that a detector explains."""
    return entry(study, detector)["of"]


def factor_names(study, detector):
    """Return the names of the factors of a detector."""
    return [factor["name"] for factor in entry(study, detector)["factors"]]


def shared_inputs(study, detector):
    """Return how each factor entered the variable, or an empty text."""
    own = entry(study, detector)
    return [shared_inputs_how(study, own, factor) for factor in own["factors"]]


def factor(study, factor):
    """Return the factor of a name that comes from a file: the same in every detector.

    Of polygons it says what cells outside of them are.
    """
    found = [
        own
        for entry in study["detectors"]
        for own in entry["factors"]
        if own["name"] == factor and "file" in own
    ]
    outside = {"outside": study["detector"]["outside"]} if "name_field" in found[0] else {}
    return outside | found[0]


def factor_file(study, factor_name):
    """Return the file of a factor."""
    return study_files.factor_path(study, factor(study, factor_name))


def tables(study):
    """Return the names of the tables of the detectors, in the order of the report."""
    return [f"detector_{kind}_{own['name']}" for own in study["detectors"] for kind in TABLES]


def factor_tables(study):
    """Return the tables of the factors of every detector."""
    return [layers.table(study, f"detector_factors_{own['name']}") for own in study["detectors"]]


def with_truth(study):
    """Return the names of the detectors whose variable a simulation has the truth of."""
    return [own["name"] for own in study["detectors"] if truth_of(own["of"])]


def _truths(study, detector):
    """(cube, year, key) of the truth of the variable and of each factor; None of a given layer."""
    return [truth_of(layer) for layer in layers_of(entry(study, detector))]


def truth_files(study, detector):
    """Return the true raster of the variable and of each factor; a layer that is its own truth."""
    folder = f"{study['files']['folder']}/truth"
    return [
        f"{folder}/{truth[0]}.tif" if truth else path
        for truth, path in zip(_truths(study, detector), layer_files(study, detector), strict=True)
    ]


def truth_years(study, detector):
    """Return the year of which each truth counts, None for all."""
    return [truth[1] if truth else None for truth in _truths(study, detector)]


def truth_classes(study, detector):
    """Return the classes of true land cover, None of other layers."""
    found = []
    for truth in _truths(study, detector):
        name, _, key = truth or (None, None, None)
        own = landcover.KEYS[key] if key else study["landcover_classes"]
        found.append(own if name == "landcover" else None)
    return found
