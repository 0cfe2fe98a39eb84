"""Detectors, dominant drivers and land-use effect in a tiny simulation, from files to report."""

import csv

import numpy as np
import pandas as pd
import pytest
import yaml
from copies import TINY, Workflow
from nepflow.io import raster
from scipy import stats

pytestmark = pytest.mark.slow
SIMULATED = "simulated"
DRIVERS = ("temperature", "precipitation", "radiation")
FACTORS = [
    *({"name": name, "layer": f"pixel/{name}_mean"} for name in DRIVERS),
    {"name": "elevation", "layer": "dem"},
    {"name": "slope", "layer": "slope"},
    {"name": "land_cover", "layer": "landcover/landcover_2004"},
    {"name": "province", "file": "area.gpkg", "name_field": "name"},
    {"name": "height", "file": "dem.tif", "unit": "m"},
]
FIGURES = [
    {"name": "factors", "kind": "detector", "detector": "mean_nep"},
    {"name": "pairs", "kind": "interaction", "detector": "mean_nep"},
    {"name": "pairs_npp", "kind": "interaction", "detector": "mean_nep_npp", "width_mm": 85},
    {"name": "dominant", "kind": "classes", "layer": "pixel/nep_dominant_class"},
    {"name": "land_use", "kind": "land_use", "quantity": "nep"},
]


@pytest.fixture(scope="module")
def drivers(root, tmp_path_factory):
    """The tiny simulation with everything of this file switched on."""
    study = TINY | {
        "detectors": [{"name": "mean_nep", "of": "pixel/nep_mean", "factors": FACTORS}],
        "detector": {"sample": None, "draws": 99, "scale_steps": [1, 2]},
        "correlation": {"multiple": True},
        "land_use_effect": {
            "quantities": ["nep", "npp"],
            "years": 3,
            "min_years": 2,
            "neighbourhood_km": 400,
            "min_stable_cells": 5,
        },
        "figures": [{"title": "A title", "caption": "A caption."} | figure for figure in FIGURES],
    }
    workflow = Workflow(root, tmp_path_factory.mktemp("drivers") / "copy", tiny=study)
    workflow.run()
    return workflow


def table(workflow, name):
    return pd.read_csv(workflow.result(f"tiny/tables/{name}.csv"))


def layer(workflow, name, band=1):
    return raster.read(workflow.result(f"tiny/{name}.tif"), band)


def value(found, quantity, **where):
    rows = found[found["quantity"] == quantity]
    for column, wanted in where.items():
        rows = rows[rows[column] == wanted]
    (one,) = rows["value"]
    return one


def test_everything_is_in_the_report_and_nothing_is_left_to_do(drivers):
    page = drivers.result("tiny/report.html").read_text(encoding="utf-8")
    for text in (
        "What factors explain: mean nep",
        "What factors explain: mean nep npp",
        "What pairs of factors explain",
        "Area by dominant combination of drivers of NEP",
        "Effect of land-use change on NEP",
        "<h3>Geographical detector</h3>",
        "<h3>Dominant climate drivers</h3>",
        "<h3>Effect of land-use change</h3>",
    ):
        assert text in page, text
    assert "Nothing to be done" in drivers.run("-n")


def test_every_product_says_that_it_is_simulated(drivers):
    names = [path.stem for path in drivers.result("tiny/tables").glob("detector_*.csv")]
    assert len(names) == 2 * 6, "NEP, and NPP alone beside it"
    names += ["multiple_nep", "shares_dominant_class_npp", "land_use_effect_npp"]
    for name in names:
        assert set(table(drivers, name)["source"]) == {SIMULATED}, name
    for name in ("factors/province", "factors/height", "slope", "land_use/class_first"):
        tags = raster.tags_of(drivers.result(f"tiny/{name}.tif"))
        assert tags["simulated"] == SIMULATED, name


def test_q_against_a_plain_computation(drivers):
    """Of the factors that come in classes, over the cells that have every factor."""
    names = ["land_cover", "province"]
    paths = ["landcover/landcover_2004", "factors/province"]
    layers = [layer(drivers, "pixel/nep_mean"), *(layer(drivers, path) for path in paths)]
    every = [layer(drivers, name) for name in ("slope", "dem", "factors/height")]
    every += [layer(drivers, f"pixel/{name}_mean") for name in DRIVERS]
    known = np.isfinite(np.stack([*layers, *every])).all(axis=0)
    frame = pd.DataFrame({n: v[known] for n, v in zip(["y", *names], layers, strict=True)})
    found = table(drivers, "detector_factors_mean_nep")
    pairs = table(drivers, "detector_interactions_mean_nep")
    total = frame["y"].var(ddof=0) * len(frame)

    def q_of(columns):
        groups = frame.groupby(columns)["y"]
        return 1 - (groups.var(ddof=0) * groups.size()).sum() / total

    for name in names:
        assert value(found, "q_statistic", factor=name) == pytest.approx(q_of(name), abs=1e-9)
        assert value(found, "cells", factor=name) == known.sum()
    both = value(pairs, "q_both", first="land_cover", second="province")
    assert both == pytest.approx(q_of(names), abs=1e-9)


def test_the_same_elevation_explains_the_same(drivers):
    """The elevation of the study, and the user's file of it as a factor."""
    found = table(drivers, "detector_factors_mean_nep")
    one, other = (value(found, "q_statistic", factor=name) for name in ("elevation", "height"))
    assert one == pytest.approx(other, abs=0.02)


def test_factors_that_entered_are_marked(drivers):
    for name, wanted in (
        ("mean_nep", {"temperature", "precipitation", "radiation"}),
        ("mean_nep_npp", {"temperature", "radiation"}),
    ):
        found = table(drivers, f"detector_factors_{name}")
        assert set(found[found["shared_inputs"].notna()]["factor"]) == wanted


