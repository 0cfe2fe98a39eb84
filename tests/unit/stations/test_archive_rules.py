"""Rules of archives: one definition a station, and days whose rain nobody reported."""

import numpy as np
import pandas as pd
import pytest
from nepflow.stations import archive_rules, archives

WEATHER = {"rule": "weather", "min_agreement_percent": 50, "max_unreported_percent": 10}
MISSING = {"rule": "missing"}
DAYS = pd.date_range("2001-01-01", "2022-12-31")


def rules(years=(), unreported=WEATHER):
    return archive_rules.Rules(tuple(years), unreported)


def rows(made, variable):
    return {(station, how): days for station, name, how, days in made.rows if name == variable}


# --- GHCN-Daily -----------------------------------------------------------------------------


def ghcn(path, tavg_from=2012, extremes=True):
    """A constant climate; (TMAX + TMIN) / 2 is 0.6 K too warm, TAVG begins late."""
    mean = 10 - 12 * np.cos(2 * np.pi * DAYS.dayofyear / 365.25)
    nothing = np.full(len(DAYS), np.nan)
    table = pd.DataFrame(
        {
            "STATION": "CHM00051463",
            "DATE": DAYS.strftime("%Y-%m-%d"),
            "LATITUDE": 43.8,
            "LONGITUDE": 87.6,
            "ELEVATION": 935.0,
            "TMAX": np.round(10 * mean + 86) if extremes else nothing,
            "TMIN": np.round(10 * mean - 74) if extremes else nothing,
            "TAVG": np.where(DAYS.year >= tavg_from, np.round(10 * mean), np.nan),
        }
    )
    flags = {f"{name}_ATTRIBUTES": ",,S" for name in ("TMAX", "TMIN", "TAVG")}
    table.assign(**flags).to_csv(path, index=False)
    return path


def yearly(path, made):
    records = archives.read(path, "ghcn_daily", ["temperature_degc"], {}, made)
    return records.groupby("year")["temperature_degc"].mean()


def test_tavg_that_begins_late_makes_no_trend(tmp_path):
    made = rules()
    means = yearly(ghcn(tmp_path / "a.csv"), made)
    whole = means[[year for year in means.index if year % 4]]  # leap years hold one day more
    assert np.polyfit(whole.index, whole, 1)[0] == pytest.approx(0, abs=1e-4)
    assert means.mean() == pytest.approx(10.6, abs=0.02)
    late = int((DAYS.year >= 2012).sum())
    assert rows(made, "temperature") == {
        ("CHM00051463", "(TMAX + TMIN) / 2"): len(DAYS),
        ("CHM00051463", "TAVG, not used"): late,
    }


def test_tavg_is_taken_where_it_covers_the_years_of_the_study(tmp_path):
    path = ghcn(tmp_path / "a.csv")
    made = rules(range(2012, 2023))
    assert yearly(path, made).loc[2012:].mean() == pytest.approx(10.0, abs=0.02)
    assert ("CHM00051463", "(TMAX + TMIN) / 2, not used") in rows(made, "temperature")
    assert yearly(ghcn(tmp_path / "b.csv", extremes=False), rules()).loc[2012:].notna().all()


def test_stations_choose_for_themselves():
    code = np.repeat([0, 1, 2], 100)
    first, second = np.ones(300), np.full(300, 2.0)
    first[:3] = np.nan  # 97 of 100
    first[100:102] = np.nan  # 98
    second[200:] = np.nan
    counted = np.ones(300, bool)
    chosen, days = archive_rules.one_definition({"a": first, "b": second}, code, 3, counted)
    assert chosen.tolist() == [1, 0, 0]
    assert days.tolist() == [[97, 98, 100], [100, 100, 0]]


# --- GSOD -----------------------------------------------------------------------------------

HEAD = "STATION,DATE,LATITUDE,LONGITUDE,ELEVATION,TEMP,TEMP_ATTRIBUTES,PRCP,PRCP_ATTRIBUTES,FRSHTT"


