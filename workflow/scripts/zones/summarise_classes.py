"""Summarise a class raster by area, with the masked area by reason.

Reads   classes, absence (commonest reason), grid; of coupling what chance gives
Writes  table: area (km2), share of the classified area and of the whole area (both close to 100);
        of the classes of a trend their codes and criteria
"""

import math

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea
from nepflow.pixel import persistence

COLUMNS = ("class", "masked", "area_km2", "share_of_classified_percent", "share_of_area_percent")
CRITERIA = ("code", "slope", "z")
CHANCE = tuple(f"{name}_percent" for name in persistence.NOISE)  # of the classified area


def summarise_classes(
    classes_path,
    absence_path,
    grid_path,
    output_path,
    mem_mb,
    simulated,
    built_in=None,
    chance_path=None,
    criteria=None,
):
    """A cell without a class counts under the reason why NPP is absent there.

    ``built_in`` says how the drivers of the classes entered the variable, see `dependence`;
    ``criteria`` maps codes to conditions on the slope and on Z.
    """
    names = raster.classes_of(classes_path)
    size = max(256, *names) + 1
    classified, area = np.zeros(size), MaskedArea()
    strips = raster.blocks([classes_path, absence_path, grid_path], mem_mb=mem_mb, label="classes")
    for _, _, (codes, reasons, inside) in strips:
        known = ~np.isnan(codes)
        classified += np.bincount(codes[known & (inside == 1)].astype(int), minlength=size)
        area.add(known[0], reasons[0], inside[0])
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    total, masked = area.valid, area.reasons()
    whole = total + math.fsum(masked.values())
    rows = [
        (name, False, classified[code] * cell_km2, 100 * classified[code] / max(total, 1),
         100 * classified[code] / whole)
        for code, name in names.items()
    ]  # fmt: skip
    for reason, cells in masked.items():
        rows.append((reason, True, cells * cell_km2, np.nan, 100 * cells / whole))
    rows.append(("all", False, whole * cell_km2, 100.0 if total else np.nan, 100.0))
    columns = COLUMNS
    if criteria:
        of_class = {name: (code, *criteria[code]) for code, name in names.items()}
        rows = [(*row, *of_class.get(row[0], ("", "", ""))) for row in rows]
        columns += CRITERIA
    if chance_path:
        table = tables.read(chance_path, persistence.COLUMNS)
        shares, _ = persistence.chance_of_classes(table)
        rows = [(*row, *shares.get(row[0], (np.nan, np.nan))) for row in rows]
        columns += CHANCE
    if built_in:
        rows, columns = [(*row, built_in) for row in rows], (*columns, "built_in")
    tables.write(rows, output_path, columns, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_classes(
            classes_path=snakemake.input.classes,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            mem_mb=snakemake.resources.mem_mb,
            built_in=snakemake.params.built_in,
            chance_path="".join(snakemake.input.persistence),  # none or one
            criteria=snakemake.params.criteria,
            simulated=snakemake.params.simulated,
        )
