"""Rasters of users, damaged: GeoTIFF and NetCDF of every kind that the scripts read."""

import importlib

import climate_study
import numpy as np
import rasterio
from affine import Affine
from damage import bytes_changed
from fuzzing import Impossible, Kind
from rasterio.errors import RasterioError
from rasterio.shutil import copy
from scipy.io import netcdf_file

SHAPE = (24, 30)
PLACE = Affine(0.2, 0, 102.0, 0, -0.2, 39.0)
CODES = (-9999, -32768, 999.9, 32767, 65535, 0, -1e30, 3.4e38, np.inf, -np.inf, np.nan)
CRS = (
    None, 'LOCAL_CS["x",UNIT["m",1]]', "EPSG:32648", "EPSG:4979", "EPSG:3857", "EPSG:4326",
    "EPSG:4978", "+proj=longlat +lon_wrap=180", "EPSG:3995", "EPSG:5773",
)  # fmt: skip
MEDIANS = {"monthly": {"temperature": [-40, 45], "precipitation": [1, 1000]}}
LIMITS = {"monthly": {"temperature": [-80, 50], "precipitation": [0, 9300]}}
POSSIBLE = {  # of what a reader accepts, in the unit of its output
    "elevation": (-500, 9000),
    "npp": (-1000, 10_000),
    "carbon": (0, 500),
    "factor": (-np.inf, np.inf),
    "classes": (0, 255),
    "months": (-80, 50),
    "netcdf": (-80, 50),
    "netcdf4": (-80, 50),
    "projects": (1, 2**31),
}
KINDS = tuple(POSSIBLE)
TYPES = ("uint8", "int16", "uint16", "int32", "float64", "complex64", "complex128", "int8")
SCRIPTS = (
    "import_climate", "import_npp", "warp_dem", "warp_factor", "warp_soil_carbon",
    "define_projects",
)  # fmt: skip
PROJECTS = "number,project,measure,start_year\n" + "".join(
    f"{n},p{n},{'planting' if n % 2 else 'fencing'},{2001 + n}\n" for n in range(1, 7)
)


def prepare(folder):
    """The grid of a study, and the scripts, once."""
    for name in SCRIPTS:
        importlib.import_module(name)
    (folder / "projects.csv").write_text(PROJECTS, encoding="utf-8")
    return {"grid": climate_study.make(folder)["grid"], "table": str(folder / "projects.csv")}


def base(kind, numbers):
    """Values (band, y, x) that are sound for a kind of raster."""
    noise = numbers.uniform(0, 1, SHAPE)[None]
    if kind in ("classes", "projects"):
        return np.floor(1 + 6 * noise)
    if kind in ("months", "netcdf", "netcdf4"):
        return 10 + noise - 12 * np.cos(np.arange(12) * np.pi / 6)[:, None, None]
    return {
        "elevation": 1000 + 500 * noise,
        "npp": 300 + 100 * noise,
        "carbon": 3 + noise,
        "factor": 20 * noise,
    }[kind]


def places(chance):
    """Places that no raster should have, and some that one may."""
    turns = chance.randrange(-2, 3)
    return chance.choice(
        [
            Affine.identity(),
            Affine(0.2, 0.05, 102, 0.01, -0.2, 39),
            Affine(0.2, 0, 102, 0, 0.2, 34.2),
            Affine(-0.2, 0, 108, 0, -0.2, 39),
            Affine(0.2, 0, 102 + 360 * turns, 0, -0.2, 39),
            Affine(np.nan, 0, 102, 0, -0.2, 39),
            Affine(0.2, 0, np.inf, 0, -0.2, 39),
            Affine(2e4, 0, 1e7, 0, -2e4, 4e6),
            Affine(1e-9, 0, 102, 0, -1e-9, 39),
            Affine(0, 0, 102, 0, 0, 39),
            Affine(0, 0.2, 102, -0.2, 0, 39),
            Affine(1e200, 0, -1e200, 0, -1e200, 1e200),
            Affine(12.0, 0, -180, 0, -7.5, 90),
            Affine(12.1, 0, -180, 0, -7.6, 91),
        ]
    )


def wrong_values(values, chance, changes):
    """Bands too many, codes and infinities, another unit."""
    if "bands" in changes:
        values = np.concatenate([values] * chance.randrange(2, 5))[: chance.randrange(1, 40)]
    if "values" in changes:
        numbers = np.random.default_rng(chance.getrandbits(32))
        share = chance.choice([0.001, 0.2, 1])
        values = np.where(numbers.random(values.shape) < share, chance.choice(CODES), values)
    if "unit" in changes:
        factor = chance.choice([10, 1000, 1e-3, 9.81, 1.8, 1e6, -1, 1e30])
        values = values * factor + chance.choice([0, 273.15, 32])
    return values


