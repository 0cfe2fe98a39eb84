"""The one reader of polygons and points that users bring: areas, zones, projects, factors, plots.

`vector_files` opens the files, `polygon_cells` makes cells of the polygons.
"""

import os
import unicodedata

import geopandas
import numpy as np
import pandas as pd
import shapely
from pyproj import CRS, Geod
from pyproj.exceptions import CRSError, ProjError
from rasterio.crs import CRS as RasterCrs

from nepflow import labels
from nepflow.io import encodings
from nepflow.io.atomic import replacing
from nepflow.io.vector_files import BadArea, check_column, listed, opened
from nepflow.study import equal_area
from nepflow.study.names import check_inside
from nepflow.study.settings_file import BadStudy

MOST = 65_534  # codes of uint16 but 0 and 65535, which stand for missing data

_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # signs without width or ink

POLYGONS = ("Polygon", "MultiPolygon")
DISTORTED = 2  # times that an area may seem larger or smaller: edges are straight on the grid


class BadCrs(ValueError):
    """A CRS that cannot be that of a study grid."""


def read_area(path, layer, name_field, crs=None, encoding=None):
    """Return the polygons of a file, one a name, with columns ``name`` and ``geometry``.

    Parameters
    ----------
    path : str
        GeoPackage, shapefile, GeoJSON or what else GDAL reads, also zipped.
    layer : str or None
    name_field : str
        Column that names the zones, text or numbers.
    crs, encoding : str, optional
        See `opened`.

    Returns
    -------
    geopandas.GeoDataFrame
        In the CRS of the file, dissolved by name, in order of first appearance. Its
        ``attrs["warnings"]`` lists what was left out, mended, or read otherwise than the file
        says; ``attrs["understood"]`` says how many polygons and names there are.

    Raises
    ------
    BadArea
        If the file cannot be read, has no CRS, no such column or no polygon; if a corner is
        infinite, or the coordinates do not fit the CRS.
    vectors.BadNames
        If a polygon has no name, or a name cannot serve.
    """
    return read_zones(
        path, {"layer": layer, "name_field": name_field, "crs": crs, "encoding": encoding}
    )


def read_zones(path, entry):
    """Return the polygons of a file as an entry of the study says; see `read_area`."""
    area, name_field = opened(path, entry), entry["name_field"]
    check_column(area, name_field, path, "Set `name_field` (of the area `area.name_field`) to one.")
    given = area[name_field].astype(object).where(area[name_field].notna(), None)
    area = polygons_of(area, path)
    names, said = clean_names(given[area.index], path, name_field), area.attrs["warnings"]
    others = dict.fromkeys(map(text_of, given.drop(area.index)))
    there = set(names)
    lost = [name for name in others if name and name not in there]
    said += [f"{path}: {listed(lost)} without a polygon: left out"] if lost else []
    area = geopandas.GeoDataFrame({"name": names}, geometry=area.geometry.array, crs=area.crs)
    count = pd.Series(names).value_counts(sort=False)
    if len(count) < len(area):
        area = area.dissolve("name", sort=False).reset_index()
    area.attrs = {"warnings": said, "understood": _understood(count, area.crs)}
    return area


def _understood(count, crs):
    """What is said back of polygons: how many, which names have several."""
    several = count[count > 1]
    text = f"{count.sum()} polygons, {len(count)} zones, {crs.name}"
    if several.empty:
        return text
    names = [f"{name}: {number}" for name, number in several.items()]
    return f"{text}; several polygons are one zone for {listed(names)}"


