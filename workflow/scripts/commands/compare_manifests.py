"""Comparison of two manifests of one study: equal, moved, changed, vanished and new products.

    python workflow/scripts/commands/compare_manifests.py OLD NEW

Products that were renamed, removed or changed on purpose stand in config/renamed_products.csv:
`old` and `new` are patterns of the file name below the results of a study; `new` is empty for what
was removed, `old` for what came; `digest_changes` is yes where the content changed, too.
The report names versions and dates and is left out.
"""

import argparse
import csv
import fnmatch
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parents[1]))

from nepflow.study import load

TABLE = Path(__file__).resolve().parents[3] / "config/renamed_products.csv"
LEFT_OUT = "report*.html"


def read_manifest(path):
    """Return the SHA-256 of each product of a manifest by its file name."""
    with open(path, encoding="utf-8", newline="") as file:
        rows = {row["file"]: row["sha256"] for row in csv.DictReader(file)}
    return {name: sha for name, sha in rows.items() if not fnmatch.fnmatch(name, LEFT_OUT)}


def read_table(path):
    """Return the rows (old, new, reason) of the table of renamed products."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def renamed(name, row):
    """Return the new name of ``name`` after a row, None if it was removed.

    A ``*`` in ``old`` stands for the same text in ``new``.
    """
    if not row["new"]:
        return None
    before, star, after = row["old"].partition("*")
    text = name[len(before) : len(name) - len(after)] if star else ""
    return row["new"].replace("*", text)


def differences(old, new, table):
    """Return what no row of the table explains, and how many products are equal.

    Parameters
    ----------
    old, new : dict
        SHA-256 by file name.
    table : list of dict
        Rows with old, new and reason.

    Returns
    -------
    equal : int
    faults : list of (str, str)
        What it is (vanished, changed, new) and the file.
    """
    equal, faults, met = 0, [], set()
    for name, sha in old.items():
        row = next((row for row in table if fnmatch.fnmatch(name, row["old"])), None)
        target = name if row is None else renamed(name, row)
        if target is None:
            continue
        met.add(target)
        if target not in new:
            faults.append(("vanished", name))
        elif new[target] == sha:
            equal += 1
        elif row is None or not row["digest_changes"]:
            faults.append(("changed", name))
    added = {row["new"] for row in table if not row["old"]}
    for name in new:
        if name not in met and not any(fnmatch.fnmatch(name, pattern) for pattern in added):
            faults.append(("new", name))
    return equal, faults


def main(words=None):
    """Print the differences; return how many of them the table does not explain."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("old", type=Path, help="manifest.csv of the earlier version")
    parser.add_argument("new", type=Path, help="manifest.csv of this version")
    parser.add_argument("--table", type=Path, default=TABLE)
    options = parser.parse_args(words)
    equal, faults = differences(
        read_manifest(options.old), read_manifest(options.new), read_table(options.table)
    )
    for what, name in faults:
        print(f"{what:9} {name}")
    print(f"{equal} products are equal, {len(faults)} differ without a reason")
    return len(faults)


if __name__ == "__main__":
    load.run(main)
