"""Registry of the kinds of zones, and the zones of a study: sources, rasters, tables.

How a kind is made stands in `zones.kinds`. What people read stands in ``en``; another language is
a field beside it.
"""

import re
from typing import NamedTuple

from nepflow.study import circularity, files, layers, pixel
from nepflow.study.names import ALL
from nepflow.study.settings_file import BadStudy


class KindText(NamedTuple):
    """Sentence of the methods, and the one where ``min_percent`` of an entry is below 100.

    ``{name}``, ``{file}``, ``{outside}`` (the class of all other cells, or nothing), ``{of}`` (two
    zones), ``{percent}``, ``{cuts}`` with unit, ``{classes}`` (their names after a colon, or
    nothing) and the works of the kind are filled in.
    """

    sentence: str
    sentence_of_most: str = ""


class Kind(NamedTuple):
    """A kind of zones.

    ``reads`` gives layers or files of (study, entry); ``needs`` are keys that an entry must have;
    ``made`` tells that `define_zones` makes it, ``yearly`` that its raster differs from year to
    year, ``crossable`` that it can be crossed with others, ``of_landcover`` that it is made of land
    cover; ``cuts`` are limits that are no setting, in ``unit``, ``default_cuts`` those where an
    entry has none; ``classes`` the names of the intervals of certain cuts, or of any of that
    number, and of what stands beside the intervals; ``works`` keys of the bibliography.
    """

    reads: callable
    en: KindText
    needs: tuple = ()
    made: bool = True
    yearly: bool = False
    crossable: bool = True
    of_landcover: bool = False
    cuts: tuple = ()
    default_cuts: tuple = ()
    unit: str = "1"
    classes: dict | None = None
    works: tuple = ()


def _layers(*names):
    """What reads layers of the study."""
    return lambda study, entry: [layers.below(study, f"{name}.tif") for name in names]


def _maps(study, entry):
    """Land cover of each year."""
    return layers.yearly(study, "landcover/landcover_{landcover_year}.tif")


SHOWN_AT_MOST = 60  # zones of a figure, or columns of a table of the page; the CSV holds all
LARGEST_SHOWN = 24  # where there are more, unless `show` of the zones says how many, or which
WEIGHTINGS = ("auto", "centre", "coverage")
SMALL_CELLS = 100  # cells; where half of the zones have fewer, `auto` shares cells among zones
OF_POLYGONS = ("area", "file")  # kinds whose zones may share cells
COLD_PET_MM = 400  # mm yr-1; below it UNEP (1992) calls land cold, whatever its rain

KINDS = {
    "area": Kind(lambda study, entry: study["files"]["area"], KindText(""), made=False),
    "landcover": Kind(
        _maps,
        KindText("Zones of land cover ({name}) are those of each year’s own map."),
        made=False,
        yearly=True,
        crossable=False,
        of_landcover=True,
    ),
    "stable_landcover": Kind(
        _maps,
        KindText(
            "Stable land cover ({name}) is the class that a cell has in every year; all other "
            "cells are changed.",
            "Stable land cover ({name}) is the class that a cell has in at least {percent} % of "
            "the years with a class; all other cells are changed.",
        ),
        of_landcover=True,
    ),
    "sink": Kind(
        _layers("pixel/nep_mean"),
        KindText("Sources and sinks ({name}) are divided by mean NEP at {cuts}{classes}."),
        needs=("cuts",),
        unit="g C m-2 yr-1",
        classes={3: ("source", "low sink", "medium sink", "high sink"), (0,): ("source", "sink")},
    ),
    "aridity": Kind(
        _layers("pixel/precipitation_mean", "climate/pet"),
        KindText(
            "Dry-wet zones ({name}) are those of precipitation over potential evapotranspiration, "
            "<var>P</var>/<var>PET</var>, of the mean year, with limits at {cuts} {unep}{classes}, "
            f"which is land with a <var>PET</var> below {COLD_PET_MM} mm. {{pet}}"
        ),
        cuts=(0.05, 0.2, 0.5, 0.65),  # UNEP (1992), World Atlas of Desertification
        classes={4: ("hyper-arid", "arid", "semi-arid", "dry sub-humid", "humid", "cold")},
        works=("unep",),
    ),
    "isohyets": Kind(
        _layers("pixel/precipitation_mean"),
        KindText(
            "Zones of {name} lie between isohyets of mean annual precipitation, {cuts}{classes}."
        ),
        default_cuts=(200, 400, 800),  # those of the dry-wet regions of Chinese geography
        unit="mm yr-1",
        classes={3: ("arid", "semi-arid", "sub-humid", "humid")},
    ),
    "elevation": Kind(
        _layers("dem"),
        KindText("Bands of elevation ({name}) have limits at {cuts}."),
        needs=("cuts",),
        unit="m",
    ),
    "file": Kind(
        lambda study, entry: files.path_of(study, entry["file"]),
        KindText("Zones of {name} are polygons of {file}{outside}."),
        needs=("name_field", "file"),
    ),
    "crossing": Kind(
        lambda study, entry: [raster(study, name) for name in entry["of"]],
        KindText("Zones of {name} are those of {of} crossed."),
        needs=("of",),
        crossable=False,
    ),
}


