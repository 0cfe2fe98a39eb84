"""Vector files that users bring, in any packing, encoding and CRS, opened with errors by name.

An entry is a dictionary of the study file: ``layer`` where the file has several, ``crs`` where it
says none or a wrong one, ``encoding`` of its text.
"""

import difflib
import logging
import os
import re
import warnings
import zipfile
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

import geopandas
import pandas as pd
import pyogrio
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError

from nepflow.io import encodings

NAMED_AT_MOST = 10  # names that a message lists
UNPACKED = 8e9  # bytes that an archive may hold
TEXT_FILES = (".geojson", ".json", ".topojson", ".geojsonl")
PACKED = (".zip", ".shz", ".kmz")
SOURCES = (".shp", ".gpkg", ".kml", ".gml", ".fgb", ".tab", ".mif", ".sqlite", *TEXT_FILES)
COMPANIONS = (".dbf", ".shx", ".prj", ".cpg", ".sbn", ".sbx", ".qix")  # of a .shp


class BadArea(ValueError):
    """A file of vectors that cannot serve as what the study names it for."""


def opened(path, entry=None):
    """Return a vector file with its CRS and readable text.

    Parameters
    ----------
    path : str or Path
        Also a zip, whatever the folder inside; a folder of one file.
    entry : dict, optional
        ``layer``; ``crs``: that of a file that says none or a wrong one; ``encoding`` of its text.

    Returns
    -------
    geopandas.GeoDataFrame
        ``attrs["warnings"]`` says what was read otherwise than the file says.

    Raises
    ------
    BadArea
        If it is not there, cannot be read, holds no shapes, or says no CRS; if several layers have
        shapes and none is named; if the encoding of its text is not known.
    """
    entry = entry or {}
    if not Path(path).exists():
        raise BadArea(
            f"{path}: no such file. Put the polygons there or change `file` of their entry."
        )
    with ExitStack() as stack:
        source, layer = _source_of(Path(path), entry.get("layer"), stack)
        frame, said = _with_text(source, layer, path, entry.get("encoding"), stack)
    if not isinstance(frame, geopandas.GeoDataFrame):
        raise BadArea(f"{path}: is a table without polygons. Name a layer that has them (`layer`).")
    frame, about = _with_crs(frame, entry.get("crs"), path)
    said += about
    frame.attrs["warnings"] = [f"{path}: {text}" for text in said]
    return frame


def _source_of(path, layer, stack):
    """Return the file that GDAL opens, unpacked, and its layer or None.

    Raises
    ------
    BadArea
    """
    if path.suffix.lower() in COMPANIONS and path.with_suffix(".shp").exists():
        raise BadArea(f"{path}: is one part of a shapefile. Name its .shp.")
    if path.is_dir() and path.suffix.lower() != ".gdb":
        files = sorted(file for file in path.rglob("*") if file.suffix.lower() in SOURCES)
        return _one_of({str(file.relative_to(path)): file for file in files}, layer, path)
    if path.suffix.lower() in PACKED or (path.is_file() and zipfile.is_zipfile(path)):
        return _unpacked(path, layer, stack)
    return path, layer


def _one_of(files, layer, path):
    """Return the file that ``layer`` names, or the only one; the layer is one of the file then."""
    if not files:
        raise BadArea(
            f"{path}: holds no file of polygons ({', '.join(SOURCES[:4])} ...). Put one there."
        )
    named = {
        name: file
        for name, file in files.items()
        if layer and layer in (name, Path(name).name, Path(name).stem)
    }
    if len(files) == 1 and not named:
        return next(iter(files.values())), layer
    if len(named) == 1:
        return next(iter(named.values())), None
    wrong = f"no {layer}" if layer and not named else "several files"
    raise BadArea(
        f"{path}: holds {wrong}: {listed(list(files))}. Name one as `layer`, without its ending, "
        "beside `file` in the study file."
    )


