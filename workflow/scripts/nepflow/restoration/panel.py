"""Cells -> units that are compared: a land-cover class of a project, or of a square patch."""

from typing import NamedTuple

import numpy as np

from nepflow.io import raster
from nepflow.restoration import matching

_CLASSES, _PROJECTS = 256, 65_536
_PATCHES = 2**24  # columns, and rows: of 5 m they reach twice round the earth
MOST_PROJECTS = _PROJECTS - 1


class Means(NamedTuple):
    """Means of the cells of units.

    ``key`` (unit,), ``cells`` (unit,), ``values`` (layer, unit).
    """

    key: np.ndarray
    cells: np.ndarray
    values: np.ndarray

    @property
    def project(self):
        """Number of the project, 0 for untreated land."""
        number = self.key // _CLASSES
        return np.where(number < _PROJECTS, number, 0)

    @property
    def landcover(self):
        """Code of the class."""
        return self.key % _CLASSES


def keys(project, distance, landcover, x, y, patch_km, buffer_km):
    """Return the unit of each cell.

    Parameters
    ----------
    project : ndarray, shape (cell,)
        Number from 1; NaN or 0 = none.
    distance : ndarray, shape (cell,)
        To the nearest project, km; NaN = no project anywhere.
    landcover : ndarray, shape (cell,)
        Class before the projects, 0 to 255.
    x, y : ndarray, shape (cell,)
        km.
    patch_km, buffer_km : float
        Side of a patch of untreated land; land nearer to a project belongs to no unit.

    Returns
    -------
    ndarray of int64
        -1 where a cell belongs to no unit.
    """
    column, row = (np.floor(v / patch_km).astype(np.int64) + _PATCHES // 2 for v in (x, y))
    patch = _PROJECTS + row * _PATCHES + column
    treated = np.nan_to_num(project) > 0
    far = np.isnan(distance) | (distance > buffer_km)
    number = np.where(treated, np.nan_to_num(project).astype(np.int64), patch)
    known = np.isfinite(landcover) & (treated | far)
    return np.where(known, number * _CLASSES + np.nan_to_num(landcover).astype(np.int64), -1)


def sums(key, layers):
    """Return the units of some cells: (key, cells, sums).

    Parameters
    ----------
    key : ndarray, shape (cell,)
    layers : ndarray, shape (layer, cell)
        Cells without a unit, or where a layer is unknown, do not count.
    """
    known = (key >= 0) & np.isfinite(layers).all(axis=0)
    found, place = np.unique(key[known], return_inverse=True)
    totals = [np.bincount(place, layer[known], minlength=found.size) for layer in layers]
    return found, np.bincount(place, minlength=found.size), np.array(totals)


def means(parts, min_cells):
    """Join the `sums` of strips; units of fewer cells are left out.

    Returns
    -------
    Means
    """
    key, place = np.unique(np.concatenate([part[0] for part in parts]), return_inverse=True)
    cells = np.bincount(place, np.concatenate([part[1] for part in parts]), minlength=key.size)
    layers = np.concatenate([part[2] for part in parts], axis=1)
    totals = np.array([np.bincount(place, layer, minlength=key.size) for layer in layers])
    enough = cells >= min_cells
    return Means(key[enough], cells[enough], totals[:, enough] / cells[enough])


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
        patch_km, buffer_km, min_cells.
    mem_mb : int

    Returns
    -------
    matching.Panel
    """
    names, parts = ("number", "distance", "landcover", "dem", "nep"), []
    inputs = [grid_path, *(layers[name] for name in names), *climate.values()]
    for _, _, arrays in raster.blocks(inputs, coordinates=True, mem_mb=mem_mb, label="cells"):
        grid, number, distance, cover, *values, x, y = arrays
        inside = grid[0] == 1
        x, y = (np.broadcast_to(v, inside.shape)[inside] / 1000 for v in (x, y))
        flat = [layer[0][inside] for layer in (number, distance, cover)]
        key = keys(*flat, x, y, settings["patch_km"], settings["buffer_km"])
        cells = np.concatenate([[x, y], *(layer[:, inside] for layer in values)])
        parts.append(sums(key, cells))
    units = means(parts, settings["min_cells"])
    start = dict(zip(projects["number"], projects["start_year"], strict=True))
    x, y, dem, *cubes = units.values
    cubes = np.reshape(cubes, (1 + len(climate), len(years), -1)).transpose(0, 2, 1)
    return matching.Panel(
        cubes[0],
        cubes[1:],
        dem[None],
        units.landcover,
        units.project,
        np.array([start.get(p, np.inf) for p in units.project], dtype=float),
        units.cells,
        x,
        y,
        np.array(years),
    )