def cuts_of(entry):
    """Return the limits between the classes of zones: of the kind, of the entry, or by default."""
    kind = KINDS[entry["kind"]]
    return list(kind.cuts or entry.get("cuts", kind.default_cuts))


def class_names(entry):
    """Return the names that the kind has for the classes between the limits, or None."""
    cuts, named = cuts_of(entry), KINDS[entry["kind"]].classes or {}
    return named.get(tuple(cuts)) or named.get(len(cuts))


def check(study, file):
    """Refuse zones that lack a key, and comparisons and crossings of zones that change.

    Raises
    ------
    BadStudy
    """
    entries = study.get("zones", [])
    kinds = {entry["name"]: entry["kind"] for entry in entries}
    for entry in entries:
        for key in (key for key in KINDS[entry["kind"]].needs if key not in entry):
            raise BadStudy(f"{file}: zones {entry['name']} ({entry['kind']}) lack `{key}`. Add it.")
        if entry.get("outside") is not None:
            _check_outside(entry, file)
        if "weighting" in entry and entry["kind"] not in OF_POLYGONS:
            raise BadStudy(
                f"{file}: zones {entry['name']} ({entry['kind']}) have `weighting`, which is for "
                "zones of polygons (area, file): others are made of whole cells. Remove it."
            )
    for entry in study.get("contrasts", []):
        kind = kinds.get(entry["zones"])
        if kind is None or KINDS[kind].yearly:
            raise BadStudy(
                f"{file}: contrasts {entry['name']} needs zones that do not change, "
                f"{entry['zones']} is {kind or 'unknown'}. Change `zones`."
            )
    for entry in entries:
        for other in entry.get("of", []):
            if other not in kinds or not KINDS[kinds[other]].crossable:
                raise BadStudy(
                    f"{file}: zones {entry['name']} cross {other}, which is "
                    f"{kinds.get(other, 'unknown')}. Only zones that do not change can be crossed "
                    "(stable_landcover, area, ...)."
                )


def _check_outside(entry, file):
    """The class of cells in no polygon is one of polygons; its name may not be that of the area."""
    place = f"{file}: zones {entry['name']}"
    if entry["kind"] != "file":
        raise BadStudy(
            f"{place} ({entry['kind']}) have `outside`, which names the cells in no polygon of a "
            "file. Remove it."
        )
    if entry["outside"] == ALL:
        raise BadStudy(
            f"{place}: `outside: {ALL}` is the name of the whole area in tables. Rename it."
        )


def made(study):
    """Return the names of the zones that `define_zones` makes."""
    return [zones["name"] for zones in study["zones"] if KINDS[zones["kind"]].made]


def pattern(studies):
    """Return the regular expression of the zones that `define_zones` makes in any study."""
    names = {name for study in studies.values() for name in made(study)}
    return "|".join(sorted(names)) or "no_such_zones"


