"""Estimate the mean annual potential evapotranspiration.

Reads   monthly temperature (degC), fitted or on a grid, dem (m), grid
Writes  pet (one band, mm yr-1)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import evapotranspiration, monthly
from nepflow.io import bands, raster
from nepflow.spatial.projection import Projection

WORKING = 60  # bands: temperature, hours of daylight and terms of twelve months


def estimate_pet(
    months_paths, dem_path, grid_path, output_path, years, bias_correction, mem_mb, threads
):
    """Thornthwaite with day length, from the monthly temperature of the mean year."""
    months = monthly.of_years(months_paths, dem_path, grid_path, years, bias_correction).of_fewest()
    to_degrees = Projection(raster.grid_of(grid_path), 4326)

    def mean_year(temperature):
        return temperature.reshape(len(temperature) // 12, 12, -1).mean(axis=0)

    def on_block(inside, elevation, *arrays, x, y):
        wanted = np.where(inside == 1, elevation, np.nan)
        temperature = months(mean_year, wanted, *arrays, x=x, y=y)
        _, latitude = to_degrees(x, y)
        factor = evapotranspiration.month_factor(latitude)
        return evapotranspiration.thornthwaite(temperature, factor).sum(axis=0)

    read = 3 + 12 * len(years) * (len(months.inputs) - 1)  # inside, elevation, grids; result
    raster.map_blocks(
        on_block,
        [grid_path, *months.inputs],
        raster.Output(
            output_path, "mm yr-1", "potential evapotranspiration (Thornthwaite)", ("mean",)
        ),
        coordinates=True,
        mem_mb=mem_mb * read / (read + WORKING),
        threads=threads,
        label="PET",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_pet(
            months_paths=snakemake.input.months,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.pet,
            years=snakemake.params.years,
            bias_correction=snakemake.params.bias_correction,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
