"""Significance of q on maps: the variable moved as a whole, so that it keeps its patches."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numba import njit
from scipy import ndimage

KINDS = ("shift", "blocks")


@dataclass(frozen=True)
class Draws:
    """How surrogates are drawn.

    Attributes
    ----------
    kind : str
        Of `KINDS`. ``shift``: all cells by one random vector on the torus of the field and its
        mirror images, which has no seam; ``blocks``: cells with their square block to the place
        of another one.
    number : int
    block_cells : int
        Side of a block, cells; what is left over at the right and below stays.
    seed : int
    """

    kind: str
    number: int
    block_cells: int
    seed: int


def filled(field):
    """Return a field whose absent cells have the value of the nearest cell with one.

    Parameters
    ----------
    field : ndarray, shape (y, x)
        NaN = missing.
    """
    absent = np.isnan(field)
    if not absent.any():
        return field
    nearest = ndimage.distance_transform_edt(absent, return_distances=False, return_indices=True)
    return field[tuple(nearest)]


def places(draws, shape):
    """Return a function that moves cells, one a draw.

    Parameters
    ----------
    draws : Draws
    shape : (int, int)
        Rows and columns of the field.

    Returns
    -------
    list of callable
        Row and column of cells -> row and column that they read.
    """
    if draws.kind not in KINDS:
        raise ValueError(f"{draws.kind} is no kind of surrogate: {', '.join(KINDS)}")
    rng, side = np.random.default_rng(draws.seed), draws.block_cells
    if draws.kind == "shift":
        steps = rng.integers(0, 2 * np.array(shape), size=(draws.number, 2))
        return [_shifted(step, shape) for step in steps]
    blocks = np.maximum(np.array(shape) // side, 1)
    return [_exchanged(rng.permutation(blocks.prod()), blocks, side) for _ in range(draws.number)]


def _shifted(step, shape):
    def moved(rows, columns):
        down, across = (rows + step[0]) % (2 * shape[0]), (columns + step[1]) % (2 * shape[1])
        return np.minimum(down, 2 * shape[0] - 1 - down), np.minimum(
            across, 2 * shape[1] - 1 - across
        )

    return moved


def _exchanged(order, blocks, side):
    def moved(rows, columns):
        down, across = rows // side, columns // side
        whole = (down < blocks[0]) & (across < blocks[1])
        other = order[np.where(whole, down * blocks[1] + across, 0)]
        return (
            np.where(whole, other // blocks[1] * side + rows % side, rows),
            np.where(whole, other % blocks[1] * side + columns % side, columns),
        )

    return moved


def largest_q(y, codes, cells, owners, factors):
    """Return the largest q of each factor over its candidate divisions.

    Parameters
    ----------
    y : ndarray, shape (cell,)
    codes : ndarray of unsigned int, shape (cell, candidate)
    cells : ndarray, shape (candidate, stratum)
        Cells of each stratum.
    owners : ndarray of int, shape (candidate,)
        Factor of each candidate.
    factors : int

    Returns
    -------
    ndarray, shape (factor,)
    """
    centred = y - y.mean()
    total = (centred**2).sum()
    if not total > 0:
        return np.zeros(factors)
    sums = _sums_of_strata(centred, codes, cells.shape[1])
    between = np.divide(sums**2, cells, out=np.zeros_like(sums), where=cells > 0).sum(axis=1)
    best = np.zeros(factors)
    np.maximum.at(best, owners, between / total)
    return best


def surrogate_test(field, rows, columns, candidates, draws, threads=1):
    """Return p of the largest q of each factor, and what surrogates of the variable give.

    ``p = (1 + number of surrogates with at least this q) / (1 + number of surrogates)``. The
    choice between candidate divisions is made anew for every surrogate, so that p allows for it.
    A surrogate is the whole field moved, absent cells filled from the nearest, read at the same
    cells.

    Parameters
    ----------
    field : ndarray, shape (y, x)
        The variable, NaN = missing.
    rows, columns : ndarray of int, shape (cell,)
        The cells that count; none absent.
    candidates : list of list of ndarray, each (cell,)
        Codes of the divisions of each factor, from 0.
    draws : Draws
    threads : int

    Returns
    -------
    (ndarray, ndarray, ndarray), shapes (factor,), (factor,), (draw, factor)
        q of the variable itself, p, q of the surrogates.

    References
    ----------
    Toroidal shifts: Lotwick and Silverman (1982), J. R. Stat. Soc. B 44:406-413. Rates of false
    alarms: docs/decisions/0060.
    """
    owners = np.repeat(np.arange(len(candidates)), [len(found) for found in candidates])
    codes = np.stack([code for found in candidates for code in found], axis=1)
    width = int(codes.max()) + 1
    codes = codes.astype(np.min_scalar_type(width))  # as small as holds them all
    cells = np.stack([np.bincount(column, minlength=width) for column in codes.T])
    whole = filled(field)

    def q_of(moved):
        y = np.ascontiguousarray(whole[moved(rows, columns)])
        return largest_q(y, codes, cells, owners, len(candidates))

    observed = q_of(lambda down, across: (down, across))
    moves = places(draws, field.shape)
    with ThreadPoolExecutor(threads) as pool:
        drawn = np.array(list(pool.map(q_of, moves)))
    above = (drawn >= observed - 1e-12).sum(axis=0)
    return observed, (1 + above) / (1 + draws.number), drawn


@njit(cache=True, nogil=True)
def _sums_of_strata(y, codes, width):
    cells, candidates = codes.shape
    sums = np.zeros((candidates, width))
    for cell in range(cells):
        value = y[cell]
        for candidate in range(candidates):
            sums[candidate, codes[cell, candidate]] += value
    return sums
