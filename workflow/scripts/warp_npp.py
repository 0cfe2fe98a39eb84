"""Mosaic the NPP tiles of a year and bring them to the study grid.

Reads   MOD17A3HGF tiles (HDF4-EOS), grid
Writes  npp (g C m-2 yr-1), qc (% of the growing season filled), absence (modis.ABSENCE),
        counts (native cells by reason), granules (digests of the tiles)
"""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from nepflow import modis, mosaic, native, raster
from nepflow._log import logged_to
from nepflow.npp import reconciled_reasons, valid_by_share


def warp_npp(tiles, grid_path, outputs, lists, year, resampling, mem_mb):
    """Resample valid values only, keep cells at least half valid, and say why others are not."""

    def on_grid(inside, flux, reason):
        inside = inside[0] == 1
        npp, qc, share = flux
        npp = np.where(inside, valid_by_share(npp, share), np.nan)
        return npp, np.where(np.isnan(npp), np.nan, qc), reconciled_reasons(npp, reason[0], inside)

    mosaic.write_counts(tiles, native.NPP["npp"], lists[0])
    mosaic.write_granules(tiles, lists[1])
    categorical = "nearest" if resampling == "nearest" else "mode"
    tags = {"source": "MOD17A3HGF", "resampling": resampling}
    npp, qc, absence = outputs
    with TemporaryDirectory(dir=Path(npp).parent, prefix=".native_") as folder:
        flux, reasons = f"{folder}/flux.tif", f"{folder}/reasons.tif"
        native.write_npp(tiles, raster.grid_of(grid_path).resolution_m, flux, reasons)
        raster.map_blocks(
            on_grid,
            [grid_path, raster.Warped(flux, resampling), raster.Warped(reasons, categorical)],
            [
                raster.Output(npp, "g C m-2 yr-1", "net primary productivity", (year,), tags=tags),
                raster.Output(qc, "%", "growing season filled", (year,), tags=tags),
                raster.Output(
                    absence, "1", "why NPP is absent", (year,), "uint8", classes=modis.ABSENCE
                ),
            ],
            mem_mb=mem_mb,
            label=f"NPP {year}",
        )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        warp_npp(
            tiles=snakemake.params.tiles,
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.npp, snakemake.output.qc, snakemake.output.absence],
            lists=[snakemake.output.counts, snakemake.output.granules],
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
        )
