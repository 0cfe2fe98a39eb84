"""Methods text: models of soil respiration."""

from html import escape

from nepflow.report.methods import equations
from nepflow.report.methods.references import cited
from nepflow.study.respiration import MONTH, RELATIONS, SOIL_MODELS, soil_models, status_of

_UNCONFIRMED = " Its constants stand in no public source that was consulted: unconfirmed."


def blocks(study):
    """Return blocks (kind, HTML) on total and heterotrophic respiration.

    Parameters
    ----------
    study : dict
        Merged settings of a study whose respiration.model is a soil model.
    """
    settings = study["respiration"]
    own, *others = soil_models(settings)
    about, relation = SOIL_MODELS[own], settings["heterotrophic"]
    given = "a month" if about.step == MONTH else "a year"
    rain = {"gsmsr": "cm", "chen2010": "m"}.get(own, "mm")
    first = (
        f"Total soil respiration <var>R</var><sub>s</sub> follows {cited(own)} from mean "
        f"temperature <var>T</var> (°C) and precipitation <var>P</var> ({rain}) of {given}"
    )
    if about.needs_carbon:
        first += " and soil organic carbon <var>C</var> of 0–20 cm (kg C m⁻²)"
    first += f" ({escape(about.validity)})."
    first += _UNCONFIRMED if status_of(own, settings) != "confirmed" else ""
    if own in settings:
        values = [value for key, value in settings[own].items() if key != "status"]
        names = ("r</var><sub>0", "r</var><sub>1", "q</var><sub>0", "q</var><sub>1",
                 "p</var><sub>0", "p</var><sub>1")  # fmt: skip
        pairs = zip(names, values, strict=False)
        first += " " + ", ".join(f"<var>{name}</sub> = {value:g}" for name, value in pairs) + "."
    if settings.get("constants") == "plots":
        first += (
            " Rate and response to temperature were calibrated on field plots; the published "
            "constants and the calibrated ones stand in the tables."
        )
    fitted = RELATIONS[relation]
    work = f" {cited(relation)}" if fitted.status == "confirmed" else _UNCONFIRMED[:-1].lower()
    second = (
        f"Heterotrophic respiration follows from sums of a {fitted.step}{work}, held between 0 and "
        "<var>R</var><sub>s</sub>; the share of values that were held is reported:"
    )
    third = "NEP by other models of respiration stands beside it"
    third += f": {', '.join(SOIL_MODELS[name].name for name in others)}." if others else "."
    third = third if others else ""
    if settings.get("reason"):
        third += f" The reason for this choice: {escape(settings['reason'].strip())}."
    made = [("p", first), _equation(own), ("p", second), _equation(relation)]
    return [*made, *([("p", third)] if third else [])]


def _equation(name):
    html, unit = equations.BY_NAME[name]
    return "equation", f"{html} &nbsp; ({unit})"
