"""Summarise what all climate drivers explain together.

Reads   multiple_r2 and multiple_p (1), missing_reason (commonest reason), grid (1 = inside)
Writes  multiple (table: mean R², share of the cells where it is significant, built-in drivers, area
        with and without R² (km2))
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea, per

COLUMNS = ["variable", "drivers", "shared_inputs", "quantity", "value", "unit"]


def summarise_dominance(inputs, outputs, variable, settings, mem_mb):
    """Over the cells of the area with data; drivers that entered the variable are named."""
    total, cells, significant, area = 0.0, 0, 0, MaskedArea()
    shared_inputs, level = settings["shared_inputs"], settings["level"]
    paths = [inputs[name] for name in ("r2", "p", "missing_reason", "grid")]
    for _, _, strip in raster.blocks(paths, mem_mb=mem_mb):
        r2, p, reasons, inside = (layer[0] for layer in strip)
        known = np.isfinite(r2) & (inside == 1)
        area.add(known, reasons, inside)
        total += r2[known].sum()
        cells += int(known.sum())
        significant += int((p[known] < level).sum())
    entered = "; ".join(f"{driver}: {how}" for driver, how in shared_inputs.items() if how != "no")
    where = variable, ", ".join(shared_inputs), entered
    rows = [
        (*where, "mean_r_squared", total / cells if cells else np.nan, "1"),
        (
            *where,
            "significant_share",
            per(100 * significant, cells),
            "% of the cells with data",
        ),
        (*where, "cells", cells, "cells"),
    ]
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    rows += [(*where, *row) for row in area.rows(cell_km2)]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_dominance(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
