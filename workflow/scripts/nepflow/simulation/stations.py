"""The observed station file of the twin, and the truth about it."""

import csv

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from nepflow._log import progress
from nepflow.io.atomic import replacing
from nepflow.simulation import defects, network
from nepflow.simulation.climate import VARIABLES
from nepflow.simulation.noise import generator
from nepflow.simulation.weather import Calendar, observed_days
from nepflow.simulation.world import SIMULATED

SCHEMA = pa.schema(
    [
        ("station", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("elevation_m", pa.float64()),
        ("date", pa.date32()),
        *((name, pa.float64()) for name in defects.UNITS),
        ("source", pa.string()),
    ]
)


def monthly_climate(world, stations, years):
    """Return the true climate at the stations, variable -> (month of all years, station)."""
    lon = np.array([station.lon for station in stations])
    lat = np.array([station.lat for station in stations])
    places = world.places(lon, lat, np.array([station.elevation for station in stations]))
    return {
        variable: np.concatenate([places.monthly(variable, year) for year in years])
        for variable in VARIABLES
    }


def records_of(world, station, number, calendar, monthly):
    """Return the table of one station as observed, and the list of its defects."""
    rng = generator(world.seed, "station", number)
    records = observed_days(rng, calendar, station, monthly)
    found = defects.lose_days(rng, station.name, calendar.days, records)
    found += defects.spoil_values(rng, station.name, calendar.days, records)
    positions, changed, repeats = defects.repeated_days(rng, station.name, calendar.days, records)
    written = {variable: values[positions] for variable, values in records.items()}
    written["temperature_degc"][changed] = np.round(written["temperature_degc"][changed] + 2.7, 1)
    # A day without any value is not in an archive at all.
    present = np.any(np.isfinite(list(written.values())), axis=0)
    fixed = (station.name, station.lon, station.lat, station.listed_elevation)
    size = int(present.sum())
    columns = [pa.repeat(value, size) for value in fixed]
    columns.append(pa.array(calendar.days[positions][present]))
    columns += [pa.array(values[present], from_pandas=True) for values in written.values()]
    columns.append(pa.repeat(SIMULATED, size))
    return pa.table(columns, schema=SCHEMA), found + repeats


def station_faults(station, calendar):
    """Return the list of what is wrong with a station as a whole."""
    if not station.fault:
        return []
    fault, _, neighbour = station.fault.partition(" of ")
    value, unit = (-999, "m") if fault == "no elevation" else (neighbour, "")
    return [defects.entry(station.name, fault, "", calendar.days, value, unit)]


def write_table(path, columns, rows):
    """Write a small tidy table of dictionaries with a column ``source``."""
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, [*columns, "source"], lineterminator="\n")
        writer.writeheader()
        writer.writerows({**row, "source": SIMULATED} for row in rows)


def write_stations(path, defects_path, truth_path, world, count, years):
    """Write the observed station file, the list of its defects and the true stations.

    Parameters
    ----------
    path : str or Path
        Daily CSV, tidy: station, lon, lat, elevation_m, date, three variables, source.
    defects_path : str or Path
        CSV of every planted defect.
    truth_path : str or Path
        CSV of the stations: true place and elevation, constant errors, fault.
    world : world.World
    count : int
        Number of stations.
    years : list of int
        Consecutive years.
    """
    calendar = Calendar(years)
    found, listed = [], network.stations(world, count)
    climate = monthly_climate(world, listed, years)
    options = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none")
    with (
        replacing(path) as temporary,
        arrow_csv.CSVWriter(temporary, SCHEMA, write_options=options) as writer,
    ):
        for number, station in enumerate(progress(listed, len(listed), "stations")):
            monthly = {name: values[:, number] for name, values in climate.items()}
            table, planted = records_of(world, station, number, calendar, monthly)
            writer.write_table(table)
            found += station_faults(station, calendar) + planted
    write_table(defects_path, defects.COLUMNS, found)
    write_table(truth_path, list(vars(listed[0])), [vars(station) for station in listed])
