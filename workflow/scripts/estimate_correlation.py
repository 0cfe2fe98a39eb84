"""Estimate the partial correlation of a variable with one climate driver in every pixel.

Reads   cube of the variable, cubes of all drivers (band = year)
Writes  r and p (1) of the driver with the others held fixed, and their class
"""

from nepflow import correlation, part, raster
from nepflow._log import logged_to


def estimate_correlation(
    cube, driver_paths, driver, outputs, years, minimum_years, options, mem_mb, threads
):
    """The drivers must be all that are held fixed, and the wanted one; years have all of them."""
    stack = cube if len(cube) > 1 else cube[0]
    place = list(driver_paths).index(driver)
    detrend, level = options["detrend"], options["significance_p"]

    def of_series(values, *drivers):
        r, p = correlation.partial_correlation(values, drivers, years, minimum_years, detrend)
        return r[place], p[place], correlation.correlation_class(r[place], p[place], level)

    name = raster.tags_of(cube[0])["long_name"]
    held = ", ".join([other for other in driver_paths if other != driver] + ["year"] * detrend)
    about = f"partial correlation of {name} with {driver}"
    tags = {"held_fixed": held}
    named = {"classes": correlation.CLASS_NAMES, "colours": correlation.CLASS_COLOURS}
    raster.map_blocks(
        of_series,
        [stack, *driver_paths.values()],
        [
            raster.Output(outputs[0], "1", about, ("r",), tags=tags),
            raster.Output(outputs[1], "1", f"p of the {about}", ("p",), tags=tags),
            raster.Output(outputs[2], "1", about, ("class",), "uint8", tags=tags, **named),
        ],
        mem_mb=mem_mb,
        threads=threads,
        label=f"correlation with {driver}",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), part.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        names = snakemake.params.climate
        estimate_correlation(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(names, snakemake.input.drivers, strict=True)),
            driver=snakemake.wildcards.driver,
            outputs=[snakemake.output.r, snakemake.output.p, snakemake.output.correlation_class],
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.correlation,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
