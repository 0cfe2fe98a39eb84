"""A study of soil respiration and attribution on planted rasters, through the whole workflow."""

import csv
import math

import geopandas
import numpy as np
import pandas
import pytest
import rasterio
from copies import Workflow
from nepflow import attribution, raster
from rasterio.transform import from_origin
from shapely.geometry import box

YEARS = range(2001, 2013)
HUMAN = 3.0  # g C m-2 yr-2, planted in NPP


def rows(path):
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path, bands):
    """Half-degree cells from 103 E, 28 N."""
    profile = {
        "driver": "GTiff", "height": 16, "width": 22, "count": len(bands), "dtype": "float32",
        "crs": "EPSG:4326", "transform": from_origin(103, 28, 0.5, 0.5),
    }  # fmt: skip
    with rasterio.open(path, "w", **profile) as target:
        target.write(np.asarray(bands, dtype="float32"))


def plant(folder):
    """Warming climate, carbon, and NPP that follows temperature, a human trend and noise."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(4)
    shape = len(YEARS), 16, 22
    t = np.arange(len(YEARS))[:, None, None]
    season = -np.cos(2 * np.pi * np.arange(12) / 12)
    warmth = 20 + 0.03 * t + rng.normal(0, 0.3, shape)
    rain = np.maximum(110 + rng.normal(0, 15, shape), 20)
    sun = 380 + rng.normal(0, 15, shape)
    months = (
        ("t", warmth[:, None] + 8 * season[:, None, None]),
        ("p", rain[:, None] * (1 + 0.7 * season[:, None, None])),
        ("r", sun[:, None] * (1 + 0.3 * season[:, None, None])),
    )
    for name, values in months:
        write(folder / f"{name}.tif", values.reshape(-1, 16, 22))
    npp = 700 + 20 * (warmth - 20) + HUMAN * t + rng.normal(0, 4, shape)
    for year, values in zip(YEARS, npp, strict=True):
        write(folder / f"npp_{year}.tif", values[None])
    plots = {
        "Record_number": range(6), "Longitude": [100.0] * 6, "Latitude": [25.0] * 6,
        "Ecosystem_type": ["Forest"] * 4 + ["Grassland"] * 2, "Manipulation": ["None"] * 6,
        "MAT": [14, 16, 18, 20, 12, 10], "MAP": [1000, 1200, 1400, 1600, 800, 700],
        "Rs_annual": [700, 800, 900, 1000, 500, 400], "Rh_annual": [400, 430, 500, 560, 300, 280],
    }  # fmt: skip
    pandas.DataFrame(plots).to_csv(folder / "srdb-data.csv", index=False)
    towers = {
        "site": ["a", "b", "far"], "lon": [106.0, 108.0, 10.0], "lat": [23.0, 24.0, 50.0],
        "nep": [-2.5, -3.0, 1.0], "class": ["EBF", "GRA", "GRA"],
    }  # fmt: skip
    pandas.DataFrame(towers).to_csv(folder / "towers.csv", index=False)
    write(folder / "soil_carbon.tif", np.full((1, 16, 22), 4.0))
    write(folder / "dem.tif", np.full((1, 16, 22), 400.0))
    halves = [box(105, 22, 107, 25), box(107, 22, 110, 25)]
    area = geopandas.GeoDataFrame({"name": ["west", "east"]}, crs="EPSG:4326", geometry=halves)
    area.to_file(folder / "area.gpkg")
    stripes = [box(west, 22, west + 0.7, 25) for west in (105.3, 106.7, 108.1, 109.2)]
    karst = geopandas.GeoDataFrame({"name": ["karst"] * 4}, crs="EPSG:4326", geometry=stripes)
    karst.to_file(folder / "karst.gpkg")
    plant_projects(folder / "restoration.gpkg")


def plant_projects(path):
    """Squares of two measures, each as large as a cell or two."""
    corners = [(105.3 + 0.8 * i, 22.3 + 0.9 * j) for i in range(6) for j in range(3)]
    frame = {
        "project": [f"p{i}" for i in range(18)],
        "measure": ["closing"] * 12 + ["planting"] * 6,
        "start_year": [2006, 2007, 2008] * 6,
    }
    squares = [box(x, y, x + 0.28, y + 0.28) for x, y in corners]
    frame = geopandas.GeoDataFrame(frame, crs="EPSG:4326", geometry=squares)
    frame.iloc[:16].to_file(path)


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """The study of Guangxi's karst with rasters instead of tiles and stations."""
    names = {"temperature": "degC", "precipitation": "mm month-1", "radiation": "MJ m-2 month-1"}
    grids = [
        {"variable": name, "file": f"{name[0]}.tif", "unit": unit, "first_month": "2001-01"}
        for name, unit in names.items()
    ]
    study = {
        "based_on": "guangxi_karst",
        "title": "Planted",
        "period": [YEARS[0], YEARS[-1]],
        "grid": {"resolution_m": 25000},
        "npp": {
            "source": "rasters",
            "resampling": "bilinear",  # as climate is
            "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"},
        },
        "climate": {"source": "grids", "grids": grids},
        "attribution": {"variables": ["nep", "npp"], "null_draws": 5, "null_pixels": 100},
        "zones": [
            {"name": "prefecture", "kind": "area"},
            {"name": "karst", "kind": "file", "file": "karst.gpkg", "name_field": "name"},
        ],
        "specification": {"choices": ["respiration"]},
        "restoration": {
            "stages": [[2001, 2005], [2006, 2012]],
            "match_landcover": False,
            "patch_km": 25,
            "buffer_km": 20,
            "minimum_cells": 1,
            "minimum_controls": 20,
            "neighbours": 5,
            "caliper": 3,
            "minimum_projects": 6,
            "draws": 100,
        },
        "sites": {"file": "towers.csv", "unit": "t C ha-1 yr-1", "sign": "release_positive"},
    }
    folder = tmp_path_factory.mktemp("soil") / "copy"
    workflow = Workflow(root, folder, planted=study)
    plant(folder / "data/planted")
    workflow.run()
    return workflow


