"""Annual layers over zones: one pass over the rasters for any number of kinds of zones."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from nepflow.io import raster, tables
from nepflow.pixel import trend
from nepflow.pixel.interval import mean_interval
from nepflow.study.zones import LARGEST_SHOWN, SHOWN_AT_MOST

CHUNK = 1024  # cells whose values of all layers stay in a processor's cache


def add_to_zones(values, zones, sums):
    """Add a strip to the sums of its zones.

    The order is row by row, whatever the strips, so that a sum is the same to the last bit.

    Parameters
    ----------
    values : ndarray, shape (layer, y, x)
        NaN = missing.
    zones : ndarray, shape (layer or 1, y, x)
        Zone number from 1, NaN = no zone.
    sums : ndarray, shape (3, layer, number of zones + 1)
        Sum and number of valid cells, and of all cells; changed in place, column 0 stays empty.
    """
    add_with_fixed(values, zones, sums, np.zeros(len(values), dtype=bool))


def add_with_fixed(values, zones, sums, span):
    """Add a strip to the sums of its zones, and to those over cells that stay, in one pass.

    Parameters
    ----------
    values, zones : ndarray
        See `add_to_zones`.
    sums : ndarray, shape (6, layer, number of zones + 1)
        Three as in `add_to_zones`, then three over the cells that have a value, and the same
        zone, in all layers of ``span``: their area is the same in every layer.
    span : ndarray of bool, shape (layer,)
    """
    _add(
        values.reshape(len(values), -1),
        zones.reshape(len(zones), -1),
        np.moveaxis(sums, 0, -1),  # what belongs to a zone stands together in memory
        np.flatnonzero(span),
    )


@njit(cache=True, nogil=True)
def _add(values, zones, sums, counted):
    layers, cells = values.shape
    several, ones = len(zones) > 1, np.ones(CHUNK)
    own = zones[counted[0] if several and len(counted) else 0]
    for start in range(0, cells, CHUNK):
        stop = min(start + CHUNK, cells)
        places, codes = _members(own, start, stop)
        stays = _staying(values, places, counted)
        for layer in counted if several else counted[:0]:
            for i in range(len(places)):
                stays[i] &= zones[layer, places[i]] == codes[i]
        fixed = places[stays], codes[stays]
        for layer in range(layers):
            if several:
                places, codes = _members(zones[layer], start, stop)
            _accumulate(values[layer], places, codes, ones, sums[layer], 0)
            _accumulate(values[layer], *fixed, ones, sums[layer], 3)


@njit(cache=True, nogil=True)
def _members(zones, start, stop):
    """Return the cells of a chunk that lie in any zone, in order, and the codes of these."""
    places, codes = np.empty(stop - start, np.int64), np.empty(stop - start, np.int64)
    number = 0
    for cell in range(start, stop):
        if not np.isnan(zones[cell]):
            places[number], codes[number] = cell, int(zones[cell])
            number += 1
    return places[:number], codes[:number]


@njit(cache=True, nogil=True)
def _staying(values, places, counted):
    """Tell which cells have a value in all layers that count; none where no layer counts."""
    stays = np.full(len(places), len(counted) > 0)
    for layer in counted:
        for i in range(len(places)):
            stays[i] &= np.isfinite(values[layer, places[i]])
    return stays


@njit(cache=True, nogil=True)
def _accumulate(values, places, codes, weights, sums, first):
    """Add cells to the sums of their zones: value and cell where there is a value, and the cell.

    Neighbours mostly have one zone, whose sums stay in registers as long as it lasts.
    """
    if not len(places):
        return
    zone = codes[0]
    total, count, size = sums[zone, first], sums[zone, first + 1], sums[zone, first + 2]
    for i in range(len(places)):
        if codes[i] != zone:
            sums[zone, first], sums[zone, first + 1], sums[zone, first + 2] = total, count, size
            zone = codes[i]
            total, count, size = sums[zone, first], sums[zone, first + 1], sums[zone, first + 2]
        value, weight = values[places[i]], weights[i]
        if not np.isnan(value):
            total += value * weight
            count += weight
        size += weight
    sums[zone, first], sums[zone, first + 1], sums[zone, first + 2] = total, count, size


class Weights(NamedTuple):
    """What cells count for zones that share them: sorted by cell, from north to south.

    ``cells`` are numbered row by row from 0, ``codes`` are zones from 1, ``weights`` parts of 1.
    """

    cells: np.ndarray
    codes: np.ndarray
    weights: np.ndarray

    def of_cells(self, first, last):
        """Return those of the cells from ``first`` to before ``last``, counted from ``first``."""
        part = slice(*np.searchsorted(self.cells, (first, last)))
        return Weights(self.cells[part] - first, self.codes[part], self.weights[part])


def add_weighted(values, weights, sums, span):
    """Add a strip to the sums of zones that share cells; see `add_with_fixed`.

    Parameters
    ----------
    values : ndarray, shape (layer, y, x)
    weights : Weights
        Of the cells of the strip.
    sums : ndarray, shape (6, layer, number of zones + 1)
        Cells are sums of weights.
    span : ndarray of bool, shape (layer,)
    """
    flat = values.reshape(len(values), -1)
    _add_weighted(flat, *weights, np.moveaxis(sums, 0, -1), np.flatnonzero(span))


@njit(cache=True, nogil=True)
def _add_weighted(values, cells, codes, weights, sums, counted):
    for start in range(0, len(cells), CHUNK):
        part = slice(start, min(start + CHUNK, len(cells)))
        stays = _staying(values, cells[part], counted)
        fixed = cells[part][stays], codes[part][stays], weights[part][stays]
        for layer in range(len(values)):
            row, of_layer = values[layer], sums[layer]
            _accumulate(row, cells[part], codes[part], weights[part], of_layer, 0)
            _accumulate(row, *fixed, of_layer, 3)


def shares_percent(areas):
    """Return areas as shares of their sum, %; they close to 100 by construction."""
    areas = np.asarray(areas, dtype="float64")
    return 100 * areas / areas.sum()


def zone_sums(layers, zones, mem_mb, label):
    """Sum layers over zones.

    Parameters
    ----------
    layers : path or list of path
        A cube, or one file a layer.
    zones : path or list of path
        One class raster for all layers, or one a layer.
    mem_mb : int
    label : str

    Returns
    -------
    total, cells : ndarray, shape (layer, number of zones + 1)
        Sum of the valid cells and their number; column = zone code.
    size : ndarray, same shape
        Cells of the zone, valid or not.
    """
    return sums_of_kinds(layers, [zones], mem_mb, label)[0]


def sums_of_kinds(layers, kinds, mem_mb, label, years=None, spans=None, weights=None):
    """Sum layers over zones of several kinds, reading the layers once.

    Parameters
    ----------
    layers : path or list of path
    kinds : list of (path or list of path)
        Zones of each kind, see `zone_sums`.
    mem_mb : int
    label : str
    years : list of int, optional
        Those that the layers must have; see `raster.blocks`.
    spans : list of (ndarray of bool, shape (layer,)), optional
        One a kind: then the sums over cells that stay follow, see `add_with_fixed`.
    weights : list of (Weights or None), optional
        One a kind: what cells count for zones that share them, in place of the class raster.

    Returns
    -------
    list of (total, cells, size)
        One a kind, see `zone_sums`; with spans (total, cells, size) twice.
    """
    first = [zones if isinstance(zones, str) else zones[0] for zones in kinds]
    highest = [max(raster.classes_of(path)) for path in first]
    weights = weights or [None] * len(kinds)
    read = [zones for zones, shared in zip(kinds, weights, strict=True) if shared is None]
    sums = None
    for start, stop, (values, *codes) in raster.blocks(
        [layers, *read], mem_mb=mem_mb, label=label, years=years
    ):
        if sums is None:
            parts, none = 6 if spans else 3, np.zeros(len(values), dtype=bool)
            shapes = [(len(values), number + 1, parts) for number in highest]
            sums = [np.moveaxis(np.zeros(shape), -1, 0) for shape in shapes]
        codes, width = iter(codes), values.shape[2]
        for shared, of_kind, span in zip(weights, sums, spans or [none] * len(kinds), strict=True):
            if shared is None:
                add_with_fixed(values, next(codes), of_kind, span)
            else:
                add_weighted(values, shared.of_cells(start * width, stop * width), of_kind, span)
    return sums


FLUXES = ("nep", "npp", "rh")
ROUNDING = 2.0**-24  # a float32 is off by half a unit of its last place at most, relative


def year_values(quantity, unit, of_zones, cell_km2):
    """Return annual mean, total of a flux, areas and valid share of zones.

    Parameters
    ----------
    quantity, unit : str
    of_zones : ndarray, shape (3, year, zone)
        Of `add_to_zones`.
    cell_km2 : float

    Returns
    -------
    list of (name, unit, ndarray of shape (year, zone))
        In the order of the tidy table.
    """
    total, cells, size = of_zones
    with np.errstate(invalid="ignore", divide="ignore"):
        found = [(f"{quantity}_mean", unit, np.where(cells > 0, total / cells, np.nan))]
        if quantity in FLUXES:
            # g C m-2 yr-1 x km2 = 1e6 g C yr-1 = 1e-6 Tg C yr-1
            found.append((f"{quantity}_total", "Tg C yr-1", total * cell_km2 * 1e-6))
        found.append((f"{quantity}_area", "km2", size * cell_km2))
        found.append((f"{quantity}_valid_area", "km2", cells * cell_km2))
        share = np.where(size > 0, 100 * cells / size, np.nan)
    return [*found, (f"{quantity}_valid_share", "%", share)]


# A mean and a total say of how many years they are, and of how much of the zone, mean of the years
COLUMNS = (*tables.COLUMNS, "low", "high", "valid_years", "valid_share_percent")
SUMS = ("total", "cells", "size", "fixed_total", "fixed_cells", "fixed_size")
FIXED = "_fixed_area"  # of quantities over the cells that are valid, and in the zone, in all years


@dataclass(frozen=True)
class Summary:
    """What a mean and a trend of the annual values of a zone need, and what is said of them.

    Attributes
    ----------
    mean_years, trend_years : int
        Fewer years with a value give NaN.
    autocorrelation : str
        See `trend.trend_statistics`.
    confidence_percent : float
        Of intervals.
    """

    mean_years: int
    trend_years: int
    autocorrelation: str = "none"
    confidence_percent: float = 95

    def mean(self, values, years):
        """Return the means of annual values (year, ...), and the ends of their intervals."""
        known = np.isfinite(values)
        enough = known.sum(axis=0) >= max(self.mean_years, 1)
        found = mean_interval(values, years, self.confidence_percent)
        return tuple(np.where(enough, found[name], np.nan)[()] for name in ("mean", "low", "high"))

    def trend(self, values, years):
        """Return slope, low, high, start, z of annual values (year, ...).

        See `trend.trend_statistics`.
        """
        settings = self.trend_years, self.autocorrelation, self.confidence_percent
        columns = np.reshape(values, (len(years), -1, 1))
        found = trend.trend_statistics(columns, years, *settings)
        return {name: part.reshape(np.shape(values)[1:])[()] for name, part in found.items()}


class Statistic(NamedTuple):
    """A quantity of zones: value and its ends, the years and the valid share that it rests on.

    The arrays have the shape (zone,).
    """

    name: str
    value: np.ndarray
    unit: str
    low: np.ndarray
    high: np.ndarray
    valid_years: np.ndarray
    valid_share_percent: np.ndarray


def statistics(quantity, unit, years, of_zones, cell_km2, summary):
    """Yield the means and trends of a quantity of all zones, as `Statistic`.

    First over the cells that are valid in each year, whose area may move from year to year; then,
    marked `FIXED`, over those that are valid in all years.

    Parameters
    ----------
    quantity, unit : str
    years : list of int
    of_zones : ndarray, shape (6, year, zone)
        Of `add_with_fixed`.
    cell_km2 : float
    summary : Summary
    """
    size = of_zones[2]
    for name, sums in ((quantity, of_zones[:2]), (f"{quantity}{FIXED}", of_zones[3:5])):
        yield from _means(name, unit, years, (*sums, size), summary)
        if quantity in FLUXES:
            yield from _totals(name, years, (*sums, size), cell_km2, summary)


def summary_rows(where, quantity, unit, years, of_zone, cell_km2, summary):
    """Yield the means and trends of a quantity of one zone, in the order of `COLUMNS`.

    Parameters
    ----------
    where : tuple
        First columns.
    of_zone : ndarray, shape (6, year)
        Of `add_with_fixed`.
    summary : Summary
    """
    of_zones = np.asarray(of_zone, float)[..., None]
    for found in statistics(quantity, unit, years, of_zones, cell_km2, summary):
        numbers = (float(part[0]) for part in (found.value, found.low, found.high))
        value, low, high = numbers
        rests_on = int(found.valid_years[0]), float(found.valid_share_percent[0])
        yield (*where, period(years), found.name, value, found.unit, low, high, *rests_on)


def _means(name, unit, years, of_zones, summary):
    """Mean, Theil-Sen line and Mann-Kendall test of the zones' annual means."""
    total, cells, size = of_zones
    means = np.where(cells > 0, total / np.maximum(cells, np.finfo(float).tiny), np.nan)
    line, rests_on = summary.trend(means, years), _rests_on(cells, size)
    value, low, high = summary.mean(means, years)
    per_year = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    none = np.full((2, len(value)), np.nan)
    ends = line["low"], line["high"]
    yield Statistic(f"{name}_mean", value, unit, low, high, *rests_on)
    yield Statistic(f"{name}_slope", line["slope"], per_year, *ends, *rests_on)
    yield Statistic(f"{name}_line_start", line["start"], unit, *none, *rests_on)
    yield Statistic(f"{name}_z", line["z"], "1", *none, *rests_on)
    yield Statistic(f"{name}_p", trend.p_value(line["z"]), "1", *none, *rests_on)


