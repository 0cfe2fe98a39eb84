"""Daily solar radiation of NASA POWER at a point.

The answer is a GeoJSON feature (POWER docs, Temporal API, Daily): ``properties.parameter.<name>``
maps YYYYMMDD to values, ``parameters.<name>.units`` is the unit, ``header.fill_value`` means none.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

PARAMETER = "ALLSKY_SFC_SW_DWN"
TO_MJ = {"MJ/m^2/day": 1.0, "kW-hr/m^2/day": 3.6}  # MJ m-2 d-1


class BadRadiation(ValueError):
    """An answer of POWER that is not daily radiation."""


def read(path):
    """Return the radiation of a file, MJ m-2 d-1, by day; days without a value are NaN.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    pandas.Series
        Index: date (text, YYYY-MM-DD).

    Raises
    ------
    BadRadiation
    """
    answer = json.loads(Path(path).read_text(encoding="utf-8"))
    try:
        values = answer["properties"]["parameter"][PARAMETER]
        unit = answer["parameters"][PARAMETER]["units"]
        fill = float(answer["header"]["fill_value"])
    except (KeyError, TypeError) as error:
        said = (
            "; ".join(map(str, answer.get("messages", [])))[:300]
            if isinstance(answer, dict)
            else ""
        )
        raise BadRadiation(
            f"{path}: has no {error} {f'({said})' if said else ''}. Delete it and run again; if "
            "it stays so, POWER has changed its answer."
        ) from None
    if unit not in TO_MJ:
        raise BadRadiation(
            f"{path}: is in {unit}, not in {' or '.join(TO_MJ)}. Delete it and run again."
        )
    series = pd.Series(values, dtype=float)
    series.index = pd.to_datetime(series.index, format="%Y%m%d").strftime("%Y-%m-%d")
    return series.mask(np.isclose(series, fill)) * TO_MJ[unit]
