"""Zones from layers: stable classes, intervals, crossings."""

import unicodedata
from itertools import pairwise

import numpy as np

from nepflow import labels
from nepflow.study.figures import BadStudy
from nepflow.study.names import check_inside

# P / PET of dry-wet zones: UNEP (1992), World Atlas of Desertification
ARIDITY_CUTS = (0.05, 0.2, 0.5, 0.65)
ARIDITY_NAMES = ("hyper-arid", "arid", "semi-arid", "dry sub-humid", "humid")
SINK_NAMES = ("source", "low sink", "medium sink", "high sink")
SIGN_NAMES = ("source", "sink")
RAMP = (
    "#8c510a", "#d8b365", "#f6e8c3", "#c7eae5", "#5ab4ac", "#01665e", "#003c30", "#4d4d4d",
)  # fmt: skip

DTYPE = "uint16"  # of rasters of zones
MOST = 65_534  # codes of uint16 but 0 and 65535, which stand for absence
_UNSEEN = dict.fromkeys(map(ord, "\u200b\u2060\ufeff\u00ad"))  # signs without width or ink


class BadNames(ValueError):
    """Names of zones that are absent, or that tables could not tell apart."""


def text_of(name):
    """Return a name as text: without blanks around it, 101 for 101.0, empty where it is absent."""
    if name is None or (isinstance(name, float | np.floating) and not np.isfinite(name)):
        return ""
    if isinstance(name, float | np.floating) and name == int(name):
        name = int(name)
    text = unicodedata.normalize("NFC", str(name)).translate(_UNSEEN)
    shown = (" " if unicodedata.category(sign) == "Cc" else sign for sign in text)
    return " ".join("".join(shown).split())


def clean_names(names, place, column, key="name_field"):
    """Return the names of polygons as text.

    Parameters
    ----------
    names : sequence
        Text or numbers, as a file has them; several polygons may have one name.
    place : str
        File that an error names.
    column : str
        Its column.
    key : str
        Key of the study that chooses the column.

    Raises
    ------
    BadNames
        If one is absent or blank, if two differ only in blanks, or one is a word of the tables.
    """
    texts = [text_of(name) for name in names]
    without = [row for row, text in enumerate(texts, start=1) if not text]
    if without:
        raise BadNames(
            f"{place}: {len(without)} of {len(texts)} polygons have no name in {column} (the first "
            f"is polygon {without[0]}). Fill in {column}, delete these polygons, or choose another "
            f"column with {key}."
        )
    spelled = {}
    for name, text in zip(names, texts, strict=True):
        other = spelled.setdefault(text, str(name))
        if other != str(name) and isinstance(name, str):
            raise BadNames(
                f"{place}: the names {other!r} and {name!r} in {column} differ only in blanks or "
                "in how letters are stored. Write them alike, or make them different."
            )
    check_names(list(spelled), place)
    return texts


def check_names(names, place):
    """Refuse names of zones that tables could not tell apart.

    Parameters
    ----------
    names : list of str
        One a zone.
    place : str
        File or zones that an error names.

    Raises
    ------
    BadNames
        If two are the same but for case, blanks or _, one stands for the whole area, or there are
        more than `MOST`.
    """
    if len(names) > MOST:
        raise BadNames(
            f"{place}: has {len(names)} zones, and a class raster holds {MOST}. Join some."
        )
    if len(set(names)) < len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise BadNames(f"{place}: two zones are named {twice!r}. Rename one.")
    if labels.REGION in names:
        raise BadNames(
            f"{place}: a zone is named {labels.REGION!r}, which stands for the whole area in "
            "tables. Rename it."
        )
    try:
        check_inside(names, place, "Write them alike, which makes them one zone, or rename one.")
    except BadStudy as error:
        raise BadNames(str(error)) from None


def stable_classes(annual, changed, minimum_percent=100):
    """Return the class that a cell has in most years, or ``changed`` where it is too seldom.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Class codes, NaN = none; years without a class are passed over.
    changed : int
        Code of cells that change.
    minimum_percent : float
        Share of the years that the class must have, more than half; 100 is every year. Annual
        maps flicker, so that every year is a strict demand.

    Returns
    -------
    ndarray, shape (y, x)
        NaN where no year has a class.
    """
    years = (~np.isnan(annual)).sum(axis=0)
    classes = np.where(years > 0, float(changed), np.nan)
    for code in np.unique(annual[~np.isnan(annual)]):
        count = (annual == code).sum(axis=0)
        classes = np.where((years > 0) & (100 * count >= minimum_percent * years), code, classes)
    return classes


def intervals(values, cuts):
    """Return the interval, from 1, of each value; a cut belongs to the interval above it."""
    codes = 1.0 + np.searchsorted(np.asarray(cuts, dtype="float64"), values, side="right")
    return np.where(np.isnan(values), np.nan, codes)


def interval_names(cuts, unit):
    """Return names such as ``below 1000 m``, ``1000-2000 m``, ``from 2000 m``."""
    texts = [f"{cut:.12g}" for cut in cuts]  # with fewer digits two intervals may be one text
    between = [f"{low}-{high} {unit}" for low, high in pairwise(texts)]
    return [f"below {texts[0]} {unit}", *between, f"from {texts[-1]} {unit}"]


def crossing(first, second, classes_of_second):
    """Return one code, from 1, for each pair of codes; NaN where either is.

    ``(a - 1) * classes_of_second + b``
    """
    return (first - 1) * classes_of_second + second


def commonest_absence(annual, valid):
    """Return the commonest reason of the years without a value.

    Parameters
    ----------
    annual : ndarray, shape (year, y, x)
        Codes of reasons; NaN outside the area.
    valid : int
        The code that is no reason.

    Returns
    -------
    ndarray, shape (y, x)
        The lowest of equally common reasons; NaN where every year has a value.
    """
    most = np.zeros(annual.shape[1:])
    reason = np.full(annual.shape[1:], np.nan)
    for code in np.unique(annual[~np.isnan(annual)]):
        if code == valid:
            continue
        count = (annual == code).sum(axis=0)
        reason = np.where(count > most, code, reason)
        most = np.maximum(count, most)
    return reason
