"""Estimate the mean annual potential evapotranspiration.

Reads   fitted monthly temperature (degC), dem (m), grid
Writes  pet (one band, mm yr-1)
"""

import numpy as np
from nepflow import climate, evaporation, fit_file, raster
from nepflow._log import logged_to
from pyproj import Transformer


def estimate_pet(fit_path, dem_path, grid_path, output_path, years, mem_mb, threads):
    """Thornthwaite with day length, from the monthly temperature of the mean year."""
    fitted = fit_file.read(fit_path).of_years(years)
    to_degrees = Transformer.from_crs(raster.grid_of(grid_path).crs, 4326, always_xy=True)

    def mean_year(temperature):
        return temperature.reshape(len(years), 12, -1).mean(axis=0)

    def on_block(elevation, inside, x, y):
        wanted = np.where(inside[0] == 1, elevation[0], np.nan)
        temperature = climate.by_chunks(mean_year, [fitted], x, y, wanted)
        _, latitude = to_degrees.transform(*np.broadcast_arrays(x, y))
        factor = evaporation.month_factor(latitude)
        return evaporation.thornthwaite(temperature, factor).sum(axis=0)

    raster.map_blocks(
        on_block,
        [dem_path, grid_path],
        raster.Output(
            output_path, "mm yr-1", "potential evapotranspiration (Thornthwaite)", ("mean",)
        ),
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label="PET",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        estimate_pet(
            fit_path=snakemake.input.fit,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.pet,
            years=snakemake.params.years,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
