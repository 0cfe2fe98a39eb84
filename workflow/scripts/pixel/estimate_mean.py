"""Average a variable over the years.

Reads   cube (band = year, or one file a year)
Writes  mean (unit of the cube), valid_years (number of years)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.study import pixel


def estimate_mean(cube, mean_path, valid_years_path, min_years, mem_mb):
    """Mean of the valid years of each pixel; fewer than ``min_years`` are missing."""
    stack = cube if len(cube) > 1 else cube[0]
    tags = raster.tags_of(cube[0])
    mean_about = pixel.about("mean", unit=tags["unit"], name=tags["long_name"])

    def mean_of(values):
        valid = np.isfinite(values)
        count = valid.sum(axis=0)
        total = np.where(valid, values, 0).sum(axis=0)
        mean = np.where(count >= min_years, total / np.maximum(count, 1), np.nan)
        return mean, np.where(count > 0, count, np.nan)

    raster.map_blocks(
        mean_of,
        [stack],
        [
            raster.Output(mean_path, *mean_about),
            raster.Output(valid_years_path, *pixel.about("valid_years"), "uint8"),
        ],
        mem_mb=mem_mb,
        label="mean",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_mean(
            cube=list(snakemake.input.cube)
            if not isinstance(snakemake.input.cube, str)
            else [snakemake.input.cube],
            mean_path=snakemake.output.mean,
            valid_years_path=snakemake.output.valid_years,
            min_years=snakemake.params.min_years,
            mem_mb=snakemake.resources.mem_mb,
        )