def of_kind(study, kind):
    """Return the names of the zones of a kind."""
    return [zones["name"] for zones in study["zones"] if zones["kind"] == kind]


def area(study):
    """Return the name of the zones that partition the area.

    Raises
    ------
    BadStudy
        If there are none.
    """
    names = of_kind(study, "area")
    if not names:
        raise BadStudy(
            f"config/studies/{study['slug']}.yaml: zones has no entry of kind area, the polygons "
            "that totals are checked with. Add zones: [{name: county, kind: area}]."
        )
    return names[0]


def entry(study, zones):
    """Return what the study says of zones."""
    return next(entry for entry in study["zones"] if entry["name"] == zones)


def raster(study, zones):
    """Return the class raster of zones that do not change."""
    name = "area" if entry(study, zones)["kind"] == "area" else zones
    return layers.below(study, f"zones/{name}.tif")


def sources(study, zones):
    """Return the layers and files that zones are made of."""
    own = entry(study, zones)
    return KINDS[own["kind"]].reads(study, own)


def weighting(entry):
    """Return how cells count for zones: centre, coverage, or auto (coverage for small zones)."""
    return entry.get("weighting", "auto") if entry["kind"] in OF_POLYGONS else "centre"


def weights_by_name(study):
    """Return {zones: table of what cells count} of the zones that may share cells."""
    return {
        own["name"]: layers.below(study, f"zones/weights_{own['name']}.parquet")
        for own in study["zones"]
        if weighting(own) != "centre"
    }


def weights(study):
    """Return the tables of what cells count for zones that may share them."""
    return list(weights_by_name(study).values())


def weights_of(study, classes):
    """Return the table of what cells count for classes that are such zones; none for others."""
    found = weights_by_name(study)
    return [found[classes]] if classes in found else []


def weights_pattern(studies):
    """Return the regular expression of the zones that may share cells in any study."""
    names = {name for study in studies.values() for name in weights_by_name(study)}
    return "|".join(sorted(names)) or "no_such_zones"


def polygons(study, zones):
    """Return the file of the polygons of zones."""
    return sources(study, zones)


def polygons_entry(study, zones):
    """Return how polygons of zones are opened and become cells."""
    own = entry(study, zones)
    keys = ("layer", "name_field", "crs", "encoding", "overlaps", "outside")
    source = study["area"] if own["kind"] == "area" else own
    found = {key: source[key] for key in keys if key in source}
    return found | {"weighting": weighting(own)}


def is_area(study, zones):
    """Tell whether zones divide the area."""
    return entry(study, zones)["kind"] == "area"


def rasters_by_name(study):
    """Return {zones: raster}, a list of one a year for those that change."""
    return {
        own["name"]: (
            _maps(study, own) if KINDS[own["kind"]].yearly else raster(study, own["name"])
        )
        for own in study["zones"]
    }


def own_years(study, zones):
    """Return the years whose zones are their own, not made of the map of another year."""
    if not KINDS[entry(study, zones)["kind"]].yearly:
        return study["years"]
    return [year for year in study["years"] if study["landcover_year"][year] == year]


def own_years_by_name(study):
    """Return {zones: years whose zones are their own}."""
    return {own["name"]: own_years(study, own["name"]) for own in study["zones"]}


def summary(study):
    """Return what means and trends of the annual values of zones need and say."""
    return {
        "mean_years": layers.min_years(study),
        "trend_years": study["min_years"],
        "autocorrelation": study["trend"]["autocorrelation"],
        "confidence_percent": study["trend"]["confidence_percent"],
    }


def rasters(study):
    """Return the rasters of all zones, each once."""
    kinds = rasters_by_name(study).values()
    found = [file for part in kinds for file in ([part] if isinstance(part, str) else part)]
    return list(dict.fromkeys(found))


