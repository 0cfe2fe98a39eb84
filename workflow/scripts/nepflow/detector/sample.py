"""The cells that a detector compares: reading them from rasters, and their file."""

import json
from dataclasses import dataclass

import numpy as np

from nepflow.io import raster
from nepflow.io.atomic import replacing


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


class BadFactor(ValueError):
    """A factor that cannot be compared with anything."""


@dataclass
class Sample:
    """Cells with a value of the variable and of every factor.

    Attributes
    ----------
    rows, columns : ndarray of int, shape (cell,)
    y : ndarray, shape (cell,)
    values : ndarray, shape (factor, cell)
        In the factor's unit; codes of a factor of classes.
    codes : ndarray of int, shape (factor, cell)
        Stratum of each cell, from 0.
    names, units : list of str, one a factor
    strata : list of list of str
        Names of the strata of each factor.
    classes : list of bool
        Whether a factor came in classes.
    """

    rows: np.ndarray
    columns: np.ndarray
    y: np.ndarray
    values: np.ndarray
    codes: np.ndarray
    names: list
    units: list
    strata: list
    classes: list


_ARRAYS = ("rows", "columns", "y", "values", "codes")


def write(path, sample):
    """Write a sample; the same sample gives the same bytes."""
    arrays = {name: getattr(sample, name) for name in _ARRAYS}
    texts = {name: getattr(sample, name) for name in ("names", "units", "strata", "classes")}
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, texts=np.asarray(json.dumps(texts)), **arrays)


def read(path):
    """Return the `Sample` of a file."""
    with np.load(path, allow_pickle=False) as arrays:
        texts = json.loads(arrays["texts"].item())
        return Sample(**{name: arrays[name] for name in _ARRAYS}, **texts)


def valid_cells(paths, grid_path, mem_mb):
    """Return where every raster has a value, and how many cells each would leave.

    Parameters
    ----------
    paths : list of str
        The variable first.
    grid_path : str
    mem_mb : int

    Returns
    -------
    (ndarray of bool, shape (y, x); ndarray of int, shape (raster,))
        Cells of the area with everything; cells with the variable and each raster.

    Raises
    ------
    BadFactor
        If no cell has all, or a raster has several bands.
    """
    for path in paths:
        bands = raster.band_count(path)
        if bands > 1:
            raise BadFactor(
                f"{path}: has {bands} bands, a detector compares one. Name a layer of one band, "
                "such as pixel/temperature_mean."
            )
    grid = raster.grid_of(grid_path)
    valid = np.zeros((grid.height, grid.width), dtype=bool)
    counts = np.zeros(len(paths), dtype="int64")
    strips = raster.blocks([grid_path, *paths], mem_mb=mem_mb, label="cells with every factor")
    for start, stop, (inside, *layers) in strips:
        known = np.stack([np.isfinite(layer[0]) for layer in layers]) & (inside[0] == 1)
        counts += (known & known[0]).sum(axis=(1, 2))
        valid[start:stop] = known.all(axis=0)
    if not valid.any():
        lone = paths[int(np.argmin(counts))]
        raise BadFactor(
            f"{lone}: has {counts.min()} cells in common with {paths[0]}, and no cell has every "
            "factor. Remove the factor from the detector or bring a raster that covers the area."
        )
    return valid, counts


def values_at(paths, rows, columns, mem_mb):
    """Return the values of rasters at cells in the order of the grid, shape (raster, cell)."""
    found = np.empty((len(paths), rows.size))
    for start, stop, layers in raster.blocks(list(paths), mem_mb=mem_mb, label="values of cells"):
        first, last = np.searchsorted(rows, [start, stop])
        place = rows[first:last] - start, columns[first:last]
        found[:, first:last] = [layer[0][place] for layer in layers]
    return found


def sampled(paths, grid_path, options, mem_mb):
    """Return cells and values of an even sample of the cells that have everything.

    Parameters
    ----------
    paths : list of str
    grid_path : str
    options : dict
        sample (cells or None), block_cells, seed.
    mem_mb : int

    Returns
    -------
    (ndarray, ndarray, ndarray (raster, cell), ndarray of int (raster,), int)
        Rows, columns, values, counts of `valid_cells`, cells that have everything.

    Raises
    ------
    BadFactor
        As `valid_cells`, and if the variable does not vary.
    """
    valid, counts = valid_cells(paths, grid_path, mem_mb)
    rows, columns = even_sample(valid, options["sample"], options["block_cells"], options["seed"])
    values = values_at(paths, rows, columns, mem_mb)
    if values[0].min() == values[0].max():
        raise BadFactor(f"{paths[0]}: does not vary, so that nothing can explain it.")
    return rows, columns, values, counts, int(valid.sum())
