"""Addresses and texts as a log may show them: without passwords, tokens and signatures."""

import logging
import netrc
import os
import re
import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

HIDDEN = "(hidden)"
# Queries that carry a right of access: signed links of object stores, OAuth, tokens
SECRET_KEYS = re.compile(
    r"signature|credential|token|password|secret|^code$|^state$|api_?key", re.I
)
BEARER = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]+")
ADDRESS = re.compile(r"https?://[^\s'\"<>)]+")
VARIABLES = ("EARTHDATA_TOKEN", "EARTHDATA_PASSWORD")


def shown(address):
    """Return an address without user, password and secret parts of its query."""
    parts = urlsplit(address)
    host = parts.hostname or ""
    host += f":{parts.port}" if parts.port else ""
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    kept = [(key, HIDDEN if SECRET_KEYS.search(key) else value) for key, value in pairs]
    query = (
        urlencode(kept, safe="()/:,") if any(value == HIDDEN for _, value in kept) else parts.query
    )
    return urlunsplit((parts.scheme, host, parts.path, query, ""))


def redacted(text, secrets=()):
    """Return ``text`` with known secrets, authorisation headers and signed links hidden."""
    for secret in secrets:
        text = text.replace(secret, HIDDEN)
    text = BEARER.sub(lambda found: f"{found[1]} {HIDDEN}", text)
    return ADDRESS.sub(lambda found: shown(found[0]), text)


def known_secrets():
    """Return the passwords and tokens that this process may have read."""
    found = {os.environ.get(name) for name in VARIABLES}
    path = Path(os.environ.get("NETRC") or Path.home() / ".netrc")
    try:
        hosts = netrc.netrc(path).hosts.values()
        found |= {password for _, _, password in hosts}
    except (OSError, netrc.NetrcParseError):
        pass
    return sorted({word.strip() for word in found if word and word.strip()}, key=len, reverse=True)


class _Quiet(logging.Filter):
    """Rewrites every record before it is written, its traceback too."""

    def filter(self, record):
        secrets = known_secrets()
        record.msg, record.args = redacted(record.getMessage(), secrets), None
        if record.exc_info:
            lines = logging.Formatter().formatException(record.exc_info)
            record.exc_text = redacted(lines, secrets)
        return True


class _QuietStream:
    """A stream whose texts are redacted; everything else is the stream's own."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        return self._stream.write(redacted(text, known_secrets()))

    def __getattr__(self, name):
        return getattr(self._stream, name)


def keep_secrets_out():
    """Make the root logger and the terminal hide secrets. Call it inside ``logged_to``."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(item, _Quiet) for item in handler.filters):
            handler.addFilter(_Quiet())
    if not isinstance(sys.stderr, _QuietStream):
        sys.stderr = _QuietStream(sys.stderr)
