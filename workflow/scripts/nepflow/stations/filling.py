"""One variable of all stations without gaps, and what the tables say of it."""

import numpy as np

from nepflow.stations import flag_tables, reconstruction
from nepflow.study.variables import VARIABLES

# temperature by difference from the station's mean, the others by ratio to it
DEPARTURES = {"temperature": "difference", "precipitation": "ratio", "radiation": "ratio"}
COLUMNS = ("variable", "month", "quantity", "value", "unit")
VARIOGRAMS = ("variable", "month", "model", "quantity", "value", "unit")
TABLES = (VARIOGRAMS, COLUMNS, flag_tables.QUALITY)


def without_gaps(name, values, month, distance_km, *, model, lags, longest_gap_days, minimum):
    """Reconstruct the missing days of one variable.

    Parameters
    ----------
    name : str
        Key of `DEPARTURES`.
    values : ndarray, shape (day, station)
        NaN = missing.
    month : ndarray of int, shape (day,)
        Calendar month 1..12: each has its own means and variogram.
    distance_km : ndarray, shape (station, station)
    model, lags, minimum
        See `reconstruction.reconstructed_month`.
    longest_gap_days : int or None
        Longer runs of missing days stay missing.

    Returns
    -------
    complete : ndarray, shape (day, station)
    months : dict of {int: reconstruction.Month}
    """
    complete, months = values.copy(), {}
    for calendar in range(1, 13):
        rows = np.flatnonzero(month == calendar)
        complete[rows], months[calendar] = reconstruction.reconstructed_month(
            values[rows], distance_km,
            departure=DEPARTURES[name], model=model, lags=lags, minimum=minimum,
        )  # fmt: skip
    complete[reconstruction.long_gaps(~np.isnan(values), longest_gap_days)] = np.nan
    return complete, months


def variogram_rows(name, months):
    """Return the parameters of the variogram of every month."""
    unit = "K2" if DEPARTURES[name] == "difference" else "1"
    return [
        (name, calendar, month.model.model, quantity, value, of)
        for calendar, month in months.items()
        if month.model
        for quantity, value, of in (
            ("nugget", month.model.nugget, unit),
            ("partial_sill", month.model.partial_sill, unit),
            ("range", month.model.range_km, "km"),
            ("distance_classes", month.lags, "1"),
        )
    ]


def error_rows(name, months):
    """Return leave-one-out errors of kriging, beside those of the station's monthly mean."""
    unit = VARIABLES[name].daily_unit
    rows = []
    for calendar, month in months.items():
        if not month.errors.size:
            continue
        numbers = (
            ("values", month.errors.size, "1"),
            ("mean_error", month.errors.mean(), unit),
            ("rmse", np.sqrt((month.errors**2).mean()), unit),
            ("mean_absolute_error", np.abs(month.errors).mean(), unit),
            ("rmse_of_station_mean", np.sqrt((month.spread**2).mean()), unit),
            ("floored_at_0", month.floored, "1"),
        )
        rows += [(name, calendar, *number) for number in numbers]
    return rows