def gsod(path, rain, unreported, seen=True, observations=8, station="51463099999"):
    """Files of GSOD: mm of each day, a share of the dry days without an amount."""
    rng = np.random.default_rng(5)
    lines = [HEAD]
    for day, amount in zip(pd.date_range("2001-01-01", periods=len(rain)), rain, strict=True):
        told = f"{amount / 25.4:.2f},G"
        if amount == 0 and rng.random() < unreported:
            told = ("99.99,", "0.00,I")[rng.integers(2)]
        weather = "010000" if amount and seen else "000000"
        lines.append(f"{station},{day:%Y-%m-%d},43.8,87.6,935,50.0,{observations},{told},{weather}")
    path.write_text("\n".join(lines) + "\n")
    return path


def rain_of(path, made):
    return archives.read(path, "gsod", ["precipitation_mm"], {}, made)["precipitation_mm"]


@pytest.fixture(scope="module")
def rain():
    rng = np.random.default_rng(3)
    return np.where(rng.random(3650) < 0.2, np.round(rng.gamma(0.9, 6, 3650) / 0.254) * 0.254, 0)


@pytest.mark.parametrize("unreported", [0, 0.2, 0.5, 0.9])
def test_dry_days_that_are_not_reported_do_not_change_the_annual_rain(tmp_path, rain, unreported):
    made = rules()
    found = rain_of(gsod(tmp_path / "a.csv", rain, unreported), made)
    assert found.notna().all()
    assert 365 * found.mean() == pytest.approx(365 * rain.mean(), rel=1e-6)
    counted = rows(made, "precipitation")
    dry = counted.get(("51463099999", "0: no amount, no rain seen"), 0)
    assert dry + counted["51463099999", "amount reported"] == 3650
    assert dry / (rain == 0).sum() == pytest.approx(unreported, abs=0.02)
    left = rain_of(tmp_path / "a.csv", rules(unreported=MISSING))
    assert left.isna().sum() == dry
    if unreported == 0.9:  # what the rule is for: three times the rain
        assert left.mean() > 3 * rain.mean()


def test_a_station_that_never_sees_rain_proves_no_dry_day(tmp_path, rain):
    """FRSHTT is 0 where nobody looks: its rain is left out, not made dry or wet."""
    made = rules()
    assert rain_of(gsod(tmp_path / "a.csv", rain, 0.5, seen=False), made).isna().all()
    counted = rows(made, "precipitation")
    left = ("51463099999", "left out: dry days not reported, weather flags say nothing")
    assert counted[left] == counted["51463099999", "amount reported"]
    few = rain_of(gsod(tmp_path / "b.csv", rain, 0.05, seen=False), rules())
    assert few.notna().mean() == pytest.approx(0.96, abs=0.01), "few days lost: the others stay"


def test_a_station_that_reports_no_amount_has_no_rain(tmp_path):
    path = gsod(tmp_path / "a.csv", np.zeros(400), 1.0)
    assert rain_of(path, rules()).isna().all(), "an automatic station without a gauge is no desert"


def test_rain_without_an_amount_stays_missing(tmp_path):
    days = [
        "99.99,,010000",
        "0.00,H,000000",
        "99.99,,000010",
        "99.99,,",
        "99.99,,10000",
        "0.20,G,10000",
    ]
    days += ["0.10,G,001000"] * 20
    path = tmp_path / "a.csv"
    path.write_text(
        "\n".join(
            [HEAD, *(f"1,2001-01-{n:02d},43,87,9,50,4,{day}" for n, day in enumerate(days, 1))]
        )
    )
    found = rain_of(path, rules())
    assert found.isna().tolist()[:6] == [True, True, True, True, True, False]
    path.write_text(path.read_text().replace("99.99,,10000", "99.99,,100000"))  # fog alone
    assert rain_of(path, rules())[4] == 0


def test_a_day_without_other_observations_is_not_dry(tmp_path, rain):
    path = gsod(tmp_path / "a.csv", rain, 0.5)
    path.write_text(path.read_text().replace(",50.0,8,99.99", ",9999.9,0,99.99"))
    found = rain_of(path, rules())
    assert 0.1 < found.isna().mean() < 0.3


def test_observations_of_a_mean_are_counted(tmp_path, rain):
    gsod(tmp_path / "a.csv", rain[:10], 0, observations=8)
    gsod(tmp_path / "b.csv", rain[:5], 0, observations=24, station="52533099999")
    made = rules()
    archives.read(tmp_path, "gsod", ["temperature_degc"], {}, made)
    assert rows(made, "temperature") == {
        ("51463099999", "mean of 8 to 17 observations"): 10,
        ("52533099999", "mean of 18 to 24 observations"): 5,
    }
