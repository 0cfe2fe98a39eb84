"""Effect of land-use change on a total between two multi-year means."""

import numpy as np
from scipy import ndimage

from nepflow import labels

PARTS = ("area_effect", "density_effect", "interaction_effect")


def commonest_class(annual):
    """Return the class that a cell has in most years; of several the lowest code.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Class codes from 1, NaN = none; years without a class are passed over.

    Returns
    -------
    ndarray, shape (y, x)
        NaN where no year has a class.
    """
    known = annual[~np.isnan(annual)]
    most, commonest = np.zeros(annual.shape[1:]), np.full(annual.shape[1:], np.nan)
    for code in np.unique(known):
        count = (annual == code).sum(axis=0)
        commonest = np.where(count > most, code, commonest)
        most = np.maximum(most, count)
    return commonest


def class_densities(values, codes, classes):
    """Return the mean of each class over its cells with data, and the number of these.

    Parameters
    ----------
    values : ndarray
        g C m-2 yr-1, NaN = missing.
    codes : ndarray of int, same shape
        Class from 1 to ``classes``; 0 = none.
    classes : int

    Returns
    -------
    (ndarray, ndarray), each (class,)
        The mean is NaN of a class without data.
    """
    known = np.isfinite(values)
    cells = np.bincount(codes[known], minlength=classes + 1)[1:]
    sums = np.bincount(codes[known], values[known], minlength=classes + 1)[1:]
    return np.divide(sums, cells, out=np.full(classes, np.nan), where=cells > 0), cells


def supported(densities, cells, sizes, min_percent):
    """Return the densities of classes of which enough cells have data, NaN of the others.

    Parameters
    ----------
    densities : ndarray, shape (class,)
    cells, sizes : ndarray, shape (class,)
        Cells with data, and cells or area of the class in the same unit.
    min_percent : float
        Some cells of a class that is masked by the product (barren land, water) have data where
        another map disagrees; they do not stand for the class.
    """
    return np.where(100 * cells >= min_percent * sizes, densities, np.nan)


def effects(areas, before, after):
    """Return what each transition adds to the total, in three parts.

    From class i to class j with the densities d1 and d2 of both periods and the area A:
    area effect ``A (d1_j - d1_i)``, density effect ``A (d2_i - d1_i)``, and their interaction
    ``A [(d2_j - d2_i) - (d1_j - d1_i)]``. Their sum is ``A (d2_j - d1_i)``, and over all
    transitions, those of a class to itself included, the change of the total.

    Parameters
    ----------
    areas : ndarray, shape (class, class)
        km2, from class (row) to class (column).
    before, after : ndarray, shape (class,)
        Densities of the classes in the first and the second period, g C m-2 yr-1.

    Returns
    -------
    dict of {str: ndarray, shape (class, class)}
        `PARTS`, Tg C yr-1; NaN where a density of one of the two classes is.
    """
    first, second = np.asarray(before, dtype="float64"), np.asarray(after, dtype="float64")
    known = np.isfinite(first) & np.isfinite(second)
    first, second = np.where(known, first, np.nan), np.where(known, second, np.nan)
    teragram = np.asarray(areas, dtype="float64") * 1e-6  # km2 times g m-2
    moved = first[None, :] - first[:, None]
    return {
        "area_effect": teragram * moved,
        "density_effect": teragram * np.broadcast_to((second - first)[:, None], moved.shape),
        "interaction_effect": teragram * ((second[None, :] - second[:, None]) - moved),
    }


def beyond_stable(change, before, after, side, least):
    """Return by how much a changed cell changed more than stable cells of its class nearby.

    Parameters
    ----------
    change : ndarray, shape (y, x)
        Of the density between the periods, g C m-2 yr-1; NaN = missing.
    before, after : ndarray of int, shape (y, x)
        Class in both periods; 0 = none. Cells with ``before == after`` are stable.
    side : int
        Side of the square round a cell in which others are nearby, cells, odd.
    least : int
        Stable cells of the class that the square must hold.

    Returns
    -------
    ndarray, shape (y, x)
        g C m-2 yr-1; NaN of stable cells, and where there are too few stable ones.
    """
    known = np.isfinite(change)
    found = np.full(change.shape, np.nan)
    for code in np.unique(before[(before > 0) & (before != after)]):
        stable = known & (before == code) & (after == code)
        cells = np.rint(_square_sum(stable.astype("float64"), side))
        sums = _square_sum(np.where(stable, change, 0.0), side)
        wanted = known & (before == code) & (after != code) & (after > 0) & (cells >= least)
        found[wanted] = change[wanted] - sums[wanted] / cells[wanted]
    return found


def by_transition(values, before, after, classes, cell_km2):
    """Return sum and area of the cells with a value, by transition.

    Parameters
    ----------
    values : ndarray, shape (y, x)
        g C m-2 yr-1, NaN = missing.
    before, after : ndarray of int, shape (y, x)
        Class in both periods; 0 = none.
    classes : int
    cell_km2 : float

    Returns
    -------
    (ndarray, ndarray), each (class, class)
        Tg C yr-1, and km2.
    """
    width = classes + 1
    known = np.isfinite(values) & (before > 0) & (after > 0)
    pairs = before[known] * width + after[known]
    sums = np.bincount(pairs, values[known], width**2).reshape(width, width)[1:, 1:]
    cells = np.bincount(pairs, minlength=width**2).reshape(width, width)[1:, 1:]
    return sums * cell_km2 * 1e-6, cells * cell_km2


def _square_sum(values, side):
    return ndimage.uniform_filter(values, side, mode="constant") * side**2


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
    parts = effects(areas, before, after)
    known = np.isfinite(parts["area_effect"])
    everything = np.ones_like(known)
    same = np.eye(len(names), dtype=bool)
    for row, column in np.argwhere(known & (areas > 0)):
        one = np.zeros_like(known)
        one[row, column] = True
        yield from _sums(names[row], names[column], areas, parts, observed, one, before, after)
    for to, chosen in ((CHANGED, ~same), (SAME, same), (labels.REGION, everything)):
        yield from _sums(labels.REGION, to, areas, parts, observed, chosen & known, before, after)
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
