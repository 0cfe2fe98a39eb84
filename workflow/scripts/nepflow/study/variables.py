"""Registry of the climate variables: units, checks, gap filling, colours, what NPP contains.

An entry and a value of it in each block by variable of config/defaults.yaml make a variable; the
schema, rules, tables, figures and texts take names from here. What people read stands in ``en``;
another language is a field beside it. Standard library only: the workflow reads it before any
environment exists.
"""

from dataclasses import dataclass, field
from typing import NamedTuple

NORMAL = 0  # the year of surfaces that hold for every year
SAME = "same layer"  # the very raster that a variable is compared with
OWN = "own source"  # the same quantity from another source


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
    units : dict of {str: (float, float, bool)}
        Units that a grid may have: scale, offset, whether a month is the value times its days.
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
        units={"degC": (1.0, 0.0, False), "K": (1.0, -273.15, False)},
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
            "mm month-1": (1.0, 0.0, False),
            "mm d-1": (1.0, 0.0, True),
            "m d-1": (1000.0, 0.0, True),  # ERA5-Land monthly means of daily totals
            "kg m-2 s-1": (86_400.0, 0.0, True),  # CMIP: 1 kg m-2 is 1 mm
        },
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
            "MJ m-2 month-1": (1.0, 0.0, False),
            "MJ m-2 d-1": (1.0, 0.0, True),
            "J m-2 d-1": (1e-6, 0.0, True),  # ERA5-Land
            "W m-2": (0.0864, 0.0, True),  # TerraClimate; 86400 s of 1e-6 MJ
        },
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


def converted(values, variable, unit, days):
    """Return monthly values in the monthly unit of the variable.

    Parameters
    ----------
    values : ndarray
        In ``unit``.
    variable, unit : str
        Key of `VARIABLES`, and of its ``units``.
    days : int
        Length of the month.

    Raises
    ------
    ValueError
        If the variable has no such unit.
    """
    about = VARIABLES[variable]
    if unit not in about.units:
        raise ValueError(f"{variable} in {unit!r}: one of {', '.join(about.units)} is needed")
    scale, offset, daily = about.units[unit]
    values = (values * scale + offset) * (days if daily else 1)
    if about.noise_below_zero:
        values[(values < 0) & (values >= -about.noise_below_zero)] = 0.0
    return values
