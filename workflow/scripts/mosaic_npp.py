"""Decode the NPP tiles of a year into one native mosaic.

Reads   MOD17A3HGF tiles (HDF4-EOS)
Writes  flux (bands npp g C m-2 yr-1, qc %, valid share), absence (codes of modis.ABSENCE),
        counts (cells by reason), granules (digests)
"""

import math

import numpy as np
from nepflow import hdf, modis, mosaic, raster
from nepflow._log import logged_to

FIELDS = modis.PRODUCTS["MOD17A3HGF"].fields


def mosaic_npp(tiles, resolution_m, flux_path, absence_path, counts_path, granules_path):
    """Mask by valid range first; nothing is resampled here."""
    npp, qc = FIELDS["npp"], FIELDS["qc"]
    cell = hdf.geometry(tiles[0], npp.name)[0].a
    grid = mosaic.lattice(tiles, npp.name, margin=math.ceil(resolution_m / cell) + 1)

    def flux(path):
        layer = hdf.read_layer(path, npp.name)
        hdf.check_place(path, layer)
        productivity = hdf.decode(layer, npp, path)
        quality = hdf.decode(hdf.read_layer(path, qc.name), qc, path)
        return np.stack([productivity, quality, np.isfinite(productivity)])

    def reasons(path):
        return hdf.absence(hdf.read_layer(path, npp.name), npp)[None].astype("float64")

    output = raster.Output(flux_path, npp.unit, "native NPP", bands=("npp", "qc", "valid"))
    mosaic.write_mosaic(tiles, npp.name, flux, output, grid, fill=(np.nan, np.nan, 0))
    output = raster.Output(absence_path, "1", "why a cell is absent", dtype="uint8")
    mosaic.write_mosaic(tiles, npp.name, reasons, output, grid)
    mosaic.write_counts(tiles, npp, counts_path)
    mosaic.write_granules(tiles, granules_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        mosaic_npp(
            tiles=snakemake.params.tiles,
            resolution_m=snakemake.params.resolution_m,
            flux_path=snakemake.output.flux,
            absence_path=snakemake.output.absence,
            counts_path=snakemake.output.counts,
            granules_path=snakemake.output.granules,
        )
