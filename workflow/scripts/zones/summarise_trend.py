"""Summarise the trend classes of a variable by area.

Reads   trend_class (nine classes), absence (commonest reason), grid
Writes  area and share of each class, which close to 100, and the masked area by reason; the same
        with the criteria of a class
"""

import math

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea
from nepflow.pixel import trend
from nepflow.zones.sums import shares_percent

STRENGTHS = ("slightly_significant", "significant", "extremely_significant")
CRITERIA = (
    "code", "slope", "z", "category", "area_km2", "share_percent", "share_of_area_percent",
)  # fmt: skip


def summarise_trend(
    class_path, absence_path, grid_path, outputs, variable, period, cuts, mem_mb, simulated
):
    """Shares are of the area with a trend; the area without one stands beside them by reason."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    cells, area = np.zeros(256), MaskedArea()
    inputs = [class_path, absence_path, grid_path]
    for _, _, strip in raster.blocks(inputs, mem_mb=mem_mb, label="trend classes"):
        codes, reasons, inside = (layer[0] for layer in strip)
        known = ~np.isnan(codes)
        cells += np.bincount(codes[known & (inside == 1)].astype(int), minlength=256)
        area.add(known, reasons, inside)
    areas = np.array([cells[code] for code in trend.CLASS_NAMES]) * cell_km2
    masked = {reason: count * cell_km2 for reason, count in area.reasons().items()}
    whole = areas.sum() + math.fsum(masked.values())
    shares, limits = shares_percent(areas), trend.criteria(cuts)
    rows, table = [], []
    for (code, name), km2, share in zip(trend.CLASS_NAMES.items(), areas, shares, strict=True):
        rows.append(("trend class", name, period, f"{variable}_area", km2, "km2"))
        rows.append(("trend class", name, period, f"{variable}_share", share, "%"))
        table.insert(0, (code, *limits[code], name, km2, share, 100 * km2 / whole))
    for reason, km2 in masked.items():
        rows.append(("masked", f"no trend: {reason}", period, f"{variable}_area", km2, "km2"))
        table.append(("", "", "", f"no trend: {reason}", km2, np.nan, 100 * km2 / whole))
    table.append(("", "", "", "all", whole, np.nan, 100.0))
    tables.write(rows, outputs[0], simulated=simulated)
    tables.write(table, outputs[1], CRITERIA, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_trend(
            class_path=snakemake.input.trend_class,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.table, snakemake.output.criteria],
            variable=snakemake.wildcards.variable,
            period=f"{snakemake.params.years[0]}-{snakemake.params.years[-1]}",
            cuts=[snakemake.params.trend[f"{name}_z"] for name in STRENGTHS],
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
