"""What the answer of an archive means: data, wait, or never; and the names in it."""

import email.utils
import re
import time
from numbers import Integral
from pathlib import Path

from nepflow.download.failures import LoginRefused, NameRefused, NotThere, TransferFailed
from nepflow.download.redaction import shown

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
    return done + int(coming) if coming.isdigit() and not is_packed(answer) else None


def is_packed(answer):
    """Tell whether bytes are counted packed, so that they say nothing of the file."""
    return answer.headers.get("Content-Encoding", "identity") != "identity"


def retry_after(answer):
    """Return the seconds that the archive asks to wait, or None."""
    value = answer.headers.get("Retry-After", "")
    if value.isdigit():
        return float(value)
    try:
        return email.utils.parsedate_to_datetime(value).timestamp() - time.time()
    except (TypeError, ValueError):
        return None