def of_polygons(study):
    """Return the rasters that polygons were made into: area, zones of files, factors."""
    factors = [f for own in study["detectors"] for f in own["factors"] if "name_field" in f]
    names = ["zones/area", *(f"zones/{name}" for name in of_kind(study, "file"))]
    names += dict.fromkeys(f"factors/{factor['name']}" for factor in factors)
    return [layers.below(study, f"{name}.tif") for name in names]


def show(study, zones):
    """Return which zones figures and the report show: a number of the largest, or their names."""
    return entry(study, zones).get("show")


def shown(study, table, zones):
    """Return the rows of ``series`` or ``trends`` of the zones that figures and report show."""
    return layers.below(study, f"zones/{table}_{zones}.csv")


def class_layer(study, classes):
    """Return the layer of ``<layer>_<variable>`` of the pixel statistics; "" for zones."""
    if classes in [zones["name"] for zones in study["zones"]]:
        return ""
    layer, _, variable = classes.rpartition("_")
    return f"pixel/{variable}_{layer}"


def class_raster(study, classes):
    """Return a class raster of the zones, or of the pixel statistics."""
    layer = class_layer(study, classes)
    return layers.below(study, f"{layer}.tif") if layer else raster(study, classes)


def shared_input_of_classes(study, classes):
    """Return how the drivers of classes entered the variable; None for classes without driver."""
    return circularity.how_of(study, class_layer(study, classes))


def criteria_of_classes(study, classes):
    """Return the conditions of the classes of a trend, by code; none for other classes."""
    is_trend = class_layer(study, classes).endswith("_trend_class")
    return pixel.trend_criteria(study) if is_trend else {}


def persistence_of_classes(study, classes):
    """Return what chance gives of the classes, if they are those of trend and persistence."""
    return persistence_of_layers(study, [class_layer(study, classes)])


def persistence_of_layers(study, names):
    """Return the tables of persistence of the layers of trend and persistence among ``names``."""
    found = [re.fullmatch(r"pixel/(\w+)_trend_persistence_class", name) for name in names]
    return [layers.table(study, f"persistence_{match[1]}") for match in found if match]


def contrast(study, contrast):
    """Return what the study says of a comparison of zones with the rest of the area."""
    return next(entry for entry in study["contrasts"] if entry["name"] == contrast)


def contrast_raster(study, contrast_name):
    """Return the zones that are compared."""
    return raster(study, contrast(study, contrast_name)["zones"])


def contrast_layer_names(study):
    """Return what is compared: mean NEP, and its trend where the study is long enough."""
    trend = ["pixel/nep_sen_slope"] if study["has_trend"] else []
    return ["pixel/nep_mean", *trend]


def contrast_layers(study):
    """Return the rasters that are compared."""
    return [layers.below(study, f"{name}.tif") for name in contrast_layer_names(study)]


def contrast_covariates(study, contrast_name):
    """Return the rasters that cells are matched by."""
    return [layers.below(study, f"{name}.tif") for name in contrast(study, contrast_name)["match"]]


def contrast_tables(study):
    """Return the names of the tables of the comparisons."""
    return [f"contrast_{entry['name']}" for entry in study.get("contrasts", [])]


def tables(study):
    """Return the names of the tables of the zones, in the order of the report."""
    names = [zones["name"] for zones in study["zones"]]
    fixed = [zones["name"] for zones in study["zones"] if not KINDS[zones["kind"]].yearly]
    short = [zones["name"] for zones in study["zones"] if zones["kind"] != "crossing"]
    return [
        *(f"trends_{name}" for name in names),
        *(f"series_{name}" for name in short),
        *(f"shares_{name}" for name in fixed),
    ]


def products(study):
    """Return the tables that the report does not show whole, and the rasters of the zones."""
    return [
        *(layers.table(study, f"series_{name}") for name in of_kind(study, "crossing")),
        *(layers.below(study, f"zones/{name}.tif") for name in made(study)),
    ]


def area_series_if_npp(study):
    """Return the annual values of the area of a study that has NPP."""
    return area_series(study) if layers.has_npp(study) else []


def area_series(study):
    """Return the series of the zones that partition the area."""
    return layers.table(study, f"series_{area(study)}")
