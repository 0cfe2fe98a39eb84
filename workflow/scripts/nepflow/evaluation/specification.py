"""Headline numbers of a study under one way of making its choices, strip by strip."""

import numpy as np

from nepflow.io import missing, raster, tables
from nepflow.pixel import correlation, persistence, trend, variability

COLUMNS = ("choice", "option", "chosen", "quantity", "value", "unit", "shared_inputs")
PERSISTENT = ("persistent_share", "continuous_increase_share")
_LEVELS = ("slightly_significant_z", "significant_z", "extremely_significant_z")


def headline(strips, years, study):
    """Return the headline numbers of a cube.

    Parameters
    ----------
    strips : iterable of ndarray, shape (year, y, x)
        NEP, g C m-2 yr-1, from north to south.
    years : list of int
    study : dict
        min_years, trend, variability, persistence.

    Returns
    -------
    list of (quantity, value, unit)
        Shares are of the pixels that have the statistic; those of persistence stand beside
        what chance gives.
    """
    totals, cells = np.zeros(len(years)), np.zeros(len(years))
    pixels = np.zeros(len(years) + 1, dtype="int64")
    counts, known, variation = np.zeros(6), np.zeros(3), np.zeros(2)
    minimum = min(study["min_years"], len(years))
    guard, ddof = study["variability"]["min_mean_g_c"], study["variability"]["ddof"]
    test, limit = study["trend"]["autocorrelation"], study["trend"]["significant_z"]
    for nep in strips:
        totals += np.nansum(nep, axis=(1, 2))
        cells += (~np.isnan(nep)).sum(axis=(1, 2))
        mean, _, cv = variability.variation(nep, minimum, guard, ddof)
        slope, _, z = trend.theil_sen_mann_kendall(nep, years, minimum, test)
        exponent = persistence.hurst(nep, minimum, study["persistence"]["method"])
        continuous = (
            persistence.trend_persistence(slope, exponent, study["persistence"]["tolerance"]) == 5
        )
        pixels += persistence.years_of_pixels(nep, ~np.isnan(exponent))
        strong = np.abs(z) > limit
        cases = mean < 0, slope > 0, strong & (slope > 0), strong & (slope < 0)
        counts += [case.sum() for case in (*cases, exponent > 0.5, continuous)]
        known += [(~np.isnan(layer)).sum() for layer in (mean, slope, exponent)]
        variation += np.nansum(cv), (~np.isnan(cv)).sum()
    share = 100 * counts / np.maximum(known[[0, 1, 1, 1, 2, 2]], 1)
    means = np.where(cells > 0, totals / np.maximum(cells, 1), np.nan)
    slope, _, _ = trend.theil_sen_mann_kendall(means[:, None, None], years, minimum)
    return [
        ("nep_mean", np.nanmean(means), "g C m-2 yr-1"),
        ("nep_slope", slope[0, 0], "g C m-2 yr-2"),
        ("source_share", share[0], "%"),
        ("rising_share", share[1], "%"),
        ("significant_rise_share", share[2], "%"),
        ("significant_fall_share", share[3], "%"),
        *_beside_chance(share[4:6], pixels, study["persistence"]["method"], study),
        ("mean_variation", missing.per(variation[0], variation[1]), "1"),
    ]


def _beside_chance(shares, pixels, method, study):
    """Yield the shares with H above 0.5 and of continuous increase, each with that of noise."""
    chance = persistence.null_shares(pixels, method, study["persistence"])
    classes = persistence.ALL, persistence.TREND_PERSISTENCE_NAMES[5]
    for quantity, share, of in zip(PERSISTENT, shares, classes, strict=True):
        yield quantity, share, "%"
        for suffix, value in zip(persistence.BESIDE, chance[of], strict=True):
            yield f"{quantity}{suffix}", value, "%"


def by_persistence(nep, slope, study):
    """Yield rows of every method of the Hurst exponent, beside what chance gives."""
    tolerance = study["persistence"]["tolerance"]
    for method in persistence.METHODS:
        exponent = persistence.hurst(nep, study["min_years"], method)
        pixels = persistence.years_of_pixels(nep, ~np.isnan(exponent))
        continuous = persistence.trend_persistence(slope, exponent, tolerance) == 5
        counts = np.array([(exponent > 0.5).sum(), continuous.sum()])
        shares = missing.per(100 * counts, pixels.sum())
        for row in _beside_chance(shares, pixels, method, study):
            yield method, method == study["persistence"]["method"], *row


def by_significance(nep, years, study):
    """Yield rows of every correction for autocorrelation at every level, and of the field."""
    options = study["trend"]
    for test in trend.AUTOCORRELATION:
        slope, _, z = trend.theil_sen_mann_kendall(nep, years, study["min_years"], test)
        known = max((~np.isnan(z)).sum(), 1)
        p = trend.p_value(z)
        field = p <= correlation.threshold(p, options["false_discovery_percent"])
        cases = {f"{test}, |Z| > {options[name]:g}": np.abs(z) > options[name] for name in _LEVELS}
        cases[f"{test}, false discoveries {options['false_discovery_percent']:g} %"] = field
        for option, strong in cases.items():
            chosen = option == f"{options['autocorrelation']}, |Z| > {options['significant_z']:g}"
            for quantity, sign in (("rise", slope > 0), ("fall", slope < 0)):
                value = 100 * (strong & sign).sum() / known
                yield option, chosen, f"significant_{quantity}_share", value, "%"


