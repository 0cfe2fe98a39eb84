"""Find the commonest reason why NPP is absent in every pixel.

Reads   absence rasters (modis.ABSENCE, one a year)
Writes  absence: the reason of most years without NPP; 0 where every year has it
"""

from nepflow._log import logged_to
from nepflow.io import bands, missing, raster
from nepflow.study import modis


def estimate_absence(absence_paths, output_path, mem_mb):
    """Why a statistic that needs several years may be absent."""
    raster.map_blocks(
        lambda annual: missing.commonest_absence(annual, modis.ABSENCE_CODE["valid"]),
        [list(absence_paths)],
        raster.Output(
            output_path,
            "1",
            "commonest reason why NPP is absent",
            ("reason",),
            "uint8",
            classes=modis.ABSENCE,
        ),
        mem_mb=mem_mb,
        label="absence",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_absence(
            absence_paths=snakemake.input.absence,
            output_path=snakemake.output.absence,
            mem_mb=snakemake.resources.mem_mb,
        )
