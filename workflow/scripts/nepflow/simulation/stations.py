"""The observed station file of the simulation, and the truth about it."""

import csv
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import shapely
from pyarrow import csv as arrow_csv

from nepflow._log import progress
from nepflow.io.atomic import replacing
from nepflow.simulation.climate import VARIABLES, Calendar, observed_days
from nepflow.simulation.landcover import WATER
from nepflow.simulation.noise import generator
from nepflow.simulation.world import SIMULATED

CROWDED = 0.12  # degrees, closer than which no two stations are placed by chance
REACH = 1.5  # degrees around the provinces where stations stand too
BARREN = 16
FAR_AWAY = (12.45, 41.9, 50.0)  # lon, lat, elevation of the station outside every area


@dataclass(frozen=True)
class Station:
    """A station: what its list entry says, what is true, and its constant errors."""

    name: str
    lon: float
    lat: float
    elevation: float  # m, true
    listed_elevation: float  # m, -999 when the list has none
    temperature_bias: float  # K
    precipitation_catch: float  # share of the rain that the gauge catches
    radiation_factor: float
    fault: str = ""


def attraction(world, places):
    """Return how likely a station stands at each place: the east, low and green land first.

    None stands in water where the region lies at the sea.
    """
    east = 0.6 + 0.8 / (1 + np.exp(-(places.lon - 101) / 3))
    low = np.exp(-np.clip(places.elevation, 0, None) / 2200)
    land_class = places.true_class(2010)
    green = np.where(land_class == BARREN, 0.2, 1.0)
    if world.region.description.get("world", {}).get("sea"):
        green = np.where(land_class == WATER, 1e-9, green)
    return east * low * green


def chosen_places(world, count, rng):
    """Return longitudes and latitudes of ``count`` stations, four decimals."""
    near = shapely.union_all([shape for _, _, shape in world.region.provinces]).buffer(REACH)
    west, south, east, north = world.region.box
    size = 60 * count
    lon, lat = rng.uniform(west, east, size), rng.uniform(south, north, size)
    wanted = shapely.contains_xy(near, lon, lat)
    lon, lat = np.round(lon[wanted], 4), np.round(lat[wanted], 4)
    weight = attraction(world, world.places(lon, lat))
    # Weighted drawing without replacement: the smallest exponential waiting times.
    order = np.argsort(rng.exponential(size=len(weight)) / weight)
    kept = []
    for k in order:
        distances = np.hypot(lon[kept] - lon[k], lat[kept] - lat[k])
        if not kept or distances.min() > CROWDED:
            kept.append(int(k))
        if len(kept) == count:
            break
    return lon[kept], lat[kept]


def valley_depth(world, lon, lat, rng):
    """Return how far below the terrain's mean the stations stand, m: settlements are low."""
    around = [
        world.region.elevation_at(lon + dx, lat + dy)
        for dx in (-0.12, 0, 0.12)
        for dy in (-0.12, 0, 0.12)
    ]
    return np.abs(rng.standard_normal(len(lon))) * 0.5 * np.std(around, axis=0)


def errors(rng):
    """Return the constant errors of one station as keywords."""
    return {
        "temperature_bias": round(float(rng.normal(0, 0.3)), 3),
        "precipitation_catch": round(float(rng.uniform(0.90, 1.0)), 3),
        "radiation_factor": round(float(rng.normal(1, 0.025)), 4),
    }


def stations(world, count):
    """Return the stations of a world, the three faulty ones among them.

    Parameters
    ----------
    world : world.World
    count : int
        All stations, at least 10.

    Returns
    -------
    list of Station
        One has no elevation, one stands on another continent, one beside another.
    """
    if count < 10:
        raise ValueError(f"{count} stations are too few for a network: ask for at least 10")
    rng = generator(world.seed, "network")
    lon, lat = chosen_places(world, count - 2, rng)
    terrain = world.region.elevation_at(lon, lat)
    height = np.round(terrain - valley_depth(world, lon, lat, rng), 1)
    order = np.lexsort((lat, lon))
    found = [
        Station(
            f"T{number:04d}",
            float(lon[k]),
            float(lat[k]),
            float(height[k]),
            float(height[k]),
            **errors(rng),
        )
        for number, k in enumerate(order, start=1)
    ]
    return found + faulty(found, rng)


def faulty(found, rng):
    """Blank one elevation in ``found`` (in place) and return two further, misplaced stations."""
    blank, close = (int(k) for k in rng.choice(len(found), 2, replace=False))
    kept = found[blank]
    found[blank] = Station(**{**vars(kept), "listed_elevation": -999.0, "fault": "no elevation"})
    near, number = found[close], len(found)
    place = {"lon": round(near.lon + 0.004, 4), "lat": round(near.lat - 0.003, 4)}
    height = {"elevation": near.elevation, "listed_elevation": near.elevation}
    beside = Station(
        f"T{number + 1:04d}",
        **place,
        **height,
        **errors(rng),
        fault=f"within metres of {near.name}",
    )
    lon, lat, elevation = FAR_AWAY
    away = Station(
        f"T{number + 2:04d}",
        lon,
        lat,
        elevation,
        elevation,
        **errors(rng),
        fault="outside the area",
    )
    return [beside, away]


