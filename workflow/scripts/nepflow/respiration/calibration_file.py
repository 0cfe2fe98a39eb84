"""Table of calibrated constants of respiration -> constants of a model."""

from nepflow.io import tables
from nepflow.respiration import formulas

COLUMNS = ("model", "quantity", "statistic", "value", "unit")
UNITS = {
    "rate": {"gsmsr": "g C m-2 d-1", "raich2002": "g C m-2 d-1", "chen2010": "g C m-2 yr-1"},
    "rate_per_carbon": {"gsmsr": "g C m-2 d-1 per kg C m-2"},
    "q10_at_zero": {"gsmsr": "1"},
    "per_k": {"raich2002": "K-1", "chen2010": "K-1"},
}


def constants(path, model, published):
    """Return the constants of a model: the published ones, overlaid with those of a table.

    Parameters
    ----------
    path : str
        Table of the rule calibrate_plots; empty: the published constants stay.
    model : str
    published : dict
        Empty: those of `soil_respiration.PUBLISHED`.
    """
    published = published or formulas.PUBLISHED.get(model, {})
    if not path:
        return published
    table = tables.read(path, COLUMNS)
    rows = table[(table["model"] == model) & (table["statistic"] == "calibrated")]
    return published | dict(zip(rows["quantity"], rows["value"], strict=True))
