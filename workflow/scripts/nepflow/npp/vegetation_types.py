"""Constants of vegetation types by IGBP class: ``config/vegetation_types.csv``."""

import csv

LIMITS = ("ndvi_min", "ndvi_max", "sr_min", "sr_max")


class BadTypes(ValueError):
    """The table of vegetation types cannot be read."""


def read(path):
    """Return {IGBP code: {column: number, type: name}}.

    Raises
    ------
    BadTypes
        If a number is missing or limits are the wrong way round.
    """
    with open(path, encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        try:
            table = {
                int(row["igbp"]): {
                    key: value if key == "type" else float(value) for key, value in row.items()
                }
                for row in rows
            }
        except (TypeError, ValueError) as error:
            raise BadTypes(
                f"{path}: {error}. Every class needs a number in every column; compare the file "
                "with the one that came with the workflow."
            ) from error
    for code, entry in table.items():
        if entry["ndvi_min"] >= entry["ndvi_max"] or entry["sr_min"] >= entry["sr_max"]:
            raise BadTypes(f"{path}: class {code}: a lower limit is not below its upper one.")
    return table


def types_of(table):
    """Return {type: [codes]}, in the order of the table."""
    found = {}
    for code, entry in table.items():
        found.setdefault(entry["type"], []).append(code)
    return found
