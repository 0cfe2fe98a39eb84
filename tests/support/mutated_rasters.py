"""Rasters of users, damaged at random: each is read right or refused by name, and soon.

    python tests/support/mutated_rasters.py --count 3000 --seed 1

prints how many were accepted, refused by name, ended by an error of a library, gave infinite
values, died by a signal or did not end. A case runs in a process of its own.
"""

import argparse
import importlib
import os
import pickle
import select
import shutil
import signal
import sys
import tempfile
import warnings
from collections import Counter
from pathlib import Path

import numpy as np
import rasterio
from affine import Affine
from rasterio.errors import RasterioError
from scipy.io import netcdf_file

SECONDS = 30  # after which a case hangs
SHAPE = (24, 30)
PLACE = Affine(0.2, 0, 102.0, 0, -0.2, 39.0)
CODES = (-9999, -32768, 999.9, 32767, 65535, 0, -1e30, 3.4e38, np.inf, -np.inf, np.nan)
CRS = (None, 'LOCAL_CS["x",UNIT["m",1]]', "EPSG:32648", "EPSG:4979", "EPSG:3857", "EPSG:4326")
MEDIANS = {"monthly": {"temperature": [-40, 45], "precipitation": [1, 1000]}}
LIMITS = {"monthly": {"temperature": [-80, 50], "precipitation": [0, 9300]}}


def base(kind, rng):
    """Values (band, y, x) that are sound for a kind of raster."""
    noise = rng.uniform(0, 1, SHAPE)[None]
    if kind == "elevation":
        return 1000 + 500 * noise
    if kind == "classes":
        return np.floor(1 + 6 * noise)
    if kind in ("months", "netcdf"):
        return 10 + noise - 12 * np.cos(np.arange(12) * np.pi / 6)[:, None, None]
    return {"npp": 300 + 100 * noise, "carbon": 3 + noise, "factor": 20 * noise}[kind]


KINDS = ("elevation", "npp", "carbon", "factor", "classes", "months", "netcdf")
PLACES = (
    lambda rng: Affine.identity(),
    lambda rng: Affine(0.2, 0.05, 102, 0.01, -0.2, 39),
    lambda rng: Affine(0.2, 0, 102, 0, 0.2, 34.2),
    lambda rng: Affine(-0.2, 0, 108, 0, -0.2, 39),
    lambda rng: Affine(0.2, 0, 102 + 360 * int(rng.integers(-2, 3)), 0, -0.2, 39),
    lambda rng: Affine(np.nan, 0, 102, 0, -0.2, 39),
    lambda rng: Affine(0.2, 0, np.inf, 0, -0.2, 39),
    lambda rng: Affine(2e4, 0, 1e7, 0, -2e4, 4e6),
    lambda rng: Affine(1e-9, 0, 102, 0, -1e-9, 39),
    lambda rng: Affine(0, 0, 102, 0, 0, 39),
)
TYPES = ("uint8", "int16", "uint16", "int32", "float64", "complex64", "complex128", "int8")


def geotiff(path, values, rng, changes):
    """Write a GeoTIFF with some faults of its head or values."""
    profile = {"crs": "EPSG:4326", "transform": PLACE, "dtype": "float32", "nodata": None}
    if "crs" in changes:
        profile["crs"] = CRS[rng.integers(len(CRS))]
    if "place" in changes:
        profile["transform"] = PLACES[rng.integers(len(PLACES))](rng)
    if "type" in changes:
        profile["dtype"] = TYPES[rng.integers(len(TYPES))]
    if "nodata" in changes:
        profile["nodata"] = float(rng.choice([0, -9999, np.nan, 255, 1e40]))
    values = wrong_values(values, rng, changes)
    count, height, width = values.shape
    with rasterio.open(
        path, "w", driver="GTiff", count=count, height=height, width=width, **profile
    ) as file:
        with np.errstate(all="ignore"):
            file.write(values.astype(profile["dtype"]))
        wrong_words(file, rng, changes)


def wrong_values(values, rng, changes):
    """Bands too many, codes and infinities, another unit."""
    if "bands" in changes:
        values = np.concatenate([values] * int(rng.integers(2, 5)))[: int(rng.integers(1, 40))]
    if "values" in changes:
        values = values.copy()
        values[rng.random(values.shape) < rng.choice([0.001, 0.2, 1])] = rng.choice(CODES)
    if "unit" in changes:
        values = values * rng.choice([10, 1000, 1e-3, 9.81, 1.8, 1e6]) + rng.choice([0, 273.15, 32])
    return values


