"""Gridded climate: GeoTIFF and NetCDF their readers, units, lapse rate, and every fault by name."""

import climate_study
import numpy as np
import pandas as pd
import pytest
import rasterio
from import_climate import import_climate
from nepflow.climate import grids, monthly
from nepflow.io import raster
from nepflow.io.user_rasters import BadGrid
from nepflow.study import variables
from rasterio.transform import from_origin
from scipy.io import netcdf_file
from warp_climate import warp_climate

YEARS = [2001, 2002]
WEST, NORTH, CELL, SHAPE = 100.0, 42.0, 0.5, (16, 20)  # covers the area of climate_study
LIMITS = {"monthly": {"temperature": [-80, 50], "precipitation": [0, 9300], "radiation": [0, 1500]}}
MEDIANS = {
    "monthly": {"temperature": [-40, 45], "precipitation": [1, 1000], "radiation": [50, 1100]}
}
NO_LAPSE = {"lapse_rate_k_per_km": None, "elevation": None}


def field(month):
    """A plane in longitude and latitude plus a season, degC."""
    lon = WEST + CELL * (np.arange(SHAPE[1]) + 0.5)
    lat = NORTH - CELL * (np.arange(SHAPE[0]) + 0.5)
    return 5 + (lon - 105) - 2 * (lat[:, None] - 36) + 3 * np.cos(month * np.pi / 6)


def geotiff(
    path, months=24, dtype="float32", code=lambda values: values, nodata=None, names=(), **profile
):
    profile = {
        "driver": "GTiff",
        "height": SHAPE[0],
        "width": SHAPE[1],
        "count": months,
        "crs": "EPSG:4326",
        "transform": from_origin(WEST, NORTH, CELL, CELL),
        "dtype": dtype,
        "nodata": nodata,
    } | profile
    with rasterio.open(path, "w", **profile) as target:
        for band in range(1, months + 1):
            target.write(code(field(band)).astype(dtype), band)
        for band, name in enumerate(names, start=1):
            target.set_band_description(band, name)
    return str(path)


def netcdf(path, months=24, first="2001-01-01"):
    """ERA5-like: packed K under the name t2m, south at the top of the file, and a second layer."""
    with netcdf_file(path, "w") as file:
        sizes = {"time": months, "lat": SHAPE[0], "lon": SHAPE[1]}
        lat = NORTH - CELL * (np.arange(SHAPE[0])[::-1] + 0.5)
        lon = WEST + CELL * (np.arange(SHAPE[1]) + 0.5)
        axes = {
            "time": (np.arange(months) * 30.4375 + 14, f"days since {first}"),
            "lat": (lat, "degrees_north"),
            "lon": (lon, "degrees_east"),
        }
        for name, (values, units) in axes.items():
            file.createDimension(name, sizes[name])
            axis = file.createVariable(name, "f8", (name,))
            axis[:] = values
            axis.units = units
        kelvin = np.stack([field(month)[::-1] + 273.15 for month in range(1, months + 1)])
        packed = file.createVariable("t2m", "i2", ("time", "lat", "lon"))
        packed[:] = np.round((kelvin - 280) / 0.002)
        packed.scale_factor, packed.add_offset, packed._FillValue = 0.002, 280.0, np.int16(-32767)
        other = file.createVariable("tp", "f4", ("time", "lat", "lon"))
        other[:] = 0.001
        other.units = "m"
    return str(path)


def months_from(first, count, form="%Y-%m"):
    """Names of months that follow each other."""
    return [month.strftime(form) for month in pd.period_range(first, periods=count, freq="M")]


def entry(file, **changes):
    fixed = {
        "variable": "temperature",
        "unit": "degC",
        "first_month": "2001-01",
        "key": "climate.grids",
    }
    return fixed | {"file": str(file)} | changes


def imported(folder, *entries, downscaling=NO_LAPSE, years=YEARS):
    paths = climate_study.make(folder)
    months, table = folder / "months.tif", folder / "grids.csv"
    variable = entries[0]["variable"]
    settings = {
        "entries": list(entries),
        "years": years,
        "limits": LIMITS,
        "plausible_median": MEDIANS,
        "complete_month_percent": 80,
        "downscaling": downscaling,
        "simulated": False,
    }
    import_climate(paths, {"months": months, "table": table}, variable, settings)
    return paths, str(months)


