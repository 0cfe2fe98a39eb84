"""Compare the readings of the respiration equation: mean NEP, total, source and sink area.

Reads   npp (one file a year), respiration (one cube a reading), g C m-2 yr-1
Writes  table: one row a reading and quantity
"""

import numpy as np
from nepflow import raster, tables, zonal
from nepflow._log import logged_to

COLUMNS = ["reading", "chosen", "quantity", "value", "unit"]


def compare_readings(npp_paths, respiration_paths, grid_path, output_path, chosen, mem_mb):
    """Sources are pixels whose mean NEP over the years is negative."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    rows = []
    for reading, path in respiration_paths.items():
        total, count = np.zeros((3, 2)), np.zeros((3, 2))
        strips = raster.blocks([grid_path, list(npp_paths), path], mem_mb=mem_mb, label=reading)
        for _, _, (inside, npp, rh) in strips:
            zonal.add_to_zones(layers(npp, rh), inside, total, count)
        mean, source, rh_mean = (total[:, 1] / count[:, 1]).tolist()
        valid_km2 = count[0, 1] * cell_km2
        rows += [
            (reading, reading == chosen, *row)
            for row in (
                ("nep_mean", mean, "g C m-2 yr-1"),
                ("nep_total", mean * valid_km2 * 1e-6, "Tg C yr-1"),
                ("rh_mean", rh_mean, "g C m-2 yr-1"),
                ("source_share", 100 * source, "% of valid area"),
                ("sink_share", 100 * (1 - source), "% of valid area"),
                ("valid_area", valid_km2, "km2"),
            )
        ]
    simulated = "simulated" in raster.tags_of(grid_path)
    tables.write(rows, output_path, COLUMNS, simulated=simulated)


def layers(npp, rh):
    """Mean NEP, whether it is a source, and mean Rh of each pixel with NPP: (3, y, x)."""
    valid = np.isfinite(npp - rh)
    years = np.maximum(valid.sum(axis=0), 1)
    none = ~valid.any(axis=0)
    nep = np.where(valid, npp - rh, 0).sum(axis=0) / years
    rh = np.where(valid, rh, 0).sum(axis=0) / years
    return np.where(none, np.nan, np.stack([nep, (nep < 0).astype("float64"), rh]))


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        compare_readings(
            npp_paths=snakemake.input.npp,
            respiration_paths=dict(
                zip(snakemake.params.readings, snakemake.input.respiration, strict=True)
            ),
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.table,
            chosen=snakemake.params.chosen,
            mem_mb=snakemake.resources.mem_mb,
        )
