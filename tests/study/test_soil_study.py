"""A study of soil respiration and attribution on planted rasters, through the whole workflow."""

import csv
import math

import geopandas
import numpy as np
import pandas
import pytest
import rasterio
import tiles
from copies import Workflow
from nepflow.attribution import attribution
from nepflow.io import raster
from pyproj import Transformer
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
        "driver": "GTiff",
        "height": 16,
        "width": 22,
        "count": len(bands),
        "dtype": "float32",
        "crs": "EPSG:4326",
        "transform": from_origin(103, 28, 0.5, 0.5),
    }
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
        "site": ["a", "b", "far"],
        "lon": [106.0, 108.0, 10.0],
        "lat": [23.0, 24.0, 50.0],
        "nep": [-2.5, -3.0, 1.0],
        "class": ["EBF", "GRA", "GRA"],
    }
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


GRIDS = {
    "temperature": "degC",
    "precipitation": "mm month-1",
    "radiation": "MJ m-2 month-1",
}
STUDY = {
    "based_on": "guangxi_karst",
    "title": "Planted",
    "period": [YEARS[0], YEARS[-1]],
    "grid": {"resolution_m": 25000},
    "npp": {
        "source": "rasters",
        "resampling": "bilinear",  # as climate is
        "rasters": {"file": "npp_{year}.tif", "unit": "g C m-2 yr-1"},
    },
    "climate": {
        "source": "grids",
        "grids": [
            {"variable": name, "file": f"{name[0]}.tif", "unit": unit, "first_month": "2001-01"}
            for name, unit in GRIDS.items()
        ],
    },
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
        "min_cells": 1,
        "min_controls": 20,
        "neighbours": 5,
        "caliper": 3,
        "min_projects": 6,
        "draws": 100,
    },
    "sites": {"file": "towers.csv", "unit": "t C ha-1 yr-1", "sign": "release_positive"},
}


@pytest.fixture(scope="module")
def built(root, tmp_path_factory):
    """The study of Guangxi's karst with rasters instead of tiles and stations."""
    folder = tmp_path_factory.mktemp("soil") / "copy"
    workflow = Workflow(root, folder, planted=STUDY)
    plant(folder / "data/planted")
    workflow.run()
    return workflow


SCATTER = {"kind": "field_scatter", "caption": "Pairs."}
OTHER = STUDY | {
    "title": "Planted, constants from plots and coefficients by land cover",
    "attribution": STUDY["attribution"] | {"calibration": [2001, 2006], "pooling": "landcover"},
    "respiration": {"constants": "plots"},
    "plots": {"file": "calibration.csv", "calibration_draws": 99},
    "restoration": STUDY["restoration"] | {"file": "projects.tif", "table": "projects.csv"},
    "figures": [
        {"name": "towers", "of": "sites", "title": "NEP at towers"} | SCATTER,
        {"name": "plots", "of": "plots", "quantity": "rs", "title": "Rs at plots"} | SCATTER,
    ],
}
RATE = 1.4  # of GSMSR at the plots of OTHER, over the published one


def plant_other(folder):
    """Forest in the west and grassland in the east; plots where GSMSR respires more."""
    plant(folder)
    for tile, code in (("h27v06", 1), ("h28v06", 10)):
        tiles.write_landcover(folder / "modis", tile, np.full((120, 120), code), year=2001)
    rng = np.random.default_rng(6)
    t, p = rng.uniform(8, 24, 30), rng.uniform(700, 1900, 30)
    month = p / 120  # cm
    daily = 1.06 * np.exp(np.log(1.83 * np.exp(-0.006 * t)) * t / 10)
    daily *= (month + 2.972) / (month + 5.657)
    rs = RATE * 365.25 * daily * np.exp(rng.normal(0, 0.1, 30))
    plots = {
        "Record_number": range(30),
        "Longitude": 100 + 0.1 * np.arange(30),
        "Latitude": 25.0,
        "Ecosystem_type": "Forest",
        "Manipulation": "None",
        "MAT": t,
        "MAP": p,
        "Rs_annual": rs,
        "Rh_annual": 0.6 * rs,
    }
    pandas.DataFrame(plots).to_csv(folder / "calibration.csv", index=False)
    number = np.zeros((1, 16, 22))
    number[0, 7:9, 5:7], number[0, 10, 10:13] = 4, 9
    write(folder / "projects.tif", number)
    table = {"number": [4, 9], "project": ["p", "q"], "measure": ["closing", "planting"]}
    pandas.DataFrame(table | {"start_year": 2007}).to_csv(folder / "projects.csv", index=False)
    years = {"first_year": [2000, None, None], "last_year": [2003, None, None]}
    pandas.read_csv(folder / "towers.csv").assign(**years).to_csv(
        folder / "towers.csv", index=False
    )


