"""Addresses and texts as a log may show them: without passwords, tokens and signatures.

Nothing here raises: a message that cannot be made safe is replaced by a sentence that says so,
since an error inside a log filter would hide the error that is being told. What looks like a secret
and is none is hidden too.
"""

import base64
import html
import json
import logging
import netrc
import os
import re
import sys
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import quote, quote_plus

HIDDEN = "(hidden)"
UNSAFE = "(a text that could not be made safe to show)"
# Keys of a right of access: signed links of object stores, OAuth, tokens
STRONG = (
    r"(?:[\w.%-]{0,80}(?:signature|credential|token|passw|pwd|secret|api_?-?key|accesskeyid"
    r"|assertion|x-amz-|x-goog-)[\w.-]{0,80}|(?:[\w.-]{0,80}[_-])?sig)"
)
WEAK = r"code|state|key|auth|ticket|pass|sid|jwt|hmac"  # keys of a query, but words of any text
BEFORE = r"(?:[?&;#]|%(?:25)*(?:3F|26|23)|\\u0026)"  # a key of a query, also of one within another
EQUALS = r"(?:=|%(?:25)*3D)"
VALUE = r"(?:(?!&|%(?:25)*26|\\u0026)[^\s\"'<>])+"
HEADERS = r"(?:proxy-)?authorization|x-amz-security-token|x-api-key"
HIDING = [
    (re.compile(pattern, re.I), safe)
    for pattern, safe in (
        (rf"({BEFORE}(?:{STRONG}|{WEAK}){EQUALS}){VALUE}", rf"\1{HIDDEN}"),
        (rf"(?<![\w.%-])({STRONG}{EQUALS}){VALUE}", rf"\1{HIDDEN}"),
        # {"access_token": "..."} and its like in Python
        (
            rf"([\"'](?:{STRONG}|{HEADERS}|cookie)\\?[\"']\s*:\s*b?)(\\?[\"'])(?:(?!\2).)*\2",
            rf"\1\2{HIDDEN}\2",
        ),
        (
            rf"\b((?:{HEADERS})\s*[:=]\s*)(?!\s*(?:bearer|basic)\b)[^\s\"']+(?: [^\s\"']+)?",
            rf"\1{HIDDEN}",
        ),
        (r"\b((?:set-)?cookie\s*:\s*)[^\r\n\"']+", rf"\1{HIDDEN}"),
        (r"\b(bearer|basic)(?:\s+|%(?:25)*20|\+)[^\s\"'<>,;]+", rf"\1 {HIDDEN}"),
    )
]
# What stands before the last @ of an address: a password may hold / ? # and quotes. Repeats are
# bounded, so that a long text takes no time that grows with its square.
USER = re.compile(r"((?:\b[a-z][a-z0-9+.-]{0,20}:)?/{2,})((?:(?!://)[^\s<>]){0,2000})@", re.I)
CODED = r"%(?:25)*3A(?:%(?:25)*2F){2}"
CODED_USER = re.compile(rf"({CODED})((?:(?!{CODED}|%(?:25)*26)[^\s<>&]){{0,2000}})%(?:25)*40", re.I)
VARIABLES = ("EARTHDATA_TOKEN", "EARTHDATA_PASSWORD")
_fetched = set()  # secrets that came during the run
_pairs = set()  # (user, password) whose base64 is as good as the password


def remember(*secrets, user=None):
    """Hide these from now on; with ``user``, also the basic authorisation that they make."""
    for secret in filter(None, secrets):
        _fetched.add(str(secret))
        if user:
            _pairs.add((str(user), str(secret)))


def shown(address):
    """Return an address without user, password, secret parts of its query, and fragment."""
    return redacted(address).partition("#")[0]


# a shorter one is a part of too many words: hidden where it stands as a password, nowhere else
SHORTEST = 4


def redacted(text, secrets=()):
    """Return ``text`` with known secrets, authorisation headers and signed links hidden.

    Parameters
    ----------
    text : object
        Its ``str`` is taken.
    secrets : list of str
        Further ones than those that `remember` was told.
    """
    try:
        text = str(text)
        for form in _forms({*secrets, *_fetched}):
            text = text.replace(form, HIDDEN)
        text = CODED_USER.sub(r"\1", USER.sub(_without_user, text))
        for pattern, safe in HIDING:
            text = pattern.sub(safe, text)
        return text
    except Exception:
        return UNSAFE


def _without_user(found):
    """Drop what stands before the last @, where it can be user and password."""
    scheme, before = found[1], found[2]
    host, slash, _ = before.partition("/")
    # https://host/a@b: an @ of a path, since nothing before the path can be a user
    if slash and not set(host) & set(":@?#"):
        return found[0]
    return scheme


