"""Station files: readers, defects, months and years."""

import calendar

import numpy as np
import pandas as pd
import pytest
from nepflow.stations import aggregation, cleaning
from nepflow.stations import records as stations_records
from nepflow.stations.records import BadStations
from nepflow.study.variables import VARIABLES

COLUMNS = ["temperature_degc", "precipitation_mm"]
HEADER = "station,lon,lat,elevation_m,date,temperature_degc,precipitation_mm"
POLICIES = dict.fromkeys(
    [
        "unreadable_date",
        "position_missing",
        "conflicting_position",
        "elevation_missing",
        "identical_duplicate",
        "conflicting_duplicate",
        "outside_area",
        "out_of_range",
    ],
    "drop",
)
TOLERANCE = {"position_deg": 0.01, "elevation_m": 10}


def written(path, *rows, header=HEADER, encoding="utf-8"):
    path.write_text("\n".join([header, *rows, ""]), encoding=encoding)
    return str(path)


def cleaned(path, policies=POLICIES, time_step="daily"):
    ledger = cleaning.Ledger(path, policies)
    records = stations_records.read(path, COLUMNS, time_step)
    steps = stations_records.DOORS[time_step][2]
    records = cleaning.clean(records, COLUMNS, steps, ledger, TOLERANCE, [-430, 8850])
    return records, ledger


# --- the reader --------------------------------------------------------------------------------


def test_station_names_are_text_and_extra_columns_are_ignored(tmp_path):
    path = written(
        tmp_path / "站点 数据.csv",
        "00123,100.5,35.25,1500,2001-01-02,-3.5,,x",
        "西宁,101.5,36,2295.2,2001-01-02,1.5,0.4,y",
        header=HEADER + ",remark",
    )
    records = stations_records.read(path, COLUMNS, "daily")
    assert records["station"].astype(str).tolist() == ["00123", "西宁"]
    assert records[["year", "month", "day"]].iloc[0].tolist() == [2001, 1, 2]
    assert np.isnan(records["precipitation_mm"].iloc[0])
    assert "remark" not in records


def test_byte_order_mark_of_a_spreadsheet(tmp_path):
    path = written(tmp_path / "a.csv", "1,100,35,1500,2001-01-02,-3.5,0", encoding="utf-8-sig")
    assert len(stations_records.read(path, COLUMNS, "daily")) == 1


@pytest.mark.parametrize(
    ("time_step", "date"), [("monthly", "2001-07"), ("normals", "7"), ("normals", "07")]
)
def test_coarser_doors(tmp_path, time_step, date):
    header = HEADER.replace("date", "month") if time_step == "normals" else HEADER
    path = written(tmp_path / "a.csv", f"1,100,35,1500,{date},-3.5,0", header=header)
    records = stations_records.read(path, COLUMNS, time_step)
    assert records["month"].tolist() == [7]
    assert ("year" in records) == (time_step == "monthly")


@pytest.mark.parametrize(
    ("rows", "header", "time_step", "words"),
    [
        (["1,100,35,1500,2001-01-02,5"], HEADER.rsplit(",", 1)[0], "daily", "precipitation_mm"),
        (["1,100,35,1500,2001-01-02,warm,0"], HEADER, "daily", "warm"),
        (["1,100,35,1500,2001-01,5,0"], HEADER, "daily", "'2001-01'.*days like 2001-07-31"),
        (["1,100,35,1500,2001-01-02,5,0"], HEADER, "monthly", "months like 2001-07"),
        (["1,100,35,1500,02/01/2001,5,0"], HEADER, "daily", "02/01/2001"),
        (["1,100,35,1500,2001-01-02,5"], HEADER, "daily", "line 2: 6 cells where the header has 7"),
        ([], HEADER, "daily", "no records"),
        (["1;100"], "station;lon", "daily", "no column lat, but station, lon"),
    ],
)
def test_unusable_files_are_named(tmp_path, rows, header, time_step, words):
    path = written(tmp_path / "raw 气象.csv", *rows, header=header)
    with pytest.raises(BadStations, match=words) as caught:
        stations_records.read(path, COLUMNS, time_step)
    assert path in str(caught.value)


