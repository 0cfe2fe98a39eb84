"""Tables of field measurements: plots of respiration (SRDB layout) and sites of NEP."""

import zipfile

import numpy as np
import pandas as pd

from nepflow.io import missing_codes, vector_files, vectors
from nepflow.io.user_rasters import UNITS

# column of the Global Soil Respiration Database -> ours
SRDB = {
    "Record_number": "plot",
    "Longitude": "lon",
    "Latitude": "lat",
    "Ecosystem_type": "biome",
    "Manipulation": "manipulation",
    "MAT": "temperature",
    "MAP": "precipitation",
    "Rs_annual": "rs",
    "Rh_annual": "rh",
}
# Possible values of plots, and of NEP of sites (g C m-2 yr-1): a code beyond them is none
PLOT_LIMITS = {
    "temperature": (-40, 45),
    "precipitation": (0, 12_500),
    "rs": (0, 8000),
    "rh": (0, 8000),
}
NEP_LIMITS = (-2500, 2500)
UNTREATED = {"", "none", "control"}
SITE_COLUMNS = ("site", "lon", "lat", "nep", "class")
SITE_YEARS = ("first_year", "last_year")  # of the observation; a table may lack both


class BadFieldTable(ValueError):
    """A table of field measurements that cannot be read as declared."""


def _read(path, columns, key, entry, place=("lon", "lat")):
    """Return a table with the columns; of a file of points ``place`` are longitude and latitude."""
    if vector_files.is_vector(path):
        return _of_points(path, columns, key, entry, place)
    try:
        table = pd.read_csv(path, low_memory=False, dtype={columns[0]: str}, encoding="utf-8")
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, zipfile.BadZipFile) as error:
        raise BadFieldTable(f"{path}: cannot be read as CSV ({error}). Check {key}.") from error
    _check_columns(table, path, columns, key)
    return table


def _of_points(path, columns, key, entry, place):
    """Return the table of a file of points; a .dbf cuts the names of columns to ten letters."""
    try:
        table = vectors.point_table(path, entry, place)
    except vector_files.BadArea as error:
        raise BadFieldTable(f"{error} Or check {key}.") from None
    short = {name[:10]: name for name in columns if name not in table.columns}
    table = table.rename(columns=short)
    _check_columns(table, path, columns, key)
    return table.assign(**{columns[0]: table[columns[0]].map(vectors.text_of)})


def _check_columns(table, path, columns, key):
    lost = [name for name in columns if name not in table.columns]
    if lost:
        raise BadFieldTable(
            f"{path}: has no column {lost[0]}. Give {', '.join(columns)} ({key}, docs/data.md)."
        )


def _refuse_codes(table, column, limits, path, names):
    """Refuse infinite values, and codes of missing data that are no value of a column.

    Parameters
    ----------
    table : DataFrame
        Its first column names the rows.
    column : str
    limits : (low, high)
        Possible values, in the unit of the column.
    path : str
    names : dict of {str: str}
        The table's own names of columns.

    Raises
    ------
    BadFieldTable
    """
    values = table[column].to_numpy(float)
    seen = missing_codes.Seen()
    seen.add(values)
    wrong = np.isinf(values) | np.isin(values, list(seen.suspects(limits)))
    # -999 is a code wherever it stands
    wrong |= (values <= -888) & np.isin(values, missing_codes.codes_of())
    if wrong.any():
        row = table[wrong].iloc[0]
        raise BadFieldTable(
            f"{path}: {names.get(column, column)} of {table.columns[0]} {row.iloc[0]} is "
            f"{row[column]:g} ({wrong.sum()} rows), a code of missing data and no value. Leave the "
            "field empty where there is none."
        )


