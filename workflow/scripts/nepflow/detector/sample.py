"""The cells that a detector compares: reading them from rasters, and their file."""

import json
from dataclasses import dataclass
from pathlib import Path

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


def check_cover(names, counts, whole, min_percent):
    """Refuse factors that cut a detector to a part of the area.

    The q of every factor is one of the cells that all factors have: a factor that exists in a
    corner of the area makes all of them numbers of that corner.

    Parameters
    ----------
    names : list of str
        Of the variable, then of each factor.
    counts : ndarray of int, shape (name,)
        Cells with the variable and each raster, of `valid_cells`.
    whole : int
        Cells that have everything.
    min_percent : float
        Of the cells with the variable, %.

    Raises
    ------
    BadFactor
    """
    shares = 100 * counts / counts[0]
    remedy = (
        "Remove {} from the detector, or bring files that cover the area; where no value means a "
        "class of its own, such as no karst, name it: `outside: <name>` of polygons or `classes: "
        "true`. For a detector of that part alone lower detector.min_cover_percent."
    )
    lowest = int(np.argmin(shares))
    if shares[lowest] < min_percent:
        raise BadFactor(
            f"factor {names[lowest]}: has a value in {shares[lowest]:.1f} % of the cells with "
            f"{names[0]}, fewer than detector.min_cover_percent ({min_percent:g} %): all factors "
            f"would be compared there alone. {remedy.format('it')}"
        )
    if 100 * whole < min_percent * counts[0]:
        each = ", ".join(f"{n} {s:.1f} %" for n, s in zip(names[1:], shares[1:], strict=True))
        raise BadFactor(
            f"factors of {names[0]}: all together have values in {100 * whole / counts[0]:.1f} % "
            f"of its cells ({each}), fewer than detector.min_cover_percent ({min_percent:g} %). "
            f"{remedy.format('some')}"
        )


def sampled(paths, names, grid_path, options, mem_mb):
    """Return cells and values of an even sample of the cells that have everything.

    Parameters
    ----------
    paths : list of str
    names : list of str
        Of the factors.
    grid_path : str
    options : dict
        sample (cells or None), block_cells, seed, min_cover_percent.
    mem_mb : int

    Returns
    -------
    (ndarray, ndarray, ndarray (raster, cell), ndarray of int (raster,), int)
        Rows, columns, values, counts of `valid_cells`, cells that have everything.

    Raises
    ------
    BadFactor
        As `valid_cells` and `check_cover`, and if the variable does not vary.
    """
    valid, counts = valid_cells(paths, grid_path, mem_mb)
    named = [Path(paths[0]).stem, *names]
    check_cover(named, counts, valid.sum(), options["min_cover_percent"])
    rows, columns = even_sample(valid, options["sample"], options["block_cells"], options["seed"])
    values = values_at(paths, rows, columns, mem_mb)
    if values[0].min() == values[0].max():
        raise BadFactor(f"{paths[0]}: does not vary, so that nothing can explain it.")
    return rows, columns, values, counts, int(valid.sum())
