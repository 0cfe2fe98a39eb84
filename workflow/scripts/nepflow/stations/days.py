"""Records of stations as matrices of days (or months) and stations, and back."""

import numpy as np
import pandas as pd

from nepflow.stations import flags as stations_flags
from nepflow.stations.records import POSITION


class StationDays:
    """All days of the study's years at all stations.

    Parameters
    ----------
    records : DataFrame
        Clean daily records, one a station and day.
    years : list of int
        Consecutive.

    Attributes
    ----------
    sites : DataFrame
        station, lon, lat, elevation_m; in the order of the columns.
    dates : ndarray of datetime64, shape (day,)
    month : ndarray of int, shape (day,)
        1..12
    """

    step, name = "D", "day"

    def __init__(self, records, years):
        self.records = records
        self.sites = records.drop_duplicates("station").sort_values("station", ignore_index=True)
        self.sites = self.sites[["station", *POSITION]]
        span = [f"{years[0]}-01", f"{years[-1] + 1}-01"]
        first, last = np.array(span, "datetime64[M]").astype(f"datetime64[{self.step}]")
        self.dates = np.arange(first, last)
        self.month = self.dates.astype("datetime64[M]").astype(int) % 12 + 1
        parts = records[["year", "month"]].assign(day=records["day"] if self.step == "D" else 1)
        date = pd.to_datetime(parts).to_numpy().astype(f"datetime64[{self.step}]")
        self.row = (date - first).astype(int)
        codes = records["station"].cat.remove_unused_categories().cat.codes
        self.column = codes.to_numpy("int64")

    @property
    def shape(self):
        """Days and stations."""
        return len(self.dates), len(self.sites)

    def values(self, column):
        """Return a column of the records, shape (day, station); NaN where there is none."""
        matrix = np.full(self.shape, np.nan)
        matrix[self.row, self.column] = self.records[column].to_numpy()
        return matrix

    def flags(self, variable):
        """Return the flag codes of a variable; missing where there is no record."""
        matrix = np.full(self.shape, stations_flags.MISSING, dtype="int8")
        codes = self.records[stations_flags.column_of(variable)].cat.codes
        matrix[self.row, self.column] = codes.to_numpy()
        return matrix

    def with_values(self, columns, codes):
        """Return records of all days on which a station has a value or a flag to show.

        Parameters
        ----------
        columns : dict of {str: ndarray (day, station)}
            Column -> values.
        codes : dict of {str: ndarray (day, station)}
            Variable -> flag codes.

        Returns
        -------
        DataFrame
            Sorted by station and day.
        """
        shown = np.zeros(self.shape, bool)
        for values in columns.values():
            shown |= ~np.isnan(values)
        for matrix in codes.values():
            shown |= matrix != stations_flags.MISSING
        station, day = np.nonzero(shown.T)
        records = self.sites.iloc[station].reset_index(drop=True)
        date = self.dates[day]
        months = date.astype("datetime64[M]")
        records["year"] = (date.astype("datetime64[Y]").astype(int) + 1970).astype("int16")
        records["month"] = (months.astype(int) % 12 + 1).astype("int16")
        if self.step == "D":
            records["day"] = ((date - months).astype(int) + 1).astype("int16")
        for column, values in columns.items():
            records[column] = values[day, station]
        for variable, matrix in codes.items():
            records[stations_flags.column_of(variable)] = stations_flags.category(
                matrix[day, station]
            )
        return records


class StationMonths(StationDays):
    """All months of the study's years at all stations; as `StationDays`, a row a month.

    ``dates`` are datetime64 of months.
    """

    step, name = "M", "month"


STEPS = {"daily": StationDays, "monthly": StationMonths}


def distances_km(xy):
    """Return the distances between places.

    Parameters
    ----------
    xy : ndarray, shape (station, 2)
        m

    Returns
    -------
    ndarray, shape (station, station)
        km
    """
    x, y = xy.T / 1000
    return np.hypot(x[:, None] - x, y[:, None] - y)
