"""Is each further file that a study names there, and does it open as the workflow will open it?"""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from nepflow import (
    climate_grids,
    factor_source,
    field_tables,
    names,
    raster_door,
    restoration_file,
    restoration_raster,
    soil_carbon,
    vectors,
)
from nepflow.raster_door import BadGrid
from rasterio.errors import RasterioError
from rasterio.warp import transform_bounds
from shapely import box

from nepflow_acquire import sound, yours
from nepflow_acquire.doctor import Finding, guarded


def findings(study, top, brought):
    """Yield what is found of the files of `nepflow.own_files`, by their key in the study.

    Parameters
    ----------
    study : dict
        Complete settings.
    top : Path
        Folder that relative paths start from.
    brought : set of str
        Keys of ``acquire`` that a rule will bring.
    """
    for key, owns in yours.grouped(study).items():
        kind = yours.kind_of(owns[0])
        if yours.BRINGS.get(kind) in brought:
            yield Finding(key, True, f"will be brought ({study['acquire'][yours.BRINGS[kind]]})")
            continue
        bring = f"Bring it from {yours.WHERE[kind]}; or correct {key} in the study file."
        paths = list(dict.fromkeys(own.path for own in owns))
        lost = [path for path in paths if not Path(top, path).exists()]
        if lost:
            yield Finding(key, False, f"{_some(lost)}: no such file", bring)
            continue
        entries = [own.entry | {"file": str(Path(top, own.path))} for own in owns]
        remedy = f"Correct {key} in the study file, or the file; get one that is cut off again."
        yield from guarded(
            key, remedy, lambda key=key, own=owns[0], entries=entries: [
                Finding(key, True, READERS[own.kind](entries, study, top))
            ],
        )  # fmt: skip


def _some(paths, most=3):
    more = f" and {len(paths) - most} more" if len(paths) > most else ""
    return ", ".join(paths[:most]) + more


def _months(entries, study, top):
    """Look for every month of the years of each variable."""
    for variable in dict.fromkeys(entry["variable"] for entry in entries):
        own = [entry for entry in entries if entry["variable"] == variable]
        with ExitStack() as stack:
            sources = [raster_door.opened(entry, stack) for entry in own]
            climate_grids.places_of(own, sources, study["years"])
            for source, entry in zip(sources, own, strict=True):
                _readable(source, entry)
                _covers(source, entry, study, top)
    return f"every month of {len(study['years'])} years is there"


def _rasters(entries, study, top):
    for entry in entries:
        with ExitStack() as stack:
            source = raster_door.opened(entry, stack)
            _readable(source, entry)
            _covers(source, entry, study, top)
    return f"{len(entries)} rasters open and cover the area"


def _one_raster(entries, study, top):
    """Open a raster that need not reach over the whole area."""
    with ExitStack() as stack:
        source = raster_door.opened(entries[0], stack)
        raster_door.crs_of(source, entries[0])
        _readable(source, entries[0])
    if entries[0].get("classes"):
        names = factor_source.class_names(entries[0]["file"], entries[0])
        return f"opens, {len(names)} classes"
    return "opens"


def _carbon(entries, study, top):
    _rasters(entries, study, top)
    soil_carbon.converted(np.zeros(1), entries[0])  # unit and depth
    return f"opens and covers the area ({entries[0]['unit']})"


def _plots(entries, study, top):
    entry = entries[0]
    plots = field_tables.read_plots(
        entry["file"], entry["untreated_only"], entry["box_deg"], entry["soil_carbon_kg_m2"]
    )
    return f"{len(plots)} records"


def _sites(entries, study, top):
    return f"{len(field_tables.read_sites(entries[0]))} sites"


def _projects(entries, study, top):
    columns, (path, *table) = entries[0]["columns"], [entry["file"] for entry in entries]
    read = restoration_raster.read_projects if table else restoration_file.read_projects
    projects = read(path, *table, columns)
    return f"{len(projects)} projects"


def _polygons(entries, study, top):
    entry = entries[0]
    found = vectors.read_area(entry["file"], entry.get("layer"), entry["name_field"])
    names.check_polygons(found["name"], entry["file"], entry["name_field"])
    return f"polygons of {len(found)} names"


READERS = {
    "months": _months,
    "npp": _rasters,
    "raster": _one_raster,
    "carbon": _carbon,
    "factor": _one_raster,
    "plots": _plots,
    "sites": _sites,
    "projects": _projects,
    "polygons": _polygons,
}


def _readable(source, entry):
    """Refuse a raster that opens and is cut off.

    Raises
    ------
    BadGrid
    """
    try:
        sound.read_ends(source)
    except RasterioError as error:
        raise BadGrid(f"{entry['file']}: opens and cannot be read to its end ({error})") from None


def _covers(source, entry, study, top):
    """Refuse a raster that does not reach over the area, where the area is there.

    Raises
    ------
    BadGrid
    """
    crs = raster_door.crs_of(source, entry)
    path, settings = Path(top, study["files"]["area"]), study["area"]
    if not path.exists():
        return
    area = vectors.read_area(path, settings["layer"], settings["name_field"])
    across, down = source.res
    place = box(*transform_bounds(area.crs, crs, *area.total_bounds, densify_pts=51))
    west, south, east, north = source.bounds
    if not box(west - across, south - down, east + across, north + down).contains(place):
        raise BadGrid(f"{entry['file']}: does not cover the area")
