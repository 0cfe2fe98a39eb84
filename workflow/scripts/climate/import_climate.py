"""Read the months of a climate grid into the units of the workflow, on the grid's own cells.

Reads   rasters of climate.grids (any GDAL format, declared unit), their elevation (m), grid
Writes  months (bands "2001-01" ..., degC, mm month-1 or MJ m-2 month-1), table of the import
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.climate import grids
from nepflow.climate.monthly import LAPSE
from nepflow.io import raster, tables
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "quantity", "value", "unit")


def import_climate(
    entries,
    grid_path,
    output_path,
    table_path,
    variable,
    years,
    limits,
    plausible_median,
    downscaling,
    simulated,
):
    """Months of temperature are reduced to sea level where the study downscales."""
    rate = downscaling["lapse_rate_k_per_km"] if variable == "temperature" else None
    lapse = None if rate is None else (rate, downscaling["elevation"])
    names = sorted({Path(entry["file"]).name for entry in entries})
    source = f"gridded climate: {names[0]}" + (f" and {len(names) - 1} more" * (len(names) > 1))
    output = raster.Output(
        output_path, VARIABLES[variable].monthly_unit, VARIABLES[variable].long_name,
        [str(month) for month in grids.months_of(years)],
        tags={"source": source} | ({} if lapse is None else {LAPSE: str(rate)}),
    )  # fmt: skip
    median = grids.write_months(
        entries, years, raster.grid_of(grid_path), output,
        limits=limits["monthly"][variable], plausible=plausible_median["monthly"][variable],
        lapse=lapse,
    )  # fmt: skip
    rows = [
        (variable, "files", len(names), "1"),
        (variable, "months", 12 * len(years), "1"),
        (variable, "median_of_months", median, output.unit),
        (variable, "lapse_rate", rate or 0.0, "K km-1"),
    ]
    tables.write(rows, table_path, COLUMNS, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        import_climate(
            entries=snakemake.params.entries,
            grid_path=snakemake.input.grid,
            output_path=snakemake.output.months,
            table_path=snakemake.output.table,
            variable=snakemake.wildcards.variable,
            years=snakemake.params.years,
            limits=snakemake.params.limits,
            plausible_median=snakemake.params.plausible_median,
            downscaling=snakemake.params.downscaling,
            simulated=snakemake.params.simulated,
        )
