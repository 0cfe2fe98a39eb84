"""Tables of field measurements: plots of respiration (SRDB layout) and sites of NEP."""

import numpy as np
import pandas as pd

from nepflow.io import missing_codes, table_cells, user_tables, vector_files, vectors
from nepflow.io.user_rasters import UNITS
from nepflow.stations import places as station_places
from nepflow.stations import records

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


def _read(path, names, optional, numbers, key, entry):
    """Return columns of a table or of points under our names, and what was understood of it.

    ``names`` are theirs by ours; those of ``optional`` may be lacking.
    """
    if vector_files.is_vector(path):
        return _of_points(path, names, optional, numbers, key, entry)
    written = user_tables.Written(key, refused=BadFieldTable)
    known = {table_cells.folded(name) for name in names.values()}
    table = user_tables.opened(
        path, lambda cells: len(known & set(map(table_cells.folded, cells))), written
    )
    there = {}
    for ours, theirs in names.items():
        found = user_tables.find(table.names, ours, given=theirs)
        if found is not None:
            there[ours] = found
        elif ours not in optional:
            user_tables.refuse_lacking(table, ours, theirs, maps=key != "plots")
    places = {name: there[name] for name in ("lon", "lat")}
    frame = user_tables.frame(table, there, set(numbers) - set(places))
    for name, values in places_of(table, places, frame).items():
        frame[name] = values
    frame.attrs["said"] = [f"{len(frame)} rows", *table.said]
    return frame


def _of_points(path, names, optional, numbers, key, entry):
    """Return the table of a file of points; a .dbf cuts the names of columns to ten letters."""
    try:
        table = vectors.point_table(path, entry, (names["lon"], names["lat"]))
    except vector_files.BadArea as error:
        raise BadFieldTable(f"{error} Or check {key}.") from None
    short = {name[:10]: name for name in names.values() if name not in table.columns}
    table = table.rename(columns=short)
    there = {ours: name for ours, name in names.items() if name in table.columns}
    lost = [name for ours, name in names.items() if ours not in there and ours not in optional]
    if lost:
        raise BadFieldTable(
            f"{path}: has no column {lost[0]}. Give {', '.join(names.values())} ({key}, "
            "docs/data.md)."
        )
    table = table[list(there.values())].set_axis(list(there), axis=1)
    for name in table.columns:
        if name in numbers:
            table[name] = pd.to_numeric(table[name], errors="coerce")
        elif name not in ("lon", "lat"):
            table[name] = table[name].map(vectors.text_of).astype(object)
    table.attrs["said"] = [f"{len(table)} points"]
    return table


def places_of(table, names, frame):
    """Return the degrees of places that were read as texts, by name of the axis."""
    codes, texts = {}, {}
    for name in names:
        column, distinct = pd.factorize(frame[name].fillna(""))
        texts[name] = user_tables.Texts(column, list(distinct))
    reading = records.Reading(table.path, "", {})
    left_out, table.left_out = table.left_out, None  # the frame has them no more
    try:
        for name in names:
            codes[name] = station_places.position(table, name, names[name], texts[name], reading)
        found = {names[name]: texts[name] for name in names}
        station_places.check(table, codes, found, names, reading)
    finally:
        table.left_out = left_out
    for name, limit in (("lon", 360), ("lat", 90)):
        wrong = np.abs(codes[name]) > limit
        if wrong.any():
            table.refuse(
                f"column {names[name]} holds {codes[name][wrong][0]:g}, which is no place. Correct "
                "it, or leave it empty."
            )
    return codes


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
    theirs = {ours: name for name, ours in SRDB.items()}
    table = _read(path, theirs, (), ("temperature", "precipitation", "rs", "rh"), "plots", entry)
    said = table.attrs.pop("said")
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
    table = table[[*names, "carbon"]].reset_index(drop=True)
    table.attrs["said"] = said
    return table


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
    years = {ours: named.get(ours, ours) for ours in SITE_YEARS}
    optional = [ours for ours in SITE_YEARS if ours not in named]
    table = _read(entry["file"], names | years, optional, ("nep", *SITE_YEARS), "sites", entry)
    said = table.attrs.pop("said")
    there = [ours for ours in SITE_YEARS if ours in table]
    if len(there) == 1:
        (lost,) = set(SITE_YEARS) - set(there)
        raise BadFieldTable(
            f"{entry['file']}: has no column {years[lost]}. Give both years of the observation or "
            "none (sites.columns, docs/data.md)."
        )
    table = table.reindex(columns=[*SITE_COLUMNS, *SITE_YEARS]).astype(
        dict.fromkeys(SITE_YEARS, float)
    )
    _check_years(table, entry["file"])
    table = table.dropna(subset=["lon", "lat", "nep"]).reset_index(drop=True)
    if table.empty:
        raise BadFieldTable(f"{entry['file']}: no site has a position and a value of NEP.")
    limits = tuple(limit / UNITS[entry["unit"]] for limit in NEP_LIMITS)
    _refuse_codes(table, "nep", limits, entry["file"], names)
    factor = UNITS[entry["unit"]] * (1 if entry["sign"] == "uptake_positive" else -1)
    table = table.assign(nep=table["nep"] * factor, **{"class": table["class"].fillna("unknown")})
    table.attrs["said"] = said
    return table


def _check_years(table, path):
    """Refuse years that are none, and an end before the beginning."""
    first, last = (pd.to_numeric(table[name], errors="coerce") for name in SITE_YEARS)
    for name, years in zip(SITE_YEARS, (first, last), strict=True):
        wrong = table[name].notna() & ~((years % 1 == 0) & years.between(1900, 2100))
        if wrong.any():
            row = table[wrong].iloc[0]
            raise BadFieldTable(
                f"{path}: {name} {row[name]:g} of site {row['site']} is no year. Write whole "
                "years such as 2008, or leave both empty."
            )
    wrong = (first.isna() != last.isna()) | (first > last)
    if wrong.any():
        site = wrong.idxmax()
        raise BadFieldTable(
            f"{path}: site {table['site'][site]} was observed from {first[site]:g} to "
            f"{last[site]:g}. Give first_year and last_year in order, or leave both empty."
        )
