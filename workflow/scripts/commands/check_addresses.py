"""Ask every address of the register whether it answers, and write the date into it.

    make check-addresses

For people with internet: config/datasets.yaml then says `checked_live: <today>` where all addresses
of a dataset answered. File addresses with names in braces are asked with the examples below.
"""

import argparse
import datetime
import re
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

import requests
from nepflow_acquire import register, site

EXAMPLES = {
    "gsod": {"year": 2010, "station": "51463099999"},
    "ghcn_daily": {"station": "CHM00051463"},
    "nasa_power": {"lon": "87.65", "lat": "43.78", "first": 2010, "last": 2010},
    "copernicus_glo90": {"tile": "Copernicus_DSM_COG_30_N31_00_E088_00_DEM"},
    "copernicus_glo30": {"tile": "Copernicus_DSM_COG_10_N31_00_E088_00_DEM"},
    "geoboundaries": {"country": "LUX", "level": "ADM1"},
    "worldpop": {"year": 2020, "country": "lux", "COUNTRY": "LUX"},
    "granule": {"granule": "none"},
}
# A protected file without a login is there if it asks for one
GOOD = {200, 206, 301, 302, 303, 400, 401, 405}
QUERY = {"search": {"short_name": "MOD17A3HGF", "version": "061", "page_size": 0}}


def main(words=None, top=site.TOP):
    """Check and write; return the number of datasets that did not answer."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", help="datasets; all without")
    names = parser.parse_args(words).names
    path = Path(top, "config/datasets.yaml")
    text, failed = path.read_text(encoding="utf-8"), 0
    for name, dataset in register.load(path).items():
        if dataset["retired"] or (names and name not in names):
            continue
        faults = [fault for purpose in dataset["addresses"] if (fault := asked(dataset, purpose))]
        failed += bool(faults)
        print(f"{'FAULT' if faults else 'ok   '} {name}{''.join(f'; {fault}' for fault in faults)}")
        if not faults:
            text = dated(text, name, datetime.date.today().isoformat())
    path.write_text(text, encoding="utf-8")
    return failed


def asked(dataset, purpose):
    """Return what is wrong with an address, None if it answers."""
    fields = EXAMPLES.get(dataset["name"], EXAMPLES["granule"])
    address = register.address(dataset, purpose, **fields)
    query = QUERY.get(purpose) if dataset["login"] == "earthdata" else None
    # a login is only asked whether it wants one
    headers = {"Range": "bytes=0-1023"}
    try:
        with requests.get(
            address, params=query, headers=headers, stream=True, timeout=60, allow_redirects=False
        ) as answer:
            code = answer.status_code
    except requests.RequestException as error:
        return f"{purpose}: {type(error).__name__}"
    gone = code == 404 and dataset["login"] == "earthdata" and purpose in ("file", "login")
    return None if code in GOOD or gone else f"{purpose}: answered {code}"


def dated(text, name, date):
    """Return the register with another date at one dataset; comments and order stay."""
    pattern = rf"(- name: {name}\n(?:(?!  - name: ).*\n)*?    checked_live: )\S+"
    return re.sub(pattern, rf"\g<1>{date}", text)


if __name__ == "__main__":
    sys.exit(main())
