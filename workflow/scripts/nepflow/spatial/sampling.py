"""Whole series of a seeded sample of cells, whatever the strips."""

import numpy as np

from nepflow.io import raster


def series(inputs, grid_path, cells, seed, mem_mb):
    """Return the series of randomly chosen cells of the area.

    Parameters
    ----------
    inputs : list of (path or list of path)
        As in `raster.blocks`.
    grid_path : str
        1 = inside the area.
    cells : int
        How many cells, at most those of the area.
    seed : int
    mem_mb : int

    Returns
    -------
    list of ndarray, shape (band, cell)
        One an input, cells from north to south.
    """
    inside = np.flatnonzero(raster.read(grid_path) == 1)
    generator = np.random.default_rng(seed)
    chosen = np.sort(generator.choice(inside, min(cells, inside.size), replace=False))
    parts = [[] for _ in inputs]
    width = raster.grid_of(grid_path).width
    for start, stop, arrays in raster.blocks(list(inputs), mem_mb=mem_mb, label="sample"):
        here = chosen[(chosen >= start * width) & (chosen < stop * width)] - start * width
        for part, array in zip(parts, arrays, strict=True):
            part.append(array.reshape(len(array), -1)[:, here])
    return [np.concatenate(part, axis=1) for part in parts]
