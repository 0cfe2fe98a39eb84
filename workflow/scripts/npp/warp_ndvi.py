"""Composite the NDVI tiles of a year by month and bring them to the study grid.

Reads   MOD13A3, MOD13A2 or MOD13Q1 tiles (HDF4-EOS), grid
Writes  ndvi (12 bands, absent where not observed), state (12 bands of ndvi.STATES),
        counts (native cells and months by reason), granules (digests of the tiles)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.io import bands as io_bands
from nepflow.io import raster
from nepflow.io.atomic import working_folder
from nepflow.modis import tiles as modis_tiles
from nepflow.npp import ndvi
from nepflow.study import modis


def tiles_of(months):
    """Return the tiles of all dates of all months."""
    return [path for dates in months for date in dates for path in date]


def warp_ndvi(months, grid_path, outputs, product, kept, year, resampling, mem_mb):
    """The native mosaic lives only as long as the job."""
    fields = modis.PRODUCTS[product].fields.values()
    modis_tiles.write_granules(io_bands.share(tiles_of(months)), fields, outputs["granules"])
    names = [f"{year}-{month:02d}" for month in range(1, 13)]
    categorical = "nearest" if resampling == "nearest" else "mode"

    def on_grid(inside, *native):
        pairs = zip(native[::2], native[1::2], strict=True)
        months = [ndvi.on_grid(*values, state[0]) for values, state in pairs]
        return tuple(
            np.where(inside == 1, np.stack(part), np.nan) for part in zip(*months, strict=True)
        )

    with working_folder(outputs["ndvi"]) as folder:
        grid = raster.grid_of(grid_path)
        native = ndvi.write_months(product, months, kept, grid, folder, outputs["counts"])
        layers = [(ndvi.VALUES, resampling), (ndvi.STATE, categorical)]
        warped = [raster.Warped(path, how, bands) for path in native for bands, how in layers]
        tags = {"source": product, "resampling": resampling}
        raster.map_blocks(
            on_grid,
            [grid_path, *warped],
            [
                raster.Output(outputs["ndvi"], "1", "observed NDVI", names, tags=tags),
                raster.Output(outputs["state"], "1", "state", names, "uint8", classes=ndvi.STATES),
            ],
            mem_mb=mem_mb,
            label=f"NDVI {year}",
        )


if __name__ == "__main__":
    with (
        logged_to(snakemake.log[0]),
        watched(snakemake.params.raw, tiles_of(snakemake.params.months)),
        io_bands.only(snakemake.wildcards.get("band")),
    ):
        warp_ndvi(
            months=snakemake.params.months,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            product=snakemake.params.product,
            kept=snakemake.params.kept,
            year=snakemake.wildcards.year,
            resampling=snakemake.params.resampling,
            mem_mb=snakemake.resources.mem_mb,
        )
