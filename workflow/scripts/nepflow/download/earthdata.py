"""The Earthdata login: from where it comes, whether it is accepted. Who sees it: `session`."""

import csv
import logging
import re
import time
import warnings
from dataclasses import dataclass
from pathlib import Path

import earthaccess
import requests
from earthaccess.exceptions import LoginAttemptFailure, LoginStrategyUnavailable

from nepflow.download import session, transfer
from nepflow.download.redaction import known_secrets, redacted, remember
from nepflow.download.session import Login, Session
from nepflow.download.transfer import (
    AddressRefused,
    LoginRefused,
    Patience,
    TransferFailed,
    Unreachable,
)
from nepflow.io.atomic import replacing
from nepflow.study import datasets, modis

STRATEGIES = ("environment", "netrc")  # never interactive: a job has no keyboard


def login_session(token=None, user=None, password=None):
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
        return login_session((self.token or {}).get("access_token"), self.username, self.password)

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


log = logging.getLogger(__name__)
LOGIN = "earthdata"
LOCK_COLUMNS = ("file", "address", "size", "algorithm", "checksum", "sha256")


class NoSuchGranules(TransferFailed):
    """The archive has no tile of that product, year and place."""


class BadLock(TransferFailed):
    """A lock file that is not what `write_list` writes."""


class GranuleChanged(TransferFailed):
    """A tile is no longer the one of the lock file."""


@dataclass(frozen=True)
class Granule:
    """A tile of a product as the archive describes it."""

    file: str
    address: str
    size: int | None = None
    checksum: tuple | None = None


def search(auth, product, collection, year, tiles, patience=Patience(), sleep=None):  # noqa: B008
    """Return the newest granule of each tile and date of a year.

    Parameters
    ----------
    auth : earthaccess.Auth
    product, collection : str
        Such as "MOD17A3HGF", "061".
    year : int
    tiles : list of str
    patience : Patience
    sleep : callable, optional
        Takes seconds; `time.sleep` otherwise.

    Returns
    -------
    list of Granule
        Ordered by name.

    Raises
    ------
    NoSuchGranules
        If a tile has none of a date that the product has in that year.
    LoginRefused, Unreachable
    """
    patterns = [f"{product}.A{year}*.{tile}.{collection}.*" for tile in tiles]
    found = newest(
        [described(item) for item in _asked(auth, product, collection, patterns, patience, sleep)]
    )
    chosen = [
        g for g in found if _key(g.file)[:2] == (product, str(year)) and _key(g.file)[3] in tiles
    ]
    missing = _missing([granule.file for granule in chosen], product, year, tiles)
    if missing:
        raise NoSuchGranules(
            f"{product} collection {collection} of {year}: the archive has no tile "
            f"{missing}. Change `tiles` or `period` of the study, or see `make plan` "
            "for the years of the product."
        )
    return chosen


def _missing(files, product, year, tiles):
    """Name the tiles and days of a year that have no file, grouped by day; empty without."""
    there = {_key(file)[2:4] for file in files}
    absent = {}
    for day in modis.begins_of(product, year):
        lost = [tile for tile in tiles if (f"{day:03d}", tile) not in there]
        if lost:
            absent.setdefault(" ".join(lost), []).append(f"{day:03d}")
    return ", ".join(f"{lost} (day {' '.join(days)})" for lost, days in absent.items())


def _asked(auth, product, collection, patterns, patience, sleep):
    """Ask the catalogue, again where it is busy."""
    for attempt in range(1, patience.tries + 1):
        try:
            query = earthaccess.DataGranules(auth).short_name(product).version(collection)
            return results(query.granule_name(patterns), 2000)
        except (RuntimeError, requests.RequestException, ValueError) as error:
            refuse(error, product)
            reason = short(error)
            log.warning("catalogue: %s (try %d of %d)", reason, attempt, patience.tries)
            if attempt < patience.tries:
                (sleep or time.sleep)(patience.wait(attempt))
    raise Unreachable(
        f"The catalogue of {product} failed {patience.tries} times, last: {reason}. Run again "
        "later."
    )


def described(item):
    """Return the `Granule` of an entry of the catalogue (UMM-G).

    The data file is the link of type GET DATA that ends in .hdf, at a host of the login; its size
    and checksum are those of the archive information under the same name, or of the only entry
    where that names none.

    Raises
    ------
    NoSuchGranules
    AddressRefused
        If its links are all at hosts that may not see the login.
    """
    umm = item["umm"]
    address = _address_of(umm)
    file = transfer.file_name(address.rpartition("/")[2], "catalogue")
    entries = umm.get("DataGranule", {}).get("ArchiveAndDistributionInformation", [])
    named = [entry for entry in entries if entry.get("Name") == file]
    entry = (named or (entries if len(entries) == 1 else [{}]))[0]
    checksum = entry.get("Checksum")
    return Granule(
        file,
        address,
        entry.get("SizeInBytes"),
        (checksum["Algorithm"], checksum["Value"]) if checksum else None,
    )


