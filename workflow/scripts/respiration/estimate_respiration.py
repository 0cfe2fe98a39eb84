"""Estimate heterotrophic respiration of every year in one reading of the monthly equation.

Reads   monthly temperature (degC) and precipitation (mm), fitted or on grids, their annual
        cubes, dem (m)
Writes  respiration (cube, band = year), g C m-2 yr-1
"""

from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import bands, raster
from nepflow.respiration import formulas
from nepflow.study.respiration import DIRECT_MODELS, MONTH, READINGS


def estimate_respiration(
    annual_paths, months_paths, dem_path, grid_path, output_path, reading,
    bias_correction, mem_mb, threads,
):  # fmt: skip
    """Monthly readings evaluate the months where they are used, never on disk."""
    years = raster.years_of(annual_paths[0])
    function = formulas.READINGS[reading]
    takes_months = READINGS[reading].step == MONTH
    months = monthly.of_years(months_paths, dem_path, grid_path, years, bias_correction)

    def by_month(temperature, precipitation):
        shape = (len(years), 12, -1)
        return function(temperature.reshape(shape), precipitation.reshape(shape))

    def on_block(*arrays, x, y):
        return months(by_month, *arrays, x=x, y=y)

    model = DIRECT_MODELS[formulas.pei2009.__name__].en.short
    name = f"heterotrophic respiration ({model}, {reading})"
    raster.map_blocks(
        on_block if takes_months else function,
        months.inputs if takes_months else list(annual_paths),
        raster.Output(output_path, "g C m-2 yr-1", name, [str(year) for year in years]),
        coordinates=takes_months,
        mem_mb=mem_mb,
        threads=threads,
        label="respiration",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_respiration(
            annual_paths=[snakemake.input.temperature, snakemake.input.precipitation],
            months_paths=snakemake.input.months,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.respiration,
            reading=snakemake.params.reading,
            bias_correction=snakemake.params.bias_correction,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
