"""Partial correlation against pingouin and residuals of numpy's least squares."""

import numpy as np
import pytest
from nepflow.pixel import correlation
from scipy import stats


def world(seed, n=24, drivers=3):
    """Correlated series; every second one rounded, every third one with gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, drivers + 1)) @ rng.normal(size=(drivers + 1, drivers + 1))
    values += 0.1 * np.arange(n)[:, None]
    values = np.round(values, 1) if seed % 2 else values
    if seed % 3 == 0:
        values[rng.choice(n, 2, replace=False), rng.integers(drivers + 1)] = np.nan
    return values


def partial(values, **options):
    columns = [values[:, i, None, None] for i in range(values.shape[1])]
    r, p = correlation.partial_correlation(
        columns[0], columns[1:], np.arange(len(values)), 8, **options
    )
    return r[:, 0, 0], p[:, 0, 0]


def by_residuals(values, driver, extra=()):
    """r of what is left of series and driver after the others, and the p of df = n - k - 2."""
    known = values[~np.isnan(values).any(axis=1)]
    years = np.arange(len(values))[~np.isnan(values).any(axis=1)]
    others = [known[:, i] for i in range(1, known.shape[1]) if i != driver]
    held = np.column_stack([np.ones(len(known)), *others, *([years] if extra else [])])
    left = [
        y - held @ np.linalg.lstsq(held, y, rcond=None)[0] for y in (known[:, 0], known[:, driver])
    ]
    r = np.corrcoef(left)[0, 1]
    df = len(known) - (held.shape[1] - 1) - 2
    return r, 2 * stats.t.sf(abs(r) * np.sqrt(df / (1 - r**2)), df)


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("drivers", [2, 3])
def test_equals_residuals(seed, drivers):
    values = world(seed, drivers=drivers)
    r, p = partial(values)
    for driver in range(1, drivers + 1):
        assert (r[driver - 1], p[driver - 1]) == pytest.approx(
            by_residuals(values, driver), abs=1e-10
        )


@pytest.mark.parametrize("seed", range(12))
def test_equals_pingouin(seed):
    pingouin = pytest.importorskip("pingouin", reason="pingouin is not installed")
    import pandas as pd

    values = world(seed, n=(24, 23, 15)[seed % 3])
    table = pd.DataFrame(values, columns=["y", "a", "b", "c"]).dropna()
    r, p = partial(values)
    for place, name in enumerate("abc"):
        others = [other for other in "abc" if other != name]
        found = pingouin.partial_corr(table, x=name, y="y", covar=others).iloc[0]
        assert r[place] == pytest.approx(found["r"], abs=1e-10)
        assert p[place] == pytest.approx(
            found.filter(like="p").filter(like="val").iloc[0], abs=1e-10
        )


def test_equals_the_recursion_of_the_second_order():
    values = world(4)
    plain = np.corrcoef(values.T)

    def first(w, x, y):
        return (plain[w, x] - plain[w, y] * plain[x, y]) / np.sqrt(
            (1 - plain[w, y] ** 2) * (1 - plain[x, y] ** 2)
        )

    wx, wz, xz = first(0, 1, 2), first(0, 3, 2), first(1, 3, 2)
    second = (wx - wz * xz) / np.sqrt((1 - wz**2) * (1 - xz**2))
    assert partial(values)[0][0] == pytest.approx(second, abs=1e-12)


@pytest.mark.parametrize("seed", range(10))
def test_detrending_holds_the_year_fixed(seed):
    values = world(seed)
    r, p = partial(values, detrend=True)
    for driver in (1, 2, 3):
        assert (r[driver - 1], p[driver - 1]) == pytest.approx(
            by_residuals(values, driver, extra=("year",)), abs=1e-10
        )


def test_white_noise_is_significant_in_five_percent():
    rng = np.random.default_rng(2)
    noise = rng.normal(size=(4, 24, 100_000, 1))
    _, p = correlation.partial_correlation(noise[0], list(noise[1:]), np.arange(24), 24)
    assert 100 * (p < 0.05).mean() == pytest.approx(5, abs=0.15)


def test_critical_r_of_twenty_degrees_of_freedom():
    """|r| of p = 0.05 at n = 24 with two controls is 0.4227, of n = 23 0.4329."""
    for n, critical in ((24, 0.4227), (23, 0.4329)):
        df = n - 4
        t = stats.t.ppf(0.975, df)
        assert t / np.sqrt(df + t**2) == pytest.approx(critical, abs=5e-5)
    rng = np.random.default_rng(0)
    noise = rng.normal(size=(4, 24, 2000, 1))
    r, p = correlation.partial_correlation(noise[0], list(noise[1:]), np.arange(24), 24)
    assert np.array_equal(np.abs(r) > 0.42271, p < 0.05)


def test_absent_constant_and_dependent_series():
    values = world(1)
    constant, simulation = values.copy(), values.copy()
    constant[:, 2] = 5
    simulation[:, 2] = 2 * simulation[:, 1] + 1
    short = values.copy()
    short[7:, 0] = np.nan
    for case in (constant, simulation, short):
        r, p = partial(case)
        assert np.isnan(r).all() and np.isnan(p).all()


def test_classes():
    r = np.array([-0.6, -0.1, 0.1, 0.6, np.nan, 0])
    p = np.array([0.01, 0.6, 0.6, 0.01, np.nan, 1])
    classes = correlation.correlation_class(r, p, 0.05)
    assert classes[:4].tolist() == [1, 2, 3, 4] and np.isnan(classes[4:]).all()
