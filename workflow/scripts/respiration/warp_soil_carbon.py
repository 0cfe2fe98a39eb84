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
from rasterio.windows import transform as window_transform


def warp_soil_carbon(entry, grid_path, native_path, output_path, mem_mb):
    """Converted on the raster's own cells, then resampled; cells without carbon stay absent."""
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack)
        if source.count != 1:
            raise user_rasters.BadGrid(
                f"{entry['file']}: has {source.count} bands. Give the layer of the declared depth."
            )
        crs = user_rasters.crs_of(source, entry)
        window = user_rasters.window_of(source, crs, raster.grid_of(grid_path), entry["file"])
        carbon = soil_carbon.converted(user_rasters.decoded(source, entry, 1, window), entry)
        place = window_transform(window, source.transform)
        native = raster.Grid(crs.to_wkt(), place, window.height, window.width)
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
