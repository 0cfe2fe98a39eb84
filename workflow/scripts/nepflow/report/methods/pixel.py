"""The statistics of every pixel, as the methods text tells them.

Each function returns the section (title, blocks), as `text.sections` does.
"""

from nepflow.report.methods import equations
from nepflow.report.methods.references import cited
from nepflow.study import circularity
from nepflow.study.pixel import AUTOCORRELATION, HURST


def _option(options, name):
    """What an option of a registry says, with its works."""
    option = options[name]
    return option.en.sentence.format(**{work: cited(work) for work in option.works})


def _equation(name):
    return "equation", equations.BY_NAME[name][0]


def trend(trend, years):
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
    choice = _option(AUTOCORRELATION, trend.get("autocorrelation", "none"))
    second += f" {choice}" if choice else ""
    if "false_discovery_percent" in trend:
        second += (
            f" What is significant at a false discovery rate of "
            f"{trend['false_discovery_percent']:g} % {cited('benjamini')} stands beside it."
        )
    formulas = [_equation(name) for name in ("sen", "mann_kendall", "variance")]
    return "Trend", [("p", first), *formulas, ("p", second)]


def variability(options):
    """Coefficient of variation and its classes."""
    first = "The variability of a series is its coefficient of variation:"
    divisor = "<var>n</var>" if options["ddof"] == 0 else "<var>n</var> − 1"
    second = (
        f"with the standard deviation <var>σ</var> of divisor {divisor}; it is absent where the "
        f"mean is nearer to zero than {options['min_mean_g_c']:g} g C m⁻² yr⁻¹. "
    )
    if options["breaks"] == "natural":
        second += (
            f"Five classes have natural breaks {cited('fisher')}, found on a sample of at most "
            f"{options['sample']} cells."
        )
    else:
        breaks = ", ".join(f"{value:g}" for value in options["fixed_breaks"])
        second += f"Five classes have the fixed breaks {breaks}."
    return "Interannual variability", [("p", first), _equation("cv"), ("p", second)]


def persistence(persistence):
    """Hurst exponent and its classes with the trend."""
    how = _option(HURST, persistence["method"])
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


def correlation(study):
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
    second += (
        " Series that both have a trend or a memory correlate without any relation. So beside "
        f"every share stands that of {rule['null_draws']} surrogates of each of at least "
        f"{rule['null_pixels']} cells (or all), with the line of the cell’s series and first-order "
        f"autoregressive noise of its memory and scatter {cited('allen_smith')}, against the same "
        "drivers; and the share with the year "
        f"{'free' if rule['detrend'] else 'held constant too'}."
    )
    links = circularity.all_links(study)["nep"]
    texts = dict.fromkeys(link.explanation for link in links if link.driver in circularity.DRIVERS)
    second += (
        f" These correlations partly measure the model: {'; '.join(texts)}. They are therefore "
        "given for NPP alone and for <var>R</var><sub>h</sub> alone too, and drivers that entered "
        "are marked."
    )
    blocks = [("p", first), _equation("partial"), _equation("t_test"), ("p", second)]
    return "Relation with climate", blocks
