"""Sum up NEP of restoration measures and of untreated land by stage.

Reads   projects (numbers, distance, table), NEP by year, grid
Writes  table: mean, slope and change point by measure and stage
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.restoration import results


def summarise_restoration(inputs, outputs, settings, mem_mb):
    """Cells with data in every year count."""
    years, options = settings["years"], settings["restoration"]
    projects = tables.read(inputs["projects"], ["number", "measure"])
    measures = sorted(projects["measure"].unique())
    code = np.zeros(projects["number"].max() + 1, dtype=np.int64)
    code[projects["number"]] = [measures.index(name) for name in projects["measure"]]
    sums = np.zeros((len(measures) + 1, len(years) + 1))
    paths = [inputs[name] for name in ("grid", "number", "distance", "nep")]
    for _, _, (grid, number, distance, nep) in raster.blocks(paths, mem_mb=mem_mb):
        treated = np.isfinite(number[0])
        kind = np.where(treated, code[np.nan_to_num(number[0]).astype(int)], len(measures))
        counts = treated | (distance[0] > options["buffer_km"])
        known = (grid[0] == 1) & np.isfinite(nep).all(axis=0) & counts
        layers_of_kind = [np.ones(known.sum()), *nep[:, known]]
        for place, values in enumerate(layers_of_kind):
            sums[:, place] += np.bincount(kind[known], values, len(sums))
    rows = []
    for name, (cells, *total) in zip((*measures, results.UNTREATED), sums, strict=True):
        series = np.array(total) / cells if cells else np.full(len(years), np.nan)
        rows += results.stage_rows(name, series, np.array(years), options["stages"])
        rows.append((name, f"{years[0]}-{years[-1]}", "cells", cells, "count"))
    tables.write(rows, outputs["table"], results.STAGE_COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_restoration(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
