"""Back-transformation against moments of samples, by hand, and at the edge of the domain."""

import numpy as np
import pytest
from nepflow.climate import transformations


@pytest.mark.parametrize(("name", "power"), [("square_root", np.square), ("log", np.exp)])
def test_moments_of_a_normal_error(name, power):
    fitted, deviation = np.array([5.0, 3.0]), np.array([0.4, 0.2])
    draws = np.random.default_rng(0).normal(fitted, deviation, (2_000_000, 2))
    sample = power(draws)
    corrected = transformations.back(name, fitted, deviation**2)
    np.testing.assert_allclose(corrected, sample.mean(axis=0), rtol=2e-3)
    error = transformations.standard_error(name, fitted, deviation**2)
    np.testing.assert_allclose(error, sample.std(axis=0), rtol=5e-3)


def test_by_hand():
    # spline.md 1.2: X^2 + s^2, 2 s (X^2 + s^2 / 2)^(1/2); exp(X + s^2 / 2)
    root, variance = np.array([3.0, -1.0]), np.array([0.25, 0.25])
    np.testing.assert_allclose(transformations.back("square_root", root), [9, 0])
    np.testing.assert_allclose(transformations.back("square_root", root, variance), [9.25, 0.25])
    np.testing.assert_allclose(
        transformations.standard_error("square_root", root, variance),
        [np.sqrt(9.125), np.sqrt(0.125)],
    )
    assert transformations.back("log", np.log(2.0), 0.5) == pytest.approx(2 * np.exp(0.25))
    assert transformations.back("none", 4.0, 0.5) == 4.0


@pytest.mark.parametrize("name", [*transformations.LOWEST])
def test_there_and_back(name):
    values = np.array([0.5, 2.0, np.nan])
    there = transformations.forward(name, values)
    np.testing.assert_allclose(transformations.back(name, there), values)


@pytest.mark.parametrize(("name", "value"), [("square_root", -0.1), ("log", 0.0)])
def test_outside_of_the_domain(name, value):
    with pytest.raises(ValueError, match=r"climate\.transformation"):
        transformations.forward(name, np.array([1.0, value]))


@pytest.mark.parametrize("name", [*transformations.LOWEST])
def test_magnified_error_is_a_bound(name):
    fitted = np.linspace(-1, 3, 50)
    off = fitted + np.linspace(-0.1, 0.1, 7)[:, None]
    moved = np.abs(transformations.back(name, off) - transformations.back(name, fitted)).max()
    assert moved <= transformations.magnified(name, 0.1, 3.0) + 1e-12
