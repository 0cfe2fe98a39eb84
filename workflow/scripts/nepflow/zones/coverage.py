"""Cells shared among zones by the part of each that a polygon covers."""

import geopandas
import numpy as np
import pandas as pd
import shapely
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource

from nepflow.study.zones import SMALL_CELLS
from nepflow.zones.sums import Weights

COLUMNS = ["cell", "code", "weight"]
LEAST = 1e-6  # of a cell; coverage is computed with 32 bits
BATCH = 500  # polygons whose cells are found at a time


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


def disjoint(shapes, keep):
    """Return polygons of which none overlaps another.

    Parameters
    ----------
    shapes : array of shapely geometries
    keep : str
        Who holds what several cover: the first or the last.
    """
    shapes = np.array(shapes, dtype=object)
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = np.column_stack([one, other])[one < other]
    inner = shapely.relate_pattern(shapes[pairs[:, 0]], shapes[pairs[:, 1]], "T********")
    whole = shapes.copy()
    for first, last in pairs[inner]:
        loser, holder = (last, first) if keep == "first" else (first, last)
        shapes[loser] = shapely.difference(shapes[loser], whole[holder])
    return shapes


def fractions(shapes, codes, grid):
    """Return the cells that polygons cover, and how much of each.

    Parameters
    ----------
    shapes : sequence of shapely geometries
        In the CRS of the grid.
    codes : sequence of int
        One a polygon.
    grid : raster.Grid

    Returns
    -------
    DataFrame
        `COLUMNS`: cell (row by row from 0), code, weight (0 to 1); in the order of the polygons.

    References
    ----------
    exactextract (Baston 2026), https://github.com/isciences/exactextract.
    """
    west, south, east, north = grid.bounds
    cells = np.broadcast_to(np.uint8(1), (grid.height, grid.width))
    source = NumPyRasterSource(cells, west, south, east, north, srs_wkt=grid.crs)
    frame = geopandas.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=grid.crs)
    found = []
    for start in range(0, len(frame), BATCH):
        part = exact_extract(
            source,
            frame.iloc[start : start + BATCH],
            ["cell_id", "coverage"],
            include_cols=["code"],
            output="pandas",
        )
        sizes = [len(row) for row in part["cell_id"]]
        found.append(
            pd.DataFrame(
                {
                    "cell": np.concatenate([*part["cell_id"], np.empty(0, "int64")]),
                    "code": np.repeat(part["code"].to_numpy(), sizes),
                    "weight": np.concatenate([*part["coverage"], np.empty(0)]),
                }
            )
        )
    table = pd.concat(found, ignore_index=True).astype({"cell": "int64", "code": "int64"})
    return table[table["weight"] > LEAST]


def weights(shapes, codes, grid, inside, *, rest=None, whole=False):
    """Return what every cell of the area counts for its zones.

    Parameters
    ----------
    shapes, codes
        Of `fractions`; no two overlap.
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
