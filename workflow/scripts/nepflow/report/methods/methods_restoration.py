"""What the methods text says of the response to restoration."""

from nepflow.report.methods.references import cited
from nepflow.study import restoration


def sections(study):
    """Return the section of a study that names projects, as `methods_text.sections` does."""
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
        f"{rule['minimum_projects']} projects on as many placebo projects on untreated land. "
        "Trends of treated land that differ for other reasons are hardly seen in few years "
        "before: what lies beyond the trend before, with its wider interval, stands beside the "
        "effect. Stages have least-squares slopes and the change points of a rank test "
        f"{cited('pettitt')}; both hold climate as well."
    )
