"""Sums over zones -> rows of the tidy tables: means, totals, areas, trends."""

import numpy as np

from nepflow.pixel import trend

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


def trend_rows(where, quantity, unit, years, of_zone, minimum_years, autocorrelation="none"):
    """Theil-Sen line and Mann-Kendall test of the zone's annual means."""
    total, cells, _ = of_zone
    means = np.where(cells > 0, total / np.maximum(cells, 1), np.nan)[:, None, None]
    slope, start, z = trend.theil_sen_mann_kendall(means, years, minimum_years, autocorrelation)
    per_year = unit.replace("yr-1", "yr-2") if "yr-1" in unit else f"{unit} yr-1"
    period = _period(years)
    yield (*where, period, f"{quantity}_mean", np.nanmean(means) if cells.any() else np.nan, unit)
    yield (*where, period, f"{quantity}_slope", slope[0, 0], per_year)
    yield (*where, period, f"{quantity}_line_start", start[0, 0], unit)
    yield (*where, period, f"{quantity}_z", z[0, 0], "1")
    yield (*where, period, f"{quantity}_p", trend.p_value(z)[0, 0], "1")


def total_rows(where, quantity, years, of_zone, cell_km2, minimum_years, autocorrelation="none"):
    """Mean, Theil-Sen slope and Mann-Kendall p of a flux's annual totals, and their area.

    A year with fewer valid cells has a smaller total: the area of each year stands in the
    series, the mean of the years here.
    """
    total, cells, _ = of_zone
    totals = np.where(cells > 0, total * cell_km2 * 1e-6, np.nan)[:, None, None]
    slope, _, z = trend.theil_sen_mann_kendall(totals, years, minimum_years, autocorrelation)
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
