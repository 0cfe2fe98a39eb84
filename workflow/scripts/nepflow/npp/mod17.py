"""A year of native NPP -> NPP, its quality and its absence on the study grid."""

import numpy as np

from nepflow.io import raster
from nepflow.modis import hdf, native_codes
from nepflow.modis import tiles as modis_tiles
from nepflow.npp.npp import reconciled_reasons, valid_by_share
from nepflow.study import modis


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
    raster.map_blocks(
        on_grid,
        [grid_path, raster.Warped(flux, resampling), raster.Warped(reasons, categorical)],
        _outputs(outputs, year, tags),
        mem_mb=mem_mb,
        label=f"NPP {year}",
    )


def sample(tiles, grid_path, outputs, year, mem_mb, threads=1):
    """Take the native cell at the centre of each study cell: `warp` by nearest, much faster.

    Parameters
    ----------
    tiles : list of str
        MOD17A3HGF granules of the year.
    grid_path, outputs, year, mem_mb
        As for `warp`.
    threads : int
    """
    fields = modis.PRODUCTS["MOD17A3HGF"].fields
    codes = native_codes.NativeCodes(tiles, fields.values(), raster.grid_of(grid_path), mem_mb)

    def at_centres(inside, x, y):
        inside, (flux, quality) = inside[0] == 1, codes.below(x, y)
        reason = hdf.absence(flux, fields["npp"])
        value = np.where(inside, hdf.decode(flux, fields["npp"]), np.nan)
        quality = np.where(np.isnan(value), np.nan, hdf.decode(quality, fields["qc"]))
        return value, quality, np.where(inside, reason, np.nan)

    tags = {"source": "MOD17A3HGF", "resampling": "nearest", **modis_tiles.origin(tiles)}
    raster.map_blocks(
        at_centres,
        [grid_path],
        _outputs(outputs, year, tags),
        coordinates=True,
        mem_mb=mem_mb - mem_mb // native_codes.SHARE,
        threads=threads,
        label=f"NPP {year}",
    )


def _outputs(paths, year, tags):
    npp, qc, absence = paths
    return [
        raster.Output(npp, "g C m-2 yr-1", "net primary productivity", (year,), tags=tags),
        raster.Output(qc, "%", "growing season filled", (year,), tags=tags),
        raster.Output(absence, "1", "why NPP is absent", (year,), "uint8", classes=modis.ABSENCE),
    ]
