"""Compare a zone with the rest of the area among cells of like climate and elevation.

Reads   zones (classes), grid (1 = inside), layers to compare, layers to match by
Writes  table: layer, measure, value, unit (differences with intervals, blocks, balance)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones import contrast

COLUMNS = ("contrast", "layer", "measure", "value", "unit")  # a measure has units by layer


def estimate_contrast(layers, covariates, inputs, outputs, name, settings, mem_mb):
    """``layers`` and ``covariates`` map names to paths; the zone is a class of the raster."""
    zones_path, of, options = inputs["zones"], settings["entry"]["of"], settings["contrast"]
    codes = {label: code for code, label in raster.classes_of(zones_path).items()}
    if of not in codes:
        raise contrast.BadContrast(
            f"{zones_path}: has no class {of}, but {', '.join(codes)}. Change contrasts.{name}.of."
        )
    cells, x, y = inside_cells(
        [zones_path, *layers.values(), *covariates.values()], inputs["grid"], mem_mb
    )
    zone, values, alike = cells[0] == codes[of], cells[1:][: len(layers)], cells[1 + len(layers) :]
    stratum = contrast.strata(alike, options["bins"])
    rows = []
    for (layer, path), value in zip(layers.items(), values, strict=True):
        known = np.isfinite(value) & (stratum >= 0)
        parts = value[known], alike[:, known], zone[known], stratum[known], x[known], y[known]
        found = contrast.compared(*parts, options, raster.tags_of(path)["unit"])
        rows += [(name, layer, *row) for row in found]
    known = stratum >= 0
    for covariate, value in zip(covariates, alike, strict=True):
        pair = contrast.imbalance(value[known], zone[known], stratum[known])
        for when, size in zip(("before", "after"), pair, strict=True):
            rows.append((name, covariate, f"imbalance_{when}", size, "standard deviations"))
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


def inside_cells(paths, grid_path, mem_mb):
    """Values of the cells inside the area (layer, cell), and their x and y in km."""
    values, xs, ys = [], [], []
    inputs = [grid_path, *paths]
    for _, _, arrays in raster.blocks(inputs, coordinates=True, mem_mb=mem_mb, label="cells"):
        *layers, x, y = arrays
        inside = layers[0][0] == 1
        values.append(np.stack([layer[0][inside] for layer in layers[1:]]))
        xs.append(np.broadcast_to(x, inside.shape)[inside] / 1000)
        ys.append(np.broadcast_to(y, inside.shape)[inside] / 1000)
    return np.concatenate(values, axis=1), np.concatenate(xs), np.concatenate(ys)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, params = snakemake.input, snakemake.params
        estimate_contrast(
            layers=dict(zip(params.layers, files.layers, strict=True)),
            covariates=dict(zip(params.entry["match"], files.covariates, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            name=snakemake.wildcards.contrast,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
