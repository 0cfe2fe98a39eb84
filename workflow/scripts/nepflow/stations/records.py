"""Reader of station files: tidy CSV, one row a station and time step."""

from csv import reader
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv

from nepflow.io import missing_codes

POSITION = ["lon", "lat", "elevation_m"]
# The column that tells the time in a file of each time step, its format, and what it becomes.
DOORS = {
    "daily": ("date", "%Y-%m-%d", ["year", "month", "day"]),
    "monthly": ("date", "%Y-%m", ["year", "month"]),
    "normals": ("month", "%m", ["month"]),
}
MISSING = ["", "NA", "NaN", "nan"]


class BadStations(ValueError):
    """A station file, or what is left of it, cannot be used."""


def read(path, columns, time_step, substitutes=None):
    """Read a station file.

    Parameters
    ----------
    path : str
        CSV in UTF-8 with the columns station, lon, lat, elevation_m, date (month for normals)
        and those of the variables; others are ignored. Missing = empty.
    columns : list of str
        Columns of the variables.
    time_step : {"daily", "monthly", "normals"}
        Dates are YYYY-MM-DD, YYYY-MM, or months 1 to 12.
    substitutes : dict of {str: str}, optional
        Column -> one that may stand in its place: read where the file has it.

    Returns
    -------
    DataFrame
        station (categorical of str), lon, lat, elevation_m, the time columns of `DOORS` (NaN
        where the date is unreadable) and the variables, float64.

    Raises
    ------
    BadStations
        If the file cannot be read, lacks a column, holds text where a number belongs, or has
        dates of another time step.
    """
    date, layout, steps = DOORS[time_step]
    table = _table(path, ["station", *POSITION, date, *columns], date, substitutes or {})
    coded = table.column(date).combine_chunks()
    texts = coded.dictionary.to_pandas().fillna("")
    if time_step == "normals":
        texts = texts.str.strip().str.zfill(2)
    times = pd.to_datetime(texts, format=layout, exact=True, errors="coerce")
    codes = coded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    readable = np.append(times.notna().to_numpy(), False)[codes]
    if readable.mean() < 0.5:
        example = next(iter(texts[times.isna()]), "")
        raise BadStations(
            f"{path}: column {date} holds {example!r}; a {time_step} file has "
            f"{_EXAMPLES[time_step]}. Set climate.time_step to what the file is, or rewrite it."
        )
    records = table.drop_columns([date]).to_pandas(split_blocks=True)
    for part in steps:
        known = np.append(getattr(times.dt, part).to_numpy(float), np.nan)
        records[part] = known[codes].astype("float32")
    records["station"] = sorted_categories(records["station"])
    return records


_EXAMPLES = {
    "daily": "days like 2001-07-31",
    "monthly": "months like 2001-07",
    "normals": "months 1 to 12",
}


def _table(path, columns, date, substitutes):
    """Read the columns as an Arrow table; every fault becomes a `BadStations`."""
    for column in substitutes if Path(path).is_file() else ():
        header = _header(path)
        if substitutes[column] in header:
            columns = [name for name in columns if name != column or name in header]
            columns = [*columns, substitutes[column]]
    text = pa.dictionary(pa.int32(), pa.string())
    types = dict.fromkeys(columns, pa.float64()) | {"station": text, date: text}
    options = csv.ConvertOptions(
        column_types=types, include_columns=columns, null_values=MISSING, strings_can_be_null=False
    )
    try:
        table = csv.read_csv(path, convert_options=options)
    except FileNotFoundError:
        raise BadStations(f"{path}: no such station file. Put it there (docs/data.md).") from None
    except KeyError as error:
        raise BadStations(
            f"{path}: {error.args[0]}; it must have the columns {', '.join(columns)}. "
            "Rename or add the column; its name says the unit."
        ) from None
    except (pa.ArrowInvalid, OSError) as error:
        raise BadStations(
            f"{path}: not a table in UTF-8 CSV: {error}. Save it as CSV in UTF-8 with a comma "
            "between columns and a point in numbers."
        ) from None
    if not table.num_rows:
        raise BadStations(f"{path}: no records. Put the station records into it.")
    return table.unify_dictionaries()


def _header(path):
    """Return the names in the first line."""
    with open(path, encoding="utf-8-sig", errors="replace", newline="") as file:
        return next(reader(file), [])


