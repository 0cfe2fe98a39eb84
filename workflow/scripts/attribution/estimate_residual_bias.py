"""Estimate by how much the residual method misses the trend of the rest, in every pixel.

Reads   cube of the variable, cubes of all drivers (band = year); where coefficients are pooled
        their table and the land cover of the first year
Writes  observed slope, its p, share of the year's variance that the drivers explain, bias
"""

from nepflow._log import logged_to
from nepflow.attribution import attribution
from nepflow.io import bands, raster


def estimate_residual_bias(
    cube, driver_paths, outputs, years, minimum_years, options, mem_mb, threads, pooled_path="",
    types_path="",
):  # fmt: skip
    """The bias is the rest of the residual method less that of the joint one."""
    stack = cube if len(cube) > 1 else cube[0]

    shared = attribution.reader(pooled_path, list(driver_paths))

    def of_series(types, values, *drivers):
        parts, plain = (
            attribution.attribute(
                values,
                drivers,
                years,
                method,
                minimum_years,
                options["calibration"],
                shared(method, types[0]),
            )
            for method in ("joint", "residual")
        )
        return parts.observed, parts.p, parts.time_r2, plain.rest - parts.rest

    tags = raster.tags_of(cube[0])
    unit, about = f"{tags['unit'].replace(' yr-1', '')} yr-2", tags["long_name"]
    written = [
        raster.Output(outputs[0], unit, f"least-squares trend of {about}"),
        raster.Output(outputs[1], "1", f"p of the least-squares trend of {about}", ("p",)),
        raster.Output(outputs[2], "1", "share of the year's variance explained by climate"),
        raster.Output(outputs[3], unit, "bias of the residual method's trend of the rest"),
    ]
    raster.map_blocks(
        of_series, [types_path or cube[0], stack, *driver_paths.values()], written, mem_mb=mem_mb,
        threads=threads, label="bias", years=years,
    )  # fmt: skip


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        names = ("observed", "p", "time_r2", "bias")
        estimate_residual_bias(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, snakemake.input.drivers, strict=True)),
            outputs=[snakemake.output[name] for name in names],
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.attribution,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
            pooled_path=snakemake.input.pooled,
            types_path=snakemake.input.types,
        )
