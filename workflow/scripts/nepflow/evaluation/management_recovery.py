"""Planted trends and effects of a twin beside what a study finds of them, as rows of a table."""

import numpy as np

from nepflow.attribution.attribution import DOMINANT

COLUMNS = ["of", "how", "quantity", "statistic", "value", "unit"]
TRULY = {"climate": "climate", "rest": "human"}  # of the study -> of the truth
SLOPE, DENSITY = "g C m-2 yr-2", "g C m-2 yr-1"


def trend_rows(found, truth):
    """Return rows of the mean trend by climate and by the rest, and of the share of the rest.

    The area where people add more than climate stands beside that where the rest dominates.

    Parameters
    ----------
    found : pandas.DataFrame
        method, of, quantity, value: the attribution of NEP.
    truth : pandas.DataFrame
        variable, of, quantity, value.
    """
    true = truth.set_index(["variable", "of", "quantity"])["value"]
    value = found.set_index(["method", "of", "quantity"])["value"]
    rows = []
    for method in dict.fromkeys(found["method"]):
        for ours, theirs in TRULY.items():
            key = ours, method, "mean trend of nep"
            rows.append((*key, "true", true["nep", theirs, "mean_slope"], SLOPE))
            rows += _with_ends(key, value, (method, ours, "mean_slope"), SLOPE)
        key = "rest", method, "share of the mean trend of nep"
        rows.append((*key, "true", true["nep", "human", "share"], "%"))
        rows += _with_ends(key, value, (method, "rest", "trend_share"), "%")
        key = "rest", method, "share of the determined area that it dominates"
        rows.append((*key, "true", true["nep", "human", "dominant_area"], "%"))
        rows.append((*key, "found", value[method, DOMINANT[3], "dominant_share"], "%"))
    return rows


def _with_ends(key, value, place, unit):
    """Yield the number found and the ends of its interval, where it has one."""
    yield (*key, "found", value[place], unit)
    for end in ("low", "high"):
        name = (*place[:2], f"{place[2]}_{end}")
        if name in value.index:
            yield (*key, end, value[name], unit)


def effect_rows(found, truth, projects, first_start):
    """Return rows of the effect of each measure and its rank.

    Parameters
    ----------
    found : pandas.DataFrame
        measure, quantity, of, value: the effects of the study.
    truth : pandas.DataFrame
        project, measure, start_year, quantity, value; mean_effect counts.
    projects : pandas.DataFrame
        project, cells; the true effect of a measure is the mean of its cells.
    first_start : int
        Projects that start earlier cannot be compared.
    """
    cells = projects.set_index("project")["cells"]
    known = truth[(truth["quantity"] == "mean_effect") & (truth["start_year"] >= first_start)]
    known = known[known["project"].map(cells).fillna(0) > 0]
    true = {
        measure: np.average(rows["value"], weights=rows["project"].map(cells))
        for measure, rows in known.groupby("measure")
    }
    # traits have rows of one quantity each, so that pairs are not unique; those wanted are
    value = dict(
        zip(zip(found["measure"], found["quantity"], strict=True), found["value"], strict=True)
    )
    how = found[found["quantity"] == "effect"].set_index("measure")["of"]
    order = sorted(true, key=true.get, reverse=True)
    rows = []
    for rank, measure in enumerate(order, start=1):
        if measure not in how:
            continue
        key = measure, how[measure], "mean effect on nep"
        rows.append((*key, "true", true[measure], DENSITY))
        ends = (("found", "effect"), ("low", "effect_low"), ("high", "effect_high"))
        for statistic, name in ends:
            rows.append((*key, statistic, value[measure, name], DENSITY))
        key = measure, how[measure], "rank of the effect"
        rows.append((*key, "true", rank, "1 = largest effect"))
        rows.append((*key, "found", value[measure, "rank"], "1 = largest effect"))
    return rows
