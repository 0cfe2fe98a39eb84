"""Climate of a study: stations or grids, surfaces, and where months come from."""

import re

from nepflow.study import files, layers, variables
from nepflow.study.settings_file import BadStudy

FIT_TABLES = ("fit", "minima", "ranked", "suspects", "floored")


def method_of(study, has_trend):
    """Return climate.method; without one, anomaly where the study is long enough for trends.

    Monthly normals have no years to depart from: they are absolute.
    """
    if study["climate"]["time_step"] == "normals":
        return "absolute"
    return study["climate"]["method"] or ("anomaly" if has_trend else "absolute")


def check(climate, study, file):
    """Refuse settings that the method cannot use.

    Parameters
    ----------
    climate : dict
        As the study file has it.
    study : dict
        Complete settings: years, and the method that is taken.
    file : str

    Raises
    ------
    BadStudy
    """
    method, years = climate["method"], len(study["years"])
    if method == "annual" and climate["evaluator"] == "coarse":
        raise BadStudy(
            f"{file}: climate.evaluator coarse keeps a tolerance of months, and climate.method is "
            "annual. Set the evaluator to exact."
        )
    if method in ("anomaly", "annual") and climate["time_step"] == "normals":
        raise BadStudy(
            f"{file}: climate.time_step normals has no years, which climate.method {method} needs. "
            "Set the method to null, or bring monthly records."
        )
    anomaly = study["climate"]["method"] == "anomaly"
    if climate["homogeneity"]["policy"] == "split" and not anomaly:
        raise BadStudy(
            f"{file}: climate.homogeneity.policy split gives each part of a record own normals, "
            f"which climate.method {study['climate']['method']} has not. Choose exclude or report."
        )
    if climate["source"] != "stations" or not anomaly:
        return
    if years < climate["climatology"]["min_years"]:
        raise BadStudy(
            f"{file}: climate.method anomaly needs climate.climatology.min_years "
            f"({climate['climatology']['min_years']}) years, the study has {years}. Lengthen "
            "`period`, or set the method to absolute."
        )
    if climate["bias_correction"] != "none":
        raise BadStudy(
            f"{file}: climate.bias_correction {climate['bias_correction']} is one of "
            "climate.method absolute; anomaly corrects its climatology by stations left out. "
            "Set it to none, or the method to absolute."
        )
    if climate["smoothing"] == "known_variance":
        raise BadStudy(
            f"{file}: climate.smoothing known_variance is the variance of a monthly value, and "
            "climate.method anomaly fits normals and departures. Choose gcv or gml, or set the "
            "method to absolute."
        )


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


def steps_file(study):
    """Return the table of steps, if stations that have one are left out or split."""
    used = study["climate"]["homogeneity"]["policy"] != "report"
    return layers.table(study, "station_steps") if used else []


def networks(study):
    """Return the tables of the trends of networks of stations, where trends are estimated."""
    compared = study["has_trend"] and not layers.is_gridded(study)
    compared = compared and study["climate"]["time_step"] != "normals"
    names = study["climate"]["variables"] if compared else []
    return [f"{name}_networks" for name in names]


def network_tables(study):
    """Return the files of `networks`."""
    return [layers.table(study, name) for name in networks(study)]


def declared_units(study):
    """Return the variables whose unit the study, or the archive of the stations, says."""
    climate = study["climate"]
    if study["simulated"] or climate["station_format"] != "tidy" or "archive" in climate:
        return list(climate["variables"])
    return sorted(climate["station_table"]["units"])


def weights_file(study):
    """Return the station file, if one of its columns holds weights."""
    return study["files"]["stations"] if study["climate"]["weights_column"] else []


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
        "station_steps",
        *networks(study),
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
