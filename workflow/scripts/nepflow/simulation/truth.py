"""The truth on the grid of a study: cubes with a band a year."""

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import rasterio
from pyproj import Transformer
from rasterio.windows import Window

from nepflow._log import progress
from nepflow.io.atomic import replacing, whole_raster
from nepflow.simulation.raw_files import write_rows
from nepflow.simulation.tiles import collection_ratio
from nepflow.simulation.world import SIMULATED

STRIP = 256  # rows; also the side of the tiles in the files, so that each is written once
CUBES = {
    "temperature": ("degC", "true annual mean air temperature"),
    "precipitation": ("mm yr-1", "true annual precipitation"),
    "radiation": ("MJ m-2 yr-1", "true annual solar radiation"),
    "npp": ("g C m-2 yr-1", "true net primary productivity"),
    "rh": ("g C m-2 yr-1", "true heterotrophic respiration"),
    "nep": ("g C m-2 yr-1", "true net ecosystem productivity"),
}
LANDCOVER = ("1", "true land cover (IGBP code)")
EFFECT = ("g C m-2 yr-1", "true effect on net ecosystem productivity of land cover that changed")
TREND = ("g C m-2 yr-2", "least-squares trend of true net ecosystem productivity")
RATIO = ("1", "true ratio of NPP in collection 006 to that in 061")


def of_year(places, year):
    """Return the six true quantities of a year at the places."""
    found = {name: places.annual(name, year) for name in list(CUBES)[:3]}
    npp, rh = places.npp(year), places.respiration(year)
    return found | {"npp": npp, "rh": rh, "nep": npp - rh}


class Trend:
    """Least-squares slope over the years, gathered year by year; NaN where a year is absent."""

    def __init__(self, years):
        self.time = {year: year - np.mean(years) for year in years}
        self.total = 0.0

    def add(self, year, values):
        """Count the values of a year."""
        self.total = self.total + self.time[year] * values

    def slope(self):
        """Return the slope, unit a year; NaN when there is a single year."""
        scale = sum(t**2 for t in self.time.values())
        return self.total / scale if scale else np.full(np.shape(self.total), np.nan)


def strips(mask):
    """Yield window, inside (y, x), longitude and latitude of the cells inside the area."""
    degrees = Transformer.from_crs(mask.crs, "EPSG:4326", always_xy=True)
    starts = range(0, mask.height, STRIP)
    for first in progress(starts, len(starts), "truth"):
        window = Window(0, first, mask.width, min(STRIP, mask.height - first))
        inside = mask.read(1, window=window) == 1
        row, column = np.nonzero(inside)
        x, y = mask.transform @ (column + 0.5, row + first + 0.5)
        lon, lat = degrees.transform(np.ascontiguousarray(x), np.ascontiguousarray(y))
        yield window, inside, lon, lat


def create(stack, path, mask, bands, described, codes=False):
    """Open a new raster on the grid of ``mask``; it appears when all of them are complete."""
    profile = {
        "driver": "GTiff",
        "dtype": "float32",
        "nodata": np.nan,
        "count": len(bands),
        "crs": mask.crs,
        "transform": mask.transform,
        "height": mask.height,
        "width": mask.width,
        "tiled": True,
        "blockxsize": STRIP,
        "blockysize": STRIP,
        "compress": "deflate",
        "predictor": 3,
        "interleave": "band",
        "bigtiff": "if_safer",
    }
    if codes:
        profile |= {"dtype": "uint8", "nodata": 0, "predictor": 1}
    file = stack.enter_context(whole_raster(stack.enter_context(replacing(path)), **profile))
    unit, long_name = described
    file.update_tags(unit=unit, long_name=long_name, source=SIMULATED, simulated=SIMULATED)
    for band, name in enumerate(bands, start=1):
        file.set_band_description(band, str(name))
    return file


def put(file, band, window, inside, values):
    """Write values of the inside cells of a strip, what means absent elsewhere."""
    strip = np.full(inside.shape, file.nodata, dtype=file.dtypes[0])
    strip[inside] = values
    file.write(strip, band, window=window)


def write_truth(folder, grid_path, world, years):
    """Write the true cubes and ``landcover``, ``landcover_effect``, ``nep_trend``, the ratio.

    The effect of land cover is NEP less that of a world in which no class ever changed.

    Parameters
    ----------
    folder : str or Path
        Where the rasters go; names as in `CUBES`.
    grid_path : str or Path
        Grid of the study, 1 inside the area.
    world : world.World
    years : list of int
    """
    folder, ratio = Path(folder), collection_ratio(world)
    with rasterio.open(grid_path) as mask, ExitStack() as stack:
        cubes = {
            name: create(stack, folder / f"{name}.tif", mask, years, described)
            for name, described in CUBES.items()
        }
        landcover = create(stack, folder / "landcover.tif", mask, years, LANDCOVER, codes=True)
        effect = create(stack, folder / "landcover_effect.tif", mask, years, EFFECT)
        trend_file = create(stack, folder / "nep_trend.tif", mask, ["nep_trend"], TREND)
        ratio_file = create(stack, folder / "collection_006_ratio.tif", mask, ["ratio"], RATIO)
        for window, inside, lon, lat in strips(mask):
            places, trend = world.places(lon, lat), Trend(years)
            unchanged = places.unchanged()
            for band, year in enumerate(years, start=1):
                values = of_year(places, year)
                trend.add(year, values["nep"])
                put(landcover, band, window, inside, places.true_class(year))
                put(effect, band, window, inside, values["npp"] - unchanged.npp(year))
                for name, file in cubes.items():
                    put(file, band, window, inside, values[name])
            put(trend_file, 1, window, inside, trend.slope())
            put(ratio_file, 1, window, inside, places.weights.of(ratio))


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