@pytest.fixture(scope="module")
def other(root, tmp_path_factory):
    """What only the choices of OTHER make, and nothing else of it."""
    folder = tmp_path_factory.mktemp("other") / "copy"
    workflow = Workflow(root, folder, other=OTHER)
    plant_other(folder / "data/other")
    names = ("calibration_plots", "plots_comparison", "pooled_npp", "attribution_npp", "warnings")
    wanted = [f"results/other/tables/{name}.csv" for name in names]
    wanted += [f"results/other/figures/{name}.png" for name in ("towers", "plots")]
    wanted.append("results/other/restoration/projects.csv")
    workflow.run(*wanted)
    return workflow


@pytest.mark.slow
def test_constants_from_plots_are_used_and_evaluated(other):
    table = rows(other.result("other/tables/calibration_plots.csv"))
    constant = {
        row["quantity"]: float(row["value"])
        for row in table
        if (row["model"], row["statistic"]) == ("gsmsr", "calibrated")
    }
    t = 16.0
    rate = constant["rate"] * (constant["q10_at_zero"] * np.exp(-0.006 * t)) ** (t / 10)
    published = 0.588 * (1.83 * np.exp(-0.006 * t)) ** (t / 10)
    assert rate / published == pytest.approx(RATE, rel=0.05)
    found = {
        (row["variable"], row["model"], row["quantity"]): float(row["value"])
        for row in rows(other.result("other/tables/plots_comparison.csv"))
        if row["group"] == "all plots"
    }
    plain, own = (found["rs", f"gsmsr{end}", "rmse"] for end in ("", " calibrated"))
    assert own < 0.5 * plain
    ratio = found["rs", "gsmsr calibrated", "modelled_mean"] / found["rs", "gsmsr", "modelled_mean"]
    assert ratio == pytest.approx(RATE, rel=0.05)
    rs = raster.read(other.result("other/nep/rs_gsmsr_bond_lamberty2004.tif"))
    season = 20 - 8 * np.cos(2 * np.pi * np.arange(12) / 12)
    months = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
    p = 11 * (1 - 0.7 * np.cos(2 * np.pi * np.arange(12) / 12))
    q10 = constant["q10_at_zero"] * np.exp(-0.006 * season)
    daily = (constant["rate"] + 4 * constant["rate_per_carbon"]) * q10 ** (season / 10)
    annual = (daily * (p + 2.972) / (p + 5.657) * months).sum()
    assert np.nanmean(rs) == pytest.approx(annual, rel=0.02)
    warnings = {
        row["topic"]: row["warning"] for row in rows(other.result("other/tables/warnings.csv"))
    }
    seen = found["rh", "gsmsr_bond_lamberty2004 calibrated", "modelled_mean"]
    assert f"and {seen:.0f} by the study's model (GSMSR" in warnings["field plots"]


@pytest.mark.slow
def test_pooled_coefficients_find_the_planted_trend_from_six_years(other):
    """Two types; NPP rises by 20 g C m-2 yr-1 a kelvin and by HUMAN a year."""
    table = rows(other.result("other/tables/pooled_npp.csv"))
    pixels = [float(row["value"]) for row in table if row["quantity"] == "pixels"]
    assert len({row["type"] for row in table}) == 2
    nep = raster.read(other.result("other/nep/nep.tif"))
    grid = raster.grid_of(other.result("other/nep/nep.tif"))
    x, y = np.broadcast_arrays(*grid.xy(0, grid.height))
    lon, lat = Transformer.from_crs(grid.crs, "EPSG:4326", always_xy=True).transform(x, y)
    # h28 begins at 100 degrees of the equator; cells on the seam are of the commoner type
    east = (lon * np.cos(np.radians(lat)) > 100)[np.isfinite(nep)]
    assert sorted(set(pixels)) == pytest.approx([east.sum(), (~east).sum()], abs=4)
    joint = [
        float(row["value"])
        for row in table
        if (row["method"], row["driver"]) == ("joint", "temperature")
    ]
    # noise of 4 over a spread of 0.3 K; of each type some 30 cells of the rasters, four free years
    error = 4 / 0.3 / np.sqrt(30 * 4)
    assert joint == pytest.approx([20, 20], abs=3 * error)
    value = {
        (row["method"], row["of"], row["quantity"]): float(row["value"] or "nan")
        for row in rows(other.result("other/tables/attribution_npp.csv"))
    }
    for method in ("joint", "first_difference"):
        assert value[method, "residual", "mean_slope"] == pytest.approx(HUMAN, abs=0.25)


