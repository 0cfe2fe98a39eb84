"""Methods text: climate on the study grid."""

from html import escape

from nepflow import labels
from nepflow.report.methods import equations
from nepflow.report.methods.references import cited
from nepflow.study.variables import VARIABLES

_STEPS = {
    "daily": "daily records",
    "monthly": "monthly records",
    "normals": "monthly normals, which stand for every year, so that climate does not vary in time",
}
_DEFINITIONS = {
    "ghcn_daily": " The mean temperature of a station is TAVG where that covers the years as well "
    "as TMAX and TMIN do, and (TMAX + TMIN) / 2 on all days otherwise: one definition a station.",
}
_UNREPORTED = {
    "weather": "Many stations do not report the amount of days without rain: such a day is 0 where "
    "other observations of the day saw no rain, snow, hail or thunder. Where amounts and observed "
    "weather of a station agree on fewer than {min_agreement_percent:g} % of the days, unreported "
    "days stay missing, and its rain is left out if they are more than {max_unreported_percent:g} "
    "% of the days.",
    "missing": "Days of stations without an amount of rain are missing, also where they were dry, "
    "so that rain is overestimated.",
}
_SMOOTHING = {
    "gcv": "minimises generalised cross-validation {craven}",
    "gml": "minimises generalised maximum likelihood {wahba}",
    "known_variance": "minimises the expected true error for a known error variance {craven}: "
    "{values}",
    "fixed_rho": "was fixed, not estimated: <var>λ</var> = {values}",
    "fixed_signal": "was not estimated: it gives the surface a fixed number of effective degrees "
    "of freedom: {values}",
}
_WHOSE = {
    False: "of each surface",
    True: "one for all surfaces of a variable",
    "calendar_month": "one for the surfaces of a calendar month over the years",
}
_FALLBACK = {
    "gml": " Where that minimum interpolates (a signal above half of the stations "
    "{hutchinson}, or the end of the range), generalised maximum likelihood {wahba} chose instead.",
    "calendar_month": " Where that minimum interpolates (a signal above half of the stations "
    "{hutchinson}, or the end of the range), the generalised maximum likelihood {wahba} common to "
    "the years of the calendar month chose instead.",
    "none": "",
}
_ERRORS = {
    "calibrated": "the posterior of the surface, times a factor that is estimated from stations "
    "left out: the root mean square of their annual errors over predicted standard errors, left "
    "out one by one or in squares of {block:g} km, whichever is larger",
    "full": "the posterior of the surface, taken as the model gives it",
    "fitted": "those of the fitted values, as ANUSPLIN prints them",
}
_TRANSFORMED = {
    "square_root": "{names} was fitted as square root and floored at zero",
    "log": "{names} was fitted as logarithm",
}
_CORRECTED = {
    "none": " The transformation was inverted without correction of its bias.",
    "surface": " The bias of the inverted transformation was corrected by the variance of the "
    "surface.",
    "observation": " The bias of the inverted transformation was corrected by the variance of an "
    "observation.",
}


def section(climate):
    """Return the section (title, blocks) on climate, as `text.sections` does."""
    if climate["source"] == "grids":
        return "Climate", [("p", _grids(climate))]
    blocks = [("p", _records(climate))]
    if climate["time_step"] == "daily":
        blocks.append(("p", _days(climate)))
    elif climate["time_step"] == "monthly":
        blocks.append(("p", _months(climate)))
    blocks += [("p", _surface(climate)), ("equation", equations.BY_NAME["spline"][0])]
    return "Climate", [*blocks, ("p", _smoothing(climate) + _annual(climate))]


def _names(variables):
    return labels.joined([labels.quantity_name(name).lower() for name in variables])


def _grids(climate):
    """Rasters of months."""
    files = labels.joined(sorted({escape(entry["file"]) for entry in climate["grids"]}))
    text = (
        f"Months of {_names(climate['variables'])} are those of gridded climate ({files}), in the "
        "units of this study by the true length of each month, brought to the study grid by "
        "bilinear interpolation."
    )
    rate = climate["downscaling"]["lapse_rate_k_per_km"]
    if rate is not None:
        text += (
            " Temperature was moved from the elevation of the source to that of the cell by "
            f"{rate:g} K km⁻¹."
        )
    return text + _annual(climate)


