"""Run the coarse twin of Indochina with several seeds and write how well what it plants is found.

Run from the top folder: .venv/bin/python tests/study/recovery_of_light_seeds.py FOLDER
It takes about two minutes a seed on 2 cores and writes tests/study/recovery_of_light_seeds.csv;
see recovery_of_seeds.py for what it holds.
"""

import csv
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent))
from copies import Workflow
from light_study import PLANTED, RECOVERY
from recovery_of_seeds import write_bounds

SEEDS = range(101, 107)


def rows(workflow, study, table):
    with open(workflow.result(f"{study}/tables/{table}.csv"), newline="") as file:
        yield from csv.DictReader(file)


def recovered(workflow, study):
    """Yield (quantity, statistic, unit) and the error of what is recovered of a plant."""
    for row in rows(workflow, study, RECOVERY[0]):
        if row["quantity"] in ("trend of nep", "npp") and row["statistic"] == "bias":
            yield (row["quantity"], "error", row["unit"]), float(row["value"])
    for table, key in ((RECOVERY[1], "factor"), (RECOVERY[2], "transitions")):
        true = {}
        for row in rows(workflow, study, table):
            kind, _, quantity = row["quantity"].partition("_")
            value, of = float(row["value"] or "nan"), f"{row[key]}: {quantity}"
            if kind == "true":
                true[of] = value
            elif kind == "recovered":
                yield (of, "error", row["unit"]), value - true[of]


def recovery_of_light_seeds(folder):
    """Build the tables of every seed; return {key: values}."""
    studies = {
        f"seed{seed}": PLANTED | {"twin": PLANTED["twin"] | {"seed": seed}} for seed in SEEDS
    }
    root = Path(__file__).resolve().parent.parent.parent
    workflow = Workflow(root, folder, **studies)
    values = {}
    for name in studies:
        workflow.run(*(f"results/{name}/tables/{table}.csv" for table in RECOVERY))
        for key, value in recovered(workflow, name):
            values.setdefault(key, []).append(value)
    return values


if __name__ == "__main__":
    write_bounds(recovery_of_light_seeds(sys.argv[1]), Path(__file__).with_suffix(".csv"))
