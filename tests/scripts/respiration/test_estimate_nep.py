"""NEP, NPP and Rh are absent together, so that they close in every mean; a check that sees it."""

import math

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from compare_truth import COVERAGE, compare_truth
from estimate_mean import estimate_mean
from estimate_nep import estimate_nep
from nepflow.io import raster
from nepflow.zones import sums as zones_sums
from sum_zones import sum_zones
from summarise_zones import summarise_zones

GRID = raster.Grid(
    pyproj.CRS.from_epsg(6933).to_wkt(), Affine(1000, 0, 0, 0, -1000, 6000), 6, 5
)  # cells of 1 km2
YEARS = [2001, 2002, 2003]
UNIT = "g C m-2 yr-1"
GAPS = {
    "none": (),
    "npp in one year": (("npp", 1, (2, 3)),),
    "npp in all years": (("npp", slice(None), (2, 3)),),
    "climate in one year": (("rh", 2, (0, 0)),),
    "climate in all years": (("rh", slice(None), (4, slice(None))),),
    "both, apart": (("npp", 0, (1, 1)), ("rh", 0, (3, 2)), ("rh", 1, (1, 1))),
    "a whole zone in one year": (("npp", 1, (slice(0, 3), slice(None))),),
}


def written(folder, name, values, bands=("1",), **more):
    path = str(folder / f"{name}.tif")
    values = np.array(values, "float32")
    raster.write(values, raster.Output(path, UNIT, name, tuple(map(str, bands)), **more), GRID)
    return path


def fluxes(gaps):
    """NPP and Rh of 3 years, float32, with gaps."""
    rng = np.random.default_rng(4)
    found = {"npp": rng.uniform(50, 1900, (3, 6, 5)), "rh": rng.uniform(20, 900, (3, 6, 5))}
    for name, year, place in gaps:
        found[name][(year, *place)] = np.nan
    return {name: values.astype("float32") for name, values in found.items()}


def balanced(folder, gaps):
    """Paths of what goes in and of the three cubes."""
    own = fluxes(gaps)
    years = [written(folder, f"npp_{y}", own["npp"][i][None]) for i, y in enumerate(YEARS)]
    rh = written(folder, "rh_monthly", own["rh"], YEARS)
    cubes = {name: str(folder / f"{name}.tif") for name in ("nep", "npp", "rh")}
    estimate_nep(years, rh, cubes, mem_mb=100, threads=1)
    return own, cubes, rh


def bands(path, years=YEARS):
    return np.stack([raster.read(path, band) for band in range(1, len(years) + 1)])


def sums_of(folder, cubes):
    grid = written(folder, "grid", np.ones((1, 6, 5)), dtype="uint8", classes={1: "all"})
    halves = np.repeat([[1], [2]], 3, axis=0) * np.ones((1, 5))
    names = {1: "north", 2: "south"}
    zones = written(folder, "zones", halves[None], dtype="uint8", classes=names)
    path = folder / "sums.parquet"
    layers = {name: [cube] for name, cube in cubes.items()}
    sum_zones(layers, {"region": grid, "half": zones}, YEARS, {}, path, 100)
    return path, grid


def checked(path):
    """The two rows of checks.csv: (value, limit, passed)."""
    largest_nep, largest_flux = 1900.0, 1900.0
    return [
        (value, limit, passed)
        for _, value, limit, _, passed in zones_sums.balance_rows(
            pd.read_parquet(path), largest_nep, largest_flux
        )
    ]


@pytest.mark.parametrize("gaps", GAPS.values(), ids=GAPS)
def test_the_three_are_absent_together_and_keep_their_values(tmp_path, gaps):
    own, cubes, _ = balanced(tmp_path, gaps)
    nep, npp, rh = (bands(path) for path in cubes.values())
    both = np.isfinite(own["npp"]) & np.isfinite(own["rh"])
    for found in (nep, npp, rh):
        np.testing.assert_array_equal(np.isfinite(found), both)
    np.testing.assert_array_equal(npp[both], own["npp"][both])  # not a bit of them moves
    np.testing.assert_array_equal(rh[both], own["rh"][both])
    np.testing.assert_allclose(nep[both], npp[both].astype(float) - rh[both], rtol=2**-23)


