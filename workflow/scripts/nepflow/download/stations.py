"""Weather stations of an archive around an area, ranked by completeness, and their files.

Layouts
-------
gsod
    isd-history.csv (USAF, WBAN, STATION NAME, LAT, LON, ELEV(M), BEGIN, END) and isd-inventory.csv
    (USAF, WBAN, YEAR, JAN ... DEC: observations of the month). A day of GSOD is made from four
    synoptic observations or more (GSOD readme.txt), so that a month is complete with four a day.
ghcn_daily
    ghcnd-stations.txt (ID 1-11, latitude 13-20, longitude 22-30, elevation 32-37, name 42-71) and
    ghcnd-inventory.txt (ID, element 32-35, first year 37-40, last year 42-45); GHCN-Daily
    readme.txt, sections IV and VII. It knows first and last years only, so completeness is what is
    possible.
"""

import calendar
import csv
import io
import logging
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from nepflow._log import progress
from nepflow.download import nasa_power, records, transfer
from nepflow.download.transfer import NotThere, Wanted
from nepflow.stations import archives
from nepflow.study import datasets

MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
HISTORY = ("USAF", "WBAN", "STATION NAME", "LAT", "LON", "ELEV(M)")
OBSERVATIONS_A_DAY = 4
NO_ELEVATION = -999.0


class StationIndexChanged(ValueError):
    """The list of stations of an archive is not of the layout that is known."""


class NoStations(ValueError):
    """An archive has no station that serves."""


@dataclass(frozen=True)
class Site:
    """A station: identity, name, degrees, m (NaN: not known)."""

    station: str
    name: str
    lon: float
    lat: float
    elevation_m: float


def gsod_sites(text):
    """Return {station: Site} of isd-history.csv; stations without a position are left out."""
    sites = {}
    for row in _rows(text, HISTORY, "isd-history.csv"):
        lon, lat, elevation = (_number(row[key]) for key in ("LON", "LAT", "ELEV(M)"))
        if np.isnan([lon, lat]).any() or (lon == 0 and lat == 0):
            continue
        elevation = np.nan if elevation <= NO_ELEVATION else elevation
        station = row["USAF"] + row["WBAN"]
        sites[station] = Site(station, row["STATION NAME"], lon, lat, elevation)
    return sites


def gsod_completeness(text, years):
    """Return {station: %} of days of ``years`` that isd-inventory.csv promises."""
    days = {(year, m): calendar.monthrange(year, m + 1)[1] for year in years for m in range(12)}
    found = {}
    for row in _rows(text, ("USAF", "WBAN", "YEAR", *MONTHS), "isd-inventory.csv"):
        year = int(row["YEAR"])
        if year not in years:
            continue
        station = row["USAF"] + row["WBAN"]
        for m, month in enumerate(MONTHS):
            promised = min(int(row[month]) / OBSERVATIONS_A_DAY, days[year, m])
            found[station] = found.get(station, 0.0) + promised
    return {station: 100 * value / sum(days.values()) for station, value in found.items()}


def _rows(text, columns, name):
    table = csv.DictReader(io.StringIO(text))
    missing = [column for column in columns if column not in (table.fieldnames or [])]
    if missing:
        raise StationIndexChanged(
            f"{name}: lacks the columns {', '.join(missing)}. The archive has changed its list: "
            "report it, and bring station files by hand meanwhile (docs/data.md)."
        )
    return table


def _number(text):
    try:
        return float(text)
    except ValueError:
        return np.nan


def ghcn_sites(text):
    """Return {station: Site} of ghcnd-stations.txt."""
    sites = {}
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            lat, lon, elevation = float(line[12:20]), float(line[21:30]), float(line[31:37])
        except ValueError:
            raise _changed("ghcnd-stations.txt", number, line) from None
        elevation = np.nan if elevation <= NO_ELEVATION else elevation
        sites[line[:11]] = Site(line[:11], line[41:71].strip(), lon, lat, elevation)
    return sites


