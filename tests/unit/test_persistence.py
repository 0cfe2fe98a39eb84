"""Hurst exponents against nolds, literal loops from the definition, and known shares."""

import numpy as np
import pytest
from nepflow import persistence

LENGTHS = (8, 15, 23, 24, 40)


def one(values, method, minimum_years=3):
    series = np.asarray(values, dtype="float64").reshape(-1, 1, 1)
    return float(persistence.hurst(series, minimum_years, method)[0, 0])


def random_series(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=LENGTHS[seed % 5]) + 0.05 * np.arange(LENGTHS[seed % 5])
    values = np.round(values, 1) if seed % 2 else values
    if seed % 3 == 0:
        values[rng.choice(len(values), 2, replace=False)] = np.nan
    return values


def of_prefixes(values, first):
    """The definition, word for word."""
    taus, ratios = [], []
    for tau in range(first, len(values) + 1):
        x = values[:tau]
        deviation = x.std()
        if deviation == 0:
            continue
        cumulated = np.cumsum(x - x.mean())
        taus.append(tau)
        ratios.append((cumulated.max() - cumulated.min()) / deviation)
    return np.polyfit(np.log(taus), np.log(ratios), 1)[0]


@pytest.mark.parametrize("seed", range(30))
def test_prefixes_equal_a_literal_loop(seed):
    values = random_series(seed)
    known = values[~np.isnan(values)]
    assert one(values, "prefix") == pytest.approx(of_prefixes(known, 3), abs=1e-10)
    assert one(values, "prefix_from_2") == pytest.approx(of_prefixes(known, 2), abs=1e-10)
    assert one(values, "differenced") == pytest.approx(of_prefixes(np.diff(known), 3), abs=1e-10)


def sizes_of(count):
    return [size for size in persistence.BLOCK_SIZES if 2 * size <= count] + [count]


@pytest.mark.parametrize("seed", range(30))
def test_blocks_equal_nolds(seed):
    nolds = pytest.importorskip("nolds", reason="nolds is not installed")
    values = random_series(seed)
    known = values[~np.isnan(values)]
    sizes = sizes_of(len(known))
    if len(sizes) == 1:
        assert np.isnan(one(values, "blocks")) and np.isnan(one(values, "anis_lloyd"))
        return
    options = {"nvals": sizes, "fit": "poly", "unbiased": False}
    plain = nolds.hurst_rs(known, corrected=False, **options)
    assert one(values, "blocks") == pytest.approx(plain, abs=1e-10)
    # nolds multiplies the expectation by (n - 0.5) / n, which is for the sample deviation
    front = np.polyfit(np.log(sizes), np.log((np.array(sizes) - 0.5) / sizes), 1)[0]
    corrected = nolds.hurst_rs(known, corrected=True, **options)
    assert one(values, "anis_lloyd") == pytest.approx(corrected + front, abs=1e-10)


def test_expected_range():
    """Golden values of Anis and Lloyd's formula, and a simulation."""
    expected = persistence.expected_range(24)
    golden = {3: 1.3505, 4: 1.6547, 6: 2.1767, 8: 2.6246, 12: 3.3864, 24: 5.1337}
    for n, value in golden.items():
        assert expected[n] == pytest.approx(value, abs=5e-5)
    noise = np.random.default_rng(0).normal(size=(200_000, 8))
    cumulated = np.cumsum(noise - noise.mean(axis=1, keepdims=True), axis=1)
    ratio = (cumulated.max(axis=1) - cumulated.min(axis=1)) / noise.std(axis=1)
    assert ratio.mean() == pytest.approx(expected[8], abs=0.004)


@pytest.mark.parametrize(
    ("method", "phi", "share"),
    [("prefix", 0, 79), ("prefix_from_2", 0, 88), ("differenced", 0, 6), ("prefix", 0.3, 94)],
)
def test_share_that_chance_gives(method, phi, share):
    """Shares above 0.5 at n = 24, from a simulation written before this code."""
    found = persistence.null_share(24, method, phi, 20_000, 5)
    assert found == pytest.approx(share, abs=1.5)


def test_null_share_equals_a_literal_loop():
    noise = np.random.default_rng(9).standard_normal((24, 300))
    literal = 100 * np.mean([of_prefixes(series, 3) > 0.5 for series in noise.T])
    assert persistence.null_share(24, "prefix", 0.0, 300, 9) == pytest.approx(literal, abs=1e-12)


def test_short_constant_and_absent_series():
    assert np.isnan(one([1, 2, np.nan, 4], "prefix", minimum_years=4))
    for method in persistence.METHODS:
        assert np.isnan(one([5.0] * 10, method))


def test_scale_and_shift_do_not_matter():
    values = np.random.default_rng(1).normal(size=24)
    for method in persistence.METHODS:
        assert one(3 * values + 100, method) == pytest.approx(one(values, method), abs=1e-9)


def test_coupling_follows_the_table():
    slope = np.array([1, 1, -1, -1, 0, 1, np.nan, 1.0])
    exponent = np.array([0.7, 0.3, 0.7, 0.3, 0.7, 0.5, 0.7, np.nan])
    classes = persistence.coupling(slope, exponent, 0)
    assert classes[:6].tolist() == [5, 4, 1, 2, 3, 3]
    assert np.isnan(classes[6:]).all()
    assert persistence.coupling(slope[:2], exponent[:2], 0.2).tolist() == [3, 3]
