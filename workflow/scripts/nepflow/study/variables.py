"""Registry of the climate variables: units, checks, gap filling, colours, what NPP contains.

An entry and a value of it in each block by variable of config/defaults.yaml make a variable; the
schema, rules, tables, figures and texts take names from here. What people read stands in ``en``;
another language is a field beside it. Standard library only: the workflow reads it before any
environment exists.
"""

import re
from dataclasses import dataclass, field
from typing import NamedTuple

NORMAL = 0  # the year of surfaces that hold for every year
SAME = "same layer"  # the very raster that a variable is compared with
OWN = "own source"  # the same quantity from another source
PLACE_LATITUDE, PLACE_RAIN, PLACE_SUN = "latitude", "rain", "sun"


@dataclass(frozen=True)
class Text:
    """What people read of a variable: its name in figures, tables and sentences."""

    name: str


@dataclass(frozen=True)
class Variable:
    """A climate variable.

    Attributes
    ----------
    column : str
        Column of the station file; its name ends in the unit.
    statistic : {"mean", "sum"}
        What makes a month of days, and a year of months.
    daily_unit, monthly_unit, annual_unit, difference_unit : str
        Units of a daily, a monthly and an annual value; of the difference of two days.
    long_name : str
        Name in the tags of rasters.
    units : dict of {str: (float, float, str)}
        Units that a grid may have: scale, offset, and what one value is of: a state (empty), a
        month, a day (d), an hour (h), a second (s), or the band's own step.
    noise_below_zero : float
        Down to which below 0 a monthly value of a grid is numerical noise and 0 is meant.
    may_repeat : float or None
        Daily value that may stand for many days in a row, such as no rain.
    below_top_of_atmosphere : bool
        A day is checked against radiation without an atmosphere.
    spatial_scale : {"none", "square_root"}
        Scale on which days are compared with those of the neighbours.
    departure : {"difference", "ratio"}
        From the mean of the calendar month, what is kriged to fill gaps.
    mistakes : dict of {str: (float, float)}
        What values often are by mistake: scale and offset that make them the monthly unit.
    place : {PLACE_LATITUDE, PLACE_RAIN, PLACE_SUN}
        By what its values are compared with those that a place can have (`stations/plausibility`).
    palette : (str, str)
        Crameri's colours of fields of one sign, and around zero.
    enters : dict of {str: {SAME, OWN}}
        Sources of NPP that contain the variable.
    en : Text
    """

    column: str
    statistic: str
    daily_unit: str
    monthly_unit: str
    annual_unit: str
    difference_unit: str
    long_name: str
    units: dict
    mistakes: dict
    place: str
    palette: tuple
    en: Text
    enters: dict = field(default_factory=dict)
    noise_below_zero: float = 0.0
    may_repeat: float | None = None
    below_top_of_atmosphere: bool = False
    spatial_scale: str = "none"
    departure: str = "ratio"


