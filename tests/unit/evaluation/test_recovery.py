"""Agreement with a known truth, counted by hand."""

import numpy as np
import pytest
from nepflow.evaluation import recovery

NAN = np.nan


def shares(tally):
    return {row[:3]: row[3] for row in tally.rows()}


def test_blocks_add_up_to_the_whole():
    rng = np.random.default_rng(1)
    true, found = rng.random((2, 6, 7)) > 0.4
    both = np.where(rng.random((6, 7)) > 0.2, 0.0, NAN)
    whole, parts = recovery.Tally(), recovery.Tally()
    whole.compare("q", "all", true, found, both)
    for rows in (slice(0, 2), slice(2, 6)):
        parts.compare("q", "all", true[rows], found[rows], both[rows])
    assert shares(whole) == shares(parts)
    known = np.isfinite(both)
    assert shares(whole)["q", "all", "true share"] == pytest.approx(100 * true[known].mean())


def test_classes_and_change_by_hand():
    true = np.array([[[1, 1, 2, 2, NAN]], [[1, 2, 2, 2, 1]]])
    mapped = np.array([[[1, 2, 2, NAN, 1]], [[1, 2, 1, 2, 1]]])
    tally = recovery.Tally()
    recovery.count_classes(tally, [2000, 2010], true, mapped, [{"name": "a"}, {"name": "b"}])
    found = shares(tally)
    assert found["land cover", "a, 2000", "true share"] == pytest.approx(200 / 3)
    assert found["land cover", "a, 2000", "recovered share"] == pytest.approx(100 / 3)
    assert found["land cover", "2000", "cells that agree"] == pytest.approx(200 / 3)
    assert found["land cover", "2010", "cells that agree"] == pytest.approx(80)
    # of the three cells with both maps at both dates: truth changes the second, maps the third
    assert found["land cover", "changed, 2000-2010", "true share"] == pytest.approx(100 / 3)
    assert found["land cover", "changed, 2000-2010", "recovered share"] == pytest.approx(100 / 3)
    assert found["land cover", "changed, 2000-2010", "cells that agree"] == pytest.approx(100 / 3)


def test_signs_count_where_the_truth_is_significant():
    r, p = np.array([[[0.9, -0.8, 0.1, 0.7]]]), np.array([[[0.01, 0.01, 0.6, 0.01]]])
    tally = recovery.Tally()
    recovery.count_signs(tally, ["rain"], r, p, [np.array([[0.5, 0.2, -0.1, NAN]])], 0.05)
    found = shares(tally)
    name = ("partial correlation of npp", "positive with rain")
    assert found[*name, "cells that agree"] == pytest.approx(100 / 3)
    assert found[*name, "cells that agree where truly significant"] == pytest.approx(50)


def test_nothing_known_is_absent():
    tally = recovery.Tally()
    tally.add(("q", "all", "true share"), np.array([True]), np.array([False]))
    assert np.isnan(shares(tally)["q", "all", "true share"])


def test_order_of_pairs_by_hand():
    true, found = [0.8, 0.4, 0.35, 0.1, NAN], [0.5, 0.6, 0.3, 0.2, 0.9]
    # apart by 0.1: (1,2) (1,3) (1,4) (2,4) (3,4); the first is found the other way round
    assert recovery.count_order(true, found, 0.1) == (5, 4)
    assert recovery.count_order(true, found, 0.5) == (1, 1)
    assert recovery.count_order([0.2, 0.1], [NAN, 0.1], 0.05) == (1, 0)
