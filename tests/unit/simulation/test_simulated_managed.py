"""People who manage the land: its ground, its parts, its projects, and their tables."""

import csv

import numpy as np
import pandas as pd
import pytest
import rasterio
import shapely
from nepflow.attribution import attribution
from nepflow.evaluation import field_data, recovery
from nepflow.respiration import formulas
from nepflow.restoration import projects as restoration_projects
from nepflow.simulation import carbon, management, raw_files
from nepflow.simulation import truth as simulation_truth
from nepflow.simulation.world import World

YEARS = list(range(2001, 2021))
GSMSR = {
    "rate": 0.588,
    "rate_per_carbon": 0.118,
    "q10_at_zero": 1.83,
    "q10_per_k": -0.006,
    "precipitation_above_cm": 2.972,
    "precipitation_below_cm": 5.657,
}


@pytest.fixture(scope="module")
def folder(root):
    return root / "resources" / "guangxi"


@pytest.fixture(scope="module")
def world(folder):
    return World(folder, seed=1)


def points(world, step=0.4):
    lon, lat = np.meshgrid(np.arange(104.5, 112, step), np.arange(21, 26.4, step))
    area = shapely.union_all([shape for _, _, shape in world.region.provinces])
    inside = shapely.contains_xy(area, lon, lat)
    return world.places(lon[inside], lat[inside])


@pytest.fixture(scope="module")
def places(world):
    return points(world)


def test_ground_is_small_and_whole_and_its_origin_is_stated(folder, world):
    assert sum(path.stat().st_size for path in folder.iterdir()) < 150_000
    told = (folder / "PROVENANCE.md").read_text()
    assert all(path.name in told for path in folder.iterdir() if path.name != "PROVENANCE.md")
    shapes = [shape for _, _, shape in world.region.provinces]
    assert shapely.coverage_is_valid(shapes)
    # 237 thousand km2 (commonly stated); a degree is 111.2 km
    area = sum(s.area * 111.2**2 * np.cos(np.deg2rad(s.centroid.y)) for s in shapes)
    assert area == pytest.approx(237e3, rel=0.02)


def test_respiration_follows_the_published_equations(places):
    """Its own code against the workflow's formulas, given the true months and carbon."""
    warmth, rain = (places.monthly(name, 2008) for name in ("temperature", "precipitation"))
    daily = formulas.response("gsmsr", warmth, rain, GSMSR)
    daily = formulas.with_carbon("gsmsr", daily, carbon.soil_carbon(places), GSMSR)
    days = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    total = (daily * days[:, None]).sum(axis=0)
    np.testing.assert_allclose(carbon.total_respiration(places, 2008), total, rtol=1e-10)
    rh = formulas.heterotrophic(total, "bond_lamberty2004", "year")[0]
    np.testing.assert_allclose(places.respiration(2008), rh, rtol=1e-10)


def test_npp_is_its_parts_and_the_human_part_begins_at_nothing(world, places):
    year = 2012
    of_climate = world.productivity.climate_part(places, year)
    of_people = world.productivity.human_part(places, year)
    chance = np.exp(places.weights.of(world.modifier_of(year)))
    np.testing.assert_allclose(places.npp(year), of_climate * chance + of_people, rtol=1e-12)
    first = world.productivity.human_part(places, management.FIRST_YEAR)
    assert np.nanmax(np.abs(first)) == 0
    by_hand = world.productivity.climate_part(places, 2001)
    land = places.true_class(2001)
    one = {name: np.full(land.shape, usual) for name, usual in management.USUAL.items()}
    warm = one | {"temperature": one["temperature"] * 1.1}
    gain = management.climatic_npp(land, warm) / management.climatic_npp(land, one)
    np.testing.assert_allclose(gain[np.isfinite(gain)], 1.1**0.35)
    assert 600 < np.nanmean(by_hand) < 1000


