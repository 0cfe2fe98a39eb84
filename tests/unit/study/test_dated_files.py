"""Files of climate.grids that are named by dates: which they are, and names that make no date."""

import pytest
from nepflow.study import checks, files
from nepflow.study.settings_file import BadStudy

LAPSE = {"lapse_rate_k_per_km": None, "elevation": None}


def climate(*grids, **changes):
    fixed = {"source": "grids", "time_step": "daily", "variables": [], "downscaling": LAPSE}
    return fixed | {"grids": [{"variable": "temperature"} | entry for entry in grids]} | changes


def study(*grids, years=(2000, 2001), **changes):
    return {
        "climate": climate(*grids, **changes),
        "years": list(years),
        "files": {"folder": "data/mine"},
    }


@pytest.mark.parametrize(
    ("file", "count", "first", "parts"),
    [
        ("t.nc", 1, "t.nc", {}),
        ("t_{year}.nc", 2, "t_2000.nc", {"year": 2000}),
        ("t_{year}_{month}.tif", 24, "t_2000_01.tif", {"year": 2000, "month": 1}),
        ("{month}/{year}.tif", 24, "01/2000.tif", {"year": 2000, "month": 1}),
        ("{year}/t_{date}.tif", 731, "2000/t_20000101.tif", {"year": 2000, "month": 1, "day": 1}),
        ("{year}-{month}-{day}.tif", 731, "2000-01-01.tif", {"year": 2000, "month": 1, "day": 1}),
    ],
)
def test_a_file_comes_once_a_date(file, count, first, parts):
    found = [own.entry for own in files.months(study({"file": file}))]
    assert len(found) == len({entry["file"] for entry in found}) == count
    assert found[0]["file"] == f"data/mine/{first}"
    assert {key: found[0].get(key) for key in ("year", "month", "day") if key in found[0]} == parts
    assert "first_month" not in found[0]


def test_normals_by_month():
    given = study({"file": "wc_{month}.tif"}, time_step="normals")
    found = [own.entry for own in files.months(given)]
    assert [entry["file"] for entry in found][::11] == [
        "data/mine/wc_01.tif",
        "data/mine/wc_12.tif",
    ]
    assert all(entry["normals"] for entry in found)
    checks.check_grids(given["climate"], "s.yaml")


def test_a_first_month_by_year_is_that_of_the_year():
    given = study({"file": "t_{year}.nc", "first_month": "{year}-01"})
    found = [own.entry for own in files.months(given)]
    assert [entry["first_month"] for entry in found] == ["2000-01", "2001-01"]


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ([{"file": "t_{month}.tif"}], "names a month without its year"),
        ([{"file": "t_{day}.tif"}], "names a day without its year and month"),
        ([{"file": "t_{year}_{day}.tif"}], "names a day without its year and month"),
        ([{"file": "t.tif", "unit": "furlong"}], "'furlong'; temperature may be in degC, K"),
        ([{"file": "t.tif", "daily": "minimum"}], "one with daily: maximum"),
        ([{"file": "a", "daily": "minimum"}, {"file": "b"}], "minimum, None. Add the other"),
        ([{"file": "t_{year}.tif", "first_month": "2001-01"}], "either both say"),
    ],
)
def test_names_and_halves_that_cannot_be(entries, words):
    with pytest.raises(BadStudy, match=words) as error:
        checks.check_grids(climate(*entries), "config/studies/mine.yaml")
    assert str(error.value).startswith("config/studies/mine.yaml: climate.grids: ")


def test_halves_of_one_temperature_are_accepted():
    halves = [{"file": "a", "daily": "minimum"}, {"file": "b", "daily": "maximum"}]
    checks.check_grids(climate(*halves), "s.yaml")
