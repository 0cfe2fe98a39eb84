"""Archives of stations: hand-made files in the documented layouts, and what they mean."""

import numpy as np
import pytest
from nepflow.stations import archive_rules, archives
from nepflow.stations.archives import (
    CONVERSIONS,
    cma_elevation,
    cma_precipitation,
    degrees_of_minutes,
)
from nepflow.stations.records import BadStations

ALL = ["temperature_degc", "precipitation_mm", "radiation_mj_m2"]
SUNSHINE = {"radiation_mj_m2": "sunshine_h"}


def read(path, kind, columns=ALL[:2], substitutes=None):
    records = archives.read_stations(str(path), kind, columns, "daily", substitutes)
    return records.sort_values(["station", "year", "month", "day"], ignore_index=True)


def day(records, station, year, month, number):
    found = records[(records["station"] == station) & (records["year"] == year)]
    found = found[(found["month"] == month) & (found["day"] == number)]
    assert len(found) == 1
    return found.iloc[0]


# --- the table of conversions -------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "element", "coded", "value"),
    [
        ("cma_daily", "TEM-12001", -187, -18.7),
        ("cma_daily", "PRE-13011", 123, 12.3),
        ("cma_daily", "SSD-14032", 85, 8.5),
        ("cma_daily", "TEM-12001", 32766, np.nan),
        ("cma_daily", "SSD-14032", 32744, np.nan),
        ("ghcn_daily", "TAVG", -52, -5.2),
        ("ghcn_daily", "TMAX", 301, 30.1),
        ("ghcn_daily", "TMIN", 99, 9.9),
        ("ghcn_daily", "PRCP", 254, 25.4),
        ("ghcn_daily", "TSUN", 480, 8.0),
        ("ghcn_daily", "PRCP", -9999, np.nan),
        ("gsod", "TEMP", 32.0, 0.0),
        ("gsod", "TEMP", 212.0, 100.0),
        ("gsod", "TEMP", -40.0, -40.0),
        ("gsod", "TEMP", 9999.9, np.nan),
        ("gsod", "PRCP", 1.0, 25.4),
        ("gsod", "PRCP", 99.99, np.nan),
    ],
)
def test_conversions(kind, element, coded, value):
    assert CONVERSIONS[kind][element](coded) == pytest.approx(value, abs=1e-12, nan_ok=True)


def test_every_conversion_ends_in_a_column_whose_name_says_the_unit():
    for table in CONVERSIONS.values():
        for item in table.values():
            assert item.column in ("temperature_degc", "precipitation_mm", "sunshine_h")


def test_definitions_are_of_elements_of_their_column():
    for kind, columns in archive_rules.CHOICES.items():
        named = {e: column for column, ways in columns.items() for n in ways.values() for e in n}
        assert named == {name: item.column for name, item in CONVERSIONS[kind].items()}


def test_codes_of_cma():
    coded = [0, 57, 32700, 30025, 31140, 32003, 32766, 32744, 10000]
    assert cma_precipitation(coded).tolist() == [0, 57, 0, 25, 140, 3, 32766, 32744, 10000]
    assert cma_elevation([9350, 109350, -487, 345]).tolist() == [935.0, 935.0, -48.7, 34.5]
    found = degrees_of_minutes([4347, 8739, 5258, 4360])
    assert found[:3] == pytest.approx([43 + 47 / 60, 87 + 39 / 60, 52 + 58 / 60])
    assert np.isnan(found[3])


# --- CMA ------------------------------------------------------------------------------------

# station lat lon elevation year month day: mean max min and their codes
TEM = """51463  4347  8739   9350 2001  1  1   -142    -98   -187 0 0 0
51463  4347  8739   9350 2001  1  2  32766  32766  32766 8 8 8
51463  4347  8739   9350 2001  1  3   -150    -90   -201 1 0 0
51573  4256  8912 100345 2001  1  1    -61     12   -118 0 0 0
"""
# 20-8 h, 8-20 h, 20-20 h
PRE = """51463  4347  8739   9350 2001  1  1  30004      6  30010 0 0 0
51463  4347  8739   9350 2001  1  2  32700      0  32700 0 0 0
51463  4347  8739   9350 2001  1  3      0      0  32766 0 0 8
51463  4347  8739   9350 2001  1  4      0    123    123 0 0 9
51573  4256  8912 100345 2001  1  1      0      0      0 0 0 2
"""
SSD = """51463  4347  8739   9350 2001  1  1     55 0
51463  4347  8739   9350 2001  1  2  32766 8
51573  4256  8912 100345 2001  1  1     71 0
"""


@pytest.fixture
def cma(tmp_path):
    folder = tmp_path / "气象 数据"
    for element, text in (("TEM-12001", TEM), ("PRE-13011", PRE), ("SSD-14032", SSD)):
        file = folder / element[:3] / f"SURF_CLI_CHN_MUL_DAY-{element}-200101.TXT"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    (folder / "SURF_CLI_CHN_MUL_DAY_readme.txt").write_text("not data")
    (folder / "SURF_CLI_CHN_MUL_DAY-WIN-11002-200101.TXT").write_text("not wanted")
    return folder


