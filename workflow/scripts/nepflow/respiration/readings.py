"""Means of the region under one reading of the respiration equation."""

import numpy as np


def means_of_years(sums, cells):
    """Return the means over the years that have a valid cell.

    Parameters
    ----------
    sums, cells : ndarray, shape (2 years,)
        Sum and number of valid cells of each year, of NEP and then of Rh.

    Returns
    -------
    tuple of float
        NEP and Rh (unit of the cells), and summed NEP; NaN where no year has a valid cell.
    """
    known = cells.reshape(2, -1)[0] > 0
    if not known.any():
        return (np.nan,) * 3
    sums, cells = (values.reshape(2, -1)[:, known] for values in (sums, cells))
    return *(sums / cells).mean(axis=1), sums[0].mean()


def is_source(nep, minimum_years):
    """Return 1 where the mean of enough years is negative, 0 elsewhere.

    Parameters
    ----------
    nep : ndarray, shape (year, y, x)
    minimum_years : int
        Fewer valid years give NaN.

    Returns
    -------
    ndarray, shape (1, y, x)
    """
    valid = np.isfinite(nep)
    total = np.where(valid, nep, 0).sum(axis=0)
    enough = valid.sum(axis=0) >= minimum_years
    return np.where(enough, (total < 0).astype("float64"), np.nan)[None]
