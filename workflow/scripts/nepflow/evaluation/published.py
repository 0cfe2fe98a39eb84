"""Published numbers beside ours, and beside one another."""

import math
import re

from nepflow.pixel.persistence import BESIDE
from nepflow.study.pixel import CORRELATION, OF_SURROGATES

PUBLISHED = (
    "id",
    "quantity",
    "region_or_class",
    "period",
    "section",
    "ours",
    "theirs",
    "difference",
    "tolerance",
    "unit",
    "kind",
    "verdict",
    "shared_inputs",
    "note",
)
RESULT, SETTING = "result", "setting"  # what a study finds; what it is told, an echo of the paper
CONSISTENCY = (
    "check",
    "section",
    "left",
    "relation",
    "right",
    "difference",
    "rounding",
    "verdict",
    "note",
)
AGREES = "agrees"
DIFFERS = "differs"
NOT_COMPARABLE = "not comparable: simulated"
CONTRADICTS = "the text contradicts itself"
NOT_COMPUTED = "not computed here"


class BadPublished(ValueError):
    """A published number or a check of them that cannot be understood."""


def compare(published, numbers, contradicted, period, simulated, shared_inputs=None):
    """Yield a row of `PUBLISHED` for each published number.

    Parameters
    ----------
    published : list of dict
        id, quantity, of, value, unit, section, tolerance (in the unit), and period, note.
    numbers : dict of {(quantity, region_or_class, period): (value, unit)}
    contradicted : set of str
        ids that a failed check names; their verdict does not depend on ours.
    period : str
        That of an entry without one.
    simulated : bool
        Ours are not of the world.
    shared_inputs : dict of {(quantity, region_or_class, period): str}, optional
        How the driver of a number entered the variable.

    Raises
    ------
    BadPublished
        If ours has another unit.
    """
    for entry in published:
        key = entry["quantity"], entry.get("of", "all"), entry.get("period", period)
        ours, unit = numbers.get(key, (math.nan, entry["unit"]))
        if unit != entry["unit"]:
            raise BadPublished(
                f"published {entry['id']}: is in {entry['unit']}, ours in {unit}. Convert it."
            )
        difference = ours - entry["value"]
        if entry["id"] in contradicted:
            verdict = CONTRADICTS
        elif math.isnan(difference):
            verdict = NOT_COMPUTED
        elif simulated and not entry.get("setting", False):
            verdict = NOT_COMPARABLE
        else:
            verdict = AGREES if abs(difference) <= entry["tolerance"] else DIFFERS
        yield (
            entry["id"],
            *key,
            entry["section"],
            ours,
            entry["value"],
            difference,
            entry["tolerance"],
            entry["unit"],
            SETTING if entry.get("setting", False) else RESULT,
            verdict,
            (shared_inputs or {}).get(key, ""),
            "; ".join(filter(None, (entry.get("note", ""), _chance(key, numbers)))),
        )


def _chance(key, numbers):
    """What noise gives of the same share, or an empty text; of a correlation the other way too."""
    quantity, *of = key

    def found(*suffixes):
        known = [numbers.get((f"{quantity}{suffix}", *of)) for suffix in suffixes]
        return [f"{value:.1f} {unit}" for value, unit in filter(None, known)]

    if noise := found(*BESIDE):
        return "chance alone: white noise {}, AR(1) {}".format(*noise)
    if not (surrogates := found(OF_SURROGATES)):
        return ""
    text = f"chance alone: surrogates with each pixel's trend and memory {surrogates[0]}"
    others = {method: found(f"_{method}") for method in CORRELATION}
    return "; ".join([text, *(f"{method} {of[0]}" for method, of in others.items() if of)])


def check(checks, published):
    """Yield a row of `CONSISTENCY` for each check, and the ids that it contradicts.

    A side of a check is a sum of terms: an id, ``-id``, a number, or ``{id, times}``. They may
    be apart by ``rounding``, that of the printed digits.

    Yields
    ------
    tuple, set of str

    Raises
    ------
    BadPublished
        If a term names no published number.
    """
    values = {entry["id"]: entry["value"] for entry in published}
    for entry in checks:
        left, right = (
            math.fsum(_value(term, values, entry["name"]) for term in entry[side])
            for side in ("left", "right")
        )
        rounding = entry.get("rounding", 0)
        difference = left - right
        holds = {
            "=": abs(difference) <= rounding + 1e-9,
            "<=": difference <= rounding + 1e-9,
            ">=": difference >= -rounding - 1e-9,
        }[entry["relation"]]
        verdict = "consistent" if holds else entry.get("otherwise", "contradiction")
        named = {_name(term) for side in ("left", "right") for term in entry[side]} - {None}
        row = (
            entry["name"],
            entry["section"],
            left,
            entry["relation"],
            right,
            difference,
            rounding,
            verdict,
            entry.get("note", ""),
        )
        blamed = set(entry.get("blames", named)) if verdict == "contradiction" else set()
        yield row, blamed


def check_units(published):
    """Yield a row of `CONSISTENCY` for each number that is printed in the unit of another kind."""
    for entry in published:
        if "printed_unit" in entry and entry["printed_unit"] != entry["unit"]:
            yield (
                f"unit of {entry['id']}",
                entry["section"],
                entry["value"],
                "in",
                math.nan,
                math.nan,
                0,
                "unit",
                f"printed in {entry['printed_unit']}, it is in {entry['unit']}",
            )


def _name(term):
    if isinstance(term, dict):
        return term["id"]
    return term.removeprefix("-") if isinstance(term, str) else None


def _value(term, values, name):
    """The number that a term stands for."""
    if isinstance(term, int | float):
        return term
    found = _name(term)
    if not re.fullmatch(r"\w+", found) or found not in values:
        raise BadPublished(f"consistency check {name}: `published` has no {found}. Spell it so.")
    factor = term["times"] if isinstance(term, dict) else (-1 if term.startswith("-") else 1)
    return factor * values[found]
