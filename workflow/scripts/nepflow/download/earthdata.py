"""The Earthdata login: from where it comes, whether it is accepted. Who sees it: `session`."""

import warnings

import earthaccess
import requests
from earthaccess.exceptions import LoginAttemptFailure, LoginStrategyUnavailable

from nepflow.download.failures import LoginRefused, TransferFailed, Unreachable
from nepflow.download.redaction import known_secrets, redacted, remember
from nepflow.download.session import Login, Session
from nepflow.study import datasets

STRATEGIES = ("environment", "netrc")  # never interactive: a job has no keyboard


def session(token=None, user=None, password=None):
    """Return a session with a login, which only hosts of Earthdata get to see.

    Raises
    ------
    LoginRefused
        If the token cannot stand in a header; the message does not show it.
    """
    token = (token or "").strip() or None
    remember(token)
    remember(password, user=user)
    if token and not (token.isascii() and token.isprintable() and " " not in token):
        raise LoginRefused(
            "The Earthdata token holds blanks, line breaks or letters that no token has. Copy it "
            "anew from your Earthdata profile and set EARTHDATA_TOKEN (docs/data.md)."
        )
    domains = datasets.login_domains("earthdata")
    return Session(Login(domains, token, earthaccess.PROD.edl_hostname, user, password))


class Auth(earthaccess.Auth):
    """The login of earthaccess; all that it asks goes through our session."""

    def get_session(self):
        """Return a session with this login."""
        return session((self.token or {}).get("access_token"), self.username, self.password)

    def _get_credentials(self, username, password, user_token):
        # a token of blanks is none: user and password count then
        return super()._get_credentials(username, password, (user_token or "").strip() or None)


def login():
    """Log in to Earthdata from the environment or from a netrc file.

    Returns
    -------
    Auth
        Its ``get_session()`` has the login.

    Raises
    ------
    LoginRefused
        If there are no credentials, or they are refused. The message holds none of them.
    """
    why = []
    for strategy in STRATEGIES:
        try:
            auth = Auth().login(strategy=strategy)
        except LoginStrategyUnavailable as error:
            why.append(f"{strategy}: {error}")
            continue
        except LoginAttemptFailure as error:
            raise LoginRefused(
                f"Earthdata refused user and password ({short(error)}). Try them in a browser, "
                "then mend EARTHDATA_USERNAME and EARTHDATA_PASSWORD, or the netrc file."
            ) from None
        except requests.RequestException as error:
            raise Unreachable(
                f"Earthdata login does not answer ({type(error).__name__}). Check the connection "
                "and the proxy (HTTPS_PROXY), and run again."
            ) from None
        except (KeyError, TypeError):
            raise Unreachable(
                "Earthdata login answered without a token. Run again later, or make a token on "
                "your Earthdata profile and set EARTHDATA_TOKEN (docs/data.md)."
            ) from None
        if auth.authenticated:
            remember(auth.token["access_token"])
            return auth
    raise LoginRefused(
        "No Earthdata login: set EARTHDATA_TOKEN, or EARTHDATA_USERNAME and EARTHDATA_PASSWORD, "
        f"or put a line `machine {earthaccess.PROD.edl_hostname} login ... password ...` into the "
        f"netrc file ({'; '.join(map(short, why))})."
    )


def short(error):
    """Return the text of an error without a secret, cut."""
    return redacted(str(error), known_secrets())[:300]


def refuse(error, product):
    """Do nothing with an error of the catalogue, unless it is one that waiting does not mend.

    Raises
    ------
    LoginRefused
        If the catalogue answered 401 or 403.
    TransferFailed
        If it is one already, such as a refused address.
    """
    if isinstance(error, TransferFailed):
        raise type(error)(f"The catalogue of {product}: {error}") from None
    answer = getattr(error.__cause__ or error, "response", None)
    if answer is not None and answer.status_code in (401, 403):
        raise LoginRefused(
            f"The catalogue of {product} refused the login ({answer.status_code}: "
            f"{short(error)}). A token lasts 60 days: generate a new one on your Earthdata "
            "profile, set EARTHDATA_TOKEN, and try it with `make doctor LIVE=--live` "
            "(docs/data.md)."
        ) from None


def results(query, limit):
    """Return what a query of earthaccess finds, without its warnings on its own next version."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        return query.get(limit)


def tried(product, version):
    """Log in and ask the catalogue one question: a token is believed until somebody uses it.

    Raises
    ------
    LoginRefused, Unreachable
    """
    query = earthaccess.DataGranules(login()).short_name(product).version(version)
    try:
        results(query, 1)
    except (RuntimeError, requests.RequestException, ValueError) as error:
        refuse(error, product)
        raise Unreachable(
            f"The catalogue of {product} does not answer ({short(error)}). Try again later."
        ) from None
