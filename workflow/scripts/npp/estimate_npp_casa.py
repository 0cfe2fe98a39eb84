"""Estimate the NPP of a year by light use, from monthly NDVI and climate.

Reads   NDVI (a band a month), months filled (a band a year), NDVI and climate of the mean year,
        land cover by IGBP class, limits by vegetation type, monthly climate, dem (m), grid
Writes  npp (g C m-2 yr-1), qc (% of the months filled for cloud), missing_reason
        (modis.MISSING_REASONS),
        clip (% of the months with NDVI at a limit of light absorption)
"""

from nepflow._log import logged_to
from nepflow.climate import monthly
from nepflow.io import bands, raster, tables
from nepflow.npp import casa, fpar


def estimate_npp_casa(layers, limits_path, climate, outputs, year, settings, mem_mb, threads):
    """Years are independent of one another, given the mean year."""
    months = monthly.of_years(**climate, year=year)
    casa.write_year(
        layers,
        months,
        fpar.parameters(tables.read(limits_path, fpar.COLUMNS)),
        outputs,
        year,
        settings,
        mem_mb=mem_mb,
        threads=threads,
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        files, years = snakemake.input, snakemake.params.years
        year = int(snakemake.wildcards.year)
        at = years.index(year)
        estimate_npp_casa(
            layers={
                "ndvi": raster.Bands(files.ndvi, tuple(range(12 * at + 1, 12 * at + 13))),
                "filled": raster.Bands(files.filled, (at + 1,)),
                "ndvi_normals": files.ndvi_normals,
                "normals": files.normals,
                "landcover": files.landcover,
                "grid": files.grid,
            },
            limits_path=files.limits,
            climate={
                "paths": list(files.months),
                "dem_path": files.dem,
                "grid_path": files.grid,
                "years": years,
                "bias_correction": snakemake.params.bias_correction,
            },
            outputs=[snakemake.output[name] for name in ("npp", "qc", "missing_reason", "clip")],
            year=year,
            settings=snakemake.params.casa | snakemake.params.ndvi,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