@pytest.mark.parametrize("gaps", GAPS.values(), ids=GAPS)
def test_means_and_totals_of_zones_and_years_close(tmp_path, gaps):
    own, cubes, _ = balanced(tmp_path, gaps)
    path, grid = sums_of(tmp_path, cubes)
    (off, limit, passed), (apart, _, same) = checked(path)
    assert passed and same and apart == 0
    assert off <= limit < 2e-4
    outputs = {"series": tmp_path / "s.csv", "trends": tmp_path / "t.csv"}
    outputs |= {f"shown_{name}": tmp_path / f"shown_{name}.csv" for name in ("series", "trends")}
    summary = zones_sums.Summary(mean_years=1, trend_years=3)
    settings = {"summary": summary, "show": None, "simulated": False}
    summarise_zones(path, "half", grid, outputs, YEARS, settings)
    for name, rest in (("s", ("mean", "total", "valid_area")), ("t", ("mean", "total"))):
        table = pd.read_csv(tmp_path / f"{name}.csv").pivot_table(
            index=["zones", "zone", "year"], columns="quantity", values="value", dropna=False
        )
        for statistic in rest:
            nep, npp, rh = (table[f"{flux}_{statistic}"] for flux in ("nep", "npp", "rh"))
            if statistic == "valid_area":
                np.testing.assert_array_equal(nep, npp)
                np.testing.assert_array_equal(nep, rh)
            else:
                np.testing.assert_allclose(npp - rh, nep, atol=limit, equal_nan=True)
    # by hand: the north in the second year
    both = np.isfinite((own["npp"] + own["rh"])[1, :3])
    values = own["rh"][1, :3][both].astype(float)
    expected = values.sum() / both.sum() if both.any() else math.nan
    found = pd.read_csv(tmp_path / "s.csv").set_index(["zone", "year", "quantity"]).value
    assert found["north", 2002, "rh_mean"] == pytest.approx(expected, rel=1e-6, nan_ok=True)


def test_years_with_the_map_of_another_year_count_for_the_region_alone(tmp_path):
    """Zones of 2002 and 2003; 2001 stands in their table nowhere, in that of the region it does."""
    own, cubes, _ = balanced(tmp_path, ())
    path, grid = sums_of(tmp_path, cubes)
    outputs = {"series": tmp_path / "s.csv", "trends": tmp_path / "t.csv"}
    summary = zones_sums.Summary(mean_years=2, trend_years=3)
    summarise_zones(path, "half", grid, outputs, YEARS[1:], summary, simulated=False)
    series = pd.read_csv(outputs["series"])
    years = series.groupby("zone")["year"].unique().map(sorted).to_dict()
    assert years == {"all": YEARS, "north": YEARS[1:], "south": YEARS[1:]}
    trends = pd.read_csv(outputs["trends"]).set_index(["zone", "quantity"])
    assert trends["valid_years"].groupby("zone").unique().map(list).to_dict() == {
        "all": [3],
        "north": [2],
        "south": [2],
    }
    assert set(trends.loc["north"]["year"]) == {"2002-2003"}
    expected = (own["npp"][1:, :3].mean((1, 2), float)).mean()
    assert trends["value"]["north", "npp_mean"] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("gaps", [value for name, value in GAPS.items() if name != "none"])
def test_the_check_fails_where_the_mask_differs(tmp_path, gaps):
    own, cubes, rh = balanced(tmp_path, gaps)
    whole = written(tmp_path, "whole", own["npp"], YEARS)
    path, _ = sums_of(tmp_path, cubes | {"npp": whole, "rh": rh})
    (off, limit, passed), (apart, _, same) = checked(path)
    assert not same and apart >= 1
    # a zone without NEP in a year has no mean to compare: its cells tell
    assert (not passed and off > limit) or apart == 15