def annual(folder, paths, months, variable="temperature", mem_mb=100, threads=1, missing=0.5):
    cube = folder / "cube.tif"
    settings = {"years": YEARS, "max_missing_percent": missing}
    given = paths | {"months": months}
    warp_climate(given, {"cube": cube}, variable, settings, mem_mb, threads)
    return cube


def true_plane(paths):
    """The plane of `field` at the cells of the study, NaN where it has no climate."""
    grid = raster.grid_of(paths["grid"])
    x, y = np.broadcast_arrays(*grid.xy(0, grid.height))
    there = climate_study.pyproj.Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True)
    lon, lat = there.transform(x, y)
    wanted = (raster.read(paths["grid"]) == 1) & np.isfinite(raster.read(paths["dem"]))
    return np.where(wanted, 5 + (lon - 105) - 2 * (lat - 36), np.nan)


@pytest.mark.parametrize("kind", ["geotiff", "netcdf", "packed"])
def test_a_plane_comes_back(tmp_path, kind):
    if kind == "geotiff":
        one = entry(geotiff(tmp_path / "t 气温.tif", nodata=-9999))
    elif kind == "netcdf":
        one = entry(netcdf(tmp_path / "t.nc"), layer="t2m", unit="K")
    else:
        packed = geotiff(tmp_path / "t.tif", dtype="int16", code=lambda v: np.round(10 * v + 500))
        one = entry(packed, scale=0.1, offset=-50, fill=-32768)
    paths, months = imported(tmp_path, one)
    with rasterio.open(months) as source:
        assert source.descriptions[0] == "2001-01" and source.descriptions[-1] == "2002-12"
        assert source.tags()["unit"] == "degC" and source.count == 24
        assert source.width < SHAPE[1]  # cut to the study
    cube = annual(tmp_path, paths, months)
    assert raster.years_of(cube) == YEARS
    expected = true_plane(paths)
    for band in (1, 2):
        found = raster.read(cube, band)
        np.testing.assert_array_equal(np.isnan(found), np.isnan(expected))
        tolerance = 0.05 if kind == "packed" else 0.01
        np.testing.assert_allclose(found, expected, atol=tolerance)


def test_blocks_and_threads_change_no_bit(tmp_path):
    paths, months = imported(tmp_path, entry(geotiff(tmp_path / "t.tif")))
    whole = [raster.read(annual(tmp_path, paths, months), band) for band in (1, 2)]
    parts = annual(tmp_path, paths, months, mem_mb=0.1, threads=2)
    for band in (1, 2):
        np.testing.assert_array_equal(raster.read(parts, band), whole[band - 1])


@pytest.mark.parametrize(
    ("variable", "unit", "days", "value", "expected"),
    [
        ("temperature", "K", 31, 273.15, 0.0),
        ("precipitation", "mm d-1", 30, 2.0, 60.0),
        ("precipitation", "m d-1", 31, 0.002, 62.0),
        ("precipitation", "kg m-2 s-1", 30, 1e-5, 25.92),
        ("precipitation", "mm month-1", 28, -0.2, 0.0),
        ("radiation", "W m-2", 30, 200.0, 518.4),
        ("radiation", "J m-2 d-1", 31, 2e7, 620.0),
        ("radiation", "MJ m-2 d-1", 28, 10.0, 280.0),
    ],
)
def test_units(variable, unit, days, value, expected):
    found = variables.converted(np.array([value, np.nan]), variable, unit, days)
    assert found[0] == pytest.approx(expected, abs=1e-9) and np.isnan(found[1])
    with pytest.raises(ValueError, match="is needed"):
        variables.converted(np.array([1.0]), variable, "furlong", days)


def test_a_file_a_year_and_months_before_the_study(tmp_path):
    first = geotiff(tmp_path / "2000.tif", months=12)
    both = geotiff(tmp_path / "2001.tif", months=24, code=lambda values: values + 1)
    paths, months = imported(
        tmp_path, entry(first, first_month="2000-01"), entry(both, first_month="2001-01")
    )
    found = raster.read(annual(tmp_path, paths, months))
    np.testing.assert_allclose(found, true_plane(paths) + 1, atol=0.01)


