"""Provenance of a downloaded file, beside the file: address, time, digest, licence."""

import csv
import json
import logging
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nepflow._digests import VERIFIED
from nepflow.download import transfer, verification
from nepflow.download.redaction import shown
from nepflow.io.atomic import replacing

log = logging.getLogger(__name__)
LIST_COLUMNS = (
    *("file", "sha256", "verified", "size", "address", "retrieved", "dataset", "licence"),
)


def record_of(path):
    """Return the name of the record of a file."""
    return Path(path).with_name(f"{Path(path).name}.source.json")


def read_record(path):
    """Return the record of a file, or None."""
    try:
        return json.loads(record_of(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def bring(session, wanted, dataset, anew=False, **options):
    """Bring a file and write its record; where both are there and agree, do nothing.

    Parameters
    ----------
    session : session.Session
    wanted : transfer.Wanted
    dataset : dict
        Entry of the register.
    anew : bool
        Ask for it again; the one that is there stays until the new one has come.
    **options
        Of `transfer.fetch`.

    Returns
    -------
    dict
        The record: file, address, retrieved (UTC), size, sha256, checksum of the archive, licence,
        citation.

    Raises
    ------
    transfer.TransferFailed
    """
    path, record = Path(wanted.path), read_record(wanted.path)
    if record and path.exists():
        _refuse_changed(path, record)
        if anew:
            with _aside(path):
                return bring(session, wanted, dataset, **options)
    fetched = transfer.fetch(session, wanted, **options)
    if record and not fetched and record["address"] == shown(wanted.address):
        return record
    record = {
        "file": path.name,
        "address": shown(wanted.address),
        "retrieved": _now() if fetched else f"found in place {_now()}",
        "size": path.stat().st_size,
        "sha256": verification.digest(path),
        "checksum": ":".join(wanted.checksum) if wanted.checksum else None,
        "checksum_verified": bool(wanted.checksum) and verification.verifies(wanted.checksum[0]),
        "dataset": dataset["name"],
        "version": dataset["version"],
        "licence": dataset["licence"],
        "citation": dataset["citation"],
    }
    with replacing(record_of(path)) as temporary:
        temporary.write_text(
            json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    log.info("%s: %s", path.name, "downloaded" if fetched else "was there")
    return record


@contextmanager
def _aside(path):
    """Keep a file and its record under other names; they come back if no new one comes."""
    names = [(there, there.with_name(f".{there.name}.before")) for there in (path, record_of(path))]
    for there, kept in names:
        os.replace(there, kept)
    try:
        yield
    finally:
        came = path.exists()
        for there, kept in names:
            if came:
                kept.unlink()
            else:
                os.replace(kept, there)


def brought_on(path):
    """Return the day (UTC, YYYY-MM-DD) on which a file was brought; None of one of the user's."""
    record = read_record(path)
    day = record["retrieved"][:10] if record and Path(path).exists() else ""
    return day if day[:4].isdigit() else None


def today():
    """Return the day (UTC, YYYY-MM-DD), or that of SOURCE_DATE_EPOCH."""
    return _now()[:10]


def _refuse_changed(path, record):
    if path.stat().st_size != record["size"] or verification.digest(path) != record["sha256"]:
        raise transfer.UnsoundFile(
            f"{path}: is no longer the file that was downloaded ({record_of(path).name} has its "
            "digest). Nothing is overwritten: move both away and run again."
        )


def _now():
    """Return the time in UTC, or that of SOURCE_DATE_EPOCH."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    moment = datetime.fromtimestamp(int(epoch), UTC) if epoch else datetime.now(UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def write_list(rows, path, folder):
    """Write the records of files, one a row.

    Parameters
    ----------
    rows : list of (str or Path, dict)
        Files and their records (`bring`).
    path : str or Path
        CSV with ``LIST_COLUMNS``; files are named below ``folder``.
    folder : str or Path
    """
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, LIST_COLUMNS, lineterminator="\n", extrasaction="ignore")
        table.writeheader()
        for name, record in sorted(rows, key=lambda item: str(item[0])):
            verified = VERIFIED["archive" if record["checksum_verified"] else ""]
            place = Path(name).relative_to(folder).as_posix()
            table.writerow(record | {"file": place, "verified": verified})


def read_list(path):
    """Return the rows of `write_list`."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))