def test_projects_are_planted_where_they_are_wanted(world):
    projects, plan = world.productivity.projects, world.region.description["world"]["projects"]
    assert len(projects.west) == 4 * plan["count"]
    squares = shapely.box(
        projects.west, projects.south, projects.west + 0.18, projects.south + 0.18
    )
    assert shapely.union_all(squares).area == pytest.approx(shapely.area(squares).sum())
    middle = projects.west + 0.09, projects.south + 0.09
    k = 30
    before, start, grown = (
        projects.effect(*middle, year)[k]
        for year in (projects.start[k] - 1, projects.start[k], projects.start[k] + 2)
    )
    assert before == 0 and grown == projects.effect_of[k] == pytest.approx(3 * start)
    assert projects.effect(np.array([105.0]), np.array([10.0]), 2020)[0] == 0
    own = world.places(*middle)
    other = points(world, 0.2)
    other_rise = other.weights.of(world.productivity.rise).mean()
    assert own.weights.of(world.productivity.rise).mean() > other_rise + 0.1
    karst = world.productivity.in_karst
    assert own.weights.of(karst).mean() > 1.3 * other.weights.of(karst).mean()


def test_files_are_read_as_a_users(world, tmp_path):
    projects = world.productivity.projects
    raw_files.write_projects(tmp_path / "p.gpkg", projects)
    frame = restoration_projects.read_projects(tmp_path / "p.gpkg", {})
    assert len(frame) == 88 and set(frame["measure"]) == set(projects.measure)
    raw_files.write_truth_of_projects(tmp_path / "t.csv", projects, 2020)
    truth = pd.read_csv(tmp_path / "t.csv").set_index(["project", "quantity"])["value"]
    # the first starts in 2003: shares 1/3, 2/3, then nine years 1 of eleven
    assert truth["p001", "mean_effect"] == pytest.approx(truth["p001", "full_effect"] * 10 / 11)
    raw_files.write_plots(tmp_path / "plots.csv", world)
    plots = field_data.read_plots(tmp_path / "plots.csv", True, [92, 5, 112, 29], 4)
    assert len(plots) > 90 and (plots["rh"] < plots["rs"] * 1.5).all()
    raw_files.write_carbon(tmp_path / "c.tif", world)
    with rasterio.open(tmp_path / "c.tif") as file:
        assert file.tags()["unit"] == "kg C m-2" and 2 < np.nanmedian(file.read()) < 8
        assert file.tags()["simulated"] == "simulated"


def test_parts_of_the_trend_are_written(world, tmp_path):
    inside = np.ones((12, 16), dtype="uint8")
    inside[0] = 0
    profile = {"driver": "GTiff", "dtype": "uint8", "count": 1, "height": 12, "width": 16}
    transform = rasterio.transform.from_origin(105, 25.5, 0.3, 0.3)
    with rasterio.open(
        tmp_path / "grid.tif", "w", crs="EPSG:4326", transform=transform, **profile
    ) as file:
        file.write(inside, 1)
    simulation_truth.write_parts(tmp_path, tmp_path / "a.csv", tmp_path / "grid.tif", world, YEARS)
    with rasterio.open(tmp_path / "nep_human_slope.tif") as file:
        slopes = file.read(1)
    assert np.isnan(slopes[0]).all()
    with open(tmp_path / "a.csv", encoding="utf-8", newline="") as file:
        table = {(r["variable"], r["of"], r["quantity"]): r for r in csv.DictReader(file)}
    mean = float(table["nep", "human", "mean_slope"]["value"])
    assert mean == pytest.approx(np.nanmean(slopes), rel=1e-4)
    assert table["nep", "human", "share"]["source"] == "simulated"
    one = world.places(np.array([108.15]), np.array([23.85]))  # row 5, column 10
    line = np.polyfit(YEARS, [world.productivity.human_part(one, y)[0] for y in YEARS], 1)[0]
    assert slopes[5, 10] == pytest.approx(line, rel=1e-5)