def ghcn_completeness(text, years):
    """Return {station: %} of ``years`` in which both temperature and precipitation can be there.

    Temperature is TAVG, or TMAX with TMIN.
    """
    spans = {}
    for number, line in enumerate(text.splitlines(), start=1):
        try:
            first, last = int(line[36:40]), int(line[41:45])
        except ValueError:
            raise _changed("ghcnd-inventory.txt", number, line) from None
        spans.setdefault(line[:11], {})[line[31:35]] = set(range(first, last + 1))
    wanted, found = set(years), {}
    for station, have in spans.items():
        none = set()
        mean = have.get("TAVG", none) | (have.get("TMAX", none) & have.get("TMIN", none))
        found[station] = 100 * len(mean & have.get("PRCP", none) & wanted) / len(wanted)
    return found


def _changed(name, number, line):
    return StationIndexChanged(
        f"{name}, line {number}: {line[:50]!r} is not of the fixed columns of the GHCN-Daily "
        "readme. The archive has changed its list: report it, and bring station files by hand "
        "meanwhile."
    )


def last_year(path, dataset):
    """Return the last year that an inventory names, 0 where it names none."""
    text = Path(path).read_text(encoding="utf-8", errors="replace")
    if dataset == "gsod":
        years = [int(row["YEAR"]) for row in _rows(text, ("YEAR",), "isd-inventory.csv")]
    else:
        years = [int(line[41:45]) for line in text.splitlines() if line[41:45].isdigit()]
    return max(years, default=0)


INDEXES = {"gsod": (gsod_sites, gsod_completeness), "ghcn_daily": (ghcn_sites, ghcn_completeness)}


def read(path, reader):
    """Return what one of the readers of `INDEXES` finds in a file.

    Raises
    ------
    StationIndexChanged
        Also where it finds nothing.
    """
    found = reader(Path(path).read_text(encoding="utf-8", errors="replace"))
    if not found:
        raise StationIndexChanged(
            f"{path}: has no line that can be read. The archive has changed its list: bring "
            "station records by hand (docs/data.md)."
        )
    return found


def ranked(sites, completeness, is_near, most, least_percent):
    """Choose the most complete stations near an area.

    Parameters
    ----------
    sites : dict of {str: Site}
    completeness : dict of {str: float}
        %, of `gsod_completeness` or `ghcn_completeness`.
    is_near : callable
        Takes longitudes and latitudes (arrays, degrees), returns bool for each.
    most : int
        Stations at most.
    least_percent : float
        Below it a station is not chosen, %.

    Returns
    -------
    list of (Site, float, bool)
        All near stations with their completeness, %, and whether they are chosen; best first, ties
        by identity.

    Raises
    ------
    NoStations
        If none is chosen.
    """
    everywhere = sorted(sites.values(), key=lambda site: site.station)
    near = is_near(
        np.array([site.lon for site in everywhere]), np.array([site.lat for site in everywhere])
    )
    found = [
        (s, completeness.get(s.station, 0.0)) for s, ok in zip(everywhere, near, strict=True) if ok
    ]
    found.sort(key=lambda item: (-item[1], item[0].station))
    rows = [(s, value, n < most and value >= least_percent) for n, (s, value) in enumerate(found)]
    if not any(chosen for *_, chosen in rows):
        best = max((value for _, value, _ in rows), default=0.0)
        raise NoStations(
            f"{len(rows)} stations lie near the area, the best has {best:.0f} % of the days, "
            f"acquire.min_complete_percent is {least_percent:g}. Lower it, widen "
            "area.buffer_km, or take the other archive (acquire.stations)."
        )
    return rows


def files(ranking, dataset, entry, years, folder):
    """Return [(address, path, years that it must hold)] of the chosen stations.

    Parameters
    ----------
    ranking : list
        Of `ranked`.
    dataset : {"gsod", "ghcn_daily"}
    entry : dict
        Of the register.
    years : list of int
        GSOD has a file a year, GHCN-Daily one for all.
    folder : Path

    Raises
    ------
    transfer.NameRefused
        If the archive's list calls a station what cannot be the name of a file.
    """
    source = f"list of stations of {dataset}"
    stations = [transfer.file_name(site.station, source) for site, _, chosen in ranking if chosen]
    if dataset == "gsod":
        return [
            (
                datasets.address(entry, "file", station=station, year=year),
                folder / dataset / str(year) / f"{station}.csv",
                [year],
            )
            for station in stations
            for year in years
        ]
    return [
        (
            datasets.address(entry, "file", station=station),
            folder / dataset / f"{station}.csv",
            years,
        )
        for station in stations
    ]


