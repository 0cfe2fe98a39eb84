"""Names of the respiration models and what a study may combine; no formula.

Standard library only: the workflow reads it before any environment exists.
"""

from typing import NamedTuple

from nepflow.study import layers
from nepflow.study.settings_file import BadStudy

READINGS = ("monthly", "annual_once")  # of the equation of Pei et al.
MONTH, YEAR = "month", "year"


class SoilModel(NamedTuple):
    """A model of total soil respiration Rs: its step, inputs and how far it is to be trusted.

    ``status`` is that of its constants: confirmed (found in public code or text) or unconfirmed.
    """

    name: str
    step: str
    needs_carbon: bool
    status: str
    validity: str


class Relation(NamedTuple):
    """A relation of heterotrophic to total soil respiration and the step it was fitted for."""

    name: str
    step: str
    status: str


SOIL_MODELS = {
    "gsmsr": SoilModel(
        "GSMSR (Yu et al. 2010)",
        MONTH,
        True,
        "unconfirmed",
        "sites of China, monthly; does not fall to zero without rain, so too high in deserts",
    ),
    "raich2002": SoilModel(
        "Raich et al. (2002)",
        MONTH,
        False,
        "confirmed",
        "sites of the world, monthly; temperature held at -13.3 to 33.5 degC",
    ),
    "chen2010": SoilModel(
        "Chen et al. (2010)",
        YEAR,
        True,
        "unconfirmed",
        "sites of the world, annual only; 0 without rain",
    ),
}
RELATIONS = {
    "bond_lamberty2004": Relation("Bond-Lamberty et al. (2004)", YEAR, "confirmed"),
    "bond_lamberty_thomson2010": Relation("Bond-Lamberty and Thomson (2010)", YEAR, "confirmed"),
    "quadratic": Relation("the quadratic relation", MONTH, "unconfirmed"),
}
WHY_ANNUAL = (
    "is a power law fitted to annual sums: applied to months and added it gives more "
    "heterotrophic than total respiration (1.03 to 1.42 times for 300 to 1000 g C m-2 yr-1)"
)
WHY_MONTHLY = "is fitted to monthly sums: it falls above 333.9 g C m-2 and is negative for years"


def variant(model, relation):
    """Return the name of a soil model with a relation, as in file names."""
    return f"{model}_{relation}"


def chosen(settings):
    """Return the name of the Rh that NEP is made with: a reading of Pei et al. or a variant.

    Parameters
    ----------
    settings : dict
        ``respiration`` of a study: model, reading, heterotrophic.
    """
    if settings["model"] in SOIL_MODELS:
        return variant(settings["model"], settings["heterotrophic"])
    return settings["reading"]


def variants(settings):
    """Return the names of all Rh that stand beside one another, those of ``compare`` last."""
    own = [chosen(settings)] if settings["model"] in SOIL_MODELS else list(READINGS)
    others = [variant(name, settings["heterotrophic"]) for name in settings.get("compare", [])]
    return list(dict.fromkeys([*own, *others]))


def soil_models(settings):
    """Return the soil models that a study uses, its own first."""
    own = [settings["model"]] if settings["model"] in SOIL_MODELS else []
    return list(dict.fromkeys([*own, *settings.get("compare", [])]))


def label(name):
    """Return the name of a variant for readers; a reading stays as it is."""
    for model, about in SOIL_MODELS.items():
        relation = name.removeprefix(f"{model}_")
        if relation in RELATIONS:
            return f"{about.name}, Rh by {RELATIONS[relation].name}"
    return name


def status_of(model, settings):
    """Return confirmed or unconfirmed; constants of the study say it themselves."""
    return settings.get(model, {}).get("status", SOIL_MODELS[model].status)


def is_calibrated(study):
    """Tell whether a study takes constants that are calibrated on its plots."""
    settings = study["respiration"]
    return settings.get("constants") == "plots" and bool(soil_models(settings))


def unconfirmed(settings):
    """Return the names of the models and relations in use whose constants are unconfirmed."""
    models = soil_models(settings)
    if not models:
        return []
    names = [SOIL_MODELS[name].name for name in models if status_of(name, settings) != "confirmed"]
    relation = RELATIONS[settings["heterotrophic"]]
    return names if relation.status == "confirmed" else [*names, relation.name]


