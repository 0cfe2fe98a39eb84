"""Periods between which the effect of land-use change is counted.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study.figures import BadStudy


def quantities_of(study):
    """Return the quantities whose effect is counted; none where a study gives none."""
    return study.get("land_use_effect", {}).get("quantities", [])


def periods_of(study, years):
    """Return the years of both periods: those given, otherwise the first and the last years."""
    options = study["land_use_effect"]
    given = options.get("periods")
    if given:
        return [[year for year in years if low <= year <= high] for low, high in given]
    return [years[: options["years"]], years[-options["years"] :]]


def check(study, years, file):
    """Refuse periods that overlap or lack years, and figures of what is not counted.

    Raises
    ------
    BadStudy
    """
    wanted = quantities_of(study)
    for figure in study.get("figures", []):
        if figure["kind"] == "land_use" and figure.get("quantity") not in wanted:
            raise BadStudy(
                f"{file}: figure {figure['name']} shows the land-use effect on "
                f"{figure.get('quantity')}, which is not counted. Add it to "
                "land_use_effect: {quantities: [...]}."
            )
    if not wanted:
        return
    first, last = periods_of(study, years)
    least = study["land_use_effect"]["minimum_years"]
    if min(len(first), len(last)) < least or first[-1] >= last[0]:
        raise BadStudy(
            f"{file}: land_use_effect compares {len(first)} years ({first}) with {len(last)} "
            f"({last}); both need {least} years, and the second must begin after the first ends. "
            "Change land_use_effect: {years: ...} or {periods: [[...], [...]]}."
        )
