"""Bring gridded climate to the study grid, year by year.

Reads   months on the source's cells (degC, mm, MJ m-2), elevation (m), grid (1 = inside)
Writes  annual cube, band = year (degC, mm yr-1, MJ m-2 yr-1)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate.monthly import GridMonths
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from nepflow.study.variables import VARIABLES


def warp_climate(inputs, outputs, variable, settings, mem_mb, threads):
    """The mean or the sum of the interpolated months; a gap in the area is refused."""
    months, about = GridMonths([inputs["months"]], inputs["dem"]), VARIABLES[variable]
    years, allowed, counts = settings["years"], settings["max_missing_percent"], []

    def annual(values):
        by_year = values.reshape(len(years), 12, -1)
        return by_year.mean(axis=1) if about.statistic == "mean" else by_year.sum(axis=1)

    def on_block(inside, elevation, values):
        wanted = np.where(inside == 1, elevation, np.nan)
        result = months(annual, wanted, values)
        counts.append(
            (np.isfinite(wanted).sum(), np.isnan(result[0][np.isfinite(wanted[0])]).sum())
        )
        return result

    source = raster.tags_of(inputs["months"])["source"]
    raster.map_blocks(
        on_block,
        [inputs["grid"], *months.inputs],
        raster.Output(
            outputs["cube"],
            about.annual_unit,
            about.long_name,
            [str(year) for year in years],
            tags={"source": source, "climate_source": source},
        ),
        mem_mb=mem_mb,
        threads=threads,
        label=variable,
    )
    cells, missing = np.sum(counts, axis=0)
    if not cells or not 100 * missing <= allowed * cells:
        raise BadGrid(
            f"{inputs['months']} ({source}): no {variable} in {100 * missing / cells:.2f} % of the "
            f"area (allowed: {allowed} %). Use a grid that covers the area, or raise "
            "climate.max_missing_percent."
        )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        warp_climate(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
