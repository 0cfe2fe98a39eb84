"""Keys, values and layers of study files that were renamed: old name -> new name.

Standard library only: the workflow reads it before any environment exists.
"""

import re
from pathlib import Path

from nepflow.study import settings_file
from nepflow.study.settings_file import BadStudy

KEYS = {  # from the top of a study file
    "twin": "simulation",
    "stability": "variability",
    "acquire.most_stations": "max_stations",
    "acquire.least_complete_percent": "min_complete_percent",
    "ndvi.kept_reliability": "valid_reliability",
    "ndvi.longest_linear_months": "max_interpolated_months",
    "stability.smallest_mean_g_c": "min_mean_g_c",
    "detector.smallest_stratum_cells": "min_stratum_cells",
    "climate.fill": "gap_filling",
    "climate.kriging.longest_gap_days": "max_gap_days",
    "climate.quality.neighbours.most": "max",
    "climate.quality.neighbours.least": "min",
    "respiration.reading": "time_step",
    "respiration.heterotrophic": "rh_relation",
    "respiration.applied_to": "rh_relation_step",
    "attribution.claim": "main_method",
}
# the same in every block
_KEY_PATTERNS = ((re.compile("minimum_"), "min_"), (re.compile("maximum_"), "max_"))
VALUES = {
    "inputs": {"twin": "simulated"},
    "respiration.reading": {"annual_once": "annual"},
    "attribution.claim": {"residual": "restrend"},
    "based_on": {
        f"{name}_twin": f"{name}_simulated"
        for name in ("northwest_china", "indochina_karst", "guangxi_karst")
    },
    "published.quantity": {"coupling_share": "trend_persistence_share"},
}
_CARBON = r"(nep|npp|rh|temperature|precipitation|radiation)"
_LAYERS = (  # whole names of layers, wherever they stand as a value
    (r"pixel/npp/absence", r"pixel/npp_missing_reason"),
    (rf"pixel/{_CARBON}/coupling", r"pixel/\1_trend_persistence_class"),
    (rf"pixel/{_CARBON}/(\w+)", r"pixel/\1_\2"),
    (rf"attribution/{_CARBON}/residual_rest_(\w+)", r"attribution/\1_restrend_residual_\2"),
    (rf"attribution/{_CARBON}/residual_bias", r"attribution/\1_restrend_bias"),
    (rf"attribution/{_CARBON}/residual_(\w+)", r"attribution/\1_restrend_\2"),
    (rf"attribution/{_CARBON}/(\w+)_rest_(\w+)", r"attribution/\1_\2_residual_\3"),
    (rf"attribution/{_CARBON}/(\w+)", r"attribution/\1_\2"),
    (r"npp/(\w+)/(\d{4})", r"npp/\1/npp_\2"),
    (r"npp/(\w+)/absence_(\d{4})", r"npp/\1/missing_reason_\2"),
    (r"npp/compared/(own|other|difference)", r"npp/compared/npp_\1"),
    (r"landcover/(\d{4})", r"landcover/landcover_\1"),
    (r"landcover/keys/(\w+)/(\d{4})", r"landcover/keys/\1/landcover_\2"),
    (r"nep/rh_annual_once", r"nep/rh_annual"),
    (r"ndvi/(mean|normals|state)", r"ndvi/ndvi_\1"),
)
LAYERS = tuple((re.compile(old), new) for old, new in _LAYERS)


def renamed_key(place):
    """Return the new name of a key, None where it keeps its own.

    Parameters
    ----------
    place : tuple of str
        Keys from the top of the study file to it.
    """
    found = KEYS.get(".".join(place))
    for pattern, new in _KEY_PATTERNS:
        if found is None and pattern.match(place[-1]):
            found = pattern.sub(new, place[-1], count=1)
    return found


def renamed_value(place, text):
    """Return the new text of a value, None where it keeps its own."""
    if text in VALUES.get(".".join(place), {}):
        return VALUES[".".join(place)][text]
    return next((old.sub(new, text) for old, new in LAYERS if old.fullmatch(text)), None)


def replacements(path):
    """Return the text of a study file, and (scalar, new text) of what was renamed in it.

    Raises
    ------
    FileNotFoundError
    settings_file.BadSettings
    """
    text, scalars = settings_file.scalars(path)
    found = []
    for scalar in scalars:
        if scalar.is_key:
            new = renamed_key(scalar.place)
        else:
            new = renamed_value(scalar.place, scalar.text)
        if new is not None:
            found.append((scalar, new))
    return text, found


def check(path):
    """Refuse a study file with names of an older version.

    Raises
    ------
    BadStudy
        With each line, its new name, and the command that writes them.
    """
    _, found = replacements(path)
    if found:
        lines = [f"  line {old.line}: {'.'.join(_old(old))} is now {new}" for old, new in found]
        raise BadStudy(
            f"{path}: names of an older version:\n" + "\n".join(lines) + "\nWrite them so, or "
            f"let `python workflow/scripts/commands/convert_study.py {Path(path).stem}` do it."
        )


def _old(scalar):
    return scalar.place if scalar.is_key else (*scalar.place, scalar.text)


def converted(path):
    """Return the text of a study file with the names of this version, and how many were written."""
    text, found = replacements(path)
    for scalar, new in sorted(found, key=lambda pair: -pair[0].start):
        text = text[: scalar.start] + new + text[scalar.end :]
    return text, len(found)
