"""Estimate net ecosystem productivity of every year, and NPP and Rh over the same cells.

Reads   npp (one file a year) and respiration (cube), g C m-2 yr-1
Writes  nep, npp, rh (cubes, band = year), g C m-2 yr-1, absent together
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import bands, raster


def estimate_nep(npp_paths, respiration_path, outputs, mem_mb, threads):
    """NEP = NPP - Rh; where one of the two is absent, all three are.

    What stands beside NEP in maps, tables and statistics is read from these cubes alone, so that
    NPP - Rh = NEP in each cell, year, mean and sum. The inputs keep their own cells.
    """
    years = [str(year) for year in raster.years_of(respiration_path)]
    model = raster.tags_of(respiration_path)["long_name"]
    names = {"nep": "net ecosystem productivity", "npp": "net primary productivity", "rh": model}
    raster.map_blocks(
        balance,
        [list(npp_paths), respiration_path],
        [raster.Output(outputs[key], "g C m-2 yr-1", name, years) for key, name in names.items()],
        mem_mb=mem_mb,
        threads=threads,
        label="NEP",
    )


def balance(npp, respiration):
    """Return NEP, NPP and Rh, NaN together (g C m-2 yr-1, shapes of the arguments)."""
    nep = npp - respiration
    absent = np.isnan(nep)
    return nep, np.where(absent, np.nan, npp), np.where(absent, np.nan, respiration)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), bands.only(snakemake.wildcards.get("band")):
        estimate_nep(
            npp_paths=snakemake.input.npp,
            respiration_path=snakemake.input.respiration,
            outputs=dict(snakemake.output.items()),
            mem_mb=snakemake.resources.mem_mb,
            threads=snakemake.threads,
        )
