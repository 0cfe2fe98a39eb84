"""Inputs that a study needs of each dataset: files, GB, missing years, what is retired.

Made from settings and the register alone; nothing is asked of a network.
"""

import math
from pathlib import Path

from nepflow.study import datasets as study_datasets
from nepflow.study import downloads, modis
from nepflow.study import files as study_files
from nepflow.study.downloads import tile_years


def plan(study, datasets, bounds=None):
    """Return the rows of a plan.

    Parameters
    ----------
    study : dict
        Complete settings (`load.load_study`).
    datasets : dict
        The register (`datasets.load`).
    bounds : tuple of float, optional
        West, south, east, north of the area, degrees; needed to count tiles of elevation.

    Returns
    -------
    list of dict
        One an input; a number that cannot be known yet is None.
    """
    rows = [_tiles(study, datasets, name, years) for name, years in tile_years(study).items()]
    chosen = study.get("acquire", {})
    if chosen.get("stations", "none") != "none":
        rows.append(_stations(study, datasets[chosen["stations"]]))
    if chosen.get("radiation", "none") != "none":
        files = chosen["max_stations"]
        rows.append(_row("radiation", datasets[chosen["radiation"]], files, study["years"]))
    if chosen.get("dem", "none") != "none":
        files = None if bounds is None else degree_tiles(bounds)
        rows.append(_row("dem", datasets[chosen["dem"]], files, []))
    if chosen.get("area", "none") != "none":
        rows.append(_row("area", datasets[chosen["area"]], 1, []))
    if chosen.get("soil_carbon", "none") != "none":
        rows.append(_row("soil carbon", datasets[chosen["soil_carbon"]], 1, []))
    if chosen.get("population", "none") != "none":
        files, years = len(downloads.countries(study)), [chosen["population_year"]]
        rows.append(_row("population", datasets[chosen["population"]], files, years))
    for row in rows:  # tiles are listed also where they are the user's to bring
        row["brought"] = chosen.get(row["input"].replace(" ", "_"), "none") != "none"
        row["brought"] &= not row["retired"]
    return rows


def degree_tiles(bounds):
    """Return the number of one-degree tiles that a box of degrees (`longitude.bounds`) touches."""
    west, south, east, north = bounds
    return (math.ceil(east) - math.floor(west)) * (math.ceil(north) - math.floor(south))


UNKNOWN_CHECKSUM = {
    "error": "one of an unknown kind is refused",
    "accept": "a file with one of an unknown kind is taken unverified",
}


def _tiles(study, datasets, name, years):
    dataset = datasets[name]
    dates = {(year, day) for year in years for day in modis.begins_of(dataset["product"], year)}
    row = _row("tiles", dataset, len(study["tiles"]) * len(dates), years)
    unknown = UNKNOWN_CHECKSUM[study["acquire"]["unknown_checksum"]]
    row |= {"checksum": f"{dataset['checksum']}; {unknown} (acquire.unknown_checksum)"}
    found = {"present": _tiles_present(study, dataset, dates)}
    return row | found | {"resampling": _resampled(study, dataset["product"])}


def _resampled(study, product):
    """How tiles come to the grid, as a sentence."""
    why = modis.resampling_reason(study, product)
    return (
        f"cells of {modis.native_m(study, product):.0f} m come to cells of "
        f"{study['grid']['resolution_m']:g} m by {modis.resampling_of(study, product)}"
        f"{' (auto: ' + why + ')' if why else ''}"
    )


def _tiles_present(study, dataset, dates):
    """Count the tiles that are there; one in several versions counts once."""
    found = set()
    for path in Path(study["files"]["tiles"]).rglob(f"{dataset['product']}.A*.hdf"):
        name = modis.FILE_NAME.match(path.name)
        if name and name["collection"] == dataset["version"] and name["tile"] in study["tiles"]:
            found.add((name["tile"], (int(name["year"]), int(name["day"]))))
    return sum(date in dates for _, date in found)


def _stations(study, dataset):
    most = study["acquire"]["max_stations"]
    files = most * len(study["years"]) if dataset["name"] == "gsod" else most
    return _row("stations", dataset, files, study["years"])


def _row(name, dataset, files, years):
    missing = [year for year in years if not study_datasets.has_year(dataset, year)]
    return {
        "input": name,
        "dataset": dataset["name"],
        "product": dataset["product"],
        "version": dataset["version"],
        "years": "-".join("" if year is None else str(year) for year in dataset["years"]),
        "files": files,
        "gb": None if files is None else round(files * dataset["file_mb"] / 1000, 3),
        "present": None,
        "resampling": "",
        "years_missing": " ".join(map(str, missing)),
        "retired": dataset["retired"] or "",
        "login": dataset["login"],
        "licence": dataset["licence"],
        "citation": dataset["citation"],
        "addresses": dataset["addresses"],
        "mirror": dataset["mirror"],
        "mirror_checked": dataset["mirror_checked"],
        "checksum": dataset["checksum"],
        "checked_live": dataset["checked_live"],
    }