@pytest.mark.slow
def test_total_respiration_is_that_of_the_equation(built):
    """One cell by hand from its own months, which the grid gives back."""
    rs = raster.read(built.result("planted/nep/rs_gsmsr_bond_lamberty2004.tif"))
    rh = raster.read(built.result("planted/nep/rh_gsmsr_bond_lamberty2004.tif"))
    known = np.isfinite(rs)
    np.testing.assert_allclose(rh[known], np.exp(1.22 + 0.73 * np.log(rs[known])), rtol=1e-5)
    season = -np.cos(2 * np.pi * np.arange(12) / 12)
    days = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    t, p = 20 + 8 * season, 11 * (1 + 0.7 * season)
    daily = 1.06 * np.exp(np.log(1.83 * np.exp(-0.006 * t)) * t / 10) * (p + 2.972) / (p + 5.657)
    assert np.nanmean(rs) == pytest.approx((daily * days).sum(), rel=0.02)


@pytest.mark.slow
def test_other_models_stand_beside_the_headline(built):
    table = rows(built.result("planted/tables/respiration_readings.csv"))
    means = {row["reading"]: float(row["value"]) for row in table if row["quantity"] == "nep_mean"}
    assert list(means) == [
        f"{name}_bond_lamberty2004" for name in ("gsmsr", "raich2002", "chen2010")
    ]
    assert len(set(means.values())) == 3
    options = rows(built.result("planted/tables/specification.csv"))
    assert {row["option"] for row in options} == set(means)
    report = built.result("planted/report.html").read_text()
    assert "constants of GSMSR (Yu et al. 2010) are unconfirmed" in report
    assert "Raich et al. (2002), Rh by Bond-Lamberty et al. (2004)" in report