def test_one_cell_of_very_many_is_seen_by_its_count(tmp_path):
    rows = [
        ("region", 1, "all", name, UNIT, 2001, total, cells, 12_000_000)
        for name, total, cells in (
            ("nep", 1.2e9, 12_000_000),
            ("npp", 6e9, 12_000_000),
            ("rh", 4.8e9 + 400, 12_000_001),
        )
    ]
    columns = ["zones", "code", "zone", "quantity", "unit", "year", "total", "cells", "size"]
    pd.DataFrame(rows, columns=columns).to_parquet(tmp_path / "sums.parquet")
    (_, _, passed), (apart, limit, same) = checked(tmp_path / "sums.parquet")
    assert passed and (apart, limit, same) == (1, 0, False)


def test_a_wrong_mean_of_a_hundredth_is_seen(tmp_path):
    _, cubes, _ = balanced(tmp_path, ())
    path, _ = sums_of(tmp_path, cubes)
    sums = pd.read_parquet(path)
    here = (sums.quantity == "rh") & (sums.year == 2003) & (sums.zone == "south")
    sums.loc[here, "total"] += 0.01 * sums.loc[here, "cells"]
    sums.to_parquet(path)
    (off, _, passed), (_, _, same) = checked(path)
    assert off == pytest.approx(0.01, rel=0.01) and not passed and same


def test_means_of_pixels_close_where_years_are_missing(tmp_path):
    _, cubes, _ = balanced(tmp_path, GAPS["both, apart"])
    means = []
    for name, cube in cubes.items():
        paths = [str(tmp_path / f"{name}_{part}.tif") for part in ("mean", "years")]
        estimate_mean([cube], *paths, min_years=1, mem_mb=100)
        means.append(raster.read(paths[0]))
        assert raster.read(paths[1])[1, 1] == 1 and raster.read(paths[1])[3, 2] == 2
    nep, npp, rh = means
    np.testing.assert_allclose(npp - rh, nep, atol=1e-3)


def test_truth_is_compared_over_the_cells_of_nep(tmp_path):
    """Rh of all cells is counted where NEP exists when the cube of NEP is given."""
    own, cubes, rh = balanced(tmp_path, GAPS["npp in all years"])
    truth = written(tmp_path, "truth", own["rh"] + 5, YEARS)
    grid = written(tmp_path, "inside", np.ones((1, 6, 5)), dtype="uint8")
    pairs = {
        "all": (truth, rh),
        "balance": (truth, cubes["rh"]),
        "mask": (truth, rh, truth, cubes["nep"]),
    }
    compare_truth(pairs, grid, tmp_path / "recovery.csv", 100)
    found = pd.read_csv(tmp_path / "recovery.csv").set_index(["quantity", "statistic"]).value
    assert found["all", "cells"] == 90 and found["balance", "cells"] == 87
    for statistic in ("cells", "true mean", "recovered mean", "bias"):
        assert found["mask", statistic] == found["balance", statistic]
    assert found["mask", "bias"] == pytest.approx(-5, abs=1e-4)
    assert not math.isnan(found["mask", "correlation"])


def test_intervals_that_hold_the_truth_are_counted(tmp_path):
    """1.96 standard errors of 1 hold what is 1.9 off, not what is 2 off, in the band named."""
    shape = 3, 6, 5
    off = np.full(shape, 2.0)
    off[1, :2] = 1.9
    off[1, 5, 4] = np.nan
    truth = written(tmp_path, "truth", np.full(shape, 10.0), YEARS)
    found = written(tmp_path, "found", 10.0 + off, YEARS)
    error = written(tmp_path, "error", np.ones((1, 6, 5)))
    grid = written(tmp_path, "inside", np.ones((1, 6, 5)), dtype="uint8")
    intervals = {"t": {1: error}, "none": {}}
    pairs = {"t": (truth, found), "none": (truth, found)}
    compare_truth(pairs, grid, tmp_path / "recovery.csv", 100, intervals)
    table = pd.read_csv(tmp_path / "recovery.csv").set_index(["quantity", "statistic"]).value
    assert table["t", COVERAGE] == pytest.approx(100 * 10 / 29)
    assert ("none", COVERAGE) not in table.index


def test_where_nothing_is_known_the_check_fails(tmp_path):
    _, cubes, _ = balanced(tmp_path, (("npp", slice(None), (slice(None), slice(None))),))
    path, _ = sums_of(tmp_path, cubes)
    (off, _, passed), (apart, _, same) = checked(path)
    assert math.isnan(off) and not passed and same and apart == 0
