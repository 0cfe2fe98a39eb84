"""Dates of bands: units and calendars, bounds, names, and every axis that is no months."""

import datetime

import numpy as np
import pandas as pd
import pytest
import rasterio
from nepflow.climate import grids
from nepflow.climate.grids import places_of
from nepflow.io import time_axis
from nepflow.io.user_rasters import BadGrid
from rasterio.transform import from_origin
from scipy.io import netcdf_file

LENGTHS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
LAT, LON = 40 - 0.5 * np.arange(4), 100 + 0.5 * np.arange(5)
DAYS = "days since 1900-01-01"


def since_1900(first, count, freq="M", shift=0.0):
    periods = pd.period_range(first, periods=count, freq=freq)
    return np.array([(p.to_timestamp() - pd.Timestamp("1900-01-01")).days for p in periods]) + shift


def netcdf(
    path,
    values,
    units=DAYS,
    axis="time",
    kind="f8",
    further=(),
    order=None,
    bounds=None,
    **attributes,
):
    """A variable t (time, further dimensions, lat, lon), and perhaps time bounds."""
    with netcdf_file(path, "w") as file:
        sizes = {axis: len(values), **{n: len(v) for n, v, _ in further}, "lat": 4, "lon": 5}
        for name, size in sizes.items():
            file.createDimension(name, size)
        axes = {axis: (values, units), "lat": (LAT, "degrees_north"), "lon": (LON, "degrees_east")}
        for name, (own, unit) in (axes | {n: (v, u) for n, v, u in further}).items():
            variable = file.createVariable(name, kind if name == axis else "f8", (name,))
            variable[:] = own
            if unit:
                variable.units = unit
        for key, text in attributes.items():
            setattr(file.variables[axis], key, text)
        if bounds is not None:
            file.createDimension("bnds", 2)
            file.variables[axis].bounds = "time_bnds"
            file.createVariable("time_bnds", "f8", (axis, "bnds"))[:] = bounds
        names = order or (axis, *(name for name, _, _ in further), "lat", "lon")
        values = np.arange(len(values), dtype="f4").reshape(-1, *[1] * (len(names) - 1))
        variable = file.createVariable("t", "f4", names)
        variable[:] = np.broadcast_to(values, [sizes[name] for name in names]) if not order else 0
    return {"file": str(path), "layer": "t"}


def geotiff(path, names, tags=None, bands=None):
    """A raster whose bands have names and tags."""
    count = len(names) if names else bands
    with rasterio.open(
        path,
        "w",
        driver="GTiff",
        width=5,
        height=4,
        count=count,
        dtype="float32",
        crs="EPSG:4326",
        transform=from_origin(100, 40, 0.5, 0.5),
    ) as file:
        for band in range(1, count + 1):
            if names:
                file.set_band_description(band, names[band - 1])
            if tags:
                file.update_tags(band, **tags[band - 1])
    return {"file": str(path)}


def placed(entries, years=(2001,), **changes):
    """Bands of the months of years."""
    entries = [entries] if isinstance(entries, dict) else entries
    fixed = {"variable": "temperature", "first_month": "2001-01", "key": "climate.grids"}
    entries = [fixed | entry | changes for entry in entries]
    found = places_of(entries, years)
    return [(str(month.month), month.parts[0][1]) for month in found]


YEAR = [(f"2001-{month:02d}", month) for month in range(1, 13)]


# ---- units and calendars


