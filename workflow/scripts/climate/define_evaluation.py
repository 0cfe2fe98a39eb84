"""Choose how the surfaces of one variable are evaluated, and bound the error of that.

Reads   fitted surfaces (npz), dem (m), grid (1 = inside)
Writes  table: nodes, bound of the error of a monthly value, tolerance
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import coarse, evaluation
from nepflow.climate import surfaces as climate_surfaces
from nepflow.io import raster, tables

COLUMNS = ("variable", "quantity", "value", "unit")


def define_evaluation(
    fit_path,
    dem_path,
    grid_path,
    table_path,
    evaluator,
    tolerance,
    bias_correction,
    mem_mb,
    simulated,
):
    """The coarsest nodes whose bound keeps the tolerance; exact if none does."""
    surfaces, grid = climate_surfaces.read(fit_path), raster.grid_of(grid_path)
    rows = [("step", 0, "cell")]
    if evaluator == "coarse":
        low, high = np.inf, -np.inf
        for _, _, (elevation, inside) in raster.blocks([dem_path, grid_path], mem_mb=mem_mb):
            height = elevation[0][(inside[0] == 1) & np.isfinite(elevation[0])]
            low, high = min(low, height.min(initial=low)), max(high, height.max(initial=high))
        corrected = surfaces.transformation == "log" and bias_correction != "none"
        bounds = coarse.bounds(surfaces, grid, (low, high), corrected)
        step = coarse.coarsest(bounds, tolerance)
        rows = [("step", step, "cell"), ("spacing", step * grid.resolution_m / 1000, "km")]
        rows += [("bound", bounds.get(step, 0.0), surfaces.unit)]
        rows += [("tolerance", tolerance, surfaces.unit)]
        rows += [(f"bound_at_{step}_cells", size, surfaces.unit) for step, size in bounds.items()]
    if bias_correction != "none" and surfaces.transformation != "none":
        rows += [("step_of_variance", evaluation.spread_step(surfaces, grid.resolution_m), "cell")]
    tables.write([(surfaces.variable, *row) for row in rows], table_path, COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        define_evaluation(
            fit_path=snakemake.input.fit,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            table_path=snakemake.output.table,
            mem_mb=snakemake.resources.mem_mb,
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
