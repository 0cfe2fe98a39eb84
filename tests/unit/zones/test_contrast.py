"""Matched differences: hand values, planted effects, and the coverage of the block bootstrap."""

import numpy as np
import pytest
import zoned_land
from nepflow.zones import contrast


def test_matched_difference_by_hand():
    values = np.array([5.0, 1, 3, 10, 8, 20])
    treated = np.array([True, False, False, True, True, True])
    stratum = np.array([0, 0, 0, 1, 1, 2])
    values, treated = np.append(values, 6.0), np.append(treated, False)
    stratum = np.append(stratum, 1)
    block = np.arange(7)
    found = contrast.difference(values, treated, stratum, block, 50, 95, np.random.default_rng(1))
    # classes 0: 5 - 2 = 3 (1 treated), 1: 9 - 6 = 3 (2 treated); class 2 has no other cell
    assert found.matched == pytest.approx(3)
    assert found.raw == pytest.approx(10.75 - 10 / 3)
    assert found.used_percent == pytest.approx(75)
    assert (found.blocks_inside, found.blocks_outside) == (3, 3)
    with pytest.raises(ValueError, match="both groups"):
        contrast.difference(
            values[:2], treated[:2], np.array([0, 1]), block[:2], 5, 95, np.random.default_rng(1)
        )


def test_strata_cross_quantiles():
    rng = np.random.default_rng(2)
    covariates = rng.normal(size=(2, 1000))
    covariates[0, :3] = np.nan
    found = contrast.strata(covariates, 4)
    assert (found[:3] == -1).all() and found[3:].min() == 0 and found.max() == 15
    tops = found[np.argsort(covariates[1])[-200:]]
    assert set(tops[tops >= 0] % 4) == {3}


def test_blocks_are_squares():
    x, y = np.meshgrid(np.arange(6) + 0.5, np.arange(4) + 0.5)
    found = contrast.blocks_of(x.ravel() - 100, y.ravel(), 2).reshape(4, 6)
    assert found.max() == 5
    assert len(set(found[:2, :2].ravel())) == 1 and found[0, 0] != found[0, 2]


def test_confounding_is_removed_and_balance_says_so():
    values, treated, elevation, x, y = zoned_land.planted(3)
    stratum = contrast.strata(elevation[None], 10)
    block = contrast.blocks_of(x, y, 10)
    found = contrast.difference(values, treated, stratum, block, 300, 95, np.random.default_rng(1))
    assert found.raw > 65
    assert found.low < 50 < found.high
    assert found.matched == pytest.approx(50, abs=8)
    before, after = contrast.imbalance(elevation, treated, stratum)
    assert before > 0.5 and abs(after) < 0.1


def test_range_of_a_known_covariance_is_found():
    """Exponential fields of a practical range of 15 km, on average within a third of it."""
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        x, y = rng.uniform(0, 150, (2, 400))
        apart = np.hypot(x[:, None] - x, y[:, None] - y)
        field = np.linalg.cholesky(np.exp(-3 * apart / 15) + 1e-9 * np.eye(400)) @ rng.normal(
            size=400
        )
        treated, stratum = x > 75, (y > 75).astype(int)
        values = field + 5.0 * treated + 3.0 * stratum
        found.append(contrast.residual_range(values, treated, stratum, x, y, 400, rng))
    assert np.median(found) == pytest.approx(15, rel=1 / 3)


def test_adjustment_removes_what_is_left_inside_the_classes():
    """An exact linear confounder goes, and the planted effect stays."""
    rng = np.random.default_rng(5)
    covariates = rng.normal(size=(2, 4000))
    treated = covariates.sum(axis=0) + rng.normal(size=4000) > 0
    values = 7.0 * treated + 30 * covariates[0] - 11 * covariates[1]
    stratum = contrast.strata(covariates, 3)
    block = np.arange(4000) % 50
    generator = np.random.default_rng(1)
    rough = contrast.difference(values, treated, stratum, block, 50, 95, generator)
    like = contrast.adjusted(values, covariates, treated, stratum)
    fine = contrast.difference(like, treated, stratum, block, 50, 95, generator)
    assert rough.matched > 8 and fine.matched == pytest.approx(7.0, abs=1e-9)