def _totals(name, years, of_zones, cell_km2, summary):
    """Mean, Theil-Sen slope and Mann-Kendall p of a flux's annual totals, and their mean area.

    A year with fewer valid cells has a smaller total: the area of each year stands in the series.
    """
    total, cells, size = of_zones
    totals = np.where(cells > 0, total * cell_km2 * 1e-6, np.nan)
    line, rests_on = summary.trend(totals, years), _rests_on(cells, size)
    value, low, high = summary.mean(totals, years)
    area, p = np.mean(cells, axis=0) * cell_km2, trend.p_value(line["z"])
    ends, none = (line["low"], line["high"]), np.full((2, len(value)), np.nan)
    yield Statistic(f"{name}_total", value, "Tg C yr-1", low, high, *rests_on)
    yield Statistic(f"{name}_total_slope", line["slope"], "Tg C yr-2", *ends, *rests_on)
    yield Statistic(f"{name}_total_p", p, "1", *none, *rests_on)
    yield Statistic(f"{name}_total_area", area, "km2", *none, *rests_on)


def _rests_on(cells, size):
    """Return the numbers of years with a value, and the valid shares of the zones in them, %."""
    known = cells > 0
    of = np.where(known.any(axis=0), np.where(known, size, 0).sum(axis=0), size.sum(axis=0))
    share = np.full(of.shape, np.nan)
    np.divide(100 * cells.sum(axis=0), of, out=share, where=of > 0)
    return known.sum(axis=0), share


