"""How two estimates of one quantity agree, from sums that blocks can add."""

import numpy as np


def moments(own, other):
    """Return count, sums, sums of squares and of products over cells, (6, layer).

    Parameters
    ----------
    own, other : ndarray, shape (layer, y, x)
        Only cells that both have count.
    """
    both = np.isfinite(own) & np.isfinite(other)
    a, b = np.where(both, own, 0.0), np.where(both, other, 0.0)
    return np.stack([part.sum(axis=(1, 2)) for part in (both, a, b, a * a, b * b, a * b)])


def rows(sums, unit):
    """Yield (quantity, value, unit) of the sums of one layer, or of several added.

    Parameters
    ----------
    sums : sequence of six float
        Of `moments`.
    unit : str
    """
    count, a, b, aa, bb, ab = sums
    yield "cells", count, "1"
    if not count:
        return
    mean_a, mean_b = a / count, b / count
    spread = np.sqrt(max(aa / count - mean_a**2, 0) * max(bb / count - mean_b**2, 0))
    yield "own_mean", mean_a, unit
    yield "other_mean", mean_b, unit
    yield "mean_difference", mean_a - mean_b, unit
    yield "rms_difference", np.sqrt(max(aa + bb - 2 * ab, 0) / count), unit
    yield "correlation", (ab / count - mean_a * mean_b) / spread if spread else np.nan, "1"
