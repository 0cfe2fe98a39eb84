"""Summarise annual quantities over the zones of a study.

Reads   sums over all zones, the grid
Writes  series (mean, total, area, valid share a year and zone), trends of the zones' means
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones.sums import FLUXES, total_rows, trend_rows, year_rows


def summarise_zones(
    sums_path, zones_name, grid_path, years, outputs, min_years, autocorrelation, simulated
):
    """The region is the zone ``all``; a zone's mean is over its valid cells."""
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    sums = pd.read_parquet(sums_path)
    wanted = pd.Categorical(sums.zones, ["region", zones_name], ordered=True)
    sums = sums.assign(zones=wanted, order=pd.factorize(sums.quantity)[0]).dropna(subset="zones")
    series, trends = [], []
    for _, zone in sums.groupby(["order", "zones", "code"], observed=True):
        kind, name, quantity, unit = zone.iloc[0][["zones", "zone", "quantity", "unit"]]
        name = "all" if kind == "region" else name
        of_zone = tuple(zone[column].to_numpy() for column in ("total", "cells", "size"))
        series += year_rows((kind, name), quantity, unit, years, of_zone, cell_km2)
        about = (kind, name), quantity, unit, years, of_zone, min_years
        trends += trend_rows(*about, autocorrelation)
        if quantity in FLUXES:
            about = (kind, name), quantity, years, of_zone, cell_km2, min_years
            trends += total_rows(*about, autocorrelation)
    tables.write(series, outputs["series"], simulated=simulated)
    tables.write(trends, outputs["trends"], simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_zones(
            sums_path=snakemake.input.sums,
            zones_name=snakemake.wildcards.zones,
            grid_path=snakemake.input.grid,
            years=snakemake.params.years,
            outputs=dict(snakemake.output.items()),
            min_years=snakemake.params.min_years,
            autocorrelation=snakemake.params.autocorrelation,
            simulated=snakemake.params.simulated,
        )
