"""Calibration of soil respiration on plots: planted constants, numpy's polyfit, coverage."""

import calibrate_plots as script
import numpy as np
import pandas as pd
import pytest
from nepflow.respiration import calibration, formulas
from nepflow.study import respiration
from nepflow.study.settings_file import BadStudy

GSMSR = {
    "status": "unconfirmed",
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}
GIVEN = {"gsmsr": GSMSR}
KNOWN = {
    name: respiration.published(about, GIVEN.get(name))
    for name, about in respiration.SOIL_MODELS.items()
}
FACTOR, ADDED = 1.4, -0.012  # planted


def plots(seed, model, noise=0.25, sites=40, records=2, factor=FACTOR, added=ADDED):
    """Sites with several records, respiration by the model with other constants, noise."""
    rng = np.random.default_rng(seed)
    site = np.repeat(np.arange(sites), records)
    table = {
        "lon": (100 + 0.1 * rng.permutation(sites))[site],
        "lat": np.full(site.size, 24.0),
        "temperature": rng.uniform(8, 24, sites)[site],
        "precipitation": rng.uniform(600, 2200, sites)[site],
        "carbon": np.full(site.size, 4.0),
    }
    constants = calibration.constants_of(model, KNOWN[model], factor, added)
    table["rs"] = calibration.published(model, table, constants)
    errors = rng.normal(0, noise / 2**0.5, sites)[site] + rng.normal(0, noise / 2**0.5, site.size)
    table["rs"] = table["rs"] * np.exp(errors)
    return table


@pytest.mark.parametrize("model", KNOWN)
def test_planted_constants_come_back_without_noise(model):
    found = calibration.calibrate(model, plots(1, model, 0.0), KNOWN[model], 10, 1)
    assert found.factor == pytest.approx(FACTOR, rel=1e-9)
    assert found.added == pytest.approx(ADDED, abs=1e-10)
    assert found.residual == pytest.approx(0, abs=1e-9) and found.residual_published > 0.1
    assert found.sites == 40 and found.records == 80


def test_constants_by_hand():
    new = calibration.constants_of("gsmsr", GSMSR, 2.0, 0.01)
    assert new["rate"] == 1.176 and new["rate_per_carbon"] == 0.236
    assert new["q10_at_zero"] == pytest.approx(1.83 * 1.1051709)  # exp(10 * 0.01)
    assert new["q10_per_k"] == -0.006
    # 1.25 * 2 exp((0.0545 - 0.0045) 20) 100 / 142.59
    raich = calibration.constants_of("raich2002", KNOWN["raich2002"], 2.0, -0.0045)
    t, p = np.array([20.0]), np.array([100.0])
    value = formulas.response("raich2002", t, p, raich)[0]
    assert value == pytest.approx(2.5 * np.e * 100 / 142.59)
    assert formulas.response("raich2002", t, p)[0] == pytest.approx(
        1.25 * np.exp(1.09) * 100 / 142.59
    )


def test_line_is_that_of_polyfit():
    table = plots(2, "chen2010")
    table["rs"][3] = np.nan
    found = calibration.calibrate("chen2010", table, KNOWN["chen2010"], 10, 1)
    ratio = np.log(table["rs"] / calibration.published("chen2010", table, None))
    known = np.isfinite(ratio)
    slope, level = np.polyfit(table["temperature"][known], ratio[known], 1)
    assert found.added == pytest.approx(slope, rel=1e-9)
    assert found.factor == pytest.approx(np.exp(level), rel=1e-9)
    assert found.records == 79


