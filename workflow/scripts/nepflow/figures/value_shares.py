"""Shares of the area by ranges of a value, as legends write them; pure."""

import itertools

import numpy as np

from nepflow import labels


def range_shares(values, levels, p=None, below=None):
    """Return which share of the cells with data lies between the levels.

    Parameters
    ----------
    values : ndarray
        NaN = absent; cells of one area each.
    levels : sequence of float
        A value on a level belongs to the range above it.
    p : ndarray, optional
        Of the shape of ``values``; with it the share that is significant stands in brackets.
    below : float, optional
        Its level.

    Returns
    -------
    list of (str, float, float, float)
        Name of the range, its lower level (-inf for the first), its share and the share that is
        significant (NaN without p), % of the cells with data.
    """
    known = np.isfinite(values)
    levels = sorted(levels)
    ranges = np.digitize(values[known], levels)
    significant = p[known] < below if p is not None else None
    made = []
    for number, name in enumerate(_names(levels)):
        within = ranges == number
        share = 100 * within.mean() if within.size else np.nan
        both = 100 * (within & significant).mean() if significant is not None else np.nan
        level = levels[number - 1] if number else -np.inf
        made.append((name, level, share, both))
    return made


def _names(levels):
    if levels == [0]:
        return ["negative", "positive"]
    between = [f"{low:g}–{high:g}" for low, high in itertools.pairwise(levels)]
    names = [f"< {levels[0]:g}", *between, f"≥ {levels[-1]:g}"]
    return [name.replace("-", "\u2212") for name in names]


def share_texts(shares, below=None):
    """Return the lines of a legend; the shares close to 100 %."""
    rounded = labels.closing_percentages([share for _, _, share, _ in shares])
    texts = []
    for (name, _, exact, both), share in zip(shares, rounded, strict=True):
        text = f"{name}:  {labels.percent(share, exact)}"
        if below is not None:
            text += f"  (p < {below:g}:  {labels.number(both, 1)} %)"
        texts.append(text)
    return texts
