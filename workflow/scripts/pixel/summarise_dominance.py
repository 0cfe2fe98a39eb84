"""Summarise what all climate drivers explain together.

Reads   multiple_r2 and multiple_p (1), absence (commonest reason), grid (1 = inside)
Writes  multiple (table: mean R², share of the cells where it is significant, built-in drivers, area
        with and without R² (km2))
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea

COLUMNS = ["variable", "drivers", "built_in", "quantity", "value", "unit"]


def summarise_dominance(
    r2_path,
    p_path,
    absence_path,
    grid_path,
    output_path,
    variable,
    built_in,
    level,
    mem_mb,
    simulated,
):
    """Over the cells of the area with data; drivers that entered the variable are named."""
    total, cells, significant, area = 0.0, 0, 0, MaskedArea()
    for _, _, strip in raster.blocks([r2_path, p_path, absence_path, grid_path], mem_mb=mem_mb):
        r2, p, reasons, inside = (layer[0] for layer in strip)
        known = np.isfinite(r2) & (inside == 1)
        area.add(known, reasons, inside)
        total += r2[known].sum()
        cells += int(known.sum())
        significant += int((p[known] < level).sum())
    entered = "; ".join(f"{driver}: {how}" for driver, how in built_in.items() if how != "no")
    where = variable, ", ".join(built_in), entered
    rows = [
        (*where, "mean_r_squared", total / cells if cells else np.nan, "1"),
        (
            *where,
            "significant_share",
            100 * significant / max(cells, 1),
            "% of the cells with data",
        ),
        (*where, "cells", cells, "cells"),
    ]
    rows += [(*where, *row) for row in area.rows(raster.grid_of(grid_path).cell_area_m2 / 1e6)]
    tables.write(rows, output_path, COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_dominance(
            r2_path=snakemake.input.r2,
            p_path=snakemake.input.p,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            built_in=snakemake.params.built_in,
            level=snakemake.params.level,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
