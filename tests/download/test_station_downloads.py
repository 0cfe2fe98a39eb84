"""Station archives and POWER on loopback, to the tidy table that the workflow reads."""

import csv
import datetime

import geopandas
import numpy as np
import pandas as pd
import pytest
from acquire_radiation import acquire_radiation
from acquire_stations import acquire_stations
from affine import Affine
from archives import Reply
from gather_stations import gather_stations
from nepflow.download import nasa_power, records, transfer
from nepflow.download import stations as download_stations
from nepflow.io import raster, tables
from nepflow.stations import archive_rules
from nepflow.stations import archives as stations_archives
from nepflow.stations.records import BadStations
from public_archives import NCEI, POWER, Gsod, Power, days_of, table
from pyproj import CRS
from shapely import box

QUICK = {"patience": transfer.Patience(tries=2, first_s=0.01), "sleep": lambda _: None}
AEA = "+proj=aea +lat_1=25 +lat_2=47 +lat_0=0 +lon_0=105 +datum=WGS84 +units=m"
STATIONS = {
    "51463099999": (87.65, 43.78, 935.0),
    "51828099999": (88.50, 43.50, 1400.0),
    "52533099999": (88.90, 44.20, 800.0),
    "30000099999": (20.00, 50.00, 100.0),  # far away
}
UNREPORTED = {"rule": "weather", "min_agreement_percent": 50, "max_unreported_percent": 10}
AREA = box(87, 43, 89, 44.5)


def weather(station, date):
    day = date.timetuple().tm_yday
    return round(10 - 15 * np.cos(2 * np.pi * day / 365) + int(station[:2]) / 10, 1), float(
        day % 3 == 0
    ) * 2.54


@pytest.fixture
def place(tmp_path):
    """Outlines and grid of a small area."""
    frame = geopandas.GeoDataFrame({"name": ["a"]}, geometry=[AREA], crs=4326)
    frame.to_file(tmp_path / "outlines.gpkg", driver="GPKG")
    grid = raster.Grid(CRS.from_user_input(AEA).to_wkt(), Affine(5000, 0, 0, 0, -5000, 0), 2, 2)
    raster.write(
        np.ones((2, 2)), raster.Output(tmp_path / "grid.tif", "1", "area", dtype="uint8"), grid
    )
    return tmp_path


