"""Shares of partial correlations from rasters of a few cells, beside those of surrogates."""

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from nepflow.figures import chance
from nepflow.io import raster
from nepflow.pixel import correlation
from summarise_correlation import summarise_correlation

WIDE, HIGH = 30, 20
CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 1000 * HIGH), HIGH, WIDE)
YEARS = list(range(2000, 2024))
DRIVERS = ("temperature", "precipitation", "radiation")
OPTIONS = {"significance_p": 0.05, "detrend": False, "null_pixels": 100, "null_draws": 40}
SETTINGS = {
    "years": YEARS,
    "min_years": 8,
    "correlation": OPTIONS | {"seed": 1},
    "shared_inputs": dict.fromkeys(DRIVERS, "no"),
    "simulated": False,
}


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """NEP and temperature rise and have nothing else in common; a corner has no data."""
    folder = tmp_path_factory.mktemp("correlation")
    rng = np.random.default_rng(1)
    cubes = rng.normal(size=(4, len(YEARS), HIGH, WIDE)).astype("float32").astype("float64")
    rise = (0.1 * (np.arange(len(YEARS)) - 11.5))[:, None, None]
    cubes[:2] += rise.astype("float32")
    cubes[0, :, :4, :5] = np.nan
    paths = {}
    for name, cube in zip(("nep", *DRIVERS), cubes, strict=True):
        paths[name] = str(folder / f"{name}.tif")
        raster.write(cube, raster.Output(paths[name], "1", name, tuple(map(str, YEARS))), GRID)
    cubes = [cube.astype("float32").astype("float64") for cube in cubes]
    r, p = correlation.partial_correlation(cubes[0], cubes[1:], YEARS, 8)
    found = np.where(np.isnan(r[0]), np.nan, np.where(p[0] < 0.01, 1, 2))
    for name, layer in {
        "r": r[0],
        "fdr": found,
        "missing_reason": np.full((HIGH, WIDE), 3),
    }.items():
        paths[name] = str(folder / f"{name}.tif")
        raster.write(layer, raster.Output(paths[name], "1", name), GRID)
    paths["grid"] = str(folder / "grid.tif")
    inside = raster.Output(paths["grid"], "1", "area", dtype="uint8")
    raster.write(np.ones((HIGH, WIDE)), inside, GRID)
    return paths, r, p, folder


def table_of(made, name, mem_mb, settings=SETTINGS):
    paths, *_, folder = made
    drivers = {driver: (paths[driver], paths["fdr"]) for driver in DRIVERS}
    output = folder / name
    summarise_correlation(
        [paths["nep"]], drivers, paths, {"table": str(output)}, "nep", settings, mem_mb
    )
    return output


def test_shares_stand_beside_those_of_surrogates_and_without_the_year(made):
    _, r, p, _ = made
    path = table_of(made, "correlation_nep.csv", 500)
    rows = pd.read_csv(path)
    keys = ["driver", "method", "quantity"]
    value = rows.set_index(keys)["value"]
    assert set(rows[rows["chosen"]]["method"]) == {"plain"}
    known, (rise, strong) = ~np.isnan(r[0]), ((r[0] > 0), (p[0] < 0.05))
    plain = value["temperature", "plain"]
    assert plain["positive_share"] == pytest.approx(100 * rise[known].mean())
    wanted = 100 * (rise & strong)[known].mean()
    assert plain["significant_positive_share"] == pytest.approx(wanted)
    assert plain["mean_r"] == pytest.approx(np.nanmean(r[0]), abs=1e-9)
    assert plain["largest_significant_p_positive"] == pytest.approx(p[0][rise & strong].max())
    assert plain["discovered_share"] == pytest.approx(100 * (p[0][known] < 0.01).mean())
    assert plain["valid_area"] == 600 - 20 and plain["surrogates_of"] == 116  # every 5th of 580
    assert plain["significant_positive_share_of_surrogates"] == pytest.approx(wanted, abs=6)
    assert plain["significant_positive_share"] > 25
    free = value["temperature", "detrended"]
    for end in ("", "_of_surrogates"):
        assert free[f"significant_positive_share{end}"] < 6
    assert "discovered_share" not in free


def test_the_table_does_not_depend_on_the_strips(made):
    one = table_of(made, "one.csv", 500).read_text()
    assert table_of(made, "many.csv", 0.1).read_text() == one


def test_a_map_says_what_chance_gives(made):
    path = table_of(made, "correlation_nep.csv", 500)
    value = pd.read_csv(path).set_index(["driver", "method", "quantity"])["value"]
    found = chance.of_layers([], [path])
    classes = found["pixel/nep_partial_temperature_class"]
    plain, free = (value["temperature", method] for method in ("plain", "detrended"))
    strong = "significant_positive_share"
    assert classes.shares["significant positive"] == pytest.approx(
        (plain[f"{strong}_of_surrogates"], free[strong])
    )
    assert sum(share for share, _ in classes.shares.values()) == pytest.approx(100)
    note = found["pixel/nep_partial_temperature"].note
    assert f"{plain[f'{strong}_of_surrogates']:.1f} % significantly" in note
    assert f"With the year held fixed: {free['positive_share']:.1f} % positive" in note
    assert chance.note("Built in.", classes).startswith("Built in. In brackets: ")
    assert chance.note(None, None) is None
