"""Read a year of NPP that was made elsewhere, on the raster's own cells.

Reads   raster of npp.rasters (any GDAL format, declared unit), grid
Writes  flux (bands npp g C m-2 yr-1, qc (none), valid share), missing_reason
        (modis.MISSING_REASONS), counts (cells by reason), granules (digest)
"""

import logging
from contextlib import ExitStack
from pathlib import Path

import numpy as np
from nepflow import _digests as digests
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import raster, tables, user_rasters
from nepflow.study import modis


def import_npp(
    entry, grid_path, flux_path, reason_path, counts_path, granules_path, year, simulated
):
    """Cells without a value are fill: the raster does not say why."""
    with ExitStack() as stack:
        grid = raster.study_grid_of(grid_path)
        source = user_rasters.opened(entry, stack, (grid.bounds, grid.crs))
        user_rasters.one_band(source)
        user_rasters.check_carbon(source)
        window = user_rasters.window_of(source, grid)
        npp = user_rasters.converted(user_rasters.decoded(source, 1, window), entry["unit"])
        native = user_rasters.native_grid(source, window)
    user_rasters.check(npp, entry["file"], entry.get("valid"))
    for warning in user_rasters.Tally().add(npp).warnings(entry):
        logging.getLogger(__name__).warning("%s: %s", entry["file"], warning)
    valid = np.isfinite(npp)
    reasons = np.where(valid, modis.REASON_CODE["valid"], modis.REASON_CODE["fill"])
    name = Path(entry["file"]).name
    tags = {"source": name}
    output = raster.Output(
        flux_path, "g C m-2 yr-1", "native NPP", bands=("npp", "qc", "valid"), tags=tags
    )
    raster.write(np.stack([npp, np.full(npp.shape, np.nan), valid]), output, native)
    output = raster.Output(reason_path, "1", "why a cell is missing", dtype="uint8", tags=tags)
    raster.write(reasons, output, native)
    counts = [
        (name, reason, int((reasons == code).sum()))
        for code, reason in modis.MISSING_REASONS.items()
    ]
    tables.write(counts, counts_path, ["tile", "reason", "cells"], simulated)
    row = (f"{year}: {name}", digests.digest(entry["file"]), digests.verified(entry["file"]))
    tables.write([row], granules_path, ["file", "sha256", "verified"], simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        import_npp(
            entry=snakemake.params.entry,
            grid_path=snakemake.input.grid,
            flux_path=snakemake.output.flux,
            reason_path=snakemake.output.missing_reason,
            counts_path=snakemake.output.counts,
            granules_path=snakemake.output.granules,
            year=snakemake.wildcards.year,
            simulated=snakemake.params.simulated,
        )
