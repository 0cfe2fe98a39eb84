"""The methods of what drives a variable: joint climate, land-use change, detectors."""

from nepflow import labels
from nepflow.report.methods import equations
from nepflow.report.methods.references import cited
from nepflow.study import detector, landcover, restoration
from nepflow.study.attribution import POOLED, variables_of

_SURROGATES = {
    "shift": "moved by one random vector on the torus of the map and its mirror images, so that "
    "there is no seam",
    "blocks": "cut into square blocks of {block_cells} cells whose places are exchanged at random",
}


def sections(study):
    """Return the sections that apply, as `text.sections` does."""
    made = []
    if study["has_trend"] and study.get("correlation", {}).get("multiple"):
        made.append(_joint(study))
    if "land_use_effect" in study and landcover.quantities_of(study):
        made.append(_land_use(study))
    return [*made, _detector(study)] if study.get("detectors") else made


def _equation(name):
    return "equation", equations.BY_NAME[name][0]


def _joint(study):
    """Multiple correlation and dominant combinations."""
    drivers = study["climate"]["variables"]
    names = [labels.quantity_name(name).lower() for name in drivers]
    first = (
        f"What {', '.join(names[:-1])} and {names[-1]} explain together is their multiple "
        "correlation with the variable, tested by <var>F</var>:"
    )
    level = study["correlation"]["significance_p"]
    second = (
        f"for <var>k</var> = {len(drivers)} drivers and <var>n</var> years. Where <var>F</var> is "
        f"not significant at {level:g} a cell is called non-climatic; otherwise it has the "
        f"combination of the drivers whose partial correlation is significant at {level:g}, or is "
        "called weak joint where none is. Tests of many cells find some combinations by chance."
    )
    return "Dominant climate drivers", [("p", first), _equation("joint"), ("p", second)]


def _land_use(study):
    """Area, density and interaction effect of land-use change."""
    options = study["land_use_effect"]
    first_years, last_years = (f"{y[0]}–{y[-1]}" for y in study["land_use_periods"])
    first = (
        f"The change of a total between the means of {first_years} and {last_years}, with the "
        "commonest land cover of each, is divided among the transitions from class <var>i</var> "
        "to class <var>j</var>, of area <var>A</var>, by the mean densities <var>d</var> of the "
        "classes in both periods:"
    )
    absent = {
        "separate": "Transitions from or to classes without productivity data stand apart with "
        "their area",
        "zero": "Classes without productivity data count zero",
    }[options["absent_density"]]
    absent += f", as do those with data in less than {options['min_data_percent']:g} % of them."
    second = (
        "that is by an area effect, a density effect and their interaction. Over all transitions, "
        f"unchanged cells included, they sum to the change of the total. {absent} Beside them "
        "stand the observed change of the cells, and how much more changed cells changed than at "
        f"least {options['min_stable_cells']} cells within a square of "
        f"{options['neighbourhood_km']:g} km that kept the class. Densities of classes carry "
        "climate and place along: only the last of these compares like with like. "
        f"{landcover.CHANGES} {cited('sulla')}; cells of which two classes have "
        "about half each add to them."
    )
    return "Effect of land-use change", [("p", first), _equation("land_use"), ("p", second)]


def _detector(study):
    """Strata, q, p and what is wrong with the published p."""
    options = study["detector"]
    methods = ", ".join(options["methods"])
    classes = f"{min(options['classes'])} to {max(options['classes'])}"
    first = (
        "How much of the variance of a layer lies between the strata of a factor is the statistic "
        f"<var>q</var> of the geographical detector {cited('wang')}:"
    )
    second = (
        f"Continuous factors were divided into {classes} classes ({methods}), and the division "
        f"with the largest <var>q</var> was taken {cited('song')}; the table of all divisions is "
        "given, since more classes tend to give a larger <var>q</var>. Cells with every factor "
        "count"
    )
    second += f", at most {options['sample']} of them, evenly spread." if options["sample"] else "."
    moved = _SURROGATES[options["surrogates"]].format(**options)
    third = (
        "Neighbouring cells are alike, so that permuting cells would find every factor "
        f"significant. Our <var>p</var> is the share among {options['draws']} surrogates, the "
        f"variable {moved} {cited('lotwick')}, for which the best division explains at least as "
        "much. Absent cells have the value of the nearest cell while it is moved."
    )
    fourth = (
        f"The usual test by a non-central <var>F</var> {cited('zhang')} stands in the tables as "
        "published only, with the variance over <var>N</var> − 1 and over <var>N</var>:"
    )
    fifth = (
        "Its <var>λ</var> holds the means of strata without weights, so that this <var>p</var> "
        "changes when a constant is added to the variable, and it takes cells as independent. "
        "Pairs of factors are compared by the <var>q</var> of their overlay, which is never below "
        "that of either: enhancement is nearly certain by construction. Strata are compared by "
        "Welch’s test and factors by the ratio of squares within (two-sided), both as if cells "
        f"were independent. {_built_in(study)}"
    )
    blocks = [("p", first), _equation("q"), ("p", second), ("p", third), ("p", fourth)]
    return "Geographical detector", [*blocks, _equation("noncentral"), ("p", fifth.strip())]


