"""The climate variables that stations measure: their columns, units and annual statistics."""

from dataclasses import dataclass


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