def stations(place, years=(2001, 2002), dataset="gsod", most=2, least=50, buffer_km=50):
    acquire = {"stations": dataset, "max_stations": most, "min_complete_percent": least}
    acquire_stations(
        {"area": place / "outlines.gpkg", "grid": place / "grid.tif"},
        {"ranking": place / "ranking.csv", "files": place / "files.csv"},
        {
            "acquire": acquire,
            "folder": place / "data",
            "years": list(years),
            "buffer_km": buffer_km,
        },
        **QUICK,
    )
    with open(place / "ranking.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def gathered(place, years=(2001, 2002), radiation=None, least=50, kind="gsod"):
    made = {"stations": "stations.csv", "found": "found.csv", "definitions": "definitions.csv"}
    gather_stations(
        {"files": place / "files.csv", "radiation": radiation},
        {name: place / file for name, file in made.items()},
        {
            "acquire": {"stations": kind, "min_complete_percent": least},
            "folder": place / "data",
            "years": list(years),
            "unreported_rain": UNREPORTED,
        },
    )
    return pd.read_csv(place / "stations.csv", dtype={"station": str})


def test_stations_near_the_area_by_completeness(place, archives):
    served = archives(**{NCEI: Gsod(STATIONS, [2001, 2002], weather).answer})
    rows = stations(place)
    assert [(row["station"], row["chosen"]) for row in rows] == [
        ("51463099999", "1"),
        ("51828099999", "1"),
        ("52533099999", "0"),
    ]
    names = [row["file"] for row in records.read_list(place / "files.csv")]
    assert "stations/gsod/2001/51463099999.csv" in names and len(names) == 2 + 2 * 2
    asked = len(served.asked)
    stations(place)
    assert len(served.asked) == asked
    days = gathered(place)
    assert list(days) == [
        "station",
        "lon",
        "lat",
        "elevation_m",
        "date",
        "temperature_degc",
        "precipitation_mm",
    ]
    assert len(days) == 2 * 730
    one = days[(days["station"] == "51828099999") & (days["date"] == "2002-07-20")].iloc[0]
    warmth, rain = weather("51828099999", datetime.date(2002, 7, 20))
    assert one["temperature_degc"] == pytest.approx(warmth, abs=0.03)  # of tenths of degF
    assert one["precipitation_mm"] == pytest.approx(rain, abs=0.13)  # of hundredths of an inch
    assert (one["lon"], one["lat"], one["elevation_m"]) == STATIONS["51828099999"]


def test_annual_rain_is_that_of_the_stations_although_dry_days_are_not_reported(place, archives):
    archives(**{NCEI: Gsod(STATIONS, [2001], weather, unreported=0.8).answer})
    stations(place, [2001])
    days = gathered(place, [2001])
    true = sum(weather("51463099999", day)[1] for day in days_of(2001))
    assert days.groupby("station")["precipitation_mm"].sum().tolist() == pytest.approx([true] * 2)
    assert days["precipitation_mm"].notna().all()
    made = tables.read(place / "definitions.csv", archive_rules.DEFINITIONS)
    dry = made[made["how"] == archive_rules.DRY].set_index("station")["days"]
    assert (dry / 243).tolist() == pytest.approx([0.8, 0.8], abs=0.08)  # of 243 dry days
    (said,) = archive_rules.sentences(made)
    assert said.startswith(f"{dry.sum()} days of 2 stations without an amount of rain count as dry")


def test_the_tidy_table_is_what_the_workflow_reads(place, archives):
    archives(**{NCEI: Gsod(STATIONS, [2001], weather).answer})
    stations(place, [2001])
    gathered(place, [2001])
    read = stations_archives.read_stations(
        str(place / "stations.csv"), "tidy", ["temperature_degc", "precipitation_mm"], "daily"
    )
    assert read["station"].nunique() == 2 and len(read) == 730


def test_radiation_at_the_stations(place, archives):
    def radiation(lon, lat, day):
        return None if day.day == 31 else round(lon / 10 + day.month, 2)

    served = archives(
        **{NCEI: Gsod(STATIONS, [2001, 2002], weather).answer, POWER: Power(radiation).answer}
    )
    stations(place)
    for _ in range(2):
        acquire_radiation(
            "nasa_power",
            [2001, 2002],
            place / "ranking.csv",
            place / "data",
            place / "radiation.csv",
            **QUICK,
        )
    assert served.count(POWER) == 2
    days = gathered(place, radiation=place / "radiation.csv")
    one = days[(days["station"] == "51463099999") & (days["date"] == "2002-03-05")].iloc[0]
    assert one["radiation_mj_m2"] == pytest.approx(round(87.65 / 10 + 3, 2))
    assert days[days["date"] == "2002-03-31"]["radiation_mj_m2"].isna().all()
    address = records.read_list(place / "radiation.csv")[0]["address"]
    assert "longitude=87.6500&latitude=43.7800&start=20010101&end=20021231" in address


def test_units_and_changes_of_power(place, archives):
    answer = Power(lambda lon, lat, day: 2.0)
    served = archives(**{NCEI: Gsod(STATIONS, [2001], weather).answer, POWER: answer.answer})
    stations(place, [2001], most=1)

    def radiation():
        acquire_radiation(
            "nasa_power",
            [2001],
            place / "ranking.csv",
            place / "data",
            place / "radiation.csv",
            **QUICK,
        )
        return nasa_power.read(next((place / "data/radiation").rglob("*_2001.json")))

    answer.unit = "parsec"
    with pytest.raises(nasa_power.BadRadiation, match="is in parsec") as error:
        radiation()
    assert ".part" not in str(error.value)
    assert list((place / "data/radiation").rglob("*.json")) == []
    served.answers[POWER] = lambda r: Reply('{"messages": ["Please provide valid latitude"]}')
    with pytest.raises(nasa_power.BadRadiation, match="Please provide valid latitude"):
        radiation()
    served.answers[POWER] = answer.answer
    answer.unit = "kW-hr/m^2/day"
    assert radiation().iloc[0] == pytest.approx(2 * 3.6)


def test_a_station_file_with_a_changed_header(place, archives):
    gsod = Gsod(STATIONS, [2001], weather)
    archives(**{NCEI: gsod.answer})
    real = gsod.file

    def renamed(station, year):
        return real(station, year).replace('"LATITUDE"', '"LAT"')

    gsod.file = renamed
    with pytest.raises(BadStations, match=r"2001/51463099999.csv: lacks the columns LATITUDE"):
        stations(place, [2001])
    assert list((place / "data/stations").rglob("5*.csv")) == []


def test_a_year_that_a_station_lacks_is_left_out(place, archives, log):
    archives(**{NCEI: Gsod(STATIONS, [2001], weather).answer})
    stations(place, [2001, 2002], least=30)
    assert "left out: 51463099999.csv" in log.text
    days = gathered(place, [2001, 2002], least=30)
    assert set(days["date"].str[:4]) == {"2001"}
    found = pd.read_csv(place / "found.csv", dtype={"station": str})
    assert found["found_percent"].tolist() == pytest.approx([50, 50])
    with pytest.raises(BadStations, match="no station has 60 % of the days, the best 50 %"):
        gathered(place, [2001, 2002], least=60)


EARLY, LATER, NOW = "1000000000", "1020000000", "1120000000"  # in 2001, 2002 and 2005


def test_lists_that_end_before_the_study_are_asked_for_again(place, archives, monkeypatch):
    """A study that is extended: a list of its old years would hide what the archive has since."""
    gsod = Gsod(STATIONS, [2001], weather)
    served = archives(**{NCEI: gsod.answer})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)  # the years were over, the archive was late
    stations(place, [2001, 2002], least=30)
    gsod.years = [2001, 2002]
    assert stations(place, [2001, 2002], least=30)[0]["announced_percent"] == "50", "the same day"
    asked = served.count(NCEI, "isd-")
    assert asked == 2
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW) + 86400))
    assert stations(place, [2001, 2002])[0]["announced_percent"] == "100"
    assert served.count(NCEI, "isd-") == asked + 2
    names = [row["file"] for row in records.read_list(place / "files.csv")]
    assert "stations/gsod/2002/51463099999.csv" in names
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(NOW) + 9 * 86400))
    stations(place, [2001, 2002])
    assert served.count(NCEI, "isd-") == asked + 2, "lists that serve are kept"
    assert not list((place / "data").rglob(".*"))


