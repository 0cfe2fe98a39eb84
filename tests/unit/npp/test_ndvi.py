"""Monthly NDVI: composites and the rules of gaps, worked out by hand; tiles to the grid."""

import numpy as np
import pytest
from nepflow.npp import ndvi

NAN = np.nan


def series(values):
    """Two years of one cell: a number observed, None cloud, 's' snow."""
    numbers = [NAN if v is None or v == "s" else v for v in values]
    states = [ndvi.GAP if v is None else ndvi.SNOW if v == "s" else ndvi.SEEN for v in values]
    return np.array(numbers)[:, None], np.array(states, dtype=float)[:, None]


def filled(values, longest=2):
    value, state = ndvi.filled(*series(values), longest)
    return value[:, 0], state[:, 0]


def test_composite_takes_the_largest_kept_value():
    values = np.array([[0.5, 0.9, 0.3, NAN, 0.1], [0.6, 0.4, 0.2, 0.7, NAN]])
    rank = np.array([[0, 3, 2, NAN, 2], [1, 0, 3, 1, 255]])
    found, state = ndvi.composite(values, rank)
    np.testing.assert_array_equal(found, [0.6, 0.4, NAN, 0.7, NAN])
    assert state.tolist() == [ndvi.SEEN, ndvi.SEEN, ndvi.SNOW, ndvi.SEEN, ndvi.SNOW]
    only_good, _ = ndvi.composite(values, rank, kept=(0,))
    np.testing.assert_array_equal(only_good, [0.5, 0.4, NAN, NAN, NAN])


def test_whole_series_stays():
    values = list(np.linspace(0.2, 0.8, 24))
    value, state = filled(values)
    assert value.tolist() == values and (state == ndvi.SEEN).all()


def test_short_gaps_are_linear():
    values = [0.5] * 24
    values[3:7] = [0.4, None, None, 0.7]
    value, state = filled(values)
    assert value[4:6] == pytest.approx([0.5, 0.6])
    assert state[4:6].tolist() == [ndvi.LINEAR] * 2
    assert filled(values, longest=1)[1][4:6].tolist() == [ndvi.SCALED] * 2


def test_long_gaps_are_the_scaled_climatology():
    """The second year is 1.1 times the first wherever it was seen."""
    first = np.linspace(0.2, 0.75, 12)
    values = [*first, *(1.1 * first)]
    values[16:19] = [None] * 3
    value, state = filled(values)
    clim = 1.05 * first
    clim[4:7] = first[4:7]
    ratio = (1.1 * first[3] + 1.1 * first[7]) / (clim[3] + clim[7])
    assert value[16:19] == pytest.approx(first[4:7] * ratio)
    assert state[16:19].tolist() == [ndvi.SCALED] * 3


def test_ends_of_the_series_have_one_neighbour():
    """As January 2000, before the product begins."""
    values = [None, *[0.5] * 11, 0.6, *[0.5] * 11]
    value, state = filled(values)
    assert value[0] == pytest.approx(0.6) and state[0] == ndvi.SCALED
    assert filled([0.5] * 23 + [None])[0][23] == pytest.approx(0.5)


def test_scale_is_limited():
    first = [0.1] * 11 + [0.4]
    values = [*first, *([0.9] * 8 + [None] * 3 + [0.9])]
    value, _ = filled(values)
    assert value[20] == pytest.approx(0.1 * min(2, (0.9 + 0.9) / (0.5 + 0.65)))


def test_snow_is_the_least_value_without_snow_and_no_gap():
    values = ["s", "s", 0.2, 0.3, 0.6, 0.7, 0.6, 0.5, 0.3, 0.2, "s", "s"] * 2
    value, state = filled(values)
    assert value[[0, 11, 12, 23]] == pytest.approx(0.2)
    assert ndvi.filled_months(state[:, None]).tolist() == [[0], [0]]


def test_nothing_observed_stays_absent():
    value, state = filled([None] * 20 + ["s"] * 4)
    assert np.isnan(value).all() and (state == ndvi.GAP).all()
    assert ndvi.filled_months(state[:, None]).tolist() == [[12], [12]]


def test_calendar_month_never_seen():
    """It lies between those around it; here nothing else changes, so the ratio is 1."""
    values = ([0.5, 0.4] + [None] * 3 + [0.6] * 7) * 2
    value, state = filled(values)
    assert value[2:5] == pytest.approx([0.45, 0.5, 0.55])
    assert (state[2:5] == ndvi.SCALED).all()


def test_cells_do_not_influence_one_another():
    rng = np.random.default_rng(2)
    values = rng.uniform(0.1, 0.9, (36, 50))
    state = rng.choice([ndvi.SEEN, ndvi.SNOW, ndvi.GAP], (36, 50), p=[0.6, 0.1, 0.3]).astype(float)
    values[state != ndvi.SEEN] = NAN
    together = ndvi.filled(values, state, 2)
    for cell in range(0, 50, 7):
        alone = ndvi.filled(values[:, [cell]], state[:, [cell]], 2)
        for whole, part in zip(together, alone, strict=True):
            np.testing.assert_array_equal(whole[:, [cell]], part)
    assert np.isfinite(together[0]).all()


def test_observed_share_decides_after_warping():
    value, state = ndvi.on_grid(
        np.array([0.5, 0.6, NAN, NAN]), np.array([0.5, 0.49, 0, NAN]), np.array([1, 2, 5, NAN])
    )
    np.testing.assert_array_equal(value, [0.5, NAN, NAN, NAN])
    assert state.tolist() == [ndvi.SEEN, ndvi.SNOW, ndvi.GAP, ndvi.GAP]


def test_quantiles_of_bins():
    values = np.random.default_rng(1).integers(0, 500, 9999)
    found = ndvi.quantiles(np.bincount(values, minlength=600), (0.05, 0.5, 0.95))
    expected = np.quantile(values, (0.05, 0.5, 0.95), method="inverted_cdf")
    assert found.tolist() == expected.tolist()
