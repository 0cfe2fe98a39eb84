"""Compare what the workflow recovers with the truth of a simulation.

Reads   truth cubes and recovered cubes (band = year), grid, standard errors of some years
Writes  table: means, bias, RMSE and correlation over all cells and years with a value, share of
        cells whose 95 % interval holds the truth; of trends, which are least-squares slopes of both
        cubes, over all cells, and the spread of the truth
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones import sums as zones_sums

COLUMNS = ["quantity", "statistic", "value", "unit"]
COVERAGE = "truth inside of the 95 % interval"


def compare_truth(pairs, grid_path, output_path, mem_mb, intervals=None):
    """``pairs`` maps a quantity to (truth path, recovered path).

    Further paths, cubes, count only the cells and years where all of them have a value. A quantity
    "slope of ..." is the least-squares slope of both cubes. ``intervals`` maps a quantity to
    {number of a band: path of its standard error}.
    """
    rows = []
    for quantity, (truth_path, recovered_path, *masks) in pairs.items():
        unit = raster.tags_of(truth_path)["unit"]
        trend = quantity.startswith(SLOPE)
        unit = per_year(unit) if trend else unit
        sums = np.zeros((3, 5, 2))
        inputs = [grid_path, truth_path, recovered_path, *masks]
        for _, _, (inside, truth, recovered, *known) in raster.blocks(
            inputs, mem_mb=mem_mb, outputs=10
        ):
            recovered = np.where(np.isnan(sum(known)), np.nan, recovered)
            if trend:
                truth, recovered = slope(truth)[None], slope(recovered)[None]
            for of_year in zip(truth, recovered, strict=True):
                zones_sums.add_to_zones(products(*of_year), inside, sums)
        total, count, _ = sums
        rows += [(quantity, *row) for row in statistics(total[:, 1] / count[:, 1], unit)]
        if trend:
            rows.append((quantity, "true spread", spread(total[:, 1] / count[:, 1]), unit))
        rows.append((quantity, "cells", count[0, 1], "cells"))
        if intervals and intervals.get(quantity):
            held = coverage(truth_path, recovered_path, intervals[quantity], grid_path, mem_mb)
            rows.append((quantity, COVERAGE, held, "%"))
    tables.write(rows, output_path, COLUMNS, simulated=True)


def coverage(truth_path, recovered_path, errors, grid_path, mem_mb):
    """Share of cells and years with the truth within 1.96 standard errors."""
    held = known = 0
    inputs = [grid_path, truth_path, recovered_path, *errors.values()]
    for _, _, (inside, truth, recovered, *deviations) in raster.blocks(inputs, mem_mb=mem_mb):
        for band, error in zip(errors, deviations, strict=True):
            off = np.abs(recovered[band] - truth[band])
            wanted = (inside[0] == 1) & np.isfinite(off + error[0])
            held += np.sum(wanted & (off <= 1.96 * error[0]))
            known += np.sum(wanted)
    return 100 * held / known if known else np.nan


SLOPE = "slope of "


def per_year(unit):
    """Unit of a slope."""
    return unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"


def slope(cube):
    """Least-squares slope over the bands, a year each: (y, x)."""
    step = np.arange(len(cube)) - (len(cube) - 1) / 2
    return np.tensordot(step / (step**2).sum(), cube, 1)


def spread(moments):
    """Standard deviation of the truth over the cells, from the means of `products`."""
    return np.sqrt(max(moments[2] - moments[0] ** 2, 0))


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
        pairs |= {f"{SLOPE}{name}": pairs[name] for name in climate}
        pairs["npp"] = (files.true_npp, files.npp)
        neps = files.true_nep, files.nep
        if files.rh_monthly:
            pairs["rh (monthly)"] = (files.true_rh, files.rh_monthly, *neps)
        pairs["rh (chosen)"] = (files.true_rh, files.rh, *neps)
        pairs["nep (chosen)"] = (files.true_nep, files.nep)
        for name in ("npp", "rh (monthly)"):
            if name in pairs:
                pairs[f"{SLOPE}{name}"] = pairs[name]
        if files.slope:
            pairs["trend of nep (chosen)"] = (files.true_slope, files.slope)
        years, mapped = snakemake.params.years, snakemake.params.standard_error_years
        errors = iter(files.standard_errors)  # variable by variable, year by year
        intervals = {name: {years.index(year): next(errors) for year in mapped} for name in climate}
        output, mem_mb = snakemake.output.table, snakemake.resources.mem_mb
        compare_truth(pairs, files.grid, output, mem_mb, intervals)
