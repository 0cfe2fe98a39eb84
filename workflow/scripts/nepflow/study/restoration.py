"""Restoration projects of a study: their files, tables and settings.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study import files, layers
from nepflow.study.settings_file import BadStudy


def is_wanted(study):
    """Tell whether the study names a file of projects."""
    return bool(study.get("restoration", {}).get("file"))


def reading(study):
    """Return how the file of projects is opened: its layer, CRS and encoding, where declared."""
    return {key: study["restoration"][key] for key in ("layer", "crs", "encoding")}


def needs_landcover(study):
    """Tell whether projects are compared with land of the same land cover."""
    return is_wanted(study) and study["restoration"]["match_landcover"]


def check(study, years, file):
    """Refuse stages upside down, too short a study, and figures of what is not estimated.

    Raises
    ------
    BadStudy
    """
    if not is_wanted(study):
        _check_unwanted(study, file)
        return
    options = study["restoration"]
    needed = options["base_years"] + options["match_years"] + 1
    if len(years) < needed:
        raise BadStudy(
            f"{file}: restoration compares {options['match_years']} + {options['base_years']} "
            f"years before a project with those after it, the study has {len(years)} years. "
            f"Lengthen `period` to {needed} years."
        )
    for first, last in options["stages"]:
        inside = [year for year in years if first <= year <= last]
        if len(inside) < 3:
            raise BadStudy(
                f"{file}: restoration.stages: {first}-{last} has {len(inside)} years of the study, "
                "a trend needs three. Change the stage."
            )
    if options["window"][0] > -needed + 1 or options["window"][1] < 0:
        raise BadStudy(
            f"{file}: restoration.window {options['window']} must begin {needed - 1} years before "
            f"the start or earlier and end in year 0 or later, such as [-10, 10]."
        )
    if study["climate"]["time_step"] == "normals":
        raise BadStudy(
            f"{file}: restoration is matched on the climate before each project, and "
            "climate.time_step is normals. Bring monthly or daily records."
        )


def _check_unwanted(study, file):
    for figure in study.get("figures", []):
        if figure["kind"] == "event_study":
            raise BadStudy(
                f"{file}: figure {figure['name']} shows effects of restoration, and "
                "restoration.file is null. Name the projects or take the figure out."
            )
    if study.get("restoration", {}).get("table"):
        raise BadStudy(
            f"{file}: restoration.table says what numbers of a raster mean, and restoration.file "
            "is null. Name the raster or take the table out."
        )


def file(study):
    """Return the polygons, or the raster of numbers, of the projects."""
    return files.path_of(study, study["restoration"]["file"])


def number_table(study):
    """Return the table of what the numbers of a raster mean; none for polygons."""
    name = study["restoration"]["table"]
    return files.path_of(study, name) if name else []


def first_landcover(study):
    """Return land cover before any project that can be compared; the grid where it is not asked."""
    if not study["restoration"]["match_landcover"]:
        return layers.below(study, "grid.tif")
    year = study["landcover_year"][study["years"][0]]
    return layers.below(study, f"landcover/landcover_{year}.tif")


def projects_if_wanted(study):
    """Return the table of the projects of a study that compares them."""
    return layers.below(study, "restoration/projects.csv") if is_wanted(study) else []


def tables(study):
    """Return the names of the tables of the response to restoration."""
    kinds = ("effects", "events", "stages") if is_wanted(study) else ()
    return [f"restoration_{kind}" for kind in kinds]
