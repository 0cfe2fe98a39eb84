"""Cells shared among zones by the part of each that a polygon covers."""

import numpy as np
import pandas as pd

from nepflow.io.polygon_cells import LEAST, fractions
from nepflow.study.zones import SMALL_CELLS
from nepflow.zones.sums import Weights

COLUMNS = ["cell", "code", "weight"]


def are_small(codes, count, limit=SMALL_CELLS):
    """Tell whether half of the zones hold the centres of fewer cells than ``limit``.

    By centres alone the area of a zone of n cells of random place is off by about 0.3 n^-3/4 of
    it: 1 % at 100 cells, 5 % at 10.

    Parameters
    ----------
    codes : ndarray
        Class raster of the zones, NaN = none.
    count : int
        Number of zones.
    """
    sizes = np.bincount(codes[np.isfinite(codes)].astype(int).ravel(), minlength=count + 1)[1:]
    return float(np.median(sizes[:count])) < limit


def weights(shapes, codes, grid, inside, *, rest=None, whole=False):
    """Return what every cell of the area counts for its zones.

    Parameters
    ----------
    shapes, codes
        Of `polygon_cells.fractions`; no two overlap.
    grid : raster.Grid
    inside : ndarray of bool, shape (y, x)
    rest : int, optional
        Code of what no polygon covers.
    whole : bool
        The zones divide the area: what they cover of a cell is scaled to the whole cell, so that
        sums over the zones are those over the area.

    Returns
    -------
    DataFrame
        `COLUMNS`, sorted by cell and code; weights of a cell sum to 1 at most.
    """
    table = fractions(shapes, codes, grid)
    table = table[inside.ravel()[table["cell"]]]
    table = table.groupby(["cell", "code"], as_index=False)["weight"].sum()
    covered = np.bincount(table["cell"], table["weight"], minlength=inside.size)
    scale = covered if whole else np.maximum(covered, 1.0)  # beyond 1 by rounding
    table["weight"] /= scale[table["cell"]]
    if rest is not None:
        left = np.where(inside.ravel(), 1 - np.minimum(covered, 1), 0)
        cells = np.flatnonzero(left > LEAST)
        others = pd.DataFrame({"cell": cells, "code": rest, "weight": left[cells]})
        table = pd.concat([table, others]).groupby(["cell", "code"], as_index=False)["weight"].sum()
    return table[COLUMNS]


def none():
    """Return a table of no weights: every cell counts for the zone that holds its centre."""
    return pd.DataFrame({"cell": [], "code": [], "weight": []}).astype(
        {"cell": "int64", "code": "int64", "weight": "float64"}
    )


def read(path):
    """Return the `Weights` of a table; None where it has none."""
    table = pd.read_parquet(path, columns=COLUMNS)
    return None if table.empty else Weights(*(table[name].to_numpy() for name in COLUMNS))