def test_intervals_without_an_effect_contain_zero_and_naive_ones_do_not():
    """Sixty maps of 81 blocks, three ranges wide: single cells promise far too much."""
    inside = {"blocks": 0, "cells": 0}
    for seed in range(60):
        values, treated, elevation, x, y = zoned_land.planted(seed, effect=0.0, smooth=1.0, size=90)
        stratum = contrast.strata(elevation[None], 10)
        like = contrast.adjusted(values, elevation[None], treated, stratum)
        for name, side, draws in (("blocks", 11, 300), ("cells", 1, 40)):
            if name == "cells" and seed >= 20:
                continue
            block = contrast.blocks_of(x, y, side)
            generator = np.random.default_rng(seed)
            found = contrast.difference(like, treated, stratum, block, draws, 95, generator)
            inside[name] += found.low <= 0 <= found.high
    assert inside["blocks"] / 60 >= 0.85
    assert inside["cells"] / 20 <= 0.75


def test_rows_of_a_layer():
    values, treated, elevation, x, y = zoned_land.planted(7, smooth=1.0)
    settings = {
        "draws": 200,
        "block_ranges": 3,
        "min_blocks": 30,
        "confidence_percent": 95,
        "sample": 800,
        "seed": 1,
    }
    stratum = contrast.strata(elevation[None], 10)
    parts = values, elevation[None], treated, stratum, x, y
    rows = {name: value for name, value, _ in contrast.compared(*parts, settings, "g")}
    assert rows["interval_low"] < rows["matched_difference"] < rows["interval_high"]
    assert rows["matched_difference"] == pytest.approx(50, abs=5)
    assert rows["difference"] == pytest.approx(rows["mean_inside"] - rows["mean_outside"])
    assert rows["block_side"] == pytest.approx(3 * rows["residual_range"])
    assert rows["reliable"] == (min(rows["blocks_inside"], rows["blocks_outside"]) >= 30)
    again = {name: value for name, value, _ in contrast.compared(*parts, settings, "g")}
    assert again == rows
    few = {n: v for n, v, _ in contrast.compared(*parts, settings | {"min_blocks": 999}, "g")}
    assert few["reliable"] == 0


def test_a_group_in_one_block_has_no_interval():
    rng = np.random.default_rng(8)
    y, x = (place.ravel() for place in np.mgrid[:90, :90].astype(float))
    values, block = rng.normal(size=8100), contrast.blocks_of(x, y, 10)
    for side, blocks in ((30, 9), (9, 1)):
        zone = (x < side) & (y < side)
        for treated in (zone, ~zone):
            found = contrast.difference(values, treated, 0 * block, block, 200, 95, rng)
            counts = found.blocks_inside, found.blocks_outside
            assert min(counts) == blocks and max(counts) >= 72
            assert np.isnan([found.low, found.high]).all() == (blocks == 1)


def test_blocks_without_the_zone_make_no_interval_reliable():
    """A zone in a corner of a map of some 35 blocks."""
    values, _, elevation, x, y = zoned_land.planted(7, 0.0, smooth=1.0, size=90)
    zone, stratum = (x < 30) & (y < 30), np.zeros(8100, dtype=int)
    settings = {
        "draws": 200,
        "block_ranges": 3,
        "min_blocks": 30,
        "confidence_percent": 95,
        "sample": 800,
        "seed": 1,
    }
    parts = values, elevation[None], zone, stratum, x, y
    rows = {name: value for name, value, _ in contrast.compared(*parts, settings, "g")}
    assert rows["blocks_outside"] >= 30 > rows["blocks_inside"]
    assert rows["reliable"] == 0


def test_interval_is_that_of_t_with_the_blocks_of_the_smaller_group():
    """Equal blocks of one class: the error of two means of block means, by hand."""
    rng = np.random.default_rng(9)
    level = np.repeat(rng.normal(size=40), 2)
    zone = np.tile([True, False], 40)  # a cell of each group in each block
    block = np.repeat(np.arange(40), 2)
    values = 3.0 * zone + np.where(zone, level, 0)
    generator = np.random.default_rng(1)
    found = contrast.difference(values, zone, 0 * block, block, 20_000, 95, generator)
    error = level[::2].std(ddof=1) / np.sqrt(40)
    assert found.matched == pytest.approx(3 + level.mean())
    assert (found.high - found.low) / 2 == pytest.approx(2.0227 * error, rel=0.02)  # t of 39
