"""Summarise the trend classes of a variable by area.

Reads   trend_class (nine classes), grid
Writes  area and share of each class, which close to 100; the same with the criteria of a class
"""

import numpy as np
from nepflow import raster, tables, trend
from nepflow._log import logged_to
from nepflow.zonal import shares_percent
from nepflow.zone_sums import zone_sums

STRENGTHS = ("slightly_significant", "significant", "extremely_significant")
CRITERIA = ("code", "slope", "z", "category", "area_km2", "share_percent")


def summarise_trend(class_path, grid_path, outputs, variable, period, cuts, mem_mb):
    """Shares are of the area with a trend; the area without one stands beside them."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    _, cells, _ = zone_sums(class_path, class_path, mem_mb, "trend classes")
    _, _, size = zone_sums(grid_path, grid_path, mem_mb, "area")
    areas = np.array([cells[0, code] for code in trend.CLASS_NAMES]) * cell_km2
    rows = []
    for name, area, share in zip(
        trend.CLASS_NAMES.values(), areas, shares_percent(areas), strict=True
    ):
        rows.append(("trend class", name, period, f"{variable}_area", area, "km2"))
        rows.append(("trend class", name, period, f"{variable}_share", share, "%"))
    absent = size[0, 1] * cell_km2 - areas.sum()
    rows.append(("trend class", "no trend estimated", period, f"{variable}_area", absent, "km2"))
    simulated = "simulated" in raster.tags_of(grid_path)
    tables.write(rows, outputs[0], simulated=simulated)
    limits = trend.criteria(cuts)
    table = [
        (code, *limits[code], name, area, share)
        for (code, name), area, share in zip(
            trend.CLASS_NAMES.items(), areas, shares_percent(areas), strict=True
        )
    ]
    tables.write(table[::-1], outputs[1], CRITERIA, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_trend(
            class_path=snakemake.input.trend_class,
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.table, snakemake.output.criteria],
            variable=snakemake.wildcards.variable,
            period=f"{snakemake.params.years[0]}-{snakemake.params.years[-1]}",
            cuts=[snakemake.params.trend[f"{name}_z"] for name in STRENGTHS],
            mem_mb=snakemake.resources.mem_mb,
        )
