"""Bring a year of collection 006 to the level of collection 061.

Reads   npp, qc, missing_reason of the year (006); npp of the overlap years (006 and 061), g C
        m-2 yr-1
Writes  npp (g C m-2 yr-1), qc (%), missing_reason (modis.MISSING_REASONS)
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import bands, raster
from nepflow.npp.mod17 import harmonised, reconciled_reasons
from nepflow.study import modis


def harmonise_npp(year_paths, overlap_006, overlap_061, outputs, year, min_years, mem_mb):
    """Add each pixel's mean difference of the collections in the years that they share."""

    def shifted(npp, qc, reason, old, new):
        npp = harmonised(npp[0], old, new, min_years)
        reasons = reconciled_reasons(npp, reason[0], ~np.isnan(reason[0]))
        return npp, np.where(np.isnan(npp), np.nan, qc[0]), reasons

    tags = {"source": "MOD17A3HGF 006, shifted to 061 by their mean difference"}
    raster.map_blocks(
        shifted,
        [*year_paths, list(overlap_006), list(overlap_061)],
        [
            raster.Output(
                outputs["npp"], "g C m-2 yr-1", "net primary productivity", (year,), tags=tags
            ),
            raster.Output(outputs["qc"], "%", "growing season filled", (year,), tags=tags),
            raster.Output(
                outputs["missing_reason"],
                "1",
                "why NPP is missing",
                (year,),
                "uint8",
                classes=modis.MISSING_REASONS,
            ),
        ],
        mem_mb=mem_mb,
        label=f"NPP {year}",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        harmonise_npp(
            year_paths=[snakemake.input.npp, snakemake.input.qc, snakemake.input.missing_reason],
            overlap_006=snakemake.input.overlap_006,
            overlap_061=snakemake.input.overlap_061,
            outputs=dict(snakemake.output.items()),
            year=snakemake.wildcards.year,
            min_years=snakemake.params.min_years,
            mem_mb=snakemake.resources.mem_mb,
        )
