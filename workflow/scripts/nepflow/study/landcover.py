"""Land-cover classes: keys from the 17 IGBP codes to the classes of a study."""

import math

from nepflow.study import layers
from nepflow.study.settings_file import BadStudy

# A key is a list of classes; codes that no class names are absent.
KEYS = {
    # Gives the class shares of Northwest China within 1 % of the published ones
    # (grassland 37.1, barren 51.5, cropland 6.0 %, MCD12C1 of 2019).
    "igbp7": [
        {"name": "forest", "codes": [1, 2, 3, 4, 5], "colour": "#1b7837"},
        {"name": "grassland", "codes": [6, 7, 8, 9, 10], "colour": "#a6d96a"},
        {"name": "cropland", "codes": [12, 14], "colour": "#e6ab02"},
        {"name": "wetland", "codes": [11], "colour": "#41b6c4"},
        {"name": "urban and built-up", "codes": [13], "colour": "#c51b7d"},
        {"name": "water", "codes": [15, 17], "colour": "#4575b4"},
        {"name": "barren", "codes": [16], "colour": "#d9c9b0"},
    ],
}


def _moved(codes, name):
    """The key ``igbp7`` with some codes in another class."""
    return [
        entry
        | {
            "codes": [code for code in entry["codes"] if code not in codes]
            + (codes if entry["name"] == name else [])
        }
        for entry in KEYS["igbp7"]
    ]


# Other keys in use: shrubs or woody savannas as forest, snow as barren
KEYS["igbp7_shrub_forest"] = _moved([6, 7], "forest")
KEYS["igbp7_woody_savanna_forest"] = _moved([8], "forest")
KEYS["igbp7_snow_barren"] = _moved([15], "barren")

_IGBP = (
    ("evergreen needleleaf forest", "#05450a"),
    ("evergreen broadleaf forest", "#086a10"),
    ("deciduous needleleaf forest", "#54a708"),
    ("deciduous broadleaf forest", "#78d203"),
    ("mixed forest", "#009900"),
    ("closed shrubland", "#c6b044"),
    ("open shrubland", "#dcd159"),
    ("woody savanna", "#dade48"),
    ("savanna", "#fbff13"),
    ("grassland", "#b6ff05"),
    ("wetland", "#27ff87"),
    ("cropland", "#c24f44"),
    ("urban and built-up", "#a5a5a5"),
    ("cropland and natural vegetation", "#ff6d4c"),
    ("snow and ice", "#69fff8"),
    ("barren", "#f9ffa4"),
    ("water", "#1c0dff"),
)
# Every code a class of its own: vegetation types of light-use models
KEYS["igbp17"] = [
    {"name": name, "codes": [code], "colour": colour}
    for code, (name, colour) in enumerate(_IGBP, start=1)
]


# Stands wherever changes of land cover are shown: captions, tables, methods
CHANGES = (
    "Changes between yearly maps of land cover are mostly errors of the maps: the label of a "
    "single year is so uncertain that the makers of MCD12Q1 advise against counting changes of it"
)
CHANGES_SOURCE = "Sulla-Menashe and Friedl 2018"
TABLES_OF_CHANGES = r"transitions|land_use_(effect|density)_\w+|recovery_land_use_\w+"


def changes_text():
    """Return what must be said wherever changes of land cover are shown, as plain text."""
    return f"{CHANGES} ({CHANGES_SOURCE})."


def left_out_text(study):
    """Return what series by the land cover of each year leave out; "" where they are whole."""
    maps = study.get("landcover_year", {})
    lost = [f"{year} (map of {by})" for year, by in maps.items() if year != by]
    if not lost:
        return ""
    return (
        "Zones of each year’s own land cover have no values of years for which the map of another "
        f"year stands: {', '.join(lost)}."
    )


