"""How far shares, changes and signs agree with a known truth."""

import numpy as np


class Tally:
    """Cells counted block by block, and their shares as rows of a table."""

    def __init__(self):
        self.counts = {}

    def add(self, key, hits, known):
        """Count ``hits`` (boolean) among the ``known`` cells (boolean) under ``key``."""
        total = self.counts.setdefault(key, np.zeros(2))
        total += np.sum(hits & known), np.sum(known)

    def compare(self, quantity, of, true, found, both):
        """Count the true share, the recovered one and the agreement where ``both`` is a number."""
        known = np.isfinite(both)
        self.add((quantity, of, "true share"), true, known)
        self.add((quantity, of, "recovered share"), found, known)
        self.add((quantity, of, "cells that agree"), true == found, known)

    def rows(self):
        """Yield quantity, of, statistic, value, unit; NaN where no cell was known."""
        for key, (hits, known) in self.counts.items():
            yield *key, 100 * hits / known if known else np.nan, "%"


def count_classes(tally, dates, true, mapped, classes):
    """Count the shares of classes at each date, and the change from the first to the last.

    Parameters
    ----------
    tally : Tally
    dates : list of int
    true, mapped : ndarray, shape (date, y, x)
        Class numbers from 1; NaN = absent.
    classes : list of dict
        With ``name``, in the order of their numbers.
    """
    both = true + mapped
    for date, here, there, known in zip(dates, true, mapped, both, strict=True):
        for number, entry in enumerate(classes, start=1):
            name = f"{entry['name']}, {date}"
            tally.compare("land cover", name, here == number, there == number, known)
        tally.add(("land cover", str(date), "cells that agree"), here == there, np.isfinite(known))
    changed = [layers[0] != layers[-1] for layers in (true, mapped)]
    tally.compare("land cover", f"changed, {dates[0]}-{dates[-1]}", *changed, both[0] + both[-1])


def count_signs(tally, names, true_r, true_p, found, significance_p):
    """Count positive correlations, and agreeing signs where the true one is significant.

    Parameters
    ----------
    tally : Tally
    names : list of str
        Drivers.
    true_r, true_p : ndarray, shape (driver, y, x)
        Correlation of the true variables and its p.
    found : list of ndarray (y, x)
        Correlation that the study estimates.
    significance_p : float
    """
    for name, r, p, estimate in zip(names, true_r, true_p, found, strict=True):
        of = positive_with(name)
        tally.compare("partial correlation of npp", of, r > 0, estimate > 0, r + estimate)
        known = np.isfinite(r + estimate) & (p < significance_p)
        key = ("partial correlation of npp", of, "cells that agree where truly significant")
        tally.add(key, (r > 0) == (estimate > 0), known)


def positive_with(driver):
    """The name of rows on the sign of the correlation with a driver."""
    return f"positive with {driver}"


def count_order(true, found, margin):
    """Return how many pairs stand clearly apart in truth, and how many of them keep their order.

    Parameters
    ----------
    true, found : sequence of float
        Such as the q of each factor; NaN = unknown.
    margin : float
        Difference of the true values from which a pair has an order.
    """
    pairs = [
        (true[i] - true[j], found[i] - found[j])
        for i in range(len(true))
        for j in range(i)
        if abs(true[i] - true[j]) >= margin
    ]
    return len(pairs), sum(planted * seen > 0 for planted, seen in pairs)
