"""Vector files: areas and zones, in any format that GDAL reads."""

import os
from pathlib import Path

import geopandas
import numpy as np
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError
from rasterio.features import rasterize

from nepflow import equal_area
from nepflow.atomic import replacing

MOST_ZONES = 254  # codes of uint8 but 0 and 255, which stand for absence


class BadCrs(ValueError):
    """A CRS that cannot be that of a study grid."""


class BadArea(ValueError):
    """An area file that cannot serve as the area of a study."""


def read_area(path, layer, name_field):
    """Return the polygons of a study, one a name, with columns ``name`` and ``geometry``.

    Parameters
    ----------
    path : str
        GeoPackage, shapefile, zipped shapefile or GeoJSON in any CRS.
    layer : str or None
    name_field : str
        Column that names the zones.

    Returns
    -------
    geopandas.GeoDataFrame
        In the CRS of the file, dissolved by name, in order of first appearance.

    Raises
    ------
    BadArea
        If the file cannot be read, has no CRS, no such column or no polygon.
    """
    if not Path(path).exists():
        raise BadArea(
            f"{path}: no such file. Put the polygons there or change `file` of their entry."
        )
    try:
        area = geopandas.read_file(path, **({"layer": layer} if layer else {}))
    except Exception as error:
        raise BadArea(f"{path}: cannot be read as polygons ({error}).") from error
    if area.crs is None:
        raise BadArea(f"{path}: says no CRS. Write it with one (a .prj file for a shapefile).")
    if name_field not in area.columns:
        columns = ", ".join(column for column in area.columns if column != "geometry")
        raise BadArea(
            f"{path}: has no column {name_field}, but {columns}. Set `name_field` (of the area "
            "`area.name_field`) to one."
        )
    area = area[area.geometry.notna() & ~area.geometry.is_empty]
    area = area[area.geom_type.isin(["Polygon", "MultiPolygon"])]
    if area.empty:
        raise BadArea(f"{path}: has no polygon.")
    area = area.rename(columns={name_field: "name"})[["name", "geometry"]]
    area["name"] = area["name"].astype(str)
    area["geometry"] = area.geometry.make_valid()
    return area.dissolve("name", sort=False).reset_index()


def read(path, layer=None):
    """Return a vector file as a GeoDataFrame."""
    return geopandas.read_file(path, **({"layer": layer} if layer else {}))


def write(frame, path, layer):
    """Write a GeoPackage whose bytes do not depend on the date."""
    os.environ["OGR_CURRENT_DATE"] = "2000-01-01T00:00:00.000Z"
    with replacing(path) as temporary:
        frame.to_file(temporary, layer=layer, driver="GPKG")


def is_equal_area(crs):
    """Tell whether a projected CRS in metres keeps areas.

    Parameters
    ----------
    crs : str
        PROJ string, EPSG code or WKT.
    """
    parsed = CRS.from_user_input(crs)
    metric = parsed.is_projected and all(a.unit_name == "metre" for a in parsed.axis_info)
    return metric and parsed.to_dict().get("proj") in equal_area.PROJECTIONS


def check_equal_area(crs):
    """Refuse a CRS that does not keep areas, or that PROJ does not know.

    Raises
    ------
    BadCrs
    """
    try:
        fits = is_equal_area(crs)
    except CRSError as error:
        raise BadCrs(f"grid.crs: {crs} is no CRS ({error}). {equal_area.REMEDY}") from None
    if not fits:
        raise BadCrs(equal_area.refusal(crs))


def zone_codes(frame, grid, path):
    """Return the number (from 1) of the polygon that holds each cell's centre, 0 outside.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        In the CRS of ``grid``; at most 254 polygons.
    grid : geotiff.Grid
    path : str
        File of the polygons, that an error names.

    Returns
    -------
    ndarray of uint8, shape (y, x)

    Raises
    ------
    BadArea
        If there are more polygons than codes of a class raster.
    """
    if len(frame) > MOST_ZONES:
        raise BadArea(
            f"{path}: has {len(frame)} zones, and a class raster holds {MOST_ZONES}. Join some, "
            "or name a column with fewer values as `name_field`."
        )
    shapes = [(geometry, code) for code, geometry in enumerate(frame.geometry, start=1)]
    return rasterize(
        shapes, out_shape=(grid.height, grid.width), transform=grid.transform, dtype="uint8"
    )


def modis_tiles(inside, grid, sinusoidal, tile_side, west, north, sample=2_000_000):
    """Return the names of the MODIS tiles on which cells of the area lie.

    Parameters
    ----------
    inside : ndarray of bool, shape (y, x)
    grid : geotiff.Grid
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
