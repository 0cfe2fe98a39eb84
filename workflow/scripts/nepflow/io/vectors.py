"""Vector files: areas and zones, in any format that GDAL reads."""

import logging
import os
import unicodedata
from pathlib import Path
from typing import NamedTuple

import geopandas
import numpy as np
import shapely
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError, ProjError
from rasterio.crs import CRS as RasterCrs
from rasterio.features import rasterize

from nepflow import labels
from nepflow.io.atomic import replacing
from nepflow.study import equal_area
from nepflow.study.names import check_inside
from nepflow.study.settings_file import BadStudy

DTYPE = "uint16"  # of rasters of zones

MOST = 65_534  # codes of uint16 but 0 and 65535, which stand for missing data

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # signs without width or ink

POLYGONS = ("Polygon", "MultiPolygon")
SLIVER = 0.5  # cells; borders that overlap by less, in area or in width, are digitised twice
DISTORTED = 2  # times that an area may seem larger or smaller: edges are straight on the grid
NAMED_AT_MOST = 10  # names that a message lists
WITHOUT_ZONE = 1  # %, cells of the area in no polygon from which on a reader is told


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
        Column that names the zones, text or numbers.

    Returns
    -------
    geopandas.GeoDataFrame
        In the CRS of the file, dissolved by name, in order of first appearance. Its
        ``attrs["warnings"]`` lists what was left out: rows that hold no polygon.

    Raises
    ------
    BadArea
        If the file cannot be read, has no CRS, no such column or no polygon; if a corner is
        infinite, or the coordinates do not fit the CRS.
    vectors.BadNames
        If a polygon has no name, or a name cannot serve.
    """
    area = opened(path, layer)
    if name_field not in area.columns or name_field == area.geometry.name:
        raise BadArea(
            f"{path}: has no column {name_field}, but {', '.join(_columns(area))}. Set "
            "`name_field` (of the area `area.name_field`) to one."
        )
    given = area[name_field].astype(object).where(area[name_field].notna(), None)
    area = polygons_of(area, path)
    names = clean_names(given[area.index], path, name_field)
    others = dict.fromkeys(map(text_of, given.drop(area.index)))
    there = set(names)
    lost = [name for name in others if name and name not in there]
    area = geopandas.GeoDataFrame({"name": names}, geometry=area.geometry.array, crs=area.crs)
    area = area.dissolve("name", sort=False).reset_index()
    area.attrs["warnings"] = [f"{path}: {listed(lost)} without a polygon: left out"] if lost else []
    return area


def opened(path, layer=None):
    """Return a vector file with its CRS.

    Raises
    ------
    BadArea
        If it is not there, cannot be read, holds no shapes, or says no CRS.
    """
    if not Path(path).exists():
        raise BadArea(
            f"{path}: no such file. Put the polygons there or change `file` of their entry."
        )
    try:
        frame = read(path, layer)
    except Exception as error:
        raise BadArea(f"{path}: cannot be read as polygons ({error}).") from error
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise BadArea(f"{path}: is a table without polygons. Name a layer that has them (`layer`).")
    if frame.crs is None:
        raise BadArea(f"{path}: says no CRS. Write it with one (a .prj file for a shapefile).")
    return frame


def _columns(frame):
    return [column for column in frame.columns if column != frame.geometry.name]


def listed(names):
    """Return how many names there are, and the first of them, as text."""
    more = f", and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return f"{len(names)} ({', '.join(names[:NAMED_AT_MOST])}{more})"


def polygons_of(frame, path):
    """Return the rows of a frame that hold polygons, valid, without lines and points.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
    path : str
        That errors name.

    Raises
    ------
    BadArea
        If there is none, if a corner is infinite, or the coordinates do not fit the CRS.
    """
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    corners, row = shapely.get_coordinates(frame.geometry.array, return_index=True)
    bad = np.unique(row[~np.isfinite(corners).all(axis=1)])
    if bad.size:
        raise BadArea(
            f"{path}: {bad.size} of {len(frame)} shapes have a corner that is infinite or no "
            f"number (the first is row {bad[0] + 1}). Mend or delete them."
        )
    frame = frame.set_geometry(_polygons_alone(frame.geometry))
    frame = frame[~frame.geometry.is_empty]
    if frame.empty:
        raise BadArea(f"{path}: has no polygon.")
    _check_unit(frame.crs, frame.total_bounds, path)
    return frame


def _polygons_alone(shapes):
    """Mend shapes; of collections keep the polygons, or lines in them would become cells."""
    valid = shapes.make_valid()
    mixed = ~valid.geom_type.isin(POLYGONS)
    if not mixed.any():
        return valid
    parts = valid[mixed].explode().explode()  # a collection may hold a multipolygon
    parts = parts[parts.geom_type.isin(POLYGONS)]
    joined = dict.fromkeys(valid.index[mixed], shapely.Polygon())
    for row in parts.index.unique():
        joined[row] = parts.loc[[row]].union_all()
    return geopandas.GeoSeries(
        [joined.get(row, shape) for row, shape in valid.items()], index=valid.index, crs=shapes.crs
    )


def _check_unit(crs, bounds, path):
    """Refuse degrees that are called metres, and metres or exchanged axes called degrees."""
    west, south, east, north = bounds
    place = f"x {west:g} to {east:g}, y {south:g} to {north:g}"
    unit = crs.axis_info[0].unit_name if crs.axis_info else ""
    in_degrees = west > -360.001 and east < 540 and south > -90.001 and north < 90.001
    if unit == "degree" and not in_degrees:
        raise BadArea(
            f"{path}: its coordinates ({place}) are no degrees of longitude and latitude, and its "
            f"CRS is in degrees ({crs.name}). Where they are metres, write the file with their CRS "
            "(a GeoJSON is read as degrees: use a GeoPackage); where latitude stands first, "
            "exchange the two."
        )
    if unit in ("metre", "foot", "US survey foot") and in_degrees:
        raise BadArea(
            f"{path}: its coordinates ({place}) look like degrees, and its CRS is in metres or "
            f"feet ({crs.name}). Write the file with the CRS that they are in, such as EPSG:4326."
        )


def projected(frame, crs, path):
    """Return polygons in another CRS.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Its first column names them.
    crs : str
    path : str
        File of the polygons, that an error names.

    Raises
    ------
    BadArea
        If they lie outside of what the CRS can show.
    """
    remedy = "Choose a grid.crs of their region, or check the CRS of the file."
    try:
        found = frame.to_crs(crs)
    except ProjError as error:
        raise BadArea(f"{path}: cannot be brought to grid.crs ({error}). {remedy}") from error
    corners, row = shapely.get_coordinates(found.geometry.array, return_index=True)
    bad = np.unique(row[~np.isfinite(corners).all(axis=1)])
    if bad.size:
        names = frame[frame.columns[0]].astype(str).iloc[bad]
        raise BadArea(
            f"{path}: {listed(list(names))} of {len(frame)} polygons lie where grid.crs has no "
            f"coordinates. {remedy}"
        )
    found.attrs = dict(frame.attrs)
    return found


def check_shown(frame, shown, path):
    """Refuse an equal-area projection that turns an area inside out or smears it over the map.

    Parameters
    ----------
    frame, shown : geopandas.GeoDataFrame
        The same polygons in the CRS of their file, and on the grid.
    path : str
        File that an error names.

    Raises
    ------
    BadArea
        If their area on the ellipsoid is more than `DISTORTED` times that on the grid, or less.
    """
    geod, measured = Geod(ellps="WGS84"), 0.0
    for polygon in frame.to_crs("EPSG:4326").geometry.explode():
        rings = [polygon.exterior, *polygon.interiors]
        sizes = [abs(geod.geometry_area_perimeter(ring.segmentize(0.5))[0]) for ring in rings]
        measured += sizes[0] - sum(sizes[1:])
    on_grid = shown.area.sum()
    if not measured / DISTORTED <= on_grid <= measured * DISTORTED:
        raise BadArea(
            f"{path}: its polygons measure {measured / 1e6:.4g} km2, and {on_grid / 1e6:.4g} km2 "
            "in grid.crs: it lies where grid.crs cannot show it. Choose a grid.crs whose centre "
            "(+lat_0, +lon_0) is in the area; give long edges corners between their ends."
        )


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


def named_crs(crs):
    """Return a CRS as WKT with a name that GIS programs show, in place of "unknown".

    Parameters
    ----------
    crs : str
        Such as ``+proj=aea +lat_1=25 +lat_2=47 +lon_0=105 +datum=WGS84``, which has no name.

    Returns
    -------
    str
        Such as ``PROJCS["Albers Equal Area lat_1=25 lat_2=47 lon_0=105", ...``, the same CRS.
    """
    given = CRS.from_user_input(crs).to_json_dict()
    if given["name"] == "unknown":
        method = given["conversion"]["method"]["name"]
        turned = CRS.from_user_input(crs).to_dict()
        numbers = (f"{key}={turned[key]:g}" for key in _NAMED if key in turned)
        given["name"] = " ".join([method, *numbers])
    if given.get("base_crs", {}).get("name") == "unknown":
        given["base_crs"]["name"] = _datum_of(given["base_crs"])
    return RasterCrs.from_wkt(CRS.from_json_dict(given).to_wkt()).to_wkt()


_NAMED = ("lat_1", "lat_2", "lat_0", "lon_0")


def _datum_of(base):
    datum = base.get("datum") or base.get("datum_ensemble")
    return datum["name"].replace(" ensemble", "").replace("World Geodetic System 1984", "WGS 84")


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
            f"{path}: zones without a cell, smaller than one ({grid.resolution_m:g} m) or outside "
            f"of the area: {listed(lost)}"
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
        ``name_field``; ``layer``, ``overlaps``; ``outside``: the name of cells that no polygon
        holds, which joins polygons of that name; None: they stay without a zone. Where the key
        is absent they do too, and a warning says how many from `WITHOUT_ZONE` on.

    Returns
    -------
    ZoneMap

    Raises
    ------
    BadArea
        As `zone_codes`.
    vectors.BadNames
        If the name cannot stand beside those of the polygons.
    """
    frame = projected(read_area(path, entry.get("layer"), entry["name_field"]), grid.crs, path)
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


class BadNames(ValueError):
    """Names of zones that are absent, or that tables could not tell apart."""


def text_of(name):
    """Return a name as text: without blanks around it, 101 for 101.0, empty where it is absent."""
    if name is None or (isinstance(name, float | np.floating) and not np.isfinite(name)):
        return ""
    if isinstance(name, float | np.floating) and name == int(name):
        name = int(name)
    text = unicodedata.normalize("NFC", str(name)).translate(_UNSEEN)
    shown = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join("".join(shown).split())


def check_names(names, place):
    """Refuse names of zones that tables could not tell apart.

    Parameters
    ----------
    names : list of str
        One a zone.
    place : str
        File or zones that an error names.

    Raises
    ------
    BadNames
        If two are the same but for case, blanks or _, one stands for the whole area, or there are
        more than `MOST`.
    """
    if len(names) > MOST:
        raise BadNames(
            f"{place}: has {len(names)} zones, and a class raster holds {MOST}. Join some."
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadNames(f"{place}: two zones are named {twice!r}. Rename one.")
    if labels.REGION in names:
        raise BadNames(
            f"{place}: a zone is named {labels.REGION!r}, which stands for the whole area in "
            "tables. Rename it."
        )
    try:
        check_inside(names, place, "Write them alike, which makes them one zone, or rename one.")
    except BadStudy as error:
        raise BadNames(str(error)) from None


def clean_names(names, place, column, key="name_field"):
    """Return the names of polygons as text.

    Parameters
    ----------
    names : sequence
        Text or numbers, as a file has them; several polygons may have one name.
    place : str
        File that an error names.
    column : str
        Its column.
    key : str
        Key of the study that chooses the column.

    Raises
    ------
    BadNames
        If one is absent or blank, if two differ only in blanks, or one is a word of the tables.
    """
    texts = [text_of(name) for name in names]
    without = [row for row, text in enumerate(texts, start=1) if not text]
    if without:
        raise BadNames(
            f"{place}: {len(without)} of {len(texts)} polygons have no name in {column} (the first "
            f"is polygon {without[0]}). Fill in {column}, delete these polygons, or choose another "
            f"column with {key}."
        )
    spelled = {}
    for name, text in zip(names, texts, strict=True):
        other = spelled.setdefault(text, str(name))
        if other != str(name) and isinstance(name, str):
            raise BadNames(
                f"{place}: the names {other!r} and {name!r} in {column} differ only in blanks or "
                "in how letters are stored. Write them alike, or make them different."
            )
    check_names(list(spelled), place)
    return texts
