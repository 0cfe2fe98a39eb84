"""Estimate deviation and coefficient of variation of a variable in every pixel.

Reads   cube (band = year, or one file a year)
Writes  sd (unit of the cube), cv (1): sd / |mean|, absent where |mean| is below the guard
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import variability
from nepflow.study import pixel


def estimate_variability(cube, outputs, min_years, min_mean, ddof, mem_mb, threads):
    """Deviation with n - ddof; too short series are absent."""
    stack = cube if len(cube) > 1 else cube[0]
    tags = raster.tags_of(cube[0])
    unit, name = tags["unit"], tags["long_name"]
    notes = {"ddof": str(ddof), "min_mean": f"{min_mean:g} {unit}"}
    raster.map_blocks(
        lambda values: variability.variation(values, min_years, min_mean, ddof)[1:],
        [stack],
        [
            raster.Output(outputs[layer], *pixel.about(layer, unit=unit, name=name), tags=notes)
            for layer in pixel.layers_of("variation")
        ],
        mem_mb=mem_mb,
        threads=threads,
        label="variability",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        estimate_variability(
            cube=[cube] if isinstance(cube, str) else list(cube),
            outputs=dict(snakemake.output.items()),
            min_years=snakemake.params.min_years,
            min_mean=snakemake.params.variability["min_mean_g_c"],
            ddof=snakemake.params.variability["ddof"],
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
