"""Estimate the partial correlation of a variable with every climate driver in every pixel.

Reads   cube of the variable, cubes of all drivers (band = year)
Writes  of each driver: r and p (1) with the others held fixed, and their class
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import correlation
from nepflow.study import pixel


def estimate_correlation(cube, driver_paths, outputs, years, min_years, options, mem_mb):
    """Outputs hold <driver>, <driver>_p and <driver>_class; years have all drivers."""
    stack = cube if len(cube) > 1 else cube[0]
    detrend, level = options["detrend"], options["significance_p"]

    def of_series(values, *drivers):
        r, p = correlation.partial_correlation(values, drivers, years, min_years, detrend)
        classes = correlation.correlation_class(r, p, level)
        return tuple(layer for of_driver in zip(r, p, classes, strict=True) for layer in of_driver)

    name = raster.tags_of(cube[0])["long_name"]
    raster.map_blocks(
        of_series,
        [stack, *driver_paths.values()],
        list(layers(name, list(driver_paths), outputs, detrend)),
        mem_mb=mem_mb,
        label=f"partial correlations of {name}",
        years=years,
    )


def layers(name, drivers, outputs, detrend):
    """Yield the rasters of each driver, in the order of the results."""
    named = {"classes": correlation.CLASS_NAMES, "colours": correlation.CLASS_COLOURS}
    for driver in drivers:
        held = [other for other in drivers if other != driver] + ["year"] * detrend
        tags = {"held_fixed": ", ".join(held)}
        for layer in pixel.layers_of("correlation"):
            own = {"dtype": "uint8", **named} if layer.endswith("_class") else {}
            path = outputs[layer.removeprefix("partial_").replace(pixel.DRIVER, driver)]
            about = pixel.about(layer, name=name, driver=driver)
            yield raster.Output(path, *about, tags=tags, **own)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        names = snakemake.params.climate
        estimate_correlation(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(names, snakemake.input.drivers, strict=True)),
            outputs=dict(snakemake.output.items()),
            years=snakemake.params.years,
            min_years=snakemake.params.min_years,
            options=snakemake.params.correlation,
            mem_mb=snakemake.resources.mem_mb,
        )
