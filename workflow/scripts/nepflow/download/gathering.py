"""Files of station archives and of radiation as one tidy table of days."""

from pathlib import Path

import pandas as pd

from nepflow.download import nasa_power, records
from nepflow.stations import archives

WEATHER = ["temperature_degc", "precipitation_mm"]
COLUMNS = ["station", "lon", "lat", "elevation_m", "date", *WEATHER]


class WrongStations(ValueError):
    """Radiation that belongs to none of the stations with records."""


def read(path, kind):
    """Return the days of one file of an archive with the columns of the tidy table.

    Raises
    ------
    BadStations
        If the file is not of the archive's layout.
    """
    table = archives.read(path, kind, WEATHER, {})
    table = table.dropna(subset=["year", "month", "day"])
    date = pd.to_datetime(table[["year", "month", "day"]].astype(int))
    table = table.assign(date=date.dt.strftime("%Y-%m-%d"))
    return table[COLUMNS].astype({"station": str})


def completeness(days, years):
    """Return the share of days with temperature and precipitation of each station, %.

    Parameters
    ----------
    days : DataFrame
        Of `read`.
    years : list of int
    """
    span = pd.date_range(f"{min(years)}-01-01", f"{max(years)}-12-31")
    expected = span.year.isin(years).sum()
    both = days[WEATHER].notna().all(axis=1)
    return 100 * both.groupby(days["station"]).sum() / expected


def with_radiation(days, folder, list_path):
    """Return ``days`` with a column radiation_mj_m2; days without it stay empty.

    Parameters
    ----------
    days : DataFrame
        Of `read`.
    folder, list_path : str
        Raw folder; list of the files of POWER, ``<station>_<first>_<last>.json``.

    Raises
    ------
    WrongStations
        If no file is that of a station with records.
    """
    parts = []
    for row in records.read_list(list_path):
        series = nasa_power.read(Path(folder, row["file"])).rename("radiation_mj_m2")
        station = Path(row["file"]).name.rsplit("_", 2)[0]
        parts.append(series.rename_axis("date").reset_index().assign(station=station))
    radiation = pd.concat(parts)
    if not set(radiation["station"]) & set(days["station"]):
        raise WrongStations(
            f"{list_path}: no radiation of a station with records. Delete the list and run again."
        )
    return days.merge(radiation, on=["station", "date"], how="left")
