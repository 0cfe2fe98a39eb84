"""Bring NPP that was made elsewhere to the study grid.

Reads   flux (bands npp g C m-2 yr-1, qc, valid share) and missing_reason on the raster's own
        cells, grid
Writes  npp (g C m-2 yr-1), qc (%), missing_reason (modis.MISSING_REASONS)
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster, user_rasters
from nepflow.npp import mod17
from nepflow.study import modis


def warp_npp_raster(native, grid_path, outputs, year, method, mem_mb):
    """The same warp as that of tiles; what ``auto`` is depends on the cells of the raster."""
    if method == modis.AUTO:
        side = raster.grid_of(grid_path).resolution_m
        method = modis.by_size("average", user_rasters.cell_m(native[0]), side)
    mod17.warp(native, grid_path, outputs, year, method, mem_mb)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        warp_npp_raster(
            native=(snakemake.input.flux, snakemake.input.missing_reason),
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.npp, snakemake.output.qc, snakemake.output.missing_reason],
            year=snakemake.wildcards.year,
            method=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
        )