def test_cma_daily(cma):
    records = read(cma, "cma_daily", ALL, SUNSHINE)
    assert records.columns.tolist() == [
        "station",
        "lon",
        "lat",
        "elevation_m",
        "year",
        "month",
        "day",
        *ALL[:2],
        "sunshine_h",
    ]
    assert len(records) == 5
    first = day(records, "51463", 2001, 1, 1)
    assert first[["lon", "lat", "elevation_m"]].tolist() == pytest.approx(
        [87.65, 43 + 47 / 60, 935.0]
    )
    assert first[["temperature_degc", "precipitation_mm", "sunshine_h"]].tolist() == pytest.approx(
        [-14.2, 1.0, 5.5]  # 30010: 1.0 mm of snow
    )
    second = day(records, "51463", 2001, 1, 2)
    assert second["precipitation_mm"] == 0  # a trace
    assert second[["temperature_degc", "sunshine_h"]].isna().all()
    third = day(records, "51463", 2001, 1, 3)
    assert third[["temperature_degc", "precipitation_mm"]].isna().all()  # suspect; missing
    fourth = day(records, "51463", 2001, 1, 4)  # only in the file of precipitation
    assert fourth["precipitation_mm"] == pytest.approx(12.3)
    assert fourth["lon"] == pytest.approx(87.65)
    turpan = day(records, "51573", 2001, 1, 1)
    assert turpan["elevation_m"] == pytest.approx(34.5)  # estimated: 100000 added
    assert np.isnan(turpan["precipitation_mm"])  # wrong by its code
    assert turpan["sunshine_h"] == pytest.approx(7.1)


def test_cma_without_sunshine_has_no_radiation(cma):
    for file in cma.rglob("*SSD*"):
        file.unlink() if file.is_file() else None
    with pytest.raises(BadStations, match=r"SSD-14032-<year and month>"):
        read(cma, "cma_daily", ALL, SUNSHINE)
    assert len(read(cma, "cma_daily")) == 5


def test_cma_file_of_another_layout(cma):
    file = next(cma.rglob("*TEM-12001*"))
    file.write_text("51463 4347 8739 9350 2001 1 1 -142 0\n")
    with pytest.raises(BadStations, match=r"TEM-12001-200101.*9 columns, TEM-12001 has 13"):
        read(cma, "cma_daily")
    file.write_text("51463 4347 8739 9350 2001 1 1 x -98 -187 0 0 0\n")
    with pytest.raises(BadStations, match="text where a number belongs"):
        read(cma, "cma_daily")


# --- GHCN-Daily -----------------------------------------------------------------------------

GHCN = """"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","PRCP","PRCP_ATTRIBUTES",\
"SNWD","TMAX","TMAX_ATTRIBUTES","TMIN","TMIN_ATTRIBUTES","TAVG","TAVG_ATTRIBUTES"
"CHM00051463","2001-01-01","43.8","87.65","935.0","WU LU MU QI, CH","   10",",,S","","-98",",,S",\
"-187",",,S"," -142","H,,S"
"CHM00051463","2001-01-02","43.8","87.65","935.0","WU LU MU QI, CH","    0","T,,S","","-100",",,S",\
"-200",",,S","",""
"CHM00051463","2001-01-03","43.8","87.65","935.0","WU LU MU QI, CH","  999",",X,S","","-100",",,S",\
"-200",",I,S","",""
"CHM00051463","2001-01-04","43.8","87.65","935.0","WU LU MU QI, CH","",",,","","-80",",,S",\
"-120",",,S","-500","H,G,S"
"""


def test_ghcn_daily(tmp_path):
    (tmp_path / "CHM00051463.csv").write_text(GHCN)
    other = "STATION,DATE,LATITUDE,LONGITUDE,ELEVATION,NAME,PRCP,PRCP_ATTRIBUTES\n"
    other += 'CHM00051573,2001-01-01,42.93,89.2,-999.9,TURPAN,5,",,S,2400"\n'
    (tmp_path / "CHM00051573.csv").write_text(other)
    records = read(tmp_path, "ghcn_daily")
    found = records[records["station"] == "CHM00051463"]
    # (TMAX + TMIN) / 2 on every day, since TAVG has fewer; TMIN failed its check on one
    assert found["temperature_degc"].tolist() == pytest.approx(
        [-14.25, -15.0, np.nan, -10.0], nan_ok=True
    )
    assert found["precipitation_mm"].tolist() == pytest.approx(
        [1.0, 0.0, np.nan, np.nan], nan_ok=True
    )
    assert found[["lon", "lat", "elevation_m"]].iloc[0].tolist() == [87.65, 43.8, 935.0]
    rain = records[records["station"] == "CHM00051573"].iloc[0]
    assert rain["precipitation_mm"] == 0.5 and np.isnan(rain["temperature_degc"])
    assert rain["elevation_m"] == -999.9  # refused later, by climate.elevation_limits_m


