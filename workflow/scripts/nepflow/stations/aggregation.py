"""Monthly and annual tables of stations, made from clean records and read for fitting."""

import numpy as np
import pandas as pd

from nepflow.stations.records import POSITION, BadStations
from nepflow.study.variables import NORMAL


def days_of_months(years):
    """Return the number of days of every month, shape (12 * year,)."""
    first, last = np.datetime64(f"{years[0]}-01"), np.datetime64(f"{years[-1] + 1}-01")
    starts = np.arange(first, last + 1, dtype="datetime64[M]").astype("datetime64[D]")
    length = np.diff(starts).astype(int).reshape(-1, 12)
    return length[np.asarray(years) - years[0]].ravel()


def monthly_values(station, month, values, stations, days, statistic, complete_percent):
    """Return the months of stations that have enough days.

    Parameters
    ----------
    station : ndarray of int, shape (record,)
        Number of the station, 0 to ``stations`` - 1.
    month : ndarray of int, shape (record,)
        Number of the month, 0 to ``days.size`` - 1.
    values : ndarray, shape (record,)
        Daily values, NaN = none.
    stations : int
    days : ndarray of int, shape (month,)
        Length of the months.
    statistic : {"mean", "sum"}
        A sum over an incomplete month is scaled by days / observed days, which is the mean of
        the observed days times the length of the month.
    complete_percent : float
        Least share of the days that must be observed, %.

    Returns
    -------
    values : ndarray, shape (station, month)
        NaN where too few days were observed.
    observed : ndarray of int, shape (station, month)
        Days with a value.
    """
    valid = ~np.isnan(values)
    cell = (station * days.size + month)[valid]
    shape = stations, days.size
    observed = np.bincount(cell, minlength=stations * days.size).reshape(shape)
    total = np.bincount(cell, weights=values[valid], minlength=stations * days.size)
    enough = (observed > 0) & (100 * observed >= complete_percent * days)
    mean = np.full(shape, np.nan)
    np.divide(total.reshape(shape), observed, out=mean, where=enough)
    if statistic == "mean":
        return mean, observed
    complete = enough & (observed == days)
    return np.where(complete, total.reshape(shape), mean * days), observed


def annual_values(monthly, statistic):
    """Return the years of stations that have all twelve months.

    Parameters
    ----------
    monthly : ndarray, shape (station, 12 * year)
    statistic : {"mean", "sum"}
        Months count alike in a mean.

    Returns
    -------
    ndarray, shape (station, year)
        NaN where a month is missing.
    """
    by_year = monthly.reshape(len(monthly), -1, 12)
    return by_year.mean(axis=2) if statistic == "mean" else by_year.sum(axis=2)


MONTHLY = ("station", *POSITION, "variable", "year", "month", "value", "days", "unit")
ANNUAL = ("station", *POSITION, "variable", "year", "value", "unit")
COMPLETENESS = ("station", "variable", "quantity", "value", "unit")
NORMAL_YEAR = "normal"  # the year column of monthly normals


def aggregate(records, variable, years, time_step, complete_month_percent):
    """Return the months and years of one variable at stations.

    Parameters
    ----------
    records : DataFrame
        Clean records.
    variable : (str, variables.Variable)
        Name and properties.
    years : list of int
        Years of the study, ascending.
    time_step : {"daily", "monthly", "normals"}
    complete_month_percent : float
        Least share of the days of a month, %; daily records only.

    Returns
    -------
    monthly, annual, table : DataFrame
        Columns `MONTHLY`, `ANNUAL`, `COMPLETENESS`.
    """
    name, properties = variable
    stations = records.drop_duplicates("station")[["station", *POSITION]]
    number = records["station"].cat.remove_unused_categories().cat.codes.to_numpy("int64")
    month = records["month"].to_numpy("int64") - 1
    normals = time_step == "normals"
    labels = [NORMAL_YEAR] if normals else list(years)
    if not normals:
        month += 12 * np.searchsorted(years, records["year"])
    days = days_of_months([2001] if normals else years)
    daily = time_step == "daily"
    values, observed = monthly_values(
        number,
        month,
        records[properties.column].to_numpy(),
        len(stations),
        days if daily else np.ones_like(days),
        properties.statistic if daily else "mean",
        complete_month_percent,
    )
    yearly = annual_values(values, properties.statistic)
    observed = observed if daily else observed * days
    monthly = _tidy(stations, name, values, properties.monthly_unit, labels)
    monthly["days"] = observed.ravel()[monthly.index]
    annual = _tidy(stations, name, yearly, properties.annual_unit, labels)
    table = _completeness(stations, name, values, yearly, observed)
    return monthly[list(MONTHLY)], annual[list(ANNUAL)], table


