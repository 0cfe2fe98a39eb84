"""The climate variables that stations measure: their columns, units and annual statistics."""

from dataclasses import dataclass

NORMAL = 0  # the year of surfaces that hold for every year


@dataclass(frozen=True)
class Variable:
    """A variable at stations.

    Attributes
    ----------
    column : str
        Column of the station file; its name ends in the unit.
    statistic : {"mean", "sum"}
        What makes a month of days, and a year of months.
    daily_unit, monthly_unit, annual_unit : str
        Units of a daily, a monthly and an annual value.
    long_name : str
        Name in tags and legends.
    """

    column: str
    statistic: str
    daily_unit: str
    monthly_unit: str
    annual_unit: str
    long_name: str


VARIABLES = {
    "temperature": Variable("temperature_degc", "mean", "degC", "degC", "degC", "air temperature"),
    "precipitation": Variable(
        "precipitation_mm", "sum", "mm d-1", "mm month-1", "mm yr-1", "annual precipitation"
    ),
    "radiation": Variable(
        "radiation_mj_m2", "sum", "MJ m-2 d-1", "MJ m-2 month-1", "MJ m-2 yr-1",
        "annual solar radiation",
    ),
}  # fmt: skip


# variable -> unit -> (scale, offset, whether a month is the value times its days)
UNITS = {
    "temperature": {"degC": (1.0, 0.0, False), "K": (1.0, -273.15, False)},
    "precipitation": {
        "mm month-1": (1.0, 0.0, False),
        "mm d-1": (1.0, 0.0, True),
        "m d-1": (1000.0, 0.0, True),  # ERA5-Land monthly means of daily totals
        "kg m-2 s-1": (86_400.0, 0.0, True),  # CMIP: 1 kg m-2 is 1 mm
    },
    "radiation": {
        "MJ m-2 month-1": (1.0, 0.0, False),
        "MJ m-2 d-1": (1.0, 0.0, True),
        "J m-2 d-1": (1e-6, 0.0, True),  # ERA5-Land
        "W m-2": (0.0864, 0.0, True),  # TerraClimate; 86400 s of 1e-6 MJ
    },
}
DRIZZLE = 0.5  # mm month-1: numerical noise below 0 of models, down to which 0 is meant


def converted(values, variable, unit, days):
    """Return monthly values in degC, mm month-1 or MJ m-2 month-1.

    Parameters
    ----------
    values : ndarray
        In ``unit``.
    variable, unit : str
        Keys of `UNITS`.
    days : int
        Length of the month.

    Raises
    ------
    ValueError
        If the variable has no such unit.
    """
    if unit not in UNITS[variable]:
        raise ValueError(f"{variable} in {unit!r}: one of {', '.join(UNITS[variable])} is needed")
    scale, offset, daily = UNITS[variable][unit]
    values = (values * scale + offset) * (days if daily else 1)
    if variable == "precipitation":
        values[(values < 0) & (values >= -DRIZZLE)] = 0.0
    return values
