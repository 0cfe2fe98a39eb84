"""Zones of a study: what they are made of, their rasters and tables."""

import re

from nepflow.study import circularity, files, layers, pixel
from nepflow.study.settings_file import BadStudy

YEARLY = "landcover"  # the kind of zones whose raster differs from year to year


def pattern(studies):
    """Return the regular expression of the zones that `define_zones` makes in any study."""
    names = {
        zones["name"]
        for study in studies.values()
        for zones in study["zones"]
        if zones["kind"] not in ("area", YEARLY)
    }
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
    if own["kind"] == "file":
        return files.path_of(study, own["file"])
    if own["kind"] == "crossing":
        return [raster(study, name) for name in own["of"]]
    if own["kind"] == "stable_landcover":
        return layers.yearly(study, "landcover/{landcover_year}.tif")
    names = {
        "sink": ["pixel/nep/mean"],
        "aridity": ["pixel/precipitation/mean", "climate/pet"],
        "elevation": ["dem"],
    }[own["kind"]]
    return [layers.below(study, f"{name}.tif") for name in names]


def rasters_by_name(study):
    """Return {zones: raster}, a list of one a year for those that change."""
    return {
        own["name"]: (
            layers.yearly(study, "landcover/{landcover_year}.tif")
            if own["kind"] == YEARLY
            else raster(study, own["name"])
        )
        for own in study["zones"]
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


def class_layer(study, classes):
    """Return the layer of ``<layer>_<variable>`` of the pixel statistics; "" for zones."""
    if classes in [zones["name"] for zones in study["zones"]]:
        return ""
    layer, _, variable = classes.rpartition("_")
    return f"pixel/{variable}/{layer}"


def class_raster(study, classes):
    """Return a class raster of the zones, or of the pixel statistics."""
    layer = class_layer(study, classes)
    return layers.below(study, f"{layer}.tif") if layer else raster(study, classes)


def shared_input_of_classes(study, classes):
    """Return how the drivers of classes entered the variable; None for classes without driver."""
    return circularity.how_of(study, class_layer(study, classes))


def criteria_of_classes(study, classes):
    """Return the conditions of the classes of a trend, by code; none for other classes."""
    is_trend = class_layer(study, classes).endswith("/trend_class")
    return pixel.trend_criteria(study) if is_trend else {}


def persistence_of_classes(study, classes):
    """Return what chance gives of the classes, if they are those of trend and persistence."""
    return persistence_of_layers(study, [class_layer(study, classes)])


def persistence_of_layers(study, names):
    """Return the tables of persistence of the layers of trend and persistence among ``names``."""
    found = [re.fullmatch(r"pixel/(\w+)/coupling", name) for name in names]
    return [layers.table(study, f"persistence_{match[1]}") for match in found if match]


def contrast(study, contrast):
    """Return what the study says of a comparison of zones with the rest of the area."""
    return next(entry for entry in study["contrasts"] if entry["name"] == contrast)


def contrast_raster(study, contrast_name):
    """Return the zones that are compared."""
    return raster(study, contrast(study, contrast_name)["zones"])


def contrast_layer_names(study):
    """Return what is compared: mean NEP, and its trend where the study is long enough."""
    trend = ["pixel/nep/sen_slope"] if study["has_trend"] else []
    return ["pixel/nep/mean", *trend]


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
    fixed = [zones["name"] for zones in study["zones"] if zones["kind"] != YEARLY]
    short = [zones["name"] for zones in study["zones"] if zones["kind"] != "crossing"]
    return [
        *(f"trends_{name}" for name in names),
        *(f"series_{name}" for name in short),
        *(f"shares_{name}" for name in fixed),
    ]


def products(study):
    """Return the tables that the report does not show whole, and the rasters of the zones."""
    made = [zones for zones in study["zones"] if zones["kind"] not in ("area", YEARLY)]
    return [
        *(layers.table(study, f"series_{name}") for name in of_kind(study, "crossing")),
        *(layers.below(study, f"zones/{zones['name']}.tif") for zones in made),
    ]


def area_series(study):
    """Return the series of the zones that partition the area."""
    return layers.table(study, f"series_{area(study)}")
