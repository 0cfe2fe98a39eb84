"""Files that a study names below its raw folder, tiles left out, and which of them are not there.

Standard library only: the workflow reads it before any environment exists.
"""

import calendar
import os
import re
from dataclasses import dataclass
from pathlib import Path

from nepflow.study import downloads, layers, settings_file
from nepflow.study.respiration import uses_carbon


@dataclass(frozen=True)
class OwnFile:
    """A file that a study names.

    ``key`` is its place in the study file, ``kind`` how it is read (months, npp, raster, carbon,
    plots, sites, projects, polygons, factor), ``entry`` what the study says of it, with the path
    as ``file``.
    """

    key: str
    kind: str
    entry: dict

    @property
    def path(self):
        """Path from the top of the site."""
        return self.entry["file"]


def of_study(study):
    """Return every `OwnFile` of a complete study; one that two entries name comes twice."""
    return [
        *sorted(months(study), key=lambda own: own.path),
        *_elevation(study),
        *npp(study),
        *_carbon(study),
        *_field_data(study),
        *_projects(study),
        *_zones(study),
        *_factors(study),
    ]


def path_of(study, name, brought=None):
    """Return where a file that a study names lies: below its raw folder, or where a rule makes it.

    Parameters
    ----------
    study : dict
        Complete settings.
    name : str
    brought : str, optional
        Key of ``acquire`` that can bring it.
    """
    return study["files"].get(brought) or os.path.join(study["files"]["folder"], name)


def months(study):
    """Rasters of climate.grids; one that is named by a date comes once a date, with its parts."""
    return [
        OwnFile("climate.grids", "months", entry | own)
        for entry in study["climate"].get("grids", [])
        for own in _dated(study, entry)
    ]


def _dated(study, entry):
    """Yield what becomes of an entry of climate.grids at each date that its file is named by."""
    normals = study["climate"]["time_step"] == "normals" and study["climate"]["source"] == "grids"
    for date in _dates(entry["file"], study["years"]):
        year, month, day = (*date, 0, 0, 0)[:3]
        words = {"year": f"{year:04d}", "month": f"{month:02d}", "day": f"{day:02d}"}
        words["date"] = f"{year:04d}{month:02d}{day:02d}"
        own = {"file": path_of(study, settings_file.filled(entry["file"], **words))}
        own |= {"key": "climate.grids", "normals": normals}
        if "first_month" in entry and month == 0:
            own["first_month"] = settings_file.filled(entry["first_month"], year=words["year"])
        named = zip(("year", "month", "day"), (year, month, day), strict=True)
        yield own | {key: number for key, number in named if number}


def _dates(file, years):
    """Yield the dates that a file is named by: (year, month, day), (year, month), (year,) or ()."""
    if "{date}" in file or "{day}" in file:
        for year in years:
            for month in range(1, 13):
                days = calendar.monthrange(year, month)[1]
                yield from ((year, month, day) for day in range(1, days + 1))
    elif "{month}" in file:
        by_year = "{year}" in file
        yield from ((y, m) for y in (years if by_year else [0]) for m in range(1, 13))
    elif "{year}" in file:
        yield from ((year,) for year in years)
    else:
        yield ()


def _elevation(study):
    name = study["climate"]["downscaling"]["elevation"]
    if not name or not study["climate"].get("grids"):
        return []
    key = "climate.downscaling"
    return [OwnFile(key, "raster", {"file": path_of(study, name), "key": key})]


def npp(study):
    """Rasters of npp.rasters, one a year, of a study that takes its NPP from them."""
    if study["npp"]["source"] != "rasters":
        return []
    entry, key = study["npp"]["rasters"], "npp.rasters"
    names = [settings_file.filled(entry["file"], year=year) for year in study["years"]]
    files = [path_of(study, name) for name in names]
    return [OwnFile(key, "npp", entry | {"file": file, "key": key}) for file in files]


def carbon_entry(study):
    """Return the entry soil_carbon with its path."""
    entry = study["soil_carbon"]
    return entry | {"file": path_of(study, entry["file"], "soil_carbon"), "key": "soil_carbon"}


def _carbon(study):
    uses = uses_carbon(study)
    return [OwnFile("soil_carbon", "carbon", carbon_entry(study))] if uses else []


def field_kinds(study):
    """Which field data a study has: plots of respiration, sites of NEP."""
    return [name for name in ("plots", "sites") if study[name]["file"]]


def field_entry(study, name):
    """Return the entry of plots or sites with its path."""
    return study[name] | {"file": path_of(study, study[name]["file"])}


def _field_data(study):
    return [OwnFile(name, name, field_entry(study, name)) for name in field_kinds(study)]


def _projects(study):
    entry = study["restoration"]
    if not entry["file"]:
        return []
    names = [entry[name] for name in ("file", "table") if entry[name]]
    paths = [path_of(study, name) for name in names]
    return [OwnFile("restoration", "projects", entry | {"file": path}) for path in paths]


def _zones(study):
    found = []
    for zones in study["zones"]:
        if "file" in zones:
            entry = zones | {"file": path_of(study, zones["file"])}
            found.append(OwnFile(f"zones {zones['name']}", "polygons", entry))
    return found


def factor_path(study, factor):
    """Return the path of the file of a factor."""
    brought = "population" if factor["file"] == downloads.POPULATION_FILE else None
    return path_of(study, factor["file"], brought)


def _factors(study):
    found = []
    for factor in (f for detector in study["detectors"] for f in detector["factors"]):
        if "file" in factor:
            entry = factor | {"file": factor_path(study, factor), "key": "detectors"}
            kind = "polygons" if "name_field" in factor else "factor"
            found.append(OwnFile(f"factor {factor['name']}", kind, entry))
    return found


