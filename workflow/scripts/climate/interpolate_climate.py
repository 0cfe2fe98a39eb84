"""Evaluate the fitted surfaces of one variable on the study grid, year by year.

Reads   fitted surfaces (npz, with how to evaluate them), elevation (m), grid (1 = inside)
Writes  annual cube, band = year (degC, mm yr-1, MJ m-2 yr-1), table of floored values
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import evaluation as climate_evaluation
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import bands, missing, raster, tables
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "quantity", "value", "unit")


def interpolate_climate(inputs, outputs, settings, mem_mb, threads):
    """Only cells inside the area are evaluated."""
    surfaces, years = climate_surfaces.read(inputs["fit"]), settings["years"]
    grid = raster.grid_of(inputs["grid"])
    annual = surfaces.of_annual_values(years)
    evaluation = climate_evaluation.evaluation_of(
        surfaces.of_years(years) if annual is None else annual, grid, settings["bias_correction"]
    )
    variable = VARIABLES[surfaces.variable]
    tags = {"source": surfaces.source, "climate_source": surfaces.source}
    if surfaces.step:
        tags["evaluation"] = (
            f"on nodes {surfaces.step} cells apart, a monthly value within "
            f"{surfaces.bound:.2g} {surfaces.unit}"
        )
    floored, cells = [], []

    def on_block(elevation, inside, x, y):
        wanted = np.where(inside[0] == 1, elevation[0], np.nan)
        values, floors = climate_evaluation.annual(evaluation, x, y, wanted, variable.statistic)
        floored.append(floors)
        cells.append(np.isfinite(wanted).sum())
        return values

    raster.map_blocks(
        on_block,
        [inputs["dem"], inputs["grid"]],
        raster.Output(
            outputs["cube"],
            variable.annual_unit,
            variable.long_name,
            [str(year) for year in years],
            tags=tags,
        ),
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label=f"{surfaces.variable}",
    )
    found, evaluated = sum(floored), 12 * len(years) * sum(cells)
    rows = [
        ("floored_at_0_share", missing.per(100 * found, evaluated), "% of cells and months"),
        ("floored_at_0", found, "cells and months"),
        ("evaluated", evaluated, "cells and months"),
    ]
    rows = [(surfaces.variable, *row) for row in rows]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        interpolate_climate(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
