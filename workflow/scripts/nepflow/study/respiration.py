"""Registry of the respiration models: steps, needs, constants, equations, texts; no formula.

An entry is the only place that names a model. Its formula stands in `respiration.formulas`, its
work in the bibliography. What people read stands in ``en``; another language is a field beside it.
Standard library only: the workflow reads it before any environment exists.
"""

from typing import NamedTuple

from nepflow.study import layers
from nepflow.study.settings_file import BadStudy

MONTH, YEAR = "month", "year"
CONFIRMED, UNCONFIRMED = (
    "confirmed",
    "unconfirmed",
)  # constants found in public code or text, or not
AS_RATE, AS_Q10, AS_EXPONENT = "rate", "q10", "exponent"  # what plots change of a constant


class Constant(NamedTuple):
    """A constant of a formula.

    ``value`` is the published one, in ``unit``; None: the study says it, and equations show
    ``symbol``. ``calibrated`` tells how field plots change it (`AS_RATE`: by a factor, `AS_Q10`
    and `AS_EXPONENT`: with the response to temperature), an empty text that they do not.
    """

    unit: str
    value: float | None = None
    calibrated: str = ""
    symbol: str = ""


_CLIMATE = ("temperature", "precipitation")  # what every model is given, whatever it uses


class SoilText(NamedTuple):
    """Name of a model of soil respiration, and where and how far it holds."""

    name: str
    validity: str


class SoilModel(NamedTuple):
    """A model of total soil respiration Rs from temperature, precipitation and soil carbon.

    ``step`` is what climate is given of, `MONTH` or `YEAR`; ``unit`` that of Rs by the equation;
    ``rain_unit`` that of its P; ``held_at`` the limits of temperature (degC) or None; ``drivers``
    the climate that Rs depends on (every model is given temperature and precipitation);
    ``equation`` LaTeX with constants in angle brackets; ``reference`` a key of the bibliography.
    """

    step: str
    needs_carbon: bool
    status: str
    unit: str
    rain_unit: str
    held_at: tuple | None
    constants: dict
    equation: str
    reference: str
    en: SoilText
    drivers: tuple = _CLIMATE


class DirectText(NamedTuple):
    """Name of a model of Rh, the short one, and the sentence of the methods before its equation."""

    name: str
    short: str
    sentence: str


class DirectModel(NamedTuple):
    """A model of heterotrophic respiration Rh itself; fields as in `SoilModel`."""

    unit: str
    constants: dict
    equation: str
    reference: str
    en: DirectText
    drivers: tuple = _CLIMATE


class ReadingText(NamedTuple):
    """Label of a reading, and the sentence of the methods after the equation."""

    label: str
    sentence: str


class Reading(NamedTuple):
    """A way to make a year of the direct model: the step of the climate that it takes."""

    step: str
    en: ReadingText


class RelationText(NamedTuple):
    """Name of a relation."""

    name: str


class Relation(NamedTuple):
    """A relation of heterotrophic to total soil respiration and the step it was fitted for."""

    step: str
    status: str
    unit: str
    constants: dict
    equation: str
    reference: str
    en: RelationText