COLUMNS = ("station", "defect", "variable", "first_date", "last_date", "days", "value", "unit")
UNITS = {"temperature_degc": "degC", "precipitation_mm": "mm", "radiation_mj_m2": "MJ m-2"}
ALL = ",".join(UNITS)
LOST_DAYS = 0.004  # share of single values that are missing
BLOCK_GAPS = 0.20  # share of stations with a longer interruption
LATE_STARTS = 0.08  # share of stations that begin years later
OUTLIERS = {  # variable -> values written instead, or shifts
    "temperature_degc": (("set", 999.0), ("shift", 40.0), ("shift", -40.0)),
    "precipitation_mm": (("set", 9999.0), ("set", -5.0)),
    "radiation_mj_m2": (("set", 999.0), ("set", -1.0)),
}
OUTLIER_STATIONS = 0.30
DUPLICATE_STATIONS = 0.10


def entry(station, defect, variable, dates, value="", unit=""):
    """Return one row of the list of defects."""
    return dict(
        zip(
            COLUMNS,
            (station, defect, variable, dates[0], dates[-1], len(dates), value, unit),
            strict=True,
        )
    )


def lose_days(rng, name, days, records):
    """Blank single values and longer blocks in place; return the list."""
    found = []
    for variable, values in records.items():
        lost = np.flatnonzero(rng.random(len(days)) < LOST_DAYS)
        values[lost] = np.nan
        if len(lost):
            found.append(entry(name, "missing days", variable, days[lost]))
    if rng.random() < BLOCK_GAPS:
        length = int(min(rng.integers(40, 500), len(days) // 4))
        first = int(rng.integers(0, len(days) - length))
        for values in records.values():
            values[first : first + length] = np.nan
        found.append(entry(name, "interruption", ALL, days[first : first + length]))
    if rng.random() < LATE_STARTS:
        first = int(len(days) * rng.uniform(0.1, 0.4))
        for values in records.values():
            values[:first] = np.nan
        found.append(entry(name, "late start", ALL, days[:first]))
    return found


def spoil_values(rng, name, days, records):
    """Plant impossible values in place; return the list."""
    found = []
    if rng.random() >= OUTLIER_STATIONS:
        return found
    for variable, choices in OUTLIERS.items():
        kind, amount = choices[int(rng.integers(len(choices)))]
        present = np.flatnonzero(np.isfinite(records[variable]))
        if len(present) == 0:
            continue
        day = int(rng.choice(present))
        spoilt = amount if kind == "set" else round(records[variable][day] + amount, 1)
        records[variable][day] = spoilt
        found.append(
            entry(name, "impossible value", variable, days[[day]], spoilt, UNITS[variable])
        )
    return found


def repeated_days(rng, name, days, records):
    """Return the positions of days to write, some twice, changed repeats, and the list.

    Returns
    -------
    positions : ndarray of int
        Days in the order of the file.
    changed : ndarray of int
        Places in ``positions`` whose temperature disagrees with the other record of that day.
    found : list of dict
    """
    positions = np.arange(len(days))
    if rng.random() >= DUPLICATE_STATIONS:
        return positions, np.array([], dtype=int), []
    whole = np.flatnonzero(np.all(np.isfinite(list(records.values())), axis=0))
    same, other = np.split(np.sort(rng.choice(whole, 6, replace=False)), 2)
    positions = np.sort(np.concatenate([positions, same, other]), kind="stable")
    changed = np.searchsorted(positions, other, side="right") - 1
    found = [entry(name, "identical repeat", ALL, days[[k]]) for k in same]
    found += [
        entry(name, "conflicting repeat", "temperature_degc", days[[k]], 2.7, "K") for k in other
    ]
    return positions, changed, found


SCHEMA = pa.schema(
    [
        ("station", pa.string()),
        ("lon", pa.float64()),
        ("lat", pa.float64()),
        ("elevation_m", pa.float64()),
        ("date", pa.date32()),
        *((name, pa.float64()) for name in UNITS),
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
    found = lose_days(rng, station.name, calendar.days, records)
    found += spoil_values(rng, station.name, calendar.days, records)
    positions, changed, repeats = repeated_days(rng, station.name, calendar.days, records)
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
    return [entry(station.name, fault, "", calendar.days, value, unit)]


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
    found, listed = [], stations(world, count)
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
    write_table(defects_path, COLUMNS, found)
    write_table(truth_path, list(vars(listed[0])), [vars(station) for station in listed])
