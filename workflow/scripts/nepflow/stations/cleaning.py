"""Station files: reading, and the defects of single records and stations.

A file that cannot be used is an error; a defect of a record or a station follows the policy
of the study (``drop`` or ``error``) and is counted.
"""

from collections import Counter
from typing import NamedTuple

import geopandas
import numpy as np
import pyproj

from nepflow.stations import archive_rules, archives, flags, plausibility, radiation
from nepflow.stations import records as stations_records
from nepflow.stations.records import POSITION, BadStations
from nepflow.stations.suspects import EXCLUDED
from nepflow.study.figures import did_you_mean
from nepflow.study.variables import VARIABLES

SITE = ["station", "lon", "lat"]


class Cleaned(NamedTuple):
    """Records of a study, all stations with their place, rules that read them, what was seen.

    ``said`` is what was understood of the files.
    """

    records: object
    sites: object
    rules: archive_rules.Rules
    warnings: list
    said: list


def cleaned(settings, area_path, crs, ledger):
    """Read the station records of a study and apply the policy of each defect.

    Parameters
    ----------
    settings : dict
        ``climate`` of the study, with stations_path, years, and buffer_km of the area.
    area_path : str or None
        Polygons of the area; without them no station is too far away.
    crs : str
        The study's CRS, in metres.
    ledger : Ledger
        Counts what is left out.

    Returns
    -------
    Cleaned

    Raises
    ------
    BadStations
        If the records cannot be used.
    """
    path, variables, time_step = (
        settings[name] for name in ("stations_path", "variables", "time_step")
    )
    columns = {name: VARIABLES[name].column for name in variables}
    kind = "daily" if time_step == "daily" else "monthly"
    limits, heights = settings["limits"][kind], settings["elevation_limits_m"]
    substitutes = radiation.SUBSTITUTES if "radiation" in variables else None
    rules = archive_rules.Rules(tuple(settings["years"]), settings["unreported_rain"])
    records = archives.read_stations(
        path,
        settings["station_format"],
        list(columns.values()),
        time_step,
        substitutes,
        settings["missing_values"],
        rules,
        settings.get("station_table"),
    )
    said = records.attrs.get("said") or [
        stations_records.summary(records, time_step),
        settings["station_format"],
    ]
    sites = records[SITE].dropna().drop_duplicates("station")
    records = exclude(records, settings["exclude"], columns, ledger)
    records = of_years(records, settings["years"], path)
    read = columns | {"sunshine": radiation.SUNSHINE, "elevation": "elevation_m"}
    possible, policy = limits | {"elevation": heights}, settings["defects"]["undeclared_code"]
    records = settle_codes(records, read, possible, ledger, policy)
    records = radiation.with_radiation(records, time_step, settings["angstrom"], ledger)
    medians = settings["plausible_median"][kind]
    stations_records.check_units(records, columns, medians, limits, path)
    units = settings.get("declared_units", ()), settings["defects"].get("other_unit", "keep")
    warnings = list(plausibility.of_stations(records, columns, path, *units))
    steps, tolerance = stations_records.DOORS[time_step][2], settings["position_tolerance"]
    records = clean(records, list(columns.values()), steps, ledger, tolerance, heights)
    if area_path is not None:
        records = drop_distant(records, area_path, crs, settings["buffer_km"], ledger)
    records = mask_impossible(records, columns, limits, ledger)
    require(records, settings["min_stations"], ledger)
    return Cleaned(records, sites, rules, warnings, said)


def clean(records, columns, steps, ledger, tolerance, elevation_limits_m):
    """Give every station one position and every time one record.

    Parameters
    ----------
    records : DataFrame
        Of `records.read`.
    columns : list of str
        Columns of the variables.
    steps : list of str
        Columns that tell the time of a record: year, month, day or fewer.
    ledger : Ledger
        Counts what is dropped: unreadable dates, stations without a position or elevation or
        with several, identical duplicates (one kept) and conflicting ones (all dropped).
    tolerance : dict
        ``position_deg`` and ``elevation_m``: what positions of one station may differ by.
    elevation_limits_m : [low, high]
        Possible elevations; anything else is a missing one (-999).

    Returns
    -------
    DataFrame
        Sorted by station and time, whatever the order of the file.

    Raises
    ------
    BadStations
        If a defect occurs whose policy is ``error``.
    """
    records = ledger.drop(records, records[steps].isna().any(axis=1), "unreadable_date")
    records = _with_positions(records, ledger, tolerance, elevation_limits_m)
    key = records["station"].cat.codes.to_numpy("int64")
    for step in steps:
        key = key * 10_000 + records[step].to_numpy("int64")
    order = np.argsort(key, kind="stable")
    records, key = records.iloc[order].reset_index(drop=True), key[order]
    for reason, action, keep in (
        ("identical_duplicate", "kept one", "first"),
        ("conflicting_duplicate", "dropped", False),
    ):
        twice = np.flatnonzero(key[1:] == key[:-1])
        suspects = records.iloc[np.union1d(twice, twice + 1)]
        alike = ["station", *steps, *(columns if keep else [])]
        affected = np.zeros(len(records), bool)
        affected[suspects.index[suspects.duplicated(alike, keep=keep)]] = True
        records = ledger.drop(records, affected, reason, action).reset_index(drop=True)
        key = key[~affected]
    return records.astype(dict.fromkeys(steps, "int16"))


