"""One file from one address: resumed, retried, verified, and only then named.

While it comes, a file is called ``.<name>.part``; ``.<name>.part.json`` says of which version of
the remote file the part is. Both stay after an interruption and are continued by the next run. A
file gets its final name when size, checksum, first bytes and opening have been verified.
"""

import errno
import fcntl
import json
import logging
import os
import random
import re
import shutil
import time
from contextlib import contextmanager
from dataclasses import dataclass
from numbers import Integral
from pathlib import Path

import requests
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

from nepflow.download import verification
from nepflow.download.redaction import known_secrets, redacted, shown


class TransferFailed(ValueError):
    """A file could not be had; the message says why and what to do."""


class LoginRefused(TransferFailed):
    """The archive wants a login, or another one."""


class AddressRefused(TransferFailed):
    """An address that is not https, or a host that may not see the login that it needs."""


class NameRefused(TransferFailed):
    """What a server, or a file that is shared, calls something cannot be the name of a file."""


class NotThere(TransferFailed):
    """The archive has no such file."""


class Unreachable(TransferFailed):
    """The archive did not answer well, however often it was asked."""


class Unreadable(TransferFailed):
    """What came has not the layout that is known."""


class DiskFull(TransferFailed):
    """There is no room for the file."""


class UnknownChecksum(TransferFailed):
    """The archive gives a checksum that cannot be computed here."""


class TooLarge(TransferFailed):
    """More comes than the file can have."""


class UnsoundFile(TransferFailed):
    """A file of that name is already there and is not the one of the archive."""


WAIT_AGAIN = {408, 425, 429, 500, 502, 503, 504}
FILE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9_-]|\.(?!\.)){0,150}", re.ASCII)


def file_name(text, source):
    """Return a name that came from outside, if it can be the name of one file in a folder.

    Every identity that a server or a shared file gives passes here before it becomes a path.

    Parameters
    ----------
    text : str or int
    source : str or Path
        Where it stands, for the message.

    Raises
    ------
    NameRefused
        If it is anything but letters, digits, ``_``, ``-`` and single dots, beginning with a letter
        or digit and not ending with a dot, of 151 characters at most.
    """
    name = str(text)
    known = isinstance(text, str | Integral)  # None and NaN would be words too
    if not known or not FILE_NAME.fullmatch(name) or name.endswith("."):
        raise NameRefused(
            f"{source}: names {name[:80]!r}, which cannot be the name of a file (letters, digits, "
            "_, - and single dots can). Nothing is written. Ask who gave it for a sound one, or "
            "bring the file by hand (docs/data.md)."
        )
    return name


def check(answer, path, binary):
    """Refuse what waiting does not mend.

    A ``binary`` file never comes as text/html; of text files the content tells, since servers of
    static files call JSON so too.

    Raises
    ------
    LoginRefused, NotThere, TransferFailed
    """
    code, name = answer.status_code, Path(path).name
    place = shown(answer.url)
    if code in (401, 403):
        raise LoginRefused(
            f"{name}: {place} refused the login ({code}). Check it with `make doctor`; with "
            "Earthdata, agree to the application of the archive on your profile page "
            "(docs/data.md)."
        )
    if code in (404, 410):
        raise NotThere(
            f"{name}: {place} has no such file ({code}). Check year and tile with `make plan`, and "
            "the address in config/datasets.yaml."
        )
    if code not in (200, 206, 416) and code not in WAIT_AGAIN:
        raise TransferFailed(
            f"{name}: {place} answered {code}, which is neither data nor a reason to wait. Check "
            "the address in config/datasets.yaml."
        )
    kind = answer.headers.get("Content-Type", "").partition(";")[0]
    if binary and code in (200, 206) and kind == "text/html":
        raise LoginRefused(
            f"{name}: {place} sent a web page in place of data, mostly a login page. Check the "
            "login with `make doctor` and that you agreed to the archive's terms (docs/data.md)."
        )


def starts_at(answer, done):
    """Tell whether the answer goes on after ``done`` bytes."""
    return answer.headers.get("Content-Range", "").startswith(f"bytes {done}-")


def length(answer, done):
    """Return the bytes of the whole file, or None where the archive does not say them."""
    coming = answer.headers.get("Content-Length", "")
    known = re.fullmatch("[0-9]{1,15}", coming) and not is_packed(answer)
    return done + int(coming) if known else None


def is_packed(answer):
    """Tell whether bytes are counted packed, so that they say nothing of the file."""
    return answer.headers.get("Content-Encoding", "identity") != "identity"


def retry_after(answer):
    """Return the seconds that the archive asks to wait, or None."""
    try:
        return Retry().get_retry_after(answer.raw)
    except (InvalidHeader, ValueError, OverflowError):  # the last two of dates that are none
        return None


