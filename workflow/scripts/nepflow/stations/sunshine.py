"""Radiation of station records from their sunshine hours."""

import numpy as np
import pandas as pd

from nepflow.stations import flag_tables, flags, radiation

RADIATION, SUNSHINE = "radiation_mj_m2", "sunshine_h"
SUBSTITUTES = {RADIATION: SUNSHINE}  # a file may have the second in place of the first


def with_radiation(records, time_step, angstrom, ledger):
    """Compute missing radiation where a record has sunshine hours.

    Parameters
    ----------
    records : DataFrame
        Of `station_file.read`; with the column sunshine_h if the file has it: hours of the
        day, or of the month in monthly files and normals.
    time_step : {"daily", "monthly", "normals"}
        The middle day stands for a month.
    angstrom : dict
        ``a`` and ``b`` of `radiation.angstrom_prescott`.
    ledger : stations.Ledger
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
    computed = length * radiation.angstrom_prescott(hours, latitude, day, **angstrom)
    wanted = records[RADIATION].isna().to_numpy() & ~np.isnan(computed)
    ledger.note(records, wanted, "radiation_missing", "computed from sunshine")
    records[RADIATION] = np.where(wanted, computed, records[RADIATION])
    records[flags.column_of("radiation")] = flag_tables.category(
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