class UnknownZones(ValueError):
    """Zones to be shown that a file of polygons does not have."""


def chosen(names, areas, show, place):
    """Return which zones figures and the report show, and what is said of them.

    Parameters
    ----------
    names : list of str
    areas : ndarray, shape (zone,)
    show : int, list or None
        So many of the largest; these; or all, the `LARGEST_SHOWN` of more than `SHOWN_AT_MOST`.
    place : str
        Zones that an error names.

    Returns
    -------
    (ndarray of bool, shape (zone,); str)
        The text is empty where all are shown.

    Raises
    ------
    UnknownZones
    """
    if isinstance(show, list):
        wanted = set(map(str, show))
        lost = sorted(wanted - set(names))
        if lost:
            raise UnknownZones(
                f"zones {place}: `show` names {', '.join(lost)}, which no polygon is called. Write "
                f"names as in the file, such as {', '.join(names[:3])}."
            )
        shown = np.isin(names, list(wanted))
        return shown, f"{shown.sum()} of {len(names)} zones"
    most = show or (len(names) if len(names) <= SHOWN_AT_MOST else LARGEST_SHOWN)
    shown = np.zeros(len(names), dtype=bool)
    shown[np.argsort(-areas, kind="stable")[:most]] = True
    if shown.all():
        return shown, ""
    return shown, f"the {shown.sum()} largest of {len(names)} zones"


