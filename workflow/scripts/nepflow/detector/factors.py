"""Strata from continuous factors: five ways to divide them, and the choice between them."""

from contextlib import ExitStack

import numpy as np

from nepflow.detector import detector
from nepflow.io import missing_codes, user_rasters
from nepflow.pixel import variability

METHODS = ("equal", "quantile", "natural", "geometric", "sd")


def breaks_of(values, method, classes):
    """Return the limits between the classes of a factor, ascending, or None.

    ``equal``: equal widths between smallest and largest value; ``quantile``: equal numbers of
    cells; ``natural``: least squares within (Fisher); ``geometric``: equal ratios, for positive
    values only; ``sd``: one standard deviation wide round the mean. None where a method has no
    limits: geometric with a value of zero or below, natural with too few different values.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        No NaN; of `natural` a sample, since its time grows with the square.
    method : str
        Of `METHODS`.
    classes : int

    Returns
    -------
    ndarray, shape (classes - 1,), or None
        Equal limits leave a class empty.

    References
    ----------
    The candidates of Song et al. (2020), doi:10.1080/15481603.2020.1760434.
    """
    if method not in METHODS:
        raise ValueError(f"{method} is no method of discretisation: {', '.join(METHODS)}")
    low, high, inner = values.min(), values.max(), np.arange(1, classes)
    if method == "equal":
        return low + (high - low) * inner / classes
    if method == "quantile":
        return np.quantile(values, inner / classes)
    if method == "sd":
        return values.mean() + (inner - classes / 2) * values.std()
    if method == "geometric":
        return low * (high / low) ** (inner / classes) if low > 0 else None
    if np.unique(values).size < classes:
        return None
    return variability.natural_breaks(values, classes)[:-1]


def codes_by(values, breaks):
    """Return the class, from 0, of each value; a limit belongs to the class below it."""
    return np.searchsorted(breaks, values, side="left").astype("uint8")


def candidates(values, methods, classes, sample, seed):
    """Yield (method, classes, breaks, codes) of every way to divide a factor.

    Parameters
    ----------
    values : ndarray, shape (cell,)
        No NaN.
    methods : sequence of str
    classes : sequence of int
    sample : int
        Cells that natural breaks are found on.
    seed : int
    """
    some = variability.seeded_sample(values, sample, seed)
    for method in methods:
        for number in classes:
            breaks = breaks_of(some if method == "natural" else values, method, number)
            if breaks is not None:
                yield method, number, breaks, codes_by(values, breaks)


def best_of(y, divided):
    """Return q of each candidate and the place of the largest.

    More classes always explain at least as much when they are finer divisions, so the largest q
    favours many classes: the whole table of q belongs beside the choice. Ties go to the earlier.

    Parameters
    ----------
    y : ndarray, shape (cell,)
    divided : list
        Of `candidates`.

    Returns
    -------
    (list of float, int)
    """
    q = [detector.q_statistic(detector.strata_of(y, codes)) for *_, codes in divided]
    return q, int(np.nanargmax(q))


MOST = 254  # classes that a raster of classes can hold


class TooManyClasses(ValueError):
    """A factor of more classes than a class raster holds."""

    def __init__(self, path, count, place):
        super().__init__(
            f"{path}: has {count} classes, {place} may have {MOST}. Join classes, declare codes of "
            "missing data (`fill: [0, 255]`), or give the raster as a continuous factor (without "
            "`classes: true`)."
        )


def resampling_of(path, grid, factor):
    """Return the study's method; otherwise mode of classes, mean of finer, bilinear of coarser.

    Parameters
    ----------
    path : str
    grid : raster.Grid
    factor : dict
        Its entry in the study.
    """
    if "resampling" in factor:
        return factor["resampling"]
    if factor.get("classes"):
        return "mode"
    with ExitStack() as stack:
        source = user_rasters.opened(entry_of(path, factor), stack)
        side = user_rasters.side_m(source)
    return "average" if side < grid.resolution_m / 2 else "bilinear"


def entry_of(path, factor):
    """Return what `user_rasters` needs to know of the file of a factor."""
    key = f"the factor {factor['name']} of detectors"
    raw = {"scale": 1, "offset": 0} if factor.get("classes") else {}  # codes are no quantities
    return factor | {"key": key, "file": str(path), "layer": None} | raw


def seen(path, factor, bounds, crs):
    """Read the values of a factor round an area and refuse codes of missing data.

    Parameters
    ----------
    path : str
    factor : dict
        Its entry in the study; of ``classes`` every number is a class or refused by its code.
    bounds, crs
        Of the area.

    Returns
    -------
    missing_codes.Seen
        Of the stored values.

    Raises
    ------
    user_rasters.BadGrid
    """
    entry = entry_of(path, factor)
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, (bounds, crs))
        user_rasters.one_band(source)
        window = user_rasters.near(source, bounds, crs)
        found = missing_codes.Seen(source.dtypes[0])
        for part in user_rasters.windows_of(window) if window else ():
            found.add(user_rasters.stored_values(source, 1, part))
        found.hidden = source.hidden
    if not found.count:
        raise user_rasters.BadGrid(
            f"{path}: has no value in the area. Bring a raster that covers it, or remove "
            f"{entry['key']}."
        )
    if not factor.get("classes"):
        user_rasters.refuse_codes(found, entry)
    return found


def class_names(path, factor, bounds, crs):
    """Return {code: name} of a raster of classes: the codes that it holds, by number.

    Parameters
    ----------
    path : str
    factor : dict
        Its entry in the study.
    bounds, crs
        Of the area: codes elsewhere do not matter.

    Raises
    ------
    TooManyClasses
        If there are more than `MOST`, or codes outside of 1 to 254.
    """
    entry, found = entry_of(path, factor), set()
    with ExitStack() as stack:
        source = user_rasters.opened(entry, stack, (bounds, crs))
        window = user_rasters.near(source, bounds, crs)
        for part in user_rasters.windows_of(window) if window else ():
            found |= set(np.unique(user_rasters.stored_values(source, 1, part)).tolist())
    found = {code for code in found if code == code}
    if not found:
        raise user_rasters.BadGrid(
            f"{path}: has no class in the area. Bring a raster that covers it, or remove "
            f"{entry['key']}."
        )
    if len(found) > MOST or not all(1 <= code <= MOST and code == int(code) for code in found):
        raise TooManyClasses(path, f"{len(found)} ({min(found)} to {max(found)})", factor["name"])
    return {int(code): f"class {int(code)}" for code in sorted(found)}


def with_outside(named, path, factor):
    """Return the classes of a raster with that of cells without a value, and its code.

    Parameters
    ----------
    named : dict
        {code: name} of the raster.
    path : str
        That an error names.
    factor : dict
        Its entry in the study; ``outside`` names the class, without it there is none.

    Returns
    -------
    (dict, float)
        NaN as the code where there is no such class.

    Raises
    ------
    TooManyClasses
    """
    if not factor.get("outside"):
        return named, np.nan
    code = next((code for code in range(1, MOST + 1) if code not in named), None)
    if code is None:
        raise TooManyClasses(path, len(named) + 1, factor["name"])
    return dict(sorted({**named, code: factor["outside"]}.items())), float(code)
