"""Units of gridded climate, and what a month in them is in the units of the workflow."""

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
