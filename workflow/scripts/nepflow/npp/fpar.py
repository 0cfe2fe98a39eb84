"""Limits of NDVI and simple ratio between which light absorption rises, by vegetation type."""

import csv

import numpy as np

from nepflow.npp import ndvi
from nepflow.npp.casa import simple_ratio

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


STEP = 1e-4  # of NDVI as MOD13 stores it
BINS = 12001  # from -0.2 to 1
LEAST_OBSERVATIONS = 100  # pixel-months that own limits of a type need; own choice
COLUMNS = ["type", "igbp", "limits", "quantity", "value", "unit"]


def counts(value, state, classes):
    """Return how often observed NDVI falls into each bin, by class, (256, `BINS`).

    Parameters
    ----------
    value, state : ndarray, shape (month, ...)
        NDVI and what the months count as; only observed ones count.
    classes : ndarray, shape (year, ...)
        IGBP codes of each year, NaN = none.
    """
    code = np.repeat(classes, 12, axis=0)
    used = (state == ndvi.SEEN) & ~np.isnan(code) & ~np.isnan(value)
    place = np.rint((value[used] - ndvi.POSSIBLE[0]) / STEP).astype("int64")
    place = np.clip(place, 0, BINS - 1) + BINS * code[used].astype("int64")
    return np.bincount(place, minlength=256 * BINS).reshape(256, BINS)


def limits(table, observed, choice, percentiles):
    """Return {type: (limits, whose, observations)}.

    Parameters
    ----------
    table : dict
        Of `fpar.read`.
    observed : ndarray of int, shape (256, `BINS`)
        Of `counts`.
    choice : {"own_upper", "zhu2007", "own"}
        The upper ones percentiles of the study's NDVI of the type, the lower ones of the table,
        which are those of bare ground; both of the table; or both percentiles, with which the
        least green months of a type absorb no light.
    percentiles : sequence of float
        Lower and upper, %.

    Returns
    -------
    dict
        Limits in the order of `fpar.LIMITS`. A type with too few observations
        has those of the table, and says so.
    """
    found = {}
    for name, codes in types_of(table).items():
        printed = tuple(table[codes[0]][key] for key in LIMITS)
        number = observed[codes].sum(axis=0)
        own, whose = printed, "zhu2007"
        if choice != "zhu2007" and number.sum() >= LEAST_OBSERVATIONS:
            bins = ndvi.quantiles(number, [share / 100 for share in percentiles])
            low, high = np.minimum(bins * STEP + ndvi.POSSIBLE[0], 1 - STEP)
            ratios = simple_ratio(np.array([low, high]))
            own, whose = (low, high, *ratios), choice
            if choice == "own_upper":
                own = (printed[0], high, printed[2], ratios[1])
            if own[0] >= own[1]:
                own, whose = printed, "zhu2007"
        found[name] = tuple(map(float, own)), whose, int(number.sum())
    return found


def rows(table, found, efficiency):
    """Yield the rows of a table with `COLUMNS`.

    Parameters
    ----------
    table : dict
        Of `fpar.read`.
    found : dict
        Of `limits`.
    efficiency : str
        Column of the table without its prefix, such as zhu2007.
    """
    for name, codes in types_of(table).items():
        values, whose, number = found[name]
        head = name, " ".join(map(str, codes)), whose
        yield *head, "epsilon_max", table[codes[0]][f"epsilon_{efficiency}"], "g C MJ-1"
        for key, value in zip(LIMITS, values, strict=True):
            yield *head, key, value, "1"
        yield *head, "observations", number, "pixel-months"


def parameters(frame):
    """Return efficiency and limits by IGBP code, (5, 256), NaN where nothing grows.

    Parameters
    ----------
    frame : DataFrame
        Of a table with `COLUMNS`.
    """
    result = np.full((5, 256), np.nan)
    for number, key in enumerate(("epsilon_max", *LIMITS)):
        for row in frame[frame["quantity"] == key].to_dict("records"):
            result[number, [int(code) for code in str(row["igbp"]).split()]] = row["value"]
    return result
