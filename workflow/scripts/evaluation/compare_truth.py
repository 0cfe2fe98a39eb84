"""Compare what the workflow recovers with the truth of a simulation.

Reads   truth cubes and recovered cubes (band = year), grid
Writes  table: means, bias, RMSE and correlation over all cells and years with a value
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones import sums as zones_sums

COLUMNS = ["quantity", "statistic", "value", "unit"]


def compare_truth(pairs, grid_path, output_path, mem_mb):
    """``pairs`` maps a quantity to (truth path, recovered path).

    Further paths, cubes, count only the cells and years where all of them have a value.
    """
    rows = []
    for quantity, (truth_path, recovered_path, *masks) in pairs.items():
        unit = raster.tags_of(truth_path)["unit"]
        sums = np.zeros((3, 5, 2))
        inputs = [grid_path, truth_path, recovered_path, *masks]
        for _, _, (inside, truth, recovered, *known) in raster.blocks(
            inputs, mem_mb=mem_mb, outputs=10
        ):
            recovered = np.where(np.isnan(sum(known)), np.nan, recovered)
            for of_year in zip(truth, recovered, strict=True):
                zones_sums.add_to_zones(products(*of_year), inside, sums)
        total, count, _ = sums
        rows += [(quantity, *row) for row in statistics(total[:, 1] / count[:, 1], unit)]
        rows.append((quantity, "cells", count[0, 1], "cells"))
    tables.write(rows, output_path, COLUMNS, simulated=True)


def products(truth, recovered):
    """Truth, recovered, their squares and product, absent where either is: (5, y, x)."""
    both = np.where(np.isnan(truth + recovered), np.nan, np.stack([truth, recovered]))
    return np.concatenate([both, both**2, (both[0] * both[1])[None]])


def statistics(moments, unit):
    """Rows of means, bias, RMSE and correlation from the means of `products`."""
    truth, recovered, truth2, recovered2, cross = moments
    deviation = np.sqrt((truth2 - truth**2) * (recovered2 - recovered**2))
    yield "true mean", truth, unit
    yield "recovered mean", recovered, unit
    yield "bias", recovered - truth, unit
    yield "rmse", np.sqrt(max(truth2 - 2 * cross + recovered2, 0)), unit
    yield "correlation", (cross - truth * recovered) / deviation if deviation else np.nan, "1"


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files = snakemake.input
        climate = snakemake.params.climate
        pairs = {name: (files[f"true_{name}"], files[name]) for name in climate}
        pairs["npp"] = (files.true_npp, files.npp)
        neps = files.true_nep, files.nep
        if files.rh_monthly:
            pairs["rh (monthly)"] = (files.true_rh, files.rh_monthly, *neps)
        pairs["rh (chosen)"] = (files.true_rh, files.rh, *neps)
        pairs["nep (chosen)"] = (files.true_nep, files.nep)
        if files.slope:
            pairs["trend of nep"] = (files.true_slope, files.slope)
        compare_truth(pairs, files.grid, snakemake.output.table, snakemake.resources.mem_mb)
