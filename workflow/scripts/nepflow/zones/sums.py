"""Annual layers over zones: one pass over the rasters for any number of kinds of zones."""

from dataclasses import dataclass

import numpy as np
from numba import njit

from nepflow.io import raster, tables
from nepflow.pixel import trend
from nepflow.pixel.interval import mean_interval


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
    _add(values.reshape(len(values), -1), zones.reshape(len(zones), -1), *sums)


@njit(cache=True, nogil=True)
def _add(values, zones, total, count, size):
    layers, cells = values.shape
    places, codes = np.empty(cells, np.int64), np.empty(cells, np.int64)
    inside = 0
    for layer in range(layers):
        if layer < len(zones):  # else those of the layer before
            inside = _cells_of_zones(zones[layer], places, codes)
        for i in range(inside):
            zone = codes[i]
            size[layer, zone] += 1
            value = values[layer, places[i]]
            if not np.isnan(value):
                total[layer, zone] += value
                count[layer, zone] += 1


@njit(cache=True, nogil=True)
def _cells_of_zones(zones, places, codes):
    """Fill in the cells of any zone and their codes, in order; return how many there are."""
    inside = 0
    for cell in range(len(zones)):
        if not np.isnan(zones[cell]):
            places[inside] = cell
            codes[inside] = int(zones[cell])
            inside += 1
    return inside


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


def add_with_fixed(values, zones, sums, span):
    """Add a strip to the sums of its zones, and to those over cells that stay.

    Parameters
    ----------
    values, zones : ndarray
        See `add_to_zones`.
    sums : ndarray, shape (6, layer, number of zones + 1)
        Three as in `add_to_zones`, then three over the cells that have a value, and the same
        zone, in all layers of ``span``: their area is the same in every layer.
    span : ndarray of bool, shape (layer,)
    """
    add_to_zones(values, zones, sums[:3])
    counted = np.flatnonzero(span)
    own = zones[counted[0] if len(zones) > 1 and len(counted) else 0]
    stays = np.full(own.shape, bool(len(counted)))
    for layer in counted:  # no copy of the cube
        stays &= np.isfinite(values[layer])
        if len(zones) > 1:
            stays &= zones[layer] == own
    add_to_zones(values, np.where(stays, own, np.nan)[None], sums[3:])