def test_tiny_strata_are_warned_of_where_there_are_any(drivers):
    with open(drivers.result("tiny/tables/warnings.csv"), encoding="utf-8") as file:
        topics = {row["topic"] for row in csv.DictReader(file)}
    for name, variable in (("mean_nep", "nep"), ("mean_nep_npp", "npp")):
        found = table(drivers, f"detector_factors_{name}")
        tiny = found[found["quantity"] == "tiny_strata"]["value"].max() > 0
        assert (f"detector of pixel/{variable}_mean" in topics) == tiny


def test_dominant_drivers_against_plain_regressions(drivers):
    codes = layer(drivers, "pixel/nep_dominant_class")
    r2 = layer(drivers, "pixel/nep_multiple_r2")
    names = raster.classes_of(drivers.result("tiny/pixel/nep_dominant_class.tif"))
    cubes = ["nep/nep", *(f"climate/{name}" for name in DRIVERS)]
    stack = [[layer(drivers, cube, band) for band in range(1, 10)] for cube in cubes]
    stack = np.array(stack)
    places = np.argwhere(np.isfinite(codes))
    for row, column in places[:: len(places) // 40]:
        series = stack[:, :, row, column]
        y, *others = series[:, np.isfinite(series).all(axis=0)]
        n = y.size

        def left(columns, y=y):
            design = np.column_stack([np.ones(y.size), *columns])
            return ((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum()

        rest, whole = left(others), left([])
        assert r2[row, column] == pytest.approx(1 - rest / whole, abs=1e-5)
        f = (whole - rest) / 3 / (rest / (n - 4))
        if stats.f.sf(f, 3, n - 4) >= 0.05:
            assert names[codes[row, column]] == "non-climatic"
            continue
        significant = []
        for place, name in enumerate(DRIVERS):
            without = left([o for k, o in enumerate(others) if k != place])
            t2 = (without - rest) / (rest / (n - 4))  # t of a coefficient is that of partial r
            significant += [name] if stats.f.sf(t2, 1, n - 4) < 0.05 else []
        assert names[codes[row, column]] == (" + ".join(significant) or "weak joint")


def annual_rasters(drivers, variable, years):
    """The years of a variable and the maps of land cover that serve them, as they lie on disk."""
    study = yaml.safe_load(drivers.result("tiny/study.yaml").read_text(encoding="utf-8"))
    if variable == "nep":
        values = [layer(drivers, "nep/nep", study["years"].index(year) + 1) for year in years]
    else:
        values = [layer(drivers, f"npp/{study['npp_year_folder'][y]}/npp_{y}") for y in years]
    maps = [
        layer(drivers, f"landcover/landcover_{study['landcover_year'][year]}") for year in years
    ]
    return np.array(values), np.array(maps)


@pytest.mark.parametrize("variable", ["nep", "npp"])
def test_land_use_effect_against_a_plain_computation(drivers, variable):
    """Means, commonest classes, densities and effects from the annual rasters, with pandas."""
    inside = layer(drivers, "grid") == 1
    columns = {}
    for when, years in (("first", range(2000, 2003)), ("last", range(2006, 2009))):
        values, maps = annual_rasters(drivers, variable, years)
        enough = np.isfinite(values).sum(axis=0) >= 2
        columns[when] = np.where(enough, np.nansum(values, 0), np.nan)[inside]
        columns[when] /= np.isfinite(values).sum(axis=0)[inside]
        columns[f"class_{when}"] = stats.mode(maps, axis=0, nan_policy="omit").mode[inside]
    frame = pd.DataFrame(columns)
    change = (frame["last"] - frame["first"]).rename("change")
    densities, sizes = {}, {}
    for when in ("first", "last"):
        groups = frame[change.notna()].groupby(f"class_{when}")[when]
        sizes[when] = frame.groupby(f"class_{when}").size()
        enough = groups.count() >= 0.1 * sizes[when].reindex(groups.count().index)
        densities[when] = groups.mean()[enough]
    names = raster.classes_of(drivers.result("tiny/land_use/class_first.tif"))
    found = table(drivers, f"land_use_effect_{variable}")
    pairs = frame.groupby(["class_first", "class_last"]).size() * 1600e-6
    totals = dict.fromkeys(("area_effect", "density_effect", "interaction_effect"), 0.0)
    for (i, j), area in pairs.items():
        where = {"from_class": names[i], "to_class": names[j]}
        if not all(k in densities[when].index for k in (i, j) for when in densities):
            assert found[(found[list(where)] == pd.Series(where)).all(axis=1)].empty
            continue
        moved = densities["first"][j] - densities["first"][i]
        parts = {
            "area_effect": area * moved,
            "density_effect": area * (densities["last"][i] - densities["first"][i]),
            "interaction_effect": area * (densities["last"][j] - densities["last"][i] - moved),
        }
        for name, part in parts.items():
            assert value(found, name, **where) == pytest.approx(part, abs=1e-5)
            totals[name] += part
    assert abs(totals["area_effect"]) > 0.01
    everywhere = {"from_class": "all", "to_class": "all"}
    for name, total in totals.items():
        assert value(found, name, **everywhere) == pytest.approx(total, abs=1e-4)
    both = densities["first"].index.intersection(densities["last"].index)
    usable = frame["class_first"].isin(both) & frame["class_last"].isin(both)
    observed = change[usable].sum() * 1600e-6
    assert value(found, "observed_change", **everywhere) == pytest.approx(observed, abs=1e-4)