def test_ghcn_sunshine_in_minutes(tmp_path):
    lines = GHCN.replace('"SNWD"', '"TSUN"').replace(',"",', ',"330",', 1)
    (tmp_path / "a.csv").write_text(lines)
    records = read(tmp_path / "a.csv", "ghcn_daily", ALL, SUNSHINE)
    assert records["sunshine_h"].iloc[0] == 5.5


# --- GSOD -----------------------------------------------------------------------------------

GSOD_HEAD = (
    '"STATION","DATE","LATITUDE","LONGITUDE","ELEVATION","NAME","TEMP","TEMP_ATTRIBUTES","DEWP",'
    '"PRCP","PRCP_ATTRIBUTES","SNDP","FRSHTT"\n'
)
GSOD = [
    '"51463099999","{}-07-01","43.8","87.65","935.0","WU LU MU QI, CH","  77.0"," 8","  41.0",'
    '" 0.10","D","999.9","010000"',
    '"51463099999","{}-07-02","43.8","87.65","935.0","WU LU MU QI, CH","9999.9"," 0","9999.9",'
    '" 0.00","I","999.9","000000"',
    '"51463099999","{}-07-03","43.8","87.65","935.0","WU LU MU QI, CH","  14.0"," 8","  41.0",'
    '"99.99"," ","999.9","000000"',
    '"51463099999","{}-07-04","43.8","87.65","935.0","WU LU MU QI, CH","  32.0"," 8","  41.0",'
    '" 0.00","H","999.9","010000"',
    '"51463099999","{}-07-05","43.8","87.65","935.0","WU LU MU QI, CH","  32.0"," 8","  41.0",'
    '" 0.00","G","999.9","000000"',
]


@pytest.fixture
def gsod(tmp_path):
    for year in (2001, 2002):
        file = tmp_path / str(year) / "51463099999.csv"
        file.parent.mkdir()
        file.write_text(GSOD_HEAD + "\n".join(GSOD).format(*[year] * 5) + "\n")
    return tmp_path


def test_gsod(gsod):
    records = read(gsod, "gsod")
    assert len(records) == 10
    found = records[records["year"] == 2002]
    assert found["station"].astype(str).unique().tolist() == ["51463099999"]
    assert found["temperature_degc"].tolist() == pytest.approx(
        [25.0, np.nan, -10.0, 0.0, 0.0], nan_ok=True
    )
    # 0.1 inch; nothing reported; missing; a zero beside observed rain; a reported zero
    assert found["precipitation_mm"].tolist() == pytest.approx(
        [2.54, np.nan, np.nan, np.nan, 0.0], nan_ok=True
    )


def test_gsod_has_no_radiation(gsod):
    with pytest.raises(BadStations, match=r"gsod has no element for radiation_mj_m2.*variables"):
        read(gsod, "gsod", ALL, SUNSHINE)


def test_wrong_format_is_named(gsod, cma):
    with pytest.raises(BadStations, match=r"no file SURF_CLI_CHN_MUL_DAY-TEM"):
        read(gsod / "2001", "cma_daily")
    with pytest.raises(BadStations, match="no CSV file of gsod"):
        read(cma, "gsod")
    (cma / "a.csv").write_text("a,b\n1,2\n")
    with pytest.raises(BadStations, match=r"a\.csv: lacks the columns DATE, ELEVATION"):
        read(cma, "ghcn_daily")
    with pytest.raises(BadStations, match="no such file or folder"):
        read(cma / "nowhere", "gsod")


# --- tidy -----------------------------------------------------------------------------------


def test_tidy_folder(tmp_path):
    head = "station,lon,lat,elevation_m,date,temperature_degc,precipitation_mm\n"
    (tmp_path / "b.csv").write_text(head + "00012,100,35,900,2001-01-02,5,0\n")
    (tmp_path / "a.csv").write_text(head + "x7,101,36,800,2001-01-03,6,1.5\n")
    records = read(tmp_path, "tidy")
    assert records["station"].astype(str).tolist() == ["00012", "x7"]
    assert records["station"].cat.ordered
    (tmp_path / "empty").mkdir()
    with pytest.raises(BadStations, match="no CSV file"):
        read(tmp_path / "empty", "tidy")


def test_tidy_sunshine_in_place_of_radiation(tmp_path):
    file = tmp_path / "a.csv"
    head = "station,lon,lat,elevation_m,date,temperature_degc,precipitation_mm,"
    file.write_text(head + "sunshine_h\n1,100,35,900,2001-01-02,5,0,7.5\n")
    records = read(file, "tidy", ALL, SUNSHINE)
    assert records["sunshine_h"].tolist() == [7.5] and "radiation_mj_m2" not in records
    file.write_text(head + "wind\n1,100,35,900,2001-01-02,5,0,7.5\n")
    with pytest.raises(BadStations, match="radiation_mj_m2"):
        read(file, "tidy", ALL, SUNSHINE)
