"""Seeded random fields in which any year and any place can be computed alone."""

import zlib

import numpy as np
from scipy import ndimage

FORGOTTEN = 1e-6  # share of an innovation below which an old year no longer counts
REACH = 4.0  # half-width of the smoothing kernel, in its standard deviations


def generator(seed, name, *numbers):
    """Return the random generator of one named purpose.

    Parameters
    ----------
    seed : int
        Seed of the simulation.
    name : str
        Purpose; other names give independent numbers.
    *numbers : int
        Year, month or station, none negative.
    """
    return np.random.default_rng([seed, zlib.crc32(name.encode()), *numbers])


def kernel(sigma):
    """Return Gaussian weights whose squares add to 1, so that variance 1 stays 1."""
    half = int(np.ceil(REACH * sigma))
    weights = np.exp(-0.5 * (np.arange(-half, half + 1) / sigma) ** 2)
    return weights / np.sqrt(np.sum(weights**2))


def smooth_field(lattice, length, draw):
    """Return a smooth field of mean 0 and variance 1 from white noise.

    The correlation of two points ``d`` degrees apart (of latitude) is
    ``exp(-(d / length)**2)``; degrees of longitude count by the cosine of the lattice's
    mid-latitude.

    Parameters
    ----------
    lattice : geography.Lattice
        Points of the field.
    length : float
        Distance at which the correlation is 1/e, degrees of latitude. At least four steps.
    draw : callable
        Function of a shape that returns white noise of variance 1.

    Returns
    -------
    ndarray, shape (y, x)
    """
    if length < 4 * lattice.step:
        raise ValueError(f"length {length} is too short for steps of {lattice.step} degrees")
    middle = np.deg2rad(lattice.north - lattice.step * lattice.shape[0] / 2)
    sigma = length / 2 / lattice.step
    down, across = kernel(sigma), kernel(sigma / np.cos(middle))
    # Noise beyond the borders, as wide as the kernels reach, keeps the variance at 1 there.
    pad = len(down) // 2, len(across) // 2
    white = draw((lattice.shape[0] + 2 * pad[0], lattice.shape[1] + 2 * pad[1]))
    field = ndimage.convolve1d(white, down, axis=0, mode="constant")
    field = ndimage.convolve1d(field, across, axis=1, mode="constant")
    return field[pad[0] : -pad[0], pad[1] : -pad[1]]


def static_field(seed, name, lattice, length):
    """Return a smooth field of mean 0 and variance 1 that never changes."""
    return smooth_field(lattice, length, generator(seed, name).standard_normal)


def yearly_field(seed, name, year, lattice, length, memory=0.0):
    """Return the field of a year from a stationary AR(1) process in time.

    ``z(year) = sqrt(1 - memory**2) * sum_k memory**k * e(year - k)`` with an innovation
    ``e`` seeded by its own year: every year can be computed alone, and identically.

    Parameters
    ----------
    seed, name, lattice, length
        As for `static_field`.
    year : int
        Year wanted.
    memory : float
        Correlation with the year before, 0 <= memory < 1.

    Returns
    -------
    ndarray, shape (y, x)
        Mean 0, variance 1.
    """
    terms = 1 if memory == 0 else int(np.ceil(np.log(FORGOTTEN) / np.log(memory)))

    def draw(shape):
        white = np.zeros(shape)
        for k in range(terms):
            white += memory**k * generator(seed, name, year - k).standard_normal(shape)
        return np.sqrt(1 - memory**2) * white

    return smooth_field(lattice, length, draw)


def cell_uniform(seed, name, lon, lat, step, year=0):
    """Return for each point a number in [0, 1) that belongs to its cell of ``step`` degrees.

    A hash (splitmix64) of the cell and the purpose, not a sequence: neighbouring cells are
    independent, and no order of asking matters.
    """
    key = np.uint64(generator(seed, name, year).integers(2**63))
    column = np.floor((lon + 360.0) / step).astype(np.uint64)
    row = np.floor((lat + 90.0) / step).astype(np.uint64)
    mixed = (row << np.uint64(32)) ^ column
    with np.errstate(over="ignore"):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + key
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(11)) * 2.0**-53
