"""Rasters of attribution add, classes cover the area once, and the table closes to 100."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from estimate_attribution import estimate_attribution
from estimate_restrend_bias import estimate_restrend_bias
from nepflow.attribution import attribution
from nepflow.evaluation import numbers
from nepflow.io import raster
from nepflow.report import tables
from nepflow.spatial import sampling
from summarise_attribution import LAYERS, summarise_attribution

YEARS = list(range(2001, 2021))
OPTIONS = {
    "main_method": "joint",
    "significance_p": 0.05,
    "dominance_percent": 50,
    "calibration": None,
    "null_draws": 3,
    "null_pixels": 50,
    "seed": 1,
    "confidence_percent": 95,
}
NAMES = ("climate", "residual", "drivers", "share", "cases", "dominant")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """NEP = 10 T + 2 t + noise on 20 x 30 cells, a hole in it, a quarter outside."""
    folder = tmp_path_factory.mktemp("attribution")
    paths = climate_study.make(folder, simulated=True)
    grid = raster.grid_of(paths["grid"])
    rng = np.random.default_rng(3)
    t = np.arange(20.0)[:, None, None]
    warmth = 15 + 0.05 * t + rng.normal(0, 0.4, (20, 20, 30))
    rain = 1000 + rng.normal(0, 100, (20, 20, 30))
    nep = 10 * warmth + 2 * t + rng.normal(0, 8, (20, 20, 30))
    nep[:, 2, 3] = np.nan
    bands = [str(year) for year in YEARS]
    tags = {"simulated": "simulated"}
    for name, values in (("nep", nep), ("temperature", warmth), ("precipitation", rain)):
        output = raster.Output(folder / f"{name}.tif", "g C m-2 yr-1", name, bands, tags=tags)
        raster.write(values, output, grid)
    drivers = {name: folder / f"{name}.tif" for name in ("temperature", "precipitation")}
    given = {"grid": paths["grid"], "pooled": [], "types": []}
    settings = {"years": YEARS, "min_years": 8, "attribution": OPTIONS}
    methods = {}
    for method in attribution.METHODS:
        files = {name: folder / f"{method}_{name}.tif" for name in NAMES}
        estimate_attribution([folder / "nep.tif"], drivers, given, files, method, settings, 20, 1)
        methods[method] = files
    shared = {name: folder / f"{name}.tif" for name in ("observed", "p", "time_r2", "bias")}
    estimate_restrend_bias([folder / "nep.tif"], drivers, given, shared, settings, 20, 1)
    table = folder / "table.csv"
    summarise_attribution(
        {m: {n: files[n] for n in LAYERS} for m, files in methods.items()},
        [folder / "nep.tif"],
        drivers,
        given | shared,
        {"table": table},
        settings | {"shared_inputs": {}, "simulated": True},
        20,
    )
    return paths, shared, methods, pd.read_csv(table)


@pytest.mark.parametrize("method", attribution.METHODS)
def test_layers_add_and_classes_cover_the_area(made, method):
    paths, shared, methods, _ = made
    layer = {name: raster.read(path) for name, path in methods[method].items()}
    observed, inside = raster.read(shared["observed"]), raster.read(paths["grid"]) == 1
    known = np.isfinite(observed)
    assert not known[2, 3] and known.sum() == known.size - 1
    np.testing.assert_allclose(
        observed[known], (layer["climate"] + layer["residual"])[known], atol=1e-5
    )
    for name in ("cases", "dominant"):
        assert (np.isfinite(layer[name]) == inside).all()
        assert layer[name][2, 3] == (7 if name == "cases" else 5)
    tags = raster.tags_of(methods[method]["residual"])
    assert tags["unit"] == "g C m-2 yr-2" and tags["simulated"] == "simulated"
    names = raster.classes_of(methods[method]["dominant"])
    assert names == attribution.DOMINANT


def test_bias_layer_is_the_difference_of_the_methods(made):
    _, shared, methods, _ = made
    gap = raster.read(methods["restrend"]["residual"]) - raster.read(methods["joint"]["residual"])
    np.testing.assert_allclose(raster.read(shared["bias"]), gap, atol=1e-5)


def test_table_closes_and_says_which_is_claimed(made):
    table = made[3]
    assert set(table["source"]) == {"simulated"}
    assert set(table[table["claimed"]]["method"]) == {"joint"}
    for method in attribution.METHODS:
        part = table[table["method"] == method].set_index(["quantity", "of"])["value"]
        for quantity in ("case_share", "class_share", "dominant_share"):
            assert part[quantity].sum() == pytest.approx(100)
        slopes = part["mean_slope"]
        assert slopes["observed"] == pytest.approx(slopes["climate"] + slopes["residual"], abs=1e-5)
        drivers = slopes[[name for name in slopes.index if name.startswith("climate: ")]]
        assert drivers.sum() == pytest.approx(slopes["climate"], abs=1e-5)
        shares = [name for name in part.index.get_level_values(0).unique() if "share" in name]
        for quantity in shares:
            if not quantity.startswith(("null_", "trend_")):
                assert part[quantity].index.equals(part[f"null_{quantity}"].index), quantity
        assert part["null_case_share"].sum() == pytest.approx(100)
        assert part["null_dominant_share"].sum() == pytest.approx(100)
    joint = table[(table["method"] == "joint") & (table["of"] == "residual")]
    slope = joint.set_index("quantity")["value"]["mean_slope"]
    assert slope == pytest.approx(2.0, abs=0.1)


def test_contributions_are_means_of_the_cells_of_a_case(made):
    _, _, methods, table = made
    for method, files in methods.items():
        cases, share = raster.read(files["cases"]), raster.read(files["share"])
        part = table[table["method"] == method].set_index(["quantity", "of"])["value"]
        there = [code for code in attribution.CASES if code < 7 and (cases == code).any()]
        assert 1 in there
        for code in there:
            name = attribution.CASES[code]
            mean = share[cases == code].mean()
            assert part["residual_contribution", name] == pytest.approx(mean, abs=1e-4)
            assert part["climate_contribution", name] == pytest.approx(100 - mean, abs=1e-4)


def test_intervals_stand_beside_the_slopes(made):
    """Cells share the drivers' trend only by chance, so the error is small; 2 is planted."""
    table = made[3]
    for method in ("joint", "first_difference"):
        part = table[table["method"] == method].set_index(["of", "quantity"])["value"]
        for name in ("observed", "climate", "residual", "climate: temperature"):
            low, mean, high = (part[name, f"mean_slope{end}"] for end in ("_low", "", "_high"))
            assert low < mean < high
            half = part[name, "mean_slope_error"] * 2.1199  # t of 16 degrees of freedom
            assert high - mean == pytest.approx(half, rel=1e-4)
        assert part["residual", "mean_slope_low"] < 2 < part["residual", "mean_slope_high"]
        share = 100 * part["residual", "mean_slope"] / part["observed", "mean_slope"]
        assert part["residual", "trend_share"] == pytest.approx(share, rel=1e-6)
        assert part["climate", "trend_share"] == pytest.approx(100 - share, rel=1e-6)
        widths = [
            part[name, "trend_share_high"] - part[name, "trend_share_low"]
            for name in ("residual", "climate")
        ]
        assert widths[0] == pytest.approx(widths[1], rel=1e-6)