def read_plots(path, untreated_only, box, carbon, entry=None):
    """Return the plots of a table in the layout of the Global Soil Respiration Database.

    Parameters
    ----------
    path : str
        CSV, also compressed; or points in any vector format.
    untreated_only : bool
        Leave out plots with a manipulation.
    box : [west, south, east, north] or None
        Degrees; None keeps all.
    carbon : float or None
        Soil organic carbon of 0-20 cm that stands for every plot, kg C m-2; tables have no carbon
        of a declared depth.
    entry : dict, optional
        Of points: ``layer``, ``crs``, ``encoding``; see `vector_files.opened`.

    Returns
    -------
    pandas.DataFrame
        plot, lon, lat, biome, temperature, precipitation, carbon, rs, rh; one row a record with Rs
        or Rh; values that are no positive number are absent.

    Raises
    ------
    BadFieldTable
        If a column is missing or no plot is left.
    """
    place = ("Longitude", "Latitude")
    table = _read(path, list(SRDB), "plots.file", entry, place).rename(columns=SRDB)
    for name in ("lon", "lat", "temperature", "precipitation", "rs", "rh"):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    theirs = {ours: name for name, ours in SRDB.items()}
    for name, limits in PLOT_LIMITS.items():
        if name != "temperature":  # no positive number: absent, as the layout has it
            positive = table.assign(**{name: table[name].where(~(table[name] <= 0))})
        else:
            positive = table
        _refuse_codes(positive, name, limits, path, theirs)
    for name in ("precipitation", "rs", "rh"):
        table[name] = table[name].where(table[name] > 0)
    keep = table[["rs", "rh"]].notna().any(axis=1) & table[["lon", "lat"]].notna().all(axis=1)
    if untreated_only:
        keep &= table["manipulation"].fillna("").astype(str).str.strip().str.lower().isin(UNTREATED)
    if box:
        west, south, east, north = box
        keep &= table["lon"].between(west, east) & table["lat"].between(south, north)
    table = table[keep].copy()
    if table.empty:
        raise BadFieldTable(f"{path}: no plot is left. Widen plots.box_deg or allow treated plots.")
    table["biome"] = table["biome"].fillna("unknown")
    table["carbon"] = np.nan if carbon is None else carbon
    names = [name for name in SRDB.values() if name != "manipulation"]
    return table[[*names, "carbon"]].reset_index(drop=True)


def read_sites(entry):
    """Return sites with observed NEP, positive where carbon is taken up.

    Parameters
    ----------
    entry : dict
        file (CSV, or points with ``layer``, ``crs``, ``encoding``), unit, sign (uptake_positive |
        release_positive), columns {site, lon, lat, nep, class, first_year, last_year}.

    Returns
    -------
    pandas.DataFrame
        site, lon, lat, nep (g C m-2 yr-1), class, first_year, last_year; years NaN = unknown.

    Raises
    ------
    BadFieldTable
        If a column is missing, no site has a value, or years are none.
    """
    named = entry.get("columns", {})
    names = {ours: named.get(ours, ours) for ours in SITE_COLUMNS}
    place = names["lon"], names["lat"]
    table = _read(entry["file"], list(names.values()), "sites.columns", entry, place)
    years = {ours: named.get(ours, ours) for ours in SITE_YEARS}
    if any(ours in named or theirs in table.columns for ours, theirs in years.items()):
        names |= years
    lost = [theirs for theirs in names.values() if theirs not in table.columns]
    if lost:
        raise BadFieldTable(
            f"{entry['file']}: has no column {lost[0]}. Give both years of the observation or none "
            "(sites.columns, docs/data.md)."
        )
    table = table[list(names.values())].set_axis(list(names), axis=1)
    table = table.reindex(columns=[*SITE_COLUMNS, *SITE_YEARS])
    _check_years(table, entry["file"])
    for name in ("lon", "lat", "nep", *SITE_YEARS):
        table[name] = pd.to_numeric(table[name], errors="coerce")
    table = table.dropna(subset=["lon", "lat", "nep"]).reset_index(drop=True)
    if table.empty:
        raise BadFieldTable(f"{entry['file']}: no site has a position and a value of NEP.")
    limits = tuple(limit / UNITS[entry["unit"]] for limit in NEP_LIMITS)
    _refuse_codes(table, "nep", limits, entry["file"], names)
    factor = UNITS[entry["unit"]] * (1 if entry["sign"] == "uptake_positive" else -1)
    return table.assign(nep=table["nep"] * factor, **{"class": table["class"].fillna("unknown")})


def _check_years(table, path):
    """Refuse years that are none, and an end before the beginning."""
    first, last = (pd.to_numeric(table[name], errors="coerce") for name in SITE_YEARS)
    for name, years in zip(SITE_YEARS, (first, last), strict=True):
        wrong = table[name].notna() & ~((years % 1 == 0) & years.between(1900, 2100))
        if wrong.any():
            row = table[wrong].iloc[0]
            raise BadFieldTable(
                f"{path}: {name} {row[name]} of site {row['site']} is no year. Write whole "
                "years such as 2008, or leave both empty."
            )
    wrong = (first.isna() != last.isna()) | (first > last)
    if wrong.any():
        site = wrong.idxmax()
        raise BadFieldTable(
            f"{path}: site {table['site'][site]} was observed from {first[site]:g} to "
            f"{last[site]:g}. Give first_year and last_year in order, or leave both empty."
        )
