"""Gather the numbers of a paper's text by name.

Reads   tables of the study, land cover of the dates (classes)
Writes  table: quantity, region or class, value, unit, period
"""

from itertools import pairwise

import numpy as np
from nepflow._log import logged_to
from nepflow.evaluation import numbers
from nepflow.io import raster, tables
from nepflow.study import zones as study_zones
from nepflow.zones.sums import Summary


def summarise_numbers(paths, landcover, zones, output_path, study, mem_mb):
    """Each number is taken from one table; only land-cover change is counted here."""
    years = study["years"]
    period = f"{years[0]}-{years[-1]}"
    table = {name: tables.read(path, columns=[]) for name, path in paths.items()}
    stations = table["stations"]["station"].nunique() if "stations" in table else 0
    rows = [*numbers.setting_numbers(study, stations, period)]
    rows += numbers.annual_numbers(table["series"], table["trends"], zones, period)
    for name in [name for name in table if name.startswith("zones_")]:
        rows += numbers.zone_numbers(table[name], period)
    if "trend" in table:
        rows += numbers.trend_numbers(table["trend"], period)
        rows += numbers.variation_numbers(table["variation"], table["breaks"], period)
        rows += numbers.class_numbers(
            table["trend_persistence_class"], "trend_persistence_share", period
        )
        rows += numbers.persistence_numbers(table["persistence"], period)
        rows += numbers.correlation_numbers(table["correlation"], period)
    if "attribution" in table:
        rows += numbers.attribution_numbers(table["attribution"], period)
    if "sink" in table:
        rows += numbers.class_numbers(table["sink"], "sink_share", period)
    if landcover:
        rows += numbers.landcover_numbers(*changes(landcover, mem_mb), list(landcover))
    if "landcover" in table:
        first, last = min(landcover or years), max(landcover or years)
        rows += numbers.class_slopes(
            table["landcover"], first, last, Summary(**study_zones.summary(study))
        )
    tables.write(numbers.whole(rows), output_path, numbers.COLUMNS, simulated=study["simulated"])


def changes(landcover, mem_mb):
    """Cells of the classes at each date, and cells that change between dates."""
    dates = list(landcover)
    names = raster.classes_of(landcover[dates[0]])
    counts = {date: dict.fromkeys(names.values(), 0) for date in dates}
    pairs = [*pairwise(dates), (dates[0], dates[-1])]
    changed = {pair: np.zeros(2) for pair in pairs}
    for _, _, (stack,) in raster.blocks([list(landcover.values())], mem_mb=mem_mb):
        layers = dict(zip(dates, stack, strict=True))
        for date, layer in layers.items():
            for code, name in names.items():
                counts[date][name] += int((layer == code).sum())
        for start, stop in changed:
            known = ~np.isnan(layers[start]) & ~np.isnan(layers[stop])
            other = known & (layers[start] != layers[stop])
            changed[start, stop] += known.sum(), other.sum()
    return counts, changed


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        landcover = np.atleast_1d(snakemake.input.landcover_dates).tolist()
        given = {key: path for key, path in snakemake.input.items() if path}
        summarise_numbers(
            paths={key: given[key] for key in given if key not in ("landcover_dates", "code")},
            landcover=dict(zip(snakemake.params.dates, landcover, strict=True)),
            zones=snakemake.params.zones,
            output_path=snakemake.output.table,
            study=snakemake.params.study,
            mem_mb=snakemake.resources.mem_mb,
        )
