"""HDF4-EOS grid files: one field, its geometry and its decoded values."""

import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from affine import Affine

from nepflow.modis import hdf4
from nepflow.study import modis

AGAIN = "Delete it and get it again."
TYPES = {"CHAR8": "int8", "UCHAR8": "uint8"}  # of HDF-EOS that numpy calls otherwise
LATTICE = 0.05  # cells that the corner of a whole tile may stand off its place
WHOLE = 2  # cells that a whole tile may differ from its tile; a clipped file differs more
NEAR_DAYS = 8  # a composite of 16 days is nearer to its own date than to the next


class BadTile(ValueError):
    """A tile that cannot be read, or that is not what its name says."""


@dataclass(frozen=True)
class Layer:
    """A field of a grid as stored: integer codes (y, x), attributes, sinusoidal transform.

    ``verified`` tells whether checksums in the file cover all codes.
    """

    codes: np.ndarray
    attributes: dict
    transform: Affine
    verified: bool = False


def read_layer(path, field, grid=None):
    """Read one field of an HDF4-EOS grid file, undecoded.

    Parameters
    ----------
    path : str
        A granule; it need not be a whole tile.
    field : str
        Name of the data field, such as ``Npp_500m``.
    grid : str, optional
        Name of the grid; the first one that has the field otherwise.

    Returns
    -------
    Layer

    Raises
    ------
    BadTile
        If the file is no HDF4 file, is cut off or damaged, has no such field, or no such grid.
    """
    section = _grid_with(path, field, grid)
    transform, shape = _transform(path, section)
    with _opened(path) as file:
        found = file.fields.get(field)
        if found is None:
            raise hdf4.Damaged(f"it describes a field {field} and has none")
        if found.shape != shape:
            raise hdf4.Damaged(f"{field} has {found.shape} cells, StructMetadata.0 says {shape}")
        stated = re.search(rf'DataFieldName="{re.escape(field)}"\s+DataType=DFNT_(\w+)', section)
        if stated and TYPES.get(stated[1], stated[1].lower()) != found.dtype.name:
            raise hdf4.Damaged(
                f"{field} has numbers of type {found.dtype.name}, StructMetadata.0 says {stated[1]}"
            )
        codes, verified = file.values(field)
    return Layer(codes, found.attributes, transform, verified)


def geometry(path, field):
    """Return transform and shape (y, x) of the grid that has ``field``, without its values.

    Raises
    ------
    BadTile
        See `read_layer`.
    """
    return _transform(path, _grid_with(path, field, None))


def check(path, fields):
    """Read some fields of a tile as a job would.

    Parameters
    ----------
    path : str or Path
    fields : iterable of modis.Field

    Returns
    -------
    bool
        Whether checksums in the file cover all that was read.

    Raises
    ------
    BadTile
    """
    verified = True
    for field in fields:
        layer = read_layer(path, field.name)
        check_place(path, layer)
        check_scale(layer, field, path)
        verified &= layer.verified
    return verified


def holds_checksums(path, fields):
    """Tell whether checksums in a tile cover the values of some `modis.Field`."""
    with _opened(path) as file:
        names = [field.name for field in fields if field.name in file.fields]
        return bool(names) and all(map(file.holds_checksum, names))


def is_simulated(path):
    """Tell whether the file says of itself that it is simulated."""
    return "simulated" in _texts(path)


@contextmanager
def _opened(path):
    """Open an HDF4 file for reading; whatever is wrong with it is a `BadTile` that names it."""
    file = None
    try:
        file = os.open(path, os.O_RDONLY)
        _check_magic(path, os.pread(file, 512, 0))
        yield hdf4.Container(file)
    except BadTile:
        raise
    except OSError as error:
        raise BadTile(
            f"{path}: cannot be read ({error.strerror}). Is it a folder, a link to nothing, or on "
            "a disk that fails? Put the tile there."
        ) from error
    except hdf4.Damaged as error:
        raise BadTile(f"{path}: is cut off or damaged: {error}. {AGAIN}") from error
    finally:
        if file is not None:
            os.close(file)


