"""Estimate net ecosystem productivity of every year.

Reads   npp (one file a year) and respiration (cube), g C m-2 yr-1
Writes  nep (cube, band = year), g C m-2 yr-1
"""

from nepflow import part, raster
from nepflow._log import logged_to


def estimate_nep(npp_paths, respiration_path, output_path, mem_mb, threads):
    """NEP = NPP - Rh; absent where NPP is."""
    years = [str(year) for year in raster.years_of(respiration_path)]
    raster.map_blocks(
        lambda npp, respiration: npp - respiration,
        [list(npp_paths), respiration_path],
        raster.Output(output_path, "g C m-2 yr-1", "net ecosystem productivity", years),
        mem_mb=mem_mb,
        threads=threads,
        label="NEP",
    )


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), part.only(snakemake.wildcards.get("band")):
        estimate_nep(
            npp_paths=snakemake.input.npp,
            respiration_path=snakemake.input.respiration,
            output_path=snakemake.output.nep,
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
