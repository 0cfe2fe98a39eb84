"""Time of sums over five and over ten thousand zones, on the same rasters.

    python benchmarks/bench_zones.py [--side 2000] [--years 22]

The zones are the cells of random points (Voronoi), so that their borders are those of counties, not
of squares. Times of the processor are those of `sum_zones` and `summarise_zones`; the first of each
includes compiling.
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
from affine import Affine
from pyproj import CRS
from scipy.spatial import cKDTree

SCRIPTS = Path(__file__).resolve().parents[1] / "workflow/scripts"
sys.path[:0] = [str(SCRIPTS), str(SCRIPTS / "zones")]

from nepflow.io import raster  # noqa: E402
from nepflow.zones.sums import Summary  # noqa: E402
from sum_zones import sum_zones  # noqa: E402
from summarise_zones import summarise_zones  # noqa: E402

OUTPUTS = ("series", "trends", "shown_series", "shown_trends")
ALBERS = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"


def rasters(folder, side, years, counts):
    """Three cubes with 5 % missing, the grid, and class rasters of so many zones; {name: path}."""
    rng = np.random.default_rng(1)
    place = Affine(500, 0, 0, 0, -500, 4e6)
    grid = raster.Grid(CRS.from_user_input(ALBERS).to_wkt(), place, side, side)
    paths = {name: str(folder / f"{name}.tif") for name in ("nep", "npp", "rh", "grid")}
    inside = raster.Output(paths["grid"], "1", "area", dtype="uint8", classes={1: "inside"})
    raster.write(np.ones((side, side)), inside, grid)
    base = rng.normal(300, 100, (side, side))
    names = tuple(map(str, years))
    for name in ("nep", "npp", "rh"):
        output = raster.Output(paths[name], "g C m-2 yr-1", name, names)
        cube = np.stack([base + rng.normal(0, 20, (side, side)) for _ in years])
        cube[rng.random(cube.shape) < 0.05] = np.nan
        raster.write(cube, output, grid)
    rows, columns = np.indices((side, side))
    for count in counts:
        points = rng.uniform(0, side, (count, 2))
        codes = 1 + cKDTree(points).query(np.column_stack([rows.ravel(), columns.ravel()]))[1]
        named = {number: f"z{number}" for number in range(1, count + 1)}
        path = paths[count] = str(folder / f"zones{count}.tif")
        output = raster.Output(path, "1", "zones", dtype="uint16", classes=named)
        raster.write(codes.reshape(side, side).astype(float), output, grid)
    return paths


def main():
    """Print a line for each number of zones."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--side", type=int, default=2000)
    parser.add_argument("--years", type=int, default=22)
    parser.add_argument("--repeat", type=int, default=2)
    options = parser.parse_args()
    years = list(range(2001, 2001 + options.years))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        paths = rasters(folder, options.side, years, (5, 10_000))
        layers = {name: [paths[name]] for name in ("nep", "npp", "rh")}
        settings = {"summary": Summary(8, 8), "show": None, "simulated": False}
        for count in (5, 10_000) * options.repeat:
            begun = time.process_time()
            kinds = {"region": paths["grid"], "county": paths[count]}
            sum_zones(layers, kinds, years, {}, folder / "sums.parquet", 2000)
            summed = time.process_time()
            outputs = {key: folder / f"{key}.csv" for key in OUTPUTS}
            sums = folder / "sums.parquet"
            summarise_zones(sums, "county", paths["grid"], outputs, years, settings)
            done = time.process_time()
            print(f"{count:6} zones: sum {summed - begun:6.2f} s, summary {done - summed:6.2f} s")
            print("       ", {path.name: path.stat().st_size // 10**6 for path in outputs.values()})


if __name__ == "__main__":
    main()
