"""Readers of station archives: CMA, GHCN-Daily and GSOD files become the tidy table.

Layouts
-------
cma_daily
    China Meteorological Data Service Centre, daily surface climate of China V3.0
    (SURF_CLI_CHN_MUL_DAY; data.cma.cn and the SURF_CLI_CHN_MUL_DAY_FORMAT document beside it):
    text, one file an element and month, ``SURF_CLI_CHN_MUL_DAY-TEM-12001-200107.TXT``. Columns:
    station, latitude and longitude (degrees and minutes), elevation (0.1 m, plus 100000 where
    estimated), year, month, day, the values, and a quality code a value (0 correct, 1 suspect,
    2 wrong, 8 missing, 9 not checked). TEM: mean, maximum, minimum; PRE: 20-8 h, 8-20 h,
    20-20 h; SSD: hours of sunshine. The day ends at 20 h Beijing time.
ghcn_daily
    NOAA NCEI, Global Historical Climatology Network daily, ``access/<station>.csv``; GHCN-Daily
    readme.txt, sections III (elements, flags) and the csv documentation: tenths of degC and mm,
    ``<element>_ATTRIBUTES`` = "measurement,quality,source[,time]".
gsod
    NOAA NCEI, Global Surface Summary of the Day, ``<year>/<station>.csv``; GSOD readme.txt:
    Fahrenheit, inches, 9999.9 and 99.99 = missing; PRCP_ATTRIBUTES: A-G amounts of one or more
    reports, H "reported 0 as the amount for the day, but also reported at least one occurrence of
    precipitation: incomplete", I "did not report any precip data for the day and did not report
    any occurrences of precipitation". FRSHTT: fog, rain or drizzle, snow or ice pellets, hail,
    thunder, tornado; 1 = yes, 0 = no or not reported. TEMP_ATTRIBUTES: number of observations.
    "Many stations do not report 0 on days with no precipitation - therefore, 99.99 will often
    appear on these days."

What a variable is made of where an archive has several elements for it, or none on a day, is
decided in `archive_rules`.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from nepflow.stations import archive_rules
from nepflow.stations import columns as station_columns
from nepflow.stations import records as stations_records
from nepflow.stations.records import BadStations, sorted_categories


@dataclass(frozen=True)
class Conversion:
    """An element of an archive.

    Attributes
    ----------
    column : str
        Column of the tidy table that it becomes, with the unit in its name.
    unit : str
        Unit in the archive.
    scale, offset : float
        value = scale * coded + offset
    missing : tuple of float
        Codes that mean no value.
    """

    column: str
    unit: str
    scale: float
    offset: float = 0.0
    missing: tuple = ()

    def __call__(self, coded):
        """Return values in the unit of the column; NaN for codes of a missing one."""
        coded = np.asarray(coded, dtype=float)
        absent = np.isin(coded, self.missing)
        return np.where(absent, np.nan, self.scale * coded + self.offset)


# 32766 no observation, 32744 blank; further codes of precipitation: `cma_precipitation`
CMA_MISSING = (32766.0, 32744.0)
CONVERSIONS = {
    "cma_daily": {
        "TEM-12001": Conversion("temperature_degc", "0.1 degC", 0.1, missing=CMA_MISSING),
        "PRE-13011": Conversion("precipitation_mm", "0.1 mm", 0.1, missing=CMA_MISSING),
        "SSD-14032": Conversion("sunshine_h", "0.1 h", 0.1, missing=CMA_MISSING),
    },
    "ghcn_daily": {
        "TAVG": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "TMAX": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "TMIN": Conversion("temperature_degc", "0.1 degC", 0.1, missing=(-9999.0, 9999.0)),
        "PRCP": Conversion("precipitation_mm", "0.1 mm", 0.1, missing=(-9999.0, 9999.0)),
        "TSUN": Conversion("sunshine_h", "min", 1 / 60, missing=(-9999.0, 9999.0)),
    },
    "gsod": {
        "TEMP": Conversion("temperature_degc", "degF", 5 / 9, -160 / 9, missing=(9999.9,)),
        "PRCP": Conversion("precipitation_mm", "inch", 25.4, missing=(99.99,)),
    },
}


def cma_precipitation(coded):
    """Return the amount, 0.1 mm, behind the codes of CMA precipitation.

    Parameters
    ----------
    coded : ndarray
        32700: a trace (0); 32XXX: fog, dew or frost of XXX; 31XXX: rain and snow; 30XXX: snow.

    Returns
    -------
    ndarray
        The codes of a missing value stay.
    """
    coded = np.asarray(coded, dtype=float)
    kind = np.floor(coded / 1000)
    amount = np.where(np.isin(kind, (30, 31, 32)), coded - 1000 * kind, coded)
    amount = np.where(coded == 32700, 0.0, amount)
    return np.where(np.isin(coded, CMA_MISSING), coded, amount)


def degrees_of_minutes(coded):
    """Return degrees of positions written as degrees and minutes: 8737 is 87 deg 37 min.

    Returns
    -------
    ndarray
        NaN where the minutes are no minutes.
    """
    coded = np.asarray(coded, dtype=float)
    degrees = np.trunc(coded / 100)
    minutes = coded - 100 * degrees
    return np.where(np.abs(minutes) < 60, degrees + minutes / 60, np.nan)


def cma_elevation(coded):
    """Return elevation, m, of CMA files: 0.1 m, 100000 added where it was estimated."""
    coded = np.asarray(coded, dtype=float)
    return np.where(np.abs(coded) >= 100_000, coded - np.sign(coded) * 100_000, coded) / 10


KEY = ["station", "year", "month", "day"]
PLACE = ["lon", "lat", "elevation_m"]
CMA_NAME = re.compile(r"SURF_CLI_CHN_MUL_DAY-(\w{3}-\d{5})-(\d{6})\.TXT", re.I)
CMA_HEAD = ["station", "lat", "lon", "elevation_m", "year", "month", "day"]
# place of the wanted value, and how many values (and quality codes) a line has
CMA_VALUES = {"TEM-12001": (0, 3), "PRE-13011": (2, 3), "SSD-14032": (0, 1)}
CMA_GOOD = (0, 9)
GSOD_INCOMPLETE, GSOD_UNREPORTED = "H", "I"
GSOD_RAIN, GSOD_UNSURE = (1, 2, 3), (4, 5)  # digits of FRSHTT: rain, snow, hail; thunder, tornado


def cma_daily(path, elements):
    """Read the CMA files of a folder, or one of them.

    Parameters
    ----------
    path : Path
    elements : list of str
        Keys of the format in `archives.CONVERSIONS`.

    Returns
    -------
    DataFrame
        Station, place and date as of `records.read` for daily records, and a column an element,
        in the unit of its variable.

    Raises
    ------
    BadStations
    """
    records = None
    for element in elements:
        files = [f for f in files_of(path, "*") if _cma_element(f) == element]
        if not files:
            raise BadStations(
                f"{path}: no file SURF_CLI_CHN_MUL_DAY-{element}-<year and month>.TXT. Put the "
                "monthly text files of this element there."
            )
        table = pd.concat([_cma_file(file, element) for file in files], ignore_index=True)
        if records is None:
            records = table
            continue
        records = records.merge(table, on=KEY, how="outer", suffixes=("", "_other"))
        for name in PLACE:
            records[name] = records[name].fillna(records.pop(f"{name}_other"))
    return records


def _cma_element(file):
    found = CMA_NAME.fullmatch(file.name)
    return found.group(1).upper() if found else None


def _cma_file(file, element):
    """Read one element of one month."""
    place, count = CMA_VALUES[element]
    values = [f"value_{n}" for n in range(count)]
    codes = [f"quality_{n}" for n in range(count)]
    table = _csv(file, sep=r"\s+", header=None, dtype={0: str})
    if table.shape[1] != 7 + 2 * count:
        raise BadStations(
            f"{file}: {table.shape[1]} columns, {element} has {7 + 2 * count}: station, latitude, "
            "longitude, elevation, year, month, day, values, quality codes. Use the file as CMA "
            "delivers it."
        )
    table.columns = [*CMA_HEAD, *values, *codes]
    numbers = _numbers(table.drop(columns="station"), file)
    coded = numbers[values[place]].to_numpy()
    if element == "PRE-13011":
        coded = cma_precipitation(coded)
    conversion = CONVERSIONS["cma_daily"][element]
    value = np.where(numbers[codes[place]].isin(CMA_GOOD), conversion(coded), np.nan)
    if element == "TEM-12001":  # plus or minus 10000: beyond the instrument
        value = np.where(np.abs(coded) >= 10_000, np.nan, value)
    return pd.DataFrame(
        {
            "station": table["station"],
            "lon": degrees_of_minutes(numbers["lon"]),
            "lat": degrees_of_minutes(numbers["lat"]),
            "elevation_m": cma_elevation(numbers["elevation_m"]),
            **{name: numbers[name] for name in ("year", "month", "day")},
            element: value,
        }
    )


def ghcn_daily(path, elements):
    """Read GHCN-Daily files of stations; parameters and result as `cma_daily`.

    A value whose quality flag is not blank is dropped.
    """
    converted = CONVERSIONS["ghcn_daily"]
    tables = []
    for file in _wanted(path, "ghcn_daily"):
        table = _noaa_file(file, elements, {name: f"{name}_ATTRIBUTES" for name in elements})
        values = {}
        for name in elements:
            flags = table[f"{name}_ATTRIBUTES"].fillna("").str.split(",", expand=True)
            quality = flags[1] if 1 in flags else pd.Series("", table.index)
            good = quality.fillna("").str.strip() == ""
            values[name] = np.where(good, converted[name](table[name]), np.nan)
        tables.append(table[[*KEY, *PLACE]].assign(**values))
    return pd.concat(tables, ignore_index=True)


def gsod(path, elements):
    """Read GSOD files of stations and years; parameters and result as `cma_daily`.

    Beside the elements: the number of observations of the temperature, and whether rain was seen
    (`archive_rules.OBSERVED`, `archive_rules.RAIN`). An amount that was not reported (99.99,
    flag I) or is incomplete (flag H) is missing, not the 0 that is written.
    """
    converted = CONVERSIONS["gsod"]
    attributes = {name: name for name in ("TEMP_ATTRIBUTES", "PRCP_ATTRIBUTES", "FRSHTT")}
    tables = []
    for file in _wanted(path, "gsod"):
        table = _noaa_file(file, sorted({*elements, "TEMP"}), attributes)
        values = {name: converted[name](table[name]) for name in {*elements, "TEMP"}}
        flag = table["PRCP_ATTRIBUTES"].fillna("").str.strip()
        if "PRCP" in elements:
            given = ~flag.isin([GSOD_INCOMPLETE, GSOD_UNREPORTED])
            values["PRCP"] = np.where(given, values["PRCP"], np.nan)
        values[archive_rules.OBSERVED] = pd.to_numeric(table["TEMP_ATTRIBUTES"], errors="coerce")
        seen = rain_seen(table["FRSHTT"], flag == GSOD_INCOMPLETE, ~np.isnan(values["TEMP"]))
        tables.append(table[[*KEY, *PLACE]].assign(**values | {archive_rules.RAIN: seen}))
    return pd.concat(tables, ignore_index=True)


def rain_seen(indicators, incomplete, observed):
    """Return what the observers of GSOD saw of rain.

    Parameters
    ----------
    indicators : Series of str
        FRSHTT, six digits.
    incomplete : Series of bool
        Flag H: an occurrence of rain in hourly observations.
    observed : ndarray of bool
        The day has other observations.

    Returns
    -------
    ndarray
        1: rain, snow or hail; 0: none on an observed day; NaN: nothing known, or thunder alone.
    """
    digits = indicators.fillna("").str.strip()
    known = digits.str.fullmatch("[01]{1,6}").to_numpy(bool)
    digits = digits.where(known, "000000").str.zfill(6)

    def any_of(places):
        return np.any([digits.str[place] == "1" for place in places], axis=0)

    wet = (known & any_of(GSOD_RAIN)) | incomplete.to_numpy(bool)
    dry = known & observed & ~wet & ~any_of(GSOD_UNSURE)
    return np.select([wet, dry], [1.0, 0.0], np.nan)


def _wanted(path, kind):
    files = files_of(path, "*.csv")
    if not files:
        raise BadStations(f"{path}: no CSV file of {kind}. Put the files of the stations there.")
    return files


def _noaa_file(file, elements, attributes):
    """Read elements (absent ones as missing) and their attributes, with place and date."""
    head = {"STATION": "station", "LONGITUDE": "lon", "LATITUDE": "lat", "ELEVATION": "elevation_m"}
    texts = ["STATION", "DATE", *attributes.values()]
    wanted = {*texts, *head, *elements}
    table = _csv(file, usecols=lambda name: name in wanted, dtype=dict.fromkeys(texts, str))
    missing = {*head, "DATE"} - set(table.columns)
    if missing:
        raise BadStations(
            f"{file}: lacks the columns {', '.join(sorted(missing))}. Use the file as NCEI "
            "delivers it, or set climate.station_format to what it is."
        )
    for name in [*elements, *attributes.values()]:
        if name not in table:
            table[name] = np.nan if name in elements else ""
    date = pd.to_datetime(table["DATE"], format="%Y-%m-%d", errors="coerce")
    for part in ("year", "month", "day"):
        table[part] = getattr(date.dt, part)
    numbers = _numbers(table[[*elements, "LONGITUDE", "LATITUDE", "ELEVATION"]], file)
    return table.assign(**numbers).rename(columns=head)


def files_of(path, pattern):
    """Return a file, or those of a folder and the folders below it, in a fixed order."""
    path = Path(path)
    return sorted(path.rglob(pattern)) if path.is_dir() else [path]


def _csv(file, **options):
    try:
        return pd.read_csv(file, **options)
    except FileNotFoundError:
        raise BadStations(f"{file}: no such file. Put it there (docs/data.md).") from None
    except (ValueError, UnicodeDecodeError) as error:
        raise BadStations(
            f"{file}: not a table of this format: {error}. Check climate.station_format."
        ) from None


def _numbers(table, file):
    """Return all columns as numbers; text where a number belongs is an error."""
    try:
        return table.apply(pd.to_numeric).astype(float)
    except (ValueError, TypeError) as error:
        raise BadStations(
            f"{file}: text where a number belongs: {error}. Mend the line, or check "
            "climate.station_format."
        ) from None


READERS = {"cma_daily": cma_daily, "ghcn_daily": ghcn_daily, "gsod": gsod}


def read(path, kind, columns, substitutes, rules=None):
    """Read an archive as the tidy daily table.

    Parameters
    ----------
    path : str
        File, or folder of files.
    kind : {"cma_daily", "ghcn_daily", "gsod"}
    columns : list of str
        Columns of the variables.
    substitutes : dict of {str: str}
        Column -> one that may stand in its place.
    rules : archive_rules.Rules, optional
        Choices of the study; counts what was done.

    Returns
    -------
    DataFrame
        As of `records.read`.

    Raises
    ------
    BadStations
        If the archive has no element for a column, or a file is not of its layout.
    """
    made = columns_of(path, kind, columns, substitutes)
    return tidy(elements(path, kind, made), kind, made, rules)


def columns_of(path, kind, columns, substitutes):
    """Return the columns that an archive gives: those asked for, or their substitutes.

    Raises
    ------
    BadStations
        If it gives neither.
    """
    found = []
    for column in columns:
        given = [name for name in (column, substitutes.get(column)) if name in _choices(kind)]
        if not given:
            raise BadStations(
                f"{path}: {kind} has no element for {column}. Take its variable out of "
                "climate.variables, or use a tidy file that has it."
            )
        found += given
    return found


def _choices(kind):
    return archive_rules.CHOICES[kind]


def elements(path, kind, columns):
    """Read the elements that columns of an archive can be made of, undecided.

    Parameters
    ----------
    path : str
        File, or folder of files.
    kind : str
        Key of `READERS`.
    columns : list of str
        Of `columns_of`.

    Returns
    -------
    DataFrame
        Of a reader, `cma_daily` for instance.

    Raises
    ------
    BadStations
    """
    if not Path(path).exists():
        raise BadStations(f"{path}: no such file or folder. Put the station files there.")
    ways = [names for column in columns for names in _choices(kind)[column].values()]
    return READERS[kind](Path(path), [name for names in ways for name in names])


def tidy(table, kind, columns, rules=None):
    """Return the tidy daily table of elements; parameters as of `read` and `elements`."""
    records = archive_rules.settled(table, kind, columns, rules or archive_rules.Rules())
    records = records[["station", *PLACE, *KEY[1:], *columns]]
    records = records.astype(dict.fromkeys(KEY[1:], "float32") | {"station": "category"})
    return records.assign(station=sorted_categories(records["station"]))


def read_stations(
    path, station_format, columns, time_step, substitutes=None, missing=(), rules=None, table=None
):
    """Read the station records of a study.

    Parameters
    ----------
    path : str
        A file, or a folder of files of one format.
    station_format : str
        ``tidy`` (`station_file`) or a key of `archives.READERS`.
    columns : list of str
        Columns of the variables.
    time_step : {"daily", "monthly", "normals"}
        Archives are daily.
    substitutes : dict of {str: str}, optional
        Column -> one that may stand in its place.
    missing : list of float, optional
        Numbers that mean a missing value or elevation, in the units of the columns.
    rules : archive_rules.Rules, optional
        Of the elements of archives.
    table : dict, optional
        ``climate.station_table``, with the path of its list: how tidy files are written.

    Returns
    -------
    DataFrame
        As of `records.read`.

    Raises
    ------
    BadStations
    """
    substitutes = substitutes or {}
    if station_format == "tidy":
        return _read_tidy(path, columns, time_step, substitutes, table or {}, missing)
    records = read(path, station_format, columns, substitutes, rules)
    named = [*columns, *substitutes.values(), "elevation_m"]
    return stations_records.without_missing(records, named, missing)


TABLES = (".csv", ".txt", ".tsv", ".dat", ".xlsx", ".xlsm", ".gz")


def _read_tidy(path, columns, time_step, substitutes, table, missing):
    """Read a file, a folder of files of one layout, or a file a variable."""
    if table.get("files"):
        return _by_variable(path, columns, time_step, table, missing)
    if not Path(path).is_dir():
        return stations_records.read(path, columns, time_step, substitutes, table, missing)
    own = table.get("list") and Path(table["list"]).resolve()
    files = [
        file
        for file in files_of(path, "*")
        if file.is_file() and file.suffix.lower() in TABLES and file.resolve() != own
        if not file.name.startswith((".", "~$"))
    ]
    if not files:
        raise stations_records.BadStations(f"{path}: no CSV file in this folder. Put one there.")
    tables = [
        stations_records.read(file, columns, time_step, substitutes, table, missing)
        for file in files
    ]
    return _together(pd.concat, tables)


def _together(join, tables):
    """Put tables of records together, and what was understood of each."""
    said = [line for one in tables for line in one.attrs.pop("said", [])]
    plain = [one.astype({"station": str}) for one in tables]
    records = join(plain).reset_index(drop=True).astype({"station": "category"})
    records["station"] = stations_records.sorted_categories(records["station"])
    records.attrs["said"] = list(dict.fromkeys(said))
    return records


def _by_variable(path, columns, time_step, table, missing):
    """Read a file of each variable, and put them together by station and time."""
    files, tables = table["files"], []
    for column in columns:
        name = station_columns.KEYS[column]
        if name not in files:
            raise stations_records.BadStations(
                f"{path}: {stations_records.KEY}: files names none of {name}. Add it."
            )
        own = Path(path, files[name])
        tables.append(stations_records.read(own, [column], time_step, {}, table, missing))
    steps = stations_records.DOORS[time_step][2]

    def join(parts):
        records = parts[0]
        for part in parts[1:]:
            twice = part[part.duplicated(["station", *steps], keep=False)]
            if len(twice) and part[["station", *steps]].notna().all(axis=None):
                part = part.drop_duplicates()
            records = records.merge(
                part, on=["station", *steps], how="outer", suffixes=("", "_other")
            )
            for name in PLACE:
                records[name] = records[name].fillna(records.pop(f"{name}_other"))
        return records

    return _together(join, tables)
