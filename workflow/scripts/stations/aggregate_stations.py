"""Aggregate station records to months and years.

Reads   clean records (parquet)
Writes  monthly and annual tables (degC, mm, MJ m-2), completeness of every station
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.stations import aggregation
from nepflow.study.variables import VARIABLES


def aggregate_stations(
    records_path,
    monthly_path,
    annual_path,
    completeness_path,
    variables,
    years,
    time_step,
    complete_month_percent,
    simulated,
):
    """A month needs enough days, a year all of its months."""
    records = pd.read_parquet(records_path)
    parts = [
        aggregation.aggregate(
            records, (name, VARIABLES[name]), years, time_step, complete_month_percent
        )
        for name in variables
    ]
    columns = aggregation.MONTHLY, aggregation.ANNUAL, aggregation.COMPLETENESS
    for frames, path, names in zip(
        zip(*parts, strict=True), (monthly_path, annual_path, completeness_path), columns,
        strict=True,
    ):  # fmt: skip
        tables.write(pd.concat(frames, ignore_index=True), path, names, simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        aggregate_stations(
            records_path=snakemake.input.records,
            monthly_path=snakemake.output.monthly,
            annual_path=snakemake.output.annual,
            completeness_path=snakemake.output.completeness,
            **{name: snakemake.params[name] for name in snakemake.params.keys()},  # noqa: SIM118
        )
