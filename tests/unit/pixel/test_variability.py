"""Coefficient of variation by hand, natural breaks against mapclassify."""

import itertools

import numpy as np
import pytest
from nepflow.pixel import variability


def within(values, breaks):
    """Sum of squares within the classes of some breaks."""
    classes = variability.classify(values, breaks)
    return sum(
        ((values[classes == k] - values[classes == k].mean()) ** 2).sum()
        for k in np.unique(classes)
    )


def test_variation_by_hand():
    series = np.array([10.0, 12, np.nan, 14, 16]).reshape(-1, 1, 1)
    mean, sd, cv = (float(v[0, 0]) for v in variability.variation(series, 4, 10, 0))
    assert mean == 13 and sd == pytest.approx(5**0.5) and cv == pytest.approx(5**0.5 / 13)
    assert float(variability.variation(series, 4, 10, 1)[1][0, 0]) == pytest.approx((20 / 3) ** 0.5)
    assert np.isnan(variability.variation(series, 5, 10, 0)).all()


def test_guard_and_sign_of_the_mean():
    series = np.array([[-20.0, 9], [-24, 9.8]])[:, None, :]
    mean, sd, cv = variability.variation(series, 2, 10, 0)
    assert cv[0, 0] == pytest.approx(2 / 22)
    assert np.isnan(cv[0, 1]) and sd[0, 1] == pytest.approx(0.4) and mean[0, 1] == 9.4
    zero = np.array([-1.0, 1]).reshape(-1, 1, 1)
    assert np.isnan(variability.variation(zero, 2, 0, 0)[2]).all()


@pytest.mark.parametrize("seed", range(6))
def test_breaks_equal_mapclassify(seed):
    mapclassify = pytest.importorskip("mapclassify", reason="mapclassify is not installed")
    rng = np.random.default_rng(seed)
    values = rng.gamma(2, 0.1, size=(60, 200, 700)[seed % 3])
    values = np.round(values, 2) if seed % 2 else values
    for classes in (3, 5):
        expected = mapclassify.FisherJenks(values, k=classes).bins
        assert variability.natural_breaks(values, classes) == pytest.approx(expected, abs=1e-10)


@pytest.mark.parametrize("seed", range(5))
def test_breaks_are_the_best_of_all(seed):
    """Every possible division of a small sample, one by one."""
    values = np.random.default_rng(seed).gamma(2, 0.1, size=14)
    ordered = np.sort(values)
    best = min(
        within(values, np.append(ordered[list(places)], ordered[-1]))
        for places in itertools.combinations(range(13), 3)
    )
    assert within(values, variability.natural_breaks(values, 4)) == pytest.approx(best, abs=1e-12)


def test_breaks_need_different_values():
    with pytest.raises(ValueError, match="as many different values"):
        variability.natural_breaks(np.array([1.0, 1, 2, np.nan]), 3)


@pytest.mark.parametrize(
    ("values", "breaks", "codes"),
    [
        ([], [], []),
        ([0.2], [0.2], [3]),
        ([0.1, 0.1, 0.4], [0.1, 0.4], [1, 1, 5]),
        ([0.1, 0.2, 0.4], [0.1, 0.2, 0.4], [1, 3, 5]),
        ([0.1, 0.2, 0.3, 0.4], [0.1, 0.2, 0.3, 0.4], [1, 2, 4, 5]),
        ([1, 2, 3, 4, 5], [1, 2, 3, 4, 5], [1, 2, 3, 4, 5]),
    ],
)
def test_as_many_classes_as_values(values, breaks, codes):
    values = np.array([*values, np.nan], float)
    found, kept = variability.natural_classes(values)
    assert found.tolist() == breaks
    given = variability.coded(values, found, kept)
    assert given[:-1].tolist() == codes and np.isnan(given[-1])
    said = variability.few_text(len(kept))
    assert said == "" if len(kept) == 5 else f"{len(kept)} natural classes, not 5" in said


def test_classes_and_sample():
    values = np.array([0.05, 0.1, 0.11, 9, np.nan])
    codes = variability.classify(values, [0.1, 0.2, 0.3])
    assert codes[:4].tolist() == [1, 1, 2, 3] and np.isnan(codes[4])
    many = np.arange(1000.0)
    assert np.array_equal(
        variability.seeded_sample(many, 50, 1), variability.seeded_sample(many, 50, 1)
    )
    assert variability.seeded_sample(values, 50, 1).size == 4
