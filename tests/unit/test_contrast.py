"""Matched differences: hand values, planted effects, and the coverage of the block bootstrap."""

import numpy as np
import pytest
from nepflow import contrast
from scipy.ndimage import gaussian_filter

SIDE = 60  # cells of a planted map


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
    assert found.blocks == 6
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


def planted(seed, effect=50.0, smooth=2.0, size=SIDE):
    """Maps of rough zones, elevation, and values with effect, confounder and smooth noise."""
    rng = np.random.default_rng(seed)

    def field(width):
        values = gaussian_filter(rng.normal(size=(size, size)), width, mode="wrap")
        return values / values.std()

    elevation, noise = field(6), field(smooth)
    treated = field(3) + 0.7 * elevation > 0
    values = 300 + 40 * elevation + effect * treated + 20 * noise
    y, x = np.mgrid[:size, :size].astype(float)
    return [layer.ravel() for layer in (values, treated, elevation, x, y)]


def test_confounding_is_removed_and_balance_says_so():
    values, treated, elevation, x, y = planted(3)
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
        values, treated, elevation, x, y = planted(seed, effect=0.0, smooth=1.0, size=90)
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
    values, treated, elevation, x, y = planted(7, smooth=1.0)
    settings = {
        "draws": 200, "block_ranges": 3, "minimum_blocks": 30, "confidence_percent": 95,
        "sample": 800, "seed": 1,
    }  # fmt: skip
    stratum = contrast.strata(elevation[None], 10)
    parts = values, elevation[None], treated, stratum, x, y
    rows = {name: value for name, value, _ in contrast.compared(*parts, settings, "g")}
    assert rows["interval_low"] < rows["matched_difference"] < rows["interval_high"]
    assert rows["matched_difference"] == pytest.approx(50, abs=5)
    assert rows["difference"] == pytest.approx(rows["mean_inside"] - rows["mean_outside"])
    assert rows["block_side"] == pytest.approx(3 * rows["residual_range"])
    assert rows["reliable"] == (rows["blocks"] >= 30)
    again = {name: value for name, value, _ in contrast.compared(*parts, settings, "g")}
    assert again == rows
    few = {n: v for n, v, _ in contrast.compared(*parts, settings | {"minimum_blocks": 999}, "g")}
    assert few["reliable"] == 0
