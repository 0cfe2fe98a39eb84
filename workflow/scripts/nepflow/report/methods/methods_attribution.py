"""What the methods text says of climate and the rest in trends."""

from nepflow import labels
from nepflow.report.methods import equations
from nepflow.study.attribution import POOLED, variables_of

_CLAIMS = {
    "residual": "the regression on the drivers alone",
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
        f"The least-squares trend of {names} was split into what {listed} explain and the rest, "
        "which add:"
    )
    second = (
        "The coefficients <var>b<sub>i</sub></var> come from three regressions: on the drivers "
        "(whose residuals are the usual estimate), on the drivers and the year, and of differences "
        f"from year to year. Numbers are claimed from {_CLAIMS[rule['claim']]}; the others stand "
        f"beside it. {_bias(rule)}"
    )
    third = (
        "By the signs of the three slopes a cell is one of six cases; a factor dominates with more "
        f"than {rule['dominance_percent']:g} % of a trend significant at <var>p</var> &lt; "
        f"{rule['significance_p']:g}. Beside every share of cells stands that of "
        f"{rule['null_draws']} surrogates of each of at most {rule['null_pixels']} cells, which "
        f"follow climate and first-order autoregressive noise only. {_intervals(rule)}The rest "
        "holds human activity, but also CO₂, nitrogen, fire, recovery and the errors of the models "
        "of productivity and respiration."
    )
    html, _ = equations.BY_NAME["attribution"]
    return [("p", first), ("equation", html), ("p", second), ("p", third)]


def _bias(rule):
    """The bias of the residual method, and where the coefficients come from.

    Its formula is that of regressions over all the years that slopes are taken of.
    """
    if not rule["calibration"]:
        return (
            "The bias of the first, −<var>h</var> <var>R</var><sup>2</sup> with the "
            "trend <var>h</var> of the rest and the share <var>R</var><sup>2</sup> of the year’s "
            "variance that the drivers explain, is mapped. "
        )
    first, last = rule["calibration"]
    pooled = ", one set for all cells of a land-cover class with an intercept of every cell"
    pooled = pooled if rule.get("pooling") == POOLED else ""
    return (
        f"Coefficients are those of {first}–{last}{pooled}; the trend of the rest by the first "
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
