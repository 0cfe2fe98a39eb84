"""Input functions of the response to restoration."""


def restoration_file(wildcards):
    study = study_of(wildcards)
    return own_files.path_of(study, study["restoration"]["file"])


def restoration_numbers(wildcards):
    """Table of what the numbers of a raster mean; none for polygons."""
    study = study_of(wildcards)
    name = study["restoration"]["table"]
    return own_files.path_of(study, name) if name else []


def landcover_of_first_year(wildcards):
    """Land cover before any project that can be compared; the grid, of one class, without it."""
    study = study_of(wildcards)
    if not study["restoration"]["match_landcover"]:
        return f"{RESULTS}/{wildcards.study}/grid.tif"
    year = study["landcover_year"][study["years"][0]]
    return f"{RESULTS}/{wildcards.study}/landcover/{year}.tif"


def climate_of_restoration(wildcards):
    names = study_of(wildcards)["climate"]["variables"]
    return [f"{RESULTS}/{wildcards.study}/climate/{name}.tif" for name in names]


def projects_if_wanted(wildcards):
    """Table of the projects of a study that compares them."""
    wanted = restoration_entries.is_wanted(study_of(wildcards))
    return f"{RESULTS}/{wildcards.study}/restoration/projects.csv" if wanted else []


def restoration_tables(study):
    """Tables of the response to restoration, in the order of the report."""
    kinds = ("effects", "events", "stages") if restoration_entries.is_wanted(study) else ()
    return [f"restoration_{kind}" for kind in kinds]


def management_tables(study):
    """Planted trends and effects beside those found, of a twin that has projects."""
    wanted = study["simulated"] and restoration_entries.is_wanted(study)
    return ["recovery_management"] if wanted and "nep" in attributed_variables(study) else []
