"""The numbers of a paper's text, by name, from the tables of a study."""

import numpy as np

from nepflow.pixel import trend
from nepflow.pixel.persistence_rows import COLUMNS as PERSISTENCE

COLUMNS = ("quantity", "region_or_class", "value", "unit", "period", "built_in")
REGION = "all"


def whole(rows):
    """Return rows as long as `COLUMNS`: most numbers have no driver."""
    return [(*row, "")[: len(COLUMNS)] for row in rows]


def annual_numbers(series, trends, zones, period):
    """Means, extremes and slopes of the region and of zones that do not change."""
    region = series[(series["zone"] == REGION) & (series["quantity"] == "nep_mean")]
    unit = region["unit"].iloc[0]
    yield "nep_smallest_annual_mean", REGION, region["value"].min(), unit, period
    yield "nep_largest_annual_mean", REGION, region["value"].max(), unit, period
    for row in trends[trends["zones"].isin(["region", zones])].itertuples():
        if row.quantity.endswith(("_mean", "_slope", "_p")):
            yield row.quantity, row.zone, row.value, row.unit, period
    own = trends[(trends["zones"] == zones) & (trends["zone"] != REGION)]
    yield "zones", REGION, own["zone"].nunique(), "count", period
    areas = series[(series["year"] == series["year"].iloc[0]) & (series["quantity"] == "nep_area")]
    for row in areas.itertuples():
        yield "area", row.zone, row.value, "km2", period


def zone_numbers(trends, period):
    """Means and slopes of further zones."""
    for row in trends[trends["zones"] != "region"].itertuples():
        if row.quantity.endswith(("_mean", "_slope", "_p", "_total_area")):
            yield row.quantity, row.zone, row.value, row.unit, period


def class_numbers(shares, quantity, period):
    """Share of the classified area of each class; unclassified area apart."""
    classes = shares[~shares["masked"] & (shares["class"] != REGION)]
    for row in classes.itertuples():
        yield quantity, row[1], row.share_of_classified_percent, "%", period
    masked = shares[shares["masked"]]["share_of_area_percent"].sum()
    yield f"{quantity}_masked", REGION, masked, "% of the area", period


def trend_numbers(shares, period):
    """Shares of rising and falling pixels, and of those significant at each level."""
    classes = shares[~shares["masked"] & (shares["class"] != REGION)]
    share = dict(zip(classes["class"], classes["share_of_classified_percent"], strict=True))
    levels = {
        "": ("non-significant", "slightly significant", "significant", "extremely significant"),
        "slightly significant ": ("slightly significant", "significant", "extremely significant"),
        "significant ": ("significant", "extremely significant"),
        "extremely significant ": ("extremely significant",),
    }
    for level, strengths in levels.items():
        for sign in ("increase", "decrease"):
            total = sum(share[f"{strength} {sign}"] for strength in strengths)
            yield "trend_share", f"{level}{sign}", total, "%", period


def variation_numbers(shares, breaks, period):
    """Shares of the classes of variation, those from medium on, and the mean."""
    rows = list(class_numbers(shares, "cv_share", period))
    yield from rows
    known = {row[1]: row[2] for row in rows}
    upper = known["medium"] + known["higher"] + known["high"]
    yield "cv_share", "medium to high", upper, "%", period
    for row in breaks.itertuples():
        if row.unit == "1" and not row.quantity.startswith("seed"):
            yield f"cv {row.quantity}".replace(" ", "_"), REGION, row.value, "1", period


def persistence_numbers(persistence, period):
    """Shares of H = 0.5 and of the coupling by the chosen method, and those of chance."""
    chosen = persistence[persistence["chosen"].astype(str) == "True"]
    for _, quantity, of, value, unit in chosen[list(PERSISTENCE[1:])].itertuples(index=False):
        if quantity.startswith("persistent_share"):
            yield quantity, of, value, unit, period
            yield f"anti{quantity}", of, 100 - value, unit, period
        elif quantity.startswith("coupling_share_of_") or quantity == "mean_exponent":
            yield quantity, of, value, unit, period


def correlation_numbers(correlation, period):
    """Signs and significance of the partial correlations, and whether the driver is built in."""
    areas = correlation["quantity"].str.endswith("area") | (correlation["unit"] == "% of the area")
    for row in correlation[~areas].itertuples():
        yield f"partial_{row.quantity}", row.driver, row.value, row.unit, period, row.built_in


def attribution_numbers(attribution, period):
    """Slopes of climate and the rest with intervals, and shares beside chance, as claimed."""
    for row in attribution[attribution["claimed"].astype(str) == "True"].itertuples():
        if row.quantity.startswith("mean_slope"):
            end = row.quantity.removeprefix("mean_slope")
            yield f"nep_slope_part{end}", row.of, row.value, row.unit, period, row.built_in
        elif "share" in row.quantity or row.quantity.endswith("_contribution"):
            unit = "%" if "dominant_share" in row.quantity else row.unit
            yield row.quantity, row.of, row.value, unit, period


def landcover_numbers(areas, changed, dates):
    """Shares of the classes at some dates, their change, and the area that changes class.

    Parameters
    ----------
    areas : dict of {int: dict of {str: float}}
        Cells of each class at each date.
    changed : dict of {(int, int): (float, float)}
        Cells that have a class at both dates, and those of them with another one.
    dates : list of int
    """
    share = {}
    for date in dates:
        total = sum(areas[date].values())
        share[date] = {name: 100 * cells / total for name, cells in areas[date].items()}
        for name, value in share[date].items():
            yield "landcover_share", name, value, "%", str(date)
    first, last = dates[0], dates[-1]
    for name in share[first]:
        change = share[last][name] - share[first][name]
        yield "landcover_change", name, change, "percentage points", f"{first}-{last}"
    for (start, stop), (known, other) in changed.items():
        yield "landcover_changed_share", REGION, 100 * other / known, "%", f"{start}-{stop}"
        yield "landcover_unchanged_share", REGION, 100 - 100 * other / known, "%", f"{start}-{stop}"


def class_slopes(series, first, last, minimum_years):
    """Theil-Sen slope and mean of NEP by land-cover class over some of the years."""
    rows = series[(series["quantity"] == "nep_mean") & (series["zones"] != "region")]
    years = rows["year"].astype(int)
    rows = rows[(years >= first) & (years <= last)]
    for name, part in rows.groupby("zone", sort=False):
        means = part["value"].to_numpy()[:, None, None]
        slope, _, _ = trend.theil_sen_mann_kendall(means, part["year"].astype(int), minimum_years)
        period = f"{first}-{last}"
        yield "landcover_nep_slope", name, slope[0, 0], "g C m-2 yr-2", period
        mean = np.nanmean(means) if np.isfinite(means).any() else np.nan
        yield "landcover_nep_mean", name, mean, "g C m-2 yr-1", period
