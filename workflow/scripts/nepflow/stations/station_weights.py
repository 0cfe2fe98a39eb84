"""Relative weights of stations, a column of the tidy station file."""

import pandas as pd

from nepflow.stations.records import BadStations


def weights_of(path, column, stations):
    """Return the weight of every station: its inverse relative variance.

    Parameters
    ----------
    path : str
        CSV with a column ``station``.
    column : str
        Name of the column of weights, positive numbers; one value a station.
    stations : ndarray of str
        Which stations, in which order.

    Returns
    -------
    ndarray, shape (station,)
        With mean 1, so that error variances are those of a typical station.

    Raises
    ------
    BadStations
        If the column or the weight of a station is missing, not positive, or not unique.
    """
    remedy = "Mend the column, or set climate.weights_column to null."
    try:
        table = pd.read_csv(
            path,
            usecols=["station", column],
            dtype={"station": str},
            keep_default_na=False,
            encoding="utf-8",
        )
    except ValueError as error:
        raise BadStations(f"{path}: {error}. {remedy}") from None
    values = pd.to_numeric(table[column], errors="coerce")
    by_station = values.groupby(table["station"]).agg(["min", "max"]).reindex(stations)
    bad = by_station[~((by_station["min"] > 0) & (by_station["min"] == by_station["max"]))]
    if len(bad):
        raise BadStations(
            f"{path}: column {column} of station {bad.index[0]} (and {len(bad) - 1} others) has no "
            f"single positive weight. {remedy}"
        )
    weights = by_station["min"].to_numpy(float)
    return weights / weights.mean()
