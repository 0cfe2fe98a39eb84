"""Estimate the standard error of an annual climate value, cell by cell.

Reads   fitted surfaces (npz), elevation (m), grid (1 = inside)
Writes  standard error of the annual mean or sum (degC, mm yr-1, MJ m-2 yr-1)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import diagnostics, transformations
from nepflow.climate import evaluation as climate_evaluation
from nepflow.climate import surfaces as climate_surfaces
from nepflow.climate.uncertainty import Spread
from nepflow.io import bands, raster
from nepflow.spatial.lattice import Lattice
from nepflow.study.variables import VARIABLES


def estimate_standard_error(
    fit_path, dem_path, grid_path, output_path, year, kind, evaluator, mem_mb, threads
):
    """Months are combined with the correlation of their leave-one-out residuals."""
    surfaces, grid = climate_surfaces.read(fit_path).of_years([year]), raster.grid_of(grid_path)
    variable, transformation = VARIABLES[surfaces.variable], surfaces.transformation
    step = (
        climate_evaluation.spread_step(surfaces, grid.resolution_m) if evaluator == "coarse" else 1
    )
    evaluation = climate_evaluation.Evaluation(
        surfaces, spread=Spread(surfaces, kind), spread_lattice=Lattice.of_grid(grid, step)
    )
    correlation = diagnostics.month_correlation(surfaces)

    def of_year(pair):
        errors = transformations.standard_error(transformation, *pair)
        return diagnostics.combined_error(errors, correlation, variable.statistic)[None]

    def on_block(elevation, inside, x, y):
        wanted = np.where(inside[0] == 1, elevation[0], np.nan)
        return climate_evaluation.by_chunks(of_year, [evaluation], x, y, wanted, raw=True)

    raster.map_blocks(
        on_block,
        [dem_path, grid_path],
        raster.Output(
            output_path, variable.annual_unit,
            f"standard error of {variable.long_name} ({kind})", [str(year)],
            tags={"source": surfaces.source, "standard_error": kind},
        ),
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label=f"standard error of {surfaces.variable}",
    )  # fmt: skip


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_standard_error(
            fit_path=snakemake.input.fit,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.standard_error,
            year=int(snakemake.wildcards.year),
            kind=snakemake.params.kind,
            evaluator=snakemake.params.evaluator,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
