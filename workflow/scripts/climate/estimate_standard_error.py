"""Estimate the standard error of an annual climate value, cell by cell.

Reads   fitted surfaces (npz), elevation (m), grid (1 = inside)
Writes  standard error of the annual mean or sum (degC, mm yr-1, MJ m-2 yr-1)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import calibration, diagnostics
from nepflow.climate import evaluation as climate_evaluation
from nepflow.climate import surfaces as climate_surfaces
from nepflow.climate.uncertainty import Spread
from nepflow.io import bands, raster
from nepflow.spatial.lattice import Lattice
from nepflow.study.variables import VARIABLES


def estimate_standard_error(inputs, outputs, year, settings, mem_mb, threads):
    """Months are combined with the correlation of their leave-one-out residuals; errors of the
    climatology and of departures are independent. The scale of calibrated errors is that of all
    years of the fit."""
    every_year = climate_surfaces.read(inputs["fit"])
    annual = every_year.of_annual_values([year])
    surfaces = every_year.of_years([year]) if annual is None else annual
    grid, kind = raster.grid_of(inputs["grid"]), settings["kind"]
    variable = VARIABLES[surfaces.variable]
    step = 1
    if settings["evaluator"] == "coarse":
        step = climate_evaluation.spread_step(surfaces, grid.resolution_m)
    spread_kind = "fitted" if kind == "fitted" else "full"
    evaluation = climate_evaluation.Evaluation(
        surfaces, spread=Spread(surfaces, spread_kind), spread_lattice=Lattice.of_grid(grid, step)
    )
    correlations = diagnostics.year_correlations(surfaces)
    factor, tags = 1.0, {"source": surfaces.source, "standard_error": kind}
    if kind == "calibrated":
        scale = calibration.scale_of(every_year, variable.statistic)
        factor, tags["standard_error_scale"] = scale.value, str(scale)

    def of_year(pair):
        error = diagnostics.error_of_year(surfaces, pair, correlations, variable.statistic)
        return factor * error[None]

    def on_block(elevation, inside, x, y):
        wanted = np.where(inside[0] == 1, elevation[0], np.nan)
        return climate_evaluation.by_chunks(of_year, [evaluation], x, y, wanted, raw=True)

    raster.map_blocks(
        on_block,
        [inputs["dem"], inputs["grid"]],
        raster.Output(
            outputs["standard_error"],
            variable.annual_unit,
            f"standard error of {variable.long_name} ({kind})",
            [str(year)],
            tags=tags,
        ),
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label=f"standard error of {surfaces.variable}",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_standard_error(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            year=int(snakemake.wildcards.year),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
