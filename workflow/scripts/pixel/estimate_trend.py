"""Estimate the trend of a variable in every pixel.

Reads   cube (band = year, or one file a year)
Writes  slope and its interval (unit yr-1), z and p (Mann-Kendall), lag1, trend_class
"""

from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.pixel import trend

STRENGTHS = ("slightly_significant", "significant", "extremely_significant")


def estimate_trend(cube, outputs, years, minimum_years, options, mem_mb, threads):
    """Theil-Sen slope, Mann-Kendall test and their class; too short series are absent."""
    unit = raster.tags_of(cube[0])["unit"].replace("yr-1", "yr-2")
    unit = unit if "yr" in unit else f"{unit} yr-1"
    name = raster.tags_of(cube[0])["long_name"]
    cuts = [options[f"{strength}_z"] for strength in STRENGTHS]
    confidence, test = options["confidence_percent"], options["autocorrelation"]

    def of_series(values):
        found = trend.trend_statistics(values, years, minimum_years, test, confidence)
        found["p"] = trend.p_value(found["z"])
        classes = trend.trend_class(found["slope"], found["z"], cuts)
        return (*(found[key] for key in ("slope", "low", "high", "z", "p", "lag1")), classes)

    tags = {"autocorrelation": test}
    layers = {
        "slope": (unit, f"Theil-Sen slope of {name}"),
        "low": (unit, f"lower {confidence:g} % limit of the slope of {name}"),
        "high": (unit, f"upper {confidence:g} % limit of the slope of {name}"),
        "z": ("1", f"Mann-Kendall Z of {name}"),
        "p": ("1", f"Mann-Kendall p of {name}"),
        "lag1": ("1", f"lag-1 autocorrelation of {name} around its trend"),
    }
    written = [
        raster.Output(outputs[key], *about, (key,), tags=tags) for key, about in layers.items()
    ]
    named = {"classes": trend.CLASS_NAMES, "colours": trend.CLASS_COLOURS, "tags": tags}
    path = outputs["trend_class"]
    written.append(raster.Output(path, "1", f"trend of {name}", ("class",), "uint8", **named))
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
            minimum_years=snakemake.params.minimum_years,
            options=snakemake.params.trend,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