def point_table(path, entry, columns=("lon", "lat")):
    """Return the attributes of a file of points, with their longitude and latitude as columns.

    Parameters
    ----------
    path : str
    entry : dict
        See `opened`.
    columns : (str, str)
        Names of longitude and latitude in the table.

    Returns
    -------
    pandas.DataFrame
        Degrees, WGS 84; rows without a point have none.

    Raises
    ------
    BadArea
    """
    frame = opened(path, entry)
    kinds = set(frame.geometry.geom_type.dropna()) - {"Point"}
    if kinds:
        raise BadArea(
            f"{path}: holds {', '.join(sorted(kinds))}, and field data are points. Take their "
            "centres, or bring a table with longitude and latitude."
        )
    points = frame.geometry
    corners = shapely.get_coordinates(points[points.notna() & ~points.is_empty].array)
    if not len(corners) or not np.isfinite(corners).all():
        raise BadArea(f"{path}: has no points, or some at infinity. Mend or delete them.")
    _check_unit(frame.crs, [*corners.min(axis=0), *corners.max(axis=0)], path)
    places = points.to_crs("EPSG:4326")
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    return table.assign(**dict(zip(columns, (places.x, places.y), strict=True)))


def polygons_of(frame, path):
    """Return the rows of a frame that hold polygons, valid, without lines and points.

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        Of `opened`.
    path : str
        That errors name.

    Returns
    -------
    geopandas.GeoDataFrame
        In two dimensions; ``attrs["warnings"]`` also says how many were mended.

    Raises
    ------
    BadArea
        If there is none, if a corner is infinite, or the coordinates do not fit the CRS.
    """
    said = list(frame.attrs.get("warnings", []))
    frame = frame[frame.geometry.notna() & ~frame.geometry.is_empty]
    corners, row = shapely.get_coordinates(frame.geometry.array, return_index=True)
    bad = np.unique(row[~np.isfinite(corners).all(axis=1)])
    if bad.size:
        raise BadArea(
            f"{path}: {bad.size} of {len(frame)} shapes have a corner that is infinite or no "
            f"number (the first is row {frame.index[bad[0]] + 1}). Mend or delete them."
        )
    shapes, mended = _valid(frame.geometry)
    frame = frame.set_geometry(_polygons_alone(shapes))
    frame = frame[~frame.geometry.is_empty]
    if frame.empty:
        raise BadArea(f"{path}: has no polygon.")
    _check_unit(frame.crs, frame.total_bounds, path)
    frame.attrs["warnings"] = [*said, *(f"{path}: {text}" for text in mended)]
    return frame


def _valid(shapes):
    """Return shapes in two dimensions whose rings do not cross, and which were mended.

    A ring that crosses itself encloses what its parts enclose, holes are taken out of what lies
    round them (one outside of its ring is land), polygons that overlap are joined; spikes go.
    """
    flat = geopandas.GeoSeries(shapely.force_2d(shapes.array), index=shapes.index, crs=shapes.crs)
    wrong = ~flat.is_valid
    if not wrong.any():
        return flat, []
    first = flat[wrong].iloc[0]
    said = (
        f"{wrong.sum()} of {len(flat)} shapes had rings that cross or touch themselves and were "
        f"mended (the first is row {flat.index[wrong][0] + 1}: {shapely.is_valid_reason(first)})"
    )
    flat[wrong] = flat[wrong].make_valid(method="structure", keep_collapsed=False)
    return flat, [said]


def _polygons_alone(valid):
    """Of collections keep the polygons, or lines in them would become cells."""
    mixed = ~valid.geom_type.isin(POLYGONS)
    if not mixed.any():
        return valid
    parts = valid[mixed].explode().explode()  # a collection may hold a multipolygon
    parts = parts[parts.geom_type.isin(POLYGONS)]
    joined = dict.fromkeys(valid.index[mixed], shapely.Polygon())
    for row in parts.index.unique():
        joined[row] = parts.loc[[row]].union_all()
    return geopandas.GeoSeries(
        [joined.get(row, shape) for row, shape in valid.items()], index=valid.index, crs=valid.crs
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
    damaged = [text for text in dict.fromkeys(texts) if encodings.is_damaged(text)]
    if damaged:
        shown = [text.encode("utf-8", "replace").decode() for text in damaged]
        raise BadNames(
            f"{place}: {listed(shown)} of the names in {column} are no text of the encoding. "
            "Mend them, or declare the right `encoding` beside `file` in the study file."
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
