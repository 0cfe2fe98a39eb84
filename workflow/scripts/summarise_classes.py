"""Summarise a class raster by area, with the masked area by reason.

Reads   classes (uint8), absence (commonest reason), grid
Writes  table: area (km2), share of the classified area and of the whole area (both close to 100)
"""

import numpy as np
from nepflow import modis, raster, tables
from nepflow._log import logged_to

COLUMNS = ("class", "masked", "area_km2", "share_of_classified_percent", "share_of_area_percent")
NO_REASON = "statistic not defined"


def summarise_classes(classes_path, absence_path, grid_path, output_path, mem_mb):
    """A cell without a class counts under the reason why NPP is absent there."""
    names = raster.classes_of(classes_path)
    classified, masked = np.zeros(256), np.zeros(256)
    strips = raster.blocks([classes_path, absence_path, grid_path], mem_mb=mem_mb, label="classes")
    for _, _, (codes, reasons, inside) in strips:
        area = inside == 1
        known = area & ~np.isnan(codes)
        classified += np.bincount(codes[known].astype(int), minlength=256)
        without = np.nan_to_num(reasons[area & ~known]).astype(int)
        masked += np.bincount(without, minlength=256)
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    total, whole = classified.sum(), classified.sum() + masked.sum()
    rows = [
        (name, False, classified[code] * cell_km2, 100 * classified[code] / max(total, 1),
         100 * classified[code] / whole)
        for code, name in names.items()
    ]  # fmt: skip
    for code in np.flatnonzero(masked):
        reason = modis.ABSENCE.get(int(code), NO_REASON)
        rows.append((reason, True, masked[code] * cell_km2, np.nan, 100 * masked[code] / whole))
    rows.append(("all", False, whole * cell_km2, 100.0 if total else np.nan, 100.0))
    tables.write(rows, output_path, COLUMNS, simulated="simulated" in raster.tags_of(grid_path))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_classes(
            classes_path=snakemake.input.classes,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            mem_mb=snakemake.resources.mem_mb,
        )