def wrong_words(file, rng, changes):
    """Names of bands, scales and units that mean something else, or nothing."""
    if "names" in changes:
        for band in file.indexes:
            file.set_band_description(band, str(rng.choice(["2001-01", "x", "2001", "Jan 2001"])))
    if "scale" in changes:
        file.scales = [float(rng.choice([0, np.nan, np.inf, 0.1, 1e300]))] * file.count
        file.offsets = [float(rng.choice([0, np.nan, -1e308, 273.15]))] * file.count
    if "attribute" in changes:
        unit = str(rng.choice(["K", "feet", "mm", "m2 s-2", "°F", "0.1", "((", "nan"]))
        file.units = [unit] * file.count


def netcdf(path, values, rng, changes):
    """Write months as NetCDF with some faults of its axes."""
    months = values.shape[0]
    time = np.arange(months) * 30.4375 + 36905
    lat, lon = (
        (PLACE.f - 0.2 * (np.arange(SHAPE[0]) + 0.5)),
        102 + 0.2 * (np.arange(SHAPE[1]) + 0.5),
    )
    units, calendar = "days since 1900-01-01", "standard"
    if "time" in changes:
        time = [
            time[::-1],
            time * 0,
            time * np.nan,
            time / 30,
            np.repeat(time[:6], 2),
            time * 1e12,
        ][rng.integers(6)]
    if "axis" in changes:
        units = str(
            rng.choice(["months since 1900-01-01", "days since 0-0-0", "", "K", "since since"])
        )
        calendar = str(rng.choice(["360_day", "noleap", "mars", "", "julian"]))
    if "place" in changes:
        lat = [lat[::-1], lat * 3, np.sort(rng.uniform(34, 39, lat.size)), lat * np.nan][
            rng.integers(4)
        ]
        lon = lon + 360 * int(rng.integers(-1, 2))
    if "values" in changes:
        values = values.copy()
        values[rng.random(values.shape) < rng.choice([0.001, 0.2, 1])] = rng.choice(CODES)
    with netcdf_file(str(path), "w") as file:
        for name, own, unit in (
            ("time", time, units),
            ("lat", lat, "degrees_north"),
            ("lon", lon, "degrees_east"),
        ):
            file.createDimension(name, len(own))
            file.createVariable(name, "f8", (name,))[:] = own
            file.variables[name].units = unit
        file.variables["time"].calendar = calendar
        file.createVariable("t", "f4", ("time", "lat", "lon"))[:] = values
        if "attribute" in changes:
            file.variables["t"].units = str(rng.choice(["K", "mm", "degC", "0.1 degC", "m s-1"]))
            file.variables["t"].scale_factor = float(rng.choice([1, 0.1, 0, np.nan]))


CHANGES = (
    "crs",
    "place",
    "type",
    "bands",
    "values",
    "nodata",
    "unit",
    "names",
    "scale",
    "attribute",
)
AXES = ("time", "axis", "place", "values", "attribute")


def bytes_changed(path, rng):
    """Flip, lose, insert or overwrite some bytes of a file, mostly of its head."""
    content = bytearray(path.read_bytes())
    for _ in range(int(rng.integers(1, 6))):
        end = len(content) if rng.random() < 0.4 else min(512, len(content))
        at, how = int(rng.integers(0, max(end, 1))), rng.integers(5)
        if how == 0:
            content[at : at + 1] = bytes([int(rng.integers(256))])
        elif how == 1:
            del content[at : at + int(rng.integers(1, 200))]
        elif how == 2:
            content[at:at] = rng.bytes(int(rng.integers(1, 50)))
        elif how == 3:
            content[at : at + 64] = bytes(64)
        else:
            del content[at:]
    path.write_bytes(content)


def mutated(folder, rng):
    """Write one damaged raster; return its kind and path."""
    kind = KINDS[rng.integers(len(KINDS))]
    values, path = base(kind, rng), folder / ("raster.nc" if kind == "netcdf" else "raster.tif")
    known = AXES if kind == "netcdf" else CHANGES
    changes = set(rng.choice(known, size=int(rng.integers(0, 3)), replace=False))
    write = netcdf if kind == "netcdf" else geotiff
    try:
        write(path, values, rng, changes)
    except (RasterioError, ValueError, OverflowError, TypeError):  # no writer makes such a file
        write(path, values, rng, set())
    if not changes or rng.random() < 0.4:
        bytes_changed(path, rng)
    return kind, path


