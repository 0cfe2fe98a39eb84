"""Recovery of a known truth: shares, changes, signs, trends and effects."""

import math

import numpy as np

from nepflow import labels
from nepflow.attribution.attribution import DOMINANT
from nepflow.landcover import land_use_effect
from nepflow.landcover.land_use_effect import CHANGED, SAME


class Tally:
    """Cells counted block by block, and their shares as rows of a table."""

    def __init__(self):
        self.counts = {}

    def add(self, key, hits, known):
        """Count ``hits`` (boolean) among the ``known`` cells (boolean) under ``key``."""
        total = self.counts.setdefault(key, np.zeros(2))
        total += np.sum(hits & known), np.sum(known)

    def compare(self, quantity, of, true, found, both):
        """Count the true share, the recovered one and the agreement where ``both`` is a number."""
        known = np.isfinite(both)
        self.add((quantity, of, "true share"), true, known)
        self.add((quantity, of, "recovered share"), found, known)
        self.add((quantity, of, "cells that agree"), true == found, known)

    def rows(self):
        """Yield quantity, of, statistic, value, unit; NaN where no cell was known."""
        for key, (hits, known) in self.counts.items():
            yield *key, 100 * hits / known if known else np.nan, "%"


def count_classes(tally, dates, true, mapped, classes):
    """Count the shares of classes at each date, and the change from the first to the last.

    Parameters
    ----------
    tally : Tally
    dates : list of int
    true, mapped : ndarray, shape (date, y, x)
        Class numbers from 1; NaN = missing.
    classes : list of dict
        With ``name``, in the order of their numbers.
    """
    both = true + mapped
    for date, here, there, known in zip(dates, true, mapped, both, strict=True):
        for number, entry in enumerate(classes, start=1):
            name = f"{entry['name']}, {date}"
            tally.compare("land cover", name, here == number, there == number, known)
        tally.add(("land cover", str(date), "cells that agree"), here == there, np.isfinite(known))
    changed = [layers[0] != layers[-1] for layers in (true, mapped)]
    tally.compare("land cover", f"changed, {dates[0]}-{dates[-1]}", *changed, both[0] + both[-1])


def count_signs(tally, names, true_r, true_p, found, significance_p):
    """Count positive correlations, and agreeing signs where the true one is significant.

    Parameters
    ----------
    tally : Tally
    names : list of str
        Drivers.
    true_r, true_p : ndarray, shape (driver, y, x)
        Correlation of the true variables and its p.
    found : list of ndarray (y, x)
        Correlation that the study estimates.
    significance_p : float
    """
    for name, r, p, estimate in zip(names, true_r, true_p, found, strict=True):
        of = positive_with(name)
        tally.compare("partial correlation of npp", of, r > 0, estimate > 0, r + estimate)
        known = np.isfinite(r + estimate) & (p < significance_p)
        key = ("partial correlation of npp", of, "cells that agree where truly significant")
        tally.add(key, (r > 0) == (estimate > 0), known)


def positive_with(driver):
    """The name of rows on the sign of the correlation with a driver."""
    return f"positive with {driver}"


def count_order(true, found, margin):
    """Return how many pairs stand clearly apart in truth, and how many of them keep their order.

    Parameters
    ----------
    true, found : sequence of float
        Such as the q of each factor; NaN = unknown.
    margin : float
        Difference of the true values from which a pair has an order.
    """
    pairs = [
        (true[i] - true[j], found[i] - found[j])
        for i in range(len(true))
        for j in range(i)
        if abs(true[i] - true[j]) >= margin
    ]
    return len(pairs), sum(planted * seen > 0 for planted, seen in pairs)


COLUMNS = ["of", "how", "quantity", "statistic", "value", "unit"]
TRULY = {"climate": "climate", "residual": "human"}  # of the study -> of the truth
SLOPE, DENSITY = "g C m-2 yr-2", "g C m-2 yr-1"


