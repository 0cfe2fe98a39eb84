"""Find the steps of stations against their neighbours.

Reads   monthly table of stations (degC, mm month-1, MJ m-2 month-1), grid (for its CRS)
Writes  table of the steps: station, first year behind it, size, statistic
"""

import numpy as np
from nepflow._log import logged_to
from nepflow.climate import homogeneity, methods
from nepflow.climate.network import Network
from nepflow.io import raster, tables
from nepflow.stations import aggregation, cleaning
from nepflow.study.variables import NORMAL, VARIABLES


def find_steps(inputs, output, settings):
    """Monthly normals have no steps."""
    rows = []
    crs = raster.grid_of(inputs["grid"]).crs
    for variable in settings["variables"]:
        sites, values, years, months = aggregation.monthly_matrix(
            inputs["monthly"], variable, settings["years"], settings["min_stations"]
        )
        if (years == NORMAL).all():
            continue
        network = Network.of(sites, cleaning.projected(sites["lon"], sites["lat"], crs), 1e5)
        own = settings | {"ratio_above": settings["ratio_above"][variable]}
        found = homogeneity.find_steps(
            values,
            months,
            network.distance_km,
            methods.departures_of(variable, own).of_climatology,
            settings["homogeneity"]
            | {"least_step": settings["homogeneity"]["least_step"][variable]},
        )
        rows += step_rows(found, network.names, np.unique(years), variable, settings["policy"])
    tables.write(rows, output, homogeneity.COLUMNS, settings["simulated"])


def step_rows(found, names, years, variable, policy):
    """Yield the rows of steps, the largest statistic first."""
    ratio = VARIABLES[variable].departure == "ratio"
    unit = "share of the normal" if ratio else VARIABLES[variable].difference_unit
    for step in sorted(found, key=lambda step: -step.statistic):
        place = variable, names[step.station], years[step.year]
        yield *place, step.size, unit, step.statistic, step.p, step.years, policy


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        find_steps(
            inputs=dict(snakemake.input.items()),
            output=snakemake.output.table,
            settings=dict(snakemake.params.items()),
        )
