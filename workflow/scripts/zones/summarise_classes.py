"""Summarise a class raster by area, with the masked area by reason.

Reads   classes, missing_reason (commonest reason), grid; of trend and persistence what chance gives
Writes  table: area (km2), share of the classified area and of the whole area (both close to 100);
        of the classes of a trend their codes and criteria
"""

import math

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea
from nepflow.pixel import persistence
from nepflow.zones import coverage

COLUMNS = ("class", "masked", "area_km2", "share_of_classified_percent", "share_of_area_percent")
CRITERIA = ("code", "slope", "z")
CHANCE = tuple(f"{name}_percent" for name in persistence.NOISE)  # of the classified area


def summarise_classes(inputs, outputs, settings, mem_mb):
    """A cell without a class counts under the reason why NPP is missing there.

    Settings: ``shared_inputs`` says how the drivers of the classes entered the variable, see
    `dependence`; ``criteria`` maps codes to conditions on the slope and on Z.
    """
    names, criteria = raster.classes_of(inputs["classes"]), settings["criteria"]
    size = max(256, *names) + 1
    classified, area = np.zeros(size), MaskedArea()
    paths = [inputs[name] for name in ("classes", "missing_reason", "grid")]
    weights = next(map(coverage.read, inputs.get("weights", [])), None)  # none or one
    for start, stop, (codes, reasons, inside) in raster.blocks(
        paths, mem_mb=mem_mb, label="classes"
    ):
        known = ~np.isnan(codes[0])
        if weights is None:
            classified += np.bincount(
                codes[0][known & (inside[0] == 1)].astype(int), minlength=size
            )
        else:
            width = inside.shape[2]
            own = weights.of_cells(start * width, stop * width)
            classified += np.bincount(own.codes, own.weights, minlength=size)
            known = np.bincount(own.cells, own.weights, minlength=known.size).reshape(known.shape)
        area.add(known, reasons[0], inside[0])
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    total, masked = area.valid, area.reasons()
    whole = total + math.fsum(masked.values())
    rows = [
        (name, False, cells * cell_km2, 100 * cells / max(total, 1), 100 * cells / whole)
        for name, cells in ((name, classified[code]) for code, name in names.items())
    ]
    for reason, cells in masked.items():
        rows.append((reason, True, cells * cell_km2, np.nan, 100 * cells / whole))
    rows.append(("all", False, whole * cell_km2, 100.0 if total else np.nan, 100.0))
    columns = COLUMNS
    if criteria:
        of_class = {name: (code, *criteria[code]) for code, name in names.items()}
        rows = [(*row, *of_class.get(row[0], ("", "", ""))) for row in rows]
        columns += CRITERIA
    for path in inputs["persistence"]:  # none or one
        table = tables.read(path, persistence.COLUMNS)
        shares, _ = persistence.chance_of_classes(table)
        rows = [(*row, *shares.get(row[0], (np.nan, np.nan))) for row in rows]
        columns += CHANCE
    if settings["shared_inputs"]:
        rows, columns = (
            [(*row, settings["shared_inputs"]) for row in rows],
            (*columns, "shared_inputs"),
        )
    tables.write(rows, outputs["table"], columns, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_classes(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
