"""Methods text: models of respiration."""

from html import escape

from nepflow import labels
from nepflow.report.methods import equations
from nepflow.report.methods.references import cited
from nepflow.study.respiration import (
    CONFIRMED,
    DIRECT_MODELS,
    MONTH,
    RELATIONS,
    SOIL_MODELS,
    TIME_STEPS,
    equation,
    soil_models,
    status_of,
)

_UNCONFIRMED = " Its constants stand in no public source that was consulted: unconfirmed."


def blocks(study):
    """Return blocks (kind, HTML) on total and heterotrophic respiration.

    Parameters
    ----------
    study : dict
        Merged settings.
    """
    settings = study["respiration"]
    return (_direct if settings["model"] in DIRECT_MODELS else _of_soil)(settings)


def _direct(settings):
    """Rh by its own equation."""
    about = DIRECT_MODELS[settings["model"]]
    after = TIME_STEPS[settings["time_step"]].en.sentence
    if settings.get("reason"):
        after += f" The reason for this choice: {escape(settings['reason'].strip())}."
    before = about.en.sentence.format(reference=cited(about.reference))
    return [("p", before), _equation(about), ("p", after)]


def _of_soil(settings):
    """Rh of total soil respiration."""
    own, *others = soil_models(settings)
    about, relation = SOIL_MODELS[own], settings["rh_relation"]
    given = "a month" if about.step == MONTH else "a year"
    symbols = {
        "temperature": "mean temperature <var>T</var> (°C)",
        "precipitation": f"precipitation <var>P</var> ({about.rain_unit})",
    }
    first = (
        f"Total soil respiration <var>R</var><sub>s</sub> follows {cited(about.reference)} from "
        f"{' and '.join(symbols[name] for name in about.drivers)} of {given}"
    )
    if about.needs_carbon:
        first += " and soil organic carbon <var>C</var> of 0–20 cm (kg C m⁻²)"
    first += f" ({escape(about.en.validity)})."
    first += _UNCONFIRMED if status_of(own, settings) != CONFIRMED else ""
    if own in settings:
        given = [
            (about.constants[key].symbol, value)
            for key, value in settings[own].items()
            if key in about.constants
        ]
        values = [f"{equations.html(symbol)} = {value:g}" for symbol, value in given]
        first += f" {', '.join(values)}."
    if settings.get("constants") == "plots":
        first += (
            " Rate and response to temperature were calibrated on field plots; the published "
            "constants and the calibrated ones stand in the tables."
        )
    fitted = RELATIONS[relation]
    known = fitted.status == CONFIRMED
    work = f" {cited(fitted.reference)}" if known else _UNCONFIRMED[:-1].lower()
    second = (
        f"Heterotrophic respiration follows from sums of a {fitted.step}{work}, held between 0 and "
        "<var>R</var><sub>s</sub>; the share of values that were held is reported:"
    )
    third = "NEP by other models of respiration stands beside it"
    third += f": {', '.join(SOIL_MODELS[name].en.name for name in others)}." if others else "."
    third = third if others else ""
    if settings.get("reason"):
        third += f" The reason for this choice: {escape(settings['reason'].strip())}."
    made = [("p", first), _equation(about), ("p", second), _equation(fitted, equations.WITHIN)]
    return [*made, *([("p", third)] if third else [])]


def _equation(about, after=""):
    text = equations.html(equation(about) + after)
    return "equation", f"{text} &nbsp; ({labels.unit_text(about.unit)})"