def mask_impossible(records, variables, limits, ledger):
    """Turn values outside the limits of their variable into missing ones, and count them.

    Parameters
    ----------
    records : DataFrame
    variables : dict of {str: str}
        Name of a variable -> its column.
    limits : dict of {str: [low, high]}
        Possible values, in the variable's unit.
    ledger : Ledger

    Returns
    -------
    DataFrame
        With a column of flags for each variable (`flags.FLAGS`).
    """
    for name, column in variables.items():
        low, high = limits[name]
        outside = (records[column] < low) | (records[column] > high)
        ledger.note(records, outside, f"out_of_range_{name}", "value dropped")
        flag = flags.column_of(name)
        codes = records[flag].cat.codes if flag in records else flags.OBSERVED
        codes = np.where(records[column].isna(), flags.MISSING, codes)
        records[flag] = flags.category(np.where(outside, flags.RANGE, codes))
        records[column] = records[column].mask(outside)
    return records


def exclude(records, chosen, columns, ledger):
    """Leave out the stations, or single variables of stations, that a study excludes by name.

    Parameters
    ----------
    records : DataFrame
        All stations of the file.
    chosen : list of str or dict
        ``climate.exclude``: a station, or {station, variable}.
    columns : dict of {str: str}
        Name of a variable -> its column.
    ledger : Ledger
        Counts them as excluded.

    Raises
    ------
    BadStations
        If a station is not in the file.
    """
    check_excluded(records, chosen, columns, ledger.path)
    names = records["station"].astype(str)
    for entry in chosen:
        if isinstance(entry, str):
            records = ledger.drop(records, names == entry, EXCLUDED, "by climate.exclude")
            records = records.reset_index(drop=True)
            names = records["station"].astype(str)
            continue
        column = columns[entry["variable"]]
        given = [name for name in (column, radiation.SUBSTITUTES.get(column)) if name in records]
        affected = (names == entry["station"]) & records[given].notna().any(axis=1)
        ledger.note(records, affected, f"{EXCLUDED}_{entry['variable']}", "by climate.exclude")
        records = records.assign(**{name: records[name].mask(affected) for name in given})
    return records


def check_excluded(records, chosen, columns, path):
    """Refuse a name in climate.exclude that is none of the file.

    Raises
    ------
    BadStations
    """
    known = set(records["station"].astype(str))
    for entry in chosen:
        station = entry if isinstance(entry, str) else entry["station"]
        if station not in known:
            raise BadStations(
                f"{path}: climate.exclude names station {station!r}, which the file does not "
                f"hold.{did_you_mean(station, known)} Write it as the file does, or take it out."
            )
        if not isinstance(entry, str) and entry["variable"] not in columns:
            raise BadStations(
                f"{path}: climate.exclude names {entry['variable']} of station {station}, but the "
                "study reads no such variable. Take it out, or add it to climate.variables."
            )


def settle_codes(records, columns, limits, ledger, policy):
    """Treat codes of missing data that the study does not declare by its policy.

    Parameters
    ----------
    records : DataFrame
    columns : dict of {str: str}
        Name of a variable -> its column.
    limits : dict of {str: [low, high]}
        Possible values.
    ledger : Ledger
    policy : {"error", "drop", "keep"}
        ``climate.defects.undeclared_code``.

    Raises
    ------
    BadStations
        By the policy ``error``.
    """
    if policy == "error":
        stations_records.check_codes(records, columns, limits, ledger.path)
    elif policy == "drop":
        for column, mask in stations_records.code_masks(records, columns, limits).items():
            ledger.note(records, mask, f"undeclared_code_{column}", "value dropped")
            records[column] = records[column].mask(mask)
    return records


