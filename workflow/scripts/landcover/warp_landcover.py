"""Mosaic the land-cover tiles of a year and bring their classes to the study grid.

Reads   MCD12Q1 tiles (HDF4-EOS), grid
Writes  landcover (classes, with names and colours), granules (digests of the tiles)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import bands, raster
from nepflow.io.atomic import working_folder
from nepflow.landcover import classes as landcover_classes
from nepflow.modis import tiles as modis_tiles
from nepflow.npp import mod17
from nepflow.npp.mod17 import valid_by_share


def warp_landcover(tiles, grid_path, outputs, classes, year, resampling, mem_mb, threads=1):
    """Take the class at the cell's centre, or the commonest in a cell that is half classified."""
    output = raster.Output(
        outputs["landcover"],
        "1",
        "land cover",
        (year,),
        "uint8",
        classes={code: entry["name"] for code, entry in enumerate(classes, start=1)},
        colours={code: entry["colour"] for code, entry in enumerate(classes, start=1)},
        tags={"source": "MCD12Q1 LC_Type1", "resampling": resampling, **modis_tiles.origin(tiles)},
    )
    modis_tiles.write_granules(bands.share(tiles), [landcover_classes.FIELD], outputs["granules"])
    if resampling == "nearest":
        landcover_classes.sample(tiles, grid_path, output, classes, mem_mb, threads)
        return
    with working_folder(outputs["landcover"]) as folder:
        paths = f"{folder}/classes.tif", f"{folder}/valid.tif"
        mod17.write_landcover(tiles, classes, raster.grid_of(grid_path), *paths)
        raster.map_blocks(
            lambda inside, landcover, share: np.where(
                inside == 1, valid_by_share(landcover, share), np.nan
            ),
            [grid_path, raster.Warped(paths[0], resampling), raster.Warped(paths[1], "average")],
            output,
            mem_mb=mem_mb,
            label=f"land cover {year}",
        )


if __name__ == "__main__":
    with (
        logged_to(snakemake.log[0]),
        watched(snakemake.params.raw, snakemake.params.tiles),
        bands.only(snakemake.wildcards.get("band")),
    ):
        warp_landcover(
            tiles=snakemake.params.tiles,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            classes=snakemake.params.classes,
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
