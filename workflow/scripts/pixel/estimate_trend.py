"""Estimate the trend of a variable in every pixel.

Reads   cube (band = year, or one file a year)
Writes  slope and its interval (unit yr-1), z and p (Mann-Kendall), lag1, trend_class
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import trend
from nepflow.study import pixel

STRENGTHS = ("slightly_significant", "significant", "extremely_significant")


def estimate_trend(cube, outputs, years, min_years, options, mem_mb, threads):
    """Theil-Sen slope, Mann-Kendall test and their class; too short series are absent."""
    unit = raster.tags_of(cube[0])["unit"].replace("yr-1", "yr-2")
    unit = unit if "yr" in unit else f"{unit} yr-1"
    name = raster.tags_of(cube[0])["long_name"]
    cuts = [options[f"{strength}_z"] for strength in STRENGTHS]
    confidence, test = options["confidence_percent"], options["autocorrelation"]

    def of_series(values):
        found = trend.trend_statistics(values, years, min_years, test, confidence)
        found["p"] = trend.p_value(found["z"])
        found["class"] = trend.trend_class(found["slope"], found["z"], cuts)
        return tuple(found[pixel.LAYERS[layer].field] for layer in pixel.layers_of("trend"))

    tags = {"autocorrelation": test}
    classed = {"dtype": "uint8", "classes": trend.CLASS_NAMES, "colours": trend.CLASS_COLOURS}
    written = []
    for layer in pixel.layers_of("trend"):
        about = pixel.about(layer, unit=unit, name=name, confidence=confidence)
        more = classed if layer == "trend_class" else {}
        written.append(raster.Output(outputs[layer], *about, tags=tags, **more))
    stack = cube if len(cube) > 1 else cube[0]
    raster.map_blocks(
        of_series, [stack], written, mem_mb=mem_mb, threads=threads, label="trend", years=years
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        cube = snakemake.input.cube
        estimate_trend(
            cube=[cube] if isinstance(cube, str) else list(cube),
            outputs=dict(snakemake.output.items()),
            years=snakemake.params.years,
            min_years=snakemake.params.min_years,
            options=snakemake.params.trend,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
