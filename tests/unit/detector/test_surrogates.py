"""Surrogates of a map: what they keep, what they are compared with, how often they are wrong."""

import numpy as np
import pytest
from nepflow.detector import detector, factors, sample, surrogates
from scipy import ndimage


def patches(rng, cells, width):
    """An autocorrelated field without a seam at its edges."""
    margin = 4 * width
    noise = rng.normal(size=(cells + 2 * margin, cells + 2 * margin))
    return ndimage.gaussian_filter(noise, width)[margin:-margin, margin:-margin]


def everywhere(shape):
    return np.indices(shape).reshape(2, -1)


def test_shift_keeps_neighbours_together():
    field = np.arange(35.0).reshape(5, 7)
    rows, columns = everywhere(field.shape)
    for move in surrogates.places(surrogates.Draws("shift", 20, 1, 3), field.shape):
        down, across = (found.reshape(field.shape) for found in move(rows, columns))
        assert np.abs(np.diff(down, axis=0)).max() <= 1, "no seam"
        assert np.abs(np.diff(across, axis=1)).max() <= 1
        assert down.min() >= 0 and down.max() <= 4 and across.max() <= 6


def test_blocks_are_a_permutation():
    rows, columns = everywhere((23, 18))
    for move in surrogates.places(surrogates.Draws("blocks", 5, 5, 3), (23, 18)):
        down, across = move(rows, columns)
        assert sorted(zip(down, across, strict=True)) == sorted(zip(rows, columns, strict=True))
        left_over = (rows >= 20) | (columns >= 15)
        assert (down[left_over] == rows[left_over]).all()
    with pytest.raises(ValueError, match="no kind"):
        surrogates.places(surrogates.Draws("permute", 1, 1, 0), (3, 3))


def test_draws_are_seeded():
    rows, columns = everywhere((9, 9))
    one, same, other = (
        surrogates.places(surrogates.Draws("shift", 3, 1, seed), (9, 9))[2](rows, columns)
        for seed in (1, 1, 2)
    )
    assert np.array_equal(one, same) and not np.array_equal(one, other)


def test_absent_cells_read_the_nearest():
    field = np.array([[1.0, np.nan, np.nan, 9], [1, 1, np.nan, 9]])
    assert surrogates.filled(field)[0].tolist()[1:] in ([1, 9, 9], [1.0, 9.0, 9.0])
    assert not np.isnan(surrogates.filled(field)).any()


def test_observed_q_is_that_of_the_detector():
    rng = np.random.default_rng(0)
    field = patches(rng, 20, 2)
    field[rng.random(field.shape) < 0.2] = np.nan
    rows, columns = np.nonzero(~np.isnan(field))
    y = field[rows, columns]
    codes = [[rng.integers(0, 4, y.size), rng.integers(0, 9, y.size)], [rng.integers(0, 3, y.size)]]
    q, p, drawn = surrogates.surrogate_test(
        field, rows, columns, codes, surrogates.Draws("shift", 19, 1, 5)
    )
    wanted = [
        max(detector.q_statistic(detector.strata_of(y, code)) for code in found) for found in codes
    ]
    assert q == pytest.approx(wanted, abs=1e-12)
    assert drawn.shape == (19, 2)
    assert p == pytest.approx((1 + (drawn >= q).sum(axis=0)) / 20)
    threaded = surrogates.surrogate_test(
        field, rows, columns, codes, surrogates.Draws("shift", 19, 1, 5), threads=2
    )
    assert np.array_equal(threaded[2], drawn)


def test_more_strata_than_a_byte_counts():
    """Codes 0 to 299: as bytes the last 44 would join the first."""
    rng = np.random.default_rng(3)
    field = patches(rng, 30, 2)
    rows, columns = everywhere(field.shape)
    codes = np.repeat(np.arange(300), 3)
    q, _, _ = surrogates.surrogate_test(
        field, rows, columns, [[codes]], surrogates.Draws("shift", 1, 1, 0)
    )
    wanted = detector.q_statistic(detector.strata_of(field.ravel(), codes))
    assert q[0] == pytest.approx(wanted, abs=1e-12)


def test_an_effect_is_found():
    rng = np.random.default_rng(2)
    factor = patches(rng, 50, 4)
    field = factor / factor.std() + 0.5 * rng.normal(size=factor.shape)
    rows, columns = everywhere(field.shape)
    codes = factors.codes_by(factor.ravel(), np.quantile(factor, [0.25, 0.5, 0.75]))
    q, p, _ = surrogates.surrogate_test(
        field, rows, columns, [[codes]], surrogates.Draws("shift", 99, 1, 0)
    )
    assert q[0] > 0.5 and p[0] == pytest.approx(0.01)


def false_alarms(mask, seeds, **options):
    """Share of seeds with p <= 0.05 of two fields that have nothing to do with each other."""
    rows, columns = np.nonzero(mask)
    found = []
    for seed in seeds:
        rng = np.random.default_rng(seed)
        factor, field = (patches(rng, len(mask), 4) for _ in range(2))
        values = factor[rows, columns]
        ways = list(factors.candidates(values, ("quantile", "equal"), (3, 5, 8), 500, 1))
        field[~mask] = np.nan
        test = {"kind": "shift", "number": 99, "block_cells": 1, "seed": seed} | options
        codes = [[way[-1] for way in ways]]
        _, p, _ = surrogates.surrogate_test(field, rows, columns, codes, surrogates.Draws(**test))
        found.append(p[0])
    return np.mean(np.array(found) <= 0.05)


@pytest.mark.slow
def test_unrelated_fields_are_significant_in_five_percent():
    """400 seeds, with the choice among six divisions; 2-8 % is what chance allows of 5 %."""
    assert 0.02 <= false_alarms(np.ones((100, 100), dtype=bool), range(400)) <= 0.08


@pytest.mark.slow
def test_unrelated_fields_of_a_ragged_area():
    mask = ndimage.gaussian_filter(np.random.default_rng(9).normal(size=(100, 100)), 15)
    assert 0.02 <= false_alarms(mask > np.median(mask), range(400)) <= 0.08


def test_ordinary_permutation_would_reject_nearly_always():
    """What blocks of one cell do: the reason why cells are never permuted alone."""
    alarms = false_alarms(np.ones((60, 60), dtype=bool), range(15), kind="blocks", number=19)
    assert alarms > 0.8


def test_even_sample_is_even():
    valid = np.ones((40, 60), dtype=bool)
    valid[:, 30:] = False
    rows, columns = sample.even_sample(valid, 120, 10, 4)
    assert len(rows) == 120 and valid[rows, columns].all()
    assert len(set(zip(rows, columns, strict=True))) == 120
    counts = np.bincount(rows // 10 * 6 + columns // 10, minlength=24).reshape(4, 6)[:, :3]
    assert counts.min() >= 9 and counts.max() <= 11, "120 over twelve full squares"
    again = sample.even_sample(valid, 120, 10, 4)
    assert np.array_equal(again, (rows, columns))
    assert len(sample.even_sample(valid, None, 10, 4)[0]) == 1200
    assert len(sample.even_sample(valid, 5000, 10, 4)[0]) == 1200


def test_lattice():
    valid = np.ones((9, 9), dtype=bool)
    valid[4, 4] = False
    rows, columns = sample.lattice(valid, 3)
    assert sorted(set(rows)) == [1, 4, 7] and len(rows) == 8
    assert valid[rows, columns].all()
    assert len(sample.lattice(valid, 1)[0]) == 80
    thin = sample.thinned(*sample.lattice(valid, 1), 20)
    assert len(thin[0]) == 20 and (np.diff(thin[0]) >= 0).all()
