"""Reconstruct missing and rejected daily values of stations by ordinary kriging.

Reads   checked records (parquet: degC, mm, MJ m-2), grid (for its CRS)
Writes  records with reconstructed values (parquet), tables of variograms, of leave-one-out
        errors, and of observed, rejected and filled days of every station
"""

import pandas as pd
from nepflow._log import logged_to, progress
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.stations import cleaning, filling, flags
from nepflow.stations.days import StationDays, StationMonths, distances_km
from nepflow.study.variables import VARIABLES


def fill_stations(inputs, outputs, settings):
    """Only daily records are reconstructed; gaps longer than the study allows stay."""
    records, variables = pd.read_parquet(inputs["records"]), settings["variables"]
    variograms, errors, counts = [], [], []
    if settings["time_step"] == "daily":
        days = StationDays(records, settings["years"])
        crs = raster.grid_of(inputs["grid"]).crs
        apart = distances_km(cleaning.projected(days.sites["lon"], days.sites["lat"], crs))
        columns, codes = {}, {}
        for name in progress(variables, len(variables), "reconstruction of station records"):
            values, codes[name] = days.values(VARIABLES[name].column), days.flags(name)
            if settings["gap_filling"] == "kriging":
                values, months = filling.without_gaps(
                    name,
                    values,
                    days.month,
                    apart,
                    minimum=settings["min_stations"],
                    **settings["kriging"],
                )
                variograms += filling.variogram_rows(name, months)
                errors += filling.error_rows(name, months)
            columns[VARIABLES[name].column] = values
            names = days.sites["station"].to_numpy(str)
            counts.append(flags.quality_rows(names, name, codes[name], values))
        records = days.with_values(columns, codes)
    elif settings["time_step"] == "monthly":
        counts = of_months(StationMonths(records, settings["years"]), variables)
    with replacing(outputs["records"]) as temporary:
        records.to_parquet(temporary, index=False)
    made = {"variograms": variograms, "errors": errors}
    made["quality"] = pd.concat(counts) if counts else []
    for (name, rows), columns in zip(made.items(), filling.TABLES, strict=True):
        tables.write(rows, outputs[name], columns, settings["simulated"])


def of_months(months, variables):
    """Return how many months of each station have each flag."""
    names = months.sites["station"].to_numpy(str)
    return [
        flags.quality_rows(
            names, name, months.flags(name), months.values(VARIABLES[name].column), "month"
        )
        for name in variables
    ]


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        fill_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
