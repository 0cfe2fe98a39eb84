"""Pettitt's change point against its definition by loops, and least-squares lines."""

import numpy as np
import pytest
from nepflow.restoration import results
from scipy import stats

# Annual flow of the Nile at Aswan, 1871-1970, 1e8 m3: Cobb (1978), Biometrika 65:243-251
NILE = np.array(
    [
        1120, 1160, 963, 1210, 1160, 1160, 813, 1230, 1370, 1140, 995, 935, 1110, 994, 1020, 960,
        1180, 799, 958, 1140, 1100, 1210, 1150, 1250, 1260, 1220, 1030, 1100, 774, 840, 874, 694,
        940, 833, 701, 916, 692, 1020, 1050, 969, 831, 726, 456, 824, 702, 1120, 1100, 832, 764,
        821, 768, 845, 864, 862, 698, 845, 744, 796, 1040, 759, 781, 865, 845, 944, 984, 897, 822,
        1010, 771, 676, 649, 846, 812, 742, 801, 1040, 860, 874, 848, 890, 744, 749, 838, 1050,
        918, 986, 797, 923, 975, 815, 1020, 906, 901, 1170, 912, 746, 919, 718, 714, 740,
    ],
    dtype=float,
)  # fmt: skip


def by_loops(series):
    """U_t = sum of sgn(x_j - x_i) over i <= t < j, term by term."""
    n, best = len(series), (-1, -1)
    for t in range(n - 1):
        total = sum(np.sign(series[i] - series[j]) for i in range(t + 1) for j in range(t + 1, n))
        if abs(total) > best[1]:
            best = t, abs(total)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_statistic_is_that_of_the_definition(seed):
    rng = np.random.default_rng(seed)
    series = rng.integers(0, 12, 20).astype(float)  # with ties
    place, largest = by_loops(series)
    found = results.pettitt(series)
    assert (found.place, found.statistic) == (place, largest)
    n = len(series)
    assert found.p == pytest.approx(min(1, 2 * np.exp(-6 * largest**2 / (n**3 + n**2))))


def test_the_nile_changed_after_1898():
    found = results.pettitt(NILE)
    assert 1871 + found.place == 1898
    assert found.statistic == by_loops(NILE)[1]
    assert found.p < 1e-6


def test_absent_years_keep_the_place():
    series = np.array([1, 1, np.nan, 1, 1, 5, 5, np.nan, 5, 5.0])
    assert results.pettitt(series).place == 4
    assert results.pettitt(np.array([1, np.nan, 2.0])).place == -1


def test_line_is_that_of_linregress():
    rng = np.random.default_rng(3)
    years, series = np.arange(2001, 2015), rng.normal(size=14)
    series[4] = np.nan
    known = np.isfinite(series)
    wanted = stats.linregress(years[known], series[known])
    assert results.line(years, series) == pytest.approx((wanted.slope, wanted.stderr))
    assert np.isnan(results.line(years[:2], series[:2])).all()


def test_rows_of_stages_hold_planted_slopes():
    years = np.arange(2001, 2021)
    series = np.where(years <= 2010, 100.0 + 2 * (years - 2001), 200.0 - 3 * (years - 2011))
    rows = results.stage_rows("grass", series, years, [[2001, 2010], [2011, 2020]])
    value = {(stage, quantity): v for _, stage, quantity, v, _ in rows}
    assert value["2001-2010", "slope"] == pytest.approx(2)
    assert value["2011-2020", "slope"] == pytest.approx(-3)
    assert value["2001-2020", "last_year_before_change"] == 2010
