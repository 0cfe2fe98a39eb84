"""Summarise the partial correlations of a variable with every driver beside what chance gives.

Reads   cubes of the variable and of all drivers (band = year), r (1) of a driver, discoveries of
        every driver, missing_reason (commonest reason), grid
Writes  table: shares of the area by sign and significance, plain and with the year held fixed,
        those of surrogates with each pixel's own trend and memory, largest p that counts as
        significant, area with and without a correlation (km2)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.pixel import correlation


def summarise_correlation(cube, drivers, inputs, outputs, variable, settings, mem_mb):
    """Shares are of the area with a correlation; ``drivers`` maps a driver to cube, discoveries."""
    stack, years = cube if len(cube) > 1 else cube[0], settings["years"]
    cubes = [paths[0] for paths in drivers.values()]
    discoveries = [path for paths in drivers.values() for path in paths[1:]]
    sums = correlation.Sums(
        list(drivers),
        years,
        settings["min_years"],
        settings["correlation"],
        cells_with_value(inputs["r"], mem_mb),
    )
    paths = [stack, *cubes, inputs["missing_reason"], inputs["grid"], *discoveries]
    for _, _, (series, *strip) in raster.blocks(
        paths, mem_mb=mem_mb, outputs=8 * len(cubes), label="correlation", years=years
    ):
        layers = (layer[0] for layer in strip[len(cubes) :])
        reasons, inside, *found = layers
        sums.add(series, strip[: len(cubes)], reasons, inside, found)
    cell_km2 = raster.grid_of(inputs["grid"]).cell_area_m2 / 1e6
    rows = [
        (variable, driver, method, chosen, settings["shared_inputs"][driver], *row)
        for driver, method, chosen, *row in sums.rows(bool(discoveries), cell_km2)
    ]
    tables.write(rows, outputs["table"], correlation.COLUMNS, settings["simulated"])


def cells_with_value(path, mem_mb):
    """Return how many cells of a raster have a value."""
    strips = raster.blocks([path], mem_mb=mem_mb)
    return sum(int((~np.isnan(layer)).sum()) for _, _, (layer,) in strips)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        cube = snakemake.input.cube
        files = [snakemake.input.drivers, snakemake.input.discoveries]
        files = zip(*(paths for paths in files if paths), strict=True)
        summarise_correlation(
            cube=[cube] if isinstance(cube, str) else list(cube),
            drivers=dict(zip(snakemake.params.climate, files, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
        )
