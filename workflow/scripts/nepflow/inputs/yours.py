"""What no download rule brings of a study: where it must lie, and where it may come from.

Standard library only: plans are made before any environment exists.
"""

from pathlib import Path

from nepflow.study import downloads
from nepflow.study import files as study_files

WHERE = {  # by input, or by the kind of `own_files.OwnFile`
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
    found = [_tiles(row, files) for row in planned if row["input"] == "tiles"]
    found = [row for row in found if row]
    for name in ("area", "dem", "stations"):
        needed = name != "stations" or study["climate"]["source"] == "stations"
        if needed and name not in wanted:
            found.append(_row(name, [files[name]], WHERE[name], top))
    for key, owns in grouped(study).items():
        if BRINGS.get(kind_of(owns[0])) not in wanted:
            paths = list(dict.fromkeys(own.path for own in owns))
            found.append(_row(key, paths, WHERE[kind_of(owns[0])], top))
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


def _tiles(row, files):
    if row["brought"]:
        return None
    name = f"{row['product']}.{row['version']}"
    where = f"no archive any more: {row['retired'].strip()}" if row["retired"] else WHERE["tiles"]
    found = {"input": name, "path": files["tiles"], "files": row["files"]}
    return found | {"present": row["present"], "where": where}


def _row(name, paths, where, top):
    present = sum(Path(top, path).exists() for path in paths)
    path = paths[0] if len(paths) == 1 else f"{paths[0]} ... {Path(paths[-1]).name}"
    values = {"input": name, "path": path, "files": len(paths), "present": present}
    return values | {"where": where}


def table_text(found):
    """Return what is yours to bring for the terminal; empty where nothing is."""
    lines = ["", "Yours to bring:"] if found else []
    for row in found:
        lines += [
            f"{row['input']}: {row['path']} ({row['present']} of {row['files']} there)",
            f"    from {row['where']}",
        ]
    return "\n".join(lines)
