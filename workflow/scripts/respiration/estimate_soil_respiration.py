"""Estimate total and heterotrophic respiration of every year by one model and relation.

Reads   monthly or annual temperature (degC) and precipitation (mm), soil carbon (kg C m-2),
        dem (m), table of calibrated constants where a study takes them
Writes  heterotrophic and total respiration (cubes, band = year), g C m-2 yr-1; what was clipped
"""

from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import raster, tables
from nepflow.respiration import annual, calibration
from nepflow.study import respiration

COLUMNS = ("model", "relation", "quantity", "value", "unit")


def estimate_soil_respiration(
    annual_paths,
    months_paths,
    carbon_path,
    dem_path,
    grid_path,
    outputs,
    model,
    relation,
    constants,
    bias_correction,
    mem_mb,
    threads,
    simulated,
):
    """Months are evaluated where they are used; carbon enters after climate."""
    years = raster.years_of(annual_paths[0])
    budget = annual.Budget(model, relation, constants, years)
    carbon = [carbon_path] if carbon_path else []
    months = None
    if months_paths:
        months = monthly.of_years(months_paths, dem_path, grid_path, years, bias_correction)

    def on_block(*arrays, x, y):
        own = arrays[len(carbon) :]
        climate = months(budget.climate, *own, x=x, y=y) if months else budget.climate(*own)
        return budget.respiration(climate, arrays[0][0] if carbon else None)

    name = respiration.label(respiration.variant(model, relation))
    bands = [str(year) for year in years]
    names = f"heterotrophic respiration ({name})", f"soil respiration ({name})"
    raster.map_blocks(
        on_block,
        [*carbon, *(months.inputs if months else annual_paths)],
        [
            raster.Output(path, "g C m-2 yr-1", about, bands)
            for path, about in zip(outputs[:2], names, strict=True)
        ],
        coordinates=True,
        mem_mb=mem_mb / budget.copies,
        threads=threads,
        label="respiration",
    )
    rows = [(model, relation, *row) for row in budget.rows()]
    tables.write(rows, outputs[2], COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        files, settings = snakemake.output, snakemake.params
        estimate_soil_respiration(
            annual_paths=snakemake.input.annual,
            months_paths=snakemake.input.months,
            carbon_path=snakemake.input.carbon,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            outputs=[files.respiration, files.total, files.table],
            model=snakemake.wildcards.soil_model,
            relation=snakemake.wildcards.relation,
            constants=calibration.constants(
                snakemake.input.calibration, snakemake.wildcards.soil_model, settings.constants
            ),
            bias_correction=settings.bias_correction,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
            simulated=snakemake.params.simulated,
        )
