"""Attribution of trends in a study: methods, variables, files; no formula.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study import layers
from nepflow.study.settings_file import BadStudy

METHODS = ("restrend", "joint", "first_difference")
YEARS_PER_PARAMETER = 3  # of a calibration period; own choice
POOLED = "landcover"  # value of attribution.pooling that shares coefficients by vegetation type


class TooFewYears(BadStudy):
    """A calibration period too short for its regression."""


def parameters(drivers, method):
    """Return how many parameters a method fits: an intercept, the drivers, and the year."""
    return drivers + 1 + (method == "joint")


def variables_of(study):
    """Return the variables whose trend the study attributes."""
    return study.get("attribution", {}).get("variables", [])


def is_pooled(study):
    """Tell whether the attribution of a study shares coefficients by vegetation type."""
    return bool(variables_of(study)) and study["attribution"].get("pooling") == POOLED


def years_needed(drivers, pooled):
    """Return the years that a calibration period must have.

    In every pixel three a parameter of the largest regression. Pooled, one more than parameters:
    climate hardly differs between the pixels of a type, so that many pixels are no more years.
    """
    most = max(parameters(drivers, method) for method in METHODS)
    return most + 1 if pooled else YEARS_PER_PARAMETER * most


def check(study, file):
    """Refuse what cannot be attributed: climate without variation, a short calibration.

    Raises
    ------
    BadStudy
    TooFewYears
    """
    if not variables_of(study):
        return
    climate = study["climate"]
    if climate["time_step"] == "normals":
        raise BadStudy(
            f"{file}: attribution needs climate of every year, climate.time_step is normals. Bring "
            "monthly or daily records, or take attribution.variables out."
        )
    period, drivers = study["attribution"]["calibration"], len(climate["variables"])
    if period is None:
        if is_pooled(study):
            raise BadStudy(
                f"{file}: attribution.pooling is {POOLED} and attribution.calibration is null. Say "
                "the years that coefficients come from, or set pooling to none."
            )
        return
    first, last = max(period[0], study["period"][0]), min(period[1], study["period"][1])
    years, needed = last - first + 1, years_needed(drivers, is_pooled(study))
    if years < needed:
        other = "" if is_pooled(study) else f", pool by vegetation type (pooling: {POOLED})"
        raise TooFewYears(
            f"{file}: attribution.calibration {period[0]}-{period[1]} has {max(years, 0)} years of "
            f"the study, {drivers} drivers need {needed}. Lengthen it{other}, drop a driver, or "
            "calibrate on all years (null)."
        )


def attributed(study):
    """Return the variables whose trend a study attributes, if it is long enough for trends."""
    return variables_of(study) if study["has_trend"] else []


def layer_of_methods(study, variable, layer):
    """Return a layer of every method."""
    return [
        layers.below(study, f"attribution/{variable}_{method}_{layer}.tif") for method in METHODS
    ]


def pooling_types(study):
    """Return land cover of the first year, where coefficients are shared by vegetation type."""
    year = study["landcover_year"][study["years"][0]]
    return layers.below(study, f"landcover/landcover_{year}.tif") if is_pooled(study) else []


def pooled_table(study, variable):
    """Return the table of shared coefficients of a variable, if there are any."""
    return layers.table(study, f"pooled_{variable}") if is_pooled(study) else []


def tables(study):
    """Return the names of the tables of the attribution."""
    kinds = ["attribution", *(["pooled"] if is_pooled(study) else [])]
    return [f"{kind}_{variable}" for variable in attributed(study) for kind in kinds]


def rasters(study):
    """Return the rasters of the attribution that a study keeps, without ending."""
    shared = ["observed_slope", "observed_p", "time_r2", "restrend_bias"]
    own = ["climate_slope", "residual_slope", "driver_slopes", "residual_share", "case", "dominant"]
    names = [*shared, *(f"{method}_{layer}" for method in METHODS for layer in own)]
    return [f"attribution/{variable}_{name}" for variable in attributed(study) for name in names]