def test_lapse_rate_follows_the_study_elevation(tmp_path):
    """A source that stands 1000 m high everywhere and cools by 6.5 K km-1."""
    height = tmp_path / "z.tif"
    geotiff(height, months=1, code=lambda values: np.full(values.shape, 1000.0))
    downscaling = {"lapse_rate_k_per_km": -6.5, "elevation": str(height)}
    one = entry(geotiff(tmp_path / "t.tif"))
    paths, months = imported(tmp_path, one, downscaling=downscaling)
    assert raster.tags_of(months)[monthly.LAPSE] == "-6.5"
    found = raster.read(annual(tmp_path, paths, months))
    elevation = raster.read(paths["dem"])
    expected = true_plane(paths) - 6.5 * (elevation - 1000) / 1000
    np.testing.assert_allclose(found, expected, atol=0.01)


def test_both_sources_of_months_serve_one_block_function(tmp_path):
    """The months of a grid and of surfaces come in one shape and order."""
    paths, months = imported(tmp_path, entry(geotiff(tmp_path / "t.tif")))
    source = monthly.GridMonths([months, months], paths["dem"])
    seen = []

    def function(one, other):
        seen.append((one.shape, other.shape))
        return (one - other)[:3] + np.arange(3)[:, None]

    arrays = next(iter(raster.blocks(source.inputs, coordinates=True)))[2]
    result = source(function, *arrays[:-2], x=arrays[-2], y=arrays[-1])
    cells = np.isfinite(raster.read(paths["dem"])).sum()
    assert seen == [((24, cells), (24, cells))]
    assert result.shape == (3, 20, 30)
    assert np.nanmin(result[2]) == np.nanmax(result[2]) == 2


def test_gaps_of_the_source(tmp_path):
    def holed(values):
        values = values.copy()
        values[:, :14] = -9999
        return values

    paths, months = imported(tmp_path, entry(geotiff(tmp_path / "t.tif", code=holed), fill=-9999))
    with pytest.raises(BadGrid, match=r"no temperature in \d+\.\d+ % of the area"):
        annual(tmp_path, paths, months)


def faulty(folder):
    """Entries that cannot serve, and what the error says."""
    good = geotiff(folder / "good.tif")
    shifted = geotiff(folder / "far.tif", transform=from_origin(10, NORTH, CELL, CELL))
    nowhere = geotiff(folder / "nowhere.tif", crs=None)
    finer = geotiff(folder / "finer.tif", transform=from_origin(WEST, NORTH, CELL / 2, CELL / 2))
    short = geotiff(folder / "short.tif", months=20, names=months_from("2001-01", 20))
    text = folder / "text.tif"
    text.write_text("no raster")
    nc = netcdf(folder / "t.nc")
    return {
        "covers 10 to": [entry(shifted)],
        "says no CRS": [entry(nowhere)],
        "has other cells": [entry(short), entry(finer, first_month="2002-09")],
        r"2002-09 is missing \(and 4 months": [entry(short)],
        "GDAL cannot read it": [entry(text)],
        "GDAL cannot read wind": [entry(nc, layer="wind")],
        "holds the layers t2m, tp": [entry(nc)],
        "time axis begins in 2001-01": [entry(nc, layer="t2m", unit="K", first_month="2000-01")],
        "possible is -80 to 50": [entry(good, offset=273.15)],
        "temperature of 2001-01 is": [entry(good, scale=100)],
    }


def test_every_fault_is_named(tmp_path):
    for words, entries in faulty(tmp_path).items():
        with pytest.raises(BadGrid, match=words):
            imported(tmp_path, *entries)


def test_implausible_median(tmp_path):
    metres = geotiff(tmp_path / "p.tif", code=lambda values: np.full(values.shape, 0.002))
    with pytest.raises(BadGrid, match=r"median of monthly precipitation is 0\.002"):
        imported(tmp_path, entry(metres, variable="precipitation", unit="mm month-1"))
    paths, months = imported(tmp_path, entry(metres, variable="precipitation", unit="m d-1"))
    found = raster.read(annual(tmp_path, paths, months, "precipitation"))
    assert np.nanmax(found) == pytest.approx(2 * 365, rel=1e-6)


# ---- units of the file, halves of the day, days


def with_unit_of_file(path, unit, **changes):
    file = geotiff(path, **changes)
    with rasterio.open(file, "r+") as target:
        target.units = [unit] * target.count
    return file


def without_unit(file, **changes):
    own = entry(file, **changes)
    del own["unit"]
    return own


