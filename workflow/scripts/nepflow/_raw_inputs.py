"""The file inputs.lock of a study: the digest of every raw input that a job read.

Jobs add lines and change none: the first line of a file is its first sight, the last one what it
is now. Standard library only: the workflow reads it before any environment exists.
"""

import csv
import fcntl
import os
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from functools import cache, lru_cache

from nepflow import _digests as digests

NAME = "inputs.lock"


@dataclass(frozen=True)
class Sight:
    """A raw input as a job read it: which file, its digest, size and date, the job, the day."""

    file: str
    sha256: str
    size: int
    modified_ns: int
    reader: str
    seen: str

    @property
    def version(self):
        """What the file system tells of the file."""
        return self.size, self.modified_ns


def version_of(path):
    """Return size and date of a file; None where it is not there."""
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_size, status.st_mtime_ns


def read(path):
    """Return the lines of a lock as `Sight`; those that a killed job left half are passed over."""
    try:
        with open(path, newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error):
        return []
    return [sight for sight in map(_sight, rows) if sight]


def _sight(row):
    try:
        numbers = {name: int(row[name]) for name in ("size", "modified_ns")}
        return Sight(**{field.name: row[field.name] for field in fields(Sight)} | numbers)
    except (TypeError, ValueError, KeyError):
        return None


def add(path, sights):
    """Add lines to a lock; what the last line of a file and job says already is left out."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    names = [field.name for field in fields(Sight)]
    with open(path, "a+", newline="", encoding="utf-8") as file:
        with suppress(OSError):  # some shared file systems have no locks
            fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0, os.SEEK_END)
        last = {(sight.file, sight.reader): sight for sight in read(path)}
        table = csv.DictWriter(file, names, lineterminator="\n")
        if not file.tell():
            table.writeheader()
        elif not _ends_well(path):
            file.write("\n")
        for sight in sights:
            before = last.get((sight.file, sight.reader))
            if not before or (before.sha256, before.version) != (sight.sha256, sight.version):
                table.writerow(asdict(sight))


def _ends_well(path):
    with open(path, "rb") as file:
        file.seek(-1, os.SEEK_END)
        return file.read() == b"\n"


@lru_cache(maxsize=64)
def _by_reader(path, _version):
    """Return {job: {file: lines}}, and {file: last line}."""
    found, last = {}, {}
    for sight in read(path):
        found.setdefault(sight.reader, {}).setdefault(sight.file, []).append(sight)
        last[sight.file] = sight
    return found, last


@cache
def _digest_now(path, _version):
    try:
        return digests.digest(path)
    except OSError:
        return "unreadable"


def changed(path, reader):
    """Return [(file, digest)] of what a job read once and that is another file now.

    A file whose size and date are those of its last line is not read for it. What a job gets
    this way as a parameter is made anew when it changes, and only then.

    Parameters
    ----------
    path : str
        The lock.
    reader : str
        First output of the job.
    """
    found = []
    of_readers, last = _by_reader(path, version_of(path))
    for file, sights in sorted(of_readers.get(reader, {}).items()):
        version = version_of(file)
        if version is None:  # missing files have an error of their own
            continue
        known = version == last[file].version
        now = last[file].sha256 if known else _digest_now(file, version)
        if now != sights[0].sha256:
            found.append([file, now])
    return found


def news(path):
    """Return [(file, day, jobs)] of what has changed since its jobs last read it."""
    of_readers, last = _by_reader(path, version_of(path))
    found = {}
    for reader, files in of_readers.items():
        for file, sights in files.items():
            version = version_of(file)
            if version is None or not os.path.exists(reader):
                continue
            known = version == last[file].version
            now = last[file].sha256 if known else _digest_now(file, version)
            if now != sights[-1].sha256:
                found.setdefault((file, sights[-1].seen[:10]), []).append(reader)
    return [(*about, readers) for about, readers in sorted(found.items())]


def message(study, path):
    """Return what to tell before a run of files that changed; an empty text where none did."""
    lines = [
        f"  {file}: was another one on {day}; {len(jobs)} results of it are made anew ({jobs[0]})"
        for file, day, jobs in news(path)
    ]
    if not lines:
        return ""
    more = [f"  and {len(lines) - 12} more"] if len(lines) > 12 else []
    return "\n".join(
        [f"{study}: raw inputs are not the files that {path} has on record:", *lines[:12], *more]
    )


def is_watched(script):
    """Tell whether a script watches over the raw files that it reads (`nepflow._watch`)."""
    return "watched(" in script.read_text(encoding="utf-8")


def raw_of(paths, *made):
    """Return those of some files that lie below none of some folders: that no rule makes."""
    places = [os.path.abspath(place) + os.sep for place in made]
    found = [path for path in paths if not os.path.abspath(path).startswith(tuple(places))]
    return list(dict.fromkeys(map(str, found)))