def test_recovery_by_hand():
    projects = pd.DataFrame({"project": ["a", "b", "c", "d"], "cells": [10, 30, 20, 9]})
    truth = pd.DataFrame(
        {
            "project": ["a", "b", "c", "d"],
            "measure": ["x", "x", "y", "x"],
            "start_year": [2006, 2008, 2006, 2003],
            "quantity": "mean_effect",
            "value": [40.0, 20.0, 5.0, 900.0],
        }
    )
    names = ("effect", "effect_low", "effect_high", "rank")
    found = pd.DataFrame(
        [
            {"measure": m, "quantity": q, "of": "how" if q == "effect" else "", "value": v}
            for m, values in {"x": (24, 20, 28, 1), "y": (6, 1, 9, 2)}.items()
            for q, v in zip(names, values, strict=True)
        ]
    )
    rows = recovery.effect_rows(found, truth, projects, 2006)
    value = {(of, quantity, s): v for of, _, quantity, s, v, _ in rows}
    assert (
        value["x", "mean effect on nep", "true"] == 25
    )  # (10 * 40 + 30 * 20) / 40; d is too early
    assert value["x", "mean effect on nep", "low"] == 20
    assert (
        value["y", "rank of the effect", "true"] == 2 == value["y", "rank of the effect", "found"]
    )


def test_recovery_of_trends_by_hand():
    """Found beside true with its interval, and the area where people dominate."""
    columns = ["variable", "of", "quantity", "value"]
    truth = pd.DataFrame(
        [
            ("nep", "climate", "mean_slope", 1.0),
            ("nep", "human", "mean_slope", 4.0),
            ("nep", "human", "share", 80.0),
            ("nep", "human", "dominant_area", 97.0),
        ],
        columns=columns,
    )
    rest = attribution.DOMINANT[3]
    found = pd.DataFrame(
        [
            ("joint", "climate", "mean_slope", 1.5),
            ("joint", "climate", "mean_slope_low", 1.0),
            ("joint", "climate", "mean_slope_high", 2.0),
            ("joint", "residual", "mean_slope", 4.5),
            ("joint", "residual", "trend_share", 75.0),
            ("joint", rest, "dominant_share", 91.0),
        ],
        columns=["method", "of", "quantity", "value"],
    )
    rows = recovery.trend_rows(found, truth)
    value = {row[:4]: row[4] for row in rows}
    key = "joint", "mean trend of nep"
    assert [value["climate", *key, s] for s in ("true", "found", "low", "high")] == [1, 1.5, 1, 2]
    assert value["residual", *key, "found"] == 4.5 and ("residual", *key, "low") not in value
    assert value["residual", "joint", "share of the mean trend of nep", "found"] == 75
    key = "residual", "joint", "share of the determined area that it dominates"
    assert (value[*key, "true"], value[*key, "found"]) == (97, 91)


def joint_and_restrend(seed, folder):
    """Mean slope of people: true, by the joint and by RESTREND, and by its formula."""
    world = World(folder, seed)
    places = points(world, 0.5)
    nep = np.array([places.npp(y) - places.respiration(y) for y in YEARS])[:, None]
    names = ("temperature", "precipitation", "radiation")
    climate = [np.array([places.annual(name, y) for y in YEARS])[:, None] for name in names]
    true = simulation_truth.slopes_at(places, YEARS)["nep_human"]
    joint, plain = (
        attribution.attribute(nep, climate, YEARS, method, 8) for method in ("joint", "restrend")
    )
    known = np.isfinite(joint.rest[0] + true)
    formula = (true * (1 - joint.time_r2[0]))[known].mean()
    return true[known].mean(), joint.rest[0, known].mean(), plain.rest[0, known].mean(), formula


@pytest.mark.slow
def test_over_seeds_joint_is_unbiased_and_residual_errs_by_the_formula(folder):
    """Ten worlds; the error is that of the mean over worlds: t of 9 degrees of freedom, 99 %."""
    found = np.array([joint_and_restrend(seed, folder) for seed in range(1, 11)])
    true, joint, plain, formula = found.T

    def allowed(difference):
        return 3.25 * difference.std(ddof=1) / np.sqrt(len(difference))

    assert abs((joint - true).mean()) < allowed(joint - true)
    assert abs((plain - formula).mean()) < allowed(plain - formula)
    assert (true - plain).mean() > allowed(plain - true), "and misses what people do"