def by_breaks(cv, study):
    """Yield rows of natural and of fixed breaks of the coefficient of variation."""
    options = study["variability"]
    values = cv[~np.isnan(cv)]
    sample = variability.seeded_sample(values, options["sample"], options["seed"])
    five = tuple(variability.CLASS_NAMES)
    fixed = [*options["fixed_breaks"], np.inf]
    natural = variability.natural_classes(sample)
    for option, (breaks, codes) in (("natural", natural), ("fixed", (fixed, five))):
        below = variability.coded(values, breaks, codes) <= 2
        low = 100 * below.sum() / values.size if values.size else np.nan
        limits = [limit for limit, code in zip(breaks, codes, strict=True) if code <= 2]
        chosen = option == options["breaks"]
        yield option, chosen, "low_and_lower_variation_share", low, "%"
        yield option, chosen, "upper_limit_of_lower_variation", max(limits, default=np.nan), "1"


def by_landcover(nep_mean, classes, names):
    """Yield (quantity, value, unit) of the classes that a key of land cover can move."""
    known = max((~np.isnan(classes)).sum(), 1)
    for code, name in names.items():
        if name in ("forest", "grassland", "barren"):
            cells = classes == code
            mean = np.nanmean(nep_mean[cells]) if (cells & ~np.isnan(nep_mean)).any() else np.nan
            yield f"{name}_share", 100 * cells.sum() / known, "%"
            yield f"{name}_nep_mean", mean, "g C m-2 yr-1"


def respiration(layers, options, study, mem_mb):
    """NPP, where the study has NEP, minus Rh of every reading or model."""
    for reading, path in zip(options, layers["rh"], strict=True):
        blocks = raster.blocks([*layers["npp"], path], mem_mb=mem_mb)
        strips = (npp - rh for _, _, (npp, rh) in blocks)
        for row in headline(strips, study["years"], study):
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
        for row in headline(strips, study["years"][first:], study):
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
        for row in headline(strips, study["years"], study):
            yield name, limit == 100, *row


def whole(paths, mem_mb):
    """Whole pixels of layers, without those that no layer has: (layer or year, 1, pixel)."""
    strips = raster.blocks(list(paths), mem_mb=mem_mb)
    parts = [[layer.reshape(len(layer), -1) for layer in strip] for _, _, strip in strips]
    kept = [[layer[:, ~np.isnan(part[0]).all(axis=0)] for layer in part] for part in parts]
    return [np.concatenate(columns, axis=1)[:, None] for columns in zip(*kept, strict=True)]


def persistence_rows(layers, options, study, mem_mb):
    """Methods of the Hurst exponent."""
    nep, slope = whole([*layers["nep"], *layers["slope"]], mem_mb)
    return by_persistence(nep, slope[0], study)


def significance(layers, options, study, mem_mb):
    """Corrections for autocorrelation, levels, and field significance."""
    return by_significance(*whole(layers["nep"], mem_mb), study["years"], study)


def variation(layers, options, study, mem_mb):
    """Natural and fixed breaks."""
    return by_breaks(*whole(layers["cv"], mem_mb), study)


def correlations(layers, options, study, mem_mb):
    """Partial correlations, plain and with the year held fixed, as their table has them."""
    (path,) = layers["table"]
    for row in tables.read(path, correlation.COLUMNS).itertuples():
        if row.quantity.startswith(correlation.SHARES) and row.unit == "%":
            name = f"{row.driver}_{row.quantity}"
            yield row.method, row.chosen, name, row.value, row.unit, row.shared_inputs


def landcover(layers, options, study, mem_mb):
    """Keys of land cover in the last year."""
    for key, path in zip(options, layers["landcover"], strict=True):
        classes, mean = whole([path, *layers["mean"]], mem_mb)
        for row in by_landcover(mean, classes, raster.classes_of(path)):
            yield key, key == study["landcover"]["key"], *row


def fpar_limits(layers, options, study, mem_mb):
    """NPP by light use between other limits of NDVI, minus Rh."""
    for limits in options:
        blocks = raster.blocks([layers[limits], *layers["rh"]], mem_mb=mem_mb)
        strips = (npp - rh for _, _, (npp, rh) in blocks)
        for row in headline(strips, study["years"], study):
            yield limits, limits == study["casa"]["limits"], *row


CHOICES = {
    "respiration": respiration,
    "year_2000": year_2000,
    "filled": filled,
    "persistence": persistence_rows,
    "significance": significance,
    "variation": variation,
    "correlation": correlations,
    "landcover": landcover,
    "fpar_limits": fpar_limits,
}
