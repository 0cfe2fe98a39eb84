"""Bring elevation to the study grid.

Reads   DEM (m, any raster and CRS), grid
Writes  dem (m)
"""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import rasterio
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import heights, raster, user_rasters
from nepflow.io.atomic import replacing, working_folder
from nepflow.io.vectors import BadArea
from rasterio.vrt import WarpedVRT


class DemGap(BadArea):
    """Elevation is missing for a part of the area."""


def warp_dem(dem_path, grid_path, output_path, max_missing_percent, mem_mb, missing=None, crs=None):
    """Average a finer DEM, interpolate a coarser one; refuse one that leaves gaps.

    ``missing`` lists heights that mean none although the file does not say so; without it the
    heights are looked through for such numbers. ``crs`` is that of a file that says none.
    """
    grid, allowed = raster.grid_of(grid_path), max_missing_percent
    entry = heights.entry_of(dem_path, missing, crs)
    seen = heights.seen_of(entry, grid.bounds, grid.crs, inside_of(grid_path))
    method = "average" if cell_m(entry) < grid.resolution_m / 2 else "bilinear"
    if not user_rasters.needs_copy(entry, (grid.bounds, grid.crs), seen):
        _warp((dem_path, dem_path), grid_path, output_path, method, allowed, mem_mb)
        return
    Path(output_path).parent.mkdir(parents=True, exist_ok=True)
    with working_folder(output_path) as folder:
        clean = str(Path(folder, "heights.tif"))
        user_rasters.without_codes(entry, clean, grid)
        _warp((dem_path, clean), grid_path, output_path, method, allowed, mem_mb)


def inside_of(grid_path):
    """Return a function that tells which cells of a window of a raster lie in the area."""

    def inside(source, window):
        with (
            rasterio.open(grid_path) as grid,
            WarpedVRT(
                grid,
                crs=source.crs,
                transform=source.window_transform(window),
                nodata=0,
                width=int(window.width),
                height=int(window.height),
            ) as view,
        ):
            return view.read(1) == 1

    return inside


def _warp(paths, grid_path, output_path, method, max_missing_percent, mem_mb):
    (dem_path, readable_path), counts = paths, np.zeros(2)

    def inside_only(inside, elevation):
        counts[:] += (
            inside.size - np.isnan(inside).sum(),
            (np.isnan(elevation) & (inside == 1)).sum(),
        )
        return np.where(inside == 1, elevation, np.nan)

    inputs = [grid_path, raster.Warped(readable_path, method, dtype="float32")]
    with replacing(output_path) as checked:
        output = raster.Output(checked, "m", "elevation", tags={"resampling": method})
        raster.map_blocks(inside_only, inputs, output, mem_mb=mem_mb, label="elevation")
        missing = 100 * counts[1] / counts[0] if counts[0] else 100.0
        if not missing <= max_missing_percent:
            raise DemGap(
                f"{dem_path}: has no elevation for {missing:.2f} % of the area "
                f"(allowed: {max_missing_percent} %). Use a DEM that covers the whole area."
            )


def cell_m(entry):
    """Side of a cell, m; of a degree where the raster is in degrees."""
    with ExitStack() as stack:
        return user_rasters.side_m(user_rasters.opened(entry, stack))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        warp_dem(
            dem_path=snakemake.input.dem,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.dem,
            max_missing_percent=snakemake.params.max_missing_percent,
            mem_mb=snakemake.resources.mem_mb,
            missing=snakemake.params.missing,
            crs=snakemake.params.crs,
        )
