"""Estimate heterotrophic respiration of every year in one reading of the monthly equation.

Reads   fitted monthly temperature (degC) and precipitation (mm), their annual cubes, dem (m)
Writes  respiration (cube, band = year), g C m-2 yr-1
"""

from nepflow import climate, fit_file, raster, respiration
from nepflow._log import logged_to


def estimate_respiration(
    annual_paths, fit_paths, evaluation_paths, dem_path, grid_path, output_path, reading,
    bias_correction, mem_mb, threads,
):  # fmt: skip
    """Monthly readings evaluate the monthly surfaces where they are used, never on disk."""
    years = raster.years_of(annual_paths[0])
    function, takes_months = respiration.READINGS[reading]
    fits = [
        climate.evaluation_of(
            fit_file.read(fit).of_years(years), raster.grid_of(grid_path), fit_file.step_of(table),
            bias_correction,
        )
        for fit, table in zip(fit_paths, evaluation_paths, strict=True)
    ]  # fmt: skip

    def by_month(temperature, precipitation):
        shape = (len(years), 12, -1)
        return function(temperature.reshape(shape), precipitation.reshape(shape))

    def on_block(elevation, x, y):
        return climate.by_chunks(by_month, fits, x, y, elevation[0])

    name = f"heterotrophic respiration (Pei et al., {reading})"
    raster.map_blocks(
        on_block if takes_months else function,
        [dem_path] if takes_months else list(annual_paths),
        raster.Output(output_path, "g C m-2 yr-1", name, [str(year) for year in years]),
        coordinates=takes_months,
        mem_mb=mem_mb,
        threads=threads,
        label="respiration",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        estimate_respiration(
            annual_paths=[snakemake.input.temperature, snakemake.input.precipitation],
            fit_paths=[snakemake.input.temperature_fit, snakemake.input.precipitation_fit],
            evaluation_paths=snakemake.input.evaluations,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.respiration,
            reading=snakemake.params.reading,
            bias_correction=snakemake.params.bias_correction,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