def scripts():
    """Return the functions that read rasters of users."""
    names = ("import_climate", "import_npp", "warp_dem", "warp_factor", "warp_soil_carbon")
    return [getattr(importlib.import_module(name), name) for name in names]


def read(kind, path, grid, folder):
    """Give a raster to the script that reads its kind; return the raster that it made."""
    import_climate, import_npp, warp_dem, warp_factor, warp_soil_carbon = scripts()
    made, entry = folder / "made.tif", {"file": str(path), "key": kind}
    if kind == "elevation":
        warp_dem(str(path), grid, made, 0.1, 100)
    elif kind == "npp":
        others = [folder / name for name in ("why.tif", "counts.csv", "granules.csv")]
        entry |= {"unit": "g C m-2 yr-1"}
        import_npp(entry, grid, made, *others, year="2001", simulated=False)
    elif kind == "carbon":
        entry |= {"unit": "kg C m-2", "depth_cm": [0, 20]}
        warp_soil_carbon(entry, grid, folder / "native.tif", made, 100)
    elif kind in ("factor", "classes"):
        warp_factor(str(path), grid, made, {"name": "f", "classes": kind == "classes"}, 100)
    else:
        entry |= {"variable": "temperature", "unit": "degC", "first_month": "2001-01"}
        entry |= {"layer": "t"} if kind == "netcdf" else {}
        settings = {
            "entries": [entry],
            "years": [2001],
            "limits": LIMITS,
            "plausible_median": MEDIANS,
            "complete_month_percent": 80,
            "downscaling": {"lapse_rate_k_per_km": None, "elevation": None},
            "simulated": False,
        }
        outputs = {"months": made, "table": folder / "table.csv"}
        import_climate({"grid": grid}, outputs, "temperature", settings)
    return made


def ours(error, path):
    """Whether an error is one of the project and names the file."""
    own = any(
        kind.__module__.startswith("nepflow.") for kind in type(error).__mro__ if kind is not object
    )
    return own and str(path) in str(error)


def outcome(kind, path, grid, folder):
    """Return (what happened, what was said)."""
    try:
        made = read(kind, path, grid, folder)
        with rasterio.open(made) as source:
            infinite = np.isinf(source.read(masked=True).filled(0).astype("float64")).any()
        return ("infinite", kind) if infinite else ("accepted", "")
    except Exception as error:
        text = f"{kind}: {type(error).__name__}: {str(error)[:200]}"
        return ("named" if ours(error, path) else "foreign"), text


def apart(function, *arguments):
    """Return what a function gives in a process of its own; its signal; or that it hangs."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        silent = os.open(os.devnull, os.O_WRONLY)
        for number in (1, 2):
            os.dup2(silent, number)
        os.write(writing, pickle.dumps(function(*arguments)))
        os._exit(0)
    os.close(writing)
    ready, _, _ = select.select([reading], [], [], SECONDS)
    content = os.read(reading, 65536) if ready else b""
    if not ready:
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    os.close(reading)
    if not ready:
        return "hang", str(arguments[0])
    return pickle.loads(content) if content else ("signal", f"{arguments[0]}: {status}")


def survey(count, seed, grid):
    """Return counts of what happened to some mutated rasters, and what was said of the wrong."""
    warnings.simplefilter("ignore")
    scripts()  # once, not in the process of each case
    counts, said = Counter(), []
    for number in range(count):
        folder = Path(tempfile.mkdtemp(prefix="mutated_"))
        try:
            kind, path = mutated(folder, np.random.default_rng([seed, number]))
            what, text = apart(outcome, kind, path, grid, folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        counts[what] += 1
        if what not in ("accepted", "named"):
            said.append(f"{number}: {what}: {text}")
    return counts, said


def main():
    """Print the counts and what is wrong."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    folder = Path(__file__).resolve().parents[2] / "workflow/scripts"
    sys.path[:0] = [str(folder), *(str(path) for path in folder.iterdir() if path.is_dir())]
    import climate_study

    with tempfile.TemporaryDirectory() as folder:
        grid = climate_study.make(Path(folder))["grid"]
        counts, said = survey(options.count, options.seed, grid)
    print(*said, sep="\n")
    print(dict(counts))


if __name__ == "__main__":
    main()
