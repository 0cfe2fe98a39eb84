"""Estimate monthly temperature and precipitation of the mean year.

Reads   monthly temperature (degC) and precipitation (mm), fitted or on grids, dem (m)
Writes  normals (24 bands: temperature of the months, degC, then precipitation, mm)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import bands, raster


def estimate_normals(
    months_paths, dem_path, grid_path, output_path, years, bias_correction, mem_mb, threads
):
    """Means of monthly values, not of fitted roots."""
    months = monthly.of_years(months_paths, dem_path, grid_path, years, bias_correction)

    def mean_year(*variables):
        by_year = [values.reshape(len(years), 12, -1) for values in variables]
        return np.concatenate([values.mean(axis=0) for values in by_year])

    names = [
        f"{name}_{month:02d}" for name in ("temperature", "precipitation") for month in range(1, 13)
    ]
    raster.map_blocks(
        lambda *arrays, x, y: months(mean_year, *arrays, x=x, y=y),
        months.inputs,
        raster.Output(output_path, "degC, mm month-1", "climate of the mean year", names),
        coordinates=True,
        mem_mb=mem_mb,
        threads=threads,
        label="mean year",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_normals(
            months_paths=snakemake.input.months,
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.normals,
            years=snakemake.params.years,
            bias_correction=snakemake.params.bias_correction,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
