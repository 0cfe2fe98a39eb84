"""Polygons on the study grid: whose each cell is, who holds shared ones, what lies outside."""

import logging
import math
from typing import NamedTuple

import geopandas
import numpy as np
import pandas as pd
import rasterio.features
import shapely
import shapely.geometry
from affine import Affine
from exactextract import exact_extract
from exactextract.raster import NumPyRasterSource
from pyproj import Transformer
from rasterio.features import geometry_mask, rasterize

from nepflow.io.vectors import MOST, BadArea, check_names, listed, projected, read_zones

DTYPE = "uint16"  # of rasters of zones
SLIVER = 0.5  # cells; borders that overlap by less, in area or in width, are digitised twice
LEAST = 1e-6  # of a cell; coverage is computed with 32 bits
BATCH = 500  # polygons whose coverage is found at a time
WITHOUT_ZONE = 1  # %, cells of the area in no polygon from which on a reader is told


def burned(shapes, grid, keep="last", all_touched=False):
    """Return the number (from 1) of the shape that holds each cell's centre, 0 outside.

    Parameters
    ----------
    shapes : sequence of shapely geometries
        In the CRS of ``grid``.
    grid : raster.Grid
    keep : str
        Which of several shapes holds a cell: the first or the last.
    all_touched : bool
        Every cell that a shape touches, in place of those whose centre it holds.

    Returns
    -------
    ndarray of int32, shape (y, x)
    """
    numbered = [(shape, number) for number, shape in enumerate(shapes, start=1)]
    return rasterize(
        numbered if keep == "last" else numbered[::-1],
        out_shape=(grid.height, grid.width),
        transform=grid.transform,
        dtype="int32",
        all_touched=all_touched,
    )


def outline_of(inside, transform, crs):
    """Return the outline of cells as a frame of one polygon.

    Parameters
    ----------
    inside : ndarray of bool, shape (y, x)
    transform : Affine
    crs : CRS or WKT
    """
    found = rasterio.features.shapes(inside.astype("uint8"), inside, transform=transform)
    whole = shapely.union_all([shapely.geometry.shape(part) for part, _ in found])
    return geopandas.GeoDataFrame({"name": ["area"]}, geometry=[whole], crs=crs)


def cells_of(outline, grid, counted):
    """Return how many of the counted cells (y, x) have their centre in a polygon.

    Only cells round it are looked at: thousands of polygons cost what they cover.
    """
    west, south, east, north = outline.bounds
    (left, top), (right, bottom) = (~grid.transform @ p for p in ((west, north), (east, south)))
    first = [max(math.floor(place), 0) for place in (top, left)]
    rows, columns = slice(first[0], math.ceil(bottom)), slice(first[1], math.ceil(right))
    part = counted[rows, columns]
    if not part.size:
        return 0
    place = grid.transform @ Affine.translation(columns.start, rows.start)
    return int(np.count_nonzero(part & geometry_mask([outline], part.shape, place, invert=True)))


def zone_codes(frame, grid, path, inside=True, overlaps="refuse"):
    """Return the number (from 1) of the polygon that holds each cell's centre, 0 outside.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Of `read_area`, in the CRS of ``grid``.
    grid : raster.Grid
    path : str
        File of the polygons, that an error names.
    inside : ndarray of bool, shape (y, x), optional
        Cells that count; all otherwise.
    overlaps : str
        Who holds cells of several polygons: ``first`` or ``last`` in the file, or ``refuse``.
        Overlaps of less than half a cell, in area or in width, are never refused: the first
        holds them.

    Returns
    -------
    (ndarray of uint16, shape (y, x); list of str)
        Codes, and what a reader must know: names without a cell, overlaps, rows left out.

    Raises
    ------
    BadArea
        If there are more polygons than codes of a class raster, if no polygon holds the centre of
        a cell, or two overlap.
    """
    if len(frame) > MOST:
        raise BadArea(
            f"{path}: has {len(frame)} zones, and a class raster holds {MOST}. Join some, "
            "or name a column with fewer values as `name_field`."
        )
    first, last = (burned(frame.geometry, grid, keep) * inside for keep in ("first", "last"))
    warnings = list(frame.attrs.get("warnings", []))
    warnings += _overlaps(frame, grid, path, first, last, overlaps)
    codes = last if overlaps == "last" else first
    lost = frame["name"][np.bincount(codes.ravel(), minlength=len(frame) + 1)[1:] == 0].tolist()
    if len(lost) == len(frame):
        west, south, east, north = frame.total_bounds
        raise BadArea(
            f"{path}: none of its {len(frame)} zones holds the centre of a cell of the area "
            f"(cells of {grid.resolution_m:g} m; the zones reach over "
            f"{(east - west) / 1000:.3g} x {(north - south) / 1000:.3g} km). Check the CRS of the "
            "file, choose a smaller grid.resolution_m, or name another file."
        )
    if lost:
        warnings.append(
            f"{path}: zones that hold no centre of a cell ({grid.resolution_m:g} m), too small or "
            f"outside of the area: {listed(lost)}"
        )
    for text in warnings:
        logging.getLogger(__name__).warning("%s", text)
    return codes.astype(DTYPE), warnings


