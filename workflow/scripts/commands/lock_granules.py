"""Write the lock file of a study: the very tiles that it was built from, for who repeats it.

    make lock-granules STUDY=my_region

Reads the lists that the download rules wrote (results/<study>/acquired/), writes
config/locks/<study>.csv.
"""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.download import earthdata
from nepflow.study import load


def main(words=None, top=load.TOP):
    """Write the lock file; return 0, or 1 where nothing was downloaded."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("study")
    study = parser.parse_args(words).study
    folder = Path(top, load.settings(top)["results"], study, "acquired")
    lists = sorted(path for path in folder.glob("M*.*_*.csv"))
    if not lists:
        print(
            f"{folder}: no list of tiles. Build the study with `acquire: true` first.",
            file=sys.stderr,
        )
        return 1
    rows = [row for path in lists for row in earthdata.read_list(path)]
    path = Path(top, "config/locks", f"{study}.csv")
    earthdata.write_list(sorted(rows, key=lambda row: row["file"]), path)
    print(f"{path}: {len(rows)} tiles.")
    return 0


if __name__ == "__main__":
    load.run(main)
