"""Compare the climate of two sources, stations and grids, on the study grid.

Reads   annual cubes of one variable from stations and from grids (degC, mm yr-1, MJ m-2 yr-1)
Writes  difference (grids minus stations, mean of the years), table of the comparison
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "year", "quantity", "value", "unit")


def compare_climate(
    stations_path, grids_path, difference_path, table_path, variable, mem_mb, simulated
):
    """Year by year over the cells that both have: means, difference, spread, agreement."""
    years, unit = raster.years_of(stations_path), VARIABLES[variable].annual_unit
    sums = np.zeros((6, len(years)))

    def on_block(stations, grids):
        both = np.isfinite(stations) & np.isfinite(grids)
        a, b = np.where(both, stations, 0.0), np.where(both, grids, 0.0)
        parts = both, a, b, a * a, b * b, a * b
        sums[:] += [part.sum(axis=(1, 2)) for part in parts]
        return (grids - stations).mean(axis=0)

    name = f"{VARIABLES[variable].long_name}, grids minus stations"
    raster.map_blocks(
        on_block,
        [stations_path, grids_path],
        raster.Output(difference_path, unit, name),
        mem_mb=mem_mb,
        label=f"comparison of {variable}",
    )
    rows = [row for year, part in zip(years, sums.T, strict=True) for row in compared(year, part)]
    rows += compared("all", sums.sum(axis=1))
    rows = [(variable, year, quantity, value, of or unit) for year, quantity, value, of in rows]
    tables.write(rows, table_path, COLUMNS, simulated)


def compared(year, sums):
    """Rows of one year: mean of each source, mean and root mean square difference, r."""
    cells, a, b, aa, bb, ab = sums
    mean_a, mean_b = a / cells, b / cells
    spread = np.sqrt((aa / cells - mean_a**2) * (bb / cells - mean_b**2))
    yield year, "stations_mean", mean_a, None
    yield year, "grids_mean", mean_b, None
    yield year, "mean_difference", mean_b - mean_a, None
    yield year, "rms_difference", np.sqrt((aa + bb - 2 * ab) / cells), None
    yield year, "correlation", (ab / cells - mean_a * mean_b) / spread, "1"
    yield year, "cells", cells, "1"


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_climate(
            stations_path=snakemake.input.stations,
            grids_path=snakemake.input.grids,
            difference_path=snakemake.output.difference,
            table_path=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