def _unpacked(path, layer, stack):
    """Unpack an archive, whatever its folders and the encoding of its names are.

    Raises
    ------
    BadArea
    """
    folder, files = Path(stack.enter_context(TemporaryDirectory())), {}
    try:
        archive = stack.enter_context(zipfile.ZipFile(path))
        members = [
            member
            for member in archive.infolist()
            if not member.is_dir()
            and not any(p.startswith(("__MACOSX", "._")) for p in member.filename.split("/"))
        ]
        size = sum(member.file_size for member in members)
        if size > UNPACKED:
            raise BadArea(f"{path}: holds {size / 1e9:.0f} GB, at most {UNPACKED / 1e9:.0f} GB.")
        stems = {}
        for member in members:
            stem, end = os.path.splitext(member.filename)
            inside = re.match(r"(.*?[^/]+\.gdb)/([^/]+)$", member.filename, re.I)
            number = stems.setdefault((inside[1] if inside else stem).lower(), len(stems))
            target = folder / f"{number}{end.lower()}"
            if inside:
                target = folder / f"{number}.gdb" / inside[2]
                files[inside[1]] = target.parent
            elif end.lower() in SOURCES:
                files[member.filename] = target
            target.parent.mkdir(exist_ok=True)
            target.write_bytes(archive.read(member))
    except BadArea:
        raise
    except Exception as error:  # zipfile has many: damaged, encrypted, unknown compression
        raise BadArea(
            f"{path}: cannot be unpacked ({type(error).__name__}: {error}). Bring it again, "
            "without a password."
        ) from None
    source, layer = _one_of(files, layer, path)
    lost = [
        end
        for end in (".shx", ".dbf")
        if source.suffix == ".shp" and not source.with_suffix(end).exists()
    ]
    if lost:
        raise BadArea(
            f"{path}: holds a shapefile without its {' and '.join(lost)}. Pack all of it."
        )
    return source, layer


def _layer_of(source, layer, path):
    """Return the layer that is named, or the only one with polygons, or with shapes.

    Raises
    ------
    BadArea
    """
    there = dict(pyogrio.list_layers(source).tolist())
    if layer is not None:
        if layer not in there:
            raise BadArea(
                f"{path}: has no layer {layer}, but {listed(list(there))}. Change `layer`."
            )
        return layer
    shapes = [name for name, kind in there.items() if kind]
    wide = [name for name in shapes if re.search("Polygon|Surface", there[name])]
    found = wide if len(shapes) > 1 and wide else shapes
    if len(found) > 1:
        raise BadArea(
            f"{path}: has {len(found)} layers with shapes: {listed(found)}. Name one as `layer` "
            "beside `file` in the study file."
        )
    return found[0] if found else None


def _with_text(source, layer, path, declared, stack):
    """Return the rows of a file with decoded text, and what a reader must know of it."""
    try:
        codec = _codec(declared, path)
        end = Path(source).suffix.lower()
        if end in TEXT_FILES:
            source, said = _as_utf8(Path(source), codec, stack)
            return _rows(source, _layer_of(source, layer, path)), said
        layer = _layer_of(source, layer, path)
        if end == ".shp":
            frame = _rows(source, layer, "ISO-8859-1")  # bytes as they are, one sign each
            return _decoded(frame, Path(source), codec)
        return _rows(source, layer), []
    except BadArea:
        raise
    except encodings.UnknownEncoding as error:
        raise BadArea(
            f"{path}: {error}. Write which it is beside `file` in the study file, such as "
            "`encoding: gbk`."
        ) from None
    except UnicodeDecodeError as error:
        raise BadArea(
            f"{path}: its text is not UTF-8 ({error}). Write the file in UTF-8."
        ) from None
    except Exception as error:  # of GDAL, GEOS, pyogrio, Arrow: what they raise is no interface
        raise BadArea(
            f"{path}: cannot be read as polygons ({error}). It may be cut off, damaged, or of a "
            "kind that GDAL does not read: bring it again, or as GeoPackage."
        ) from error


def _rows(source, layer, encoding=None):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        frame = pyogrio.read_dataframe(
            source, layer=layer, encoding=encoding, on_invalid="fix", datetime_as_string=True
        )
    for text in dict.fromkeys(str(warning.message) for warning in caught):
        logging.getLogger(__name__).warning("%s: %s", source, text)
    return frame


def _codec(declared, path):
    """Return the codec of an encoding that the study declares.

    Raises
    ------
    BadArea
    """
    codec = encodings.codec_of(declared) if declared else None
    if declared and codec is None:
        raise BadArea(
            f"{path}: encoding {declared!r} is none. Write `encoding: gbk`, utf-8, big5, cp1252 or "
            "another that Python knows."
        )
    return codec


def _as_utf8(source, codec, stack):
    """Return a file of text in UTF-8, a copy where it is in another encoding."""
    content = source.read_bytes()
    marks = ((b"\xff\xfe\x00\x00", "utf-32"), (b"\x00\x00\xfe\xff", "utf-32"))
    marks += ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
    codec = next((found for mark, found in marks if content.startswith(mark)), codec)
    said = []
    if codec is None:
        try:
            content.decode("utf-8")
            return source, said
        except UnicodeDecodeError:
            codec, about = encodings.found(re.findall(rb'"([^"]*)"', content), None)
            said = [about] if about else []
    if codec == "utf-8":
        return source, said
    copy = Path(stack.enter_context(TemporaryDirectory()), source.name)
    copy.write_text(content.decode(codec), encoding="utf-8")
    return copy, said


