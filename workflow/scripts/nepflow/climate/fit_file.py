"""The file of fitted climate surfaces, ``climate/<variable>_fit.npz``."""

from dataclasses import fields

import numpy as np

from nepflow.climate.surfaces import Surfaces
from nepflow.io import tables
from nepflow.io.atomic import replacing


def write(path, surfaces):
    """Write surfaces; the same surfaces give the same bytes.

    Parameters
    ----------
    path : str or Path
    surfaces : climate.Surfaces
    """
    arrays = {field.name: np.asarray(getattr(surfaces, field.name)) for field in fields(Surfaces)}
    with replacing(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read(path):
    """Return the surfaces of a file.

    Returns
    -------
    climate.Surfaces
    """
    with np.load(path, allow_pickle=False) as arrays:
        return Surfaces(**{field.name: _plain(arrays[field.name]) for field in fields(Surfaces)})


def _plain(array):
    """Return an array, or the number or text of an array without axes."""
    return array if array.ndim else array.item()


def step_of(path):
    """Return the step of the evaluator from its table, cells; 0 = exact."""
    table = tables.read(path, ["quantity", "value"])
    return int(table[table["quantity"] == "step"]["value"].iloc[0])
