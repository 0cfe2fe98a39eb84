"""Split the trend of a variable into climate and the rest in every pixel, by one method.

Reads   cube of the variable, cubes of all drivers (band = year), grid (1 = inside); where
        coefficients are pooled their table and the land cover of the first year
Writes  slopes of climate, of the rest and by driver (unit of the cube a year), share of the rest
        (%), case and dominant factor (classes)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.attribution import attribution
from nepflow.io import bands, raster


def estimate_attribution(
    cube, driver_paths, grid_path, outputs, method, years, minimum_years, options, mem_mb, threads,
    pooled_path="", types_path="",
):  # fmt: skip
    """Classes are those of cells inside the area; a cell that cannot be told is undetermined."""
    stack = cube if len(cube) > 1 else cube[0]
    shared = attribution.reader(pooled_path, list(driver_paths))

    def of_series(inside, types, values, *drivers):
        parts = attribution.attribute(
            values, drivers, years, method, minimum_years, options["calibration"],
            shared(method, types[0]),
        )  # fmt: skip
        cases = attribution.case(parts.observed, parts.climate, parts.rest)
        share = attribution.rest_share(parts.observed, parts.rest, cases)
        dominant = attribution.dominant(
            share, parts.p, options["significance_p"], options["dominance_percent"]
        )
        classes = (np.where(inside[0] == 1, codes, np.nan) for codes in (cases, dominant))
        return parts.climate, parts.rest, parts.drivers, share, *classes

    tags = raster.tags_of(cube[0])
    unit, about = f"{tags['unit'].replace(' yr-1', '')} yr-2", tags["long_name"]
    how = attribution.HOW[method]
    named = {"classes": attribution.CASES, "colours": attribution.CASE_COLOURS}
    factors = {"classes": attribution.DOMINANT, "colours": attribution.DOMINANT_COLOURS}
    written = [
        raster.Output(outputs[0], unit, f"trend of {about} by climate ({how})"),
        raster.Output(outputs[1], unit, f"trend of {about} by the rest ({how})"),
        raster.Output(outputs[2], unit, f"trend of {about} by driver ({how})", list(driver_paths)),
        raster.Output(outputs[3], "%", f"share of the rest in the trend of {about} ({how})"),
        raster.Output(outputs[4], "1", f"case of the trend of {about}", dtype="uint8", **named),
        raster.Output(outputs[5], "1", "dominant factor", dtype="uint8", **factors),
    ]
    raster.map_blocks(
        of_series, [grid_path, types_path or grid_path, stack, *driver_paths.values()], written,
        mem_mb=mem_mb, threads=threads, label=f"attribution, {method}", years=years,
    )  # fmt: skip


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube, drivers = snakemake.input.cube, snakemake.input.drivers
        names = ("climate", "rest", "drivers", "share", "cases", "dominant")
        estimate_attribution(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, drivers, strict=True)),
            grid_path=snakemake.input.grid,
            outputs=[snakemake.output[name] for name in names],
            method=snakemake.wildcards.method,
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.attribution,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
            pooled_path=snakemake.input.pooled,
            types_path=snakemake.input.types,
        )