def _decoded(frame, source, codec):
    """Return a shapefile's rows with text of the encoding that study, .cpg, .dbf or bytes tell."""
    declared = codec or _declared_by(source)
    shapes = isinstance(frame, geopandas.GeoDataFrame)
    kept = [c for c in frame.columns if not (shapes and c == frame.geometry.name)]
    texts = [column for column in kept if pd.api.types.is_string_dtype(frame[column].dtype)]
    stored = {
        column: [None if pd.isna(text) else str(text).encode("latin-1") for text in frame[column]]
        for column in texts
    }
    names = [str(column).encode("latin-1") for column in kept]
    every = [*names, *(text for column in stored.values() for text in column if text)]
    found, said = encodings.found(every, declared, by_study=codec is not None)
    for column, values in stored.items():
        known = {text: encodings.decoded(text, found) for text in set(values) - {None}}
        frame[column] = pd.Series([known.get(v) for v in values], index=frame.index, dtype=object)
    called = dict(zip(kept, (encodings.decoded(name, found) for name in names), strict=True))
    return frame.rename(columns=called), [said] if said else []


def _declared_by(source):
    """Return the codec that a shapefile declares, in its .cpg or its table; None if it does not."""
    beside = {file.suffix.lower(): file for file in source.parent.glob(f"{_plain(source.stem)}.*")}
    if ".cpg" in beside:
        found = encodings.codec_of(beside[".cpg"].read_text("latin-1"))
        if found:
            return found
    if ".dbf" in beside:
        with beside[".dbf"].open("rb") as file:
            return encodings.DRIVERS.get((file.read(30)[29:] or b"\0")[0])
    return None


def _plain(name):
    """Return a name with the signs of a pattern taken as they are."""
    return re.sub(r"([\[*?])", r"[\1]", name)


def _with_crs(frame, declared, path):
    """Return shapes in a CRS that has a way to degrees, and what a reader must know of it.

    Raises
    ------
    BadArea
    """
    said = []
    if declared:
        try:
            crs = CRS.from_user_input(declared)
        except CRSError as error:
            raise BadArea(
                f"{path}: crs {declared!r} is none ({error}). Write an EPSG code (EPSG:4326), a "
                "PROJ string or WKT."
            ) from None
        if frame.crs is not None and frame.crs != crs:
            said = [f"says {frame.crs.name}, is read as {crs.name}, which the study declares"]
        frame = frame.set_crs(crs, allow_override=True)
    if frame.crs is None:
        raise BadArea(
            f"{path}: says no CRS (a shapefile without .prj?). Declare it beside `file` in the "
            "study file: `crs: EPSG:4326`, or what it is in."
        )
    if not _reaches_degrees(frame.crs):
        raise BadArea(
            f"{path}: its CRS ({frame.crs.name}) is none of places on the earth, or has no way to "
            "degrees. Declare the right one as `crs` beside `file` in the study file."
        )
    return frame, said


def _reaches_degrees(crs):
    try:
        Transformer.from_crs(crs, "EPSG:4326", always_xy=True)
    except ProjError:
        return False
    return crs.is_geographic or crs.is_projected


def check_column(frame, name, path, remedy):
    """Refuse a column that a file does not have, or has twice.

    Raises
    ------
    BadArea
    """
    columns = _columns(frame)
    if columns.count(name) == 1:
        return
    if name in columns:
        raise BadArea(f"{path}: has {columns.count(name)} columns {name}. Rename all but one.")
    shown = {str(column).casefold(): str(column) for column in columns}
    near = difflib.get_close_matches(str(name).casefold(), shown, n=1, cutoff=0.7)
    near += [short for short in shown if str(name).casefold()[:10] == short]  # a .dbf cuts names
    hint = f" Did you mean {shown[near[0]]}?" if near else ""
    raise BadArea(
        f"{path}: has no column {name}, but {', '.join(map(str, columns))}.{hint} {remedy}"
    )


def _columns(frame):
    return [column for column in frame.columns if column != frame.geometry.name]


def listed(names):
    """Return how many names there are, and the first of them, as text."""
    more = f", and {len(names) - NAMED_AT_MOST} more" if len(names) > NAMED_AT_MOST else ""
    return f"{len(names)} ({', '.join(map(str, names[:NAMED_AT_MOST]))}{more})"


def is_vector(path):
    """Tell whether a file of field data holds points, by its name or by what is packed in it."""
    path = Path(path)
    if path.suffix.lower() == ".zip" and zipfile.is_zipfile(path):
        try:
            with zipfile.ZipFile(path) as archive:
                return any(Path(name).suffix.lower() in SOURCES for name in archive.namelist())
        except zipfile.BadZipFile:
            return True  # `opened` says what is wrong with it
    return path.suffix.lower() in (*SOURCES, ".gdb", ".shz", ".kmz")