VARIABLES = {
    "temperature": Variable(
        column="temperature_degc",
        statistic="mean",
        daily_unit="degC",
        monthly_unit="degC",
        annual_unit="degC",
        difference_unit="K",
        long_name="air temperature",
        units={
            "degC": (1.0, 0.0, ""),
            "K": (1.0, -273.15, ""),
            "degF": (5 / 9, -160 / 9, ""),
        },
        mistakes={
            "kelvin": (1.0, -273.15),
            "tenths of a degree": (0.1, 0.0),
            "tenths of a kelvin": (0.1, -273.15),
            "hundredths of a degree": (0.01, 0.0),
            "degrees Fahrenheit": (5 / 9, -160 / 9),
        },
        place=PLACE_LATITUDE,
        departure="difference",
        palette=("lajolla_r", "vik"),
        enters={"mod17": OWN, "casa": SAME},
        en=Text("Temperature"),
    ),
    "precipitation": Variable(
        column="precipitation_mm",
        statistic="sum",
        daily_unit="mm d-1",
        monthly_unit="mm month-1",
        annual_unit="mm yr-1",
        difference_unit="mm d-1",
        long_name="annual precipitation",
        units={
            "mm month-1": (1.0, 0.0, "month"),
            "mm d-1": (1.0, 0.0, "d"),
            "mm h-1": (1.0, 0.0, "h"),  # CMFD
            "m d-1": (1000.0, 0.0, "d"),  # ERA5-Land monthly means of daily totals
            "m month-1": (1000.0, 0.0, "month"),
            "cm month-1": (10.0, 0.0, "month"),
            "inch month-1": (25.4, 0.0, "month"),
            "kg m-2 s-1": (1.0, 0.0, "s"),  # CMIP: 1 kg m-2 is 1 mm
            "mm": (1.0, 0.0, "step"),  # of each day in a file of days
            "m": (1000.0, 0.0, "step"),
        },
        mistakes={
            "tenths of a millimetre": (0.1, 0.0),
            "metres": (1000.0, 0.0),
            "mm d-1": (30.4, 0.0),
            "kg m-2 s-1": (2_627_000.0, 0.0),
        },
        place=PLACE_RAIN,
        noise_below_zero=0.5,
        may_repeat=0.0,
        spatial_scale="square_root",
        palette=("devon_r", "vik_r"),
        enters={"casa": SAME},
        en=Text("Precipitation"),
    ),
    "radiation": Variable(
        column="radiation_mj_m2",
        statistic="sum",
        daily_unit="MJ m-2 d-1",
        monthly_unit="MJ m-2 month-1",
        annual_unit="MJ m-2 yr-1",
        difference_unit="MJ m-2 d-1",
        long_name="annual solar radiation",
        units={
            "MJ m-2 month-1": (1.0, 0.0, "month"),
            "MJ m-2 d-1": (1.0, 0.0, "d"),
            "kJ m-2 d-1": (1e-3, 0.0, "d"),  # WorldClim
            "J m-2 d-1": (1e-6, 0.0, "d"),  # ERA5-Land
            "W m-2": (1e-6, 0.0, "s"),  # TerraClimate
            "MJ m-2": (1.0, 0.0, "step"),
            "J m-2": (1e-6, 0.0, "step"),
        },
        mistakes={
            "W m-2": (2.63, 0.0),
            "J m-2 d-1": (30.4e-6, 0.0),
            "J m-2 month-1": (1e-6, 0.0),
            "MJ m-2 d-1": (30.4, 0.0),
            "kJ m-2 d-1": (0.0304, 0.0),
        },
        place=PLACE_SUN,
        may_repeat=0.0,
        below_top_of_atmosphere=True,
        palette=("lajolla_r", "vik"),
        enters={"mod17": OWN, "casa": SAME},
        en=Text("Solar radiation"),
    ),
}
# Colours of the dominant drivers of a cell, alone and together; other sets share one colour.
COLOURS = {
    ("temperature",): "#b8382b",
    ("precipitation",): "#2b6cb0",
    ("radiation",): "#f0c244",
    ("temperature", "precipitation"): "#7d4ca0",
    ("temperature", "radiation"): "#e2842c",
    ("precipitation", "radiation"): "#4c9a5b",
    ("temperature", "precipitation", "radiation"): "#3a2e2a",
}


class Evapotranspiration(NamedTuple):
    """A way to potential evapotranspiration: the variables that it reads, and what people read.

    ``en`` is a sentence of the methods with the works of ``works`` and ``{dew}`` (K) filled in.
    """

    reads: tuple
    name: str
    en: str
    works: tuple


# Ways to potential evapotranspiration; `auto` is the first whose variables a study has.
PET_METHODS = {
    "priestley_taylor": Evapotranspiration(
        ("temperature", "radiation"),
        "Priestley-Taylor",
        "<var>PET</var> follows from monthly mean temperature, solar radiation and elevation "
        "{priestley}, with net radiation, the slope of saturated vapour pressure and air pressure "
        "{allen}; the dew point was taken {dew:g} K below the mean temperature.",
        ("priestley", "allen"),
    ),
    "thornthwaite": Evapotranspiration(
        ("temperature",),
        "Thornthwaite",
        "<var>PET</var> follows from monthly mean temperature and the length of days "
        "{thornthwaite}, above 26.5 °C {willmott}; in dry, windy air and on cold, sunny highland "
        "it is too low, so that land comes out wetter.",
        ("thornthwaite", "willmott"),
    ),
}


def pet_method(study):
    """Return the way to potential evapotranspiration: that of the study, or by what it has."""
    given = study["climate"]["evapotranspiration"]["method"]
    if given != "auto":
        return given
    there = set(study["climate"]["variables"])
    return next(name for name, way in PET_METHODS.items() if there.issuperset(way.reads))


def pet_variables(study):
    """Return the variables that potential evapotranspiration reads."""
    return list(PET_METHODS[pet_method(study)].reads)


def entering(source):
    """Return the variables that a source of NPP contains."""
    return [name for name, about in VARIABLES.items() if source in about.enters]


PER_DAY = {"d": 1, "h": 24, "s": 86_400}


