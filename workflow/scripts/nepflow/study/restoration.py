"""What a study may ask of the response to restoration; no formula.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study.settings_file import BadStudy


def is_wanted(study):
    """Tell whether the study names a file of projects."""
    return bool(study.get("restoration", {}).get("file"))


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
    if study["climate"]["time_step"] == "normals" and study["climate"]["source"] == "stations":
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