def sorted_categories(stations):
    """Return the station column with its categories in order, so that sorting is cheap."""
    return stations.cat.reorder_categories(sorted(stations.cat.categories), ordered=True)


def without_missing(records, columns, missing):
    """Return records in which the numbers that a study declares as missing are NaN.

    Parameters
    ----------
    records : DataFrame
    columns : list of str
        Columns of values and of the elevation.
    missing : list of float
        ``climate.missing_values``.
    """
    for column in columns if len(missing) else ():
        if column in records:
            values = records[column]
            records[column] = values.mask(np.isin(values.to_numpy(), np.asarray(missing, float)))
    return records


def code_masks(records, columns, limits):
    """Return {column: mask} of the values that are codes of missing data where none can be.

    Values outside of their limits are left to the range check, which drops and counts them.

    Parameters
    ----------
    records : DataFrame
    columns : dict of {str: str}
        Name of a variable -> its column.
    limits : dict of {str: [low, high]}
        Possible single values.
    """
    masks = {}
    for name, column in columns.items():
        if column not in records:
            continue
        values = records[column].to_numpy(float)
        low, high = limits.get(name, (-np.inf, np.inf))
        seen = missing_codes.Seen()
        once = column in POSITION  # a height is one of a station, however many its records are
        some = records[["station", column]].drop_duplicates()[column] if once else values
        some = np.asarray(some, float)
        seen.add(np.where((some >= low) & (some <= high), some, np.nan))
        suspects = seen.suspects()
        if suspects:
            masks[column] = np.isin(np.round(values, 4), list(suspects))
    return masks


def check_codes(records, columns, limits, path):
    """Refuse codes of missing data that the study does not declare, and infinite values.

    Parameters
    ----------
    records, columns, limits
        See `code_masks`.
    path : str
        The file, for messages.

    Raises
    ------
    BadStations
        With the code, the first station and date, and the line to write.
    """
    for column, mask in code_masks(records, columns, limits).items():
        first = records[mask].iloc[0]
        codes = np.unique(records.loc[mask, column])
        listed = ", ".join(f"{code:g}" for code in codes)
        raise BadStations(
            f"{path}: {column} is {listed} in {mask.sum()} records, the first of station "
            f"{first['station']} in {_time_of(first)}: a code of missing data and no value, far "
            "from all others or far more frequent. Write climate: {missing_values: "
            f"[{listed}]}}, or leave the field empty; if it is a value, climate: {{defects: "
            "{undeclared_code: keep}}."
        )


def _time_of(record):
    steps = [name for name in ("year", "month", "day") if name in record]
    known = [f"{record[name]:02.0f}" for name in steps if record[name] == record[name]]
    return "-".join(known) or "an unreadable date"


def check_units(records, variables, plausible, limits, path):
    """Refuse a file whose values cannot be in the unit of their column.

    Parameters
    ----------
    records : DataFrame
    variables : dict of {str: str}
        Name of a variable -> its column.
    plausible : dict of {str: [low, high]}
        Where the median of the values that are not 0 lies in a file of the right unit.
    limits : dict of {str: [low, high]}
        Possible single values.
    path : str
        The file, for messages.

    Raises
    ------
    BadStations
        If a variable has no value, if the median lies outside, or if more than half of the
        values are impossible.
    """
    for name, column in variables.items():
        values = records[column].to_numpy()
        values = values[~np.isnan(values)]
        if np.isinf(values).any():
            raise BadStations(
                f"{path}: {np.isinf(values).sum()} values of {column} are infinite. Leave the "
                "field empty where there is no value."
            )
        if not values.size:
            raise BadStations(f"{path}: column {column} is empty. Drop {name} from the study.")
        typical = np.median(values[values != 0]) if values.any() else 0.0
        low, high = plausible[name]
        impossible = np.mean((values < limits[name][0]) | (values > limits[name][1]))
        if not low <= typical <= high or impossible > 0.5:
            raise BadStations(
                f"{path}: the median of {column} (zeros left out) is {typical:g}, expected "
                f"between {low:g} and {high:g}, and {impossible:.0%} of its values are impossible: "
                "another unit (Kelvin, tenths, daily in place of monthly)? Convert the column to "
                "the unit in its name, or change climate.plausible_median."
            )


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
