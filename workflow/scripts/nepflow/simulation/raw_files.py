"""Simulated files of a user: restoration projects, soil carbon, field plots, area, factors."""

import csv

import geopandas
import numpy as np
import pyogrio
import shapely
from rasterio.transform import Affine

from nepflow.io.atomic import replacing, whole_raster
from nepflow.simulation.carbon import soil_carbon, total_respiration
from nepflow.simulation.light_use import karst_shapes
from nepflow.simulation.noise import generator, static_field
from nepflow.simulation.world import SIMULATED

DATE = "2024-01-01T00:00:00Z"  # GeoPackage stores when it was written; fixed, so that runs agree


def write_field(path, lattice, values, unit, long_name):
    """Write values (y, x) on a lattice of the region as GeoTIFF, EPSG:4326; NaN = missing."""
    half = lattice.step / 2
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "count": 1,
        "crs": "EPSG:4326",
        "height": lattice.shape[0],
        "width": lattice.shape[1],
        "compress": "deflate",
        "predictor": 3,
        "nodata": float("nan"),
        "transform": Affine(
            lattice.step, 0, lattice.west - half, 0, -lattice.step, lattice.north + half
        ),
    }
    with replacing(path) as temporary, whole_raster(temporary, **profile) as file:
        file.write(values.astype("float32"), 1)
        file.update_tags(unit=unit, long_name=long_name, source=SIMULATED, simulated=SIMULATED)


def write_polygons(path, layer, columns, shapes):
    """Write polygons in degrees with their columns, and the column ``source``, as GeoPackage."""
    columns = columns | {"source": [SIMULATED] * len(shapes)}
    frame = geopandas.GeoDataFrame(columns, geometry=list(shapes), crs="EPSG:4326")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": DATE})
    with replacing(path) as temporary:
        frame.to_file(temporary, layer=layer, driver="GPKG")


def write_elevation(path, region):
    """Write the embedded elevation, m."""
    write_field(path, region.terrain, region.elevation, "m", "elevation (ETOPO5)")


def write_area(path, region):
    """Write the provinces, columns ``name`` and ``code``."""
    names, codes, shapes = zip(*region.provinces, strict=True)
    write_polygons(path, "area", {"name": names, "code": codes}, shapes)


PLOTS = 120
PLOT_NOISE = 0.15  # relative standard deviation of measured respiration
PLOT_YEAR = 2010
SRDB = (
    "Record_number",
    "Longitude",
    "Latitude",
    "Ecosystem_type",
    "Manipulation",
    "MAT",
    "MAP",
    "Rs_annual",
    "Rh_annual",
    "source",
)
BIOMES = {
    1: "Forest",
    2: "Forest",
    4: "Forest",
    5: "Forest",
    8: "Savanna",
    9: "Savanna",
    10: "Grassland",
    12: "Agriculture",
    14: "Agriculture",
}
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
    projects : management.Projects
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
        (
            k,
            places.lon[k],
            places.lat[k],
            biomes[k],
            "None",
            round(warmth[k], 1),
            round(rain[k]),
            round(rs[k] * noise[0, k]),
            round(rh[k] * noise[1, k]),
            SIMULATED,
        )
        for k in range(rs.size)
        if biomes[k]
    ]
    write_rows(path, SRDB, rows[:PLOTS])


# People a km2 that a cell of a class has before terrain; others 3.
PEOPLE = {12: 180.0, 13: 2500.0, 14: 90.0, 11: 40.0, 9: 20.0, 10: 25.0}


def write_karst(path, region, seed):
    """Write the karst of the region, alone as users have it, as GeoPackage, column ``name``."""
    whole = shapely.union_all([shape for _, _, shape in region.provinces])
    karst = shapely.intersection(whole, karst_shapes(region, seed))
    write_polygons(path, "karst", {"name": ["karst"]}, [karst])


def population(region, seed):
    """Return people a km2 in the cells of the land cover map: valleys, fields and towns."""
    cells = region.cells
    lon, lat = np.broadcast_arrays(cells.lon, cells.lat)
    density = np.full(cells.shape, 3.0)
    for code, people in PEOPLE.items():
        density[region.landcover == code] = people
    height = region.elevation_at(lon.ravel(), lat.ravel()).reshape(cells.shape)
    uneven = static_field(seed, "people", region.coarse, 1.5)
    uneven = region.coarse.weights(lon.ravel(), lat.ravel()).of(uneven).reshape(cells.shape)
    density = density * np.exp(-np.clip(height, 0, None) / 900 + 0.5 * uneven)
    return np.where(region.landcover == 17, np.nan, density)


def write_population(path, region, seed):
    """Write `population`."""
    write_field(path, region.cells, population(region, seed), "km-2", "people")
