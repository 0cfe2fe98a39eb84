"""Summarise persistence by every method beside what chance gives.

Reads   cube (band = year, or one file a year), grid
Writes  table: share of the area with H above 0.5 by method, and that of simulated series
"""

import numpy as np
from nepflow import persistence, raster, tables
from nepflow._log import logged_to

COLUMNS = ("method", "chosen", "quantity", "value", "unit")


def summarise_persistence(cube, grid_path, output_path, years, minimum_years, options, mem_mb):
    """White noise and AR(1) have the length of the study; the share alone says nothing."""
    stack = cube if len(cube) > 1 else cube[0]
    above = dict.fromkeys(persistence.METHODS, 0)
    pixels, total = dict(above), dict.fromkeys(above, 0.0)
    for _, _, (values,) in raster.blocks([stack], mem_mb=mem_mb, label="persistence"):
        for method in above:
            exponent = persistence.hurst(values, minimum_years, method)
            known = ~np.isnan(exponent)
            above[method] += int((exponent > 0.5).sum())
            pixels[method] += int(known.sum())
            total[method] += float(np.sum(exponent[known]))
    rows = []
    coefficient, draws, seed = (options[key] for key in ("autoregression", "draws", "seed"))
    for method, count in above.items():
        chance = [
            persistence.null_share(len(years), method, phi, draws, seed) for phi in (0, coefficient)
        ]
        shares = (
            ("persistent_share", 100 * count / max(pixels[method], 1)),
            ("persistent_share_of_white_noise", chance[0]),
            ("persistent_share_of_autoregression", chance[1]),
        )
        about = (method, method == options["method"])
        rows += [(*about, quantity, value, "%") for quantity, value in shares]
        rows.append((*about, "mean_exponent", total[method] / max(pixels[method], 1), "1"))
    tables.write(rows, output_path, COLUMNS, simulated="simulated" in raster.tags_of(grid_path))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        cube = snakemake.input.cube
        summarise_persistence(
            cube=[cube] if isinstance(cube, str) else list(cube),
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.persistence,
            mem_mb=snakemake.resources.mem_mb,
        )
