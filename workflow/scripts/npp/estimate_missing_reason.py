"""Find the commonest reason why NPP is missing in every pixel.

Reads   rasters of reasons (modis.MISSING_REASONS, one a year)
Writes  missing_reason: the reason of most years without NPP; 0 where every year has it
"""

from nepflow._log import logged_to
from nepflow.io import bands, missing, raster
from nepflow.study import modis


def estimate_missing_reason(missing_reason_paths, output_path, mem_mb):
    """Why a statistic that needs several years may be absent."""
    raster.map_blocks(
        lambda annual: missing.commonest_reason(annual, modis.REASON_CODE["valid"]),
        [list(missing_reason_paths)],
        raster.Output(
            output_path,
            "1",
            "commonest reason why NPP is missing",
            ("reason",),
            "uint8",
            classes=modis.MISSING_REASONS,
        ),
        mem_mb=mem_mb,
        label="missing data",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_missing_reason(
            missing_reason_paths=snakemake.input.missing_reason,
            output_path=snakemake.output.missing_reason,
            mem_mb=snakemake.resources.mem_mb,
        )
