"""Trends of all stations and of those that are there throughout; steps of stations."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from compare_networks import compare_networks
from find_steps import find_steps
from fit_climate import fit_climate
from nepflow.climate import surfaces as climate_surfaces
from nepflow.stations import aggregation
from test_fit_climate import SETTINGS

YEARS = list(range(2001, 2013))
RULE = {"significance_p": 0.01, "min_years": 4, "draws": 999, "seed": 1}
OWN = SETTINGS | {
    "method": "anomaly",
    "policy": "report",
    "years": YEARS,
    "min_stations": 10,
    "normal_years": 3,
    "transformation": "none",
}


def monthly(folder, late=(), step=None, early=()):
    """A table of months with a trend of 0.04 K yr-1; some stations 3 K colder, and late."""
    sites, rng = climate_study.places(), np.random.default_rng(3)
    weather = rng.normal(0, 1, (len(YEARS), 12))
    rows = []
    for station in sites.itertuples():
        own = rng.normal(0, 0.5) - 3 * (station.station in late)
        for number, year in enumerate(YEARS):
            if (station.station in late and number < 6) or (
                station.station in early and number > 5
            ):
                continue
            moved = 2.0 if step == station.station and number >= 7 else 0.0
            for month in range(1, 13):
                value = own + 0.04 * number + weather[number, month - 1] + moved
                value += 12 - 0.006 * station.elevation_m + rng.normal(0, 0.2)
                place = (station.station, station.lon, station.lat, station.elevation_m)
                rows.append((*place, "temperature", year, month, value, 30, "degC"))
    path = folder / "monthly.csv"
    pd.DataFrame(rows, columns=aggregation.MONTHLY).to_csv(path, index=False)
    return path


def fit(folder, given, **changes):
    names = {"fit": "t_fit.npz", "table": "t_fit.csv", "minima": "t_minima.csv"}
    made = {name: folder / file for name, file in names.items()}
    fit_climate(given, made, "temperature", OWN | changes, 100)
    return made


@pytest.mark.parametrize("method", ["anomaly", "absolute"])
def test_late_cold_stations(tmp_path, method):
    paths = climate_study.make(tmp_path)
    late = climate_study.places()["station"][:6].tolist()
    given = paths | {"monthly": monthly(tmp_path, late), "steps": []}
    given |= fit(tmp_path, given, method=method)
    compare_networks(given, tmp_path / "t.csv", "temperature", OWN | {"method": method})
    table = pd.read_csv(tmp_path / "t.csv").set_index(["network", "quantity"])
    value = table["value"]
    assert value["all stations", "stations"] == 30
    assert value["stations there throughout", "stations"] == 24
    assert table["unit"]["all stations", "sen_slope"] == "degC yr-1"
    slopes = [
        value[n, "least_squares_slope"] for n in ("all stations", "stations there throughout")
    ]
    if method == "anomaly":
        assert slopes[0] == pytest.approx(slopes[1], abs=0.003)
    else:
        assert slopes[0] < slopes[1] - 0.02


def test_too_few_stations_are_there_throughout(tmp_path):
    paths = climate_study.make(tmp_path)
    names = climate_study.places()["station"].tolist()
    given = paths | {"monthly": monthly(tmp_path, names[:12], early=names[12:24]), "steps": []}
    given |= fit(tmp_path, given)
    compare_networks(given, tmp_path / "t.csv", "temperature", OWN)
    table = pd.read_csv(tmp_path / "t.csv")
    constant = table[table["network"] == "stations there throughout"]
    assert constant["quantity"].tolist() == ["stations"] and constant["value"].tolist() == [6]


@pytest.mark.parametrize("policy", ["report", "exclude", "split"])
def test_a_station_that_steps(tmp_path, policy):
    paths = climate_study.make(tmp_path)
    name = climate_study.places()["station"][4]
    given = paths | {"monthly": monthly(tmp_path, step=name), "steps": tmp_path / "steps.csv"}
    settings = {
        "variables": ["temperature"],
        "years": YEARS,
        "min_stations": 10,
        "normal_years": 3,
        "ratio_above": {"temperature": None},
        "policy": policy,
        "homogeneity": RULE | {"least_step": {"temperature": 0.5}},
        "simulated": False,
    }
    find_steps(given, given["steps"], settings)
    steps = pd.read_csv(given["steps"], dtype={"station": str})
    assert steps[["station", "year", "policy"]].values.tolist() == [[name, 2008, policy]]
    assert steps["size"][0] == pytest.approx(2.0, abs=0.3) and steps["unit"][0] == "K"
    surfaces = climate_surfaces.read(fit(tmp_path, given, policy=policy)["fit"])
    assert (name in surfaces.stations) == (policy != "exclude")
    if policy != "exclude":
        row = surfaces.observed[surfaces.stations.tolist().index(name), 12:].reshape(12, 12)
        step = row[7:].mean() - row[:7].mean() - 0.04 * 6
        others = (
            np.delete(surfaces.observed, 4, axis=0)[:, 12:].reshape(-1, 12, 12).mean(axis=(0, 2))
        )
        step -= others[7:].mean() - others[:7].mean() - 0.04 * 6
        assert step == pytest.approx(2.0 if policy == "report" else 0.0, abs=0.2)
