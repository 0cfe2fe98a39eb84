"""Aggregate station records to months and years.

Reads   clean records (parquet)
Writes  monthly and annual tables (degC, mm, MJ m-2), completeness of every station
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.io import tables
from nepflow.stations import aggregation
from nepflow.study.variables import VARIABLES


def aggregate_stations(inputs, outputs, settings):
    """A month needs enough days, a year all of its months."""
    records = pd.read_parquet(inputs["records"])
    share = settings["complete_month_percent"]
    parts = [
        aggregation.aggregate(
            records, (name, VARIABLES[name]), settings["years"], settings["time_step"], share
        )
        for name in settings["variables"]
    ]
    columns = {
        "monthly": aggregation.MONTHLY,
        "annual": aggregation.ANNUAL,
        "completeness": aggregation.COMPLETENESS,
    }
    for frames, (name, names) in zip(zip(*parts, strict=True), columns.items(), strict=True):
        table = pd.concat(frames, ignore_index=True)
        tables.write(table, outputs[name], names, settings["simulated"])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        aggregate_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
