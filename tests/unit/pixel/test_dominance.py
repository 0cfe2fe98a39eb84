"""Multiple correlation against least squares of numpy; classes of dominance by hand."""

import numpy as np
import pytest
from nepflow.pixel import correlation
from scipy import stats

DRIVERS = ("temperature", "precipitation", "radiation")


def world(seed, n=21, drivers=3):
    """Correlated series; every third one with gaps."""
    rng = np.random.default_rng(seed)
    values = rng.normal(size=(n, drivers + 1)) @ rng.normal(size=(drivers + 1, drivers + 1))
    values += 0.1 * np.arange(n)[:, None]
    if seed % 3 == 0:
        values[rng.choice(n, 2, replace=False), rng.integers(drivers + 1)] = np.nan
    return values


def multiple(values, **options):
    columns = [values[:, i, None, None] for i in range(values.shape[1])]
    years = np.arange(len(values))
    *_, r2, p = correlation.correlations(columns[0], columns[1:], years, 8, **options)
    return r2[0, 0], p[0, 0]


def by_least_squares(values, detrend=False):
    """Squares that the drivers take from what the constant (and the year) leaves; their F."""
    known = ~np.isnan(values).any(axis=1)
    y, drivers = values[known, 0], values[known, 1:]
    base = np.ones((len(y), 1))
    if detrend:
        base = np.column_stack([base, np.arange(len(values))[known]])

    def left(design):
        return ((y - design @ np.linalg.lstsq(design, y, rcond=None)[0]) ** 2).sum()

    whole, rest = left(base), left(np.column_stack([base, drivers]))
    k, df = drivers.shape[1], len(y) - base.shape[1] - drivers.shape[1]
    f = (whole - rest) / k / (rest / df)
    return 1 - rest / whole, stats.f.sf(f, k, df)


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("drivers", [2, 3])
@pytest.mark.parametrize("detrend", [False, True])
def test_equals_least_squares(seed, drivers, detrend):
    values = world(seed, drivers=drivers)
    found = multiple(values, detrend=detrend)
    assert found == pytest.approx(by_least_squares(values, detrend), abs=1e-10)


@pytest.mark.parametrize(("n", "critical"), [(21, 3.1968), (24, 3.0984)])
def test_critical_f(n, critical):
    """Values of a table of F at 0.05 with 3 and n - 4 degrees of freedom."""
    assert stats.f.isf(0.05, 3, n - 4) == pytest.approx(critical, abs=5e-5)
    rng = np.random.default_rng(n)
    noise = rng.normal(size=(4, n, 4000, 1))
    *_, r2, p = correlation.correlations(noise[0], list(noise[1:]), np.arange(n), n)
    f = r2 / 3 / ((1 - r2) / (n - 4))
    assert np.array_equal(f > stats.f.isf(0.05, 3, n - 4), p < 0.05)
    assert 100 * (p < 0.05).mean() == pytest.approx(5, abs=1.4)


def test_never_less_than_any_simple_correlation():
    rng = np.random.default_rng(7)
    series = rng.normal(size=(4, 21, 3000, 1))
    series[0] += 0.7 * series[1] - 0.5 * series[2]
    series[3] += 0.9 * series[1]
    *_, r2, _ = correlation.correlations(series[0], list(series[1:]), np.arange(21), 8)
    centred = series - series.mean(axis=1, keepdims=True)
    for driver in centred[1:]:
        simple = (centred[0] * driver).sum(axis=0) ** 2
        simple /= (centred[0] ** 2).sum(axis=0) * (driver**2).sum(axis=0)
        assert (r2 >= simple - 1e-12).all()
    assert (r2 <= 1).all()


def test_absent_and_dependent_series():
    values = world(1)
    values[:, 2] = 2 * values[:, 1] + 1
    assert np.isnan(multiple(values)).all()
    values = world(1)
    values[7:, 0] = np.nan
    assert np.isnan(multiple(values)).all()


def test_nine_classes():
    names = correlation.class_names(DRIVERS)
    assert list(names.values()) == [
        "non-climatic",
        "temperature",
        "precipitation",
        "radiation",
        "temperature + precipitation",
        "temperature + radiation",
        "precipitation + radiation",
        "temperature + precipitation + radiation",
        "weak joint",
    ]
    assert list(names) == list(correlation.class_colours(DRIVERS)) == list(range(1, 10))
    assert len(set(correlation.class_colours(DRIVERS).values())) == 9
    assert len(correlation.class_names(DRIVERS[:2])) == 5


@pytest.mark.parametrize(
    ("significant", "name"),
    [
        ((1, 0, 0), "temperature"),
        ((0, 1, 0), "precipitation"),
        ((0, 0, 1), "radiation"),
        ((1, 1, 0), "temperature + precipitation"),
        ((1, 0, 1), "temperature + radiation"),
        ((0, 1, 1), "precipitation + radiation"),
        ((1, 1, 1), "temperature + precipitation + radiation"),
        ((0, 0, 0), "weak joint"),
    ],
)
def test_classes(significant, name):
    partial = np.where(np.array(significant), 0.01, 0.4)[:, None, None]
    names = correlation.class_names(DRIVERS)
    code = correlation.dominant_class(np.array([[0.03]]), partial, 0.05)[0, 0]
    assert names[code] == name
    code = correlation.dominant_class(np.array([[0.05]]), partial, 0.05)[0, 0]
    assert names[code] == "non-climatic"


def test_absent_classes():
    partial = np.full((3, 1, 2), 0.01)
    partial[1, 0, 1] = np.nan
    classes = correlation.dominant_class(np.array([[np.nan, 0.01]]), partial, 0.05)
    assert np.isnan(classes).all()


def test_one_planted_driver():
    rng = np.random.default_rng(3)
    drivers = list(rng.normal(size=(3, 21, 200, 1)))
    series = 3 * drivers[1] + rng.normal(size=(21, 200, 1))
    years = np.arange(21)
    _, partial, _, p = correlation.correlations(series, drivers, years, 8)
    classes = correlation.dominant_class(p, partial, 0.05)
    assert (classes == 3).mean() > 0.85, "others come in by chance in 5 % each"
    assert (np.isin(classes, [3, 5, 7, 8])).all()