__all__ = [
    "AddressRefused",
    "DiskFull",
    "LoginRefused",
    "NameRefused",
    "NotThere",
    "Patience",
    "TooLarge",
    "TransferFailed",
    "UnknownChecksum",
    "Unreachable",
    "Unreadable",
    "UnsoundFile",
    "Wanted",
    "fetch",
    "part_of",
]
log = logging.getLogger(__name__)
BLOCK = 1 << 16  # bytes; what a broken connection loses at most
TIMEOUT_S = (20, 90)  # to connect; between two pieces
MARGIN = 1 << 20  # bytes that may come beyond what was declared, before it is refused
LARGEST_TEXT, LARGEST = 1 << 29, 1 << 33  # bytes of a file whose size nobody declares


@dataclass(frozen=True)
class Wanted:
    """A file that is wanted.

    ``size`` in bytes and ``checksum`` (algorithm, hexadecimal digest) as the archive gives them,
    or None; ``kind`` as in `verification.check`. ``accept`` takes the path of what came, raises a
    ValueError if it is well-formed but not what was meant; nothing gets the final name then.
    ``unknown_checksum`` says what is done with a checksum that cannot be computed here: ``error``
    or ``accept``.
    """

    address: str
    path: Path
    kind: str
    size: int | None = None
    checksum: tuple | None = None
    accept: object = None
    unknown_checksum: str = "error"


@dataclass(frozen=True)
class Patience:
    """How often to try, and how long to wait between, s."""

    tries: int = 6
    first_s: float = 2.0
    longest_s: float = 300.0

    def wait(self, attempt, asked=None):
        """Seconds before attempt number ``attempt``; what the archive asks for counts."""
        usual = min(self.first_s * 2 ** (attempt - 1), self.longest_s)
        usual *= 0.5 + random.random() / 2
        return usual if asked is None else min(max(asked, 0.0), self.longest_s)


def fetch(session, wanted, patience=Patience(), sleep=time.sleep):
    """Bring one file, or find it already there and sound.

    Parameters
    ----------
    session : session.Session
        With the login, where one is needed.
    wanted : Wanted
    patience : Patience
    sleep : callable
        Takes seconds.

    Returns
    -------
    bool
        Whether anything was downloaded.

    Raises
    ------
    TransferFailed
        One of its kinds. Nothing stands under the final name then; a part may stay to be continued.
    """
    path = Path(wanted.path)
    _check_checksum(wanted)
    path.parent.mkdir(parents=True, exist_ok=True)
    if _is_there(wanted):
        return False
    with _alone(part_of(path)):
        if _is_there(wanted):  # another process brought it meanwhile
            return False
        for attempt in range(1, patience.tries + 1):
            waiting = _attempt(session, wanted)
            if waiting is None:
                return True
            reason, asked = waiting
            log.warning(
                "%s: %s (try %d of %d)", shown(wanted.address), reason, attempt, patience.tries
            )
            if attempt < patience.tries:
                sleep(patience.wait(attempt, asked))
    raise Unreachable(
        f"{path.name}: {shown(wanted.address)} failed {patience.tries} times, last: {reason}. "
        "Run again later; what has come is kept and continued."
    )


def _check_checksum(wanted):
    if not wanted.checksum or verification.verifies(wanted.checksum[0]):
        return
    name, kind = Path(wanted.path).name, wanted.checksum[0]
    if wanted.unknown_checksum == "error":
        raise UnknownChecksum(
            f"{name}: the archive gives a checksum of the kind {kind[:40]!r}, which cannot be "
            "computed here, so the file cannot be verified. Set acquire.unknown_checksum: accept "
            "in the study to take such files; the report then calls them unverified."
        )
    log.warning("%s: has a checksum of the unknown kind %r; it stays unverified", name, kind[:40])


def part_of(path):
    """Return the name that a file has while it comes."""
    return Path(path).with_name(f".{Path(path).name}.part")


def _is_there(wanted):
    if not Path(wanted.path).exists():
        return False
    try:
        verification.check(wanted.path, wanted.kind, wanted.size, wanted.checksum)
    except verification.WrongContent as error:
        raise UnsoundFile(
            f"{wanted.path}: is there already, but not as the archive has it: {error} "
            "Nothing is overwritten: move it away and run again."
        ) from None
    return True