@pytest.mark.parametrize(
    ("unit", "code"),
    [
        ("K", lambda v: v + 273.15),
        ("degrees Celsius", lambda v: v),
        ("degF", lambda v: v * 1.8 + 32),
        ("0.1 degC", lambda v: v * 10),
    ],
)
def test_the_unit_of_the_file_counts(tmp_path, unit, code):
    file = with_unit_of_file(tmp_path / "t.tif", unit, code=code)
    _, months = imported(tmp_path, without_unit(file))
    _, plain = imported(tmp_path / "plain", entry(geotiff(tmp_path / "plain.tif")))
    np.testing.assert_allclose(raster.read(months, 5), raster.read(plain, 5), atol=1e-3)


FAULTS_OF_UNITS = {
    "another unit": ("K", {"unit": "degC"}, "its own unit is 'K', climate.grids declares degC"),
    "another quantity": ("mm", {"unit": "degC"}, "its own unit is 'mm'"),
    "no temperature": ("W m-2", {}, "'W m-2' is none of temperature. Declare `unit`"),
    "nothing": ("", {}, "says no unit of temperature. Declare `unit` in climate.grids: degC, K"),
    "ERA5's amounts": ("m", {"variable": "precipitation"}, r"amounts of a day \(m d-1\)"),
}


@pytest.mark.parametrize(
    ("unit", "changes", "words"), FAULTS_OF_UNITS.values(), ids=FAULTS_OF_UNITS
)
def test_units_that_contradict_or_lack(tmp_path, unit, changes, words):
    file = with_unit_of_file(tmp_path / "t.tif", unit)
    own = entry(file) | changes if "unit" in changes else without_unit(file, **changes)
    with pytest.raises(BadGrid, match=words) as error:
        imported(tmp_path, own)
    assert str(error.value).startswith(file)


def test_the_mean_of_minimum_and_maximum(tmp_path):
    low = geotiff(tmp_path / "min.tif", code=lambda values: values - 6)
    high = geotiff(tmp_path / "max.tif", code=lambda values: values + 4)
    _, months = imported(tmp_path, entry(low, daily="minimum"), entry(high, daily="maximum"))
    _, plain = imported(tmp_path / "plain", entry(geotiff(tmp_path / "plain.tif")))
    np.testing.assert_allclose(raster.read(months, 5), raster.read(plain, 5) - 1, atol=1e-5)
    short = geotiff(tmp_path / "short.tif", months=12)
    with pytest.raises(BadGrid, match=r"short.tif: maximum temperature of 2002-01 is missing"):
        imported(tmp_path, entry(low, daily="minimum"), entry(short, daily="maximum"))