SOIL_MODELS = {
    "gsmsr": SoilModel(
        step=MONTH,
        needs_carbon=True,
        status=UNCONFIRMED,
        unit="g C m-2 d-1",
        rain_unit="cm",
        held_at=None,
        constants={
            "rate": Constant("g C m-2 d-1", None, AS_RATE, "r_{0}"),
            "rate_per_carbon": Constant("g C m-2 d-1 per kg C m-2", None, AS_RATE, "r_{1}"),
            "q10_at_zero": Constant("1", None, AS_Q10, "q_{0}"),
            "q10_per_k": Constant("K-1", symbol="q_{1}"),
            "precipitation_above_cm": Constant("cm month-1", symbol="p_{0}"),
            "precipitation_below_cm": Constant("cm month-1", symbol="p_{1}"),
        },
        equation=r"R_{s} = (<rate> + <rate_per_carbon> C) "
        r"e^{\ln(<q10_at_zero> e^{<q10_per_k> T}) T / 10} "
        r"\frac{P + <precipitation_above_cm>}{P + <precipitation_below_cm>}",
        reference="gsmsr",
        en=SoilText(
            "GSMSR (Yu et al. 2010)",
            "sites of China, monthly; does not fall to zero without rain, so too high in deserts",
        ),
    ),
    "raich2002": SoilModel(
        step=MONTH,
        needs_carbon=False,
        status=CONFIRMED,
        unit="g C m-2 d-1",
        rain_unit="mm",
        held_at=(-13.3, 33.5),
        constants={
            "rate": Constant("g C m-2 d-1", 1.25, AS_RATE),
            "per_k": Constant("K-1", 0.0545, AS_EXPONENT),
            "half_rain_mm": Constant("mm month-1", 42.59),
        },
        equation=r"R_{s} = <rate> e^{<per_k> T} \frac{P}{<half_rain_mm> + P}",
        reference="raich2002",
        en=SoilText(
            "Raich et al. (2002)",
            "sites of the world, monthly; temperature held at -13.3 to 33.5 degC",
        ),
    ),
    "chen2010": SoilModel(
        step=YEAR,
        needs_carbon=True,
        status=UNCONFIRMED,
        unit="g C m-2 yr-1",
        rain_unit="m",
        held_at=None,
        constants={
            "rate": Constant("g C m-2 yr-1", 1550.0, AS_RATE),
            "per_k": Constant("K-1", 0.031, AS_EXPONENT),
            "half_rain_m": Constant("m yr-1", 0.68),
            "half_carbon": Constant("kg C m-2", 2.23),
        },
        equation=r"R_{s} = <rate> e^{<per_k> T} \frac{P}{P + <half_rain_m>} "
        r"\frac{C}{C + <half_carbon>}",
        reference="chen2010",
        en=SoilText("Chen et al. (2010)", "sites of the world, annual only; 0 without rain"),
    ),
}
DIRECT_MODELS = {
    "pei2009": DirectModel(
        unit="g C m-2 month-1",
        constants={
            "rate": Constant("g m-2 d-1", 0.22),
            "per_k": Constant("K-1", 0.0912),
            "per_mm": Constant("month mm-1", 0.3145),
            "days": Constant("d month-1", 30),
            "heterotrophic_percent": Constant("%", 46.5),
        },
        equation=r"R_{h} = <rate> \cdot (e^{<per_k> T} + \ln(<per_mm> P + 1)) \cdot <days> "
        r"\cdot <heterotrophic_percent>~\%",
        reference="pei",
        en=DirectText(
            "Pei et al. (2009)",
            "Pei et al.",
            "Respiration follows an empirical equation {reference} for mean temperature "
            "<var>T</var> (°C) and precipitation <var>P</var> (mm) of a month, in which 30 stands "
            "for the days and 46.5 % for the heterotrophic share of soil respiration:",
        ),
    ),
}
TIME_STEPS = {  # of the equation of pei2009
    "monthly": Reading(
        MONTH,
        ReadingText(
            "equation summed over months",
            "A year is the sum of its twelve months.",
        ),
    ),
    "annual": Reading(
        YEAR,
        ReadingText(
            "equation applied once to annual climate",
            "Following studies that have annual climate only, the equation was applied once, to "
            "the mean temperature and the precipitation sum of the year; what the equation, which "
            "is monthly, gives as a sum of twelve months stands beside it.",
        ),
    ),
}
TRUTH = "truth"  # of a simulation: beside the readings, over the same cells and years
POWER_LAW = r"\ln R_{h} = <level> + <power> \ln R_{s}"
RELATIONS = {
    "bond_lamberty2004": Relation(
        step=YEAR,
        status=CONFIRMED,
        unit="g C m-2 yr-1",
        constants={"level": Constant("1", 1.22), "power": Constant("1", 0.73)},
        equation=POWER_LAW,
        reference="bond_lamberty2004",
        en=RelationText("Bond-Lamberty et al. (2004)"),
    ),
    "bond_lamberty_thomson2010": Relation(
        step=YEAR,
        status=CONFIRMED,
        unit="g C m-2 yr-1",
        constants={"level": Constant("1", 0.22), "power": Constant("1", 0.87)},
        equation=POWER_LAW,
        reference="bond_lamberty_thomson2010",
        en=RelationText("Bond-Lamberty and Thomson (2010)"),
    ),
    "quadratic": Relation(
        step=MONTH,
        status=UNCONFIRMED,
        unit="g C m-2 month-1",
        constants={
            "square": Constant("(g C m-2 month-1)-1", -0.0009),
            "slope": Constant("1", 0.6011),
            "level": Constant("g C m-2 month-1", 4.8874),
        },
        equation=r"R_{h} = <square> R_{s}^{2} + <slope> R_{s} + <level>",
        reference="",  # its origin could not be confirmed
        en=RelationText("the quadratic relation"),
    ),
}
WHY_ANNUAL = (
    "is a power law fitted to annual sums: applied to months and added it gives more "
    "heterotrophic than total respiration (1.03 to 1.42 times for 300 to 1000 g C m-2 yr-1)"
)
WHY_MONTHLY = "is fitted to monthly sums: it falls above 333.9 g C m-2 and is negative for years"


class Sensitivity(NamedTuple):
    """What moves mean annual Rh: unit of the derivative, and what it is by, in tags of rasters.

    ``level`` and ``response`` are the errors a and b of ``R exp(a + b T)``, of the relation
    ``Rh exp(a + b ln Rs)``.
    """

    unit: str
    long_name: str


