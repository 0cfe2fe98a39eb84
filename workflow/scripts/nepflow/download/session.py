"""The session of every download: what may be asked, and who sees a login.

One rule for all callers, applied to every request on its way out, redirected ones too:

- Only https is asked.
- A login goes to the hosts of its domains (``logins`` of config/datasets.yaml) and to no other,
  whoever named the address: a caller, a lock file, the catalogue, a redirect.
- requests itself never looks into the netrc file, whose ``default`` entry serves any host.
"""

import base64
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from nepflow.download import redaction
from nepflow.download.transfer import AddressRefused
from nepflow.study import datasets

PLAIN = re.compile(r"[!-\[\]-~]+")  # printable ASCII without blank and backslash
SHORTEST_COOKIE = 8  # characters; a shorter value is no secret and would hide common words


def host_of(address):
    """Return the host of an https address, in small letters.

    Raises
    ------
    AddressRefused
        If it is not https, or could be read in two ways: with a user, a password, another port
        than 443, blanks, backslashes, letters beyond ASCII.
    """
    try:
        parts, other = urlsplit(address), parse_url(address)
        host, port = (parts.hostname or "").lower(), parts.port
        clear = PLAIN.fullmatch(address) and "@" not in parts.netloc and port in (None, 443)
        if parts.scheme == "https" and clear and host and host == (other.host or "").lower():
            return host
    except (ValueError, TypeError, AttributeError, LocationParseError):
        pass  # it cannot be read: refused below
    raise AddressRefused(
        f"{redaction.shown(address)}: is no plain https address. Nothing is asked elsewhere, so "
        "that nobody on the way reads or changes what comes. Write https://<host>/<path>."
    )


def admit(address, login, what):
    """Refuse an address that needs a login and lies outside of the login's domains.

    Parameters
    ----------
    address : str
    login : str
        Key of ``logins`` of the register, such as "earthdata".
    what : str
        Where the address stands and of which file it is, for the message.

    Raises
    ------
    AddressRefused
    """
    domains = datasets.login_domains(login)
    try:
        host = host_of(address)
    except AddressRefused as error:
        raise AddressRefused(f"{what}: {error}") from None
    if not datasets.lies_in(host, domains):
        raise AddressRefused(
            f"{what}: {redaction.shown(address)} is at {host}, which is none of the hosts of the "
            f"{login} login ({', '.join(domains)}). The login is sent nowhere else. Take the "
            "address of the archive; only if the archive itself has moved, add its domain to "
            f"logins.{login}.domains in config/datasets.yaml."
        )


@dataclass(frozen=True, repr=False)
class Login:
    """A token, or user and password with the host that takes them, and who may see them."""

    domains: tuple
    token: str | None = None
    gate: str | None = None
    user: str | None = None
    password: str | None = None

    def trusts(self, host):
        """Tell whether a host may see this login."""
        return datasets.lies_in(host, self.domains)

    def header(self, host):
        """Return the Authorization of a question to a host, or None."""
        if not self.trusts(host):
            return None
        if host == self.gate:  # a token is no login there
            return self.basic
        return f"Bearer {self.token}" if self.token else None

    @property
    def basic(self):
        """User and password as RFC 7617 writes them, or None."""
        if not (self.user and self.password):
            return None
        pair = base64.b64encode(f"{self.user}:{self.password}".encode())
        return f"Basic {pair.decode()}"


class Session(requests.Session):
    """A session that keeps the rule of this module.

    Parameters
    ----------
    login : Login, optional
        None: no credential is sent, whatever a caller sets.
    """

    def __init__(self, login=None):
        super().__init__()
        self.login = login
        self.auth = self._signed  # with an own ``auth``, requests leaves the netrc file alone

    def _signed(self, request):
        header = self.login and self.login.header(host_of(request.url))
        if header:
            request.headers["Authorization"] = header
        return request

    def rebuild_auth(self, prepared_request, response):
        """Keep a token at its host; of other hosts only the gate gets what it takes."""
        headers, address = prepared_request.headers, prepared_request.url
        if self.should_strip_auth(response.request.url, address):
            headers.pop("Authorization", None)
        try:
            host = host_of(address)
        except AddressRefused:
            return  # `send` refuses it, if it is ever sent
        if self.login and host == self.login.gate:
            self._signed(prepared_request)

    def send(self, request, **options):
        """Send what the rule lets pass.

        Raises
        ------
        AddressRefused
        """
        host = host_of(request.url)
        request.headers.pop("Proxy-Authorization", None)  # the proxy's; urllib3 gives it itself
        if not (self.login and self.login.trusts(host)):
            request.headers.pop("Authorization", None)
            if self.login:
                request.headers.pop("Cookie", None)
        answer = super().send(request, **options)
        if self.login:
            values = (cookie.value or "" for cookie in answer.cookies)
            redaction.remember(*(value for value in values if len(value) >= SHORTEST_COOKIE))
        return answer