def raw_files(study):
    """Return [(key, path)] of every raw file of a study that is no tile and that no rule makes.

    Parameters
    ----------
    study : dict
        Complete settings. Paths of what the download rules bring (``brings``) are left out; all
        are, where inputs are simulated.
    """
    if study["simulated"]:
        return []
    keys = ["area", "dem", *(["stations"] if study["climate"]["source"] == "stations" else [])]
    files, named = study["files"], of_study(study)
    found = [(key, files[key]) for key in keys] + [(own.key, own.path) for own in named]
    if "stations" in keys and station_table(study)["list"]:
        found.append(("climate.station_table.list", station_table(study)["list"]))
    made = {files[key] for key in study.get("brings", []) if key in files}
    return [(key, path) for key, path in dict.fromkeys(found) if path not in made]


def faults(study):
    """Return {path: (key, fault)} of the raw files that are not there or hold nothing.

    Nothing is opened: a file has a size, a folder has an entry, and a shapefile its companions.
    """
    found = {path: (key, fault_of(path)) for key, path in raw_files(study)}
    return {path: about for path, about in found.items() if about[1]}


def fault_of(path):
    """Return what is wrong with a raw file, as far as the file system tells; or an empty text."""
    try:
        size = os.stat(path).st_size
        if os.path.isdir(path):
            size = len(os.listdir(path))
    except FileNotFoundError:
        return "a link to nothing" if os.path.islink(path) else "no such file"
    except OSError as error:
        return f"cannot be read ({error.strerror})"
    if not size:
        return "an empty folder" if os.path.isdir(path) else "an empty file (0 bytes)"
    if not os.access(path, os.R_OK):
        return "may not be read (permissions)"
    stem, end = os.path.splitext(path)
    beside = ((".shx", ".SHX"), (".dbf", ".DBF")) if end.lower() == ".shp" else ()
    lost = [ends[0] for ends in beside if not any(os.path.isfile(stem + one) for one in ends)]
    return f"a shapefile without its {' and '.join(lost)}" if lost else ""


def refusal(study, first, found, most=12):
    """Return the message on raw files that are not there.

    Parameters
    ----------
    study : dict
    first : str
        Path that was asked for; what belongs to the same key is listed first.
    found : dict
        Of `faults`.
    most : int
        Files that are listed.
    """
    own = found[first][0]
    rows = sorted(found.items(), key=lambda row: row[1][0] != own)
    lines = [f"  {path}: {fault} ({key})" for path, (key, fault) in rows[:most]]
    more = [f"  and {len(rows) - most} more"] if len(rows) > most else []
    return "\n".join(
        [
            f"config/studies/{study['slug']}.yaml: raw files that the study names are not there, "
            f"{first} ({found[first][1]}) among them:",
            *lines,
            *more,
            "Bring them (docs/data.md), or correct the keys in brackets or `period`. `make doctor "
            f"STUDY={study['slug']}` looks at every raw file, `make plan` says where they may come "
            "from.",
        ]
    )


def npp_entry(study, year):
    """Return the entry npp.rasters with the file of a year."""
    return npp(study)[study["years"].index(int(year))].entry


def npp_raster(study, year):
    """Return the raster of the user that holds NPP of a year."""
    return npp_entry(study, year)["file"]


def carbon_raster(study):
    """Return the raster of soil carbon."""
    return carbon_entry(study)["file"]


def stations(study):
    """Return the station file of a study, or all files of its folder, and the list of places."""
    path, table = Path(study["files"]["stations"]), station_table(study)
    listed = [table["list"]] if table["list"] else []
    if table["files"]:
        return [*(str(path / name) for name in table["files"].values()), *listed]
    if not path.is_dir():
        return [str(path), *listed]
    found = sorted(str(file) for file in path.rglob("*") if file.is_file())
    return [*found, *(file for file in listed if file not in found)]


def station_table(study):
    """Return ``climate.station_table`` with the path of its list."""
    table = study["climate"]["station_table"]
    return table | {"list": path_of(study, table["list"]) if table["list"] else None}


def raw(study):
    """Return every raw file of a study that is no tile, each once, for its digest."""
    found = [study["files"]["area"], study["files"]["dem"]]
    found += [] if study["climate"]["source"] == "grids" else stations(study)
    # those of npp.rasters stand in lists of their own (`downloads.digest_lists`)
    found += [own.path for own in of_study(study) if own.key != "npp.rasters"]
    return list(dict.fromkeys(found))


def content(study):
    """Return every raw file whose content is looked at before the run: all but tiles."""
    return list(dict.fromkeys([*raw(study), *(own.path for own in of_study(study))]))


def checked_table(study):
    """Return the table of what was understood of the raw files; none of simulated ones."""
    return [] if study["simulated"] else layers.table(study, "checked_inputs")


def bands(study, patterns, wildcards):
    """Return the files of all bands of rows of a study.

    Parameters
    ----------
    study : dict
    patterns : dict
        Paths by name of output, with ``{band}`` where the folder of a band stands.
    wildcards : dict

    Returns
    -------
    dict
        Lists of paths, from north to south, by name of output.
    """
    count = study["grid"]["blocks"]
    folders = [f"/bands/{number}-of-{count}" for number in range(1, count + 1)]
    return {
        name: [settings_file.filled(path, **wildcards | {"band": band}) for band in folders]
        for name, path in patterns.items()
    }


def folder_of_band(studies):
    """Return the regular expression of what stands between a study and its files in a band.

    It is empty for a study on the whole grid; a study in bands (``grid.blocks`` above 1) has no
    file of the whole grid from a rule that works on bands.
    """
    in_bands = [name for name, study in studies.items() if study["grid"]["blocks"] > 1]
    return r"/bands/\d+-of-\d+|" + "".join(f"(?<!/{re.escape(name)})" for name in in_bands)
