"""Days to months to years, where enough of them were observed."""

import numpy as np


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
