"""Summarise annual quantities over the zones of a study.

Reads   sums over all zones, the grid
Writes  series (mean, total, area, valid share a year and zone), trends of the zones' means
"""

import pandas as pd
from nepflow._log import logged_to
from nepflow.io import raster, tables
from nepflow.zones.sums import COLUMNS, SUMS, Summary, summary_rows, year_rows


def summarise_zones(sums_path, zones_name, grid_path, outputs, own_years, summary, simulated):
    """The region is the zone ``all``; a zone's mean is over its valid cells.

    Zones have rows of their ``own_years`` alone: not of years for which another year's map stands.
    """
    cell_km2 = raster.grid_of(grid_path).cell_area_m2 / 1e6
    sums = pd.read_parquet(sums_path)
    wanted = pd.Categorical(sums.zones, ["region", zones_name], ordered=True)
    sums = sums.assign(zones=wanted, order=pd.factorize(sums.quantity)[0]).dropna(subset="zones")
    sums = sums[(sums.zones == "region") | sums.year.isin(own_years)]
    series, trends = [], []
    for _, zone in sums.groupby(["order", "zones", "code"], observed=True):
        kind, name, quantity, unit = zone.iloc[0][["zones", "zone", "quantity", "unit"]]
        name = "all" if kind == "region" else name
        years, of_zone = zone["year"].tolist(), zone[list(SUMS)].to_numpy().T
        about = (kind, name), quantity, unit, years
        series += year_rows(*about, of_zone[:3], cell_km2)
        trends += summary_rows(*about, of_zone, cell_km2, summary)
    tables.write(series, outputs["series"], simulated=simulated)
    tables.write(trends, outputs["trends"], COLUMNS, simulated=simulated)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        summarise_zones(
            sums_path=snakemake.input.sums,
            zones_name=snakemake.wildcards.zones,
            grid_path=snakemake.input.grid,
            outputs=dict(snakemake.output.items()),
            own_years=snakemake.params.own_years,
            summary=Summary(**snakemake.params.summary),
            simulated=snakemake.params.simulated,
        )
