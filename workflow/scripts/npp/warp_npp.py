"""Mosaic the NPP tiles of a year and bring them to the study grid.

Reads   MOD17A3HGF tiles (HDF4-EOS), grid
Writes  npp (g C m-2 yr-1), qc (% of the growing season filled), missing_reason
        (modis.MISSING_REASONS),
        counts (native cells by reason), granules (digests of the tiles)
"""

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import bands, raster
from nepflow.io.atomic import working_folder
from nepflow.modis import tiles as modis_tiles
from nepflow.npp import mod17


def warp_npp(tiles, grid_path, outputs, year, resampling, mem_mb, threads=1):
    """By nearest straight from the codes; else by way of a mosaic that lives as long as the job."""
    modis_tiles.write_counts(bands.share(tiles), mod17.NPP["npp"], outputs["counts"])
    modis_tiles.write_granules(bands.share(tiles), mod17.NPP.values(), outputs["granules"])
    rasters = [outputs[name] for name in ("npp", "qc", "missing_reason")]
    if resampling == "nearest":
        mod17.sample(tiles, grid_path, rasters, year, mem_mb, threads)
        return
    with working_folder(outputs["npp"]) as folder:
        paths = f"{folder}/flux.tif", f"{folder}/reasons.tif"
        mod17.write_npp(tiles, raster.grid_of(grid_path), *paths)
        mod17.warp(paths, grid_path, rasters, year, resampling, mem_mb)


if __name__ == "__main__":
    with (
        logged_to(snakemake.log[0]),
        watched(snakemake.params.raw, snakemake.params.tiles),
        bands.only(snakemake.wildcards.get("band")),
    ):
        warp_npp(
            tiles=snakemake.params.tiles,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
