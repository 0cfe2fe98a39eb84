"""Zones from layers: stable classes, intervals, crossings."""

import json
from itertools import pairwise

import numpy as np

from nepflow.io import raster
from nepflow.io.vectors import BadNames
from nepflow.study import zones as study_zones
from nepflow.study.zones import class_names, cuts_of

RAMP = (
    "#8c510a",
    "#d8b365",
    "#f6e8c3",
    "#c7eae5",
    "#5ab4ac",
    "#01665e",
    "#003c30",
    "#4d4d4d",
)
COLD = "#bdbdbd"  # of cold land, beside the ramp from dry to humid


def stable_classes(annual, changed, min_percent=100):
    """Return the class that a cell has in most years, or ``changed`` where it is too seldom.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Class codes, NaN = none; years without a class are passed over.
    changed : int
        Code of cells that change.
    min_percent : float
        Share of the years that the class must have, more than half; 100 is every year. Annual
        maps flicker, so that every year is a strict demand.

    Returns
    -------
    ndarray, shape (y, x)
        NaN where no year has a class.
    """
    years = (~np.isnan(annual)).sum(axis=0)
    classes = np.where(years > 0, float(changed), np.nan)
    for code in np.unique(annual[~np.isnan(annual)]):
        count = (annual == code).sum(axis=0)
        classes = np.where((years > 0) & (100 * count >= min_percent * years), code, classes)
    return classes


def intervals(values, cuts):
    """Return the interval, from 1, of each value; a cut belongs to the interval above it."""
    codes = 1.0 + np.searchsorted(np.asarray(cuts, dtype="float64"), values, side="right")
    return np.where(np.isnan(values), np.nan, codes)


def interval_names(cuts, unit):
    """Return names such as ``below 1000 m``, ``1000-2000 m``, ``from 2000 m``."""
    texts = [f"{cut:.12g}" for cut in cuts]  # with fewer digits two intervals may be one text
    between = [f"{low}-{high} {unit}" for low, high in pairwise(texts)]
    return [f"below {texts[0]} {unit}", *between, f"from {texts[-1]} {unit}"]


def names_of(entry):
    """Return the names of the classes between the limits of zones, the kind's own if it has any."""
    unit = study_zones.KINDS[entry["kind"]].unit
    return class_names(entry) or interval_names(cuts_of(entry), unit)


def crossing(first, second, classes_of_second):
    """Return one code, from 1, for each pair of codes; NaN where either is.

    ``(a - 1) * classes_of_second + b``
    """
    return (first - 1) * classes_of_second + second


def stable_landcover(layers, entry, mem_mb):
    """Class of cells that keep it in enough years; one code for all that change."""
    names = list(raster.classes_of(layers[0]).values())
    colours = list(json.loads(raster.tags_of(layers[0])["colours"]).values())
    changed = len(names) + 1
    return (
        lambda annual: stable_classes(annual, changed, entry.get("min_percent", 100)),
        [list(layers)],
        [*names, "changed"],
        [*colours, "#7f7f7f"],
    )


def by_cuts(layers, entry, mem_mb):
    """Intervals of a layer between the cuts of the zones, or of their kind."""
    names = names_of(entry)
    return lambda layer: intervals(layer[0], cuts_of(entry)), layers, names, RAMP[: len(names)]


def aridity(layers, entry, mem_mb):
    """Intervals of precipitation over potential evapotranspiration, and cold land beside them."""
    names = names_of(entry)

    def index(precipitation, evaporation):
        rain, potential = precipitation[0], evaporation[0]
        with np.errstate(divide="ignore", invalid="ignore"):
            codes = intervals(rain / potential, cuts_of(entry))
        cold = np.isfinite(rain) & (potential < study_zones.COLD_PET_MM)
        return np.where(cold, float(len(names)), codes)

    return index, layers, names, (*RAMP[: len(names) - 1], COLD)


def crossed(layers, entry, mem_mb):
    """Only pairs that occur get a code."""
    first, second = (raster.classes_of(path) for path in layers)
    width, pairs = max(second), np.empty(0)
    for _, _, (a, b) in raster.blocks(list(layers), mem_mb=mem_mb):
        pair = np.unique(crossing(a, b, width))
        pairs = np.union1d(pairs, pair[~np.isnan(pair)])
    if not pairs.size:
        raise BadNames(
            f"zones {entry['name']}: no cell has a zone of both {' and '.join(entry['of'])}. Cross "
            "others."
        )
    places = (pairs.astype("int64") - 1).tolist()
    names = [f"{first[p // width + 1]}, {second[p % width + 1]}" for p in places]

    def renumbered(a, b):
        pair = crossing(a[0], b[0], width)
        return np.where(np.isnan(pair), np.nan, np.searchsorted(pairs, pair) + 1.0)

    return renumbered, layers, names, None


# kind -> function of (layers, entry, mem_mb) that returns what turns strips of the inputs into
# codes from 1, the inputs, the names of the codes, and their colours or None
KINDS = {
    "stable_landcover": stable_landcover,
    "sink": by_cuts,
    "aridity": aridity,
    "isohyets": by_cuts,
    "elevation": by_cuts,
    "crossing": crossed,
}