def balance_rows(sums, largest_nep, largest_flux):
    """Rows of checks: NPP - Rh = NEP in the means of every zone and year, over the same cells.

    NEP is stored as float32: a cell, so a mean of cells, is off by `ROUNDING` of the largest NEP
    at most. A sum of n float64 is off by n 2^-53 times the sum of the sizes at most (Higham 2002,
    section 4.2), a mean by n 2^-53 of the largest size; NPP, Rh and NEP are three such means.
    A mask that differs in few of very many cells may stay below that, so cells are counted, too.
    Where no zone has a cell, nothing is checked and the check fails.

    Parameters
    ----------
    sums : DataFrame
        Of all kinds of zones: zones, code, quantity, year, total, cells.
    largest_nep, largest_flux : float
        Largest size of NEP, and of NPP and Rh, in a cell, g C m-2 yr-1.

    Yields
    ------
    check, value, limit, unit, passed
    """
    of = sums[sums["quantity"].isin(FLUXES)].pivot(
        index=["zones", "code", "year"], columns="quantity", values=["total", "cells"]
    )
    cells, means = of["cells"], of["total"] / of["cells"]
    off = float((means["npp"] - means["rh"] - means["nep"]).abs().max())
    summed = float(cells.to_numpy().max()) * 2.0**-53 * (2 * largest_flux + largest_nep)
    limit, name = largest_nep * ROUNDING + summed, "zones and years"
    yield f"NPP - Rh - NEP, {name}, largest", off, limit, "g C m-2 yr-1", off <= limit
    apart = float(cells.sub(cells["nep"], axis=0).abs().to_numpy().max())
    yield f"cells of NPP or Rh against NEP, {name}", apart, 0, "cells", apart == 0


def period(years):
    """Return the first and last year as the tables have them."""
    return f"{years[0]}-{years[-1]}"
