"""Simulate the daily records of weather stations, with the faults that records have.

Reads   the embedded geography of a region
Writes  stations (daily CSV: temperature_degc, precipitation_mm, radiation_mj_m2),
        defects (CSV of every planted fault), truth (CSV: true place, elevation in m, errors)
"""

from pathlib import Path

from nepflow._log import logged_to
from nepflow.simulation.stations import write_stations
from nepflow.simulation.world import World


def simulate_stations(region_folder, stations_path, defects_path, truth_path, count, period, seed):
    """Write the station file of all years and what is true about it."""
    world = World(region_folder, seed)
    years = list(range(period[0], period[1] + 1))
    write_stations(stations_path, defects_path, truth_path, world, count, years)


if __name__ == "__main__":
    with logged_to(snakemake.log[0]):
        simulate_stations(
            region_folder=Path(snakemake.input.geography[0]).parent,
            stations_path=snakemake.output.stations,
            defects_path=snakemake.output.defects,
            truth_path=snakemake.output.truth,
            count=snakemake.params.stations,
            period=snakemake.params.period,
            seed=snakemake.params.seed,
        )
