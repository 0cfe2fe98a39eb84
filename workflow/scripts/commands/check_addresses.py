"""Ask every address of the register for real data, and date in it what was proved.

    make check-addresses

For people with internet. `checked_live: <today>` where every address of a dataset gave what it
promises, `mirror_checked: <today>` where its mirror did. Tiles are asked for by the name of one
that the catalogue knows; with EARTHDATA_TOKEN they and their mirrors are opened, without it a
mirror is not proved, since a login page comes for any name.
"""

import argparse
import datetime
import os
import re
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1]))

import requests
from nepflow.download import earthdata, transfer, verification
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.study import datasets, load, modis, settings_file

EXAMPLES = {
    "gsod": {"year": 2010, "station": "51463099999"},
    "ghcn_daily": {"station": "CHM00051463"},
    "nasa_power": {"lon": "87.65", "lat": "43.78", "first": 2010, "last": 2010},
    "copernicus_glo90": {"tile": "Copernicus_DSM_COG_30_N31_00_E088_00_DEM"},
    "copernicus_glo30": {"tile": "Copernicus_DSM_COG_10_N31_00_E088_00_DEM"},
    "geoboundaries": {"country": "LUX", "level": "ADM1"},
    "worldpop": {"year": 2020, "country": "lux", "COUNTRY": "LUX"},
}
KINDS = {"search": "json", "stations": "text", "inventory": "text"}
TIMEOUT_S = 60


class Unproved(ValueError):
    """An address did not give what the register says."""


class NeedsLogin(Unproved):
    """Only a login tells whether the file is there."""


def main(words=None, top=load.TOP):
    """Check and write; return the number of datasets with a fault."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="datasets; all without")
    names = parser.parse_args(words).names
    path = Path(top, "config/datasets.yaml")
    text, failed, today = path.read_text(encoding="utf-8"), 0, datetime.date.today().isoformat()
    for name, dataset in datasets.load(path).items():
        if dataset["retired"] or (names and name not in names):
            continue
        faults, unknown, proved = examined(dataset)
        failed += bool(faults)
        said = "".join(f"; {line}" for line in [*faults, *unknown])
        print(f"{'FAULT' if faults else 'ok   '} {name}{said}")
        for key in proved:
            text = dated(text, name, key, today)
    path.write_text(text, encoding="utf-8")
    return failed


def examined(dataset):
    """Return faults, what only a login could tell, and which dates of the register are proved."""
    faults, unknown, proved = [], [], []
    parts = {"checked_live": list(dataset["addresses"])}
    parts |= {"mirror_checked": ["mirror"]} if dataset["mirror"] else {}
    fields = dict(EXAMPLES.get(dataset["name"], {}))
    for key, purposes in parts.items():
        before = len(faults) + len(unknown)
        for purpose in purposes:
            try:
                fields |= asked(dataset, purpose, fields) or {}
            except NeedsLogin as error:
                unknown.append(f"{purpose}: {error}")
            except Unproved as error:
                faults.append(f"{purpose}: {error}")
            except transfer.TransferFailed as error:
                faults.append(f"{purpose}: {error}")
            except requests.RequestException as error:
                faults.append(f"{purpose}: {type(error).__name__}")
        if len(faults) + len(unknown) == before:
            proved.append(key)
    return faults, unknown, proved


def asked(dataset, purpose, fields):
    """Ask one address; return the fields of others that its answer tells.

    Raises
    ------
    Unproved, requests.RequestException, transfer.TransferFailed
    """
    protected = dataset["login"] == "earthdata"
    if protected and purpose == "search":
        return tile_of(dataset)
    if protected and purpose == "login":
        return refused_without_login(datasets.address(dataset, purpose))
    if protected and "granule" not in fields:
        raise Unproved("the catalogue gave no tile to ask for")
    pattern = dataset["mirror"] if purpose == "mirror" else dataset["addresses"][purpose]
    address = settings_file.filled(pattern, **fields)
    if protected and purpose == "file" and address != fields["address"]:
        raise Unproved(f"the catalogue has {fields['address']}, the register {address}")
    kind = dataset["format"] if purpose in ("file", "mirror") else KINDS[purpose]
    if protected:
        return behind_login(address, kind, purpose)
    return begins(address, kind)


def tile_of(dataset):
    """Return the fields of a tile that the catalogue knows, with its address."""
    query = {"short_name": dataset["product"], "version": dataset["version"], "page_size": 1}
    address = datasets.address(dataset, "search")
    with Session() as session, session.get(address, params=query, timeout=TIMEOUT_S) as answer:
        if answer.status_code != 200:
            raise Unproved(f"answered {answer.status_code}")
        try:
            granule = earthdata.described(answer.json()["items"][0])
            name = modis.FILE_NAME.match(granule.file).groupdict()
        except (ValueError, KeyError, IndexError, AttributeError) as error:
            raise Unproved(f"its answer names no tile ({type(error).__name__})") from None
    stem = granule.file.removesuffix(".hdf")
    return {key: name[key] for key in ("year", "day")} | {
        "granule": stem,
        "address": granule.address,
    }


def refused_without_login(address):
    """Ask for a token without a login: the place that gives tokens refuses, others know nothing."""
    with Session() as session:  # no login of the netrc file, which would make a token
        code = session.post(address, timeout=TIMEOUT_S).status_code
    if code not in (401, 403):
        raise Unproved(f"answered {code} to a question without a login, not 401")


def behind_login(address, kind, purpose):
    """Open a protected file with the token of the environment, or see that it wants a login."""
    token = os.environ.get("EARTHDATA_TOKEN", "").strip()
    if token:
        return begins(address, kind, earthdata.login_session(token))
    options = {"stream": True, "timeout": TIMEOUT_S, "allow_redirects": False}
    with Session() as session, session.get(address, **options) as answer:
        code = answer.status_code
    if code not in (301, 302, 303, 307, 401, 403):
        raise Unproved(f"answered {code}, not with the question for a login")
    if purpose == "mirror":
        raise NeedsLogin(f"{urlsplit(address).hostname} wants a login; set EARTHDATA_TOKEN")
    return None


def begins(address, kind, session=None):
    """See that a file begins like its format."""
    options = {"stream": True, "timeout": TIMEOUT_S}
    options["headers"] = {"Range": "bytes=0-2047", "Accept-Encoding": "identity"}
    with session or Session() as opened, opened.get(address, **options) as answer:
        if answer.status_code not in (200, 206):
            raise Unproved(f"answered {answer.status_code}")
        head = next(answer.iter_content(2048), b"")
    try:
        verification.check_head(head, kind, urlsplit(address).path.rpartition("/")[2])
    except verification.WrongContent as error:
        raise Unproved(str(error)) from None


def dated(text, name, key, date):
    """Return the register with another date at one dataset; comments and order stay."""
    pattern = rf"(- name: {name}\n(?:(?!  - name: ).*\n)*?    {key}: )\S+"
    return re.sub(pattern, rf"\g<1>{date}", text)


if __name__ == "__main__":
    load.run(main, keep_secrets_out)
