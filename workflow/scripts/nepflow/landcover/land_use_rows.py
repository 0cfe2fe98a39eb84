"""Effects of land-use change -> rows of tidy tables."""

import numpy as np

from nepflow import labels
from nepflow.landcover import land_use_effect

COLUMNS = ["variable", "years", "from_class", "to_class", "quantity", "value", "unit"]
DENSITIES = ["variable", "years", "class", "quantity", "value", "unit"]
NO_DATA = "no productivity data"
NO_CLASS = "no land cover"
CHANGED, SAME = "changed", "unchanged"
_TG, _G = "Tg C yr-1", "g C m-2 yr-1"


def density_rows(names, before, after, cells, areas):
    """Yield the densities of the classes and how much of each class they rest on.

    Parameters
    ----------
    names : list of str
    before, after : ndarray, shape (class,)
        g C m-2 yr-1.
    cells : (ndarray, ndarray), each (class,)
        Area with data in both periods, km2.
    areas : ndarray, shape (class, class)
        Transitions, km2.
    """
    whole = areas.sum(axis=1), areas.sum(axis=0)
    for place, name in enumerate(names):
        yield name, "density_before", before[place], _G
        yield name, "density_after", after[place], _G
        for when, area, known in zip(("before", "after"), whole, cells, strict=True):
            share = 100 * known[place] / area[place] if area[place] else np.nan
            yield name, f"area_{when}", area[place], "km2"
            yield name, f"share_with_data_{when}", share, "% of the area of the class"


def effect_rows(names, areas, before, after, observed, without_class):
    """Yield the rows of every transition that occurs, and of their sums.

    Parameters
    ----------
    names : list of str
    areas : ndarray, shape (class, class)
        km2.
    before, after : ndarray, shape (class,)
        Densities, g C m-2 yr-1; NaN = no data.
    observed : dict of {str: ndarray, shape (class, class)}
        change (Tg C yr-1) and change_area (km2) of cells with data in both periods; beyond_stable
        (Tg C yr-1) and beyond_stable_area (km2).
    without_class : float
        Area without a class in a period, km2.
    """
    parts = land_use_effect.effects(areas, before, after)
    known = np.isfinite(parts["area_effect"])
    everything = np.ones_like(known)
    same = np.eye(len(names), dtype=bool)
    for row, column in np.argwhere(known & (areas > 0)):
        one = np.zeros_like(known)
        one[row, column] = True
        yield from _sums(names[row], names[column], areas, parts, observed, one, before, after)
    for to, chosen in ((CHANGED, ~same), (SAME, same), (labels.REGION, everything)):
        yield from _sums(
            labels.REGION, to, areas, parts, observed, chosen & known, before, after
        )  # fmt: skip
    yield NO_DATA, NO_DATA, "area", areas[~known].sum(), "km2"
    yield NO_CLASS, NO_CLASS, "area", without_class, "km2"


def _sums(source, target, areas, parts, observed, chosen, before, after):
    """Yield the quantities of some transitions together."""
    where = source, target
    yield (*where, "area", areas[chosen].sum(), "km2")
    for name, values in parts.items():
        yield (*where, name, values[chosen].sum(), _TG)
    first = (areas * before[:, None] * 1e-6)[chosen].sum()
    last = (areas * after[None, :] * 1e-6)[chosen].sum()
    yield (*where, "total_before", first, _TG)
    yield (*where, "total_after", last, _TG)
    yield (*where, "total_effect", last - first, _TG)
    yield (*where, "observed_change", observed["change"][chosen].sum(), _TG)
    yield (*where, "observed_area", observed["change_area"][chosen].sum(), "km2")
    for name in ("change", "beyond_stable"):
        area = observed[f"{name}_area"][chosen].sum()
        mean = observed[name][chosen].sum() * 1e6 / area if area else np.nan
        label = "observed_mean_change" if name == "change" else "mean_change_beyond_stable"
        yield (*where, label, mean, _G)
    yield (*where, "beyond_stable_area", observed["beyond_stable_area"][chosen].sum(), "km2")
