"""NDVI tiles to months on the native grid: divisor scale, reliability, composites, dates."""

import csv

import numpy as np
import pytest
import tiles
from affine import Affine
from nepflow.io import raster
from nepflow.npp import ndvi
from nepflow.study import modis

SHAPE = (20, 20)
GRID = raster.Grid("", Affine(60000, 0, 0, 0, -60000, 0), 5, 5)


def codes_of(value):
    return np.full(SHAPE, value)


def written(folder, product, months):
    """The native files of the months, and the table of counts."""
    counts = str(folder / "counts.csv")
    return ndvi.write_months(product, months, [0, 1], GRID, str(folder), counts), counts


def test_months_of_two_tiles(tmp_path):
    """Twelve months; stored numbers are divided by 10000, and rank 2 and 3 are not observed."""
    days = modis.first_days("MOD13A3", 2001)
    months = []
    for number, day in enumerate(days):
        codes, rank = codes_of(1000 + 100 * number), codes_of(number % 2)
        codes[0, :3], rank[0, :3] = 8000, (2, 3, -1)
        codes[1, 0] = -3000
        pair = [
            tiles.write_ndvi(tmp_path, "h27v06", codes, rank, day=day),
            tiles.write_ndvi(tmp_path, "h28v06", codes + 50, rank * 0, day=day),
        ]
        months.append([pair])
    found, counts = written(tmp_path, "MOD13A3", months)
    with open(counts, encoding="utf-8", newline="") as file:
        table = [(row["tile"], row["reason"], int(row["cells"])) for row in csv.DictReader(file)]
    west = [row[1:] for row in table if row[0] == "h27v06"]
    assert west == [("valid", 12 * 396), ("snow", 12), ("fill", 36)]
    for band in (1, 7, 12):
        values, kinds = raster.read(found[band - 1]), raster.read(found[band - 1], 3)
        margin = (values.shape[0] - 20) // 2
        block = values[margin : margin + 20, margin : margin + 40]
        kinds = kinds[margin : margin + 20, margin : margin + 40]
        assert block[5, 5] == pytest.approx(0.1 + 0.01 * (band - 1))
        assert block[5, 25] == pytest.approx(0.105 + 0.01 * (band - 1))
        assert np.isnan(block[0, :3]).all() and np.isnan(block[1, 0])
        assert kinds[0, :4].tolist() == [ndvi.SNOW, ndvi.GAP, ndvi.GAP, ndvi.SEEN]
        seen = raster.read(found[band - 1], 2)[margin : margin + 20, margin : margin + 40]
        np.testing.assert_array_equal(seen, ~np.isnan(block))


def test_month_before_the_product_begins_is_a_gap(tmp_path):
    days = modis.first_days("MOD13A3", 2000)
    assert min(days) == 32 and len(days) == 11
    months = [[]] + [
        [[tiles.write_ndvi(tmp_path, "h27v06", codes_of(5000), codes_of(0), 2000, day)]]
        for day in days
    ]
    found, _ = written(tmp_path, "MOD13A3", months)
    assert np.isnan(raster.read(found[0])).all()
    assert (raster.read(found[0], 3) == ndvi.GAP).any()
    assert np.nanmax(raster.read(found[1])) == pytest.approx(0.5)


def test_genuine_tile_of_sixteen_days(reference_data, tmp_path):
    """A real clipped tile: kept cells are those of rank 0 and 1, in range."""
    path = str(next((reference_data / "modis").glob("MOD13A2*")))
    found, counts = written(tmp_path, "MOD13A2", [[] for _ in range(4)] + [[[path]]] + [[]] * 7)
    values = raster.read(found[4])
    assert np.nanmin(values) > 0.1 and np.nanmax(values) == pytest.approx(0.939, abs=5e-4)
    with open(counts, encoding="utf-8", newline="") as file:
        cells = {row["reason"]: int(row["cells"]) for row in csv.DictReader(file)}
    assert sum(cells.values()) == 12 * 185 * 219
    assert cells["valid"] == np.isfinite(values).sum() > 10_000


def test_days_of_composites():
    assert list(modis.first_days("MOD13A3", 2004)) == [
        1, 32, 61, 92, 122, 153, 183, 214, 245, 275, 306, 336,
    ]  # fmt: skip
    assert list(modis.first_days("MOD13A3", 2004).values()) == list(range(1, 13))
    sixteen = modis.first_days("MOD13Q1", 2003)
    assert len(sixteen) == 23 and sixteen[17] == 1 and sixteen[33] == 2 and sixteen[353] == 12
    assert set(sixteen.values()) == set(range(1, 13))
    assert min(modis.first_days("MOD13A2", 2000)) == 49


def test_missing_date_is_named(tmp_path):
    for day in (1, 32):
        tiles.write_ndvi(tmp_path, "h27v06", codes_of(1), codes_of(0), day=day)
    dates = modis.find_dates(tmp_path, "MOD13A3", "061", 2001, [1, 32], ["h27v06"])
    assert "A2001032" in dates[32][0] and "A2001001" in dates[1][0]
    with pytest.raises(modis.MissingTiles, match="2001060 for h27v06"):
        modis.find_dates(tmp_path, "MOD13A3", "061", 2001, [1, 32, 60], ["h27v06"])