def refusal(relation, step):
    """Return why a relation may not be applied to sums of a step, or an empty text."""
    fitted = RELATIONS[relation].step
    if fitted == step:
        return ""
    return f"{relation} {WHY_ANNUAL if fitted == YEAR else WHY_MONTHLY}"


def check(study, file):
    """Refuse relations on a step they were not fitted for, and carbon models without carbon.

    Raises
    ------
    BadStudy
    """
    settings = study["respiration"]
    models = soil_models(settings)
    why = refusal(settings["heterotrophic"], settings["applied_to"])
    if models and why:
        other = MONTH if settings["applied_to"] == YEAR else YEAR
        raise BadStudy(
            f"{file}: respiration.applied_to is {settings['applied_to']}: {why}. Set it to "
            f"{other}, or choose another respiration.heterotrophic."
        )
    if is_calibrated(study):
        _check_calibration(study, models, file)
    for name in models:
        about = SOIL_MODELS[name]
        if about.step == YEAR and settings["applied_to"] == MONTH:
            raise BadStudy(
                f"{file}: {name} gives annual respiration and {settings['heterotrophic']} needs "
                "months. Take it out of respiration, or choose an annual relation."
            )
        if about.needs_carbon and "soil_carbon" not in study:
            raise BadStudy(
                f"{file}: {name} needs soil organic carbon. Say which: soil_carbon: "
                "{file: soc.tif, unit: kg C m-2, depth_cm: [0, 20]}, or choose raich2002."
            )


def _check_calibration(study, models, file):
    plots = study["plots"]
    if not plots["file"]:
        raise BadStudy(
            f"{file}: respiration.constants is plots and plots.file is null. Name a table of "
            "plots, or set respiration.constants to published."
        )
    carbon = [name for name in models if SOIL_MODELS[name].needs_carbon]
    if carbon and plots["soil_carbon_kg_m2"] is None:
        raise BadStudy(
            f"{file}: {carbon[0]} is calibrated on plots whose soil carbon is unknown. Give "
            "plots.soil_carbon_kg_m2, or set respiration.constants to published."
        )


def carbon_if_needed(study, soil_model):
    """Return soil carbon on the study grid, if the model needs it."""
    needs = SOIL_MODELS[soil_model].needs_carbon
    return layers.below(study, "soil/carbon.tif") if needs else []


def months(study, soil_model):
    """Return the months of climate, if the model is monthly."""
    monthly = SOIL_MODELS[soil_model].step == MONTH
    return layers.months(study, ("temperature", "precipitation")) if monthly else []


def evaluations(study, soil_model):
    """Return how fitted months are evaluated, if the model is monthly."""
    monthly = SOIL_MODELS[soil_model].step == MONTH
    return layers.evaluations(study, ("temperature", "precipitation")) if monthly else []


def constants(study, soil_model):
    """Return the constants of a model that stand in the settings."""
    return study["respiration"].get(soil_model, {})


def soil_variants(study):
    """Return the names of the Rh that come from models of soil respiration."""
    return [name for name in study["respiration_variants"] if name not in READINGS]


def tables(study):
    """Return the names of the tables of soil respiration."""
    calibrated = ["calibration_plots"] if is_calibrated(study) else []
    return [*(f"respiration_{name}" for name in soil_variants(study)), *calibrated]


def models(study):
    """Return the models of soil respiration that a study names."""
    return soil_models(study["respiration"])


def calibration_if_named(study):
    """Return the table of calibrated constants, of a study that takes them."""
    return layers.table(study, "calibration_plots") if is_calibrated(study) else []


def uses_carbon(study):
    """Tell whether a model of respiration of the study needs soil carbon."""
    return any(SOIL_MODELS[name].needs_carbon for name in models(study))


def rasters(study):
    """Return the rasters of soil respiration that a study keeps, without ending."""
    names = [f"nep/rs_{name}" for name in soil_variants(study)]
    return [*names, *(["soil/carbon"] if uses_carbon(study) else [])]


def monthly_if_made(study):
    """Return Rh by months of Pei et al., of a study that has it."""
    made = "monthly" in study["respiration_variants"]
    return layers.below(study, "nep/rh_monthly.tif") if made else []
