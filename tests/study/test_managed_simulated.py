"""A managed simulation from tiles to tables: planted parts of the trend and effects come back.

Stated errors. Slopes are means over an area whose years share their noise, so cells are no
sample: the standard error of the mean slope of the rest is that of the joint least-squares
regression of the area's mean series on its mean drivers and the year, times sqrt((1 + r) / (1 - r))
for the memory r = 0.3 of its chance (simulation.management: 0.2 and 0.4 a year), and 2.13 of
them (t of 15 degrees of freedom, 95 %) are allowed. To it comes what the simulated observation is
known to take: MOD17 with a third of the season filled is lowered by 0.08 of that share
(simulation.tiles), 2.7 % of NPP and of all its trends. Effects have the intervals of the
study itself.
"""

import csv

import numpy as np
import pytest
import rasterio
from copies import Workflow
from nepflow.io import raster

SMALL = {
    "based_on": "guangxi_karst_simulated",
    "title": "A small managed simulation",
    "grid": {"resolution_m": 5000},
    "simulation": {"region": "guangxi", "pixels_per_tile": 360, "stations": 40, "seed": 1},
    "attribution": {"null_draws": 5, "null_pixels": 200},
    "restoration": {"draws": 299, "min_cells": 3},
}
MEMORY = np.sqrt(1.3 / 0.7)
T_15 = 2.131  # Student's t, 97.5 %, 20 years less 5 parameters
LOWERED = 0.973  # share of NPP that filled days leave
DRIVERS = ("temperature", "precipitation", "radiation")


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """Tables of the attribution and of the projects only, and what is true of them."""
    workflow = Workflow(root, tmp_path_factory.mktemp("managed") / "copy", small=SMALL)
    workflow.run("results/small/tables/recovery_management.csv")
    return workflow


@pytest.fixture(scope="module")
def value(built):
    table = rows(built.result("small/tables/recovery_management.csv"))
    assert {row["source"] for row in table} == {"simulated"}
    return {(r["of"], r["how"], r["quantity"], r["statistic"]): float(r["value"]) for r in table}


def cube(path):
    with rasterio.open(path) as file:
        return file.read().astype(float)


def area_means(built):
    """Mean series of NEP and the drivers over cells with NEP in all years."""
    nep = cube(built.result("small/nep/nep.tif"))
    known = np.isfinite(nep).all(axis=0)
    cubes = [cube(built.result(f"small/climate/{name}.tif")) for name in DRIVERS]
    return nep[:, known].mean(axis=1), [driver[:, known].mean(axis=1) for driver in cubes]


def error_of_the_year(y, drivers):
    """Standard error of the year's coefficient beside the drivers, written out."""
    t = np.arange(len(y)) - (len(y) - 1) / 2
    design = np.column_stack([np.ones(len(y)), *drivers, t])
    scale = np.abs(design).max(axis=0)
    _, (squares,), *_ = np.linalg.lstsq(design / scale, y, rcond=None)
    variance = squares / (len(y) - design.shape[1])
    inverse = np.linalg.inv((design / scale).T @ (design / scale))
    return MEMORY * np.sqrt(variance * inverse[-1, -1]) / scale[-1]


@pytest.mark.slow
@pytest.mark.parametrize("method", ["joint", "first_difference"])
def test_planted_trend_of_people_and_of_climate_come_back(built, value, method):
    error = error_of_the_year(*area_means(built))
    observed = sum(
        value[of, method, "mean trend of nep", "found"] for of in ("climate", "residual")
    )
    for of in ("climate", "residual"):
        true = value[of, method, "mean trend of nep", "true"]
        found = value[of, method, "mean trend of nep", "found"]
        # differences weigh the same noise less well: their variance with white noise is twice
        allowed = T_15 * error * (1 if method == "joint" else np.sqrt(2))
        allowed += (1 - LOWERED) * abs(true)
        assert found == pytest.approx(true, abs=allowed), (of, allowed)
        assert allowed < 0.35 * observed, "an error that would let anything pass"
    share = [
        value["residual", method, "share of the mean trend of nep", s] for s in ("true", "found")
    ]
    assert share[1] == pytest.approx(share[0], abs=100 * (allowed + 0.027 * observed) / observed)