def test_file_that_is_not_utf8(tmp_path):
    path = written(tmp_path / "a.csv", "Zürich,8,47,500,2001-01-02,5,0", encoding="latin-1")
    with pytest.raises(BadStations, match="UTF-8"):
        stations_records.read(path, COLUMNS, "daily")


def test_file_that_is_not_text(tmp_path):
    (tmp_path / "a.csv").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(BadStations):
        stations_records.read(str(tmp_path / "a.csv"), COLUMNS, "daily")


def test_missing_file(tmp_path):
    with pytest.raises(BadStations, match="no such file"):
        stations_records.read(str(tmp_path / "none.csv"), COLUMNS, "daily")


@pytest.mark.parametrize(
    ("factor", "offset", "fits"), [(1, 0, True), (1, 273.15, False), (10, 0, False)]
)
def test_units_of_temperature(factor, offset, fits):
    # a cold station: its median of 1 degC is plausible in tenths too, its extremes are not
    celsius = 1 + 18 * np.sin(np.linspace(0, 2 * np.pi, 400))
    records = pd.DataFrame({"temperature_degc": celsius * factor + offset})
    arguments = (
        records,
        {"temperature": "temperature_degc"},
        {"temperature": [-40, 45]},
        {"temperature": [-90, 60]},
        "raw.csv",
    )
    if fits:
        stations_records.check_units(*arguments)
    else:
        with pytest.raises(BadStations, match=r"raw.csv.*another unit"):
            stations_records.check_units(*arguments)


def test_empty_variable():
    records = pd.DataFrame({"precipitation_mm": [np.nan, np.nan]})
    names = {"precipitation": "precipitation_mm"}
    with pytest.raises(BadStations, match="is empty"):
        stations_records.check_units(records, names, {}, {}, "raw.csv")


# --- the defects ------------------------------------------------------------------------------


DEFECTIVE = [
    "a,100,35,1500,2001-01-02,5,0",
    "a,100,35,1500,2001-01-01,4,0",
    "a,100,35,1500,2001-01-02,5,0",  # identical
    "b,101,35,1500,2001-01-01,4,0",
    "b,101,35,1500,2001-01-01,6,0",  # conflicting
    "b,101,35,1500,2001-01-02,7,",
    "c,102,35,-999,2001-01-01,4,0",
    "d,103,35,,2001-01-01,4,0",
    "e,104,35,100,2001-01-01,4,0",
    "e,104,35.5,100,2001-01-02,4,0",  # elsewhere
    "f,,35,100,2001-01-01,4,0",
    "g,105,36,200,2001-02-30,4,0",  # no such day
    "g,105,36,205,2001-02-27,4,0",  # within the tolerance
    "g,105,36,201,2001-02-28,4,0",
]


def test_every_defect_is_counted(tmp_path):
    records, ledger = cleaned(written(tmp_path / "a.csv", *DEFECTIVE))
    assert sorted(ledger.rows) == [
        ("a", "identical_duplicate", 1, "kept one"),
        ("b", "conflicting_duplicate", 2, "dropped"),
        ("c", "elevation_missing", 1, "dropped"),
        ("d", "elevation_missing", 1, "dropped"),
        ("e", "conflicting_position", 2, "dropped"),
        ("f", "position_missing", 1, "dropped"),
        ("g", "unreadable_date", 1, "dropped"),
    ]
    left = [f"{row.station}{row.month}-{row.day}" for row in records.itertuples()]
    assert left == ["a1-1", "a1-2", "b1-2", "g2-27", "g2-28"]
    assert records.loc[records["station"] == "g", "elevation_m"].tolist() == [203, 203]
    assert len(records) + sum(count for _, _, count, _ in ledger.rows) == len(DEFECTIVE)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_order_of_the_file_does_not_matter(tmp_path, seed):
    first, ledger = cleaned(written(tmp_path / "a.csv", *DEFECTIVE))
    shuffled = np.random.default_rng(seed).permutation(DEFECTIVE)
    second, again = cleaned(written(tmp_path / "b.csv", *shuffled))
    pd.testing.assert_frame_equal(first, second)
    assert sorted(ledger.rows) == sorted(again.rows)


