"""HDF4-EOS grid files: one field, its geometry and its decoded values."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from affine import Affine
from pyhdf.error import HDF4Error
from pyhdf.SD import SD, SDC

from nepflow.study import modis

MAGIC = b"\x0e\x03\x13\x01"


class BadTile(ValueError):
    """A tile that cannot be read, or that is not what its name says."""


@dataclass(frozen=True)
class Layer:
    """A field of a grid as stored: integer codes (y, x), attributes, sinusoidal transform."""

    codes: np.ndarray
    attributes: dict
    transform: Affine


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
        If the file is no HDF4 file, is cut off, has no such field, or no such grid.
    """
    section = _grid_with(path, field, grid)
    with _opened(path) as file:
        dataset = file.select(field)
        attributes = {k: v for k, v in dataset.attributes().items() if k != "calibrated_nt"}
        codes = dataset.get()
        dataset.endaccess()
    transform, shape = _transform(section)
    if codes.shape != shape:
        raise BadTile(
            f"{path}: {field} has {codes.shape} cells, its StructMetadata.0 says {shape}. "
            "Delete it and get it again."
        )
    return Layer(codes, attributes, transform)


def geometry(path, field):
    """Return transform and shape (y, x) of the grid that has ``field``, without its values.

    Raises
    ------
    BadTile
        See `read_layer`.
    """
    return _transform(_grid_with(path, field, None))


def is_simulated(path):
    """Tell whether the file says of itself that it is simulated."""
    with _opened(path) as file:
        return "simulated" in _attributes(file)


@contextmanager
def _opened(path):
    """Open an HDF4 file for reading; a damaged one is a `BadTile`."""
    _check_magic(path)
    file = None
    try:
        file = SD(str(path), SDC.READ)
        yield file
    except HDF4Error as error:
        raise BadTile(
            f"{path}: cannot be read as HDF4 ({error}); it is cut off or damaged. "
            "Delete it and get it again."
        ) from error
    finally:
        if file is not None:
            file.end()


def _check_magic(path):
    with open(path, "rb") as file:
        head = file.read(512)
    if head[:4] == MAGIC:
        return
    if b"<html" in head.lower() or b"<!doctype" in head.lower():
        raise BadTile(
            f"{path}: is a web page saved as .hdf, mostly a login or error page. "
            "Delete it, log in to the archive and get the tile again."
        )
    raise BadTile(f"{path}: is not an HDF4 file. Delete it and get the tile again.")


def _attributes(file):
    """Return the attributes of a file by name, their values still unread."""
    every = [file.attr(number) for number in range(file.info()[1])]
    return {attribute.info()[0]: attribute for attribute in every}


@lru_cache(maxsize=512)
def _structure(path, size, modified):
    """Return the StructMetadata.0 of a file; pyhdf reads it letter by letter."""
    with _opened(path) as file:
        found = _attributes(file).get("StructMetadata.0")
        return found.get() if found else ""


def _grid_with(path, field, grid):
    """Return the section of StructMetadata.0 of the grid that has ``field``."""
    status = Path(path).stat()
    text = _structure(str(path), status.st_size, status.st_mtime_ns)
    sections = re.findall(r"GROUP=GRID_\d+\s(.*?)END_GROUP=GRID_\d+\s", text, re.S)
    named = {re.search(r'GridName="([^"]+)"', part)[1]: part for part in sections}
    for name, part in named.items():
        if f'DataFieldName="{field}"' in part and grid in (None, name):
            return part
    fields = re.findall(r'DataFieldName="([^"]+)"', text)
    raise BadTile(
        f"{path}: has no field {field}{f' in grid {grid}' if grid else ''}; grids: "
        f"{', '.join(named) or 'none'}; fields: {', '.join(fields) or 'none'}. "
        "Is it a file of another product?"
    )


def _transform(section):
    """Corner and cell size from a grid section; shape (y, x)."""
    pair = r"=\(([-\d.eE+]+),([-\d.eE+]+)\)"
    width, height = (int(re.search(rf"{axis}Dim=(\d+)", section)[1]) for axis in "XY")
    west, north = map(float, re.search("UpperLeftPointMtrs" + pair, section).groups())
    east, south = map(float, re.search("LowerRightMtrs" + pair, section).groups())
    return Affine((east - west) / width, 0, west, 0, (south - north) / height, north), (
        height,
        width,
    )


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
    """Refuse a tile whose middle is not inside the tile that its name says.

    Raises
    ------
    BadTile
        Also a clipped file, or one that reaches a little over its tile, passes.
    """
    name = modis.FILE_NAME.match(Path(path).name)
    if not name:
        return
    west, south, east, north = modis.tile_bounds(name["tile"])
    height, width = layer.codes.shape
    x, y = layer.transform @ (width / 2, height / 2)
    if not (west < x < east and south < y < north):
        raise BadTile(
            f"{path}: its middle lies at x {x:.0f} m, y {y:.0f} m (sinusoidal), not in tile "
            f"{name['tile']}. Was it renamed? Get the tile again."
        )