@pytest.mark.slow
def test_intervals_hold_planted_constants():
    """Of 200 tables of plots, 95 % intervals that resample sites: 90 to 99 %; records: fewer."""
    hits, naive = [], []
    for seed in range(200):
        for units, counted in ((0.01, hits), (1e-7, naive)):
            table = plots(seed, "raich2002", records=4)
            if counted is naive:  # every record a site of its own
                table["lon"] = table["lon"] + np.arange(table["lon"].size)
            found = calibration.calibrate(
                "raich2002", table, KNOWN["raich2002"], 200, int(units * 100)
            )
            ends = np.percentile([found.factors, found.addeds], [2.5, 97.5], axis=1)
            counted.append((ends[0] <= [FACTOR, ADDED]) & (ends[1] >= [FACTOR, ADDED]))
    assert ((np.mean(hits, axis=0) >= 0.9) & (np.mean(hits, axis=0) <= 0.99)).all()
    assert (np.mean(naive, axis=0) < 0.8).all()


def test_few_plots_or_one_climate_are_refused():
    few = plots(3, "gsmsr", sites=7)
    with pytest.raises(calibration.TooFewPlots, match=r"7 sites.*plots.box_deg"):
        calibration.calibrate("gsmsr", few, GSMSR, 10, 1)
    alike = plots(3, "gsmsr")
    alike["temperature"] = alike["temperature"] * 0 + 20
    with pytest.raises(calibration.TooFewPlots, match=r"over 0\.0 K"):
        calibration.calibrate("gsmsr", alike, GSMSR, 10, 1)
    alike["rs"] = alike["rs"] * np.nan
    with pytest.raises(calibration.TooFewPlots, match="0 sites"):
        calibration.calibrate("gsmsr", alike, GSMSR, 10, 1)


def test_table_gives_the_constants_that_a_study_names(tmp_path):
    table = pd.DataFrame(plots(4, "gsmsr", 0.1)).drop(columns="carbon")
    names = {
        "lon": "Longitude",
        "lat": "Latitude",
        "temperature": "MAT",
        "precipitation": "MAP",
        "rs": "Rs_annual",
    }
    table = table.rename(columns=names).assign(
        Record_number=range(80), Ecosystem_type="Forest", Manipulation="None", Rh_annual=np.nan
    )
    table.to_csv(tmp_path / "plots.csv", index=False)
    settings = {
        "untreated_only": True,
        "box_deg": [90, 20, 110, 30],
        "soil_carbon_kg_m2": 4.0,
        "calibration_draws": 200,
        "calibration_seed": 1,
        "confidence_percent": 95,
    }
    path = str(tmp_path / "calibration.csv")
    script.calibrate_plots(
        str(tmp_path / "plots.csv"), path, settings, ["gsmsr", "raich2002"], KNOWN, True
    )
    written = pd.read_csv(path).set_index(["model", "quantity", "statistic"])["value"]
    planted = calibration.constants_of("gsmsr", GSMSR, FACTOR, ADDED)
    used = calibration.constants(path, "gsmsr", GSMSR)
    for name in ("rate", "rate_per_carbon", "q10_at_zero"):
        assert used[name] == written["gsmsr", name, "calibrated"]
        assert written["gsmsr", name, "low"] < planted[name] < written["gsmsr", name, "high"]
        assert written["gsmsr", name, "published"] == GSMSR[name]
    assert used["q10_per_k"] == GSMSR["q10_per_k"]
    assert calibration.constants("", "gsmsr", GSMSR) is GSMSR
    assert set(pd.read_csv(path)["source"]) == {"simulated"}


def test_calibration_needs_plots():
    study = {
        "respiration": {
            "model": "gsmsr",
            "constants": "plots",
            "rh_relation": "bond_lamberty2004",
            "rh_relation_step": "year",
        },
        "plots": {"file": None, "soil_carbon_kg_m2": None},
        "soil_carbon": {},
    }
    with pytest.raises(BadStudy, match=r"plots\.file is null"):
        respiration.check(study, "x.yaml")
    study["plots"]["file"] = "plots.csv"
    with pytest.raises(BadStudy, match="soil_carbon_kg_m2"):
        respiration.check(study, "x.yaml")
    study["plots"]["soil_carbon_kg_m2"] = 4
    respiration.check(study, "x.yaml")
