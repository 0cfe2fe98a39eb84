"""The Earthdata login: from where it comes, whether it is accepted."""

import warnings

import earthaccess
import requests
from earthaccess.exceptions import LoginAttemptFailure, LoginStrategyUnavailable

from nepflow_acquire.failures import LoginRefused, Unreachable
from nepflow_acquire.redaction import known_secrets, redacted

STRATEGIES = ("environment", "netrc")  # never interactive: a job has no keyboard


def login():
    """Log in to Earthdata from the environment or from a netrc file.

    Returns
    -------
    earthaccess.Auth
        Its ``get_session()`` has the login.

    Raises
    ------
    LoginRefused
        If there are no credentials, or they are refused. The message holds none of them.
    """
    why = []
    for strategy in STRATEGIES:
        try:
            auth = earthaccess.Auth().login(strategy=strategy)
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
        if auth.authenticated:
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
    """Do nothing with an error of the catalogue, unless it is that waiting mends no token.

    Raises
    ------
    LoginRefused
        If the catalogue answered 401 or 403.
    """
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
