"""Zones by hand, and potential evapotranspiration against published values."""

import numpy as np
import pytest
from nepflow.climate import evapotranspiration
from nepflow.io import missing, vectors
from nepflow.zones import kinds

NAN = np.nan


def test_stable_classes():
    annual = np.array([[1, 1, NAN, 2, NAN], [1, 2, 3, NAN, NAN], [1, 1, 3, 2, NAN]])[:, None]
    assert kinds.stable_classes(annual, 9)[0, :4].tolist() == [1, 9, 3, 2]
    assert np.isnan(kinds.stable_classes(annual, 9)[0, 4])


def test_stable_in_enough_years():
    annual = np.array([1.0, 1, 1, 1, 2])[:, None, None]
    assert kinds.stable_classes(annual, 9, 80)[0, 0] == 1
    assert kinds.stable_classes(annual, 9, 81)[0, 0] == 9


def test_a_cut_belongs_to_the_interval_above():
    codes = kinds.intervals(np.array([-0.1, 0, 199.9, 200, 400, NAN]), [0, 200, 400])
    assert codes[:5].tolist() == [1, 2, 2, 3, 4] and np.isnan(codes[5])
    assert kinds.interval_names([1000, 2000], "m") == [
        "below 1000 m",
        "1000-2000 m",
        "from 2000 m",
    ]


def test_names_of_close_cuts_differ():
    names = kinds.interval_names([1234567, 1234568], "m")
    assert names == ["below 1234567 m", "1234567-1234568 m", "from 1234568 m"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        (101.0, "101"),
        (np.float32(2.5), "2.5"),
        (np.int64(7), "7"),
        (np.nan, ""),
        (None, ""),
        (np.inf, ""),
        ("  a\t b\n", "a b"),
        ("\x00\x00", ""),
        ("\u200b", ""),
        ("nan", "nan"),
        (1e15, "1000000000000000"),
        ("می\u200cخواهم", "می\u200cخواهم"),
    ],
)
def test_text_of_names(name, text):
    assert vectors.text_of(name) == text


def test_crossing_has_one_code_a_pair():
    first, second = np.meshgrid(np.arange(1.0, 4), np.arange(1.0, 6))
    codes = kinds.crossing(first, second, 5)
    assert sorted(codes.ravel()) == list(range(1, 16))
    assert np.isnan(kinds.crossing(np.array([NAN]), np.array([1.0]), 5))[0]


def test_commonest_reason():
    annual = np.array([[1, 3, 2, 1, NAN], [1, 3, 3, 3, NAN], [1, 2, 8, 1, NAN]])[:, None]
    found = missing.commonest_reason(annual, valid=1)[0]
    assert np.isnan(found[[0, 4]]).all()
    assert found[1:4].tolist() == [3, 2, 3]


def test_thornthwaite_golden():
    """T of a continental year: I 42.186, a 1.1618, July 109.005 mm without day length."""
    temperature = np.array([-8.0, -4, 3, 10, 16, 20, 22, 20, 15, 8, 0, -6])
    found = evapotranspiration.thornthwaite(temperature)
    assert found[6] == pytest.approx(109.00490892, abs=1e-8)
    assert (found[temperature <= 0] == 0).all()
    hot = np.full(12, 30.0)
    assert evapotranspiration.thornthwaite(hot) == pytest.approx(-415.85 + 32.24 * 30 - 0.43 * 900)
    assert np.isnan(evapotranspiration.thornthwaite(np.full(12, NAN))).all()
    assert (evapotranspiration.thornthwaite(np.full(12, -5.0)) == 0).all()


def test_day_length():
    """FAO-56 example 9: 11.66559 h at 20 degrees south on 3 September; 12 h on the equator."""
    hours = (
        evapotranspiration.month_factor(np.array([0.0]))
        * 30
        * 12
        / evapotranspiration.MONTH_DAYS[:, None]
    )
    assert hours == pytest.approx(12.0, abs=1e-9)
    south = evapotranspiration.month_factor(-20.0) * 30 * 12 / evapotranspiration.MONTH_DAYS
    assert 11.2 < south[7] < 11.66559 < south[8] < 12  # mid August and mid September
    assert evapotranspiration.month_factor(45.0)[5] > evapotranspiration.month_factor(30.0)[5] > 1
