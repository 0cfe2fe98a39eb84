"""What a paper's text says of its study itself: numbers that are choices and no results."""

import math

from nepflow.pixel import persistence
from nepflow.study import figures as study_figures

REGION = "all"
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
        "hurst_limit": (persistence.LIMIT, "1"),
    }
    for name in _LEVELS:
        z = study["trend"][f"{name}_z"]
        values[f"{name}_z"] = z, "1"
        values[f"{name}_confidence"] = 100 * math.erf(z / math.sqrt(2)), "%"
    if study["landcover_dates"]:
        values["landcover_periods"] = len(study["landcover_dates"]) - 1, "count"
    for quantity, (value, unit) in values.items():
        yield quantity, REGION, value, unit, period
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
        if panel.get("contours", {}).get("layer") == "pixel/precipitation/mean"
        for level in panel["contours"]["levels"]
    }