@pytest.mark.slow
def test_projects_of_a_raster_lie_on_the_grid(other):
    """Half-degree cells, of which those of 105-110 E, 22-25 N count; the grid has 25 km."""
    table = {row["project"]: row for row in rows(other.result("other/restoration/projects.csv"))}
    assert table["p"]["measure"] == "closing" and table["q"]["start_year"] == "2007"
    number = raster.read(other.result("other/restoration/projects.tif"))
    for project in ("p", "q"):
        cells = float(table[project]["cells"])
        assert (number == float(table[project]["number"])).sum() == cells
    # 1.5 degrees of longitude by half a degree: 152 km x 55 km
    assert float(table["q"]["cells"]) == pytest.approx(152 * 55 / 25**2, abs=4)


@pytest.mark.slow
def test_sites_are_drawn(other):
    for name in ("towers", "plots"):
        assert other.result(f"other/figures/{name}.png").stat().st_size > 5000
    pairs = rows(other.result("other/evaluation/sites.csv"))
    assert [row["name"] for row in pairs] == ["a", "b"]
    assert {row["model"] for row in pairs} == {"mean of the site's years"}
    assert [row["years"] for row in pairs] == ["3", "12"]


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
    table = rows(built.result("planted/tables/respiration_variants.csv"))
    means = {row["variant"]: float(row["value"]) for row in table if row["quantity"] == "nep_mean"}
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
    """NPP: joint and differences find the human trend, RESTREND misses it."""
    table = rows(built.result("planted/tables/attribution_npp.csv"))
    value = {(r["method"], r["of"], r["quantity"]): float(r["value"] or math.nan) for r in table}
    for method in ("joint", "first_difference"):
        assert value[method, "residual", "mean_slope"] == pytest.approx(HUMAN, abs=0.25)
    miss = value["joint", "residual", "mean_slope"] - value["restrend", "residual", "mean_slope"]
    assert miss == pytest.approx(-value["restrend", "residual", "mean_bias"], rel=1e-4)
    assert miss > 0.5
    for method in attribution.METHODS:
        names = ("observed", "climate", "residual")
        observed, climate, rest = (value[method, name, "mean_slope"] for name in names)
        assert observed == pytest.approx(climate + rest, abs=1e-5)
        for quantity in ("case_share", "class_share", "dominant_share"):
            shares = [v for (m, _, q), v in value.items() if (m, q) == (method, quantity)]
            assert math.fsum(shares) == pytest.approx(100, abs=1e-6), (method, quantity)
        assert 0 <= value[method, attribution.DOMINANT[3], "null_dominant_share"] <= 100
        if method != "restrend":
            low, high = (value[method, "residual", f"mean_slope_{end}"] for end in ("low", "high"))
            assert low < HUMAN < high


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
    mean = raster.read(built.result("planted/pixel/nep_mean.tif"))
    assert [row["name"] for row in sites] == ["a", "b"]
    assert [float(row["observed"]) for row in sites] == [250, 300]
    assert all(np.nanmin(mean) <= float(row["modelled"]) <= np.nanmax(mean) for row in sites)


@pytest.mark.slow
def test_karst_is_compared_and_numbers_are_named(built):
    table = rows(built.result("planted/tables/contrast_karst.csv"))
    value = {(row["layer"], row["measure"]): float(row["value"] or "nan") for row in table}
    for layer in ("pixel/nep_mean", "pixel/nep_sen_slope"):
        low, high = value[layer, "interval_low"], value[layer, "interval_high"]
        assert low <= value[layer, "matched_difference"] <= high
    assert abs(value["pixel/nep_mean", "difference"]) < 20  # nothing is planted
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
    assert "attribution/nep_joint_dominant" in manifest and "soil/carbon" in manifest
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