def test_report_shows_slopes_cases_classes_and_dominance(made):
    blocks = tables.blocks(made[3])
    titles = [block["title"] for block in blocks]
    assert titles == [
        "Mean trend",
        "Share of the mean trend",
        "Cases",
        "Classes",
        "Dominant factor",
    ]
    heads = [column["text"] for column in blocks[2]["columns"]]
    assert heads[:4] == ["Method", "Of", "Share", "Share by chance"]
    assert "Residual contribution" in heads and len(blocks[2]["rows"]) == 3 * 7
    slopes = {tuple(row[:2]): row[2:] for row in blocks[0]["rows"]}
    assert (
        len(slopes["joint, claimed", "residual"]) == 5
        and "–" in slopes["joint, claimed", "residual"]
    )
    assert {row[0] for row in blocks[4]["rows"]} == {
        "restrend",
        "joint, claimed",
        "first difference",
    }


def test_numbers_of_the_text_have_every_share_beside_chance(made):
    rows = {row[:2]: row[2:] for row in numbers.attribution_numbers(made[3], "2001-2020")}
    joint = made[3][made[3]["claimed"]].set_index(["of", "quantity"])["value"]
    for of, quantity in joint.index:
        if "share" in quantity:
            assert rows[quantity, of][0] == joint[of, quantity]
    assert ("null_case_share", attribution.CASES[1]) in rows
    assert ("null_dominant_share", attribution.DOMINANT[1]) in rows
    assert rows["nep_slope_part_low", "residual"][0] == joint["residual", "mean_slope_low"]
    assert rows["nep_slope_part", "climate"][1:3] == ("g C m-2 yr-2", "2001-2020")
    assert rows["residual_contribution", attribution.CASES[1]][1] == "% of the trend, mean of cells"


def test_sample_does_not_depend_on_the_strips(made, tmp_path):
    paths, shared, _, _ = made
    for cells in (40, 10_000):
        few, many = (
            sampling.series([shared["p"]], paths["grid"], cells, 5, mem_mb)[0]
            for mem_mb in (0.005, 100)
        )
        np.testing.assert_array_equal(few, many)
    assert few.shape == (1, int((raster.read(paths["grid"]) == 1).sum()))
