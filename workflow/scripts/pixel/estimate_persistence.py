"""Estimate the Hurst exponent of a variable in every pixel, and couple it with the trend.

Reads   cube (band = year, or one file a year), slope (Theil-Sen)
Writes  hurst (1), trend_persistence_class (classes of trend and persistence)
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import persistence
from nepflow.study import pixel


def estimate_persistence(cube, slope_path, outputs, min_years, options, mem_mb, threads):
    """Rescaled range by the method of the study; too short series are absent."""
    stack = cube if len(cube) > 1 else cube[0]
    name = raster.tags_of(cube[0])["long_name"]
    method, tolerance = options["method"], options["tolerance"]

    def of_series(values, slope):
        exponent = persistence.hurst(values, min_years, method)
        return exponent, persistence.trend_persistence(slope[0], exponent, tolerance)

    tags = {"method": method}
    raster.map_blocks(
        of_series,
        [stack, slope_path],
        [
            raster.Output(outputs["hurst"], *pixel.about("hurst", name=name), tags=tags),
            raster.Output(
                outputs["trend_persistence_class"],
                *pixel.about("trend_persistence_class", name=name),
                "uint8",
                classes=persistence.TREND_PERSISTENCE_NAMES,
                colours=persistence.TREND_PERSISTENCE_COLOURS,
                tags=tags,
            ),
        ],
        mem_mb=mem_mb,
        threads=threads,
        label="persistence",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        estimate_persistence(
            cube=[cube] if isinstance(cube, str) else list(cube),
            slope_path=snakemake.input.slope,
            outputs=dict(snakemake.output.items()),
            min_years=snakemake.params.min_years,
            options=snakemake.params.persistence,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
