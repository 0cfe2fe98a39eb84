"""Mean NEP, total and source share by time_step of the respiration equation, by hand."""

import math

import numpy as np
import pandas as pd
import pyproj
import pytest
from affine import Affine
from compare_respiration import compare_respiration
from nepflow.io import raster

CRS = pyproj.CRS.from_epsg(6933).to_wkt()
GRID = raster.Grid(CRS, Affine(1000, 0, 0, 0, -1000, 1000), 1, 2)  # cells of 1 km2


def compared(folder, npp, respiration, min_years=2, truth=((), ())):
    """Write NPP and Rh, and return the table of one time step."""
    inside = raster.Output(folder / "grid.tif", "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.ones((1, 2)), inside, GRID)
    years = [2001 + number for number in range(len(npp))]
    for name, values in (("npp", npp), ("rh", respiration)):
        cube = raster.Output(
            str(folder / f"{name}.tif"), "g C m-2 yr-1", name, tuple(map(str, years))
        )
        raster.write(np.array(values, float)[:, None], cube, GRID)
    table = folder / "readings.csv"
    paths = {name: str(folder / f"{name}.tif") for name in ("npp", "grid")}
    paths |= {"respiration": {"monthly": str(folder / "rh.tif")}}
    paths |= dict(zip(("true_npp", "true_rh"), truth, strict=True))
    summary = {"mean_years": min_years, "trend_years": max(min_years, 3)}
    settings = {"years": years, "chosen": "monthly", "summary": summary, "simulated": False}
    compare_respiration(paths, table, str(folder / "means.tif"), settings, 100)
    return pd.read_csv(table)


def values_of(*given, **options):
    """{quantity: value} of the table of one time step."""
    return compared(*given, **options).set_index("quantity")["value"]


def test_by_hand(tmp_path):
    found = values_of(tmp_path, [[300, 100], [500, 100]], [[100, 200], [100, 200]])
    # years: (200 - 100) / 2 = 50 and (400 - 100) / 2 = 150
    assert found["nep_mean"] == pytest.approx(100)
    assert found["rh_mean"] == pytest.approx(150)
    assert found["nep_total"] == pytest.approx(200e-6)  # g m-2 over 1 km2 = 1e-6 Tg
    assert found["source_share"] == 50 and found["sink_share"] == 50


def test_a_year_without_any_cell_counts_for_nothing(tmp_path):
    absent = [math.nan, math.nan]
    found = values_of(tmp_path, [[300, 100], absent, [500, 100]], [[100, 200]] * 3)
    assert found["nep_mean"] == pytest.approx(100)
    assert found["rh_mean"] == pytest.approx(150)
    assert found["nep_total"] == pytest.approx(200e-6)


def test_no_year_and_no_pixel_with_enough_years_give_missing_reason(tmp_path):
    absent = [math.nan, math.nan]
    found = values_of(tmp_path, [absent, absent], [absent, absent])
    assert found[["nep_mean", "nep_total", "rh_mean", "source_share", "sink_share"]].isna().all()
    few = values_of(tmp_path, [[300, 100], absent], [[100, 200]] * 2)
    assert math.isnan(few["nep_mean"]) and math.isnan(few["nep_total"])
    assert math.isnan(few["source_share"]) and few["valid_area"] == 0


def test_each_number_says_its_years_and_cells_and_what_fixed_cells_give(tmp_path):
    """The east joins in the third year: the mean of valid cells jumps, the west rises by 1."""
    years = np.arange(12.0)
    west, east = 500 + years, np.where(years < 2, np.nan, 100.0)
    table = compared(tmp_path, np.stack([west, east], 1), [[100, 200]] * 12, min_years=8)
    row = table.set_index("quantity").to_dict("index")
    moving, fixed = row["nep_slope"], row["nep_fixed_area_slope"]
    assert fixed["value"] == pytest.approx(1) and fixed["unit"] == "g C m-2 yr-2"
    assert (fixed["low"], fixed["high"]) == pytest.approx((1, 1))
    assert moving["value"] != pytest.approx(1, abs=0.1)
    assert row["nep_fixed_area_total_slope"]["value"] == pytest.approx(1e-6)  # Tg C yr-2 of 1 km2
    assert (moving["valid_years"], fixed["valid_years"]) == (12, 12)
    assert moving["valid_share_percent"] == pytest.approx(100 * 22 / 24)
    assert fixed["valid_share_percent"] == pytest.approx(50)
    assert row["nep_fixed_area_mean"]["value"] == pytest.approx(405.5)
    # the west is a sink in all years, the east a source in all of its ten
    sink = row["sink_share"]
    assert (sink["value"], sink["low"], sink["high"]) == (50, 50, 50)
    assert sink["valid_years"] == pytest.approx(11)


def test_a_share_has_as_ends_what_is_sure(tmp_path):
    """One cell is surely a sink; the other changes its sign from year to year, mean +5."""
    npp = np.stack([np.full(10, 300.0), 205 + 50 * (-1.0) ** np.arange(10)], 1)
    table = compared(tmp_path, npp, [[100, 200]] * 10).set_index("quantity")
    assert table.loc["sink_share", ["value", "low", "high"]].tolist() == [100, 50, 100]
    assert table.loc["source_share", ["value", "low", "high"]].tolist() == [0, 0, 50]


def test_the_planted_truth_stands_beside_over_the_same_cells(tmp_path):
    """The truth knows the cell that the study lacks; it does not count."""
    for name, values in (("true_npp", [[310, 900]] * 3), ("true_rh", [[150, 0]] * 3)):
        cube = raster.Output(
            str(tmp_path / f"{name}.tif"), "g C m-2 yr-1", name, ("2001", "2002", "2003")
        )
        raster.write(np.array(values, float)[:, None], cube, GRID)
    truth = [str(tmp_path / f"{name}.tif") for name in ("true_npp", "true_rh")]
    table = compared(tmp_path, [[300, math.nan]] * 3, [[100, 200]] * 3, truth=truth)
    found = table.set_index(["variant", "quantity"])["value"]
    assert found["monthly", "nep_mean"] == pytest.approx(200)
    assert found["truth", "nep_mean"] == pytest.approx(160)
    assert found["truth", "rh_mean"] == pytest.approx(150)
    assert set(table[table["chosen"]]["variant"]) == {"monthly"}