def converted(values, variable, unit, days, steps=1):
    """Return monthly values in the monthly unit of the variable.

    Parameters
    ----------
    values : ndarray
        In ``unit``: of the month, or means of its days or hours.
    variable, unit : str
        Key of `VARIABLES`, and of its ``units``.
    days : int
        Length of the month.
    steps : int
        Bands that the month has in a file of days or hours: amounts of a step are so many.

    Raises
    ------
    ValueError
        If the variable has no such unit.
    """
    about = VARIABLES[variable]
    if unit not in about.units:
        raise ValueError(f"{variable} in {unit!r}: one of {', '.join(about.units)} is needed")
    scale, offset, period = about.units[unit]
    times = days * PER_DAY[period] if period in PER_DAY else steps if period == "step" else 1
    values = (values * scale + offset) * times
    if about.noise_below_zero:
        values[(values < 0) & (values >= -about.noise_below_zero)] = 0.0
    return values


# --- units as files spell them

_STATES = {
    "degC": "degc c celsius degreec degreescelsius degreecelsius degreesc degcelsius °c ℃ "
    "centigrade",
    "K": "k kelvin degk degreesk degreeskelvin degreekelvin kelvins",
    "degF": "degf f fahrenheit degreesf degreesfahrenheit degreefahrenheit °f ℉",
}
_AMOUNTS = {  # without the time that they are of
    "mm": "mm millimeter millimeters millimetre millimetres kgm-2 lm-2 mmofwater mmwaterequivalent "
    "mmh2o",
    "m": "m meter meters metre metres mofwaterequivalent mwaterequivalent",
    "cm": "cm centimeter centimeters centimetre centimetres",
    "inch": "inch inches in",
    "MJ m-2": "mjm-2",
    "kJ m-2": "kjm-2",
    "J m-2": "jm-2",
    "W m-2": "wm-2",
}
_PERIODS = {
    "month": "month months mon mth",
    "d": "d day days",
    "h": "h hr hour hours",
    "s": "s sec second seconds",
}
_SPELLED = {
    word: name
    for table in (_STATES, _AMOUNTS)
    for name, words in table.items()
    for word in words.split()
}
_PERIOD_OF = {word: name for name, words in _PERIODS.items() for word in words.split()}
_NUMBER = re.compile(r"^\s*(\d*\.?\d+(?:e-?\d+)?)\s*[*x ]?\s*(?=[^\d\s])", re.IGNORECASE)


def unit_of(text):
    """Return what a file says of its unit: (factor, unit), or None where it cannot be read.

    ``unit`` is spelled as the keys of ``units``; an amount whose time is not said (mm, m, J m-2)
    stands without one. "0.1 mm" is the factor 0.1 of mm.
    """
    number = _NUMBER.match(text)
    factor = float(number[1]) if number else 1.0
    words = text[number.end() :] if number else text
    words = re.sub(r"\*\*|\^|[()\[\]]", "", words.strip().lower()).replace("_", " ")
    words = re.sub(r"\bper\b", "/", words).replace("\u207b\u00b9", "-1").replace("\u00b2", "2")
    words = re.sub(r"\s*/\s*", "/", words)
    parts = re.split(r"/", words)
    below = [word for part in parts[1:] for word in part.split()]
    powers = [re.sub(r"^([a-z]+)(\d*)$", r"\1-\2", word) for word in below]
    powers = [part + "1" if part.endswith("-") else part for part in powers]
    return _read(parts[0].replace(".", " "), powers, factor)


def _read(amount, powers, factor):
    """An amount and what it is divided by, as a unit."""
    words = amount.split() + powers
    period = None
    for word in list(words):
        name = _PERIOD_OF.get(word.removesuffix("-1")) if word.endswith("-1") else None
        if name:
            words.remove(word)
            period = name
    known = _SPELLED.get("".join(words))
    if known is None:
        return None
    if known == "mm" and words[:1] == ["kg"] and period == "s":
        return factor, "kg m-2 s-1"
    if known == "mm" and period == "s":
        return factor, "kg m-2 s-1"
    return factor, f"{known} {period}-1" if period else known


def amount(unit, about):
    """Return a unit of a variable without its time, as files say it: mm of mm d-1."""
    if unit == "kg m-2 s-1":
        return "mm"
    return unit.rsplit(" ", 1)[0] if about.units[unit][2] in ("month", "d", "h") else unit


def contradicts(said, declared, variable):
    """Tell whether the unit that a file says cannot be the declared one.

    An amount without a time (mm, J m-2) fits every unit of that amount; a unit of another quantity
    does not.
    """
    about = VARIABLES[variable]
    if said == declared or said == amount(declared, about):
        return False
    of_a_step = about.units[declared][2] == "step"
    return not (of_a_step and said in about.units and amount(said, about) == declared)
