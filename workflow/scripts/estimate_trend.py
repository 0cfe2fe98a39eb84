"""Estimate the trend of a variable in every pixel.

Reads   cube (band = year, or one file a year)
Writes  slope (unit yr-1), z (Mann-Kendall Z), trend_class (nine classes)
"""

from nepflow import raster, trend
from nepflow._log import logged_to

STRENGTHS = ("slightly_significant", "significant", "extremely_significant")


def estimate_trend(cube, outputs, years, minimum_years, cuts, mem_mb, threads):
    """Theil-Sen slope, Mann-Kendall Z and their class; too short series are absent."""
    stack = cube if len(cube) > 1 else cube[0]
    unit = raster.tags_of(cube[0])["unit"].replace("yr-1", "yr-2")
    unit = unit if "yr" in unit else f"{unit} yr-1"
    name = raster.tags_of(cube[0])["long_name"]

    def of_series(values):
        slope, _, z = trend.theil_sen_mann_kendall(values, years, minimum_years)
        return slope, z, trend.trend_class(slope, z, cuts)

    slope_path, z_path, class_path = outputs
    raster.map_blocks(
        of_series,
        [stack],
        [
            raster.Output(slope_path, unit, f"Theil-Sen slope of {name}", ("slope",)),
            raster.Output(z_path, "1", f"Mann-Kendall Z of {name}", ("z",)),
            raster.Output(
                class_path,
                "1",
                f"trend of {name}",
                ("class",),
                "uint8",
                classes=trend.CLASS_NAMES,
                colours=trend.CLASS_COLOURS,
            ),
        ],
        mem_mb=mem_mb,
        threads=threads,
        label="trend",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        cube = snakemake.input.cube
        estimate_trend(
            cube=[cube] if isinstance(cube, str) else list(cube),
            outputs=[snakemake.output.slope, snakemake.output.z, snakemake.output.trend_class],
            years=snakemake.params.years,
            minimum_years=snakemake.params.minimum_years,
            cuts=[snakemake.params.trend[f"{name}_z"] for name in STRENGTHS],
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
