"""A year of native NPP -> NPP, its quality and its absence on the study grid."""

import numpy as np

from nepflow import modis, raster
from nepflow.npp import reconciled_reasons, valid_by_share


def warp(native, grid_path, outputs, year, resampling, mem_mb):
    """Resample valid values only, keep cells at least half valid, and say why others are not.

    Parameters
    ----------
    native : tuple of str
        Flux (bands npp g C m-2 yr-1, qc %, valid share) and absence (codes of
        ``modis.ABSENCE``) on the native grid.
    grid_path : str
    outputs : sequence of str
        Get npp (g C m-2 yr-1), qc (%) and absence.
    year : str
    resampling : {"nearest", "bilinear", "average"}
    mem_mb : int
    """

    def on_grid(inside, flux, reason):
        inside = inside[0] == 1
        npp, qc, share = flux
        npp = np.where(inside, valid_by_share(npp, share), np.nan)
        return npp, np.where(np.isnan(npp), np.nan, qc), reconciled_reasons(npp, reason[0], inside)

    flux, reasons = native
    categorical = "nearest" if resampling == "nearest" else "mode"
    tags = {"source": raster.tags_of(flux).get("source", "MOD17A3HGF"), "resampling": resampling}
    npp, qc, absence = outputs
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
