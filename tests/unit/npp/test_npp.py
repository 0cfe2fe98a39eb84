"""NPP on the study grid, land-cover keys."""

import math

import numpy as np
import pytest
from nepflow.npp import mod17
from nepflow.study import landcover
from nepflow.study.modis import REASON_CODE


def test_half_valid_cells_stay():
    values = np.array([[5.0, 6.0, 7.0]])
    kept = mod17.valid_by_share(values, np.array([[0.49, 0.5, 1.0]]))
    assert np.array_equal(kept, [[np.nan, 6.0, 7.0]], equal_nan=True)


def test_reasons():
    values = np.array([1.0, np.nan, np.nan, np.nan, 2.0, 3.0])
    reason = np.array([1.0, 1.0, 3.0, np.nan, 2.0, 1.0])
    inside = np.array([True] * 5 + [False])
    names = ["valid", "mixed", "barren", "fill", "valid"]
    result = mod17.reconciled_reasons(values, reason, inside)
    assert result[:5].tolist() == [REASON_CODE[name] for name in names]
    assert math.isnan(result[5])


def test_harmonised_year_has_the_level_of_the_new_collection():
    rng = np.random.default_rng(0)
    new = rng.normal(300, 20, (19, 2, 2))
    old = new - np.array([[10.0, -4.0], [0.0, 7.0]])
    old[:15, 1, 1] = np.nan
    year = np.full((2, 2), 250.0)
    result = mod17.harmonised(year, old, new, min_years=5)
    assert np.allclose(result, [[260, 246], [250, np.nan]], equal_nan=True)


def test_key_covers_igbp_once():
    table = landcover.lookup_table(landcover.KEYS["igbp7"])
    assert [code for code in range(256) if not math.isnan(table[code])] == list(range(1, 18))
    names = [entry["name"] for entry in landcover.KEYS["igbp7"]]
    assert names[int(table[8]) - 1] == "grassland" and names[int(table[15]) - 1] == "water"
    with pytest.raises(ValueError, match="code 3 stands in two"):
        landcover.lookup_table([{"codes": [3]}, {"codes": [3]}])
