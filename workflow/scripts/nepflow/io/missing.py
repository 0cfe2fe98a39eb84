"""Area with and without a value: what lets a table of shares close to the area."""

import numpy as np

from nepflow.study import modis

NO_REASON = "statistic not defined"


def per(total, count):
    """Return a mean or share: ``total / count``, NaN (an empty field of a table) of nothing.

    Parameters
    ----------
    total : number or ndarray
    count : number
        What was counted, none below 0.
    """
    return total / count if count else total * np.nan


class MaskedArea:
    """Cells of the area that have a value, and those without one by reason, strip by strip."""

    def __init__(self):
        self.valid, self.masked = 0.0, np.zeros(256)

    def add(self, known, reasons, inside):
        """Count a strip.

        Parameters
        ----------
        known : ndarray of bool, shape (y, x)
            Cells with a value; or how much of each has one, 0 to 1.
        reasons : ndarray, shape (y, x)
            Commonest reason for missing NPP (codes of ``modis.MISSING_REASONS``); NaN = none.
        inside : ndarray, shape (y, x)
            1 inside the area.
        """
        area = inside == 1
        without, reasons = 1 - np.asarray(known[area], float), reasons[area]
        self.valid += float(known[area].sum())
        some = without > 0
        codes = np.nan_to_num(reasons[some]).astype(int)
        self.masked += np.bincount(codes, without[some], minlength=256)

    def reasons(self):
        """Return {reason: cells} of the area without a value."""
        codes = np.flatnonzero(self.masked)
        return {
            modis.MISSING_REASONS.get(int(code), NO_REASON): float(self.masked[code])
            for code in codes
        }

    def rows(self, cell_km2):
        """Yield (quantity, value, unit): the area, and its parts, which close to it."""
        parts = {"valid": self.valid} | {f"masked_{k}": n for k, n in self.reasons().items()}
        whole = sum(parts.values())
        yield "area", whole * cell_km2, "km2"
        for name, cells in parts.items():
            yield f"{name.replace(' ', '_')}_area", cells * cell_km2, "km2"
        for name, cells in parts.items():
            share = 100 * cells / whole if whole else np.nan
            yield f"{name.replace(' ', '_')}_share", share, "% of the area"


def commonest_reason(annual, valid):
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
