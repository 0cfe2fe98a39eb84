"""Summarise where and why NPP is missing.

Reads   rasters of reasons (modis.MISSING_REASONS, one a year), counts of native cells (one CSV a
        year)
Writes  area by reason on the study grid (km2, % of the area), native cells by reason
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.study import modis
from nepflow.zones.sums import shares_percent, zone_sums


def summarise_missing_reasons(
    missing_reason_paths, counts_paths, grid_path, years, outputs, mem_mb, simulated
):
    """The reasons of a year close to the area, and those of the tiles to their cells."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    rows = []
    for year, path in zip(years, missing_reason_paths, strict=True):
        _, cells, _ = zone_sums(path, path, mem_mb, f"missing data {year}")
        areas = np.array([cells[0, code] for code in modis.MISSING_REASONS]) * cell_km2
        for name, area, share in zip(
            modis.MISSING_REASONS.values(), areas, shares_percent(areas), strict=True
        ):
            rows.append(("region", "all", year, f"{name}_area", area, "km2"))
            rows.append(("region", "all", year, f"{name}_share", share, "%"))
    tables.write(rows, outputs["missing_reason"], simulated=simulated)
    native = []
    for year, path in zip(years, counts_paths, strict=True):
        counts = tables.read(path, ["reason", "cells"]).groupby("reason", sort=False)["cells"].sum()
        native += [
            ("tiles", "all", year, f"{reason}_cells", cells, "cells")
            for reason, cells in counts.items()
        ]
    tables.write(native, outputs["native"], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_missing_reasons(
            missing_reason_paths=snakemake.input.missing_reason,
            counts_paths=snakemake.input.counts,
            grid_path=snakemake.input.grid,
            years=snakemake.params.years,
            outputs=dict(snakemake.output.items()),
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
