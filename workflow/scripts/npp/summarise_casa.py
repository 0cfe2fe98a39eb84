"""Summarise how often NDVI stood at a limit of light absorption, and how much of it was filled.

Reads   clip (% of the months of a year, one file a year), share of months filled (%), zones
Writes  clip of all years (%), table: shares of the area's pixel-months
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones.sums import zone_sums


def summarise_casa(
    clip_paths, share_path, zones_path, output_path, table_path, years, mem_mb, simulated
):
    """Means over the years with NPP; a share of all pixel-months is a mean over cells."""

    def mean_of_years(clip):
        count = (~np.isnan(clip)).sum(axis=0)
        total = np.where(np.isnan(clip), 0, clip).sum(axis=0)
        return np.where(count > 0, total / np.maximum(count, 1), np.nan)

    raster.map_blocks(
        mean_of_years,
        [list(clip_paths)],
        raster.Output(output_path, "%", "months with NDVI at a limit", ("all years",)),
        mem_mb=mem_mb,
        label="clip",
    )
    rows, sums = [], np.zeros(2)
    for year, path in zip(years, clip_paths, strict=True):
        total, cells, _ = zone_sums(path, zones_path, mem_mb, f"clip {year}")
        rows.append(("region", "all", year, "clip_share", share(total, cells), "%"))
        sums += total.sum(), cells.sum()
    rows.append(("region", "all", "", "clip_share", share(*sums), "%"))
    total, cells, _ = zone_sums(share_path, zones_path, mem_mb, "filled")
    for band, name in enumerate(("cloud_filled_share", "snow_filled_share")):
        rows.append(("region", "all", "", name, share(total[band], cells[band]), "%"))
    tables.write(rows, table_path, simulated=simulated)


def share(total, cells):
    """Mean over the cells with a value."""
    return float(np.sum(total) / np.sum(cells)) if np.sum(cells) else np.nan


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_casa(
            clip_paths=list(snakemake.input.clip),
            share_path=snakemake.input.share,
            zones_path=snakemake.input.zones,
            output_path=snakemake.output.clip,
            table_path=snakemake.output.table,
            years=snakemake.params.years,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