def _check_magic(path, head):
    if head[:4] == hdf4.MAGIC:
        return
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        raise BadTile(
            f"{path}: is a web page saved as .hdf, mostly a login or error page. "
            "Delete it, log in to the archive and get the tile again."
        )
    raise BadTile(f"{path}: is not an HDF4 file. Delete it and get the tile again.")


def _texts(path):
    """Return the texts that a file says of itself, by name of attribute."""
    try:
        status = os.stat(path)
    except OSError:
        status = None
    return _texts_of(str(path), status and (status.st_ino, status.st_size, status.st_mtime_ns))


@lru_cache(maxsize=512)
def _texts_of(path, _version):
    with _opened(path) as file:
        texts = {name: text for name, text in file.attributes.items() if isinstance(text, str)}
    texts = {name: text.rstrip("\0") for name, text in texts.items()}
    _check_name(path, texts.get("CoreMetadata.0", ""))
    return texts


def _check_name(path, metadata):
    """Refuse a file whose inventory is that of another date, tile or product than its name."""
    name = modis.FILE_NAME.match(Path(path).name)
    if not name:
        return
    about = 'OBJECT\\s*=\\s*{}\\b.*?VALUE\\s*=\\s*"([^"]*)"'
    told = re.search(about.format("LOCALGRANULEID"), metadata, re.S)
    own = modis.FILE_NAME.match(told[1]) if told else None
    parts = ("product", "year", "day", "tile", "collection")
    if own and any(own[part] != name[part] for part in parts):
        raise BadTile(f"{path}: says of itself that it is {told[1]}. Was it renamed? {AGAIN}")
    begins = re.search(about.format("RANGEBEGINNINGDATE"), metadata, re.S)
    if begins and not _is_near(begins[1], name):
        raise BadTile(
            f"{path}: says of itself that its data begin on {begins[1]}. Was it renamed? {AGAIN}"
        )


def _is_near(text, name):
    """Tell whether a date (YYYY-MM-DD) is that of a file name."""
    try:
        begins = date.fromisoformat(text)
    except ValueError:
        return False
    days = (begins - date(int(name["year"]), 1, 1)).days + 1
    return begins.year == int(name["year"]) and abs(days - int(name["day"])) < NEAR_DAYS


def _grid_with(path, field, grid):
    """Return the section of StructMetadata.0 of the grid that has ``field``."""
    text = _texts(path).get("StructMetadata.0", "")
    sections = re.findall(r"GROUP=GRID_\d+\s(.*?)END_GROUP=GRID_\d+\s", text, re.S)
    names = [re.search(r'GridName="([^"]+)"', part) for part in sections]
    named = {name[1]: part for name, part in zip(names, sections, strict=True) if name}
    for name, part in named.items():
        if f'DataFieldName="{field}"' in part and grid in (None, name):
            return part
    fields = re.findall(r'DataFieldName="([^"]+)"', text)
    raise BadTile(
        f"{path}: has no field {field}{f' in grid {grid}' if grid else ''}; grids: "
        f"{', '.join(named) or 'none'}; fields: {', '.join(fields) or 'none'}. "
        "Is it a file of another product, or damaged?"
    )


def _transform(path, section):
    """Corner and cell size from a grid section; shape (y, x)."""
    pair = r"=\(([-\d.eE+]+),([-\d.eE+]+)\)\s"
    sizes = [re.search(rf"\b{axis}Dim=(\d{{1,5}})\s", section) for axis in "XY"]
    corners = [re.search(name + pair, section) for name in ("UpperLeftPointMtrs", "LowerRightMtrs")]
    projection = re.search(r"\bProjection=(\S+)", section)
    try:
        width, height = (int(size[1]) for size in sizes)
        (west, north), (east, south) = (map(float, corner.groups()) for corner in corners)
        transform = Affine((east - west) / width, 0, west, 0, (south - north) / height, north)
    except (TypeError, AttributeError, ValueError, ArithmeticError):
        raise BadTile(
            f"{path}: its StructMetadata.0 gives no size and corners; it is damaged. {AGAIN}"
        ) from None
    if not (0 < transform.a < np.inf) or abs(transform.e / transform.a + 1) > 1e-3:
        raise BadTile(
            f"{path}: its StructMetadata.0 gives cells of {transform.a:g} m by {-transform.e:g} m; "
            f"it is damaged. {AGAIN}"
        )
    if projection and projection[1] != "GCTP_SNSOID":
        raise BadTile(
            f"{path}: lies in projection {projection[1]}; tiles of the archive are sinusoidal "
            "(GCTP_SNSOID). Get the tile from the archive as it is."
        )
    return transform, (height, width)


