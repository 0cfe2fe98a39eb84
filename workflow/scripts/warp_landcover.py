"""Bring the land-cover classes of a year to the study grid.

Reads   landcover (classes on the native grid), grid
Writes  landcover (classes, with names and colours)
"""

import numpy as np
from nepflow import raster
from nepflow._log import logged_to


def warp_landcover(landcover_path, grid_path, output_path, classes, year, resampling, mem_mb):
    """Take the class at the cell's centre, or the commonest in the cell."""
    output = raster.Output(
        output_path,
        "1",
        "land cover",
        (year,),
        "uint8",
        classes={code: entry["name"] for code, entry in enumerate(classes, start=1)},
        colours={code: entry["colour"] for code, entry in enumerate(classes, start=1)},
        tags={"source": "MCD12Q1 LC_Type1", "resampling": resampling},
    )
    raster.map_blocks(
        lambda inside, landcover: np.where(inside == 1, landcover, np.nan),
        [grid_path, raster.Warped(landcover_path, resampling)],
        output,
        mem_mb=mem_mb,
        label=f"land cover {year}",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        warp_landcover(
            landcover_path=snakemake.input.landcover,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.landcover,
            classes=snakemake.params.classes,
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
        )
