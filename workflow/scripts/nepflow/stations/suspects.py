"""Stations whose whole record is suspect: an offset from the neighbours, or dry days not reported.

A record that is wrong from its first to its last value passes every check of single values. Here
its level is compared with what the neighbours say at its place and height. Suspects are listed,
never dropped: ``climate.exclude`` does that, by name.
"""

from dataclasses import dataclass

import numpy as np

from nepflow.stations.quality import MAD_TO_SD, TRANSFORMATIONS

SUSPECTS = ("station", "variable", "reason", "value", "reference", "unit")
DRY_DAYS = ("station", "quantity", "value", "unit")
OFFSET, FEW_DRY_DAYS = "whole record departs from its neighbours", "dry days seem not reported"
RESIDUAL, EXCLUDED = "large residuals of the fit", "excluded"
NEAREST, LEAST = 24, 10  # stations of a local regression, and fewest of them
REACH_KM = 600.0  # none is further away: beyond, a climate is no plane
HUBER, ROUNDS = 1.345, 10  # residuals of more robust standard deviations get less weight
LONG_MONTH = 365.25 / 12  # days
# A station is suspect that has rain on so many times more of its reported days than its neighbours
# (and on so many % more of the days), the second where days are missing on which temperature was
# observed
WET_RATIO, WET_RATIO_OF_GAPS, MORE_WET_PERCENT = 2.5, 1.4, 20.0
GAPS_PERCENT, NO_DRY_PERCENT = 90.0, 20.0


def normals(values, month, days, statistic):
    """Return the normal of each calendar month.

    Parameters
    ----------
    values : ndarray, shape (step, station)
        Days, months, or the twelve normals themselves.
    month : ndarray of int, shape (step,)
        1..12
    days : bool
        Whether the values are days.
    statistic : {"mean", "sum"}
        What makes a month of days.

    Returns
    -------
    ndarray, shape (12, station)
        Of months the median of the years, of days the mean, as a monthly value; NaN where there
        is none.
    """
    found = np.full((12, values.shape[1]), np.nan)
    middle = np.nanmean if days else np.nanmedian
    for number in range(12):
        own = values[month == number + 1]
        known = ~np.isnan(own).all(axis=0)
        found[number, known] = middle(own[:, known], axis=0)
    return LONG_MONTH * found if days and statistic == "sum" else found


def local_estimates(levels, place, nearest=NEAREST):
    """Return what a robust regression on place and height says at each station, without itself.

    Parameters
    ----------
    levels : ndarray, shape (month, station)
        NaN = none.
    place : ndarray, shape (station, 3)
        x, y and elevation, km.
    nearest : int
        Stations of a regression.

    Returns
    -------
    estimates : ndarray, shape (month, station)
        NaN where fewer than `LEAST` stations within `REACH_KM` have all months.
    inflation : ndarray, shape (station,)
        Standard error of a new value at the station over that of a residual.
    """
    estimates = np.full(levels.shape, np.nan)
    inflation = np.full(levels.shape[1], np.nan)
    usable = ~np.isnan(levels).any(axis=0)
    for station in range(levels.shape[1]):
        apart = np.hypot(*(place[:, :2] - place[station, :2]).T)
        apart = np.where(usable, apart, np.inf)
        apart[(apart > REACH_KM) | (np.arange(apart.size) == station)] = np.inf
        near = np.argsort(apart, kind="stable")[:nearest]
        near = near[np.isfinite(apart[near])]
        if near.size < LEAST:
            continue
        offset = (place[near] - place[station]) / (100.0, 100.0, 1.0)
        design = np.column_stack([np.ones(near.size), offset])
        estimates[:, station], inflation[station] = _huber(design, levels[:, near])
    return estimates, inflation


def _huber(design, levels):
    """Return the intercepts of robust regressions, a row each, and the inflation of their error."""
    weights = np.ones(levels.shape)
    for _ in range(ROUNDS):
        weighted = weights[:, :, None] * design
        inverse = np.linalg.pinv(design.T @ weighted)
        slopes = np.einsum("mij,mj->mi", inverse, np.einsum("mni,mn->mi", weighted, levels))
        residual = np.abs(levels - slopes @ design.T)
        scale = MAD_TO_SD * np.median(residual, axis=1, keepdims=True)
        limit = HUBER * np.maximum(scale, 1e-9)
        weights = np.minimum(1.0, limit / np.maximum(residual, 1e-12))
    return slopes[:, 0], float(np.sqrt(1 + np.median(inverse[:, 0, 0])))


@dataclass(frozen=True)
class Offsets:
    """Levels of whole records beside those of their neighbours, shape (station,) each.

    ``level`` and ``reference`` are means of the twelve normals, ``score`` is their difference in
    robust standard deviations of all stations.
    """

    level: np.ndarray
    reference: np.ndarray
    score: np.ndarray

    def suspects(self, difference, score):
        """Tell which stations exceed both limits; none where ``difference`` is None."""
        if difference is None:
            return np.zeros(self.level.shape, bool)
        with np.errstate(invalid="ignore"):
            return (np.abs(self.level - self.reference) > difference) & (self.score > score)


