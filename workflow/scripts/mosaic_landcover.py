"""Decode the land-cover tiles of a year into one native mosaic of classes.

Reads   MCD12Q1 tiles (HDF4-EOS)
Writes  landcover (classes of the study), granules (digests)
"""

import math

import numpy as np
from nepflow import hdf, modis, mosaic, raster
from nepflow._log import logged_to
from nepflow.landcover import lookup_table

FIELD = modis.PRODUCTS["MCD12Q1"].fields["landcover"]


def mosaic_landcover(tiles, classes, resolution_m, output_path, granules_path):
    """IGBP codes become classes before anything is resampled."""
    cell = hdf.geometry(tiles[0], FIELD.name)[0].a
    grid = mosaic.lattice(tiles, FIELD.name, margin=math.ceil(resolution_m / cell) + 1)
    class_of = np.asarray(lookup_table(classes))

    def reclassified(path):
        layer = hdf.read_layer(path, FIELD.name)
        hdf.check_place(path, layer)
        igbp = hdf.decode(layer, FIELD, path)
        return class_of[np.where(np.isnan(igbp), 255, igbp).astype("uint8")][None]

    output = raster.Output(output_path, "1", "land-cover class", dtype="uint8")
    mosaic.write_mosaic(tiles, FIELD.name, reclassified, output, grid)
    mosaic.write_granules(tiles, granules_path)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        mosaic_landcover(
            tiles=snakemake.params.tiles,
            classes=snakemake.params.classes,
            resolution_m=snakemake.params.resolution_m,
            output_path=snakemake.output.landcover,
            granules_path=snakemake.output.granules,
        )
