"""The methods of a study as a paper would tell them, from its merged settings alone."""

from html import escape

from nepflow import (
    attribution_choices,
    dependence,
    equations,
    methods_attribution,
    methods_climate,
    methods_drivers,
    methods_npp,
    methods_restoration,
    methods_soil,
    methods_zones,
    respiration_models,
)
from nepflow.references import cited, listed

_RESAMPLED = {
    "nearest": "the value at the centre of the cell",
    "bilinear": "bilinear interpolation of valid cells",
    "average": "the mean of valid cells",
    "mode": "the commonest class in the cell",
}
_READINGS = {
    "monthly": "A year is the sum of its twelve months.",
    "annual_once": "Following studies that have annual climate only, the equation was applied "
    "once, to the mean temperature and the precipitation sum of the year; what the equation, "
    "which is monthly, gives as a sum of twelve months stands beside it.",
    "annual_x12": "The equation was applied to annual climate and multiplied by twelve.",
}
_AUTOCORRELATION = {
    "tfpw": "Series were pre-whitened free of trend {yue} before the test.",
    "hamed_rao": "The variance of <var>S</var> was corrected for significant autocorrelation of "
    "the ranks {hamed}.",
}
_HURST = {
    "prefix": "for the expanding prefixes of 3 to <var>n</var> years",
    "prefix_from_2": "for the expanding prefixes of 2 to <var>n</var> years",
    "blocks": "averaged over blocks of equal length",
    "anis_lloyd": "averaged over blocks and divided by what independent normal values give {anis}",
    "differenced": "for the expanding prefixes of the differenced series",
}


def sections(study):
    """Return the sections of the methods.

    Parameters
    ----------
    study : dict
        Merged and completed settings.

    Returns
    -------
    list of (str, list of (str, str))
        Title, and blocks (kind, HTML) of kind ``p`` or ``equation``; values of the settings
        are escaped.
    """
    made = [_data(study), methods_climate.section(study["climate"]), _productivity(study)]
    zones = methods_zones.section(study["zones"])
    made += [zones] if zones else []
    if study["has_trend"]:
        made.append(_trend(study["trend"], study["minimum_years"]))
        made += [_stability(study["stability"])] if "stability" in study else []
        made += [_persistence(study["persistence"])] if "persistence" in study else []
        made += [_correlation(study)] if "correlation" in study else []
        if attribution_choices.variables_of(study):
            made.append(("Climate and the rest", methods_attribution.blocks(study)))
    made += [_change(study)] if study.get("landcover_dates") else []
    made += methods_drivers.sections(study)
    made += methods_restoration.sections(study)
    return [*made, _shares(study)]


def references(made):
    """Return the works that `sections` cite, alphabetically."""
    return listed(" ".join(html for _, blocks in made for _, html in blocks))


def _equation(name):
    html, unit = equations.BY_NAME[name]
    return "equation", html + (f" &nbsp; ({unit})" if unit else "")


def _data(study):
    """Area, grid, NPP and land cover."""
    period = f"{study['years'][0]}–{study['years'][-1]}"
    grid, npp = study["grid"], study["npp"]
    first = methods_npp.source(study, period)
    second = (
        "All layers were brought from the sinusoidal grid of the sensor to one equal-area grid "
        f"(<code>{escape(grid['crs'])}</code>) with cells of {grid['resolution_m']:g} m, "
        f"{'NDVI' if npp['source'] == 'casa' else 'NPP'} by "
        f"{_RESAMPLED[(study['ndvi'] if npp['source'] == 'casa' else npp)['resampling']]}."
    )
    blocks = [("p", first), ("p", second)]
    if study["uses_landcover"]:
        blocks.append(("p", _landcover(study)))
    return "Study area and data", blocks


def _landcover(study):
    classes = "; ".join(
        f"{escape(entry['name'])} ({', '.join(map(str, entry['codes']))})"
        for entry in study["landcover_classes"]
    )
    text = (
        f"Land cover is MCD12Q1 in the classification of the IGBP {cited('friedl')}, by "
        f"{_RESAMPLED[study['landcover']['resampling']]}, joined to (codes in brackets): {classes}."
    )
    for entry in study["landcover"].get("substitute", []):
        text += f" The map of {entry['by']} stands for {entry['year']}, which the product lacks."
    return text


def _productivity(study):
    """NEP and respiration."""
    reading = study["respiration"]["reading"]
    intro = (
        "Net ecosystem productivity (NEP) is NPP less heterotrophic respiration "
        "<var>R</var><sub>h</sub> in every cell and year; positive values are carbon sinks:"
    )
    if study["respiration"]["model"] in respiration_models.SOIL_MODELS:
        made = [("p", intro), _equation("nep"), *methods_soil.blocks(study)]
        return "Net ecosystem productivity", made
    respiration = (
        f"Respiration follows an empirical equation {cited('pei')} for mean temperature "
        "<var>T</var> (°C) and precipitation <var>P</var> (mm) of a month, in which 30 stands for "
        "the days and 46.5 % for the heterotrophic share of soil respiration:"
    )
    after = _READINGS[reading]
    if study["respiration"].get("reason"):
        after += f" The reason for this choice: {escape(study['respiration']['reason'].strip())}."
    blocks = [("p", intro), _equation("nep"), ("p", respiration), _equation("respiration")]
    return "Net ecosystem productivity", [*blocks, ("p", after)]