@pytest.mark.parametrize(
    ("value", "units", "calendar", "expected"),
    [
        (0, "days since 1970-01-01", "standard", (1970, 1, 1)),
        (59, "days since 2000-1-1", "gregorian", (2000, 2, 29)),
        (59, "days since 2000-01-01", "noleap", (2000, 3, 1)),
        (59, "days since 2001-01-01", "all_leap", (2001, 2, 29)),
        (59, "days since 2001-01-01", "360_day", (2001, 2, 30)),
        (359, "days since 2001-01-01 12:00:00", "360_day", (2001, 12, 30)),
        (978307200, "seconds since 1970-01-01T00:00:00Z", "", (2001, 1, 1)),
        (885384, "hours since 1900-01-01 00:00:00.0", "standard", (2001, 1, 2)),
        (1440 * 31, "minutes since 2001-01-01 00:00:00 UTC", "standard", (2001, 2, 1)),
        (5, "weeks since 2001-01-01", "standard", (2001, 2, 5)),
        (1212, "months since 1900-01-01", "standard", (2001, 1, 1)),
        (1212.5, "months since 1900-01-01", "standard", (2001, 1, 16)),
        (101 + 1 / 12, "years since 1900-01-01", "standard", (2001, 2, 1)),
        (20010115.5, "day as %Y%m%d.%f", "proleptic_gregorian", (2001, 1, 15)),
        (200112, "month as %Y%m.%f", "standard", (2001, 12, 1)),
        # date(2001, 1, 1).toordinal() - 1; two days more where year 1 is of the Julian calendar
        (730485, "days since 0001-01-01", "proleptic_gregorian", (2001, 1, 1)),
        (730487, "days since 1-1-1", "standard", (2001, 1, 1)),
        (-1, "days since 1582-10-15", "gregorian", (1582, 10, 4)),
        (13, "days since 2000-12-19", "julian", (2001, 1, 1)),
        (-365, "days since 2001-01-01", "noleap", (2000, 1, 1)),
    ],
)
def test_days_of_units_and_calendars(value, units, calendar, expected):
    number = int(time_axis.instant(value, units, calendar) // 1)
    assert time_axis.date_of(number, calendar) == expected


def test_every_day_of_four_centuries_has_the_date_of_the_library():
    first = datetime.date(1600, 1, 1)
    start = time_axis.day_number(1600, 1, 1, "proleptic_gregorian")
    for days in range(0, 146_100, 7):
        day = first + datetime.timedelta(days)
        assert time_axis.date_of(start + days, "proleptic_gregorian") == (
            day.year,
            day.month,
            day.day,
        )
        assert time_axis.date_of(start + days) == (day.year, day.month, day.day)


@pytest.mark.parametrize("calendar", time_axis.CALENDARS)
def test_dates_and_numbers_are_each_others_inverse(calendar):
    for number in range(time_axis.day_number(1999, 12, 1, calendar), 10**9):
        year, month, day = time_axis.date_of(number, calendar)
        assert time_axis.day_number(year, month, day, calendar) == number
        if year == 2005:
            break


# ---- axes that are months

MONTHS = since_1900("2001-01", 12)
SECONDS = (MONTHS - 25567) * 86400.0  # since 1970
GOOD = {
    "starts": {"values": MONTHS},
    "middles": {"values": MONTHS + 14.5},
    "last days": {"values": since_1900("2001-02", 12) - 1},
    "valid_time in seconds": {
        "values": SECONDS,
        "units": "seconds since 1970-01-01",
        "axis": "valid_time",
    },
    "seconds of single precision": {
        "values": SECONDS + np.tile([-40, 30], 6),
        "units": "seconds since 1970-01-01",
        "kind": "f4",
    },
    "the last second": {
        "values": (since_1900("2001-02", 12) - 25567) * 86400.0 - 1,
        "units": "seconds since 1970-01-01",
    },
    "hours, whole numbers": {
        "values": MONTHS * 24,
        "units": "hours since 1900-01-01",
        "kind": "i4",
    },
    "an axis of another name": {"values": MONTHS, "axis": "T1"},
    "months since": {"values": np.arange(1212, 1224), "units": "months since 1900-01-01"},
    "years since": {"values": 101 + np.arange(12) / 12, "units": "years since 1900-01-01"},
    "noleap": {
        "values": 151 * 365 + np.cumsum([15, *LENGTHS[:11]]),
        "units": "days since 1850-01-01",
        "calendar": "noleap",
    },
    "360_day": {
        "values": 151 * 360 + 30 * np.arange(12) + 15,
        "units": "days since 1850-01-01",
        "calendar": "360_day",
    },
    "365_day in hours": {
        "values": 24.0 * (151 * 365 + np.cumsum([0, *LENGTHS[:11]])),
        "calendar": "365_day",
        "units": "hours since 1850-01-01 00:00:00",
    },
    "digits": {
        "values": [20010000 + 100 * month + 15 for month in range(1, 13)],
        "units": "day as %Y%m%d.%f",
    },
    "a further dimension of one value": {"values": MONTHS, "further": [("height", [2.0], "m")]},
    "no units": {"values": np.arange(12), "units": None},
    "month numbers": {"values": np.arange(1, 13), "units": None, "axis": "month"},
}


@pytest.mark.parametrize("case", GOOD.values(), ids=GOOD)
def test_months_are_taken_by_their_dates(tmp_path, case):
    assert placed(netcdf(tmp_path / "t.nc", **case)) == YEAR


@pytest.mark.parametrize("shift", [0, 15])
def test_bounds_decide_where_stamps_are_the_ends_of_months(tmp_path, shift):
    edges = since_1900("2001-01", 13)
    bounds = np.stack([edges[:-1], edges[1:]], axis=1)
    entry = netcdf(tmp_path / "t.nc", edges[1:] - shift, bounds=bounds)
    assert placed(entry) == YEAR
    # without bounds the stamp's month counts, and a first month that differs is refused
    bare = netcdf(tmp_path / "bare.nc", edges[1:])
    with pytest.raises(BadGrid, match=r"begins in 2001-02 .*first_month 2001-01.*time bounds"):
        placed(bare)


def test_bounds_of_a_single_month(tmp_path):
    entry = netcdf(tmp_path / "t.nc", [36889.0 + 31], bounds=[[36889.0, 36889.0 + 31]])
    with opened_as(entry) as source:
        (date,) = time_axis.steps(source, entry["file"]).dates
    assert (date.year, date.month, date.told) == (2001, 1, "time axis")


def opened_as(entry):
    return rasterio.open(f"netcdf:{entry['file']}:{entry['layer']}")


def test_months_before_the_study_are_passed_over_by_date(tmp_path):
    entry = netcdf(tmp_path / "t.nc", since_1900("1999-07", 36))
    found = placed(entry, first_month="1999-07")
    assert found == [(month, band + 18) for month, band in YEAR]


NAMES = {
    "2001-01": "%Y-%m",
    "2001_01": "%Y_%m",
    "b200101": "b%Y%m",
    "tmp_2001.01": "tmp_%Y.%m",
    "20010101_mean": "%Y%m%d_mean",
    "2001-01-15": "%Y-%m-15",
    "X2001.01.15": "X%Y.%m.15",
    "2001年01月": "%Y年%m月",
    "Jan 2001": "%b %Y",
    "t_2001_January": "t_%Y_%B",
    "2001010100": "%Y%m%d00",
}


@pytest.mark.parametrize("form", NAMES.values(), ids=NAMES)
def test_names_of_bands_are_dates(tmp_path, form):
    months = pd.period_range("2001-01", periods=12, freq="M")
    entry = geotiff(tmp_path / "t.tif", [month.to_timestamp().strftime(form) for month in months])
    assert placed(entry) == YEAR
    with pytest.raises(BadGrid, match="name of the band begins in 2001-01"):
        placed(entry, first_month="2000-01", years=(2000,))


@pytest.mark.parametrize(
    "names",
    [
        [f"band {n}" for n in range(1, 13)],
        ["precipitation 1981-2010"] * 12,
        ["made 2024-05-01"] * 12,
        [f"decadal_2001{n}" for n in range(100, 112)],
        [f"t{n}_ERA5" for n in range(2001, 2013)],
    ],
)
def test_other_names_are_no_dates(tmp_path, names):
    assert placed(geotiff(tmp_path / "t.tif", names)) == YEAR


def test_netcdf_that_became_geotiff_keeps_its_dates(tmp_path):
    entry = netcdf(tmp_path / "t.nc", since_1900("2000-01", 24))
    with (
        opened_as(entry) as source,
        rasterio.open(
            tmp_path / "t.tif",
            "w",
            driver="GTiff",
            width=5,
            height=4,
            count=12,
            dtype="float32",
            crs="EPSG:4326",
            transform=source.transform,
        ) as target,
    ):
        target.update_tags(**source.tags())
        for band in range(1, 13):  # the second year alone
            target.update_tags(band, **source.tags(band + 12))
    assert placed({"file": str(tmp_path / "t.tif")}) == YEAR
    with pytest.raises(BadGrid, match="time axis begins in 2001-01"):
        placed({"file": str(tmp_path / "t.tif")}, first_month="2000-01", years=(2000,))


def grib(seconds, elements=("2T",)):
    return [
        {"GRIB_VALID_TIME": f"{int(s)} sec UTC", "GRIB_ELEMENT": elements[n % len(elements)]}
        for n, s in enumerate(seconds)
    ]


def test_times_of_grib(tmp_path):
    entry = geotiff(tmp_path / "t.tif", None, grib(SECONDS), bands=12)
    assert placed(entry) == YEAR
    with pytest.raises(BadGrid, match="GRIB time begins in 2001-01"):
        placed(entry, first_month="2001-04")
    mixed = geotiff(tmp_path / "m.tif", None, grib(np.repeat(SECONDS, 2), ("2T", "TP")), bands=24)
    with pytest.raises(BadGrid, match="several fields"):
        placed(mixed)


# ---- axes that are none


def day(count, first="2001-01-01"):
    return since_1900(first, count, "D")


def without(values, *places):
    return np.delete(values, places)


TWO = since_1900("2001-01", 24)
EXPVER, NUMBER = ("expver", [1.0, 5.0], None), ("number", [0.0, 1, 2], "1")
BAD = {
    "days that change places": ({"values": day(365)[[0, 2, 1, *range(3, 365)]]}, "out of order"),
    "a day that comes twice": (
        {"values": np.insert(day(365), 4, day(365)[3])},
        "2 bands to 2001-01-04, other days have 1",
    ),
    "hours of two days": (
        {"values": MONTHS[0] * 24 + np.arange(48.0), "units": "hours since 1900-01-01"},
        "2001-02 is missing",
    ),
    "ten days": ({"values": MONTHS[0] + 10.0 * np.arange(36)}, "to the month 2001-01"),
    "a month is missing": ({"values": without(TWO, 4)}, "2001-05 is missing.*band 5 is of 2001-06"),
    "a month comes twice": (
        {"values": np.insert(MONTHS, 4, MONTHS[3])},
        "2 bands to the month 2001-04",
    ),
    "two months change places": (
        {"values": MONTHS[[0, 1, 3, 2, *range(4, 12)]]},
        "2001-03 is out of order.*band 3",
    ),
    "backwards": ({"values": TWO[::-1]}, "runs backwards"),
    "years": ({"values": since_1900("2001", 24, "Y")}, r"a band a year \(2001-01-01"),
    "quarters": ({"values": MONTHS[::3]}, "2001-02 is missing"),
    "a year late": ({"values": since_1900("2000-01", 24)}, "time axis begins in 2000-01"),
    "versions": ({"values": MONTHS, "further": [EXPVER]}, r"dimension expver \(2 values: 1, 5\)"),
    "members": ({"values": MONTHS, "further": [NUMBER]}, r"dimension number \(3 values"),
    "levels": (
        {"values": MONTHS, "further": [("plev", [1000.0, 850, 500, 200], "hPa")]},
        r"dimension plev \(4 values: 1000, 850, 500, \.\.\.\)",
    ),
    "levels alone": (
        {"values": np.arange(12.0), "units": "hPa", "axis": "level"},
        "dimension level",
    ),
    "depths called z": ({"values": np.arange(12.0), "units": "m", "axis": "z"}, "dimension z"),
    "members alone": (
        {"values": np.arange(12.0), "units": None, "axis": "realization"},
        "dimension realization",
    ),
    "years and months": (
        {
            "values": [2001.0, 2002],
            "units": None,
            "axis": "year",
            "further": [("month", np.arange(1.0, 13), None)],
        },
        "dimension year",
    ),
    "time at the end": (
        {"values": MONTHS, "order": ("lat", "lon", "time")},
        "not the last dimensions",
    ),
    "an unknown calendar": ({"values": MONTHS, "calendar": "mars"}, "calendar 'mars'; known are"),
    "units that say nothing": (
        {"values": MONTHS, "units": "fortnights since 1900-01-01"},
        "'fortnights since 1900-01-01'",
    ),
    "an origin that is no day": (
        {"values": MONTHS, "units": "days since 0000-00-00"},
        "0000-00-00, which does not exist",
    ),
    "days without dates": (
        {"values": np.arange(365), "units": None},
        "365 bands and nothing that tells their dates",
    ),
    "an axis with a hole": ({"values": np.where(MONTHS[3] == MONTHS, np.nan, MONTHS)}, "lacks val"),
    "times beyond all years": ({"values": MONTHS * 1e9}, "in no year from 0 to 9999"),
    "times beyond all julian years": (
        {"values": MONTHS * 1e9, "calendar": "julian"},
        "in no year from 0 to 9999",
    ),
    "a climatology": ({"values": MONTHS, "climatology": "climatology_bounds"}, "is a climatology"),
    "one value of a year": (
        {"values": [MONTHS[0] + 15.0], "bounds": [[MONTHS[0], MONTHS[0] + 365.0]]},
        "band 1 is of 365 days by its time bounds",
    ),
    "one value of a day": (
        {"values": [MONTHS[0] + 0.5], "bounds": [[MONTHS[0], MONTHS[0] + 1.0]]},
        "2001-02 is missing",
    ),
    "bounds of other times": (
        {"values": MONTHS + 400, "bounds": np.stack([MONTHS, MONTHS + 30], 1)},
        "lies outside",
    ),
}


@pytest.mark.parametrize(("case", "words"), BAD.values(), ids=BAD)
def test_axes_that_are_no_months_are_refused(tmp_path, case, words):
    with pytest.raises(BadGrid, match=words) as error:
        placed(netcdf(tmp_path / "t.nc", **case))
    assert str(error.value).startswith(f"{tmp_path}/t.nc: ")


def names_of(first, count, freq="M", form="%Y-%m"):
    return [
        p.to_timestamp().strftime(form) for p in pd.period_range(first, periods=count, freq=freq)
    ]


BAD_NAMES = {
    "years": ([f"npp_{year}" for year in range(2001, 2013)], r"a band a year \(2001, 2002"),
    "years alone": ([f"{year}" for year in range(2001, 2025)], r"a band a year"),
    "days of two years": (
        [
            *names_of("2001-01-01", 60, "D", "%Y-%m-%d"),
            *names_of("2000-01-01", 60, "D", "%Y-%m-%d"),
        ],
        "out of order",
    ),
    "a gap": (without(names_of("2001-01", 24), 5).tolist(), "2001-06 is missing"),
    "one that is none": ([*names_of("2001-01", 12), "mean"], "band 13 is named 'mean'"),
    "nameless days": ([""] * 365, "365 bands"),
    "nameless leap year": ([""] * 366, "366 bands"),
}

DAYS_OF = {
    "days": {"values": day(365)},
    "days in seconds": {
        "values": (day(365) - 25567) * 86400.0,
        "units": "seconds since 1970-01-01",
        "axis": "valid_time",
    },
    "noon of days": {"values": day(365) + 0.5},
    "days of noleap": {
        "values": np.arange(365.0),
        "units": "days since 2001-01-01",
        "calendar": "noleap",
    },
    "days of 360_day": {
        "values": np.arange(360.0),
        "units": "days since 2001-01-01",
        "calendar": "360_day",
    },
    "six-hourly": {"values": (day(365)[:, None] + [0, 0.25, 0.5, 0.75]).ravel()},
    "days by bounds": {
        "values": day(365) + 1.0,
        "bounds": np.stack([day(365), day(365) + 1.0], 1),
    },
    "days with bounds at noon": {"values": day(365) + 0.5},
}


@pytest.mark.parametrize("case", DAYS_OF.values(), ids=DAYS_OF)
def test_days_and_hours_belong_to_their_month(tmp_path, case):
    entry = netcdf(tmp_path / "t.nc", **case)
    fixed = {"variable": "temperature", "key": "climate.grids"}
    found = places_of([fixed | entry], [2001])
    per_day = 4 if len(case["values"]) > 366 else 1
    lengths = [30] * 12 if case.get("calendar") == "360_day" else LENGTHS
    assert [len(month.parts) for month in found] == [per_day * length for length in lengths]
    assert [month.parts[0][1] for month in found] == [
        1 + per_day * sum(lengths[:n]) for n in range(12)
    ]
    assert found[6].steps == 31 * per_day and found[6].per_day == per_day


def test_names_of_bands_are_days(tmp_path):
    entry = geotiff(tmp_path / "t.tif", names_of("2001-01-01", 365, "D", "t_%Y%m%d"))
    found = places_of([entry | {"variable": "temperature", "key": "climate.grids"}], [2001])
    assert [len(month.days) for month in found] == LENGTHS


def test_a_month_of_too_few_days_is_refused(tmp_path):
    values = np.delete(day(365), range(40, 50))  # ten days of February
    entry = netcdf(tmp_path / "t.nc", values)
    found = places_of([entry | {"variable": "temperature", "key": "climate.grids"}], [2001])
    grids.check_complete(found[0], 100)
    grids.check_complete(found[1], 60)
    with pytest.raises(BadGrid, match="has 18 whole days of 2001-02, 28 are in it"):
        grids.check_complete(found[1], 80)


@pytest.mark.parametrize("wanted", [1, 5])
def test_a_dimension_is_chosen_by_the_study(tmp_path, wanted):
    entry = netcdf(tmp_path / "t.nc", MONTHS, further=[EXPVER])
    assert placed(entry, select={"expver": wanted}) == [
        (month, 2 * band - (wanted == 1)) for month, band in YEAR
    ]
    with pytest.raises(BadGrid, match=r"expver: 7.* chooses no band; expver has the values 1, 5"):
        placed(entry, select={"expver": 7})
    with pytest.raises(BadGrid, match=r"`select: {expver: 1}`"):
        placed(entry)


NAMED = {
    "years": ({"year": 2001}, 12),
    "a year of days": ({"year": 2001}, 365),
    "months": ({"year": 2001, "month": 1}, 1),
    "a month of days": ({"year": 2001, "month": 1}, 31),
    "a day": ({"year": 2001, "month": 1, "day": 31}, 1),
    "hours of a day": ({"year": 2001, "month": 1, "day": 31}, 24),
}


@pytest.mark.parametrize(("parts", "bands"), NAMED.values(), ids=NAMED)
def test_the_name_of_a_file_is_a_date(tmp_path, parts, bands):
    entry = geotiff(tmp_path / "t.tif", None, bands=bands) | parts
    with rasterio.open(entry["file"]) as source:
        found = grids.months_of_file(source, entry | {"variable": "temperature"})
    assert str(found[0].month) == "2001-01"
    assert sum(len(month.parts) for month in found) == bands
    with pytest.raises(BadGrid, match="a file that is named by"):
        wrong = geotiff(tmp_path / "w.tif", None, bands=40) | {"year": 2001, "month": 1}
        with rasterio.open(wrong["file"]) as source:
            grids.months_of_file(source, wrong)


def test_the_name_of_a_file_and_its_dates_must_agree(tmp_path):
    entry = netcdf(tmp_path / "t.nc", MONTHS[:1]) | {"year": 2001, "month": 2}
    with pytest.raises(BadGrid, match=r"begins in 2001-01.*its name 2001-02"):
        placed(entry)
    longer = netcdf(tmp_path / "l.nc", TWO) | {"year": 2001}
    with pytest.raises(BadGrid, match="reaches to 2002-01-01, its name says 2001"):
        placed(longer)


def test_nothing_tells_the_dates(tmp_path):
    with pytest.raises(BadGrid, match="nothing tells the dates of its 12 bands"):
        placed(geotiff(tmp_path / "t.tif", None, bands=12), first_month=None)


def test_normals_hold_for_every_year(tmp_path):
    entry = geotiff(tmp_path / "t.tif", None, bands=12) | {"normals": True}
    found = placed(entry, years=(2001, 2002))
    assert found == [
        (f"{year}-{month:02d}", month) for year in (2001, 2002) for month in range(1, 13)
    ]
    climatology = netcdf(tmp_path / "c.nc", MONTHS, climatology="climatology_bounds")
    assert placed(climatology | {"normals": True}, first_month=None, years=(2003,))[0][1] == 1
    with pytest.raises(BadGrid, match="has 13 bands; normals"):
        placed(geotiff(tmp_path / "u.tif", None, bands=13) | {"normals": True})


@pytest.mark.parametrize(("names", "words"), BAD_NAMES.values(), ids=BAD_NAMES)
def test_names_that_are_no_months_are_refused(tmp_path, names, words):
    with pytest.raises(BadGrid, match=words):
        placed(geotiff(tmp_path / "t.tif", names))


def test_names_and_axis_must_agree(tmp_path):
    tags = grib(SECONDS)
    with pytest.raises(BadGrid, match="band 1 is named 2001-02, its GRIB time says 2001-01"):
        placed(geotiff(tmp_path / "t.tif", names_of("2001-02", 12), tags))


def test_two_files_may_not_hold_one_month(tmp_path):
    first = netcdf(tmp_path / "a.nc", TWO[:14])
    second = netcdf(tmp_path / "b.nc", TWO[13:])
    good = [first, netcdf(tmp_path / "c.nc", TWO[14:]) | {"first_month": "2002-03"}]
    assert placed(good, years=(2002,))[2] == ("2002-03", 1)
    with pytest.raises(BadGrid, match=r"b.nc: temperature of 2002-02 is also in .*a.nc"):
        placed([first, second | {"first_month": "2002-02"}], years=(2001, 2002))


def test_a_file_named_by_year_holds_that_year(tmp_path):
    entry = netcdf(tmp_path / "t_2001.nc", since_1900("2002-01", 12))
    with pytest.raises(BadGrid, match="begins in 2002-01"):
        placed(entry, year=2001)
    two = geotiff(tmp_path / "t_2001.tif", None, bands=24)
    with pytest.raises(BadGrid, match=r"24 bands; a file that is named by \{year\}"):
        placed(two, year=2001)


def test_undated_bands_fill_whole_years_or_one_month(tmp_path):
    singles = [
        geotiff(tmp_path / f"{m}.tif", None, bands=1) | {"first_month": f"2001-{m:02d}"}
        for m in range(1, 13)
    ]
    assert placed(singles) == [(month, 1) for month, _ in YEAR]
    with pytest.raises(BadGrid, match="20 bands and nothing that tells"):
        placed(geotiff(tmp_path / "t.tif", None, bands=20))