def sums_of_kinds(layers, kinds, mem_mb, label, years=None, spans=None):
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

    Returns
    -------
    list of (total, cells, size)
        One a kind, see `zone_sums`; with spans (total, cells, size) twice.
    """
    first = [zones if isinstance(zones, str) else zones[0] for zones in kinds]
    highest = [max(raster.classes_of(path)) for path in first]
    sums = None
    for _, _, (values, *codes) in raster.blocks(
        [layers, *kinds], mem_mb=mem_mb, label=label, years=years
    ):
        if sums is None:
            parts = 6 if spans else 3
            sums = [np.zeros((parts, len(values), number + 1)) for number in highest]
        for of_kind, kind_sums, span in zip(codes, sums, spans or [None] * len(kinds), strict=True):
            if span is None:
                add_to_zones(values, of_kind, kind_sums)
            else:
                add_with_fixed(values, of_kind, kind_sums, span)
    return sums


FLUXES = ("nep", "npp", "rh")
ROUNDING = 2.0**-24  # a float32 is off by half a unit of its last place at most, relative


def year_rows(where, quantity, unit, years, of_zone, cell_km2):
    """Rows of the tidy table: mean, valid area and share, and the total of a flux in Tg C."""
    for year, total, cells, size in zip(years, *of_zone, strict=True):
        mean = total / cells if cells else np.nan
        yield (*where, year, f"{quantity}_mean", mean, unit)
        if quantity in FLUXES:
            # g C m-2 yr-1 x km2 = 1e6 g C yr-1 = 1e-6 Tg C yr-1
            yield (*where, year, f"{quantity}_total", total * cell_km2 * 1e-6, "Tg C yr-1")
        yield (*where, year, f"{quantity}_area", size * cell_km2, "km2")
        yield (*where, year, f"{quantity}_valid_area", cells * cell_km2, "km2")
        yield (*where, year, f"{quantity}_valid_share", 100 * cells / size if size else np.nan, "%")


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
        """Return the mean of annual values and the ends of its interval."""
        if np.isfinite(values).sum() < max(self.mean_years, 1):
            return np.nan, np.nan, np.nan
        found = mean_interval(values, years, self.confidence_percent)
        return float(np.nanmean(values)), float(found["low"]), float(found["high"])

    def trend(self, values, years):
        """Return slope, low, high, start, z of annual values; see `trend.trend_statistics`."""
        settings = self.trend_years, self.autocorrelation, self.confidence_percent
        found = trend.trend_statistics(values[:, None, None], years, *settings)
        return {name: float(value[0, 0]) for name, value in found.items()}


def summary_rows(where, quantity, unit, years, of_zone, cell_km2, summary):
    """Yield the means and trends of a quantity of a zone, in the order of `COLUMNS`.

    First over the cells that are valid in each year, whose area may move from year to year; then,
    marked `FIXED`, over those that are valid in all years.

    Parameters
    ----------
    where : tuple
        First columns.
    of_zone : ndarray, shape (6, year)
        Of `add_with_fixed`.
    summary : Summary
    """
    head, size = (*where, _period(years)), of_zone[2]
    for name, sums in ((quantity, of_zone[:2]), (f"{quantity}{FIXED}", of_zone[3:5])):
        yield from _mean_rows(head, name, unit, years, (*sums, size), summary)
        if quantity in FLUXES:
            yield from _total_rows(head, name, years, (*sums, size), cell_km2, summary)


def _mean_rows(head, name, unit, years, of_zone, summary):
    """Mean, Theil-Sen line and Mann-Kendall test of the zone's annual means."""
    total, cells, size = of_zone
    means = np.where(cells > 0, total / np.maximum(cells, 1), np.nan)
    line, rests_on = summary.trend(means, years), _rests_on(cells, size)
    value, low, high = summary.mean(means, years)
    per_year = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    none = np.nan, np.nan
    yield (*head, f"{name}_mean", value, unit, low, high, *rests_on)
    yield (*head, f"{name}_slope", line["slope"], per_year, line["low"], line["high"], *rests_on)
    yield (*head, f"{name}_line_start", line["start"], unit, *none, *rests_on)
    yield (*head, f"{name}_z", line["z"], "1", *none, *rests_on)
    yield (*head, f"{name}_p", float(trend.p_value(line["z"])), "1", *none, *rests_on)


def _total_rows(head, name, years, of_zone, cell_km2, summary):
    """Mean, Theil-Sen slope and Mann-Kendall p of a flux's annual totals, and their mean area.

    A year with fewer valid cells has a smaller total: the area of each year stands in the series.
    """
    total, cells, size = of_zone
    totals = np.where(cells > 0, total * cell_km2 * 1e-6, np.nan)
    line, rests_on = summary.trend(totals, years), _rests_on(cells, size)
    value, low, high = summary.mean(totals, years)
    area, p = np.mean(cells) * cell_km2, float(trend.p_value(line["z"]))
    ends, none = (line["low"], line["high"]), (np.nan, np.nan)
    yield (*head, f"{name}_total", value, "Tg C yr-1", low, high, *rests_on)
    yield (*head, f"{name}_total_slope", line["slope"], "Tg C yr-2", *ends, *rests_on)
    yield (*head, f"{name}_total_p", p, "1", *none, *rests_on)
    yield (*head, f"{name}_total_area", area, "km2", *none, *rests_on)


def _rests_on(cells, size):
    """Return the number of years with a value, and the valid share of the zone in them, %."""
    known = cells > 0
    of = size[known].sum() if known.any() else size.sum()
    return int(known.sum()), 100 * cells.sum() / of if of else np.nan


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


def _period(years):
    return f"{years[0]}-{years[-1]}"
