"""The watch that a job keeps over the raw files that it reads."""

import logging
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from nepflow import _digests as digests
from nepflow import _raw_inputs as raw_inputs

log = logging.getLogger(__name__)
AROUND = {".shp": (".dbf", ".shx", ".prj", ".cpg")}  # a layer is several files


class ChangedInput(ValueError):
    """A raw file is not the one that somebody else has on record, or changed while it was read."""


@contextmanager
def watched(raw, more=()):
    """Take the digests of raw files before a job reads them, and see that they stay what they are.

    Parameters
    ----------
    raw : dict
        Parameter of the rule that the Snakefile adds: ``files``, ``lock`` (of the study),
        ``granules`` (lock of its tiles), ``reader`` (first output of the job), ``made`` (folders
        whose files rules make).
    more : list of str
        Further files, such as tiles that stand in a list.

    Raises
    ------
    ChangedInput
        If a file is another one than its archive, the record of its download or the lock of the
        granules says, or if it was replaced while it was read.
    """
    paths = raw_inputs.raw_of(_files([*raw["files"], *more]), *raw["made"])
    versions = {path: raw_inputs.version_of(path) for path in paths}
    found = {path: _compared(path, raw["granules"]) for path in paths}
    _check_lock(raw, found, versions)
    yield
    for path, digest in found.items():
        if raw_inputs.version_of(path) is None or digests.digest(path) != digest:
            raise ChangedInput(
                f"{path}: was replaced while it was read. What this job made is thrown away: run "
                "again when nothing writes there any more."
            )
    if paths:
        day = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        sights = [
            raw_inputs.Sight(path, digest, *versions[path], raw["reader"], day)
            for path, digest in found.items()
        ]
        raw_inputs.add(raw["lock"], sights)


def _files(paths):
    """Yield files: those in folders, and those that belong to a layer."""
    for path in map(Path, dict.fromkeys(map(str, paths))):
        if path.is_dir():
            yield from sorted(str(file) for file in path.rglob("*") if file.is_file())
            continue
        yield str(path)
        for end in AROUND.get(path.suffix.lower(), ()):
            beside = path.with_suffix(end)
            if beside.is_file():
                yield str(beside)


def _compared(path, lock):
    """Return the SHA-256 of a file; refuse one that is not what is known of it."""
    own = digests.digest(path)
    for place, algorithm, value, _ in digests.known(path, lock):
        found = own if digests.plain(algorithm) == "SHA256" else digests.digest(path, algorithm)
        if found != value:
            raise ChangedInput(
                f"{path}: its {algorithm} is {found}, {place} says {value}: it was damaged, or "
                "changed after it was brought. Get it again, or delete what is wrong there."
            )
    return own


def _check_lock(raw, found, versions):
    """Say which files are others than this job read before; refuse those that rotted.

    Whoever changes a file changes its date; another content under the same date is damage.
    """
    last = {}
    for sight in raw_inputs.read(raw["lock"]):
        last[sight.file] = sight
        last[sight.file, sight.reader] = sight
    for path, digest in found.items():
        seen, own = last.get(path), last.get((path, raw["reader"]))
        if seen and seen.version == versions[path] and seen.sha256 != digest:
            raise ChangedInput(
                f"{path}: has another content than on {seen.seen[:10]} and the same size and date: "
                f"it was damaged where it lies. Get it again; if you meant it, touch {path}."
            )
        if own and own.sha256 != digest:
            text = f"{path}: is another file than on {own.seen[:10]}"
            log.warning("%s", text)
            print(text, file=sys.stderr)
