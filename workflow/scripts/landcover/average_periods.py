"""Average a variable over two periods.

Reads   cube (band = year, or one file a year), g C m-2 yr-1
Writes  mean of the first and of the last period (unit of the cube)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import bands, raster


def average_periods(cube, output_paths, years, periods, min_years, mem_mb):
    """Mean of the years with data; fewer than ``min_years`` in a period are missing."""
    stack = cube if len(cube) > 1 else cube[0]
    tags = raster.tags_of(cube[0])
    places = [[years.index(year) for year in period] for period in periods]

    def means(values):
        made = []
        for place in places:
            chosen = values[place]
            count = np.isfinite(chosen).sum(axis=0)
            mean = np.nansum(chosen, axis=0) / np.maximum(count, 1)
            made.append(np.where(count >= min_years, mean, np.nan))
        return tuple(made)

    outputs = [
        raster.Output(
            path, tags["unit"], f"mean {tags['long_name']} {period[0]}-{period[-1]}", ("mean",)
        )
        for path, period in zip(output_paths, periods, strict=True)
    ]
    raster.map_blocks(means, [stack], outputs, mem_mb=mem_mb, label="means of periods", years=years)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        average_periods(
            cube=[cube] if isinstance(cube, str) else list(cube),
            output_paths=[snakemake.output.first, snakemake.output.last],
            years=snakemake.params.years,
            periods=snakemake.params.periods,
            min_years=snakemake.params.min_years,
            mem_mb=snakemake.resources.mem_mb,
        )