def _tidy(stations, name, values, unit, labels):
    """Return one row a value; the index is its place in ``values``."""
    count = values.shape[1]
    frame = stations.loc[stations.index.repeat(count)].reset_index(drop=True)
    step = np.tile(np.arange(count), len(stations))
    frame["variable"] = name
    frame["year"] = np.asarray(labels)[step * len(labels) // count]
    frame["month"] = step % 12 + 1
    frame["value"] = values.ravel()
    frame["unit"] = unit
    return frame[frame["value"].notna()]


def _completeness(stations, name, values, yearly, observed):
    """Return how much of the period each station covers, one row a number."""
    used = ~np.isnan(values)
    quantities = {
        ("observed_days", "day"): observed.sum(axis=1),
        ("months_used", "month"): used.sum(axis=1),
        ("months_incomplete", "month"): ((observed > 0) & ~used).sum(axis=1),
        ("months_used_share", "%"): 100 * used.mean(axis=1),
        ("years_used", "year"): (~np.isnan(yearly)).sum(axis=1),
    }
    parts = [
        pd.DataFrame(
            {"station": stations["station"].astype(str), "variable": name}
            | {"quantity": quantity, "value": numbers, "unit": unit}
        )
        for (quantity, unit), numbers in quantities.items()
    ]
    return pd.concat(parts, ignore_index=True)[list(COMPLETENESS)]


def monthly_matrix(path, variable, years, minimum):
    """Return the monthly values of a variable with a column for each surface to fit.

    Parameters
    ----------
    path : str
        Table with the columns `MONTHLY`.
    variable : str
    years : list of int
        Years of the study.
    minimum : int
        Least number of stations that a surface needs.

    Returns
    -------
    stations : DataFrame
        station, lon, lat, elevation_m; stations with at least one value.
    values : ndarray, shape (station, surface)
        NaN = no value.
    surface_years, surface_months : ndarray of int, shape (surface,)
        Year (0 for normals) and month of the columns.

    Raises
    ------
    BadStations
        If a month has too few stations.
    """
    types = {"station": str, "year": str, "variable": "category"}
    table = pd.read_csv(
        path, dtype=types, keep_default_na=False, na_values={"value": [""]}, encoding="utf-8"
    )
    table = table[table["variable"] == variable]
    normals = (table["year"] == NORMAL_YEAR).any()
    labels = [NORMAL] if normals else list(years)
    year = table["year"].replace(NORMAL_YEAR, str(NORMAL)).astype(int)
    stations = table.drop_duplicates("station").sort_values("station", ignore_index=True)
    row = stations.reset_index().set_index("station")["index"].loc[table["station"]].to_numpy()
    kept = year.isin(labels).to_numpy()
    column = 12 * np.searchsorted(labels, year) + table["month"].to_numpy() - 1
    values = np.full((len(stations), 12 * len(labels)), np.nan)
    values[row[kept], column[kept]] = table["value"].to_numpy()[kept]
    surface_years, surface_months = np.repeat(labels, 12), np.tile(np.arange(1, 13), len(labels))
    times = surface_years, surface_months
    require_stations(values, times, f"{path}: {variable}", minimum)
    return stations[["station", *POSITION]], values, surface_years, surface_months


def require_stations(values, times, name, minimum):
    """Refuse a month that has too few stations.

    Parameters
    ----------
    values : ndarray, shape (station, surface)
    times : (ndarray of int, ndarray of int), shape (surface,)
        Years and months.
    name : str
        What the values are.
    minimum : int

    Raises
    ------
    BadStations
    """
    present = (~np.isnan(values)).sum(axis=0)
    few = np.flatnonzero(present < minimum)
    if few.size:
        first = few[0]
        raise BadStations(
            f"{name} has {present[first]} stations in {times[0][first]}-{times[1][first]:02d} (and "
            f"{few.size} months below {minimum} in all); a "
            "surface needs climate.min_stations. Add records, widen area.buffer_km, lower "
            "climate.complete_month_percent, or shorten the period."
        )
