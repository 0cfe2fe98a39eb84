"""Coefficients by vegetation type -> the coefficients of the pixels of a block."""

from nepflow.attribution import pooled
from nepflow.io import tables

COLUMNS = ("method", "type", "driver", "quantity", "value", "unit")


def of_method(path, method, drivers):
    """Return {code of the type: list of coefficients in the order of ``drivers``}.

    Parameters
    ----------
    path : str
        Table of the rule pool_coefficients.
    method : str
    drivers : sequence of str
    """
    table = tables.read(path, COLUMNS)
    table = table[(table["method"] == method) & (table["quantity"] == "coefficient")]
    found = {}
    for code, rows in table.groupby("type"):
        value = rows.set_index("driver")["value"]
        found[float(code)] = [value[name] for name in drivers]
    return found


def reader(path, drivers):
    """Return a function of (method, types (y, x)) that gives coefficients, or None without a table.

    Parameters
    ----------
    path : str
        Empty: every pixel has its own coefficients.
    drivers : sequence of str
    """
    cache = {}

    def at(method, types):
        if not path:
            return None
        if method not in cache:
            cache[method] = of_method(path, method, drivers)
        return pooled.at_pixels(cache[method], types)

    return at
