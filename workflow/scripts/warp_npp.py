"""Bring the NPP of a year to the study grid.

Reads   flux (bands npp g C m-2 yr-1, qc %, valid share) and absence on the native grid, grid
Writes  npp (g C m-2 yr-1), qc (% of the growing season filled), absence (modis.ABSENCE)
"""

import numpy as np
from nepflow import modis, raster
from nepflow._log import logged_to
from nepflow.npp import reconciled_reasons, valid_by_share


def warp_npp(flux_path, absence_path, grid_path, outputs, year, resampling, mem_mb):
    """Resample valid values only, keep cells at least half valid, and say why others are not."""

    def on_grid(inside, flux, reason):
        inside = inside[0] == 1
        npp, qc, share = flux
        npp = np.where(inside, valid_by_share(npp, share), np.nan)
        return npp, np.where(np.isnan(npp), np.nan, qc), reconciled_reasons(npp, reason[0], inside)

    categorical = "nearest" if resampling == "nearest" else "mode"
    inputs = [
        grid_path,
        raster.Warped(flux_path, resampling),
        raster.Warped(absence_path, categorical),
    ]
    source = raster.tags_of(flux_path).get("source", "MOD17A3HGF")
    tags = {"source": source, "resampling": resampling}
    npp, qc, absence = outputs
    raster.map_blocks(
        on_grid,
        inputs,
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
            flux_path=snakemake.input.flux,
            absence_path=snakemake.input.absence,
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output.npp, snakemake.output.qc, snakemake.output.absence],
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
        )
