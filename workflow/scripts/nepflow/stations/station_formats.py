"""One door for station files of any format."""

from pathlib import Path

import pandas as pd

from nepflow.stations import archives
from nepflow.stations import records as stations_records


def read(path, station_format, columns, time_step, substitutes=None, missing=()):
    """Read the station records of a study.

    Parameters
    ----------
    path : str
        A file, or a folder of files of one format.
    station_format : str
        ``tidy`` (`station_file`) or a key of `station_archives.READERS`.
    columns : list of str
        Columns of the variables.
    time_step : {"daily", "monthly", "normals"}
        Archives are daily.
    substitutes : dict of {str: str}, optional
        Column -> one that may stand in its place.
    missing : list of float, optional
        Numbers that mean a missing value or elevation, in the units of the columns.

    Returns
    -------
    DataFrame
        As of `station_file.read`.

    Raises
    ------
    BadStations
    """
    substitutes = substitutes or {}
    records = _read(path, station_format, columns, time_step, substitutes)
    named = [*columns, *substitutes.values(), "elevation_m"]
    return stations_records.without_missing(records, named, missing)


def _read(path, station_format, columns, time_step, substitutes):
    if station_format != "tidy":
        return archives.read(path, station_format, columns, substitutes)
    if not Path(path).is_dir():
        return stations_records.read(path, columns, time_step, substitutes)
    files = archives.files_of(path, "*.csv")
    if not files:
        raise stations_records.BadStations(f"{path}: no CSV file in this folder. Put one there.")
    tables = [stations_records.read(file, columns, time_step, substitutes) for file in files]
    records = pd.concat(
        [table.astype({"station": str}) for table in tables], ignore_index=True
    ).astype({"station": "category"})
    return records.assign(station=stations_records.sorted_categories(records["station"]))
