"""Verification of a downloaded file: size, digest, first bytes, and whether it opens."""

import json
from contextlib import suppress
from pathlib import Path

from nepflow._digests import digest, verifies
from nepflow.modis import hdf4

WEB_PAGES = (
    b"<html",
    b"<!doctype html",
    b"<head",
    b'<?xml version="1.0" encoding="utf-8"?>\n<error',
)
FIRST_BYTES = {
    "hdf4": (b"\x0e\x03\x13\x01",),
    "geotiff": (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
}


class WrongContent(ValueError):
    """What came is not the file that was asked for."""


class WebPage(WrongContent):
    """A web page came in place of data: mostly a login or an error page."""


def check(path, kind, size=None, checksum=None, name=None):
    """Refuse a file that is not what was asked for.

    Parameters
    ----------
    path : str or Path
        The file, under any name.
    kind : {"hdf4", "geotiff", "csv", "json", "geojson", "text"}
        What it must be.
    size : int, optional
        Bytes that it must have.
    checksum : tuple of str, optional
        Algorithm ("MD5", "SHA-256", ...) and hexadecimal digest. One that cannot be computed is
        passed over; `verifies` tells.
    name : str, optional
        Name for messages.

    Raises
    ------
    WrongContent
        With what differs and the remedy.
    """
    path, name = Path(path), name or str(path)
    with open(path, "rb") as file:
        head = file.read(2048)
    check_head(head, kind, name)
    found = path.stat().st_size
    if size is not None and found != size:
        raise WrongContent(
            f"{name}: has {found} bytes, the archive says {size}; it is cut off or another "
            "version. Run again; if it stays so, check the archive's page."
        )
    if checksum and verifies(checksum[0]):
        value = digest(path, checksum[0])
        if value != checksum[1].lower():
            raise WrongContent(
                f"{name}: its {checksum[0]} is {value}, the archive says {checksum[1].lower()}; "
                "it was damaged on the way. Run again."
            )
    _open(path, kind, name)


def check_head(head, kind, name):
    """Refuse the first bytes of a file that are not of its kind.

    Raises
    ------
    WrongContent
        `WebPage` for a page in place of data.
    """
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(WEB_PAGES) or (kind in FIRST_BYTES and b"<html" in start):
        raise WebPage(
            f"{name}: a web page came in place of data, mostly a login or error page. Check the "
            "login and that you agreed to the archive's terms (docs/data.md), and run again."
        )
    if kind in FIRST_BYTES and not head.startswith(FIRST_BYTES[kind]):
        raise WrongContent(
            f"{name}: does not begin like {kind} ({head[:8]!r}). Run again; if it stays so, the "
            "archive has changed its format."
        )
    if not head:
        raise WrongContent(f"{name}: is empty. Run again.")
    if kind in ("json", "geojson") and not start.startswith((b"{", b"[")):
        raise WrongContent(f"{name}: does not begin like {kind} ({head[:8]!r}). Run again.")


def _open(path, kind, name):
    try:
        if kind == "hdf4":
            _read_fields(path)
        elif kind == "geotiff":
            _read_corners(path)
        elif kind in ("json", "geojson"):
            json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WrongContent(f"{name}: cannot be opened as {kind} ({error}). Run again.") from error


def _read_fields(path):
    """Read every field of an HDF4 file: zlib compares the checksums of what is packed."""
    with open(path, "rb") as file:
        container = hdf4.Container(file.fileno())
        if not container.fields:
            raise ValueError("it has no data")
        for name in container.fields:
            with suppress(hdf4.Unverifiable):
                container.values(name)


def read_ends(raster):
    """Read the first and the last block of an open raster."""
    windows = [window for _, window in raster.block_windows(1)]
    raster.read(1, window=windows[0])
    raster.read(1, window=windows[-1])


def _read_corners(path):
    """Read the first and the last block: a cut-off GeoTIFF fails there."""
    import rasterio
    from rasterio.errors import RasterioError

    try:
        with rasterio.open(path) as raster:
            read_ends(raster)
    except RasterioError as error:
        raise ValueError(str(error)) from error
