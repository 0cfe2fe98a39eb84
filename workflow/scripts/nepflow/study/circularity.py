"""Circularity: climate drivers that entered the variable that they are compared with.

A correlation of NEP with a layer that NEP was computed from partly measures the model. What
entered follows from the merged settings of a study alone. Standard library only: the workflow
reads it before any environment exists.
"""

import re
from typing import NamedTuple

from nepflow.study import pixel, variables
from nepflow.study.respiration import DIRECT_MODELS, SOIL_MODELS
from nepflow.study.variables import OWN, SAME, VARIABLES

DRIVERS = tuple(VARIABLES)
UNKNOWN = "unknown"  # what was brought in, with nothing declared of its drivers
NO = "no"
COLUMNS = ["dependent", "driver", "shared_inputs", "through", "explanation"]

# Model -> {driver: (how, explanation)}.
_RESPIRATION = {
    name: {driver: (SAME, f"Rh is computed from this {driver}") for driver in about.drivers}
    for name, about in (DIRECT_MODELS | SOIL_MODELS).items()
}


def _of_climate(source, sentence):
    """The climate in a source of NPP."""
    return {
        name: (VARIABLES[name].enters[source], sentence.format(name))
        for name in variables.entering(source)
    }


_NPP = {
    "mod17": _of_climate("mod17", "MOD17 NPP is driven by {} of a reanalysis"),
    "casa": {
        **_of_climate("casa", "CASA NPP is computed from this {}"),
        "ndvi": (SAME, "CASA NPP is computed from this NDVI"),
        "landcover": (SAME, "constants of CASA follow this land cover"),
    },
}
_LAYER = re.compile(
    rf"pixel/(nep|npp|rh)_partial_({'|'.join(DRIVERS)})(?:{'|'.join(pixel.PARTS_OF_DRIVER)})$"
)
_JOINT = re.compile(rf"pixel/(nep|npp|rh)_(?:{'|'.join(pixel.JOINT_LAYERS)})$")


class Link(NamedTuple):
    """How a driver entered a variable: ``how`` is `SAME`, `OWN` or `UNKNOWN`."""

    driver: str
    through: str
    how: str
    explanation: str


def all_links(study):
    """Return what entered NPP, Rh and NEP.

    Parameters
    ----------
    study : dict
        Merged settings; respiration.model and npp.source decide, for ``rasters`` what
        npp.rasters.drivers declares.

    Returns
    -------
    dict of {str: list of Link}
        By variable: npp, rh, and nep with the links of both.

    Raises
    ------
    ValueError
        If a model says nothing of its drivers here.
    """
    rh = _links(_RESPIRATION, "Rh", study["respiration"]["model"], "respiration.model")
    npp = _npp_links(study["npp"])
    return {"npp": npp, "rh": rh, "nep": [*rh, *npp]}


def _npp_links(npp):
    if npp["source"] != "rasters":
        return _links(_NPP, "NPP", npp["source"], "npp.source")
    declared = npp["rasters"].get("drivers")
    if declared is None:
        about = "may have entered the NPP brought in: npp.rasters.drivers does not say"
        return [Link(driver, "NPP", UNKNOWN, f"{driver} {about}") for driver in DRIVERS]
    return [
        Link(driver, "NPP", OWN, f"the NPP brought in is driven by {driver}") for driver in declared
    ]


def _links(models, through, model, key):
    if model not in models:
        raise ValueError(
            f"{key}: {model}: its climate drivers are unknown. Add them to nepflow/study: "
            "respiration.py has those of Rh, variables.py (enters) those of NPP."
        )
    return [Link(driver, through, *how) for driver, how in models[model].items()]


def shared_inputs_how(study, variable, driver):
    """Return the value of a column ``shared_inputs``: same layer, own source, unknown or no."""
    found = {link.how for link in all_links(study)[variable] if link.driver == driver}
    return next((how for how in (SAME, OWN, UNKNOWN) if how in found), NO)


def shared_inputs(study, variable):
    """Return whether each climate driver entered the variable that it is compared with."""
    drivers = study["climate"]["variables"]
    return {driver: shared_inputs_how(study, variable, driver) for driver in drivers}


def shared_input_of_test(study, variable, test):
    """Return whether the driver of a test entered the variable; an empty text without driver."""
    return how_of(study, f"pixel/{variable}_{test}") or ""


def how_of(study, layer):
    """Return the column ``shared_inputs`` of a table of a layer, see `shared_inputs_how`.

    Of a layer with all drivers each is named; a layer without driver gives None.
    """
    match, joint = _LAYER.match(layer), _JOINT.match(layer)
    if match:
        return shared_inputs_how(study, *match.groups())
    if not joint:
        return None
    how = {name: shared_inputs_how(study, joint[1], name) for name in study["climate"]["variables"]}
    return "; ".join(f"{name}: {word}" for name, word in how.items() if word != NO) or NO


def mark_of(study, layer):
    """Return what a figure of this layer must say, or an empty text.

    Parameters
    ----------
    study : dict
    layer : str
        Such as pixel/nep_partial_temperature: a statistic of a variable with a driver, or
        pixel/nep_dominant_class: one with all drivers of the study.
    """
    match, joint = _LAYER.match(layer), _JOINT.match(layer)
    if not match and not joint:
        return ""
    drivers = [match[2]] if match else study["climate"]["variables"]
    links = [link for link in all_links(study)[(match or joint)[1]] if link.driver in drivers]
    if not links:
        return ""
    return f"Built in: {'; '.join(link.explanation for link in links)}."


def rows(study):
    """Yield a row for each variable and driver, in the order of `COLUMNS`."""
    for variable, links in all_links(study).items():
        for driver in study["climate"]["variables"]:
            found = [link for link in links if link.driver == driver]
            through = ", ".join(link.through for link in found)
            explanation = "; ".join(link.explanation for link in found)
            how = shared_inputs_how(study, variable, driver)
            yield variable, driver, how, through or "–", explanation or "does not enter"
