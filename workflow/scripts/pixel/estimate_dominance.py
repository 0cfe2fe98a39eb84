"""Estimate what all climate drivers explain together, and which of them dominate.

Reads   cube of the variable, cubes of all drivers (band = year)
Writes  multiple_r2 and multiple_p (1) of all drivers, and the dominant combination (classes)
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import correlation
from nepflow.study import pixel


def estimate_dominance(cube, driver_paths, outputs, years, min_years, options, mem_mb, threads):
    """F of all drivers, and in it the partial t-test of each; years have all of them."""
    stack = cube if len(cube) > 1 else cube[0]
    detrend, level = options["detrend"], options["significance_p"]

    def of_series(values, *drivers):
        _, p_partial, r2, p = correlation.correlations(values, drivers, years, min_years, detrend)
        return r2, p, correlation.dominant_class(p, p_partial, level)

    name = raster.tags_of(cube[0])["long_name"]
    drivers = tuple(driver_paths)
    given = {"name": name, "drivers": ", ".join(drivers)}
    tags = {"held_fixed": "year"} if detrend else {}
    named = {
        "dtype": "uint8",
        "tags": tags,
        "classes": correlation.class_names(drivers),
        "colours": correlation.class_colours(drivers),
    }
    raster.map_blocks(
        of_series,
        [stack, *driver_paths.values()],
        [
            raster.Output(outputs["multiple_r2"], *pixel.about("multiple_r2", **given), tags=tags),
            raster.Output(outputs["multiple_p"], *pixel.about("multiple_p", **given), tags=tags),
            raster.Output(
                outputs["dominant_class"], *pixel.about("dominant_class", **given), **named
            ),
        ],
        mem_mb=mem_mb,
        threads=threads,
        label="dominant drivers",
        years=years,
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        estimate_dominance(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, snakemake.input.drivers, strict=True)),
            outputs=dict(snakemake.output.items()),
            years=snakemake.params.years,
            min_years=snakemake.params.min_years,
            options=snakemake.params.correlation,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
