"""Estimate by how much RESTREND misses the trend of the residual, in every pixel.

Reads   cube of the variable, cubes of all drivers (band = year); where coefficients are pooled
        their table and the land cover of the first year
Writes  observed slope, its p, share of the year's variance that the drivers explain, bias
"""

from nepflow._log import logged_to
from nepflow.attribution import attribution
from nepflow.io import bands, raster


def estimate_restrend_bias(cube, driver_paths, inputs, outputs, settings, mem_mb, threads):
    """The bias is the residual of RESTREND less that of the joint one."""
    stack = cube if len(cube) > 1 else cube[0]
    shared = attribution.reader(inputs["pooled"], list(driver_paths))
    years = settings["years"]

    def of_series(types, values, *drivers):
        parts, plain = (
            attribution.attribute(
                values,
                drivers,
                years,
                method,
                settings["min_years"],
                settings["attribution"]["calibration"],
                shared(method, types[0]),
            )
            for method in ("joint", "restrend")
        )
        return parts.observed, parts.p, parts.time_r2, plain.rest - parts.rest

    tags = raster.tags_of(cube[0])
    unit, about = f"{tags['unit'].replace(' yr-1', '')} yr-2", tags["long_name"]
    written = [
        raster.Output(outputs["observed"], unit, f"least-squares trend of {about}"),
        raster.Output(outputs["p"], "1", f"p of the least-squares trend of {about}", ("p",)),
        raster.Output(outputs["time_r2"], "1", "share of the year's variance explained by climate"),
        raster.Output(outputs["bias"], unit, "bias of RESTREND's trend of the residual"),
    ]
    raster.map_blocks(
        of_series,
        [inputs["types"] or cube[0], stack, *driver_paths.values()],
        written,
        mem_mb=mem_mb,
        threads=threads,
        label="bias",
        years=years,
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube, drivers = snakemake.input.cube, snakemake.input.drivers
        estimate_restrend_bias(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, drivers, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