@contextmanager
def _alone(part):
    """Hold the part for this process; a second one waits and then finds the file."""
    while True:
        with open(part, "ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            if part.exists() and os.fstat(file.fileno()).st_ino == part.stat().st_ino:
                try:
                    yield
                finally:
                    if part.exists() and part.stat().st_size == 0:
                        part.unlink()
                        _note_of(part).unlink(missing_ok=True)
                return


def _note_of(part):
    return part.with_name(f"{part.name}.json")


def _discard(part):
    """Empty the part; it is not removed, since it is what this process holds."""
    os.truncate(part, 0)
    _note_of(part).unlink(missing_ok=True)


def _attempt(session, wanted):
    """Try once. Return None when the file is there, else (reason, seconds that were asked for)."""
    part = part_of(wanted.path)
    try:
        reason = _receive(session, wanted, part)
    except AddressRefused as error:
        raise AddressRefused(f"{Path(wanted.path).name}: {error}") from None
    except (
        requests.ConnectionError,
        requests.Timeout,
        requests.exceptions.ChunkedEncodingError,
    ) as error:
        return redacted(type(error).__name__), None
    except requests.RequestException as error:
        raise TransferFailed(
            f"{Path(wanted.path).name}: {redacted(str(error), known_secrets())}. Check the address "
            "in config/datasets.yaml, and the login."
        ) from None
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise _full(wanted, part.parent) from None
    if reason is not None:
        return reason
    try:
        verification.check(
            part, wanted.kind, wanted.size, wanted.checksum, name=Path(wanted.path).name
        )
    except verification.WebPage as error:
        _discard(part)
        raise LoginRefused(str(error)) from None
    except verification.WrongContent as error:
        _discard(part)
        return str(error), None
    _accept(wanted, part)
    os.replace(part, wanted.path)
    _note_of(part).unlink(missing_ok=True)
    return None


def _accept(wanted, part):
    if wanted.accept is None:
        return
    try:
        wanted.accept(part)
    except ValueError as error:
        _discard(part)
        text = str(error).replace(str(part), str(wanted.path))
        # errors of this project take a text; those of JSON and Unicode more, and name no file
        if type(error) is not ValueError and type(error).__init__ is ValueError.__init__:
            raise type(error)(text) from None
        raise Unreadable(
            f"{wanted.path}: what came cannot be read ({type(error).__name__}: {text}). Run again; "
            "if it stays so, the archive has changed its format: bring the file by hand "
            "(docs/data.md)."
        ) from None


def _receive(session, wanted, part):
    """Bring what is missing of the part. Return None when the answer came to its end."""
    done, version = part.stat().st_size, _version(part)
    headers = {"Accept-Encoding": "identity"}  # sizes and ranges are those of the file
    if done and version:
        headers |= {"Range": f"bytes={done}-", "If-Range": version}
    with session.get(wanted.address, headers=headers, stream=True, timeout=TIMEOUT_S) as answer:
        check(answer, wanted.path, wanted.kind in verification.FIRST_BYTES)
        if answer.status_code == 416 or answer.status_code in WAIT_AGAIN:
            if answer.status_code == 416:  # the part is longer than the file, or as long
                _discard(part)
            return f"answer {answer.status_code}", retry_after(answer)
        resumed = answer.status_code == 206
        if resumed and not starts_at(answer, done):
            _discard(part)
            return "another part than was asked for", None
        if not resumed:
            _discard(part)
            done = 0
            _remember(part, answer)
        expected = length(answer, done)
        _check_room(wanted, expected, done, part.parent)
        most = _most(wanted, expected)
        with open(part, "ab") as file:
            for piece in answer.iter_content(BLOCK):
                done += len(piece)
                if done > most:
                    break
                file.write(piece)
        if done > most:
            _discard(part)
            raise TooLarge(
                f"{Path(wanted.path).name}: {shown(wanted.address)} sends more than {most} bytes, "
                "what the file can have at most; nothing is kept. Check the address in "
                "config/datasets.yaml, or bring the file by hand (docs/data.md)."
            )
    if expected is not None and part.stat().st_size < expected:
        return f"ended after {part.stat().st_size} of {expected} bytes", None
    return None


def _most(wanted, expected):
    """Return the bytes that may come, unpacked: what was declared and a margin, or a bound."""
    declared = [size for size in (wanted.size, expected) if size is not None]
    bound = LARGEST if wanted.kind in verification.FIRST_BYTES else LARGEST_TEXT
    return min(declared) + MARGIN if declared else bound


def _version(part):
    try:
        return json.loads(_note_of(part).read_text(encoding="utf-8"))["version"]
    except (OSError, ValueError, KeyError):
        return None


def _remember(part, answer):
    """Keep what tells versions of the remote file apart; weak tags and packed answers do not."""
    tag = answer.headers.get("ETag", "")
    version = tag if tag and not tag.startswith("W/") else answer.headers.get("Last-Modified")
    if is_packed(answer):
        version = None
    _note_of(part).write_text(json.dumps({"version": version}), encoding="utf-8")


def _check_room(wanted, expected, done, folder):
    needed = (expected or wanted.size or 0) - done
    if needed > shutil.disk_usage(folder).free:
        raise _full(wanted, folder)


def _full(wanted, folder):
    return DiskFull(
        f"{Path(wanted.path).name}: no room left in {folder}. Free space there, or set `raw:` of "
        "config/config.yaml to a larger disk, and run again; what has come is continued."
    )
