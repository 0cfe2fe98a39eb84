"""Digests of files, and what is known of a file from those who gave it.

Standard library only: the workflow reads it before any environment exists.
"""

import csv
import hashlib
import json
import os
import re
import zlib
from functools import lru_cache
from pathlib import Path

PIECE = 1 << 20  # bytes
ALGORITHMS = {
    "MD5": "md5",
    "SHA1": "sha1",
    "SHA256": "sha256",
    "SHA384": "sha384",
    "SHA512": "sha512",
    "CKSUM": "cksum",  # of POSIX, as the inventories of MODIS write it
}
VERIFIED = {  # what else than its digest proves a file
    "archive": "digest of the archive",
    "inside": "checksums in the file",
    "download": "digest of its download",
    "": "unverified",
}
REVERSED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def plain(algorithm):
    """Return the name of a checksum without case, hyphens and underscores."""
    return algorithm.upper().replace("-", "").replace("_", "")


def verifies(algorithm):
    """Tell whether a checksum of this name can be computed here."""
    return plain(algorithm) in ALGORITHMS


def digest(path, algorithm="sha256"):
    """Return the digest of a file as its archive writes it: hexadecimal, of CKSUM decimal.

    What was read once is not read again, as long as the file system says that it is the same.
    """
    return _digest(str(path), ALGORITHMS[plain(algorithm)], state_of(path))


def state_of(path):
    """Return what of a file changes when it is replaced or written, even under its old date."""
    status = os.stat(path)
    return status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


@lru_cache(maxsize=4096)
def _digest(path, name, _state):
    with open(path, "rb") as file:
        if name == "cksum":
            return str(_cksum(file))
        return hashlib.file_digest(file, name).hexdigest()


def _cksum(file):
    """Return the CRC of POSIX cksum by that of zlib, whose bits run the other way."""
    crc, size = 0xFFFFFFFF, 0
    while piece := file.read(PIECE):
        crc, size = zlib.crc32(piece.translate(REVERSED), crc), size + len(piece)
    length = size.to_bytes((size.bit_length() + 7) // 8, "little")
    crc = zlib.crc32(length.translate(REVERSED), crc)
    return int(f"{crc:032b}"[::-1], 2)


def verified(path, inside=False):
    """Return what proves a file, as the report says it (`VERIFIED`).

    Parameters
    ----------
    path : str or Path
    inside : bool
        Whether the file holds checksums of all that is read of it.
    """
    sources = [source for _, _, _, source in known(path)]
    inner = ["inside"] if inside else []
    return VERIFIED[min([*sources, *inner, ""], key=list(VERIFIED).index)]


def known(path, lock=""):
    """Return what is known of a file from elsewhere.

    Parameters
    ----------
    path : str or Path
    lock : str
        Lock file of the granules of a study; a text without content where there is none.

    Returns
    -------
    list of (str, str, str, str)
        Where it is said, the algorithm, the digest, and whose it is (a key of `VERIFIED`); only
        those that can be computed.
    """
    found = [*_of_record(path), *_of_inventory(path), *_of_lock(path, lock)]
    return [row for row in found if verifies(row[1])]


def _of_record(path):
    """The record that a download leaves beside a file."""
    record = Path(f"{path}.source.json")
    try:
        about = json.loads(record.read_text(encoding="utf-8"))
        source = "archive" if about.get("checksum_verified") else "download"
        return [(record.name, "SHA-256", str(about["sha256"]).lower(), source)]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []


def _of_inventory(path):
    """The inventory of the archive beside a tile, as .cmr.xml (ECHO10) or .xml: untrusted text."""
    path, found = Path(path), []
    for inventory in (path.with_suffix(".cmr.xml"), Path(f"{path}.cmr.xml"), Path(f"{path}.xml")):
        try:
            text = inventory.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue
        block = re.search(r"<Checksum>(.*?)</Checksum>", text, re.S)
        if block:
            value = _tag(block[1], "Value") or block[1].strip()
            kind = _tag(block[1], "Algorithm") or _tag(text, "ChecksumType") or ""
            if re.fullmatch("[0-9a-fA-F]{1,128}", value):
                found.append((inventory.name, kind, value.lower(), "archive"))
    return found


def _tag(text, name):
    inside = re.search(rf"<{name}>\s*([^<>]*?)\s*</{name}>", text)
    return inside[1] if inside else None


def _of_lock(path, lock):
    if not lock or not Path(lock).is_file():
        return []
    with open(lock, newline="", encoding="utf-8-sig", errors="replace") as file:
        rows = [row for row in csv.DictReader(file) if row.get("file") == Path(path).name]
    name = Path(lock).name
    return [(name, "SHA-256", str(row.get("sha256")).lower(), "download") for row in rows]
