"""The simulation's stations: true on average, wrong where the list of defects says so."""

import numpy as np
import pandas as pd
import pytest
from nepflow.simulation import stations
from nepflow.simulation.climate import MONTHLY_NOISE
from nepflow.simulation.stations import write_stations
from nepflow.simulation.world import World

YEARS = [2004, 2005, 2006]
COUNT = 60
NAMES = list(stations.UNITS)


@pytest.fixture(scope="module")
def world(root):
    return World(root / "resources" / "northwest_china", seed=1)


@pytest.fixture(scope="module")
def folder(world, tmp_path_factory):
    folder = tmp_path_factory.mktemp("stations")
    paths = [folder / name for name in ("stations.csv", "defects.csv", "truth.csv")]
    write_stations(*paths, world, COUNT, YEARS)
    return folder


@pytest.fixture(scope="module")
def records(folder):
    return pd.read_csv(folder / "stations.csv", parse_dates=["date"])


@pytest.fixture(scope="module")
def planted(folder):
    return pd.read_csv(folder / "defects.csv", parse_dates=["first_date", "last_date"])


@pytest.fixture(scope="module")
def true_stations(folder):
    return pd.read_csv(folder / "truth.csv").set_index("name")


def test_columns_are_those_of_the_contract(records):
    expected = ["station", "lon", "lat", "elevation_m", "date", *NAMES, "source"]
    assert list(records.columns) == expected
    assert (records["source"] == "simulated").all()
    assert records["station"].nunique() == COUNT


def sound(records, planted):
    """Return the records of stations without impossible values, repeats or gaps in blocks."""
    kinds = ["impossible value", "identical repeat", "conflicting repeat", "interruption"]
    kinds += ["late start", "outside the area"]
    bad = planted.loc[planted["defect"].isin(kinds), "station"]
    return records[~records["station"].isin(bad)]


@pytest.mark.parametrize("quantity", ["temperature", "precipitation", "radiation"])
def test_months_agree_with_the_true_climate(world, records, planted, true_stations, quantity):
    column = next(name for name in NAMES if name.startswith(quantity))
    whole = sound(records, planted)
    assert whole["station"].nunique() >= 10
    how = "mean" if quantity == "temperature" else "sum"
    months = whole.groupby(["station", whole["date"].dt.to_period("M")])[column]
    table = months.agg([how, "count"])
    worst = []
    for name, found in table.groupby(level=0):
        station = true_stations.loc[name]
        place = [np.array([station[key]]) for key in ("lon", "lat", "elevation")]
        true = np.concatenate([world.places(*place).monthly(quantity, y)[:, 0] for y in YEARS])
        days = found.index.get_level_values(1).days_in_month
        complete = (found["count"] == days).to_numpy()
        value = found[how].to_numpy()
        if quantity == "temperature":
            error = value - true - station["temperature_bias"]
        elif quantity == "radiation":
            error = value / true / station["radiation_factor"] - 1
        else:
            complete = complete & (true > 20)  # below, the gauge's 0.1 mm steps dominate
            error = np.log(value / true / station["precipitation_catch"])
        worst.append(error[complete])
    error = np.concatenate(worst)
    scale = MONTHLY_NOISE[quantity]
    assert len(error) > 100
    assert abs(error.mean()) < 4 * scale / np.sqrt(len(error)) + 0.1 * scale
    # A standard deviation from n values is uncertain by a share 1 / sqrt(2 n).
    assert error.std() == pytest.approx(scale, rel=4 / np.sqrt(2 * len(error)) + 0.05)


def test_every_impossible_value_is_in_the_file(records, planted):
    rows = planted[planted["defect"] == "impossible value"]
    assert set(rows["variable"]) == set(NAMES)
    for row in rows.itertuples():
        day = records[(records["station"] == row.station) & (records["date"] == row.first_date)]
        assert (day[row.variable] == float(row.value)).any(), row


def test_no_impossible_value_is_unlisted(records, planted):
    rows = planted[planted["defect"] == "impossible value"]
    for name, (low, high) in zip(NAMES, ((-60, 50), (0, 400), (0, 60)), strict=True):
        wrong = records[(records[name] < low) | (records[name] > high)]
        listed = rows[rows["variable"] == name]
        keys = set(zip(listed["station"], listed["first_date"], strict=True))
        assert set(zip(wrong["station"], wrong["date"], strict=True)) <= keys


def test_repeats_are_as_listed(records, planted):
    twice = records[records.duplicated(["station", "date"], keep=False)]
    rows = planted[planted["defect"].isin(["identical repeat", "conflicting repeat"])]
    assert len(rows) >= 6
    assert len(twice) == 2 * len(rows)
    for row in rows.itertuples():
        pair = twice[(twice["station"] == row.station) & (twice["date"] == row.first_date)]
        spread = np.ptp(pair["temperature_degc"])
        assert spread == pytest.approx(2.7 if row.defect.startswith("conf") else 0, abs=1e-9)


def test_interruptions_are_empty(records, planted):
    rows = planted[planted["defect"].isin(["interruption", "late start"])]
    assert len(rows) >= 5
    for row in rows.itertuples():
        own = records[records["station"] == row.station]
        assert not own["date"].between(row.first_date, row.last_date).any()


def test_single_values_are_missing(records, planted):
    rows = planted[planted["defect"] == "missing days"]
    present = records.drop_duplicates(["station", "date"])[NAMES]
    assert rows["days"].sum() >= present.isna().sum().sum() > 100


def test_faulty_stations_are_there(records, planted, true_stations):
    heights = records.groupby("station")["elevation_m"].first()
    assert (heights == -999).sum() == 1
    blank = planted.loc[planted["defect"] == "no elevation", "station"].item()
    assert heights[blank] == -999 and true_stations.loc[blank, "elevation"] > 0
    away = planted.loc[planted["defect"] == "outside the area", "station"].item()
    assert true_stations.loc[away, "lon"] < 60
    near = planted[planted["defect"] == "within metres"]
    one, two = true_stations.loc[near["station"].item()], true_stations.loc[near["value"].item()]
    assert 0 < np.hypot(one["lon"] - two["lon"], one["lat"] - two["lat"]) < 0.01


def test_the_network_is_uneven_and_low(world):
    listed = [s for s in stations.stations(world, 350) if s.lon > 60]
    lon = np.array([s.lon for s in listed])
    lat = np.array([s.lat for s in listed])
    height = np.array([s.elevation for s in listed])
    terrain = world.region.elevation_at(lon, lat)
    assert np.mean(height - terrain) < -20
    area = [shape for _, _, shape in world.region.provinces]
    west, south, east, north = world.region.box
    rng = np.random.default_rng(1)
    x, y = rng.uniform(west, east, 20000), rng.uniform(south, north, 20000)
    import shapely

    inside = shapely.contains_xy(shapely.union_all(area), x, y)
    assert height.mean() < world.region.elevation_at(x[inside], y[inside]).mean() - 400
    # Denser in the east by area: 30 % of the region lies beyond 101 E.
    assert np.mean(lon > 101) > 1.5 * np.mean(x[inside] > 101)


def test_files_are_the_same_on_every_run(world, folder, tmp_path):
    paths = [tmp_path / name for name in ("stations.csv", "defects.csv", "truth.csv")]
    write_stations(*paths, world, COUNT, YEARS)
    for path in paths:
        assert path.read_bytes() == (folder / path.name).read_bytes()


def test_too_few_stations_are_refused(world):
    with pytest.raises(ValueError, match="at least 10"):
        stations.stations(world, 3)