def decode(layer, field, path=""):
    """Return the physical values of a layer, NaN wherever its code is not a valid value.

    Parameters
    ----------
    layer : Layer
    field : modis.Field
        Says the valid range, what the stored scale means, and the unit.

    Returns
    -------
    ndarray, shape (y, x)
        float32, in ``field.unit``.

    Raises
    ------
    BadTile
        If the scale that the file stores is not the product's.
    """
    check_scale(layer, field, path)
    factor = field.unit_factor * (1 / field.scale if field.scale_divides else field.scale)
    low, high = field.valid_range

    def values(codes):
        valid = (codes >= low) & (codes <= high)
        return np.where(valid, codes * factor, np.nan).astype("float32")

    return _looked_up(layer.codes, values)


def check_scale(layer, field, path):
    """Refuse a layer whose stored scale is not the product's.

    Raises
    ------
    BadTile
    """
    stored = layer.attributes.get("scale_factor", 1.0)
    if not np.isclose(stored, field.scale):
        raise BadTile(
            f"{path}: {field.name} has scale_factor {stored}, the product has {field.scale}. "
            "Is it a file of another product or collection?"
        )


def missing_reason(layer, field):
    """Return why each cell has no value, as codes of ``modis.MISSING_REASONS`` (1 = valid).

    Returns
    -------
    ndarray of uint8, shape (y, x)
    """
    low, high = field.valid_range

    def reasons(codes):
        reason = np.full(codes.shape, modis.REASON_CODE["fill"], dtype="uint8")
        for code, name in field.codes.items():
            reason[codes == code] = modis.REASON_CODE[name]
        reason[(codes >= low) & (codes <= high)] = modis.REASON_CODE["valid"]
        return reason

    return _looked_up(layer.codes, reasons)


def _looked_up(codes, function):
    """Return ``function(codes)``, evaluated once for each code that 8 or 16 bits can hold."""
    if codes.dtype.itemsize > 2 or codes.size < 2**16:
        return function(codes)
    unsigned = np.dtype(f"u{codes.dtype.itemsize}")
    every = np.arange(256**codes.dtype.itemsize, dtype=unsigned).view(codes.dtype)
    return function(every)[codes.view(unsigned)]


def check_place(path, layer):
    """Refuse a tile that does not lie where the tile that its name says lies.

    A clipped file passes where its middle lies in the tile: archives name what they cut from
    several tiles after one.

    Raises
    ------
    BadTile
    """
    name = modis.FILE_NAME.match(Path(path).name)
    if not name:
        return
    west, south, east, north = modis.tile_bounds(name["tile"])
    height, width = layer.codes.shape
    x, y = layer.transform @ (width / 2, height / 2)
    side = layer.transform.a
    in_tile = (east - west) / side
    corner = np.array([layer.transform.c - west, layer.transform.f - north]) / side
    is_whole = max(abs(height - in_tile), abs(width - in_tile)) <= WHOLE
    moved = is_whole and np.abs(corner).max() > LATTICE
    if moved or not (west < x < east and south < y < north):
        raise BadTile(
            f"{path}: its middle lies at x {x:.0f} m, y {y:.0f} m (sinusoidal), not in tile "
            f"{name['tile']}, or not in its middle. Was it renamed? Get the tile again."
        )
    if abs(in_tile - round(in_tile)) > LATTICE:
        raise BadTile(
            f"{path}: has cells of {side:.3f} m, {in_tile:.2f} in a tile; its StructMetadata.0 is "
            "damaged, or it was resampled. Get the tile from the archive as it is."
        )
