"""Cells shared among zones by the part of each that a polygon covers."""

import pandas as pd

from nepflow.zones.sums import Weights

COLUMNS = ["cell", "code", "weight"]


def read(path):
    """Return the `Weights` of a table."""
    table = pd.read_parquet(path, columns=COLUMNS)
    return Weights(*(table[name].to_numpy() for name in COLUMNS))
