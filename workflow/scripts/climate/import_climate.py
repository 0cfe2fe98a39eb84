"""Read the months of a climate grid into the units of the workflow, on the grid's own cells.

Reads   rasters of climate.grids (any GDAL format, declared unit), their elevation (m), grid
Writes  months (bands "2001-01" ..., degC, mm month-1 or MJ m-2 month-1), table of the import
"""

import logging
from pathlib import Path

from nepflow._log import logged_to
from nepflow._watch import watched
from nepflow.climate import grids
from nepflow.climate.monthly import LAPSE
from nepflow.io import raster, tables
from nepflow.study.variables import VARIABLES

COLUMNS = ("variable", "quantity", "value", "unit")


def import_climate(inputs, outputs, variable, settings):
    """Months of temperature are reduced to sea level where the study downscales."""
    entries, years, downscaling = (settings[n] for n in ("entries", "years", "downscaling"))
    rate = downscaling["lapse_rate_k_per_km"] if variable == "temperature" else None
    lapse = None if rate is None else (rate, downscaling["elevation"])
    names = sorted({Path(entry["file"]).name for entry in entries})
    source = f"gridded climate: {names[0]}" + (f" and {len(names) - 1} more" * (len(names) > 1))
    output = raster.Output(
        outputs["months"],
        VARIABLES[variable].monthly_unit,
        VARIABLES[variable].long_name,
        [str(month) for month in grids.months_of(years)],
        tags={"source": source} | ({} if lapse is None else {LAPSE: str(rate)}),
    )
    median, understood, warnings = grids.write_months(
        entries,
        years,
        raster.study_grid_of(inputs["grid"]),
        output,
        limits=settings["limits"]["monthly"][variable],
        plausible=settings["plausible_median"]["monthly"][variable],
        percent=settings["complete_month_percent"],
        lapse=lapse,
    )
    log = logging.getLogger(__name__)
    log.info("%s: %s", source, understood)
    for warning in warnings:
        log.warning(warning)
    rows = [
        (variable, "files", len(names), "1"),
        (variable, "months", 12 * len(years), "1"),
        (variable, "median_of_months", median, output.unit),
        (variable, "lapse_rate", rate or 0.0, "K km-1"),
    ]
    tables.write(rows, outputs["table"], COLUMNS, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]), watched(snakemake.params.raw):
        import_climate(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            variable=snakemake.wildcards.variable,
            settings=dict(snakemake.params.items()),
        )
