"""Bring one file of the register by itself, verified and with its record.

make fetch DATASET=soilgrids_soc FOLDER=data/my_region
make fetch DATASET=worldpop FOLDER=data/my_region FIELDS="year=2015 country=chn COUNTRY=CHN"
"""

import argparse
import sys
from pathlib import Path
from urllib.parse import urlsplit

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.download import records, transfer
from nepflow.download.redaction import keep_secrets_out
from nepflow.download.session import Session
from nepflow.study import datasets as study_datasets
from nepflow.study import load


def main(words=None, top=load.TOP, **options):
    """Bring the file; return 0, or 1 with the reason on the terminal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dataset")
    parser.add_argument("folder")
    parser.add_argument("fields", nargs="*", help="name=value of the names in its address")
    chosen = parser.parse_args(words)
    try:
        datasets = study_datasets.load(Path(top, "config/datasets.yaml"))
        if chosen.dataset not in datasets:
            raise study_datasets.BadRegister(
                f"{chosen.dataset}: not in the register: {', '.join(datasets)}."
            )
        dataset = datasets[chosen.dataset]
        fields = dict(field.split("=", 1) for field in chosen.fields)
        address = study_datasets.address(dataset, "file", **fields)
        name = urlsplit(address).path.rpartition("/")[2]
        path = Path(chosen.folder, transfer.file_name(name, chosen.dataset))
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
    from nepflow.download import earthdata

    return earthdata.login().get_session()


if __name__ == "__main__":
    load.run(main, keep_secrets_out)
