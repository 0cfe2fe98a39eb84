"""The numbers of a paper's text, by name, from the tables of a study."""

import math

import numpy as np

from nepflow.pixel import persistence as pixel_persistence
from nepflow.pixel.persistence import COLUMNS as PERSISTENCE
from nepflow.study import figures as study_figures

RESTS_ON = ("low", "high", "valid_years", "valid_share_percent")  # of means, totals and trends
COLUMNS = ("quantity", "region_or_class", "value", "unit", "period", "shared_inputs", *RESTS_ON)
REGION = "all"
_EMPTY = ("", *[math.nan] * len(RESTS_ON))


def whole(rows):
    """Return rows as long as `COLUMNS`: most numbers have no driver and no interval."""
    return [
        (*row, *_EMPTY[len(row) - len(COLUMNS) :]) if len(row) < len(COLUMNS) else row
        for row in rows
    ]


def _of_trends(row, period):
    """A number of the table of trends, with all that it rests on."""
    rests_on = (getattr(row, name) for name in RESTS_ON)
    return row.quantity, row.zone, row.value, row.unit, period, "", *rests_on


def annual_numbers(series, trends, zones, period):
    """Means, extremes and slopes of the region and of zones that do not change."""
    region = series[(series["zone"] == REGION) & (series["quantity"] == "nep_mean")]
    unit = region["unit"].iloc[0]
    yield "nep_smallest_annual_mean", REGION, region["value"].min(), unit, period
    yield "nep_largest_annual_mean", REGION, region["value"].max(), unit, period
    for row in trends[trends["zones"].isin(["region", zones])].itertuples():
        if row.quantity.endswith(("_mean", "_slope", "_p", "_total")):
            yield _of_trends(row, period)
    own = trends[(trends["zones"] == zones) & (trends["zone"] != REGION)]
    yield "zones", REGION, own["zone"].nunique(), "count", period
    areas = series[(series["year"] == series["year"].iloc[0]) & (series["quantity"] == "nep_area")]
    for row in areas.itertuples():
        yield "area", row.zone, row.value, "km2", period


def zone_numbers(trends, period):
    """Means and slopes of further zones."""
    for row in trends[trends["zones"] != "region"].itertuples():
        if row.quantity.endswith(("_mean", "_slope", "_p", "_total", "_total_area")):
            yield _of_trends(row, period)


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
            total = math.fsum(share[f"{strength} {sign}"] for strength in strengths)
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
    """Shares of H = 0.5 and of the classes by the chosen method, and those of chance."""
    chosen = persistence[persistence["chosen"].astype(str) == "True"]
    for _, quantity, of, value, unit in chosen[list(PERSISTENCE[1:])].itertuples(index=False):
        if quantity.startswith("persistent_share"):
            yield quantity, of, value, unit, period
            yield f"anti{quantity}", of, 100 - value, unit, period
        elif quantity.startswith("trend_persistence_share_of_") or quantity == "mean_exponent":
            yield quantity, of, value, unit, period


def correlation_numbers(correlation, period):
    """Signs and significance of the partial correlations, and whether the driver is built in.

    Numbers of the method that the study does not choose carry its name.
    """
    areas = correlation["quantity"].str.endswith("area") | (correlation["unit"] == "% of the area")
    for row in correlation[~areas].itertuples():
        other = "" if str(row.chosen) == "True" else f"_{row.method}"
        name = f"partial_{row.quantity}{other}"
        yield name, row.driver, row.value, row.unit, period, row.shared_inputs


def attribution_numbers(attribution, period):
    """Slopes of climate and the residual with intervals, and shares beside chance, as claimed."""
    for row in attribution[attribution["claimed"].astype(str) == "True"].itertuples():
        if row.quantity.startswith("mean_slope"):
            end = row.quantity.removeprefix("mean_slope")
            yield f"nep_slope_part{end}", row.of, row.value, row.unit, period, row.shared_inputs
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


def class_slopes(series, first, last, summary):
    """Theil-Sen slope and mean of NEP by land-cover class over some of the years.

    Parameters
    ----------
    series : DataFrame
        Of classes that change: without the years for which the map of another one stands.
    first, last : int
    summary : Summary
        See `zones.sums`.
    """
    years = series["year"].astype(int)
    rows = series[(years >= first) & (years <= last) & (series["zones"] != "region")]
    shares = rows[rows["quantity"] == "nep_valid_share"].groupby("zone")["value"].mean()
    for name, part in rows[rows["quantity"] == "nep_mean"].groupby("zone", sort=False):
        values, years = part["value"].to_numpy(dtype="float64"), part["year"].astype(int).to_numpy()
        line, (mean, *ends) = summary.trend(values, years), summary.mean(values, years)
        head, rests_on = (f"{first}-{last}", ""), (np.isfinite(values).sum(), shares.get(name))
        slope, *of_slope = (line[end] for end in ("slope", "low", "high"))
        unit = "g C m-2 yr-2"
        yield ("landcover_nep_slope", name, slope, unit, *head, *of_slope, *rests_on)
        yield ("landcover_nep_mean", name, mean, "g C m-2 yr-1", *head, *ends, *rests_on)


SETTING_REGION = "all"
_LEVELS = ("slightly_significant", "significant", "extremely_significant")


def setting_numbers(study, stations, period):
    """Yield (quantity, region or class, value, unit, period) of the settings of a study.

    Parameters
    ----------
    study : dict
        Merged and completed settings.
    stations : int
        Stations that were used.
    period : str
        Such as 2000-2023.
    """
    landcover = study["landcover"]
    values = {
        "first_year": (study["years"][0], "year"),
        "last_year": (study["years"][-1], "year"),
        "years": (len(study["years"]), "year"),
        "stations": (stations, "count"),
        "landcover_classes": (len(study["landcover_classes"] or []), "count"),
        "resolution": (study["grid"]["resolution_m"], "m"),
        "climate_drivers": (len(study["climate"]["variables"]), "count"),
        "first_landcover_year": (landcover["years"][0], "year"),
        "last_landcover_year": (landcover["years"][1], "year"),
        "significance_p": (study["correlation"]["significance_p"], "1"),
        "hurst_limit": (pixel_persistence.LIMIT, "1"),
    }
    for name in _LEVELS:
        z = study["trend"][f"{name}_z"]
        values[f"{name}_z"] = z, "1"
        values[f"{name}_confidence"] = 100 * math.erf(z / math.sqrt(2)), "%"
    if study["landcover_dates"]:
        values["landcover_periods"] = len(study["landcover_dates"]) - 1, "count"
    for quantity, (value, unit) in values.items():
        yield quantity, SETTING_REGION, value, unit, period
    for quantity, series, unit in _ranked(study):
        for number, value in enumerate(series, start=1):
            yield quantity, str(number), value, unit, period


def _ranked(study):
    """Yield (quantity, values in ascending order, unit): their class is their place."""
    yield "landcover_date", sorted(study["landcover_dates"] or []), "year"
    substitutes = [entry["year"] for entry in study["landcover"].get("substitute", [])]
    yield "landcover_substituted_year", sorted(substitutes), "year"
    for zones in study["zones"]:
        if zones["kind"] == "sink":
            yield "sink_cut", zones["cuts"], "g C m-2 yr-1"
    yield "isohyet", sorted(_isohyets(study["figures"])), "mm yr-1"


def _isohyets(figures):
    """Precipitation of the lines in maps, mm yr-1."""
    return {
        level
        for figure in figures
        for panel in study_figures.parts_of(figure)
        if panel.get("contours", {}).get("layer") == "pixel/precipitation_mean"
        for level in panel["contours"]["levels"]
    }
