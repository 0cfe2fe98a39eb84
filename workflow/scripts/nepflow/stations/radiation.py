"""Solar radiation from sunshine hours: the equations of FAO-56.

References
----------
Allen, Pereira, Raes and Smith (1998), Crop evapotranspiration, FAO Irrigation and Drainage
Paper 56, chapter 3, equations 21-25, 34 and 35.
"""

import numpy as np
import pandas as pd

from nepflow.stations import archive_rules, flags

SOLAR_CONSTANT = 0.0820  # MJ m-2 min-1
MINUTES = 24 * 60


def _sun(latitude, day_of_year):
    """Return latitude, declination, sunset hour angle (rad) and inverse relative distance."""
    phi = np.deg2rad(latitude)
    angle = 2 * np.pi * np.asarray(day_of_year) / 365
    declination = 0.409 * np.sin(angle - 1.39)
    distance = 1 + 0.033 * np.cos(angle)
    # Beyond 1 the sun does not set, below -1 it does not rise.
    sunset = np.arccos(np.clip(-np.tan(phi) * np.tan(declination), -1, 1))
    return phi, declination, sunset, distance


def extraterrestrial_radiation(latitude, day_of_year):
    """Return daily radiation at the top of the atmosphere, Ra (equation 21).

    Parameters
    ----------
    latitude : float or ndarray
        Degrees north, -90 to 90.
    day_of_year : int or ndarray, broadcastable
        1 to 366.

    Returns
    -------
    ndarray
        MJ m-2 d-1.

    Raises
    ------
    ValueError
        If a latitude is outside -90 to 90.
    """
    if np.any(np.abs(latitude) > 90):
        raise ValueError("latitude outside -90 to 90 degrees")
    phi, declination, sunset, distance = _sun(latitude, day_of_year)
    height = sunset * np.sin(phi) * np.sin(declination)
    height = height + np.cos(phi) * np.cos(declination) * np.sin(sunset)
    return MINUTES / np.pi * SOLAR_CONSTANT * distance * height


def daylight_hours(latitude, day_of_year):
    """Return the longest possible sunshine of a day, N (equation 34), h.

    Parameters as in `extraterrestrial_radiation`.
    """
    return 24 / np.pi * _sun(latitude, day_of_year)[2]


def angstrom_prescott(sunshine_h, latitude, day_of_year, a, b):
    """Return solar radiation of a day from its sunshine, Rs (equation 35).

    ``Rs = (a + b n / N) Ra``

    Parameters
    ----------
    sunshine_h : ndarray
        Hours of bright sunshine, n; NaN = none. More than a day's length by up to one hour
        counts as the whole day: recorders burn a little beyond sunset in theory.
    latitude : ndarray
        Degrees north.
    day_of_year : ndarray
        1 to 366.
    a, b : float
        Share of Ra that arrives on an overcast day, and what a clear one adds: 0.25 and 0.50
        where nothing is calibrated (FAO-56).

    Returns
    -------
    ndarray
        MJ m-2 d-1; NaN where the sunshine is absent, negative or longer than the day.
    """
    longest = daylight_hours(latitude, day_of_year)
    possible = (sunshine_h >= 0) & (sunshine_h <= longest + 1)
    share = np.divide(
        np.minimum(sunshine_h, longest), longest, out=np.zeros_like(longest), where=longest > 0
    )
    radiation = (a + b * share) * extraterrestrial_radiation(latitude, day_of_year)
    return np.where(possible, radiation, np.nan)


RADIATION, SUNSHINE = "radiation_mj_m2", "sunshine_h"
SUBSTITUTES = {RADIATION: SUNSHINE}  # a file may have the second in place of the first
MEASURED = 0.8  # share of the computed days that measured radiation must cover; own choice


def with_radiation(records, time_step, angstrom, ledger):
    """Compute radiation from sunshine hours at stations whose records of radiation lack days.

    One definition a station: measured radiation where it covers `MEASURED` of the computed days,
    else computed on every day, so that no record changes from one to the other.

    Parameters
    ----------
    records : DataFrame
        Of `records.read`; with the column sunshine_h if the file has it: hours of the
        day, or of the month in monthly files and normals.
    time_step : {"daily", "monthly", "normals"}
        The middle day stands for a month.
    angstrom : dict
        ``a`` and ``b`` of `radiation.angstrom_prescott`.
    ledger : cleaning.Ledger
        Counts the computed values.

    Returns
    -------
    DataFrame
        Without sunshine_h, with the column radiation_flag where something was computed.
    """
    if SUNSHINE not in records:
        return records
    if RADIATION not in records:
        records[RADIATION] = np.nan
    day, length = _days(records, time_step)
    latitude = records["lat"].where(records["lat"].between(-90, 90)).to_numpy(float)
    hours = records[SUNSHINE].to_numpy() / length
    computed = length * angstrom_prescott(hours, latitude, day, **angstrom)
    measured = records[RADIATION].to_numpy(float)
    code, stations = pd.factorize(records["station"])
    ways, every = {RADIATION: measured, SUNSHINE: computed}, np.ones(len(records), bool)
    chosen, _ = archive_rules.one_definition(ways, code, len(stations), every, MEASURED)
    by_sunshine = (chosen == 1)[code]
    wanted = by_sunshine & ~np.isnan(computed)
    ledger.note(records, wanted, "radiation_missing", "computed from sunshine")
    unused = by_sunshine & ~np.isnan(measured)
    ledger.note(records, unused, "radiation_measured_on_few_days", "not used beside sunshine")
    records[RADIATION] = np.where(by_sunshine, computed, measured)
    records[flags.column_of("radiation")] = flags.category(
        np.where(wanted, flags.SUNSHINE, flags.OBSERVED)
    )
    return records.drop(columns=SUNSHINE)


def _days(records, time_step):
    """Return the day of the year of each record, and how many days it stands for."""
    if time_step == "daily":
        date = pd.to_datetime(records[["year", "month", "day"]], errors="coerce")
        return date.dt.dayofyear.to_numpy(float), np.ones(len(records))
    year = records["year"] if "year" in records else pd.Series(2001.0, records.index)
    parts = pd.DataFrame({"year": year, "month": records["month"], "day": 15.0})
    date = pd.to_datetime(parts, errors="coerce")
    return date.dt.dayofyear.to_numpy(float), date.dt.days_in_month.to_numpy(float)