def test_a_year_that_was_not_over_is_asked_for_again(place, archives, monkeypatch):
    gsod = Gsod(STATIONS, [2001, 2002], weather)
    served = archives(**{NCEI: gsod.answer, POWER: Power(lambda lon, lat, day: 2.0).answer})

    def brought(moment):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
        before = len(served.asked)
        stations(place, most=1)
        acquire_radiation(
            "nasa_power",
            [2001, 2002],
            place / "ranking.csv",
            place / "data",
            place / "radiation.csv",
            **QUICK,
        )
        return sorted(request.path.rpartition("/")[2] for request in served.asked[before:])

    lists = ["isd-history.csv", "isd-inventory.csv"]
    station = "51463099999.csv"
    assert brought(EARLY) == [station, station, *lists, "point"]
    assert brought(LATER) == [station, station, *lists, "point"]
    assert brought(NOW) == [station, *lists, "point"], "the file of 2001 came in 2002"
    assert brought(str(int(NOW) + 86400)) == []


def test_an_older_list_stays_where_no_newer_one_comes(place, archives, monkeypatch):
    served = archives(**{NCEI: Gsod(STATIONS, [2001], weather).answer})
    monkeypatch.setenv("SOURCE_DATE_EPOCH", EARLY)
    stations(place, [2001])
    folder = place / "data/stations"
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
    monkeypatch.setenv("SOURCE_DATE_EPOCH", NOW)
    served.answers[NCEI] = lambda request: Reply("", 503)
    with pytest.raises(transfer.Unreachable):
        stations(place, [2001])
    assert {p.name: p.read_bytes() for p in folder.iterdir() if p.is_file()} == before


