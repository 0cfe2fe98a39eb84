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


def compared(folder, npp, respiration, min_years=2):
    """Write NPP and Rh, and the table of one time_step as {quantity: value}."""
    inside = raster.Output(folder / "grid.tif", "1", "area", dtype="uint8", classes={1: "in"})
    raster.write(np.ones((1, 2)), inside, GRID)
    years = tuple(map(str, range(len(npp))))
    for name, values in (("npp", npp), ("rh", respiration)):
        cube = raster.Output(str(folder / f"{name}.tif"), "g C m-2 yr-1", name, years)
        raster.write(np.array(values, float)[:, None], cube, GRID)
    table = folder / "readings.csv"
    paths = str(folder / "npp.tif"), {"monthly": str(folder / "rh.tif")}, folder / "grid.tif"
    compare_respiration(*paths, table, "monthly", min_years, 100, simulated=False)
    return pd.read_csv(table).set_index("quantity")["value"]


def test_by_hand(tmp_path):
    found = compared(tmp_path, [[300, 100], [500, 100]], [[100, 200], [100, 200]])
    # years: (200 - 100) / 2 = 50 and (400 - 100) / 2 = 150
    assert found["nep_mean"] == pytest.approx(100)
    assert found["rh_mean"] == pytest.approx(150)
    assert found["nep_total"] == pytest.approx(200e-6)  # g m-2 over 1 km2 = 1e-6 Tg
    assert found["source_share"] == 50 and found["sink_share"] == 50


def test_a_year_without_any_cell_counts_for_nothing(tmp_path):
    absent = [math.nan, math.nan]
    found = compared(tmp_path, [[300, 100], absent, [500, 100]], [[100, 200]] * 3)
    assert found["nep_mean"] == pytest.approx(100)
    assert found["rh_mean"] == pytest.approx(150)
    assert found["nep_total"] == pytest.approx(200e-6)


def test_no_year_and_no_pixel_with_enough_years_give_missing_reason(tmp_path):
    absent = [math.nan, math.nan]
    found = compared(tmp_path, [absent, absent], [absent, absent])
    assert found[["nep_mean", "nep_total", "rh_mean", "source_share", "sink_share"]].isna().all()
    few = compared(tmp_path, [[300, 100], absent], [[100, 200]] * 2)
    assert few["nep_mean"] == pytest.approx(50)
    assert math.isnan(few["source_share"]) and few["valid_area"] == 0