@pytest.mark.parametrize(
    "reason",
    [
        "identical_duplicate",
        "conflicting_duplicate",
        "elevation_missing",
        "conflicting_position",
        "position_missing",
        "unreadable_date",
    ],
)
def test_each_defect_can_be_an_error(tmp_path, reason):
    path = written(tmp_path / "a.csv", *DEFECTIVE)
    with pytest.raises(BadStations, match=reason.replace("_", " ")) as caught:
        cleaned(path, POLICIES | {reason: "error"})
    assert path in str(caught.value)


def test_impossible_values_are_dropped_one_by_one(tmp_path):
    rows = ["a,100,35,1500,2001-01-01,999.9,3", "a,100,35,1500,2001-01-02,5,-1"]
    records, ledger = cleaned(written(tmp_path / "a.csv", *rows))
    names = {"temperature": COLUMNS[0], "precipitation": COLUMNS[1]}
    limits = {"temperature": [-90, 60], "precipitation": [0, 1830]}
    records = cleaning.mask_impossible(records, names, limits, ledger)
    assert ledger.rows == [
        ("a", "out_of_range_temperature", 1, "value dropped"),
        ("a", "out_of_range_precipitation", 1, "value dropped"),
    ]
    np.testing.assert_array_equal(records[COLUMNS], [[np.nan, 3], [5, np.nan]])


def test_records_of_other_years_are_left_out(tmp_path):
    path = written(tmp_path / "a.csv", *DEFECTIVE)
    records = stations_records.read(path, COLUMNS, "daily")
    assert len(cleaning.of_years(records, [2001], path)) == len(DEFECTIVE)
    none = records[records["year"].notna()]
    with pytest.raises(BadStations, match=r"between 2005 and 2006.*2001 to 2001"):
        cleaning.of_years(none, [2005, 2006], path)


def test_too_few_stations_tells_why(tmp_path):
    records, ledger = cleaned(written(tmp_path / "a.csv", *DEFECTIVE))
    cleaning.require(records, 3, ledger)
    with pytest.raises(BadStations, match=r"3 usable stations.*elevation_missing: 2"):
        cleaning.require(records, 4, ledger)


def test_projection_against_the_definition():
    # Lambert cylindrical equal-area on a sphere: x = R lon, y = R sin(lat)
    found = cleaning.projected([90.0], [30.0], "+proj=cea +R=6371000 +units=m")
    assert found[0, 0] == pytest.approx(6371000 * np.pi / 2, rel=1e-9)
    assert found[0, 1] == pytest.approx(6371000 / 2, rel=1e-9)


# --- months and years -------------------------------------------------------------------------


def test_days_of_months():
    expected = [calendar.monthrange(year, m)[1] for year in (2000, 2003) for m in range(1, 13)]
    np.testing.assert_array_equal(aggregation.days_of_months([2000, 2003]), expected)


def test_months_by_hand():
    station, month = np.zeros(30, int), np.repeat([0, 1, 2], 10)
    values = np.tile(np.arange(1.0, 11.0), 3)  # mean 5.5, sum 55
    values[10] = np.nan  # month 1: 9 of 10 days, 2 .. 10, mean 6, sum 54
    values[20:23] = np.nan  # month 2: 7 of 10 days
    days = np.full(3, 10)
    arguments = station, month, values, 1, days
    mean, observed = aggregation.monthly_values(*arguments, "mean", 80)
    np.testing.assert_allclose(mean, [[5.5, 6.0, np.nan]], rtol=1e-15)
    np.testing.assert_array_equal(observed, [[10, 9, 7]])
    total, _ = aggregation.monthly_values(*arguments, "sum", 80)
    np.testing.assert_allclose(total, [[55, 60, np.nan]], rtol=1e-15)  # 54 x 10 / 9


@pytest.mark.parametrize(("percent", "kept"), [(90, True), (90.1, False)])
def test_the_limit_itself_is_enough(percent, kept):
    values = np.append(np.ones(9), np.nan)
    found, _ = aggregation.monthly_values(
        np.zeros(10, int), np.zeros(10, int), values, 1, np.array([10]), "mean", percent
    )
    assert np.isfinite(found[0, 0]) == kept


def test_a_month_without_records_is_absent_even_without_a_limit():
    found, _ = aggregation.monthly_values(
        np.zeros(1, int), np.zeros(1, int), np.array([np.nan]), 1, np.array([31]), "sum", 0
    )
    assert np.isnan(found).all()


