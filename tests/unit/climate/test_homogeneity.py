"""Steps of stations: the test itself, its chance, and records with planted steps."""

import numpy as np
import pytest
from nepflow.climate import homogeneity

# pyhomogeneity 1.1, snht_test(..., sim=20000): place, T, p (of its own simulation)
STEPPED = [
    *(2.041, -2.556, 0.418, -0.568, -0.453, -0.216, -2.02, -0.232, -0.865, 3.323, 0.226, -0.353),
    *(-0.281, -0.668, 0.145, 0.809, 1.682, 0.961, 2.158, 1.0, 1.224, 2.746, 1.745, 0.695),
]
PLAIN = [
    *(-0.183, 0.541, 1.935, -0.27, -0.244, 1.002, -0.886, -0.292, 0.883, 0.58, 0.092, 0.67),
    *(-2.828, 1.021, -0.96, -1.669, 0.276, 0.701, -0.445, -1.076, 0.026, -0.053, 1.406, 0.747),
]
MONTHS = np.tile(np.arange(1, 13), 20)
DEPARTURES = {"departure": "difference", "amount": 0.0, "min_years": 3, "minimum": 2}
RULE = {"significance_p": 0.01, "least_step": 0.3, "min_years": 5, "draws": 2000, "seed": 1}


@pytest.mark.parametrize(
    ("series", "place", "statistic", "p"),
    [(STEPPED, 15, 7.099408488792347, 0.0581), (PLAIN, 22, 2.1696803909190923, 0.77165)],
)
def test_pyhomogeneity(series, place, statistic, p):
    found = homogeneity.snht(series)
    assert found == (place, pytest.approx(statistic, rel=1e-12))
    # both p are of simulations: standard error below 0.005
    assert homogeneity.p_of(statistic, 24, 9999, 1) == pytest.approx(p, abs=0.015)


def test_a_step_by_hand():
    # mean 1/2, deviation sqrt(1/3): the halves have z = -+ sqrt(3)/2, T = 4 * 3/4 = 3
    assert homogeneity.snht([0, 0, 1, 1]) == (2, pytest.approx(3.0))
    assert homogeneity.snht([2.0, 2.0, 2.0]) == (1, 0.0)


def records(seed, steps=()):
    rng = np.random.default_rng(seed)
    place = rng.uniform(0, 300, (15, 2))
    distance = np.hypot(*(place[:, None] - place[None]).transpose(2, 0, 1))
    weather = rng.normal(0, 1, MONTHS.size) + 0.03 * np.arange(MONTHS.size) / 12
    values = rng.uniform(0, 15, (15, 1)) + weather + rng.normal(0, 0.4, (15, MONTHS.size))
    for station, year, size in steps:
        values[station, 12 * year :] += size
    return values, distance


def find(values, distance):
    return homogeneity.find_steps(values, MONTHS, distance, DEPARTURES, RULE)


def test_planted_steps_are_found_and_no_others():
    values, distance = records(1, [(2, 8, 1.5), (9, 13, -1.0)])
    found = find(values, distance)
    assert [(step.station, step.year) for step in found] == [(2, 8), (9, 13)]
    assert found[0].size == pytest.approx(1.5, abs=0.3)
    assert found[1].size == pytest.approx(-1.0, abs=0.3)


def test_homogeneous_records_have_no_steps():
    assert sum(len(find(*records(seed))) for seed in (2, 3)) == 0


def test_parts_of_a_record():
    values = np.arange(48.0).reshape(2, 24)
    parts, owner = homogeneity.split(values, [(1, 1)])
    assert owner.tolist() == [0, 1, 1]
    np.testing.assert_array_equal(parts[1, :12], values[1, :12])
    assert np.isnan(parts[1, 12:]).all() and np.isnan(parts[2, :12]).all()