def offsets(found, place, transformation):
    """Return the `Offsets` of the records of one variable.

    Parameters
    ----------
    found : ndarray, shape (12, station)
        Of `normals`.
    place : ndarray, shape (station, 3)
        km
    transformation : {"none", "square_root"}
        Scale of the regression.
    """
    forward, back = TRANSFORMATIONS[transformation]
    estimates, inflation = local_estimates(forward(found), place)
    departure = (forward(found) - estimates).mean(axis=0) / inflation
    known = ~np.isnan(departure)
    spread = MAD_TO_SD * np.median(np.abs(departure[known])) if known.any() else np.nan
    score = np.abs(departure) / spread if spread > 0 else np.full(departure.shape, np.nan)
    return Offsets(found.mean(axis=0), back(estimates).mean(axis=0), score)


@dataclass(frozen=True)
class DryDays:
    """Dry days of stations, shape (station,) each, %; NaN = unknown.

    ``reported``: days with rain reported, of those with another variable; ``dry``: days of 0 mm,
    of those reported; ``neighbours``: median of ``dry`` of the neighbours.
    """

    reported: np.ndarray
    dry: np.ndarray
    neighbours: np.ndarray

    def suspects(self):
        """Tell which stations seem not to report their dry days."""
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = (100 - self.dry) / np.maximum(100 - self.neighbours, 1.0)
            gaps = self.reported < GAPS_PERCENT
            wetter = (ratio > WET_RATIO) & (self.neighbours - self.dry > MORE_WET_PERCENT)
            return wetter | (gaps & ((ratio > WET_RATIO_OF_GAPS) | (self.dry < NO_DRY_PERCENT)))

    def rows(self, names):
        """Yield the rows of a table, `DRY_DAYS`."""
        for quantity in ("reported", "dry", "neighbours"):
            title = {"neighbours": "dry_of_neighbours"}.get(quantity, quantity)
            for name, value in zip(names, getattr(self, quantity), strict=True):
                yield name, title, value, "%"


def dry_days(rain, others, weights):
    """Return the `DryDays` of stations.

    Parameters
    ----------
    rain : ndarray, shape (day, station)
        mm, NaN = not reported.
    others : ndarray of bool, same shape
        Whether another variable was observed.
    weights : ndarray, shape (station, station)
        Of `quality.neighbour_weights`; above 0 for neighbours.
    """
    known = ~np.isnan(rain)
    reported = _percent((known & others).sum(axis=0), others.sum(axis=0))
    dry = _percent((rain == 0).sum(axis=0), known.sum(axis=0))
    neighbours = np.full(dry.shape, np.nan)
    for station, near in enumerate(weights > 0):
        values = dry[near & ~np.isnan(dry)]
        if values.size:
            neighbours[station] = np.median(values)
    return DryDays(reported, dry, neighbours)


def _percent(some, every):
    share = np.full(every.shape, np.nan)
    return np.divide(100.0 * some, every, out=share, where=every > 0)


def of_fit(ranked, variable, limit):
    """Yield the stations whose residuals are large in all months together, rows of `SUSPECTS`.

    Parameters
    ----------
    ranked : DataFrame
        ``tables/<variable>_ranked.csv``: station, rms_standardised.
    variable : str
    limit : float
        Standard deviations.
    """
    for row in ranked[ranked["rms_standardised"] > limit].itertuples():
        yield row.station, variable, RESIDUAL, row.rms_standardised, limit, "standard deviation"


def excluded(defects):
    """Yield what the study excludes by name, rows of `SUSPECTS`.

    Parameters
    ----------
    defects : DataFrame
        ``tables/station_defects.csv``: station, reason, records.
    """
    for row in defects[defects["reason"].str.startswith(EXCLUDED)].itertuples():
        variable = row.reason.removeprefix(EXCLUDED).lstrip("_") or "all"
        yield row.station, variable, EXCLUDED, row.records, np.nan, "record"


def sentence(table):
    """Return what the report says of suspects, an empty text where there are none.

    Parameters
    ----------
    table : DataFrame
        Columns `SUSPECTS`.
    """
    open_ones = table[table["reason"] != EXCLUDED]
    if open_ones.empty:
        return ""
    shown = [
        f"{row.station} ({row.variable}: {row.reason}, {row.value:.3g} beside "
        f"{row.reference:.3g} {row.unit})"
        for row in open_ones.head(5).itertuples()
    ]
    more = ", ..." if len(open_ones) > len(shown) else ""
    return (
        f"{open_ones['station'].nunique()} stations are suspect: {', '.join(shown)}{more}. Look at "
        "them (station_suspects.csv); climate.exclude leaves stations out by name"
    )
