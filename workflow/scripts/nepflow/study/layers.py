"""Rasters that several stages read: yearly files, annual cubes, respiration.

Paths are complete; ``study["results"]`` is the folder of a study's results.
"""

CARBON = ("nep", "npp", "rh")  # the balance: over the same cells and years


def yearly(study, pattern):
    """Return ``pattern`` below the results, once a year of the study.

    ``{year}``, ``{npp}`` and ``{collection}`` (folder of the NPP of the year, collection of its
    tiles) and ``{landcover_year}`` (year of the map that serves the year) are filled in.
    """
    return [
        f"{study['results']}/"
        + pattern.format(
            year=year,
            npp=study["npp_year_folder"][year],
            collection=study["npp_year_folder"][year].replace("harmonised", "006"),
            landcover_year=study["landcover_year"][year],
        )
        for year in study["years"]
    ]


def has_npp(study):
    """Tell whether a study has NPP; without it, it is one of climate alone."""
    return study["npp"]["source"] != "none"


def if_npp(study, file):
    """Return a file below the results of a study that has NPP."""
    return below(study, file) if has_npp(study) else []


def npp_of_years(study):
    """Return NPP, a file a year, of a study that has it."""
    return yearly(study, "npp/{npp}/npp_{year}.tif") if has_npp(study) else []


def respiration_if_npp(study):
    """Return Rh of the choice of a study that has NPP."""
    return respiration(study) if has_npp(study) else []


def below(study, file):
    """Return a file below the results of a study."""
    return f"{study['results']}/{file}"


def cube(study, variable):
    """Return the annual cube of a variable; NPP and Rh are those of the balance, beside NEP."""
    folder = "nep" if variable in CARBON else "climate"
    return below(study, f"{folder}/{variable}.tif")


def respiration(study):
    """Return Rh by the model and the time step that the study chose."""
    return below(study, f"nep/rh_{study['respiration_variant']}.tif")


def all_respiration(study):
    """Return Rh by every model and time step that the study makes."""
    return [below(study, f"nep/rh_{name}.tif") for name in study["respiration_variants"]]


def drivers(study):
    """Return the annual cubes of the climate variables."""
    return [below(study, f"climate/{name}.tif") for name in study["climate"]["variables"]]


def if_in_climate(study, variable):
    """Return the annual cube of a climate variable that a study may do without."""
    wanted = variable in study["climate"]["variables"]
    return below(study, f"climate/{variable}.tif") if wanted else []


def trend_if_estimated(study):
    """Return the slope of NEP of a study that is long enough for trends."""
    return below(study, "pixel/nep_sen_slope.tif") if study["has_trend"] else []


def truth(study, variable):
    """Return the true cube of a simulation; nothing of a study of files."""
    return f"{study['files']['folder']}/truth/{variable}.tif" if study["simulated"] else []


def min_years(study):
    """Return the years that a mean of a pixel needs."""
    return study["min_years"] if study["has_trend"] else 1


def table(study, name):
    """Return the CSV of a table."""
    return below(study, f"tables/{name}.csv")


def is_gridded(study):
    """Tell whether the climate comes from grids, not from stations."""
    return study["climate"]["source"] == "grids"


def months(study, variables):
    """Return the fits, or the months of grids, of variables."""
    name = "climate/native/{}.tif" if is_gridded(study) else "climate/{}_fit.npz"
    return [below(study, name.format(variable)) for variable in variables]


def has_errors(study):
    """Tell whether a study estimates what errors of inputs and constants do to NEP."""
    return study.get("uncertainty", {}).get("estimate", False) and has_npp(study)
