"""Bring soil organic carbon to the study grid, as a stock of 0-20 cm.

Reads   raster of soil_carbon (any GDAL format, declared unit and depth), grid (1 = inside)
Writes  carbon on its own cells and on the study grid (kg C m-2)
"""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import raster, user_rasters
from nepflow.respiration import soil_carbon


def warp_soil_carbon(entry, grid_path, native_path, output_path, mem_mb):
    """Converted on the raster's own cells, then resampled; cells without carbon stay absent."""
    with ExitStack() as stack:
        grid = raster.study_grid_of(grid_path)
        source = user_rasters.opened(entry, stack, (grid.bounds, grid.crs))
        user_rasters.one_band(source)
        user_rasters.check_carbon(source)
        window = user_rasters.window_of(source, grid)
        carbon = soil_carbon.converted(user_rasters.decoded(source, 1, window), entry)
        native = user_rasters.native_grid(source, window)
    soil_carbon.check(carbon, entry["file"])
    name = "soil organic carbon of 0-20 cm"
    tags = {"source": Path(entry["file"]).name}
    output = raster.Output(native_path, "kg C m-2", name, tags=tags)
    raster.write(carbon, output, native, inherit=[grid_path])
    raster.map_blocks(
        lambda inside, carbon: np.where(inside == 1, carbon, np.nan),
        [grid_path, raster.Warped(native_path, entry.get("resampling", "bilinear"))],
        raster.Output(output_path, "kg C m-2", name, tags=tags),
        mem_mb=mem_mb,
        label="soil carbon",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        warp_soil_carbon(
            entry=snakemake.params.entry,
            grid_path=snakemake.input.grid,
            native_path=snakemake.output.native,
            output_path=snakemake.output.carbon,
            mem_mb=snakemake.resources.mem_mb,
        )
