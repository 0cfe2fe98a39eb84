"""The planted parts of a managed twin on the grid of a study: what climate and people truly add."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import rasterio

from nepflow.simulation.raw_files import write_rows
from nepflow.simulation.truth import Trend, create, put, strips
from nepflow.simulation.world import SIMULATED

UNIT = "g C m-2 yr-2"
SLOPES = {
    "npp_climate": "trend of the climate part of NPP",
    "npp_human": "trend of the human part of NPP",
    "nep_climate": "trend of the climate part of NEP",
    "nep_human": "trend of the human part of NEP",
}
COLUMNS = ("variable", "of", "quantity", "value", "unit", "source")


def slopes_at(places, years):
    """Return {name of `SLOPES`: least-squares slope over the years} at places."""
    found = {name: Trend(years) for name in SLOPES}
    for year in years:
        of_climate = places.world.productivity.climate_part(places, year)
        of_people = places.world.productivity.human_part(places, year, of_climate)
        found["npp_climate"].add(year, of_climate)
        found["nep_climate"].add(year, of_climate - places.respiration(year))
        found["npp_human"].add(year, of_people)
        found["nep_human"].add(year, of_people)
    return {name: trend.slope() for name, trend in found.items()}


def write_parts(folder, table_path, grid_path, world, years):
    """Write a raster of each of `SLOPES`, and their means, the human share and its area.

    Parameters
    ----------
    folder : path
        Where ``<name>_slope.tif`` go.
    table_path : path
        CSV: variable, of, quantity, value, unit, source. ``share`` is that of the human part in
        the mean trend, ``dominant_area`` the area where the human part is the larger one.
    grid_path : path
        Grid of the study, 1 inside the area.
    world : world.World
        Of a managed region.
    years : list of int
    """
    kept = {name: [] for name in SLOPES}
    with rasterio.open(grid_path) as mask, ExitStack() as stack:
        files = {
            name: create(stack, Path(folder) / f"{name}_slope.tif", mask, [name], (UNIT, about))
            for name, about in SLOPES.items()
        }
        for window, inside, lon, lat in strips(mask):
            for name, values in slopes_at(world.places(lon, lat), years).items():
                put(files[name], 1, window, inside, values)
                kept[name].append(values)
    means = {name: np.concatenate(parts) for name, parts in kept.items()}
    write_rows(table_path, COLUMNS, [(*row, SIMULATED) for row in rows_of(means)])


def rows_of(slopes):
    """Yield (variable, of, quantity, value, unit) of slopes at the cells of the area."""
    for variable in ("npp", "nep"):
        climate, human = slopes[f"{variable}_climate"], slopes[f"{variable}_human"]
        known = np.isfinite(climate + human)
        climate, human = climate[known], human[known]
        yield variable, "climate", "mean_slope", f"{climate.mean():.6g}", UNIT
        yield variable, "human", "mean_slope", f"{human.mean():.6g}", UNIT
        share = 100 * human.mean() / (human + climate).mean()
        yield variable, "human", "share", f"{share:.6g}", "%"
        dominant = 100 * (np.abs(human) > np.abs(climate)).mean()
        yield variable, "human", "dominant_area", f"{dominant:.6g}", "% of the area"
