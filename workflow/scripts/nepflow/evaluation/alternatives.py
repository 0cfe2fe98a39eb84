"""Rows of the options of one choice, from the layers that it affects.

Each function takes layers (lists of paths by name), options, the study and memory in MB, and
yields (option, whether it is the study's, quantity, value, unit).
"""

import numpy as np

from nepflow.evaluation import specification
from nepflow.io import raster


def respiration(layers, options, study, mem_mb):
    """NPP, where the study has NEP, minus Rh of every reading or model."""
    for reading, path in zip(options, layers["rh"], strict=True):
        blocks = raster.blocks([*layers["npp"], path], mem_mb=mem_mb)
        strips = (npp - rh for _, _, (npp, rh) in blocks)
        for row in specification.headline(strips, study["years"], study):
            yield reading, reading == study["respiration_variant"], *row


def year_2000(layers, options, study, mem_mb):
    """The cube with and without its first year, 2000, and with that year from other NPP.

    ``layers`` holds NPP of 2000 by the name of each option that the study does not choose.
    """
    for option in options:
        chosen = option in ("kept", study["npp"]["year_2000"])
        first = int(option == "drop")
        other = [*layers[option], *layers["rh"]] if option in layers else []
        blocks = raster.blocks([*layers["nep"], *other], mem_mb=mem_mb, years=raster.ANY)
        strips = (_from_2000(nep[first:], *npp_and_rh) for _, _, (nep, *npp_and_rh) in blocks)
        for row in specification.headline(strips, study["years"][first:], study):
            yield option, chosen, *row


def _from_2000(nep, npp=None, rh=None):
    """NEP, its first year from other NPP where that is given."""
    if npp is not None:
        nep[0] = npp[0] - rh[0]
    return nep


def filled(layers, options, study, mem_mb):
    """The cube without the years of pixels whose season was filled more than ``options`` %."""
    for limit in (100, options):
        strips = (
            np.where(qc > limit, np.nan, nep)
            for _, _, (nep, qc) in raster.blocks([*layers["nep"], layers["qc"]], mem_mb=mem_mb)
        )
        name = "all" if limit == 100 else f"without years filled above {limit:g} %"
        for row in specification.headline(strips, study["years"], study):
            yield name, limit == 100, *row


def whole(paths, mem_mb):
    """Whole pixels of layers, without those that no layer has: (layer or year, 1, pixel)."""
    strips = raster.blocks(list(paths), mem_mb=mem_mb)
    parts = [[layer.reshape(len(layer), -1) for layer in strip] for _, _, strip in strips]
    kept = [[layer[:, ~np.isnan(part[0]).all(axis=0)] for layer in part] for part in parts]
    return [np.concatenate(columns, axis=1)[:, None] for columns in zip(*kept, strict=True)]


def persistence(layers, options, study, mem_mb):
    """Methods of the Hurst exponent."""
    nep, slope = whole([*layers["nep"], *layers["slope"]], mem_mb)
    return specification.by_persistence(nep, slope[0], study)


def significance(layers, options, study, mem_mb):
    """Corrections for autocorrelation, levels, and field significance."""
    return specification.by_significance(*whole(layers["nep"], mem_mb), study["years"], study)


def variation(layers, options, study, mem_mb):
    """Natural and fixed breaks."""
    return specification.by_breaks(*whole(layers["cv"], mem_mb), study)


def landcover(layers, options, study, mem_mb):
    """Keys of land cover in the last year."""
    for key, path in zip(options, layers["landcover"], strict=True):
        classes, mean = whole([path, *layers["mean"]], mem_mb)
        for row in specification.by_landcover(mean, classes, raster.classes_of(path)):
            yield key, key == study["landcover"]["key"], *row


def fpar_limits(layers, options, study, mem_mb):
    """NPP by light use between other limits of NDVI, minus Rh."""
    for limits in options:
        blocks = raster.blocks([layers[limits], *layers["rh"]], mem_mb=mem_mb)
        strips = (npp - rh for _, _, (npp, rh) in blocks)
        for row in specification.headline(strips, study["years"], study):
            yield limits, limits == study["casa"]["limits"], *row


FUNCTIONS = (
    *(respiration, year_2000, filled, persistence, significance, variation, landcover),
    fpar_limits,
)
CHOICES = {function.__name__: function for function in FUNCTIONS}
