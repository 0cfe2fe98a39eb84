"""Summarise the partial correlations of a variable with every driver.

Reads   r and p (1) of every driver, discoveries, missing_reason (commonest reason), grid
Writes  table: shares of the area by sign and significance, largest p that counts as significant,
        area with and without a correlation (km2)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.io.missing import MaskedArea

COLUMNS = ("variable", "driver", "shared_inputs", "quantity", "value", "unit")


def summarise_correlation(layers, inputs, outputs, variable, settings, mem_mb):
    """Shares are of the area with a correlation; 2.5 % of either sign come by chance at 0.05.

    ``layers`` maps a driver to r, p and, where false discoveries were controlled, those.
    """
    rows, level, shared_inputs = [], settings["level"], settings["shared_inputs"]
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    for driver, paths in layers.items():
        counts, largest, total, area = np.zeros(6), np.zeros(2), 0.0, MaskedArea()
        paths = [inputs["missing_reason"], inputs["grid"], *paths]
        for _, _, strip in raster.blocks(paths, mem_mb=mem_mb):
            reasons, inside, r, p, *found = (array[0] for array in strip)
            area.add(~np.isnan(r), reasons, inside)
            signs = (r > 0, r < 0)
            cases = [*signs, *(sign & (p < level) for sign in signs), ~np.isnan(r)]
            cases += [found[0] == 1 if found else np.zeros(r.shape, dtype=bool)]
            counts += [case.sum() for case in cases]
            largest = np.maximum(largest, [p[case].max(initial=0) for case in cases[2:4]])
            total += r[~np.isnan(r)].sum()
        positive, negative, up, down, _, discovered = counts * 100 / max(counts[4], 1)
        rows += [
            (variable, driver, shared_inputs[driver], quantity, value, unit)
            for quantity, value, unit in (
                ("mean_r", total / max(counts[4], 1), "1"),
                ("positive_share", positive, "%"),
                ("negative_share", negative, "%"),
                ("significant_positive_share", up, "%"),
                ("significant_negative_share", down, "%"),
                ("significant_share", up + down, "%"),
                ("expected_by_chance_share", 100 * level, "%"),
                *([("discovered_share", discovered, "%")] if found else []),
                ("largest_significant_p_positive", largest[0], "1"),
                ("largest_significant_p_negative", largest[1], "1"),
                *area.rows(cell_km2),
            )
        ]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files = [snakemake.input[key] for key in ("r", "p", "discoveries")]
        files = [paths for paths in files if paths]
        summarise_correlation(
            layers=dict(zip(snakemake.params.climate, zip(*files, strict=True), strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