def table_text(rows):
    """Return a plan for the terminal: a line an input, then what needs attention."""
    head = f"{'input':<10} {'dataset':<18} {'files':>6} {'GB':>8} {'present':>8}  checked live"
    lines = [head, "-" * len(head)]
    for row in rows:
        files, size, present = (_shown(row[key]) for key in ("files", "gb", "present"))
        lines.append(
            f"{row['input']:<10} {row['dataset']:<18} {files:>6} {size:>8} {present:>8}  "
            f"{row['checked_live']}"
        )
    lines.append(f"To download: at most {download_gb(rows):.1f} GB.")
    for row in rows:
        if row["resampling"]:
            lines.append(f"{row['dataset']}: {row['resampling']}.")
        if row["years_missing"]:
            lines.append(f"{row['dataset']}: has no data of {row['years_missing']}.")
        if row["retired"]:
            lines.append(f"{row['dataset']}: {row['retired'].strip()}.")
        if row["login"] == "earthdata":
            lines.append(f"{row['dataset']}: needs an Earthdata login (docs/data.md).")
    lines.append("")
    for row in rows:
        lines += [
            f"{row['dataset']}: {row['product']} {row['version']}, {row['years']}",
            f"    cite: {row['citation']}",
            f"    licence: {row['licence']}",
            *(f"    {purpose}: {address}" for purpose, address in row["addresses"].items()),
            f"    mirror: {_mirror(row)}",
            f"    checksum: {row['checksum']}",
        ]
    return "\n".join(lines)


def _mirror(row):
    return f"{row['mirror']} (checked {row['mirror_checked']})" if row["mirror"] else "none"


def download_gb(rows):
    """Return the size of what the download rules bring at most, GB."""
    return sum(row["gb"] or 0 for row in rows if row["brought"])


def _shown(value):
    return "?" if value is None else str(value)


WHERE = {  # by input, or by the kind of `files.OwnFile`
    "tiles": "Earthdata by hand (docs/data.md, MODIS tiles), or acquire.tiles: earthdata",
    "area": "polygons of your own, or acquire.area: geoboundaries",
    "dem": "any raster of elevation, or acquire.dem: copernicus_glo90",
    "stations": "a weather service (docs/data.md, Stations), or acquire.stations: gsod",
    "months": "ERA5-Land, TerraClimate, CHELSA or the like (docs/data.md, Gridded climate)",
    "raster": "the archive of the gridded climate: the elevation that its values belong to",
    "npp": "your own model, or a product with a raster a year (docs/data.md, NPP made elsewhere)",
    "carbon": "a soil map (docs/data.md, Soil organic carbon), or acquire.soil_carbon: soilgrids",
    "plots": "the Global Soil Respiration Database (docs/data.md, Plots of respiration)",
    "sites": "eddy-covariance sites (docs/data.md, Sites with NEP)",
    "projects": "who keeps the record of the projects (docs/data.md, Restoration projects)",
    "polygons": "a map with a column of names (docs/data.md, Zones to compare)",
    "factor": "any raster of it (docs/data.md, Factors of detectors)",
    "population": "any raster of people km-2, or acquire.population: worldpop",
}
BRINGS = {"carbon": "soil_carbon", "population": "population"}  # kind: key of acquire


def rows(study, planned, top="."):
    """Return what is left to bring by hand.

    Parameters
    ----------
    study : dict
        Complete settings.
    planned : list of dict
        Of `plan.plan`.
    top : str or Path
        Folder that relative paths start from.

    Returns
    -------
    list of dict
        input, path, files, present, where; none of a study on simulated inputs.
    """
    if study["simulated"]:
        return []
    wanted, files = downloads.wanted(study), study["files"]
    found = [_tile_files(row, files) for row in planned if row["input"] == "tiles"]
    found = [row for row in found if row]
    for name in ("area", "dem", "stations"):
        needed = name != "stations" or study["climate"]["source"] == "stations"
        if needed and name not in wanted:
            found.append(_own_row(name, [files[name]], WHERE[name], top))
    for key, owns in grouped(study).items():
        if BRINGS.get(kind_of(owns[0])) not in wanted:
            paths = list(dict.fromkeys(own.path for own in owns))
            found.append(_own_row(key, paths, WHERE[kind_of(owns[0])], top))
    return found


def grouped(study):
    """Return {key: files} of what a study names, in its order."""
    groups = {}
    for own in study_files.of_study(study):
        groups.setdefault(own.key, []).append(own)
    return groups


def kind_of(own):
    """Return the kind of a file; population is a factor that can be brought."""
    population = own.kind == "factor" and Path(own.path).name == downloads.POPULATION_FILE
    return "population" if population else own.kind


def _tile_files(row, files):
    if row["brought"]:
        return None
    name = f"{row['product']}.{row['version']}"
    where = f"no archive any more: {row['retired'].strip()}" if row["retired"] else WHERE["tiles"]
    found = {"input": name, "path": files["tiles"], "files": row["files"]}
    return found | {"present": row["present"], "where": where}


def _own_row(name, paths, where, top):
    present = sum(Path(top, path).exists() for path in paths)
    path = paths[0] if len(paths) == 1 else f"{paths[0]} ... {Path(paths[-1]).name}"
    values = {"input": name, "path": path, "files": len(paths), "present": present}
    return values | {"where": where}


def own_files_text(found):
    """Return what is yours to bring for the terminal; empty where nothing is."""
    lines = ["", "Yours to bring:"] if found else []
    for row in found:
        lines += [
            f"{row['input']}: {row['path']} ({row['present']} of {row['files']} there)",
            f"    from {row['where']}",
        ]
    return "\n".join(lines)
