"""Split the trend of a variable into climate and the residual in every pixel, by one method.

Reads   cube of the variable, cubes of all drivers (band = year), grid (1 = inside); where
        coefficients are pooled their table and the land cover of the first year
Writes  slopes of climate, of the residual and by driver (unit of the cube a year), share of the
        residual (%), case and dominant factor (classes)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.attribution import attribution
from nepflow.io import bands, raster


def estimate_attribution(cube, driver_paths, inputs, outputs, method, settings, mem_mb, threads):
    """Classes are those of cells inside the area; a cell that cannot be told is undetermined."""
    stack = cube if len(cube) > 1 else cube[0]
    shared = attribution.reader(inputs["pooled"], list(driver_paths))
    years, options = settings["years"], settings["attribution"]

    def of_series(inside, types, values, *drivers):
        parts = attribution.attribute(
            values,
            drivers,
            years,
            method,
            settings["min_years"],
            options["calibration"],
            shared(method, types[0]),
        )
        cases = attribution.case(parts.observed, parts.climate, parts.rest)
        share = attribution.residual_share(parts.observed, parts.rest, cases)
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
        raster.Output(outputs["climate"], unit, f"trend of {about} by climate ({how})"),
        raster.Output(outputs["residual"], unit, f"trend of {about} by the residual ({how})"),
        raster.Output(
            outputs["drivers"], unit, f"trend of {about} by driver ({how})", list(driver_paths)
        ),
        raster.Output(
            outputs["share"], "%", f"share of the residual in the trend of {about} ({how})"
        ),
        raster.Output(
            outputs["cases"], "1", f"case of the trend of {about}", dtype="uint8", **named
        ),
        raster.Output(outputs["dominant"], "1", "dominant factor", dtype="uint8", **factors),
    ]
    raster.map_blocks(
        of_series,
        [inputs["grid"], inputs["types"] or inputs["grid"], stack, *driver_paths.values()],
        written,
        mem_mb=mem_mb,
        threads=threads,
        label=f"attribution, {method}",
        years=years,
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube, drivers = snakemake.input.cube, snakemake.input.drivers
        estimate_attribution(
            cube=[cube] if isinstance(cube, str) else list(cube),
            driver_paths=dict(zip(snakemake.params.climate, drivers, strict=True)),
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            method=snakemake.wildcards.method,
            settings=dict(snakemake.params.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
