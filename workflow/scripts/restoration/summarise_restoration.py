"""Sum up NEP of restoration measures and of untreated land by stage.

Reads   projects (numbers, distance, table), NEP by year, grid
Writes  table: mean, slope and change point by measure and stage
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.restoration import results


def summarise_restoration(
    layers, projects_path, grid_path, output_path, years, stages, buffer_km, mem_mb, simulated
):
    """``layers``: number, distance, nep; cells with data in every year count."""
    projects = tables.read(projects_path, ["number", "measure"])
    measures = sorted(projects["measure"].unique())
    code = np.zeros(projects["number"].max() + 1, dtype=np.int64)
    code[projects["number"]] = [measures.index(name) for name in projects["measure"]]
    sums = np.zeros((len(measures) + 1, len(years) + 1))
    inputs = [grid_path, *(layers[name] for name in ("number", "distance", "nep"))]
    for _, _, (grid, number, distance, nep) in raster.blocks(inputs, mem_mb=mem_mb):
        treated = np.isfinite(number[0])
        kind = np.where(treated, code[np.nan_to_num(number[0]).astype(int)], len(measures))
        known = (
            (grid[0] == 1) & np.isfinite(nep).all(axis=0) & (treated | (distance[0] > buffer_km))
        )
        layers_of_kind = [np.ones(known.sum()), *nep[:, known]]
        for place, values in enumerate(layers_of_kind):
            sums[:, place] += np.bincount(kind[known], values, len(sums))
    rows = []
    for name, (cells, *total) in zip((*measures, results.UNTREATED), sums, strict=True):
        series = np.array(total) / cells if cells else np.full(len(years), np.nan)
        rows += results.stage_rows(name, series, np.array(years), stages)
        rows.append((name, f"{years[0]}-{years[-1]}", "cells", cells, "count"))
    tables.write(rows, output_path, results.STAGE_COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        summarise_restoration(
            layers={name: files[name] for name in ("number", "distance", "nep")},
            projects_path=files.projects,
            grid_path=files.grid,
            output_path=snakemake.output.table,
            years=params.years,
            stages=params.settings["stages"],
            buffer_km=params.settings["buffer_km"],
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
