"""Estimate the limits of NDVI between which light absorption rises, by vegetation type.

Reads   NDVI and state (a band a month), land cover by IGBP class (one file a year), the table
        of vegetation types
Writes  limits and largest light use efficiency by type
"""

from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.npp import fpar


def estimate_fpar_limits(inputs, types_path, output_path, settings, mem_mb, simulated):
    """Percentiles of all observed months of all years, from counts of stored values."""
    ndvi_path, state_path, class_paths = inputs
    observed = 0
    for _, _, (value, state, classes) in raster.blocks(
        [ndvi_path, state_path, list(class_paths)], mem_mb=mem_mb // 2, label="NDVI by type"
    ):
        observed = observed + fpar.counts(value, state, classes)
    table = fpar.read(types_path)
    found = fpar.limits(table, observed, settings["limits"], settings["limit_percentiles"])
    rows = fpar.rows(table, found, settings["efficiency"])
    tables.write(rows, output_path, fpar.COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        estimate_fpar_limits(
            inputs=(snakemake.input.ndvi, snakemake.input.state, snakemake.input.landcover),
            types_path=snakemake.input.types,
            output_path=snakemake.output.limits,
            settings=snakemake.params.casa,
            mem_mb=snakemake.resources.mem_mb,
            simulated=snakemake.params.simulated,
        )