def _with_positions(records, ledger, tolerance, elevation_limits_m):
    """Give every station one position; drop stations without one or with several."""
    low, high = elevation_limits_m
    position = records[["station", *POSITION]].copy()
    position["elevation_m"] = position["elevation_m"].where(
        position["elevation_m"].between(low, high)
    )
    distinct = position.drop_duplicates().groupby("station", observed=False)
    spread = distinct[POSITION].max() - distinct[POSITION].min()
    # The median does not depend on the order of the records and is exact when all agree.
    middle = distinct[POSITION].median()
    conflict = (spread[["lon", "lat"]] > tolerance["position_deg"]).any(axis=1)
    conflict |= spread["elevation_m"] > tolerance["elevation_m"]
    placed = middle["lon"].between(-180, 180) & middle["lat"].between(-90, 90)
    reasons = {
        "position_missing": ~placed,
        "conflicting_position": conflict & placed,
        "elevation_missing": middle["elevation_m"].isna() & ~conflict & placed,
    }
    codes = records["station"].cat.codes.to_numpy()
    records = records.assign(**{name: middle[name].to_numpy()[codes] for name in POSITION})
    for reason, stations in reasons.items():
        codes = records["station"].cat.codes.to_numpy()
        records = ledger.drop(records, stations.to_numpy()[codes], reason)
    return records


def of_years(records, years, path):
    """Return the records of a study's years, and those whose date is unreadable.

    Raises
    ------
    BadStations
        If none is left.
    """
    if "year" not in records:
        return records
    kept = records[records["year"].isin(years) | records["year"].isna()]
    if kept.empty:
        raise BadStations(
            f"{path}: no record between {years[0]} and {years[-1]}, the file holds "
            f"{records['year'].min():.0f} to {records['year'].max():.0f}. Change the study's "
            "period or the file."
        )
    return kept.reset_index(drop=True)


def drop_distant(records, area_path, crs, buffer_km, ledger):
    """Remove stations further from the area than the buffer.

    Parameters
    ----------
    records : DataFrame
    area_path : str
        Polygons of the area.
    crs : str
        The study's CRS, in metres.
    buffer_km : float
        Width of the buffer round the area, km.
    ledger : Ledger

    Returns
    -------
    DataFrame
    """
    area = geopandas.read_file(area_path).to_crs(crs).geometry.union_all()
    first = records.drop_duplicates("station")
    points = geopandas.GeoSeries.from_xy(first["lon"], first["lat"], crs="EPSG:4326").to_crs(crs)
    near = points.distance(area).to_numpy() <= buffer_km * 1000
    affected = records["station"].isin(first["station"][~near])
    return ledger.drop(records, affected, "outside_area")


def projected(lon, lat, crs):
    """Return x and y of stations in a CRS.

    Parameters
    ----------
    lon, lat : ndarray
        Degrees, WGS84.
    crs : str
        Any that pyproj reads; in metres.

    Returns
    -------
    ndarray, shape (station, 2)
        m
    """
    transformer = pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)
    return np.stack(transformer.transform(lon, lat), axis=1)


def require(records, minimum, ledger):
    """Raise `BadStations` if fewer than ``minimum`` stations are left."""
    left = records["station"].nunique()
    if left >= minimum:
        return
    lost = Counter(reason for _, reason, _, _ in ledger.rows)
    counted = ", ".join(f"{reason}: {count}" for reason, count in lost.items()) or "no defects"
    raise BadStations(
        f"{ledger.path}: {left} usable stations, climate.min_stations is {minimum} "
        f"(stations with defects - {counted}). Widen area.buffer_km, add stations, check that lon "
        "and lat are not swapped, or mend the file."
    )


class Ledger:
    """Counts of what was removed and why.

    Parameters
    ----------
    path : str
        The station file, for messages.
    policies : dict of {str: "drop" or "error"}
        Policy of each reason, without the name of a variable at its end; a reason without one
        is counted.

    Attributes
    ----------
    rows : list of (station, reason, records, action)
    """

    COLUMNS = ("station", "reason", "records", "action")

    def __init__(self, path, policies):
        self.path = path
        self.policies = policies
        self.rows = []

    def note(self, records, affected, reason, action):
        """Count affected records by station; raise if the policy says so."""
        if not affected.any():
            return
        counts = records.loc[affected, "station"].astype(str).value_counts().sort_index()
        policy = next((self.policies[n] for n in self.policies if reason.startswith(n)), "count")
        if policy == "error":
            raise BadStations(
                f"{self.path}: {reason.replace('_', ' ')} in {counts.sum()} records of "
                f"{counts.size} stations, the first is {counts.index[0]}. Mend the file, or set "
                "the policy of this defect to drop in climate.defects."
            )
        self.rows += [(station, reason, int(n), action) for station, n in counts.items()]

    def drop(self, records, affected, reason, action="dropped"):
        """Count affected records and return the others."""
        affected = np.asarray(affected, bool)
        self.note(records, affected, reason, action)
        return records[~affected] if affected.any() else records
