"""Annual layers over zones: one pass over the rasters for any number of kinds of zones."""

import numpy as np
from numba import njit

from nepflow.io import raster
from nepflow.pixel import trend


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


def sums_of_kinds(layers, kinds, mem_mb, label, years=None):
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

    Returns
    -------
    list of (total, cells, size)
        One a kind, see `zone_sums`.
    """
    first = [zones if isinstance(zones, str) else zones[0] for zones in kinds]
    highest = [max(raster.classes_of(path)) for path in first]
    sums = None
    for _, _, (values, *codes) in raster.blocks(
        [layers, *kinds], mem_mb=mem_mb, label=label, years=years
    ):
        if sums is None:
            sums = [np.zeros((3, len(values), number + 1)) for number in highest]
        for of_kind, kind_sums in zip(codes, sums, strict=True):
            add_to_zones(values, of_kind, kind_sums)
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


def trend_rows(where, quantity, unit, years, of_zone, min_years, autocorrelation="none"):
    """Theil-Sen line and Mann-Kendall test of the zone's annual means."""
    total, cells, _ = of_zone
    means = np.where(cells > 0, total / np.maximum(cells, 1), np.nan)[:, None, None]
    slope, start, z = trend.theil_sen_mann_kendall(means, years, min_years, autocorrelation)
    per_year = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    period = _period(years)
    yield (*where, period, f"{quantity}_mean", np.nanmean(means) if cells.any() else np.nan, unit)
    yield (*where, period, f"{quantity}_slope", slope[0, 0], per_year)
    yield (*where, period, f"{quantity}_line_start", start[0, 0], unit)
    yield (*where, period, f"{quantity}_z", z[0, 0], "1")
    yield (*where, period, f"{quantity}_p", trend.p_value(z)[0, 0], "1")


def total_rows(where, quantity, years, of_zone, cell_km2, min_years, autocorrelation="none"):
    """Mean, Theil-Sen slope and Mann-Kendall p of a flux's annual totals, and their area.

    A year with fewer valid cells has a smaller total: the area of each year stands in the
    series, the mean of the years here.
    """
    total, cells, _ = of_zone
    totals = np.where(cells > 0, total * cell_km2 * 1e-6, np.nan)[:, None, None]
    slope, _, z = trend.theil_sen_mann_kendall(totals, years, min_years, autocorrelation)
    mean = np.nanmean(totals) if cells.any() else np.nan
    head = (*where, _period(years))
    yield (*head, f"{quantity}_total", mean, "Tg C yr-1")
    yield (*head, f"{quantity}_total_slope", slope[0, 0], "Tg C yr-2")
    yield (*head, f"{quantity}_total_p", trend.p_value(z)[0, 0], "1")
    yield (*head, f"{quantity}_total_area", np.mean(cells) * cell_km2, "km2")


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