class ZoneMap(NamedTuple):
    """Zones of polygons on a grid: codes from 1 (y, x), 0 without; their names; warnings."""

    codes: np.ndarray
    names: list
    warnings: list


def zone_map(path, grid, inside, entry):
    """Return the polygons of a file on a grid, with the class of all other cells of the area.

    Parameters
    ----------
    path : str
    grid : raster.Grid
    inside : ndarray of bool, shape (y, x)
        The study area.
    entry : dict
        ``name_field``; ``layer``, ``crs``, ``encoding``, ``overlaps``; ``outside``: the name of
        cells that no polygon holds, which joins polygons of that name; None: they stay without a
        zone. Where the key is absent they do too, and a warning says how many from `WITHOUT_ZONE`
        on.

    Returns
    -------
    ZoneMap

    Raises
    ------
    BadArea
        As `zone_codes`.
    BadNames
        If the name cannot stand beside those of the polygons.
    """
    frame = projected(read_zones(path, entry), grid.crs, path)
    codes, warnings = zone_codes(frame, grid, path, inside, entry.get("overlaps", "refuse"))
    names, without = list(frame["name"]), inside & (codes == 0)
    share = 100 * without.sum() / inside.sum()
    other = entry.get("outside")
    if other is None:
        if "outside" not in entry and share >= WITHOUT_ZONE:
            warnings.append(
                f"{path}: {share:.1f} % of the cells of the area lie in no polygon and have no "
                "zone; `outside: <name>` beside `name_field` makes them one"
            )
        return ZoneMap(codes, names, warnings)
    if other not in names:
        if not without.any():
            warnings.append(f"{path}: no cell of the area is {other}: polygons hold all")
        names.append(other)
        check_names(names, path)
    codes[without] = names.index(other) + 1
    return ZoneMap(codes, names, warnings)


def _overlaps(frame, grid, path, first, last, overlaps):
    """Yield a warning of cells of several polygons; refuse them if they are no slivers.

    Raises
    ------
    BadArea
    """
    several = first != last
    if not several.any():
        return
    pairs, cells = np.unique(np.stack([first[several], last[several]]), axis=1, return_counts=True)
    order = np.argsort(-cells, kind="stable")
    named = lambda i: " and ".join(frame["name"].iloc[pairs[:, i] - 1])  # noqa: E731
    for i in order if overlaps == "refuse" else []:
        shared = shapely.intersection(*shapely.make_valid(frame.geometry.iloc[pairs[:, i] - 1]))
        thin = shapely.buffer(shared, -SLIVER / 2 * grid.resolution_m).is_empty
        if thin or shared.area < SLIVER * grid.cell_area_m2:
            continue
        raise BadArea(
            f"{path}: {named(i)} overlap by {shared.area / 1e6:.4g} km2 ({cells[i]} cells). Mend "
            "the polygons; or say which holds such cells, `overlaps: first` or `overlaps: last` "
            "in the file, beside `name_field` in the study file."
        )
    worst = order[0]
    yield (
        f"{path}: {cells.sum()} cells lie in several zones, {cells[worst]} of them in "
        f"{named(worst)}: the {'last' if overlaps == 'last' else 'first'} in the file holds them"
    )


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
        cell (row by row from 0), code, weight (0 to 1); in the order of the polygons.

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


def modis_tiles(inside, grid, sinusoidal, tile_side, west, north, sample=2_000_000):
    """Return the names of the MODIS tiles on which cells of the area lie.

    Parameters
    ----------
    inside : ndarray of bool, shape (y, x)
    grid : raster.Grid
    sinusoidal : str
        CRS of the tiles.
    tile_side, west, north : float
        Side of a tile and corner of tile h00v00, m.
    sample : int
        Cells that are looked at, at most.

    Returns
    -------
    set of str
    """
    rows, columns = np.nonzero(inside)
    step = max(1, len(rows) // sample)
    x, y = grid.transform @ (columns[::step] + 0.5, rows[::step] + 0.5)
    to_tiles = Transformer.from_crs(grid.crs, sinusoidal, always_xy=True)
    east, up = to_tiles.transform(x, y)
    pairs = np.unique(
        np.floor([(east - west) / tile_side, (north - up) / tile_side]).astype(int), axis=1
    )
    return {f"h{h:02d}v{v:02d}" for h, v in pairs.T}