def test_a_year_needs_all_months():
    months = np.arange(1.0, 25.0)[None, :]
    np.testing.assert_allclose(aggregation.annual_values(months, "sum"), [[78, 222]])
    np.testing.assert_allclose(aggregation.annual_values(months, "mean"), [[6.5, 18.5]])
    months[0, 3] = np.nan
    assert np.isnan(aggregation.annual_values(months, "sum")[0, 0])


def records_of(time_step, years=(2001, 2002)):
    """Clean records of two stations; the second lacks most of February 2001."""
    if time_step == "daily":
        dates = pd.date_range(f"{years[0]}-01-01", f"{years[-1]}-12-31")
    else:
        dates = pd.date_range(f"{years[0]}-01-01", periods=12 * len(years), freq="MS")
    frames = []
    for number, name in enumerate(("00007", "8")):
        values = dates.month + 10.0 * number
        if number:
            values = values.where((dates.month != 2) | (dates.year != years[0]))
        place = {"station": name, "lon": 100.0 + number, "lat": 35.0, "elevation_m": 500.0}
        frames.append(pd.DataFrame(place | {"year": dates.year, "month": dates.month, "v": values}))
    records = pd.concat(frames, ignore_index=True).rename(columns={"v": "precipitation_mm"})
    return records.astype({"station": "category"})


def test_daily_records_to_tables():
    variable = "precipitation", VARIABLES["precipitation"]
    monthly, annual, table = aggregation.aggregate(
        records_of("daily"), variable, [2001, 2002], "daily", 80
    )
    march = monthly.query("station == '00007' and year == 2001 and month == 3").iloc[0]
    assert (march["value"], march["days"], march["unit"]) == (93, 31, "mm month-1")
    assert monthly.query("station == '8'")["month"].value_counts()[2] == 1
    days = [calendar.monthrange(2001, m)[1] for m in range(1, 13)]
    whole = annual.query("station == '00007' and year == 2001")["value"].item()
    assert whole == np.dot(days, np.arange(1, 13))
    assert annual.query("station == '8'")["year"].tolist() == [2002]
    numbers = table[table["station"] == "8"].set_index("quantity")["value"]
    assert numbers["observed_days"] == 730 - 28
    assert numbers["months_used"] == 23
    assert numbers["years_used"] == 1


@pytest.mark.parametrize("time_step", ["monthly", "normals"])
def test_monthly_values_pass_unchanged(time_step):
    years = [2001] if time_step == "normals" else [2001, 2002]
    records = records_of(time_step, years)
    variable = "precipitation", VARIABLES["precipitation"]
    monthly, annual, _ = aggregation.aggregate(records, variable, [2001, 2002], time_step, 80)
    first = monthly[monthly["station"] == "00007"]
    assert first["value"].tolist() == list(range(1, 13)) * len(years)
    assert set(first["year"]) == ({"normal"} if time_step == "normals" else {2001, 2002})
    assert annual[annual["station"] == "00007"]["value"].tolist() == [78.0] * len(years)


@pytest.mark.parametrize("time_step", ["daily", "normals"])
def test_matrix_of_a_table(tmp_path, time_step):
    years = [2001] if time_step == "normals" else [2001, 2002]
    variable = "precipitation", VARIABLES["precipitation"]
    monthly, _, _ = aggregation.aggregate(
        records_of(time_step, years), variable, years, time_step, 80
    )
    path = tmp_path / "monthly.csv"
    monthly.sample(frac=1, random_state=1).to_csv(path, index=False)
    sites, values, labels, months = aggregation.monthly_matrix(path, "precipitation", years, 1)
    assert sites["station"].tolist() == ["00007", "8"]
    assert values.shape == (2, 12 * len(years))
    assert np.isnan(values[1, 1])
    assert np.isnan(values).sum() == 1
    assert labels[0] == (0 if time_step == "normals" else 2001)
    assert months.tolist() == list(range(1, 13)) * len(years)
    assert values[0, 2] == (3 if time_step == "normals" else 93)
    with pytest.raises(BadStations, match="has 1 stations in"):
        aggregation.monthly_matrix(path, "precipitation", years, 2)