def lookup_table(classes):
    """Return the class number (from 1) of each IGBP code.

    Parameters
    ----------
    classes : list of dict
        Each with ``codes``, a list of IGBP codes.

    Returns
    -------
    list of 256 float
        NaN where no class names the code.

    Raises
    ------
    ValueError
        If two classes name one code.
    """
    table = [math.nan] * 256
    for number, entry in enumerate(classes, start=1):
        taken = [code for code in entry["codes"] if not math.isnan(table[code])]
        if taken:
            raise ValueError(f"IGBP code {taken[0]} stands in two land-cover classes")
        for code in entry["codes"]:
            table[code] = number
    return table


def quantities_of(study):
    """Return the quantities whose effect is counted; none where a study gives none."""
    return study.get("land_use_effect", {}).get("quantities", [])


def periods_of(study, years):
    """Return the years of both periods: those given, otherwise the first and the last years."""
    options = study["land_use_effect"]
    given = options.get("periods")
    if given:
        return [[year for year in years if low <= year <= high] for low, high in given]
    return [years[: options["years"]], years[-options["years"] :]]


def check(study, years, file):
    """Refuse periods that overlap or lack years, and figures of what is not counted.

    Raises
    ------
    BadStudy
    """
    _check_once(study["landcover"], file)
    wanted = quantities_of(study)
    for figure in study.get("figures", []):
        if figure["kind"] == "land_use" and figure.get("quantity") not in wanted:
            raise BadStudy(
                f"{file}: figure {figure['name']} shows the land-use effect on "
                f"{figure.get('quantity')}, which is not counted. Add it to "
                "land_use_effect: {quantities: [...]}."
            )
    if not wanted:
        return
    first, last = periods_of(study, years)
    least = study["land_use_effect"]["min_years"]
    if min(len(first), len(last)) < least or first[-1] >= last[0]:
        raise BadStudy(
            f"{file}: land_use_effect compares {len(first)} years ({first}) with {len(last)} "
            f"({last}); both need {least} years, and the second must begin after the first ends. "
            "Change land_use_effect: {years: ...} or {periods: [[...], [...]]}."
        )


def _check_once(settings, file):
    """Refuse a code in two classes, and two maps for one year."""
    codes = [code for entry in settings.get("classes", []) for code in entry["codes"]]
    years = [entry["year"] for entry in settings.get("substitute", [])]
    for given, what in ((codes, "classes: the IGBP code"), (years, "substitute: the year")):
        twice = [one for one in given if given.count(one) > 1]
        if twice:
            raise BadStudy(f"{file}: landcover.{what} {twice[0]} stands twice. Keep one.")


def classes_by_key(study, keyed):
    """Return the classes of a key of land cover (``keys/<key>/``), or those of the study."""
    return KEYS[keyed.split("/")[1]] if keyed else study["landcover_classes"]


def of_dates(study):
    """Return the maps between which land cover is compared."""
    years = study["landcover_dates"].values()
    return [layers.below(study, f"landcover/landcover_{year}.tif") for year in years]


def substituted(study):
    """Return {date: year of the map} of the dates that another year's map stands in for."""
    dates = study["landcover_dates"]
    return {date: year for date, year in dates.items() if date != year}


def span_years(study, span):
    """Return the years of the first or of the last period."""
    first, last = study["land_use_periods"]
    return first if span == "first" else last


def of_span(study, span):
    """Return a map a year of a period: one that stands for another year counts for both."""
    maps = study["landcover_year"]
    return [
        layers.below(study, f"landcover/landcover_{maps[year]}.tif")
        for year in span_years(study, span)
    ]


def compared_periods(study):
    """Return such as 2001-2005 and 2016-2020."""
    return " and ".join(f"{years[0]}-{years[-1]}" for years in study["land_use_periods"])


def tables(study):
    """Return the names of the tables of the effect of land-use change."""
    kinds = ("effect", "density")
    return [f"land_use_{kind}_{name}" for name in quantities_of(study) for kind in kinds]


def rasters(study):
    """Return the rasters of the periods that a study keeps, without ending."""
    names = quantities_of(study)
    made = [*names, "class"] if names else []
    return [f"land_use/{name}_{span}" for name in made for span in ("first", "last")]
