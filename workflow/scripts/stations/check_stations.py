"""Check the daily records of stations: jumps, repeats, and disagreement with neighbours.

Reads   clean records (parquet: degC, mm, MJ m-2), grid (for its CRS)
Writes  records without rejected values and with their flags (parquet), table of those values
"""

import numpy as np
import pandas as pd
from nepflow._log import logged_to, progress
from nepflow.io import raster, tables
from nepflow.io.atomic import replacing
from nepflow.stations import cleaning, flags, quality, radiation
from nepflow.stations.days import StationDays, distances_km
from nepflow.study.variables import VARIABLES


def check_stations(inputs, outputs, settings):
    """Records of months and normals pass as they are."""
    records = pd.read_parquet(inputs["records"])
    variables, options, rejected = settings["variables"], settings["quality"], []
    if settings["time_step"] == "daily":
        days = StationDays(records, settings["years"])
        crs = raster.grid_of(inputs["grid"]).crs
        apart = distances_km(cleaning.projected(days.sites["lon"], days.sites["lat"], crs))
        near = options["neighbours"]
        weights = quality.neighbour_weights(apart, near["radius_km"], near["max"])
        columns, codes = {}, {}
        for name in progress(variables, len(variables), "checks of station records"):
            values, before = days.values(VARIABLES[name].column), days.flags(name)
            top = top_of_atmosphere(days) if VARIABLES[name].below_top_of_atmosphere else None
            codes[name] = quality.checked(name, values, before, days.month, weights, options, top)
            new = codes[name] != before
            rejected.append(
                flags.flagged_rows(days, name, VARIABLES[name], values, codes[name], new)
            )
            columns[VARIABLES[name].column] = np.where(new, np.nan, values)
        records = days.with_values(columns, codes)
    with replacing(outputs["records"]) as temporary:
        records.to_parquet(temporary, index=False)
    table = pd.concat(rejected) if rejected else []
    tables.write(table, outputs["flagged"], flags.FLAGGED, settings["simulated"])


def top_of_atmosphere(days):
    """Radiation above the atmosphere on every day at every station, MJ m-2 d-1."""
    day_of_year = pd.DatetimeIndex(days.dates).dayofyear.to_numpy()
    latitude = days.sites["lat"].to_numpy()
    return radiation.extraterrestrial_radiation(latitude, day_of_year[:, None])


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        check_stations(
            inputs=dict(snakemake.input.items()),
            outputs=dict(snakemake.output.items()),
            settings=dict(snakemake.params.items()),
        )