def days_of_2001(path, values, lost=(), hole=None, **profile):
    """A band a day, all cells of one value a day; -9 in some cells of January."""
    names = [day.strftime("%Y-%m-%d") for day in pd.date_range("2001-01-01", "2001-12-31")]
    kept = [n for n in range(365) if n not in lost]
    profile = {"driver": "GTiff", "height": SHAPE[0], "width": SHAPE[1], "count": len(kept)} | {
        "crs": "EPSG:4326",
        "transform": from_origin(WEST, NORTH, CELL, CELL),
        "dtype": "float32",
        "nodata": -9,
    }
    with rasterio.open(path, "w", **profile) as target:
        for band, day in enumerate(kept, start=1):
            content = np.full(SHAPE, values[day], "float32")
            if hole is not None and day < hole:
                content[:, : SHAPE[1] // 2] = -9
            target.write(content, band)
            target.set_band_description(band, names[day])
    return str(path)


RAIN = np.random.default_rng(3).uniform(0, 8, 365)


@pytest.mark.parametrize(("unit", "factor"), [("mm d-1", 1), ("mm", 1), ("mm h-1", 1 / 24)])
def test_days_become_months(tmp_path, unit, factor):
    file = days_of_2001(tmp_path / "p.tif", RAIN * factor)
    own = entry(file, variable="precipitation", unit=unit, first_month="2001-01")
    _, months = imported(tmp_path, own, years=[2001])
    found = [np.unique(raster.read(months, band)) for band in (1, 2)]
    np.testing.assert_allclose(found[0], RAIN[:31].sum(), rtol=1e-5)
    np.testing.assert_allclose(found[1], RAIN[31:59].sum(), rtol=1e-5)


def test_days_that_are_missing(tmp_path):
    """Of 31 days 27 are enough, of a cell too; the mean of those there stands for the month."""
    file = days_of_2001(tmp_path / "p.tif", RAIN, lost=(0, 1), hole=6)
    own = entry(file, variable="precipitation", unit="mm d-1")
    _, months = imported(tmp_path, own, years=[2001])
    found = np.unique(raster.read(months, 1))
    np.testing.assert_allclose(
        found, np.sort([31 * RAIN[2:31].mean(), 31 * RAIN[6:31].mean()]), rtol=1e-5
    )
    gone = days_of_2001(tmp_path / "gone.tif", RAIN, hole=8)
    _, months = imported(tmp_path / "gone", own | {"file": gone}, years=[2001])
    assert np.isnan(raster.read(months, 1)).any() and np.isfinite(raster.read(months, 1)).any()
    few = days_of_2001(tmp_path / "few.tif", RAIN, lost=range(40, 50))
    with pytest.raises(BadGrid, match="has 18 whole days of 2001-02"):
        imported(tmp_path / "few", own | {"file": few}, years=[2001])


@pytest.mark.parametrize("since_midnight", [False, True])
def test_hours_become_months_and_sums_since_midnight_do_not(tmp_path, since_midnight):
    hours = pd.date_range("2001-01-01", periods=31 * 8, freq="3h")
    rain = np.random.default_rng(5).uniform(0, 1, (31, 8))
    values = np.cumsum(rain, axis=1) if since_midnight else rain
    path = geotiff(tmp_path / "p.tif", months=len(hours), names=hours.strftime("%Y-%m-%d %H"))
    with rasterio.open(path, "r+") as file:
        for band, value in enumerate(values.ravel(), start=1):
            file.write(np.full(SHAPE, value, "float32"), band)
    own = {"file": path, "variable": "precipitation", "unit": "mm", "key": "climate.grids"}
    with grids.Sources() as sources:
        (month,) = grids.months_of_file(sources.of(own), own)
        assert (month.per_day, month.steps) == (8, 248)
        window = rasterio.windows.Window(0, 0, SHAPE[1], SHAPE[0])
        if since_midnight:
            with pytest.raises(BadGrid, match="sums since midnight"):
                grids.values_of(month, sources, window, 80)
        else:
            found = grids.values_of(month, sources, window, 80)
            np.testing.assert_allclose(found, rain.sum(), rtol=1e-6)


def test_days_in_a_unit_of_months(tmp_path):
    own = entry(days_of_2001(tmp_path / "p.tif", RAIN), variable="precipitation")
    with pytest.raises(BadGrid, match=r"holds days, and climate.grids says mm month-1"):
        imported(tmp_path, own | {"unit": "mm month-1"}, years=[2001])


def test_a_climate_of_another_place_is_refused(tmp_path):
    season = [-12 * np.cos(month * np.pi / 6) for month in range(24)]

    def shifted(offset):
        names = iter(range(24))
        return lambda values: np.full(values.shape, 10 + season[(next(names) + offset) % 24])

    right = geotiff(tmp_path / "r.tif", code=shifted(0))
    imported(tmp_path, entry(right))
    with pytest.raises(BadGrid, match="month 1 is the warmest of the year at latitude 3"):
        imported(tmp_path, entry(geotiff(tmp_path / "late.tif", code=shifted(6))))
    hot = geotiff(tmp_path / "f.tif", code=lambda values: values * 0 + 44)
    with pytest.raises(BadGrid, match=r"as degrees Fahrenheit it would be 6.7 degC"):
        imported(tmp_path, entry(hot))


def test_dry_places_are_a_warning_with_what_was_understood(tmp_path, caplog):
    paths = climate_study.make(tmp_path)
    dry = geotiff(tmp_path / "p.tif", code=lambda values: np.full(values.shape, 2.0))
    own = entry(dry, variable="precipitation", unit="mm month-1")
    settings = {"entries": [own], "years": YEARS, "limits": LIMITS, "plausible_median": MEDIANS}
    settings |= {"complete_month_percent": 80, "downscaling": NO_LAPSE, "simulated": False}
    outputs = {"months": tmp_path / "m.tif", "table": tmp_path / "grids.csv"}
    with caplog.at_level("INFO"):
        import_climate(paths, outputs, "precipitation", settings)
    assert "24.0 mm, as in deserts alone" in caplog.text
    said = "2001-01 to 2002-12, 24 months, mm month-1, 0.5 degree; 0 % missing, 2 to 2"
    assert f"gridded climate: p.tif: {said}" in caplog.text
    assert pd.read_csv(outputs["table"])["value"].tolist() == [1, 24, 2, 0]
