"""Cells that a detector compares: evenly spread samples, and points on a lattice."""

import numpy as np


def even_sample(valid, size, block_cells, seed):
    """Return cells drawn from squares of the grid in proportion to what each square holds.

    Cells are put in order of their square, at random within it, and taken at equal steps.

    Parameters
    ----------
    valid : ndarray of bool, shape (y, x)
    size : int or None
        Cells wanted; None, or more than there are, takes all.
    block_cells : int
        Side of a square, cells.
    seed : int

    Returns
    -------
    (ndarray of int, ndarray of int), each (cell,)
        Rows and columns, in the order of the grid.
    """
    rows, columns = np.nonzero(valid)
    if size is None or rows.size <= size:
        return rows, columns
    rng = np.random.default_rng(seed)
    across = -(-valid.shape[1] // block_cells)
    square = rows // block_cells * across + columns // block_cells
    order = np.lexsort((rng.random(rows.size), square))
    steps = np.floor((np.arange(size) + rng.random()) * rows.size / size).astype(int)
    chosen = np.sort(order[np.minimum(steps, rows.size - 1)])
    return rows[chosen], columns[chosen]


def lattice(valid, step):
    """Return the cells at the middle of squares of ``step`` cells, in the order of the grid.

    Parameters
    ----------
    valid : ndarray of bool, shape (y, x)
    step : int
        1 keeps all.

    Returns
    -------
    (ndarray of int, ndarray of int), each (cell,)
    """
    rows, columns = np.nonzero(valid[step // 2 :: step, step // 2 :: step])
    return rows * step + step // 2, columns * step + step // 2


def thinned(rows, columns, size):
    """Return about ``size`` of the cells at equal steps of their order."""
    kept = np.unique(np.linspace(0, rows.size - 1, size).astype(int))
    return rows[kept], columns[kept]