def wrong_words(file, chance, changes):
    """Names of bands, scales and units that mean something else, or nothing."""
    if "names" in changes:
        for band in file.indexes:
            word = chance.choice(["2001-01", "x", "2001", "Jan 2001", "0000-00", "٢٠٠١-٠١", "1e3"])
            file.set_band_description(band, word)
    if "scale" in changes:
        file.scales = [chance.choice([0, np.nan, np.inf, 0.1, 1e300, -1.0])] * file.count
        file.offsets = [chance.choice([0, np.nan, -1e308, 273.15])] * file.count
    if "attribute" in changes:
        unit = chance.choice(["K", "feet", "mm", "m2 s-2", "°F", "0.1", "((", "nan", "m" * 5000])
        file.units = [unit] * file.count
    if "tags" in changes:
        key = chance.choice(
            ["valid_range", "missing_value", "scale_factor", "time", "NETCDF_DIM_time"]
        )
        file.update_tags(
            1, **{key: chance.choice(["", "nan,nan", "5", "a", "{}", "1,0", "9" * 400])}
        )


def geotiff(path, values, chance, changes, **profile):
    """Write a GeoTIFF, or what ``profile`` says, with some faults of its head or values."""
    profile = {"driver": "GTiff", "crs": "EPSG:4326", "transform": PLACE} | profile
    profile |= {"dtype": "float32", "nodata": None}
    if "crs" in changes:
        profile["crs"] = chance.choice(CRS)
    if "place" in changes:
        profile["transform"] = places(chance)
    if "type" in changes:
        profile["dtype"] = chance.choice(TYPES)
    if "nodata" in changes:
        profile["nodata"] = chance.choice([0.0, -9999.0, np.nan, 255.0, 1e40, np.inf])
    if "packed" in changes and profile["driver"] == "GTiff":
        profile["compress"] = chance.choice(["deflate", "lzw", "packbits", "zstd"])
        profile |= {"tiled": True, "blockxsize": 16, "blockysize": 16}
    values = wrong_values(values, chance, changes)
    count, height, width = values.shape
    profile |= {"count": count, "height": height, "width": width}
    with rasterio.open(path, "w", **profile) as file:
        with np.errstate(all="ignore"):
            file.write(values.astype(profile["dtype"]))
        wrong_words(file, chance, changes)


AXIS_UNITS = (
    "months since 1900-01-01", "days since 0-0-0", "", "K", "since since", "days since",
    "days since 99999-01-01", "fortnights since 2001-01-01", "hours since 2001-13-40",
    "day as %Y%m%d.%f", "months since 1900-01-31 25:61:61",
)  # fmt: skip


def netcdf(path, values, chance, changes):
    """Write months as NetCDF with some faults of its axes."""
    time = np.arange(values.shape[0]) * 30.4375 + 36905
    lat = PLACE.f - 0.2 * (np.arange(SHAPE[0]) + 0.5)
    lon = 102 + 0.2 * (np.arange(SHAPE[1]) + 0.5)
    units, calendar = "days since 1900-01-01", "standard"
    if "time" in changes:
        doubled = np.repeat(time[:6], 2)
        time = chance.choice(
            [time[::-1], time * 0, time * np.nan, time / 30, doubled, time * 1e12, -time * 1e300]
        )
    if "axis" in changes:
        units = chance.choice(AXIS_UNITS)
        calendar = chance.choice(["360_day", "noleap", "mars", "", "julian", "standard"])
    if "place" in changes:
        uneven = np.sort(np.random.default_rng(chance.getrandbits(32)).uniform(34, 39, lat.size))
        lat = chance.choice([lat[::-1], lat * 3, uneven, lat * np.nan, lat * 0, lat * 1e300])
        lon = lon + 360 * chance.randrange(-1, 2)
    values = wrong_values(values, chance, changes & {"values", "unit"})
    with netcdf_file(str(path), "w") as file:
        for name, axis, unit in (
            ("time", time, units),
            ("lat", lat, "degrees_north"),
            ("lon", lon, "degrees_east"),
        ):
            file.createDimension(name, len(axis))
            file.createVariable(name, "f8", (name,))[:] = axis
            file.variables[name].units = unit
        file.variables["time"].calendar = calendar
        layer = file.createVariable("t", "f4", ("time", "lat", "lon"))
        layer[:] = values
        if "attribute" in changes:
            layer.units = chance.choice(["K", "mm", "degC", "0.1 degC", "m s-1", "", "K" * 4000])
            layer.scale_factor = chance.choice([1.0, 0.1, 0.0, np.nan, np.inf, "a"])
            layer.missing_value = chance.choice([-9999.0, np.nan, "x", 0.0])