SENSITIVITIES = {  # bands of nep/rh_<variant>_sensitivity.tif; direct models have the first four
    "level": Sensitivity("g C m-2 yr-1", "level of respiration"),
    "response": Sensitivity("g C m-2 yr-1 K", "response of respiration to temperature"),
    "temperature": Sensitivity("g C m-2 yr-1 K-1", "temperature"),
    "precipitation": Sensitivity("g C m-2 yr-1", "logarithm of precipitation"),
    "soil_carbon": Sensitivity("g C m-2 yr-1", "logarithm of soil carbon"),
    "relation_level": Sensitivity("g C m-2 yr-1", "level of the relation to Rs"),
    "relation_response": Sensitivity("g C m-2 yr-1", "power of the relation to Rs"),
}
OF_DIRECT = ("level", "response", "temperature", "precipitation")


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
        return variant(settings["model"], settings["rh_relation"])
    return settings["time_step"]


def variants(settings):
    """Return the names of all Rh that stand beside one another, those of ``compare`` last."""
    own = [chosen(settings)] if settings["model"] in SOIL_MODELS else list(TIME_STEPS)
    others = [variant(name, settings["rh_relation"]) for name in settings.get("compare", [])]
    return list(dict.fromkeys([*own, *others]))


def soil_models(settings):
    """Return the soil models that a study uses, its own first."""
    own = [settings["model"]] if settings["model"] in SOIL_MODELS else []
    return list(dict.fromkeys([*own, *settings.get("compare", [])]))


def label(name):
    """Return the name of a reading, model, relation or variant for readers; others stay."""
    if name in TIME_STEPS:
        return TIME_STEPS[name].en.label
    if name == TRUTH:
        return "simulated truth"
    named = SOIL_MODELS | DIRECT_MODELS | RELATIONS
    if name in named:
        return named[name].en.name
    for model, about in SOIL_MODELS.items():
        relation = name.removeprefix(f"{model}_")
        if relation in RELATIONS:
            return f"{about.en.name}, Rh by {RELATIONS[relation].en.name}"
    return name


def published(about, given=None):
    """Return the constants of an entry by name, those that are ``given`` over the published."""
    own = {name: constant.value for name, constant in about.constants.items()}
    return {name: value for name, value in own.items() if value is not None} | (given or {})


def equation(about):
    """Return the equation of an entry as LaTeX, constants as numbers or symbols."""
    text = about.equation
    for name, constant in about.constants.items():
        shown = constant.symbol if constant.value is None else f"{constant.value:g}"
        text = text.replace(f"<{name}>", shown)
    return text


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
    names = [SOIL_MODELS[name].en.name for name in models if status_of(name, settings) != CONFIRMED]
    relation = RELATIONS[settings["rh_relation"]]
    return names if relation.status == CONFIRMED else [*names, relation.en.name]


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
    why = refusal(settings["rh_relation"], settings["rh_relation_step"])
    if models and why:
        other = MONTH if settings["rh_relation_step"] == YEAR else YEAR
        raise BadStudy(
            f"{file}: respiration.rh_relation_step is {settings['rh_relation_step']}: {why}. "
            f"Set it to {other}, or choose another respiration.rh_relation."
        )
    if is_calibrated(study):
        _check_calibration(study, models, file)
    for name in models:
        about = SOIL_MODELS[name]
        if about.step == YEAR and settings["rh_relation_step"] == MONTH:
            raise BadStudy(
                f"{file}: {name} gives annual respiration and {settings['rh_relation']} needs "
                "months. Take it out of respiration, or choose an annual relation."
            )
        if about.needs_carbon and "soil_carbon" not in study:
            raise BadStudy(
                f"{file}: {name} needs soil organic carbon. Say which: soil_carbon: "
                "{file: soc.tif, unit: kg C m-2, depth_cm: [0, 20]}, or choose "
                f"{' or '.join(n for n, own in SOIL_MODELS.items() if not own.needs_carbon)}."
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


def is_soil(study):
    """Tell whether NEP of a study is made with a model of total soil respiration."""
    return study["respiration"]["model"] in SOIL_MODELS


def model_of(study):
    """Return the soil model, or the time step of the direct one, that NEP is made with."""
    settings = study["respiration"]
    return settings["model"] if settings["model"] in SOIL_MODELS else settings["time_step"]


def chosen_uses_carbon(study):
    """Tell whether the Rh that NEP is made with needs soil carbon."""
    return is_soil(study) and SOIL_MODELS[study["respiration"]["model"]].needs_carbon


def carbon_if_needed(study, soil_model):
    """Return soil carbon on the study grid, if the model needs it."""
    needs = SOIL_MODELS[soil_model].needs_carbon
    return layers.below(study, "soil/carbon.tif") if needs else []


def months(study, soil_model):
    """Return the months of climate, if the model is monthly."""
    monthly = SOIL_MODELS[soil_model].step == MONTH
    return layers.months(study, _CLIMATE) if monthly else []


def constants(study, soil_model):
    """Return the constants of a model: published, and over them those of the study."""
    return published(SOIL_MODELS[soil_model], study["respiration"].get(soil_model))


def constants_by_model(study):
    """Return the constants of all models of soil respiration."""
    return {name: constants(study, name) for name in SOIL_MODELS}


def soil_variants(study):
    """Return the names of the Rh that come from models of soil respiration."""
    return [name for name in study["respiration_variants"] if name not in TIME_STEPS]


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
