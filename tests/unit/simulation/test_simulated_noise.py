"""The noise has the correlation it was designed with, and no order of asking matters."""

import numpy as np
import pytest
from nepflow.simulation import noise
from nepflow.simulation.geography import Lattice

LENGTH, MEMORY, YEARS = 4.0, 0.4, 60
LATTICE = Lattice(west=0.0, north=20.0, step=1.0, shape=(40, 40))  # across the equator
# Independent values in one field: area over the integral of the squared correlation.
PER_YEAR = 40 * 40 / (np.pi * LENGTH**2 / 2)


@pytest.fixture(scope="module")
def fields():
    """Return the fields of 60 years, each asked for alone."""
    years = range(1960, 1960 + YEARS)
    return np.stack([noise.yearly_field(3, "test", y, LATTICE, LENGTH, MEMORY) for y in years])


def test_variance_is_one_everywhere_up_to_the_borders(fields):
    # Variance of a variance: 2 / n; years with memory count (1 - m^2) / (1 + m^2) of themselves.
    independent = PER_YEAR * YEARS * (1 - MEMORY**2) / (1 + MEMORY**2)
    assert abs(fields.var() - 1) < 4 * np.sqrt(2 / independent)
    border = np.concatenate([fields[:, 0], fields[:, -1]], axis=1)
    inner_share = 80 / (LENGTH * np.sqrt(np.pi / 2)) * YEARS * 0.72
    assert abs(border.var() - 1) < 4 * np.sqrt(2 / inner_share)


@pytest.mark.parametrize("lag", [1, 2, 3])
def test_memory_in_time_is_as_designed(fields, lag):
    found = np.mean(fields[lag:] * fields[:-lag])
    # Bartlett's formula for an AR(1) bounds the error of a lagged product by 2 / sqrt(n).
    assert abs(found - MEMORY**lag) < 4 * 2 / np.sqrt(PER_YEAR * YEARS)


@pytest.mark.parametrize("distance", [1, 2, 4, 8])
@pytest.mark.parametrize("axis", [1, 2])
def test_correlation_in_space_is_as_designed(fields, distance, axis):
    shifted = np.moveaxis(fields, axis, 0)
    found = np.mean(shifted[distance:] * shifted[:-distance])
    expected = np.exp(-((distance / LENGTH) ** 2))
    assert abs(found - expected) < 4 * 2 / np.sqrt(PER_YEAR * YEARS)


def test_a_year_is_the_same_alone_and_in_any_order(fields):
    again = noise.yearly_field(3, "test", 1977, LATTICE, LENGTH, MEMORY)
    np.testing.assert_array_equal(again, fields[17])


def test_names_and_seeds_give_independent_fields(fields):
    for seed, name in ((4, "test"), (3, "other")):
        other = noise.yearly_field(seed, name, 1977, LATTICE, LENGTH, MEMORY)
        assert abs(np.mean(other * fields[17])) < 4 / np.sqrt(PER_YEAR)


def test_a_length_shorter_than_the_lattice_resolves_is_refused():
    with pytest.raises(ValueError, match="too short"):
        noise.static_field(1, "x", LATTICE, 2.0)


def test_numbers_of_cells_are_uniform_and_independent_of_neighbours():
    lon, lat = np.meshgrid(np.arange(200) + 0.5, np.arange(-80, 80) + 0.5)
    uniform = noise.cell_uniform(1, "x", lon, lat, 1.0, 2005)
    counts = np.histogram(uniform, bins=20, range=(0, 1))[0]
    expected = uniform.size / 20
    # Chi-square with 19 degrees of freedom exceeds 43.8 once in a thousand.
    assert np.sum((counts - expected) ** 2 / expected) < 43.8
    for one, two in ((uniform[1:], uniform[:-1]), (uniform[:, 1:], uniform[:, :-1])):
        assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 4 / np.sqrt(one.size)


def test_points_of_one_cell_share_their_number():
    lon, lat = np.array([80.1, 80.9, 81.1]), np.array([40.1, 40.9, 40.1])
    uniform = noise.cell_uniform(1, "x", lon, lat, 1.0)
    assert uniform[0] == uniform[1] != uniform[2]