def _built_in(study):
    """Say which factors entered, if any did."""
    entered = {
        factor["name"].replace("_", " ")
        for entry in study["detectors"]
        for factor in entry["factors"]
        if detector.shared_inputs_how(study, entry, factor)
    }
    if not entered:
        return ""
    return (
        f"Factors that entered what they explain ({', '.join(sorted(entered))}) are marked, and "
        "what explains NPP alone stands beside what explains NEP."
    )


_CLAIMS = {
    "restrend": "the regression on the drivers alone",
    "joint": "the regression on the drivers and the year",
    "first_difference": "the regression of differences from year to year",
}


def blocks(study):
    """Return blocks (kind, HTML) on the attribution of trends.

    Parameters
    ----------
    study : dict
        Merged settings of a study with attribution.variables.
    """
    rule, drivers = study["attribution"], study["climate"]["variables"]
    names = " and ".join(labels.variable_name(name) for name in variables_of(study))
    listed = ", ".join(labels.variable_name(name).lower() for name in drivers)
    first = (
        f"The least-squares trend of {names} was split into what {listed} explain and the "
        "residual, which add:"
    )
    second = (
        "The coefficients <var>b<sub>i</sub></var> come from three regressions: on the drivers "
        "(whose residuals are the usual estimate), on the drivers and the year, and of differences "
        f"from year to year. Numbers are claimed from {_CLAIMS[rule['main_method']]}; the others "
        f"stand beside it. {_bias(rule)}"
    )
    third = (
        "By the signs of the three slopes a cell is one of six cases; a factor dominates with more "
        f"than {rule['dominance_percent']:g} % of a trend significant at <var>p</var> &lt; "
        f"{rule['significance_p']:g}, of as many independent years as its years are worth "
        f"{cited('santer')}. Beside every share of cells stands that of "
        f"{rule['null_draws']} surrogates of each of at most {rule['null_pixels']} cells, which "
        f"follow climate and first-order autoregressive noise only. {_intervals(rule)}The residual "
        "holds human activity, but also CO₂, nitrogen, fire, recovery and the errors of the models "
        "of productivity and respiration."
    )
    html, _ = equations.BY_NAME["attribution"]
    return [("p", first), ("equation", html), ("p", second), ("p", third)]


def _bias(rule):
    """The bias of RESTREND, and where the coefficients come from.

    Its formula is that of regressions over all the years that slopes are taken of.
    """
    if not rule["calibration"]:
        return (
            "The bias of the first, −<var>h</var> <var>R</var><sup>2</sup> with the "
            "trend <var>h</var> of the residual and the share <var>R</var><sup>2</sup> of the "
            "year’s variance that the drivers explain, is mapped. "
        )
    first, last = rule["calibration"]
    pooled = ", one set for all cells of a land-cover class with an intercept of every cell"
    pooled = pooled if rule.get("pooling") == POOLED else ""
    return (
        f"Coefficients are those of {first}–{last}{pooled}; the trend of the residual by the first "
        "less that by the second is mapped as its bias. "
    )


def _intervals(rule):
    if rule.get("pooling") == POOLED:
        return ""
    return (
        f"Intervals ({rule['confidence_percent']:g} %) of mean slopes and of their shares take the "
        "years, not the cells, for the sample: the noise of the mean series about its regression "
        "on drivers and year is a first-order autoregression whose memory is weighed by its "
        "likelihood. They hold no error of the drivers, and not the bias of the first regression. "
    )


def restoration_sections(study):
    """Return the section of a study that names projects, as `text.sections` does."""
    if not restoration.is_wanted(study):
        return []
    rule = study["restoration"]
    parts = [("p", _effects(rule)), ("p", _uncertainty(rule))]
    return [("Response to restoration", parts)]


def _effects(rule):
    years = rule["base_years"] + rule["match_years"]
    alike = "the same land cover, " if rule["match_landcover"] else ""
    border = "Cells that the border of a project crosses count for none. "
    border = border if rule.get("whole_cells") else ""
    return (
        f"Effects of restoration are group-time effects {cited('callaway')}: the change of NEP "
        f"since the {rule['base_years']} years before the start of a project, less that of "
        f"untreated land more than {rule['buffer_km']:g} km from any project. Projects are "
        "compared with patches of untreated land of like size, each with the "
        f"{rule['neighbours']} nearest in {alike}climate, elevation, and mean and trend of NEP "
        "before the years that the change counts from; what these explain further is removed by "
        f"regression {cited('abadie')}. {border}Projects with fewer than {years} years before "
        "them are not compared."
    )


def _uncertainty(rule):
    return (
        f"Intervals ({rule['confidence_percent']:g} %) rest on {rule['draws']} resamples of "
        "whole projects and of squares of controls; for measures with fewer than "
        f"{rule['min_projects']} projects on as many placebo projects on untreated land. "
        "Trends of treated land that differ for other reasons are hardly seen in few years "
        "before: what lies beyond the trend before, with its wider interval, stands beside the "
        "effect. Stages have least-squares slopes and the change points of a rank test "
        f"{cited('pettitt')}; both hold climate as well."
    )