def _records(climate):
    """What the station file is, and how defects are met."""
    text = (
        f"Climate comes from station records of {_names(climate['variables'])}: "
        f"{_STEPS[climate['time_step']]}. Defects of records and stations (duplicates, positions, "
        "impossible values) were met by named rules, whose counts are reported."
    )
    text += _archive(climate) + _excluded(climate["exclude"])
    if climate["weights_column"]:
        column = escape(climate["weights_column"])
        text += f" Stations have the relative weights of the column {column}."
    return text


def _archive(climate):
    """What the days of an archive are made of."""
    archive = climate.get("archive", climate["station_format"])
    if archive == "gsod":
        return " " + _UNREPORTED[climate["unreported_rain"]["rule"]].format(
            **climate["unreported_rain"]
        )
    return _DEFINITIONS.get(archive, "")


def _excluded(chosen):
    """Which stations the study leaves out by name."""
    if not chosen:
        return ""
    named = [
        escape(entry)
        if isinstance(entry, str)
        else f"{escape(entry['station'])} ({labels.quantity_name(entry['variable']).lower()})"
        for entry in chosen
    ]
    return f" Left out by name: {labels.joined(named)}."


def _months(climate):
    """Checks of monthly records."""
    rule, variables = climate["monthly_quality"], climate["variables"]
    looked = []
    for key, text in (
        ("spatial_difference", "disagreement with a regression on neighbouring stations"),
        (
            "climatology_difference",
            "departure from the station’s own climatology that the neighbours do not confirm",
        ),
    ):
        judged = [name for name in variables if rule[key][name] is not None]
        if judged:
            looked.append(f"{text} ({_names(judged)})")
    if not looked:
        return "Monthly values were not checked beyond the range of possible values."
    return (
        f"Monthly values were checked for {'; '.join(looked)}, in robust standard deviations "
        f"{cited('lawrimore')}; rejected months are missing."
    )


def _days(climate):
    """Checks, reconstruction and aggregation of daily records."""
    text = (
        "Daily values were checked, each check on what passed the ones before "
        f"{cited('durre')}: {'; '.join(_checks(climate))}. "
    )
    if climate["gap_filling"] == "kriging":
        longest = climate["kriging"]["max_gap_days"]
        limit = "" if longest is None else f" in interruptions of up to {longest} days"
        text += (
            f"Missing and rejected days{limit} were reconstructed by ordinary kriging of "
            "departures from the station’s mean of the calendar month (differences of temperature, "
            f"ratios otherwise), with one {climate['kriging']['model']} variogram a variable and "
            f"calendar month {cited('cressie')}. "
        )
        known = "known, observed or reconstructed"
    else:
        text += "Missing and rejected days were not filled. "
        known = "observed"
    return text + (
        f"A month counts where at least {climate['complete_month_percent']:g} % of its days are "
        f"{known}."
    )


def _checks(climate):
    """Yield what each check that is switched on looks for."""
    rule, variables = climate["quality"], climate["variables"]
    yield "the range of possible values"
    for name in (n for n in variables if VARIABLES[n].below_top_of_atmosphere):
        low, high = rule["top_of_atmosphere_share"]
        yield f"{name} between {low:g} and {high:g} of that above the atmosphere"
    for key, text in (
        ("step", "jumps away from both neighbouring days"),
        ("persistence_days", "identical values in a row"),
        ("spatial_difference", "disagreement with a regression on neighbouring stations"),
    ):
        judged = [name for name in variables if rule[key][name] is not None]
        if judged:
            yield f"{text} ({_names(judged)})"


