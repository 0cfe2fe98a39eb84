"""Interannual variability: standard deviation, coefficient of variation, natural breaks."""

import numpy as np
from numba import njit

CLASS_NAMES = {1: "low", 2: "lower", 3: "medium", 4: "higher", 5: "high"}
# Which classes stand for fewer natural ones, where there are fewer different values
FEWER = {0: (), 1: (3,), 2: (1, 5), 3: (1, 3, 5), 4: (1, 2, 4, 5), 5: (1, 2, 3, 4, 5)}
CLASS_COLOURS = {1: "#2c5f8a", 2: "#7fb0d2", 3: "#f2e8c4", 4: "#e39b5b", 5: "#a33b20"}


def variation(series, min_years, min_mean, ddof):
    """Return mean, standard deviation and coefficient of variation of every pixel.

    ``CV = sd / |mean|``, absent where ``|mean| < min_mean``: near zero it says nothing.

    Parameters
    ----------
    series : ndarray, shape (year, y, x)
        NaN = missing.
    min_years : int
        Fewer valid years give NaN.
    min_mean : float
        In the unit of the series.
    ddof : {0, 1}
        Squares are divided by n - ddof; 0 is the population's, 2 % smaller at n = 24.

    Returns
    -------
    tuple of ndarray, each (y, x)
    """
    valid = ~np.isnan(series)
    count = valid.sum(axis=0)
    enough = count >= max(min_years, ddof + 1)
    number = np.maximum(count, 1)
    mean = np.where(valid, series, 0).sum(axis=0) / number
    squares = np.where(valid, (series - mean) ** 2, 0).sum(axis=0)
    sd = np.sqrt(squares / np.maximum(count - ddof, 1))
    size = np.abs(mean)
    with np.errstate(divide="ignore", invalid="ignore"):
        cv = np.where(enough & (size >= min_mean) & (size > 0), sd / size, np.nan)
    return np.where(enough, mean, np.nan), np.where(enough, sd, np.nan), cv


def natural_breaks(values, classes):
    """Return the upper limits of the classes with the least squares within (Fisher 1958).

    The exact optimum by dynamic programming, in double precision.

    Parameters
    ----------
    values : ndarray
        At least as many different ones as classes; NaN are left out.
    classes : int

    Returns
    -------
    ndarray, shape (classes,)
        Ascending; each belongs to its class, the last is the largest value.

    Raises
    ------
    ValueError
        If there are fewer different values than classes.

    References
    ----------
    Fisher (1958), JASA 53:789-798; Jenks (1977). Checked against mapclassify 2.10.0.
    """
    ordered = np.sort(values[~np.isnan(values)])
    if np.unique(ordered).size < classes:
        raise ValueError(
            f"{classes} natural breaks need as many different values, there are "
            f"{np.unique(ordered).size}: too few pixels with a mean above the guard."
        )
    return _fisher_jenks(ordered, classes)


def natural_classes(sample):
    """Return natural breaks in at most five classes, and the codes of these classes.

    Parameters
    ----------
    sample : ndarray
        NaN are left out.

    Returns
    -------
    breaks : ndarray, shape (class,)
        As of `natural_breaks`; as many as there are different values, at most five.
    codes : tuple of int
        Keys of `CLASS_NAMES`, spread over its range: two classes are low and high.
    """
    classes = min(np.unique(sample[~np.isnan(sample)]).size, len(CLASS_NAMES))
    breaks = natural_breaks(sample, classes) if classes else np.empty(0)
    return breaks, FEWER[classes]


def few_text(classes, breaks="natural"):
    """Return the warning that there are fewer classes of variation than five; empty of five."""
    if classes >= len(CLASS_NAMES):
        return ""
    what = "no value" if classes == 0 else f"{classes} different value" + "s" * (classes > 1)
    return (
        f"the coefficient of variation has {what}, so there are {classes} {breaks} classes, not "
        f"{len(CLASS_NAMES)}: its map and shares say little (variability.breaks: fixed has fixed "
        "limits; variability.min_mean_g_c leaves out small means)"
    )


def coded(values, breaks, codes):
    """Return the code of the class of each value; NaN where there is none, or no class at all."""
    if not len(codes):
        return np.full(values.shape, np.nan)
    number = classify(values, breaks)
    return np.where(
        np.isnan(number), np.nan, np.asarray(codes)[np.nan_to_num(number, nan=1).astype(int) - 1]
    )


def classify(values, breaks):
    """Return the class, from 1, of each value: the first whose upper limit is not below it."""
    inner = np.asarray(breaks)[:-1]
    return np.where(np.isnan(values), np.nan, 1 + np.searchsorted(inner, values, side="left"))


def seeded_sample(values, size, seed):
    """Return ``size`` of the values that are there, or all if there are fewer."""
    known = values[~np.isnan(values)]
    if known.size <= size:
        return known
    return np.random.default_rng(seed).choice(known, size, replace=False)


@njit(cache=True, nogil=True)
def _fisher_jenks(ordered, classes):
    """Values ascending; ``least[k, i]``: squares of the first i + 1 values in k + 1 classes."""
    n = ordered.size
    centred = ordered - ordered.mean()
    sums, squares = np.zeros(n + 1), np.zeros(n + 1)
    for i in range(n):
        sums[i + 1] = sums[i] + centred[i]
        squares[i + 1] = squares[i] + centred[i] ** 2
    least = np.full((classes, n), np.inf)
    first = np.zeros((classes, n), dtype=np.int32)
    for i in range(n):
        least[0, i] = squares[i + 1] - sums[i + 1] ** 2 / (i + 1)
        for j in range(i, 0, -1):  # the last class is j .. i
            total = sums[i + 1] - sums[j]
            within = squares[i + 1] - squares[j] - total * total / (i + 1 - j)
            for k in range(1, min(classes, i + 1)):
                if least[k - 1, j - 1] + within <= least[k, i]:
                    least[k, i] = least[k - 1, j - 1] + within
                    first[k, i] = j
    breaks = np.empty(classes)
    last = n - 1
    for k in range(classes - 1, -1, -1):
        breaks[k] = ordered[last]
        last = first[k, last] - 1
    return breaks