def _trend(trend, years):
    """Theil-Sen and Mann-Kendall."""
    first = (
        "The slope of a series <var>x</var> over the years <var>t</var> is the median of the "
        f"slopes of all pairs of years {cited('sen')}; its significance is that of the "
        f"Mann–Kendall test {cited('mann', 'kendall')} with corrections for continuity and for "
        "ties of <var>u<sub>g</sub></var> equal values:"
    )
    limits = [trend[f"{name}_z"] for name in ("slightly_significant", "significant")]
    limits.append(trend["extremely_significant_z"])
    second = (
        f"Cells with fewer than {years} years have no trend. The sign of <var>β</var> and "
        f"|<var>Z</var>| above {limits[0]:g}, {limits[1]:g} and {limits[2]:g} give nine classes, "
        "from extremely significant decrease to extremely significant increase."
    )
    choice = _AUTOCORRELATION.get(trend.get("autocorrelation"), "")
    second += " " + choice.format(yue=cited("yue"), hamed=cited("hamed")) if choice else ""
    if "false_discovery_percent" in trend:
        second += (
            f" What is significant at a false discovery rate of "
            f"{trend['false_discovery_percent']:g} % {cited('benjamini')} stands beside it."
        )
    formulas = [_equation(name) for name in ("sen", "mann_kendall", "variance")]
    return "Trend", [("p", first), *formulas, ("p", second)]


def _stability(stability):
    """Coefficient of variation and its classes."""
    first = "The stability of a series is its coefficient of variation:"
    divisor = "<var>n</var>" if stability["ddof"] == 0 else "<var>n</var> − 1"
    second = (
        f"with the standard deviation <var>σ</var> of divisor {divisor}; it is absent where the "
        f"mean is nearer to zero than {stability['smallest_mean_g_c']:g} g C m⁻² yr⁻¹. "
    )
    if stability["breaks"] == "natural":
        second += (
            f"Five classes have natural breaks {cited('fisher')}, found on a sample of at most "
            f"{stability['sample']} cells."
        )
    else:
        breaks = ", ".join(f"{value:g}" for value in stability["fixed_breaks"])
        second += f"Five classes have the fixed breaks {breaks}."
    return "Stability", [("p", first), _equation("cv"), ("p", second)]


def _persistence(persistence):
    """Hurst exponent and its coupling with the trend."""
    how = _HURST[persistence["method"]].format(anis=cited("anis"))
    first = (
        "Persistence is the Hurst exponent <var>H</var> of rescaled range analysis "
        f"{cited('hurst', 'mandelbrot')}, the slope of log <var>R</var>/<var>S</var> over log "
        f"<var>τ</var> {how}:"
    )
    second = (
        "with the standard deviation <var>S</var> of the same years. <var>H</var> above 0.5 "
        "means persistence, below 0.5 the opposite"
    )
    if persistence["tolerance"]:
        second += f", within {persistence['tolerance']:g} of 0.5 neither"
    second += (
        ". In series of this length <var>H</var> exceeds 0.5 without any memory: the share that "
        "white noise and first-order autoregressive noise (coefficient "
        f"{persistence['autoregression']:g}, {persistence['draws']} draws, as long as the series "
        "of the cells) give stands beside ours. The sign of the trend and <var>H</var> give four "
        "classes: persistent increase, increase to decrease, persistent decrease, decrease to "
        "increase."
    )
    return "Persistence", [("p", first), _equation("range"), _equation("hurst"), ("p", second)]


def _correlation(study):
    """Partial correlation, and what of it the model put there."""
    rule, drivers = study["correlation"], study["climate"]["variables"]
    first = (
        "The relation of a variable with each climate driver is its partial correlation, the "
        f"other {len(drivers) - 1} held constant; with three drivers (1 the variable, 2 the "
        "driver, 3 and 4 the others):"
    )
    held = len(drivers) - 1 + bool(rule["detrend"])
    second = (
        f"with <var>k</var> = {held} variables held constant, significant at "
        f"<var>p</var> &lt; {rule['significance_p']:g} (two-sided)."
    )
    if rule["detrend"]:
        second += " The year was held constant too, so that shared trends do not count."
    second += (
        f" What is significant at a false discovery rate of {rule['false_discovery_percent']:g} % "
        f"{cited('benjamini')} stands beside it."
    )
    links = dependence.built_in(study)["nep"]
    texts = dict.fromkeys(link.explanation for link in links if link.driver in dependence.DRIVERS)
    second += (
        f" These correlations partly measure the model: {'; '.join(texts)}. They are therefore "
        "given for NPP alone and for <var>R</var><sub>h</sub> alone too, and drivers that entered "
        "are marked."
    )
    blocks = [("p", first), _equation("partial"), _equation("t_test"), ("p", second)]
    return "Relation with climate", blocks


def _change(study):
    """Transition matrices of land cover."""
    dates = [str(date) for date in study["landcover_dates"]]
    first = (
        f"Land cover of {', '.join(dates[:-1])} and {dates[-1]} was compared cell by cell, each "
        "date with the next and the first with the last. Of each class, gain and loss follow from "
        f"the margins and the diagonal of the transition matrix {cited('pontius')}:"
    )
    second = (
        "Shares are of the area with a class at both dates; the area without one is reported "
        "beside them, and both close to the whole area."
    )
    return "Change of land cover", [("p", first), _equation("swap"), ("p", second)]


def _shares(study):
    """Totals and shares, and what simulated inputs mean."""
    text = (
        "Totals are sums of cell values times the true cell area of the equal-area grid "
        "(Tg C yr⁻¹), over cells with data only. The mean of a region is the mean over its cells "
        "with data in each year, averaged over the years. Shares name what they are shares of, and "
        "close to 100 %."
    )
    blocks = [("p", text)]
    if study["simulated"]:
        note = "All inputs of this study are simulated; the methods are those of real inputs."
        blocks.append(("p", note))
    return "Totals and shares", blocks