def _address_of(umm):
    refused = NoSuchGranules(
        f"{umm['GranuleUR']}: the catalogue gives no address of its file. Run again later, or "
        "bring it by hand (docs/data.md)."
    )
    for link in umm["RelatedUrls"]:
        address = link["URL"]
        if link["Type"] == "GET DATA" and re.fullmatch(r"https?://[^?#]*\.hdf", address):
            try:
                session.admit(address, LOGIN, f"{umm['GranuleUR']}: link of the catalogue")
            except AddressRefused as error:
                refused = error
            else:
                return address
    raise refused


def _key(file):
    """Product, year, day, tile, collection, production time of a file name."""
    name = modis.FILE_NAME.fullmatch(file)
    if not name:
        raise NoSuchGranules(
            f"{file}: the catalogue names a file that is no tile of a MODIS product. Bring the "
            "tiles by hand (docs/data.md)."
        )
    return tuple(
        name[part] for part in ("product", "year", "day", "tile", "collection", "produced")
    )


def newest(granules):
    """Keep, of a tile of one date that was produced more than once, the last production."""
    latest = {}
    for granule in sorted(granules, key=lambda item: _key(item.file)):
        latest[_key(granule.file)[:5]] = granule
    dropped = len(granules) - len(latest)
    if dropped:
        log.info("%d older productions of tiles left out", dropped)
    return sorted(latest.values(), key=lambda item: item.file)


def write_list(rows, path):
    """Write what was brought, one tile a row with the columns of the lock file."""
    with replacing(path) as temporary, open(temporary, "w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, LOCK_COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(rows)


def read_list(path):
    """Return the rows of `write_list`."""
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def locked(path, product, collection, year, tiles):
    """Return {file: row} of a lock file for one product and year, or None without one.

    Raises
    ------
    NoSuchGranules
        If the lock file lacks a tile of a date.
    BadLock, NameRefused, AddressRefused
        If a line of it, of whatever product, is not sound.
    """
    if path is None or not Path(path).is_file():
        return None
    rows = {}
    for row in read_lock(path):
        key = _key(row["file"])
        if (key[0], key[1], key[4]) == (product, str(year), collection) and key[3] in tiles:
            rows[row["file"]] = row
    missing = _missing(rows, product, year, tiles)
    if missing:
        raise NoSuchGranules(
            f"{path}: names no {product} collection {collection} of {year} for "
            f"{missing}. Delete the lock file to search anew, or change the study back."
        )
    return rows


def read_lock(path):
    """Return the rows of a lock file, which somebody else may have written.

    Raises
    ------
    BadLock, NameRefused, AddressRefused
        With the line.
    """
    remedy = "Take the file again from who shared it, or delete it to search anew."
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            table = csv.DictReader(file)
            missing = sorted(set(LOCK_COLUMNS) - set(table.fieldnames or []))
            if missing:
                raise BadLock(f"{path}: has no column {', '.join(missing)}. {remedy}")
            rows = list(table)
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadLock(f"{path}: is no table of text in UTF-8 ({error}). {remedy}") from None
    seen = set()
    for line, row in enumerate(rows, start=2):
        fault = _fault(row, f"{path}, line {line}", seen)
        if fault:
            raise BadLock(f"{path}, line {line}: {fault}. {remedy}")
    return rows


def _fault(row, place, seen):
    """Say what is wrong with a row of a lock file, None where nothing is; note its file."""
    if None in row or None in row.values():
        return f"has not the {len(LOCK_COLUMNS)} columns of the head"
    file = transfer.file_name(row["file"], place)
    session.admit(row["address"], LOGIN, f"{place} ({file})")
    if set(row["address"]) & set("?#"):
        return "the address has a query, which may be a right of access of its own"
    if row["address"].rpartition("/")[2] != file:
        return f"the address is not that of {file}"
    if not modis.FILE_NAME.fullmatch(file):
        return f"{file} is no tile of a MODIS product"
    if file in seen:
        return f"{file} stands there twice"
    seen.add(file)
    if row["size"] and not re.fullmatch("[0-9]{1,15}", row["size"]):
        return f"{row['size'][:40]!r} is no size in bytes"
    if not re.fullmatch("[0-9a-fA-F]{64}", row["sha256"]):
        return f"{row['sha256'][:80]!r} is no SHA-256"
    if bool(row["algorithm"]) != bool(row["checksum"]):
        return "algorithm and checksum do not stand together"
    return None


def of_row(row):
    """Return the `Granule` of a row of a list or lock file."""
    checksum = (row["algorithm"], row["checksum"]) if row["checksum"] else None
    return Granule(row["file"], row["address"], int(row["size"]) if row["size"] else None, checksum)


def row(granule, record):
    """Return the row of a list: the granule as the archive has it, and the digest of what came."""
    algorithm, checksum = granule.checksum or ("", "")
    values = (granule.file, granule.address, record["size"], algorithm, checksum, record["sha256"])
    return dict(zip(LOCK_COLUMNS, values, strict=True))


def refuse_change(lock, granule, record, path):
    """Refuse a tile whose digest is not that of the lock file.

    Raises
    ------
    GranuleChanged
    """
    if lock is not None and lock[granule.file]["sha256"].lower() != record["sha256"]:
        raise GranuleChanged(
            f"{granule.file}: has another content than {path} says. The archive has changed it, or "
            "the file in place is not its. Delete the lock file to take the new one."
        )
