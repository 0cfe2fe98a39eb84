"""Climate of a study: stations or grids, surfaces, and where months come from."""

import re

from nepflow.study import files, layers, variables

FIT_TABLES = ("fit", "minima", "ranked", "suspects", "floored")


def studies_with_stations(studies):
    """Return the names of the studies whose climate comes from stations."""
    return [name for name, study in studies.items() if not layers.is_gridded(study)]


def folders_of_grids(studies):
    """Return the regular expression of the folders of climate that comes from grids.

    It is ``climate`` only in studies without stations, which have surfaces there.
    """
    gridded = [name for name, study in studies.items() if layers.is_gridded(study)]
    return "|".join(["climate/grids", *(f"(?<=/{re.escape(name)}/)climate" for name in gridded)])


def grid_entries(study, variable):
    """Return the entries of climate.grids of a variable, once a year if named by year."""
    entries = [own.entry for own in files.months(study)]
    return [entry for entry in entries if entry["variable"] == variable]


def grid_files(study, variable):
    """Return the rasters of the user that hold months of a variable."""
    return sorted({entry["file"] for entry in grid_entries(study, variable)})


def downscaling(study):
    """Return the lapse rate and the elevation of the grids, below the raw folder."""
    settings = study["climate"]["downscaling"]
    elevation = settings["elevation"] and files.path_of(study, settings["elevation"])
    return settings | {"elevation": elevation}


def grid_elevation(study, variable):
    """Return the elevation of the grids, where temperature is brought to another height."""
    settings = downscaling(study)
    wanted = settings["lapse_rate_k_per_km"] is not None and variable == "temperature"
    return settings["elevation"] if wanted else []


def pet_months(study):
    """Return the months that potential evapotranspiration is made of."""
    return layers.months(study, variables.pet_variables(study))


def if_stations(study, file):
    """Return a file of a study whose climate comes from stations."""
    return [] if layers.is_gridded(study) else layers.below(study, file)


def weights_file(study):
    """Return the station file, if one of its columns holds weights."""
    return study["files"]["stations"] if study["climate"]["weights_column"] else []


def dem_if_coarse(study):
    """Return the elevation, if nodes are to be chosen: errors are largest where values are."""
    coarse = study["climate"]["evaluator"] == "coarse"
    return layers.below(study, "dem.tif") if coarse else []


def fits(study):
    """Return the tables of the fit of each variable."""
    names = [] if layers.is_gridded(study) else study["climate"]["variables"]
    return [layers.table(study, f"{name}_fit") for name in names]


def ranked(study):
    """Return the tables of the stations by their residuals, in the order of the variables."""
    return [layers.table(study, f"{name}_ranked") for name in study["climate"]["variables"]]


def tables(study):
    """Return the names of the tables of the climate, in the order of the report."""
    variables, climate = study["climate"]["variables"], study["climate"]
    grids = [f"{variable}_grids" for variable in variables if climate.get("grids")]
    if layers.is_gridded(study):
        return grids
    return [
        "station_defects",
        "station_definitions",
        "station_suspects",
        "station_flags",
        "station_dry_days",
        "station_quality",
        "station_variograms",
        "kriging_errors",
        "station_completeness",
        *(f"{variable}_{kind}" for kind in FIT_TABLES for variable in variables),
        *grids,
        *(f"{variable}_comparison" for variable in variables if climate.get("grids")),
    ]


def standard_errors(study):
    """Return the standard errors that the study maps, variable by variable."""
    if layers.is_gridded(study):
        return []
    years = study["climate"].get("standard_error_years", [])
    return [
        layers.below(study, f"climate/{name}_standard_error_{year}.tif")
        for name in study["climate"]["variables"]
        for year in years
    ]


def fit_products(study):
    """Return the files beside the cubes that the fits keep, below the results."""
    if layers.is_gridded(study):
        return []
    variables = study["climate"]["variables"]
    years = study["climate"].get("standard_error_years", [])
    return [
        *(f"tables/{name}_fit.txt" for name in variables),
        *(f"climate/{name}_residuals.parquet" for name in variables),
        *(f"climate/{name}_standard_error_{year}.tif" for name in variables for year in years),
    ]
