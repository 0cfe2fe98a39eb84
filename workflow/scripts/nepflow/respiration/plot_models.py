"""Respiration models at field plots, from the annual climate that tables of plots have."""

import numpy as np

from nepflow.respiration import formulas, heterotrophic, respiration
from nepflow.study.respiration import MONTH, RELATIONS, SOIL_MODELS, YEAR, is_calibrated, variant

DAYS = 365.25
ALIKE = "months alike"  # a table of plots has no months: each gets a twelfth of the rain
CALIBRATED = "calibrated"  # follows the name of a model whose constants come from the plots
READINGS = {"annual_once": "pei2009 annual_once", "monthly": f"pei2009 monthly, {ALIKE}"}


def own_model(study):
    """Return the name in `modelled` of the Rh that a study makes NEP with; empty if not there."""
    settings = study["respiration"]
    if settings["model"] not in SOIL_MODELS:
        return READINGS.get(settings["reading"], "")
    name = variant(settings["model"], settings["heterotrophic"])
    return f"{name} {CALIBRATED}" if is_calibrated(study) else name


def modelled(plots, relation, constants, calibrated=None):
    """Return what the models give at plots.

    Parameters
    ----------
    plots : dict of ndarray, shape (plot,)
        temperature (annual mean, degC), precipitation (mm yr-1), carbon (kg C m-2 of 0-20 cm) and
        rs, the observed total respiration (g C m-2 yr-1); NaN = unknown.
    relation : str
        Relation of the study, for Rh of modelled Rs.
    constants : dict of {str: dict}
        By soil model.
    calibrated : dict of {str: dict}, optional
        Constants that were calibrated on plots, by soil model; they stand beside the others.

    Returns
    -------
    dict of {(str, str): ndarray}
        (quantity, model) -> g C m-2 yr-1; NaN where an input is unknown. Quantity rs or rh. Models
        that are monthly get twelve equal months, which lowers what is curved in temperature.
    """
    found = {}
    for name in SOIL_MODELS:
        found["rs", name] = _total(plots, name, constants.get(name))
    for name in RELATIONS:
        found["rh", f"{name} of observed Rs"] = _share(plots["rs"], name)
    for name in SOIL_MODELS:
        found["rh", variant(name, relation)] = _share(found["rs", name], relation)
    for name, own in (calibrated or {}).items():
        total = _total(plots, name, own)
        found["rs", f"{name} {CALIBRATED}"] = total
        found["rh", f"{variant(name, relation)} {CALIBRATED}"] = _share(total, relation)
    climate = plots["temperature"], plots["precipitation"]
    found["rh", READINGS["annual_once"]] = respiration.annual_once(*climate)
    month = respiration.pei2009(climate[0], climate[1] / 12)
    found["rh", READINGS["monthly"]] = 12 * month
    return found


def _total(plots, model, constants):
    """Annual total respiration of a soil model."""
    monthly = SOIL_MODELS[model].step == MONTH
    rain = plots["precipitation"] / (12 if monthly else 1)
    values = formulas.response(model, plots["temperature"], rain, constants)
    values = formulas.with_carbon(model, values, plots["carbon"], constants)
    return values * DAYS if monthly else values


def _share(rs, relation):
    """Annual Rh of annual Rs by a relation on its own step."""
    rs = np.where(rs >= 0, rs, np.nan)
    if RELATIONS[relation].step == YEAR:
        return heterotrophic.heterotrophic(rs, relation, YEAR)[0]
    return 12 * heterotrophic.heterotrophic(rs / 12, relation, MONTH)[0]
