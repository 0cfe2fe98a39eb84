"""Kinds of zones: what each computes from its layers, and the names and colours of its codes."""

import json

import numpy as np

from nepflow.io import raster
from nepflow.zones import kinds


def stable_landcover(layers, entry, mem_mb):
    """Class of cells that keep it in enough years; one code for all that change."""
    names = list(raster.classes_of(layers[0]).values())
    colours = list(json.loads(raster.tags_of(layers[0])["colours"]).values())
    changed = len(names) + 1
    return (
        lambda annual: kinds.stable_classes(annual, changed, entry.get("minimum_percent", 100)),
        [list(layers)],
        [*names, "changed"],
        [*colours, "#7f7f7f"],
    )


def sink(layers, entry, mem_mb):
    """Intervals of the mean NEP."""
    cuts = entry["cuts"]
    usual = {3: kinds.SINK_NAMES, 1: kinds.SIGN_NAMES if cuts == [0] else None}
    names = usual.get(len(cuts)) or kinds.interval_names(cuts, "g C m-2 yr-1")
    return lambda mean: kinds.intervals(mean[0], cuts), layers, names, kinds.RAMP[: len(names)]


def aridity(layers, entry, mem_mb):
    """Intervals of precipitation over potential evapotranspiration."""

    def index(precipitation, evaporation):
        with np.errstate(divide="ignore", invalid="ignore"):
            return kinds.intervals(precipitation[0] / evaporation[0], kinds.ARIDITY_CUTS)

    return index, layers, kinds.ARIDITY_NAMES, kinds.RAMP[:5]


def elevation(layers, entry, mem_mb):
    """Intervals of the elevation."""
    names = kinds.interval_names(entry["cuts"], "m")
    return (
        lambda dem: kinds.intervals(dem[0], entry["cuts"]),
        layers,
        names,
        kinds.RAMP[: len(names)],
    )


def crossed(layers, entry, mem_mb):
    """Only pairs that occur get a code."""
    first, second = (raster.classes_of(path) for path in layers)
    width, pairs = max(second), np.empty(0)
    for _, _, (a, b) in raster.blocks(list(layers), mem_mb=mem_mb):
        pair = np.unique(kinds.crossing(a, b, width))
        pairs = np.union1d(pairs, pair[~np.isnan(pair)])
    if not pairs.size:
        raise kinds.BadNames(
            f"zones {entry['name']}: no cell has a zone of both {' and '.join(entry['of'])}. Cross "
            "others."
        )
    places = (pairs.astype("int64") - 1).tolist()
    names = [f"{first[p // width + 1]}, {second[p % width + 1]}" for p in places]

    def renumbered(a, b):
        pair = kinds.crossing(a[0], b[0], width)
        return np.where(np.isnan(pair), np.nan, np.searchsorted(pairs, pair) + 1.0)

    return renumbered, layers, names, None


# kind -> function of (layers, entry, mem_mb) that returns what turns strips of the inputs into
# codes from 1, the inputs, the names of the codes, and their colours or None
KINDS = {
    "stable_landcover": stable_landcover,
    "sink": sink,
    "aridity": aridity,
    "elevation": elevation,
    "crossing": crossed,
}