@pytest.mark.slow
def test_planted_trend_is_attributed(built):
    """NPP: joint and differences find the human trend, the residual method misses it."""
    table = rows(built.result("planted/tables/attribution_npp.csv"))
    value = {(r["method"], r["of"], r["quantity"]): float(r["value"] or math.nan) for r in table}
    for method in ("joint", "first_difference"):
        assert value[method, "rest", "mean_slope"] == pytest.approx(HUMAN, abs=0.25)
    miss = value["joint", "rest", "mean_slope"] - value["residual", "rest", "mean_slope"]
    assert miss == pytest.approx(-value["residual", "rest", "mean_bias"], rel=1e-4)
    assert miss > 0.5
    for method in attribution.METHODS:
        names = ("observed", "climate", "rest")
        observed, climate, rest = (value[method, name, "mean_slope"] for name in names)
        assert observed == pytest.approx(climate + rest, abs=1e-5)
        for quantity in ("case_share", "class_share", "dominant_share"):
            shares = [v for (m, _, q), v in value.items() if (m, q) == (method, quantity)]
            assert math.fsum(shares) == pytest.approx(100, abs=1e-6), (method, quantity)
        assert 0 <= value[method, attribution.DOMINANT[3], "null_dominant_share"] <= 100


@pytest.mark.slow
def test_field_data_are_compared(built):
    table = rows(built.result("planted/tables/plots_comparison.csv"))
    found = {(r["variable"], r["model"], r["group"], r["quantity"]): r["value"] for r in table}
    key = "rh", "bond_lamberty2004 of observed Rs"
    modelled = np.exp(1.22 + 0.73 * np.log([700, 800, 900, 1000, 500, 400]))
    assert float(found[*key, "all plots", "modelled_mean"]) == pytest.approx(modelled.mean())
    assert found[*key, "Forest", "values"] == "4"
    assert built.result("planted/figures/plots.png").stat().st_size > 0
    sites = rows(built.result("planted/evaluation/sites.csv"))
    mean = raster.read(built.result("planted/pixel/nep/mean.tif"))
    assert [row["name"] for row in sites] == ["a", "b"]
    assert [float(row["observed"]) for row in sites] == [250, 300]
    assert all(np.nanmin(mean) <= float(row["modelled"]) <= np.nanmax(mean) for row in sites)


@pytest.mark.slow
def test_karst_is_compared_and_numbers_are_named(built):
    table = rows(built.result("planted/tables/contrast_karst.csv"))
    value = {(row["layer"], row["measure"]): float(row["value"] or "nan") for row in table}
    for layer in ("pixel/nep/mean", "pixel/nep/sen_slope"):
        low, high = value[layer, "interval_low"], value[layer, "interval_high"]
        assert low <= value[layer, "matched_difference"] <= high
    assert abs(value["pixel/nep/mean", "difference"]) < 20  # nothing is planted
    published = {row["id"]: row for row in rows(built.result("planted/tables/published.csv"))}
    shares = rows(built.result("planted/tables/attribution_nep.csv"))
    ours = next(
        float(row["value"])
        for row in shares
        if (row["method"], row["quantity"], row["of"])
        == ("joint", "dominant_share", attribution.DOMINANT[3])
    )
    assert float(published["gx_human_area"]["ours"]) == pytest.approx(ours)


@pytest.mark.slow
def test_figure_and_second_run(built):
    assert built.result("planted/figures/nep_attribution.png").stat().st_size > 0
    manifest = built.result("planted/manifest.csv").read_text()
    assert "attribution/nep/joint_dominant" in manifest and "soil/carbon" in manifest
    assert "Nothing to be done" in built.run("-n")


@pytest.mark.slow
def test_projects_without_an_effect_show_none(built):
    table = rows(built.result("planted/tables/restoration_effects.csv"))
    value = {
        (row["measure"], row["quantity"]): float(row["value"]) for row in table if not row["of"]
    }
    how = {row["measure"]: row["of"] for row in table if row["quantity"] == "effect"}
    assert value["closing", "projects"] >= 6 > value["planting", "projects"]
    assert how == {"closing": "projects resampled", "planting": "placebo projects"}
    effect = {row["measure"]: float(row["value"]) for row in table if row["quantity"] == "effect"}
    assert all(abs(size) < 15 for size in effect.values())
    stages = rows(built.result("planted/tables/restoration_stages.csv"))
    assert {row["measure"] for row in stages} == {"closing", "planting", "untreated"}
    assert {row["stage"] for row in stages} >= {"2001-2005", "2006-2012"}
    assert built.result("planted/figures/restoration.png").stat().st_size > 0
    assert "Effect of restoration measures" in built.result("planted/report.html").read_text()