def _surface(climate):
    """The spline, with elevation as covariate or as a variable."""
    source = cited("hutchinson")
    what = _INTERPOLATED[climate["method"]].format(cai=cited("willmott_robeson"))
    if climate["method"] == "anomaly":
        what = _departures(climate) + what
    if climate["model"] == "trivariate":
        height = (
            f"of position and elevation as its third variable, in which 1 km of height counts as "
            f"{climate['elevation_exaggeration']:g} km; <b>x</b> has three components and there is "
            "no covariate (<var>b</var> = 0)"
        )
        return f"{what} interpolated by a thin-plate smoothing spline {height} {source}:"
    if climate["model"] == "position":
        return (
            f"{what} interpolated by a thin-plate smoothing spline of position alone (<var>b</var> "
            f"= 0), since the heights of the stations do not tell the effect of elevation {source}:"
        )
    return (
        f"{what} interpolated by a partial thin-plate smoothing spline of position <b>x</b> "
        f"with elevation <var>z</var> as linear covariate {source}:"
    )


_INTERPOLATED = {
    "absolute": "Each month was",
    "annual": "Each year was",
    "anomaly": "The climatology of each calendar month, and the departures of each month from it, "
    "were {cai}",
}


def _departures(climate):
    """Normals, departures, and steps of records."""
    ratios, amounts = [], climate["climatology"]["ratio_above"]
    for name in climate["variables"]:
        if VARIABLES[name].departure == "ratio":
            about = VARIABLES[name]
            ratios.append(f"{_names([name])} above {amounts[name] or 0:g} {about.monthly_unit}")
    text = (
        "Stations that open or close must not make a trend. Each station has a normal of each "
        "calendar month for all years of the study; where it lacks years, the departures of its "
        "neighbours in its own years were subtracted. Departures from the normal are differences"
    )
    if ratios:
        text += f", and ratios for {labels.joined(ratios)}"
    policy = climate["homogeneity"]["policy"]
    if policy != "report":
        done = {"exclude": "left out", "split": "split there"}[policy]
        text += (
            ". Stations that step against their neighbours by the standard normal homogeneity test "
            f"{cited('alexandersson')} were {done}"
        )
    return f"{text}. "


def _smoothing(climate):
    """Order, smoothing parameter, transformation."""
    values = climate.get("smoothing_value", {})
    given = ", ".join(f"{_names([name])} {values[name]:g}" for name in values)
    how = _SMOOTHING[climate["smoothing"]].format(
        craven=cited("craven"), wahba=cited("wahba"), values=given
    )
    whose = _WHOSE[climate["common_smoothing"]]
    text = (
        "where <var>J<sub>m</sub></var> is the roughness of order <var>m</var> = "
        f"{climate['order']}. The smoothing <var>λ</var>, {whose}, {how}."
    )
    if climate["smoothing"] == "gcv" and not climate["common_smoothing"]:
        text += _FALLBACK[climate["smoothing_fallback"]].format(
            hutchinson=cited("hutchinson"), wahba=cited("wahba")
        )
    if climate["max_knots"]:
        text += (
            f" The spline has {climate['max_knots']} knots, chosen among the stations so that the "
            f"closest two are far apart {cited('hutchinson')}."
        )
    transformed = False
    for kind, said in _TRANSFORMED.items():
        chosen = [n for n in climate["variables"] if climate["transformation"][n] == kind]
        if chosen:
            transformed = True
            text += f" {labels.sentence(said.format(names=_names(chosen)))}."
    text += _CORRECTED[climate["bias_correction"]] if transformed else ""
    if climate.get("standard_error_years"):
        errors = _ERRORS[climate["standard_error"]].format(block=climate["block_km"])
        text += f" Standard errors are {errors}."
    return text


def _annual(climate):
    """How years follow from months."""
    kinds = {}
    for name in climate["variables"]:
        kinds.setdefault(VARIABLES[name].statistic, []).append(name)
    parts = [f"the {kind} ({_names(names)})" for kind, names in kinds.items()]
    if climate.get("method") == "annual" and climate["source"] != "grids":
        return (
            " Annual fields are those of annual values at stations; months were fitted by "
            "themselves."
        )
    made = "fields" if climate["source"] == "grids" else "surfaces"
    return f" Annual fields are {' or '.join(parts)} of the monthly {made}."