def test_lists_of_ones_own_are_not_asked_for_again(place, archives):
    """Found in place: who brought them by hand has no archive to ask, or does not want to."""
    gsod = Gsod(STATIONS, [2001, 2002], weather)
    served = archives(**{NCEI: gsod.answer})
    folder = place / "data/stations"
    folder.mkdir(parents=True)
    for purpose, name in (("stations", "isd-history.csv"), ("inventory", "isd-inventory.csv")):
        asked = type("R", (), {"path": name})
        (folder / f"gsod_{purpose}.txt").write_bytes(gsod.answer(asked).body)
    for _ in range(2):
        stations(place, [2001, 2002])
    assert served.count(NCEI, "isd-") == 0


def test_no_station_near_the_area(place, archives):
    far = {"30000099999": STATIONS["30000099999"]}
    archives(**{NCEI: Gsod(far, [2001], weather).answer})
    with pytest.raises(download_stations.NoStations, match="0 stations lie near"):
        stations(place, [2001])


def ghcn(request):
    """GHCN-Daily with one station: fixed columns of its readme, csv of access/."""
    if request.path.endswith("ghcnd-stations.txt"):
        return Reply(
            "CHM00051463  43.7800   87.6500  935.0    URUMQI                         GSN     "
            "51463\n"
        )
    if request.path.endswith("ghcnd-inventory.txt"):
        rows = [
            f"CHM00051463  43.7800   87.6500 {name} 1951 2025\n"
            for name in ("TMAX", "TMIN", "PRCP")
        ]
        return Reply("".join(rows))
    head = (
        "STATION",
        "DATE",
        "LATITUDE",
        "LONGITUDE",
        "ELEVATION",
        "NAME",
        "PRCP",
        "PRCP_ATTRIBUTES",
        "TMAX",
        "TMAX_ATTRIBUTES",
        "TMIN",
        "TMIN_ATTRIBUTES",
    )
    rows = [
        (
            "CHM00051463",
            f"{year}-{month:02d}-15",
            43.78,
            87.65,
            935.0,
            "URUMQI, CH",
            "  25",
            ",,S",
            " 110",
            ",,S",
            "  10",
            ",,S",
        )
        for year in (2000, 2001)
        for month in range(1, 13)
    ]
    return Reply(table([head, *rows]))


def test_ghcn_daily(place, archives):
    archives(**{NCEI: ghcn})
    rows = stations(place, [2001], "ghcn_daily")
    assert (rows[0]["station"], float(rows[0]["announced_percent"])) == ("CHM00051463", 100.0)
    days = gathered(place, [2001], least=1, kind="ghcn_daily")
    assert (
        download_stations.last_year(place / "data/stations/ghcn_daily_inventory.txt", "ghcn_daily")
        == 2025
    )
    assert len(days) == 12  # the year 2000 of the file is not of the study
    assert set(days["temperature_degc"]) == {6.0} and set(days["precipitation_mm"]) == {2.5}


def test_a_list_that_points_out_of_the_folder(place, archives):
    """A station called ../../../evil, nearest and most complete, is written nowhere."""
    evil = "../../../ev99999"
    gsod = Gsod({evil: (88.0, 43.7, 900.0)}, [2001], lambda station, date: (1.0, 0.0))
    archives(**{NCEI: gsod.answer})
    before = sorted(path for path in place.parent.rglob("*ev99999*"))
    with pytest.raises(transfer.NameRefused, match=r"names '\.\./\.\./\.\./ev99999'"):
        stations(place, [2001], most=5, least=0)
    assert sorted(path for path in place.parent.rglob("*ev99999*")) == before


@pytest.mark.parametrize("identity", ["../evil", "a/b", "x" * 200])
def test_a_ranking_that_points_out_of_the_folder(place, archives, identity):
    served = archives(**{POWER: Power(lambda lon, lat, date: 10.0).answer})
    (place / "ranking.csv").write_text(f"station,lon,lat,chosen\n{identity},88,43,1\n")
    with pytest.raises(transfer.NameRefused, match=r"ranking\.csv: names"):
        acquire_radiation(
            "nasa_power",
            [2001],
            place / "ranking.csv",
            place / "data",
            place / "files.csv",
            **QUICK,
        )
    assert served.asked == []