def netcdf4(path, values, chance, changes):
    """Write months as NetCDF4, that is HDF5: a copy of a classic one."""
    classic = path.with_name("classic.nc")
    netcdf(classic, values, chance, changes)
    copy(f"netcdf:{classic}:t", path, driver="netCDF", FORMAT="NC4")
    classic.unlink()


AXES = ("time", "axis", "place", "values", "attribute", "unit")
WRITERS = {"netcdf": (netcdf, "nc", AXES), "netcdf4": (netcdf4, "nc", AXES)}
CHANGES = (
    "crs", "place", "type", "bands", "values", "nodata", "unit", "names", "scale", "attribute",
    "tags", "packed",
)  # fmt: skip


def mutated(folder, chance, world):
    """Write one damaged raster."""
    kind = chance.choice(KINDS)
    values = base(kind, np.random.default_rng(chance.getrandbits(16)))
    write, suffix, known = WRITERS.get(kind, (geotiff, "tif", CHANGES))
    changes, path = set(chance.sample(known, chance.randrange(3))), folder / f"raster.{suffix}"
    with np.errstate(all="ignore"):
        try:
            write(path, values, chance, changes)
        except (RasterioError, ValueError, OverflowError, TypeError):  # no writer makes such a file
            write(path, values, chance, set())
    if not changes or chance.random() < 0.4:
        path.write_bytes(bytes_changed(path.read_bytes(), chance))
    return kind, path


def read(kind, path, folder, world):
    """Give a raster to the script that reads its kind; return what it made."""
    modules = {name: importlib.import_module(name) for name in SCRIPTS}
    grid, made, entry = world["grid"], folder / "made.tif", {"file": str(path), "key": kind}
    if kind == "elevation":
        modules["warp_dem"].warp_dem(str(path), grid, made, 0.1, 100)
    elif kind == "npp":
        others = [folder / name for name in ("why.tif", "counts.csv", "granules.csv")]
        entry |= {"unit": "g C m-2 yr-1"}
        modules["import_npp"].import_npp(entry, grid, made, *others, year="2001", simulated=False)
    elif kind == "carbon":
        entry |= {"unit": "kg C m-2", "depth_cm": [0, 20]}
        modules["warp_soil_carbon"].warp_soil_carbon(entry, grid, folder / "native.tif", made, 100)
    elif kind in ("factor", "classes"):
        factor = {"name": "f", "classes": kind == "classes"}
        modules["warp_factor"].warp_factor(str(path), grid, made, factor, 100)
    elif kind == "projects":
        outputs = {"number": made, "distance": folder / "far.tif", "table": folder / "table.csv"}
        define = modules["define_projects"].define_projects
        define(str(path), {}, grid, outputs, False, numbers_path=world["table"])
    else:
        _read_months(modules["import_climate"].import_climate, kind, entry, grid, made)
    return [_values(made, kind)]


def _read_months(import_climate, kind, entry, grid, made):
    entry |= {"variable": "temperature", "unit": "degC", "first_month": "2001-01"}
    entry |= {"layer": "t"} if kind != "months" else {}
    settings = {
        "entries": [entry],
        "years": [2001],
        "limits": LIMITS,
        "plausible_median": MEDIANS,
        "complete_month_percent": 80,
        "downscaling": {"lapse_rate_k_per_km": None, "elevation": None},
        "simulated": False,
    }
    outputs = {"months": made, "table": made.with_suffix(".csv")}
    import_climate({"grid": grid}, outputs, "temperature", settings)


def _values(path, kind):
    with rasterio.open(path) as source:
        values = source.read(masked=True).astype("float64").filled(np.nan)
    low, high = POSSIBLE[kind]
    inside = values[np.isfinite(values)]
    if inside.size and not low <= inside.min() <= inside.max() <= high:
        raise Impossible(f"{inside.min():g} to {inside.max():g}")
    return values


RASTERS = Kind("rasters", prepare, mutated, read, 50)