def trend_rows(found, truth):
    """Return rows of the mean trend by climate and by the residual, and of the latter's share.

    The area where people add more than climate stands beside that where the residual dominates.

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
        key = "residual", method, "share of the mean trend of nep"
        rows.append((*key, "true", true["nep", "human", "share"], "%"))
        rows += _with_ends(key, value, (method, "residual", "trend_share"), "%")
        key = "residual", method, "share of the determined area that it dominates"
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


_TG, _KM2, _G = "Tg C yr-1", "km2", "g C m-2 yr-1"


def true_effects(first, last, planted, before, after, classes, cell_km2, options):
    """Return the quantities of `land_use_effect.effect_rows` that a truth has, and what it planted.

    Parameters
    ----------
    first, last : ndarray, shape (y, x)
        True means of both periods, g C m-2 yr-1, NaN = missing.
    planted : ndarray, shape (y, x)
        What the change of land between the periods adds to ``last - first``: the difference to
        a world without it.
    before, after : ndarray of int, shape (y, x)
        True class of both periods, 0 = none.
    classes : int
    cell_km2 : float
    options : dict
        min_data_percent, absent_density.

    Returns
    -------
    dict of {(str, str): (float, str)}
        By transitions and quantity: value and unit. ``planted_effect`` is a sum,
        ``mean_change_beyond_stable`` the mean of what is planted in the cells concerned.
    """
    change = last - first
    _, areas = land_use_effect.by_transition(
        np.zeros(first.shape), before, after, classes, cell_km2
    )
    observed, _ = land_use_effect.by_transition(change, before, after, classes, cell_km2)
    effect, held = land_use_effect.by_transition(planted, before, after, classes, cell_km2)
    densities = [
        _densities(np.where(np.isnan(change), np.nan, values), codes, classes, options)
        for values, codes in ((first, before), (last, after))
    ]
    parts = land_use_effect.effects(areas, *densities)
    known, same = np.isfinite(parts["area_effect"]), np.eye(classes, dtype=bool)
    found = {}
    for of, chosen in ((CHANGED, ~same), (SAME, same), (labels.REGION, same | ~same)):
        chosen = chosen & known
        values = {"area": (areas[chosen].sum(), _KM2)}
        values |= {name: (part[chosen].sum(), _TG) for name, part in parts.items()}
        values["total_effect"] = sum(part[chosen].sum() for part in parts.values()), _TG
        values["observed_change"] = observed[chosen].sum(), _TG
        values["planted_effect"] = effect[chosen].sum(), _TG
        area = held[chosen].sum()
        mean = effect[chosen].sum() * 1e6 / area if area else np.nan
        values["mean_change_beyond_stable"] = mean, _G
        found |= {(of, name): value for name, value in values.items()}
    return found


def _densities(values, codes, classes, options):
    """Densities as the study counts them."""
    density, cells = land_use_effect.class_densities(values, codes, classes)
    sizes = np.bincount(codes.ravel(), minlength=classes + 1)[1:]
    density = land_use_effect.supported(density, cells, sizes, options["min_data_percent"])
    return np.nan_to_num(density) if options["absent_density"] == "zero" else density


FACTORS = ["variable", "factor", "quantity", "value", "unit"]
LAND_USE = ["variable", "transitions", "quantity", "value", "unit"]
CLEAR_DIFFERENCE = 0.1  # of q, from which two factors have an order; see docs/methods.md


def factor_rows(names, true, found, cells):
    """Yield both q of each factor, and how many of the clear pairs keep their order.

    Parameters
    ----------
    names : list of str
    true, found : sequence of float, one a factor
        q of the truth and of the study's layers, at the same cells.
    cells : int
    """
    for name, planted, seen in zip(names, true, found, strict=True):
        yield name, "true_q_statistic", planted, "1"
        yield name, "recovered_q_statistic", seen, "1"
    pairs, kept = count_order(true, found, CLEAR_DIFFERENCE)
    yield labels.REGION, "pairs_clearly_apart", pairs, "pairs"
    yield labels.REGION, "clear_pairs_in_order", 100 * kept / pairs if pairs else math.nan, "%"
    yield labels.REGION, "cells", cells, "cells"


def land_use_rows(true, recovered):
    """Yield true and recovered values of the quantities that both have.

    Parameters
    ----------
    true : dict of {(transitions, quantity): (float, str)}
        Values with their units.
    recovered : dict of {(transitions, quantity): float}
    """
    for (of, quantity), (value, unit) in true.items():
        yield of, f"true_{quantity}", value, unit
        if (of, quantity) in recovered:
            yield of, f"recovered_{quantity}", recovered[of, quantity], unit
