"""Errors of the means of zones: sums of components of cells, and their budget by source.

Of a zone of n cells with the components c of `uncertainty.propagation` the mean has the variance

    random     sum c_i^2 / n^2                       falls with n
    common     (sum c_i / n)^2                       does not fall
    regional   sum_ij c_i c_j rho(d_ij) / n^2        falls with the area over that of the range

with rho(d) = exp(-3 d / range). The first two are exact. The last is summed over squares of cells,
much smaller than the range, with the mean correlation of the cells of two squares.
"""

from typing import NamedTuple

import numpy as np
from scipy.signal import fftconvolve
from scipy.special import ndtr, ndtri, stdtrit

from nepflow.pixel.interval import slope_error
from nepflow.study.uncertainty import COMMON, RANDOM, REGIONAL
from nepflow.uncertainty.propagation import sink_probability

SQUARES_A_RANGE = 16  # squares along a range
MOST_SQUARES = 400  # along the longer side of the grid
POINTS = 8  # at most, along the side of a square, whose distances are averaged


class ZoneSums:
    """Sums of components over the zones of a grid, strip by strip; strips may come in any order.

    Parameters
    ----------
    components : list of propagation.Component
    zones : int
        Largest number of a zone.
    shape : (int, int)
        Rows and columns of the grid.
    resolution_m : float
    """

    def __init__(self, components, zones, shape, resolution_m):
        self.components, self.zones, self.width = components, zones, shape[1]
        self.resolution_km = resolution_m / 1000
        self.sides = [
            side_of(component.range_km, shape, self.resolution_km)
            for component in components
            if component.part == REGIONAL
        ]
        self.strips, self.beside = {}, 0

    def add(self, start, codes, nep, effect, beside=()):
        """Add a strip.

        Parameters
        ----------
        start : int
            Its first row.
        codes : ndarray, shape (y, x)
            Zone number from 1, NaN = no zone.
        nep : ndarray, shape (y, x)
            Mean NEP; cells without it do not count.
        effect : ndarray, shape (component, y, x)
        beside : sequence of ndarray, shape (y, x)
            What else is averaged over the same cells, 0 where it is missing.
        """
        inside = np.isfinite(codes) & np.isfinite(nep) & np.isfinite(effect).all(axis=0)
        zone = codes[inside].astype(np.int64)
        rows, columns = np.nonzero(inside)
        size = self.zones + 1
        plain = [np.bincount(zone, minlength=size)]
        plain += [np.bincount(zone, own[inside], size) for own in (nep, *beside)]
        self.beside = len(beside)
        regional, sides = [], iter(self.sides)
        for component, values in zip(self.components, effect, strict=True):
            values = values[inside]
            if component.part != REGIONAL:
                squared = component.part == RANDOM
                plain.append(np.bincount(zone, values**2 if squared else values, size))
                continue
            side = next(sides)
            wide = -(-self.width // side)
            first = start // side
            high = (start + len(codes) - 1) // side - first + 1
            place = ((rows + start) // side - first) * wide + columns // side
            sums = np.bincount(zone * (high * wide) + place, values, size * high * wide)
            found = np.flatnonzero(sums)
            own, square = np.divmod(found, high * wide)
            regional.append((own, square // wide + first, square % wide, sums[found]))
        self.strips[start] = np.array(plain, float), regional

    def variances(self):
        """Return cells, sum of NEP, and what the components give to the mean of each zone.

        Returns
        -------
        cells, nep : ndarray, shape (zone + 1,)
            Number of cells, sum of NEP (g C m-2 yr-1).
        effect : ndarray, shape (component, zone + 1)
            Of one standard deviation of the mean, g C m-2 yr-1; signed where it is common; NaN in
            zones without a cell.
        """
        strips = [self.strips[start] for start in sorted(self.strips)]
        cells, nep, *plain = np.sum([strip[0] for strip in strips], axis=0)
        plain = plain[self.beside :]
        with np.errstate(invalid="ignore", divide="ignore"):
            count = np.where(cells > 0, cells, np.nan)
        rest, number, made = iter(plain), 0, []
        for component in self.components:
            if component.part == COMMON:
                made.append(next(rest) / count)
            elif component.part == RANDOM:
                made.append(np.sqrt(next(rest)) / count)
            else:
                parts = [strip[1][number] for strip in strips]
                made.append(np.sqrt(self._regional(component, number, parts)) / count)
                number += 1
        return cells, nep, np.array(made)

    def means_beside(self):
        """Return the means of what stands beside over the cells of each zone, NaN without a cell.

        Returns
        -------
        ndarray, shape (beside, zone + 1)
        """
        cells, _, *sums = np.sum([self.strips[start][0] for start in sorted(self.strips)], axis=0)
        return np.array(sums[: self.beside]) / np.where(cells > 0, cells, np.nan)

    def _regional(self, component, number, parts):
        """Sums of c_i c_j rho over the pairs of each zone."""
        zone, row, column, values = (np.concatenate(part) for part in zip(*parts, strict=True))
        order = np.argsort(zone, kind="stable")
        ends = np.searchsorted(zone[order], np.arange(self.zones + 2))
        squares = {}
        for own in range(1, self.zones + 1):
            mine = order[ends[own] : ends[own + 1]]
            if len(mine):
                where = row[mine] - row[mine].min(), column[mine] - column[mine].min()
                squares[own] = np.zeros((where[0].max() + 1, where[1].max() + 1))
                np.add.at(squares[own], where, values[mine])
        found = np.zeros(self.zones + 1)
        if squares:
            largest = np.max([square.shape for square in squares.values()], axis=0)
            reach = component.range_km / self.resolution_km
            kernel = mean_correlation(tuple(largest), reach, self.sides[number])
            for own, square in squares.items():
                found[own] = max(pair_sum(square, kernel), 0.0)
        return found


def side_of(range_km, shape, resolution_km):
    """Return the side of the squares that a regional error is summed by, in cells."""
    fine = int(range_km / SQUARES_A_RANGE / resolution_km)
    return max(fine, -(-max(shape) // MOST_SQUARES), 1)


def correlation(distance, reach):
    """Return exp(-3 d / range), 0.05 at the range; without a range only a cell itself is alike."""
    distance = np.asarray(distance, float)
    return np.exp(-3 * distance / reach) if reach > 0 else 1.0 * (distance == 0)


def pair_sum(sums, kernel):
    """Return the sum over pairs of squares of their sums times their mean correlation.

    Parameters
    ----------
    sums : ndarray, shape (row, column)
        Of a component over the cells of each square.
    kernel : ndarray
        Of `mean_correlation`, for as many squares at least.
    """
    middle = [size // 2 for size in kernel.shape]
    near = tuple(
        slice(centre - size + 1, centre + size)
        for centre, size in zip(middle, sums.shape, strict=True)
    )
    return float((sums * fftconvolve(kernel[near], sums, mode="valid")).sum())


def mean_correlation(shape, reach, side):
    """Return the mean correlation of the cells of two squares, by their offset.

    Parameters
    ----------
    shape : (int, int)
        Squares along the two axes.
    reach : float
        Range, cells.
    side : int
        Cells along a square; from `POINTS` on, as many points stand for them.

    Returns
    -------
    ndarray, shape (2 rows - 1, 2 columns - 1)
        The square itself stands in the middle.
    """
    points = min(side, POINTS)
    between = np.arange(1 - points, points)
    weight = (points - np.abs(between)) / points**2
    offsets = [np.arange(1 - size, size) * side for size in shape]
    found = np.zeros([len(own) for own in offsets])
    for down, first in zip(between * side / points, weight, strict=True):
        for across, second in zip(between * side / points, weight, strict=True):
            apart = np.hypot((offsets[0] + down)[:, None], (offsets[1] + across)[None])
            found += first * second * correlation(apart, reach)
    return found


ALL = "all"  # sources and parts together
MODEL, YEARS = "model", "years"  # beside the sources: forms of the model, and years that differ
SHARE = "share"  # of sinks: what `share_layers` gives
RETAINED = (0.0, 0.1, 0.25, 0.5, 1.0)  # parts of the variance of regional errors
SHARES = (
    *("sink", "expected", "regional_variance"),
    *(f"{end}_{part:g}" for part in RETAINED for end in ("low", "high")),
)
UNIT, PER_YEAR = "g C m-2 yr-1", "g C m-2 yr-2"
COLUMNS = (
    *("zones", "zone", "quantity", "error_source", "part", "value", "unit"),
    *("low", "high", "sd", "variance_percent"),
)
NONE = (np.nan,) * 4  # no interval, deviation and share


def by_part(effects):
    """Return {(source, part): standard deviation} of (source, part, effect) of a zone."""
    squares = {}
    for source, part, effect in effects:
        squares[source, part] = squares.get((source, part), 0.0) + effect**2
    return {key: float(np.sqrt(value)) for key, value in squares.items()}


class Zone(NamedTuple):
    """What is known of a zone.

    ``values`` {nep_mean, nep_total, nep_slope, npp_mean, rh_mean, npp_slope, rh_slope of its
    annual values: number or None}; ``effects`` list of (source, part, effect on mean NEP, g C m-2
    yr-1); ``models`` {name: mean NEP}; ``series`` of mean NEP (year,) and ``years``; ``shares``
    (share of sinks, low, high, share of them expected), 0 to 1, or None.
    """

    values: dict
    effects: list
    models: dict
    series: np.ndarray
    years: list
    shares: tuple = None


def rows(where, zone, confidence_percent):
    """Yield the rows of a zone, in the order of `COLUMNS`: mean, total, slope, shares, P(sink).

    Parameters
    ----------
    where : (str, str)
        Kind of zones, and zone.
    zone : Zone
    confidence_percent : float
        Of the intervals.
    """
    mean, total = (zone.values.get(name) for name in ("nep_mean", "nep_total"))
    parts = by_part(zone.effects)
    sd = float(np.sqrt(sum(value**2 for value in parts.values())))
    if mean is None or not np.isfinite(mean + sd):
        return
    half = float(ndtri(0.5 + confidence_percent / 200))
    yield _whole(where, "nep_mean", mean, UNIT, sd, half * sd)
    yield from _budget(where, "nep_mean", UNIT, parts, sd)
    for name, value in zone.models.items():
        yield (*where, "nep_mean", MODEL, name, value, UNIT, *NONE)
    if total is not None and np.isfinite(total) and mean:
        of_total = sd * abs(total / mean)
        yield _whole(where, "nep_total", total, "Tg C yr-1", of_total, half * of_total)
    yield from _slope_rows(where, zone, confidence_percent)
    if zone.shares is not None and np.isfinite(zone.shares).all():
        share, low, high, expected = (100 * value for value in zone.shares)
        yield (*where, "nep_sink_share", ALL, ALL, share, "%", low, high, np.nan, np.nan)
        yield (*where, "nep_expected_sink_share", ALL, ALL, expected, "%", *NONE)
    probability = 100 * float(ndtr(mean / sd)) if sd else np.nan
    yield (*where, "nep_sink_probability", ALL, ALL, probability, "%", *NONE)
    if zone.models:
        saying = 100 * np.mean([value > 0 for value in zone.models.values()])
        yield (*where, "nep_sink_probability", MODEL, ALL, saying, "%", *NONE)


def _whole(where, quantity, value, unit, sd, half):
    return (*where, quantity, ALL, ALL, value, unit, value - half, value + half, sd, 100.0)


def _budget(where, quantity, unit, parts, sd):
    for (source, part), own in parts.items():
        share = 100 * own**2 / sd**2 if sd else np.nan
        yield (*where, quantity, source, part, np.nan, unit, np.nan, np.nan, own, share)


def slope_parts(zone):
    """Return {(source, part): standard deviation} of the slope, from errors that scale it.

    An error that is the same in all years scales NPP or Rh, and so its trend; what is random from
    year to year shows in the residuals.
    """
    found = {}
    for source, part, effect in zone.effects:
        flux = "npp" if source == "npp" else "rh"
        mean, slope = (zone.values.get(f"{flux}_{name}") for name in ("mean", "slope"))
        if part != RANDOM and mean and slope is not None:
            found.setdefault((source, part), []).append(effect * slope / mean)
    return {key: float(np.sqrt(np.square(values).sum())) for key, values in found.items()}


def _slope_rows(where, zone, confidence_percent):
    """The Theil-Sen slope, with the error that years give it, and those that scale it."""
    slope = zone.values.get("nep_slope")
    _, error, freedom = slope_error(zone.series, zone.years)
    parts = slope_parts(zone)
    if slope is None or not np.isfinite(slope + error):
        return
    parts = {(YEARS, "ar1"): error, **parts}
    sd = float(np.sqrt(sum(value**2 for value in parts.values())))
    tail = 0.5 + confidence_percent / 200
    scaled = np.sqrt(sd**2 - error**2) if sd > error else 0.0
    half = float(np.hypot(stdtrit(freedom, tail) * error, ndtri(tail) * scaled))
    yield _whole(where, "nep_slope", slope, PER_YEAR, sd, half)
    yield from _budget(where, "nep_slope", PER_YEAR, parts, sd)


def share_layers(nep, effect, components, confidence_percent, skewed=0.0):
    """Return what the share of sinks of zones is made of, layers (`SHARES`, y, x).

    Errors that cells share move the share as a whole: they are held at both ends of their
    interval, all to one side. Of regional errors only a part is shared by a zone, which is not
    known here: the ends stand for each part of `RETAINED`. Errors of each cell turn signs either
    way.

    Parameters
    ----------
    nep : ndarray, shape (y, x)
    effect : ndarray, shape (component, y, x)
    components : list of propagation.Component
    confidence_percent : float
    skewed : ndarray, shape (y, x), optional
        Median of the error of NEP where its mean is 0 (`propagation.median_shift`), g C m-2 yr-1:
        by so much most cells are more of a sink than the mean says.
    """
    part = np.array([component.part for component in components])
    square = np.square(effect)
    common, regional = (square[part == name].sum(axis=0) for name in (COMMON, REGIONAL))
    half = float(ndtri(0.5 + confidence_percent / 200))
    layers = [nep > 0, sink_probability(nep, np.sqrt(square.sum(axis=0))), regional]
    for retained in RETAINED:
        shared = half * np.sqrt(common + retained * regional)
        layers += [nep - shared > 0, nep + skewed + shared > 0]
    return np.nan_to_num(np.stack([layer.astype(float) for layer in layers]))


def share_of(means, regional):
    """Return share of sinks, low, high and expected share of a zone.

    Noise of single cells draws the share that is seen towards a half, as it would draw the seen one
    once more (``expected``): so far beyond the seen share the true one may lie.

    Parameters
    ----------
    means : sequence of float
        Of `share_layers`, over the cells of the zone.
    regional : float
        Variance of the mean of the zone from regional errors.
    """
    share, expected, of_cells, *ends = means
    kept = min(regional / of_cells, 1) if of_cells > 0 else 0.0
    low, high = (float(np.interp(kept, RETAINED, ends[side::2])) for side in (0, 1))
    drawn = share - expected
    return share, max(low + min(drawn, 0), 0), min(high + max(drawn, 0), 1), expected