@pytest.mark.slow
@pytest.mark.parametrize("method", ["joint", "first_difference"])
def test_planted_trends_lie_in_the_intervals_of_the_study(value, method):
    """Also with what filled days take, which no interval knows; the share does not feel it."""
    keys = [(of, method, "mean trend of nep") for of in ("climate", "residual")]
    for key in (*keys, ("residual", method, "share of the mean trend of nep")):
        low, found, high, true = (value[*key, s] for s in ("low", "found", "high", "true"))
        assert low < found < high
        assert low <= true <= high, key
        assert key[2] != keys[0][2] or low <= LOWERED * true <= high, key
        assert high - low < 0.6 * abs(found), "an interval that would hold anything"


@pytest.mark.slow
def test_people_dominate_where_they_truly_do(value):
    """Everywhere in this simulation; chance turns the sign of the residual in few cells."""
    for method in ("joint", "first_difference"):
        key = "residual", method, "share of the determined area that it dominates"
        assert value[*key, "true"] == 100
        assert 85 < value[*key, "found"] <= 100


@pytest.mark.slow
def test_residual_method_misses_people_by_the_formula(built, value):
    """E[slope of residuals] = h (1 - R2) in every cell; the mean miss is that of the cells."""
    folder = built.result("small/attribution")
    joint = raster.read(folder / "nep_joint_residual_slope.tif")
    plain = raster.read(folder / "nep_restrend_residual_slope.tif")
    r2 = raster.read(folder / "nep_time_r2.tif")
    known = np.isfinite(joint + plain + r2)
    np.testing.assert_allclose(plain[known], (joint * (1 - r2))[known], rtol=1e-3, atol=1e-3)
    true = raster.read(built.result("simulated/small/truth/nep_human_slope.tif"))
    known &= np.isfinite(true)
    expected = (true * (1 - r2))[known].mean()
    found = value["residual", "restrend", "mean trend of nep", "found"]
    error = error_of_the_year(*area_means(built))
    allowed = T_15 * error * (1 - r2[known].mean()) + (1 - LOWERED) * expected
    assert found == pytest.approx(expected, abs=allowed)
    # what people lose goes to climate: there the miss is larger than the error, by joint it is not
    key = "mean trend of nep"
    miss = [
        abs(value["climate", method, key, "found"] - value["climate", method, key, "true"])
        for method in ("restrend", "joint")
    ]
    assert miss[0] > allowed > miss[1]


@pytest.mark.slow
def test_measures_are_found_in_their_order_and_intervals(value):
    measures = [key[0] for key in value if key[2:] == ("mean effect on nep", "true")]
    assert len(measures) == 4
    effects, ranks = {}, {}
    for (of, _, quantity, statistic), number in value.items():
        if quantity == "mean effect on nep":
            effects.setdefault(of, {})[statistic] = number
        elif quantity == "rank of the effect":
            ranks.setdefault(of, {})[statistic] = number
    for measure, found in effects.items():
        assert found["low"] <= found["true"] <= found["high"], measure
        assert found["high"] - found["low"] < 40, "an interval that would hold anything"
        assert ranks[measure]["found"] == ranks[measure]["true"], measure


@pytest.mark.slow
def test_projects_do_not_lie_at_random(built):
    """Treated land is higher and cooler than the rest before anything was done."""
    table = rows(built.result("small/tables/restoration_effects.csv"))
    before = [row for row in table if row["quantity"] == "imbalance_before"]
    size = {
        of: np.mean([float(row["value"]) for row in before if row["of"] == of])
        for of in ("elevation", "temperature")
    }
    assert size["elevation"] > 0.2 and size["temperature"] < -0.2, "standard deviations"


@pytest.mark.slow
def test_climate_trends_and_chance_has_memory(built):
    with rasterio.open(built.result("simulated/small/truth/npp_climate_slope.tif")) as file:
        assert file.tags()["simulated"] == "simulated"
    table = rows(built.result("simulated/small/truth/attribution.csv"))
    truth = {(r["variable"], r["of"], r["quantity"]): float(r["value"]) for r in table}
    assert truth["nep", "climate", "mean_slope"] > 0.3
    assert 60 < truth["nep", "human", "share"] < 95
    r2 = raster.read(built.result("small/attribution/nep_time_r2.tif"))
    assert np.nanmean(r2) > 0.05
