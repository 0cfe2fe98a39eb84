"""Bring one file of the register by itself, verified and with its record.

make fetch DATASET=soilgrids_soc FOLDER=data/my_region
make fetch DATASET=worldpop FOLDER=data/my_region FIELDS="year=2015 country=chn COUNTRY=CHN"
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow_acquire import records, register, replies, site, transfer
from nepflow_acquire.redaction import keep_secrets_out
from nepflow_acquire.session import Session


def main(words=None, top=site.TOP, **options):
    """Bring the file; return 0, or 1 with the reason on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("folder")
    parser.add_argument("fields", nargs="*", help="name=value of the names in its address")
    chosen = parser.parse_args(words)
    try:
        datasets = register.load(Path(top, "config/datasets.yaml"))
        if chosen.dataset not in datasets:
            raise register.BadRegister(
                f"{chosen.dataset}: not in the register: {', '.join(datasets)}."
            )
        dataset = datasets[chosen.dataset]
        fields = dict(field.split("=", 1) for field in chosen.fields)
        address = register.address(dataset, "file", **fields)
        name = urlsplit(address).path.rpartition("/")[2]
        path = Path(chosen.folder, replies.file_name(name, chosen.dataset))
        with opened(dataset) as session:
            want = transfer.Wanted(address, path, dataset["format"])
            record = records.bring(session, want, dataset, **options)
    except ValueError as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 1
    print(f"{path}: {record['size'] / 1e6:.1f} MB, {record['licence']}")
    return 0


def opened(dataset):
    """Return a session with the login that a dataset needs."""
    if dataset["login"] == "none":
        return Session()
    from nepflow_acquire import earthdata

    return earthdata.login().get_session()


if __name__ == "__main__":
    site.run(main, keep_secrets_out)
