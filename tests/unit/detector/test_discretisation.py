"""Discretisation of factors against numpy, mapclassify and values worked out by hand."""

import numpy as np
import pytest
from nepflow.detector import detector, factors


def test_limits_by_hand():
    values = np.array([1.0, 2, 4, 8, 16])
    assert factors.breaks_of(values, "equal", 3).tolist() == [6, 11]
    assert factors.breaks_of(values, "quantile", 4).tolist() == [2, 4, 8]
    assert factors.breaks_of(values, "geometric", 4) == pytest.approx([2, 4, 8])
    sd = np.sqrt((341 - 31**2 / 5) / 5)  # squares sum to 341, values to 31
    wanted = [6.2 - sd, 6.2, 6.2 + sd]
    assert factors.breaks_of(values, "sd", 4) == pytest.approx(wanted, abs=1e-12)
    assert factors.breaks_of(values, "sd", 3) == pytest.approx([6.2 - sd / 2, 6.2 + sd / 2])


@pytest.mark.parametrize("classes", [3, 5, 8])
def test_natural_breaks_equal_mapclassify(classes):
    mapclassify = pytest.importorskip("mapclassify", reason="mapclassify is not installed")
    values = np.random.default_rng(classes).gamma(2, size=300)
    found = factors.breaks_of(values, "natural", classes)
    assert found == pytest.approx(mapclassify.FisherJenks(values, classes).bins[:-1], abs=1e-10)


def test_limit_belongs_to_the_class_below():
    codes = factors.codes_by(np.array([1.0, 2, 2.1, 3, 9]), np.array([2.0, 3]))
    assert codes.tolist() == [0, 0, 1, 1, 2] and codes.dtype == "uint8"


def test_methods_that_have_no_limits():
    assert factors.breaks_of(np.array([0.0, 1, 2]), "geometric", 3) is None
    assert factors.breaks_of(np.array([1.0, 1, 2]), "natural", 3) is None
    with pytest.raises(ValueError, match="no method"):
        factors.breaks_of(np.array([1.0, 2]), "jenks", 3)


def test_candidates_and_choice():
    rng = np.random.default_rng(1)
    values = rng.gamma(2, size=2000)
    y = np.floor(values / 1.5) + rng.normal(0, 0.01, values.size)
    found = list(factors.candidates(values, factors.METHODS, (3, 4, 8), 500, 1))
    assert len(found) == 15
    for method, classes, breaks, codes in found:
        assert len(breaks) == classes - 1 and codes.max() <= classes - 1, method
        assert (np.diff(breaks) >= 0).all()
    q, best = factors.best_of(y, found)
    wanted = [detector.q_statistic(detector.strata_of(y, codes)) for *_, codes in found]
    assert q == wanted and best == int(np.argmax(wanted))
    again = list(factors.candidates(values, factors.METHODS, (3, 4, 8), 500, 1))
    assert all(np.array_equal(one[2], other[2]) for one, other in zip(found, again, strict=True))
    assert len(list(factors.candidates(-values, factors.METHODS, (3,), 500, 1))) == 4
