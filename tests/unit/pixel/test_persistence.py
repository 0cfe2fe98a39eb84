"""Hurst exponents against nolds, literal loops from the definition, and known shares."""

import numpy as np
import pytest
from nepflow.pixel import persistence

LENGTHS = (8, 15, 23, 24, 40)


def one(values, method, min_years=3):
    series = np.asarray(values, dtype="float64").reshape(-1, 1, 1)
    return float(persistence.hurst(series, min_years, method)[0, 0])


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


def of_length(years):
    """One pixel of full length."""
    return np.eye(years + 1, dtype="int64")[years]


def chance(pixels, method, autoregression, draws, seed):
    options = {"tolerance": 0, "autoregression": autoregression, "draws": draws, "seed": seed}
    return persistence.null_shares(pixels, method, options)


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
    found = chance(of_length(24), method, phi, 20_000, 5)
    assert found[persistence.ALL][int(phi > 0)] == pytest.approx(share, abs=1.5)


def test_null_share_equals_a_literal_loop():
    noise = np.random.default_rng(9).standard_normal((24, 300))
    literal = 100 * np.mean([of_prefixes(series, 3) > 0.5 for series in noise.T])
    found = chance(of_length(24), "prefix", 0.3, 300, 9)[persistence.ALL][0]
    assert found == pytest.approx(literal, abs=1e-12)


def test_null_series_are_as_long_as_those_of_the_pixels():
    pixels = np.zeros(25, dtype="int64")
    pixels[[10, 24]] = 30, 10
    series = persistence.noise(pixels, 0.0, 400, 9)[:, :, 0]
    lengths = (~np.isnan(series)).sum(axis=0)
    assert np.bincount(lengths, minlength=25)[[10, 24]].tolist() == [300, 100]
    assert not np.isnan(series[:10]).any() and np.isnan(series[10:, lengths == 10]).all()
    literal = [of_prefixes(one[~np.isnan(one)], 3) > 0.5 for one in series.T]
    found = chance(pixels, "prefix", 0.3, 400, 9)[persistence.ALL][0]
    assert found == pytest.approx(100 * np.mean(literal), abs=1e-12)
    assert found != chance(of_length(24), "prefix", 0.3, 400, 9)[persistence.ALL][0]


def test_null_of_autoregression_is_stationary_and_correlated():
    series = persistence.noise(of_length(24), 0.6, 20_000, 1)[:, :, 0]
    assert series.std(axis=1) == pytest.approx(np.full(24, 1.25), rel=0.03)  # 1 / sqrt(1 - 0.36)
    assert np.corrcoef(series[10], series[11])[0, 1] == pytest.approx(0.6, abs=0.02)


def test_classes_of_chance_close_and_rise_as_often_as_they_fall():
    found = chance(of_length(24), "prefix", 0.3, 4000, 3)
    classes = np.array([found[name] for name in persistence.TREND_PERSISTENCE_NAMES.values()])
    assert classes.sum(axis=0) == pytest.approx([100, 100])
    for noise, persistent in enumerate(found[persistence.ALL]):
        assert classes[[0, 4], noise].sum() == pytest.approx(persistent)
        assert classes[0, noise] == pytest.approx(classes[4, noise], abs=4)


def test_no_pixel_has_no_chance():
    assert np.isnan(list(chance(np.zeros(25, dtype="int64"), "prefix", 0.3, 10, 1).values())).all()


def test_rows_hold_each_share_beside_chance_and_close():
    """40 pixels, 10 of them barren, 4 with two years less, and a column outside the area."""
    rng = np.random.default_rng(4)
    series = rng.normal(size=(12, 5, 8)).cumsum(axis=0)
    series[:, 0] = np.nan
    series[10:, 1, :4] = np.nan
    series[:, 1, 6:] = np.nan
    reasons = np.where(np.isnan(series).all(axis=0), 3.0, np.nan)
    inside = np.ones((5, 8))
    inside[:, 7] = np.nan
    series[:, :, 7] = np.nan
    options = {"method": "prefix", "tolerance": 0, "autoregression": 0.3, "draws": 50, "seed": 1}
    sums = persistence.Sums("prefix", 12, 8, options)
    for rows in (slice(0, 2), slice(2, 5)):
        slope = series[-1, rows] - series[0, rows]
        slope = np.where(np.isnan(slope), 1.0, slope)
        sums.add(series[:, rows], slope, reasons[rows], inside[rows])
    assert sums.pixels[[10, 12]].tolist() == [4, 23]
    table = {
        (quantity, of): value for _, chosen, quantity, of, value, _ in sums.rows(2.0) if chosen
    }
    assert table["area", "all"] == 70 and table["valid_area", "all"] == 54
    assert table["masked_barren_area", "all"] == 16
    names = list(persistence.TREND_PERSISTENCE_NAMES.values())
    for quantity in (
        "trend_persistence_share",
        *(f"trend_persistence_share{end}" for end in persistence.BESIDE),
    ):
        assert sum(table[quantity, name] for name in names) == pytest.approx(100)
    wanted = persistence.null_shares(sums.pixels, "prefix", options)
    assert table["trend_persistence_share_of_autoregression", names[0]] == wanted[names[0]][1]
    assert table["persistent_share_of_white_noise", "all"] == wanted["all"][0]


def test_short_constant_and_absent_series():
    assert np.isnan(one([1, 2, np.nan, 4], "prefix", min_years=4))
    for method in persistence.METHODS:
        assert np.isnan(one([5.0] * 10, method))


def test_scale_and_shift_do_not_matter():
    values = np.random.default_rng(1).normal(size=24)
    for method in persistence.METHODS:
        assert one(3 * values + 100, method) == pytest.approx(one(values, method), abs=1e-9)


def test_coupling_follows_the_table():
    slope = np.array([1, 1, -1, -1, 0, 1, np.nan, 1.0])
    exponent = np.array([0.7, 0.3, 0.7, 0.3, 0.7, 0.5, 0.7, np.nan])
    classes = persistence.trend_persistence(slope, exponent, 0)
    assert classes[:6].tolist() == [5, 4, 1, 2, 3, 3]
    assert np.isnan(classes[6:]).all()
    assert persistence.trend_persistence(slope[:2], exponent[:2], 0.2).tolist() == [3, 3]
