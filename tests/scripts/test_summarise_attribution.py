"""Rasters of attribution add, classes cover the area once, and the table closes to 100."""

import climate_study
import numpy as np
import pandas as pd
import pytest
from estimate_attribution import estimate_attribution
from estimate_residual_bias import estimate_residual_bias
from nepflow import attribution, raster, sampling
from summarise_attribution import LAYERS, summarise_attribution

YEARS = list(range(2001, 2021))
OPTIONS = {
    "claim": "joint", "significance_p": 0.05, "dominance_percent": 50, "calibration": None,
    "null_draws": 3, "null_pixels": 50, "seed": 1,
}  # fmt: skip
NAMES = ("climate", "rest", "drivers", "share", "cases", "dominant")


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
    tags = {"simulated": "simulated (twin)"}
    for name, values in (("nep", nep), ("temperature", warmth), ("precipitation", rain)):
        output = raster.Output(folder / f"{name}.tif", "g C m-2 yr-1", name, bands, tags=tags)
        raster.write(values, output, grid)
    drivers = {name: folder / f"{name}.tif" for name in ("temperature", "precipitation")}
    methods = {}
    for method in attribution.METHODS:
        files = {name: folder / f"{method}_{name}.tif" for name in NAMES}
        estimate_attribution(
            [folder / "nep.tif"], drivers, paths["grid"], list(files.values()), method, YEARS, 8,
            OPTIONS, 20, 1,
        )  # fmt: skip
        methods[method] = files
    shared = {name: folder / f"{name}.tif" for name in ("observed", "p", "time_r2", "bias")}
    estimate_residual_bias(
        [folder / "nep.tif"],
        drivers,
        list(shared.values()),
        YEARS,
        8,
        OPTIONS,
        20,
        1,
    )
    table = folder / "table.csv"
    summarise_attribution(
        shared, {m: {n: files[n] for n in LAYERS} for m, files in methods.items()},
        [folder / "nep.tif"], drivers, paths["grid"], table, OPTIONS, YEARS, 8, 20,
    )  # fmt: skip
    return paths, shared, methods, pd.read_csv(table)


@pytest.mark.parametrize("method", attribution.METHODS)
def test_layers_add_and_classes_cover_the_area(made, method):
    paths, shared, methods, _ = made
    layer = {name: raster.read(path) for name, path in methods[method].items()}
    observed, inside = raster.read(shared["observed"]), raster.read(paths["grid"]) == 1
    known = np.isfinite(observed)
    assert not known[2, 3] and known.sum() == known.size - 1
    np.testing.assert_allclose(
        observed[known], (layer["climate"] + layer["rest"])[known], atol=1e-5
    )
    for name in ("cases", "dominant"):
        assert (np.isfinite(layer[name]) == inside).all()
        assert layer[name][2, 3] == (7 if name == "cases" else 5)
    tags = raster.tags_of(methods[method]["rest"])
    assert tags["unit"] == "g C m-2 yr-2" and tags["simulated"] == "simulated (twin)"
    names = raster.classes_of(methods[method]["dominant"])
    assert names == attribution.DOMINANT


def test_bias_layer_is_the_difference_of_the_methods(made):
    _, shared, methods, _ = made
    gap = raster.read(methods["residual"]["rest"]) - raster.read(methods["joint"]["rest"])
    np.testing.assert_allclose(raster.read(shared["bias"]), gap, atol=1e-5)


def test_table_closes_and_says_which_is_claimed(made):
    table = made[3]
    assert set(table["source"]) == {"simulated (twin)"}
    assert set(table[table["claimed"]]["method"]) == {"joint"}
    for method in attribution.METHODS:
        part = table[table["method"] == method].set_index(["quantity", "of"])["value"]
        for quantity in ("case_share", "class_share", "dominant_share"):
            assert part[quantity].sum() == pytest.approx(100)
        slopes = part["mean_slope"]
        assert slopes["observed"] == pytest.approx(slopes["climate"] + slopes["rest"], abs=1e-5)
        drivers = slopes[[name for name in slopes.index if name.startswith("climate: ")]]
        assert drivers.sum() == pytest.approx(slopes["climate"], abs=1e-5)
        assert 0 <= part["null_dominant_share"].iloc[0] <= 100
    joint = table[(table["method"] == "joint") & (table["of"] == "rest")]
    slope = joint.set_index("quantity")["value"]["mean_slope"]
    assert slope == pytest.approx(2.0, abs=0.1)


def test_sample_does_not_depend_on_the_strips(made, tmp_path):
    paths, shared, _, _ = made
    for cells in (40, 10_000):
        few, many = (
            sampling.series([shared["p"]], paths["grid"], cells, 5, mem_mb)[0]
            for mem_mb in (0.005, 100)
        )
        np.testing.assert_array_equal(few, many)
    assert few.shape == (1, int((raster.read(paths["grid"]) == 1).sum()))
