"""What a study may ask of the attribution of trends; no formula.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.figure_entries import BadStudy

METHODS = ("residual", "joint", "first_difference")
YEARS_PER_PARAMETER = 3  # of a calibration period; own choice


class TooFewYears(BadStudy):
    """A calibration period too short for its regression."""


def parameters(drivers, method):
    """Return how many parameters a method fits: an intercept, the drivers, and the year."""
    return drivers + 1 + (method == "joint")


def variables_of(study):
    """Return the variables whose trend the study attributes."""
    return study.get("attribution", {}).get("variables", [])


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
    if climate["source"] == "stations" and climate["time_step"] == "normals":
        raise BadStudy(
            f"{file}: attribution needs climate of every year, climate.time_step is normals. Bring "
            "monthly or daily records, or take attribution.variables out."
        )
    period = study["attribution"]["calibration"]
    if period is None:
        return
    first, last = max(period[0], study["period"][0]), min(period[1], study["period"][1])
    years = last - first + 1
    needed = YEARS_PER_PARAMETER * max(parameters(len(climate["variables"]), m) for m in METHODS)
    if years < needed:
        raise TooFewYears(
            f"{file}: attribution.calibration {period[0]}-{period[1]} has {max(years, 0)} years of "
            f"the study, {len(climate['variables'])} drivers need {needed} "
            f"({YEARS_PER_PARAMETER} a parameter). Lengthen it, drop a driver, or calibrate on all "
            "years (null)."
        )