WEATHER = ["temperature_degc", "precipitation_mm"]
COLUMNS = ["station", "lon", "lat", "elevation_m", "date", *WEATHER]


class WrongStations(ValueError):
    """Radiation that belongs to none of the stations with records."""


def read_station_files(paths, kind, rules=None):
    """Return the days of files of an archive with the columns of the tidy table.

    Parameters
    ----------
    paths : list of str
        All files of the stations together: a definition is chosen for the whole record.
    kind : {"gsod", "ghcn_daily"}
    rules : archive_rules.Rules, optional

    Raises
    ------
    BadStations
        If a file is not of the archive's layout.
    """
    table = pd.concat([archives.elements(p, kind, WEATHER) for p in paths], ignore_index=True)
    table = archives.tidy(table, kind, WEATHER, rules).dropna(subset=["year", "month", "day"])
    date = pd.to_datetime(table[["year", "month", "day"]].astype(int))
    table = table.assign(date=date.dt.strftime("%Y-%m-%d"))
    return table[COLUMNS].astype({"station": str})


def readable(path, kind):
    """Read one file, to see whether it can be read.

    Raises
    ------
    BadStations
    """
    return read_station_files([path], kind)


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


log = logging.getLogger(__name__)


def lists(session, dataset, years, folder, **options):
    """Bring the lists of an archive; one that ends before the study does is asked for again.

    Parameters
    ----------
    session : session.Session
    dataset : {"gsod", "ghcn_daily"}
    years : list of int
    folder : Path
        Raw folder of the study.
    **options
        Of `transfer.fetch`.

    Returns
    -------
    sites : dict of {str: stations.Site}
    completeness : dict of {str: float}
        %.
    rows : list of (Path, dict)
        Files and their records.

    Raises
    ------
    transfer.TransferFailed, stations.StationIndexChanged
    """
    sites_of, completeness_of = INDEXES[dataset]
    readers = {"stations": sites_of, "inventory": partial(completeness_of, years=years)}
    paths = {p: folder / "stations" / f"{dataset}_{p}.txt" for p in readers}
    ends = paths["inventory"].exists() and last_year(paths["inventory"], dataset)
    anew = any(outdated(path, years, ends) for path in paths.values())
    entry, rows = datasets.load()[dataset], []
    for purpose, path in paths.items():
        reader = partial(read, reader=readers[purpose])
        want = Wanted(datasets.address(entry, purpose), path, "text", accept=reader)
        rows.append((path, records.bring(session, want, entry, anew=anew, **options)))
    found = [read(paths[purpose], readers[purpose]) for purpose in readers]
    return *found, rows


def outdated(path, years, ends=None):
    """Tell whether a file that was brought before today cannot hold all of some years.

    Parameters
    ----------
    path : Path
    years : list of int
        That it must hold.
    ends : int, optional
        Last year that it holds, where that is known.
    """
    day = records.brought_on(path)
    if day is None or day == records.today():
        return False
    return int(day[:4]) <= max(years) or bool(ends and ends < max(years))


def days(session, dataset, ranking, years, folder, **options):
    """Bring the records of the chosen stations; a year that the archive lacks is left out.

    Parameters
    ----------
    ranking : list
        Of `stations.ranked`; the others as in `lists`.

    Returns
    -------
    list of (Path, dict)

    Raises
    ------
    transfer.TransferFailed, records.BadStations
    """
    entry, rows = datasets.load()[dataset], []
    accept = partial(readable, kind=dataset)
    wanted = files(ranking, dataset, entry, years, folder / "stations")
    for address, path, held in progress(wanted, len(wanted), "stations"):
        want = Wanted(address, path, entry["format"], accept=accept)
        try:
            record = records.bring(session, want, entry, anew=outdated(path, held), **options)
            rows.append((path, record))
        except NotThere as error:
            log.info("left out: %s", error)
    return rows
