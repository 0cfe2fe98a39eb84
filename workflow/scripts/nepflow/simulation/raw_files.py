"""What a user would supply of restoration, soil and field plots, written from the twin's truth."""

import csv

import numpy as np
import shapely

from nepflow.io.atomic import replacing
from nepflow.simulation.area import write_field, write_polygons
from nepflow.simulation.noise import generator
from nepflow.simulation.soil import soil_carbon, total_respiration
from nepflow.simulation.world import SIMULATED

PLOTS = 120
PLOT_NOISE = 0.15  # relative standard deviation of measured respiration
PLOT_YEAR = 2010
SRDB = ("Record_number", "Longitude", "Latitude", "Ecosystem_type", "Manipulation", "MAT", "MAP",
        "Rs_annual", "Rh_annual", "source")  # fmt: skip
BIOMES = {1: "Forest", 2: "Forest", 4: "Forest", 5: "Forest", 8: "Savanna", 9: "Savanna",
          10: "Grassland", 12: "Agriculture", 14: "Agriculture"}  # fmt: skip
TRUTH = ("project", "measure", "start_year", "quantity", "value", "unit", "source")
WINDOW = 10  # years after the start that a mean effect is given for


def write_projects(path, projects):
    """Write the polygons as GeoPackage: project, measure, start_year, source."""
    corners = projects.west, projects.south
    shapes = shapely.box(*corners, *(corner + projects.side for corner in corners))
    columns = {
        "project": [f"p{k:03d}" for k in range(1, len(shapes) + 1)],
        "measure": projects.measure,
        "start_year": projects.start,
    }
    write_polygons(path, "restoration", columns, shapes)


def write_truth_of_projects(path, projects, last_year):
    """Write what each project truly adds: full effect, and the mean of its first years.

    Parameters
    ----------
    path : path
    projects : projects.Projects
    last_year : int
        Of the study; the mean is that of the start and `WINDOW` years after it, up to here.
    """
    rows = []
    for k, (measure, start) in enumerate(zip(projects.measure, projects.start, strict=True)):
        years = range(start, min(start + WINDOW, last_year) + 1)
        mean = np.mean([projects.grown(year)[k] for year in years]) * projects.effect_of[k]
        numbers = {"full_effect": projects.effect_of[k], "mean_effect": mean}
        rows += [
            (f"p{k + 1:03d}", measure, start, name, f"{value:.6g}", "g C m-2 yr-1", SIMULATED)
            for name, value in numbers.items()
        ]
    write_rows(path, TRUTH, rows)


def write_rows(path, columns, rows):
    """Write a CSV."""
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(columns)
        table.writerows(rows)


def write_carbon(path, world):
    """Write soil organic carbon of 0-20 cm, EPSG:4326, kg C m-2."""
    lattice = world.region.cells
    lon, lat = np.broadcast_arrays(lattice.lon, lattice.lat)
    carbon = soil_carbon(world.places(lon.ravel(), lat.ravel())).reshape(lattice.shape)
    write_field(path, lattice, carbon, "kg C m-2", "soil organic carbon, 0-20 cm")


def write_plots(path, world):
    """Write plots with respiration in the layout of the Global Soil Respiration Database."""
    rng = generator(world.seed, "plots")
    west, south, east, north = world.region.box
    lon, lat = rng.uniform(west, east, 4 * PLOTS), rng.uniform(south, north, 4 * PLOTS)
    places = world.places(np.round(lon, 3), np.round(lat, 3))
    biomes = [BIOMES.get(int(code)) for code in places.true_class(PLOT_YEAR)]
    warmth, rain = (places.annual(n, PLOT_YEAR) for n in ("temperature", "precipitation"))
    rs, rh = total_respiration(places, PLOT_YEAR), places.respiration(PLOT_YEAR)
    noise = np.exp(PLOT_NOISE * rng.standard_normal((2, rs.size)))
    rows = [
        (k, places.lon[k], places.lat[k], biomes[k], "None", round(warmth[k], 1), round(rain[k]),
         round(rs[k] * noise[0, k]), round(rh[k] * noise[1, k]), SIMULATED)
        for k in range(rs.size) if biomes[k]
    ]  # fmt: skip
    write_rows(path, SRDB, rows[:PLOTS])
