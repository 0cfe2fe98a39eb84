"""Rasters -> the panel of units that projects are compared on."""

import numpy as np

from nepflow.io import raster
from nepflow.restoration import matching, panel


def panel_of(layers, climate, grid_path, projects, years, settings, mem_mb):
    """Return the means of units from cells with data in every year.

    Parameters
    ----------
    layers : dict of {str: path}
        number, distance, landcover, dem, nep (a band a year).
    climate : dict of {str: path}
        Cubes with a band a year.
    grid_path : path
    projects : pandas.DataFrame
        number, start_year.
    years : list of int
    settings : dict
        patch_km, buffer_km, minimum_cells.
    mem_mb : int

    Returns
    -------
    restoration.Panel
    """
    names, parts = ("number", "distance", "landcover", "dem", "nep"), []
    inputs = [grid_path, *(layers[name] for name in names), *climate.values()]
    for _, _, arrays in raster.blocks(inputs, coordinates=True, mem_mb=mem_mb, label="cells"):
        grid, number, distance, cover, *values, x, y = arrays
        inside = grid[0] == 1
        x, y = (np.broadcast_to(v, inside.shape)[inside] / 1000 for v in (x, y))
        flat = [layer[0][inside] for layer in (number, distance, cover)]
        key = panel.keys(*flat, x, y, settings["patch_km"], settings["buffer_km"])
        cells = np.concatenate([[x, y], *(layer[:, inside] for layer in values)])
        parts.append(panel.sums(key, cells))
    units = panel.means(parts, settings["minimum_cells"])
    start = dict(zip(projects["number"], projects["start_year"], strict=True))
    x, y, dem, *cubes = units.values
    cubes = np.reshape(cubes, (1 + len(climate), len(years), -1)).transpose(0, 2, 1)
    return matching.Panel(
        cubes[0], cubes[1:], dem[None], units.landcover, units.project,
        np.array([start.get(p, np.inf) for p in units.project], dtype=float),
        units.cells, x, y, np.array(years),
    )  # fmt: skip