def _forms(secrets):
    """All spellings of secrets, the longest first."""
    forms = set()
    for secret in filter(None, map(str, secrets)):
        forms |= _spellings(secret)
        if len(secret) >= 4:  # base64 of less is too short to be told from words
            forms |= _coded(secret) | _coded(f":{secret}")
    for user, secret in _pairs:
        forms |= _coded(f"{user}:{secret}")
    return sorted(forms, key=len, reverse=True)


@lru_cache(maxsize=256)
def _spellings(secret):
    """A secret as addresses, JSON, HTML and Python write it."""
    try:
        once = {secret, quote(secret, safe=""), quote(secret), quote_plus(secret)}
    except UnicodeEncodeError:  # bytes of the environment that are no text
        return frozenset({secret})
    once |= {quote(word, safe="") for word in once}  # an address within the query of another
    once |= {re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), word) for word in once}
    in_json = {json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    in_json |= {word.replace("/", r"\/") for word in in_json}
    return frozenset(once | in_json | {repr(secret)[1:-1], html.escape(secret)})


@lru_cache(maxsize=256)
def _coded(text):
    """Base64 of a text, as headers and addresses write it."""
    found = set()
    for encoding in ("utf-8", "latin-1"):
        plain = text.encode(encoding, "replace")
        for word in (base64.b64encode(plain), base64.urlsafe_b64encode(plain)):
            found |= _spellings(word.decode()) | {word.decode().rstrip("=")}
    return frozenset(found)


def known_secrets():
    """Return the passwords and tokens that this process may have read or fetched."""
    found = {os.environ.get(name) for name in VARIABLES} | _fetched
    if user := os.environ.get("EARTHDATA_USERNAME"):
        remember(os.environ.get("EARTHDATA_PASSWORD"), user=user)
    for user, password in [*_of_netrc(), *_of_proxies()]:
        found.add(password)
        if user and password:
            _pairs.add((user, password))
    words = {word.strip() for word in found if word}
    return sorted((word for word in words if len(word) >= SHORTEST), key=len, reverse=True)


def _of_netrc():
    """(user, password) of the netrc file; one that cannot be parsed is searched for words."""
    try:
        places = [os.environ.get("NETRC"), *(Path.home() / name for name in (".netrc", "_netrc"))]
    except RuntimeError:  # there is no home
        places = [os.environ.get("NETRC")]
    for path in filter(None, places):
        try:
            yield from [(user, word) for user, _, word in netrc.netrc(path).hosts.values()]
        except (netrc.NetrcParseError, ValueError):
            yield from [("", word) for word in _words_of(path)]
        except OSError:
            continue


def _words_of(path):
    """What follows the word ``password`` in a file."""
    try:
        words = Path(path).read_bytes().decode("utf-8", "replace").split()
    except OSError:
        return []
    return [word for name, word in pairwise(words) if name == "password"]


def _of_proxies():
    """(user, password) of the proxies of the environment."""
    for name, value in os.environ.items():
        user, at, _ = value.rpartition("@")
        if name.lower().endswith("_proxy") and at:
            user, _, password = user.rpartition("/")[2].partition(":")
            yield user, password


class _Quiet(logging.Filter):
    """Rewrites every record before it is written, its traceback too."""

    def filter(self, record):
        try:
            self._rewrite(record)
        except Exception:
            record.msg, record.args = UNSAFE, None
            record.exc_info = record.exc_text = record.stack_info = None
        return True

    def _rewrite(self, record):
        secrets = known_secrets()
        try:
            said = record.getMessage()
        except Exception:  # its arguments do not fit: the fault of who logs, still worth reading
            said = f"{record.msg} {record.args}"
        record.msg, record.args = redacted(said, secrets), None
        if record.exc_info:
            lines = record.exc_text or logging.Formatter().formatException(record.exc_info)
            record.exc_text = redacted(lines, secrets)
        if record.stack_info:
            record.stack_info = redacted(record.stack_info, secrets)


class _QuietStream:
    """A stream whose texts are redacted; everything else is the stream's own."""

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        return self._stream.write(redacted(text, _secrets_or_none()))

    def writelines(self, lines):
        for line in lines:
            self.write(line)

    def __getattr__(self, name):
        return getattr(self._stream, name)


def _secrets_or_none():
    try:
        return known_secrets()
    except Exception:
        return []


def keep_secrets_out():
    """Make the root logger and the terminal hide secrets. Call it inside ``logged_to``."""
    for handler in logging.getLogger().handlers:
        if not any(isinstance(item, _Quiet) for item in handler.filters):
            handler.addFilter(_Quiet())
    for name in ("stderr", "stdout"):
        if not isinstance(getattr(sys, name), _QuietStream):
            setattr(sys, name, _QuietStream(getattr(sys, name)))
