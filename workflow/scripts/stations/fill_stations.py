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
from nepflow.stations.days import StationDays, distances_km
from nepflow.study.variables import VARIABLES


def fill_stations(
    records_path,
    grid_path,
    filled_path,
    table_paths,
    variables,
    years,
    time_step,
    fill,
    kriging,
    minimum_stations,
    simulated,
):
    """Only daily records are reconstructed; gaps longer than the study allows stay."""
    records = pd.read_parquet(records_path)
    variograms, errors, counts = [], [], []
    if time_step == "daily":
        days = StationDays(records, years)
        crs = raster.grid_of(grid_path).crs
        apart = distances_km(cleaning.projected(days.sites["lon"], days.sites["lat"], crs))
        columns, codes = {}, {}
        for name in progress(variables, len(variables), "reconstruction of station records"):
            values, codes[name] = days.values(VARIABLES[name].column), days.flags(name)
            if fill == "kriging":
                values, months = filling.without_gaps(
                    name, values, days.month, apart, minimum=minimum_stations, **kriging
                )
                variograms += filling.variogram_rows(name, months)
                errors += filling.error_rows(name, months)
            columns[VARIABLES[name].column] = values
            names = days.sites["station"].to_numpy(str)
            counts.append(flags.quality_rows(names, name, codes[name], values))
        records = days.with_values(columns, codes)
    with replacing(filled_path) as temporary:
        records.to_parquet(temporary, index=False)
    contents = variograms, errors, pd.concat(counts) if counts else []
    for rows, path, names in zip(contents, table_paths, filling.TABLES, strict=True):
        tables.write(rows, path, names, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        fill_stations(
            records_path=snakemake.input.records,
            grid_path=snakemake.input.grid,
            filled_path=snakemake.output.records,
            table_paths=[
                snakemake.output.variograms, snakemake.output.errors, snakemake.output.quality,
            ],
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )  # fmt: skip
