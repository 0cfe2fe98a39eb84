"""Area with and without a value, by reason: it closes, whatever the strips."""

import numpy as np
import pytest
from nepflow.io.missing import NO_REASON, MaskedArea
from nepflow.study import modis

BARREN = modis.REASON_CODE["barren"]


def test_by_hand():
    known = np.array([[True, True, False, False], [False, True, False, False]])
    reasons = np.array([[0, np.nan, BARREN, BARREN], [np.nan, 0, 0, BARREN]])
    inside = np.array([[1, 1, 1, 1], [1, np.nan, 1, 0]])
    whole, strips = MaskedArea(), MaskedArea()
    whole.add(known, reasons, inside)
    for row in range(2):
        strips.add(known[row : row + 1], reasons[row : row + 1], inside[row : row + 1])
    assert list(whole.rows(2.0)) == list(strips.rows(2.0))
    assert whole.reasons() == {NO_REASON: 2, "barren": 2}
    found = {quantity: value for quantity, value, _ in whole.rows(2.0)}
    assert found["area"] == 12 and found["valid_area"] == 4
    assert found["masked_barren_area"] == 4 and found["masked_statistic_not_defined_area"] == 4
    shares = [value for _, value, unit in whole.rows(2.0) if unit == "% of the area"]
    assert len(shares) == 3 and sum(shares) == pytest.approx(100)


def test_no_area_has_no_share():
    area = MaskedArea()
    area.add(np.zeros((1, 2), bool), np.full((1, 2), np.nan), np.full((1, 2), np.nan))
    found = {quantity: value for quantity, value, _ in area.rows(1.0)}
    assert found["area"] == 0 and np.isnan(found["valid_share"])
