"""Products of a study: the layers that it can make, and what it makes and keeps.

Standard library only: the workflow reads it before any environment exists.
"""

import re

from nepflow.study import (
    attribution,
    climate,
    detector,
    evaluation,
    figures,
    files,
    landcover,
    layers,
    npp,
    pixel,
    respiration,
    restoration,
    uncertainty,
    zones,
)
from nepflow.study.figures import did_you_mean
from nepflow.study.pixel import JOINT_LAYERS, LAYERS, PARTS_OF_DRIVER, SERIES_LAYERS
from nepflow.study.settings_file import BadStudy


def figure_pages(study):
    """Return the pictures of a study."""
    return [layers.below(study, f"figures/{figure['name']}.png") for figure in study["figures"]]


def tables(study):
    """Return every table of a study, in the order of the report."""
    if not layers.has_npp(study):
        checked = ["checked_inputs"] if files.checked_table(study) else []
        names = [*climate.tables(study), *checked, "inputs", "choices", "warnings"]
        return [layers.table(study, name) for name in names]
    names = [
        "respiration_variants",
        *uncertainty.tables(study),
        *zones.tables(study),
        *(["transitions"] if study["landcover_dates"] else []),
        "shared_inputs",
        *pixel.tables(study),
        *detector.tables(study),
        *landcover.tables(study),
        *attribution.tables(study),
        *zones.contrast_tables(study),
        *restoration.tables(study),
        *evaluation.field_tables(study),
        *evaluation.tables_of_numbers(study),
        *npp.tables(study),
        *npp.comparison_tables(study),
        *respiration.tables(study),
        "missing_reasons",
        "missing_reasons_native",
        *climate.tables(study),
        *evaluation.recovery_tables(study),
        *(["checked_inputs"] if files.checked_table(study) else []),
        "inputs",
        "checks",
        "choices",
        "warnings",
    ]
    return [layers.table(study, name) for name in names]


def page_tables(study):
    """Return the tables of the report: of many zones those that it shows."""
    shown = {
        layers.table(study, f"{table}_{own['name']}"): zones.shown(study, table, own["name"])
        for own in study["zones"]
        for table in ("series", "trends")
    }
    return [shown.get(path, path) for path in tables(study)]


def rasters(study):
    """Return every raster that a study keeps."""
    variables = study["climate"]["variables"]
    if not layers.has_npp(study):
        names = ["grid", "dem", "zones/area", *(f"climate/{name}" for name in variables)]
        names += [f"pixel/{name}_mean" for name in variables]
        if not layers.is_gridded(study) and study["climate"].get("grids"):
            names += [f"climate/{name}_difference" for name in variables]
        return [layers.below(study, f"{name}.tif") for name in names]
    names = ["grid", "dem", "zones/area", *(f"nep/{name}" for name in layers.CARBON)]
    names += [f"nep/rh_{name}" for name in study["respiration_variants"]]
    names += respiration.rasters(study)
    names += [f"climate/{variable}" for variable in variables]
    if not layers.is_gridded(study) and study["climate"].get("grids"):
        names += [f"climate/{variable}_difference" for variable in variables]
    names += [f"pixel/{name}_mean" for name in layers.CARBON]
    names += [*pixel.rasters(study), *attribution.rasters(study), *landcover.rasters(study)]
    names += [*npp.rasters(study), *uncertainty.map_names(study)]
    yearly = sorted(set(layers.yearly(study, "landcover/landcover_{landcover_year}.tif")))
    return [
        *(layers.below(study, f"{name}.tif") for name in names),
        *layers.yearly(study, "npp/{npp}/npp_{year}.tif"),
        *(yearly if study["uses_landcover"] else []),
    ]


def styled_rasters(study):
    """Return the rasters that may get a style: those kept, and those that figures draw."""
    drawn = [
        layers.below(study, f"{part['layer']}.tif")
        for figure in study["figures"]
        for part in figures.parts_of(figure)
        if part["kind"] in ("map", "classes")
    ]
    return list(dict.fromkeys([*rasters(study), *drawn]))


def products(study):
    """Return everything that a study makes and keeps."""
    pages = figure_pages(study)
    return [
        *rasters(study),
        *(layers.below(study, file) for file in climate.fit_products(study)),
        *tables(study),
        *(zones.products(study) if layers.has_npp(study) else []),
        *pages,
        *(page.replace(".png", ".pdf") for page in pages),
        layers.below(study, "study.yaml"),
        layers.below(study, "styles.csv"),
        layers.below(study, "report.html"),
    ]


# --- layers that a study can make: the one list that all layers named in a study are checked by

SWITCHES = {  # what a study must ask for to have the layers of a folder
    "attribution": "attribution: {variables: [nep]}",
    "land_use": "land_use_effect: {quantities: [nep]}",
    "restoration": "restoration.file",
    "ndvi": "npp: {source: casa}",
    "casa": "npp: {source: casa}",
    "factors": "a factor with `file` in `detectors`",
    "uncertainty": "uncertainty: {estimate: true}",
    "soil": "a model of soil respiration that needs soil carbon",
}


def layers_of(study):
    """Return every layer that a study can make.

    Parameters
    ----------
    study : dict
        Complete settings. A study that is too short for trends has no layers of series.

    Returns
    -------
    list of str
        Such as ``pixel/nep_mean``, each once.
    """
    parts = (_ground, _npp, _landcover, _climate, _carbon, _pixel, _attribution, _further)
    if not layers.has_npp(study):
        parts = (_ground, _landcover, _climate, _pixel)
    parts = (*parts, uncertainty.map_names)
    return list(dict.fromkeys(layer for part in parts for layer in part(study)))


def check_layers(study, file):
    """Refuse a layer that the study does not make, wherever its file names one.

    Figures and detectors of a study that is too short for trends are left out, not refused.

    Parameters
    ----------
    study : dict
        Complete settings, with all figures and detectors of the file.
    file : str
        Study file that messages name.

    Raises
    ------
    BadStudy
        With the place, the layers whose names are near, and those of the same folder.
    """
    short, made = layers_of(study), layers_of(study | {"has_trend": True})
    for place, layer in figures.named_layers(study):
        known = short if place.startswith("contrasts") else made
        if layer not in known:
            raise BadStudy(
                f"{file}: {place} wants the layer {layer}, {_why_not(layer, known, made)}"
            )


def _why_not(layer, known, made):
    if layer in made:
        return "which needs the years of `min_years`. Lengthen `period` or take it out."
    folder, switch = layer.rpartition("/")[0], SWITCHES.get(layer.partition("/")[0], "")
    beside = [name.rpartition("/")[2] for name in known if name.rpartition("/")[0] == folder]
    if beside:
        names = dict.fromkeys(re.sub(r"_\d{4}$", "_<year>", name) for name in beside)
        listed = f"{folder or 'The top'} has: {', '.join(names)}."
    else:
        folders = sorted({name.rpartition("/")[0] for name in known} - {""})
        listed = f"There are layers in: {', '.join(folders)}."
        listed = f"Layers of that folder need {switch}. {listed}" if switch else listed
    return f"which the study does not make.{did_you_mean(layer, known)} {listed}"


def _ground(study):
    yield from ("grid", "dem", "slope", "zones/area")
    yield from (f"zones/{name}" for name in zones.made(study))


def _npp(study):
    years, settings = study["years"], study["npp"]
    made = [(folder, year) for year, folder in study["npp_year_folder"].items()]
    if "harmonised" in npp.folders(study):
        overlap = range(settings["overlap"][0], settings["overlap"][1] + 1)
        made += [("harmonised", 2000), ("006", 2000)]
        made += [(folder, year) for folder in ("006", "061") for year in overlap]
    if settings["compare"]:
        made += [("061", year) for year in years if year > 2000]
        yield from (f"npp/compared/{name}" for name in ("npp_own", "npp_other", "npp_difference"))
    parts = ["npp_", "qc_", "missing_reason_"]
    if settings["source"] == "casa":
        others = [name for name in npp.FPAR_LIMITS if name != study["casa"]["limits"]]
        made += [(f"casa_{name}", year) for name in others for year in years]
        yield from (f"npp/{folder}/clip_{year}" for folder, year in made if folder[:4] == "casa")
        yield from ("casa/normals", "casa/clip_share")
        yield from (
            f"ndvi/{name}" for name in ("ndvi", "ndvi_state", "filled_months", "filled_share")
        )
        yield from ("ndvi/ndvi_normals", "ndvi/ndvi_mean")
        yield from (f"ndvi/{name}_{year}" for name in ("observed", "state") for year in years)
    yield from (f"npp/{folder}/{part}{year}" for folder, year in made for part in parts)


def _landcover(study):
    """Maps of the years of the study and of its dates; naming one makes the study need it."""
    first, last = study["landcover"]["years"]
    years = {*study["landcover_year"].values(), *study["landcover_dates"].values()}
    for year in sorted(year for year in years if first <= year <= last):
        yield f"landcover/landcover_{year}"
        yield from (f"landcover/keys/{key}/landcover_{year}" for key in landcover.KEYS)


def _climate(study):
    climate = study["climate"]
    stations, grids = climate["source"] == "stations", bool(climate.get("grids"))
    for name in climate["variables"]:
        yield f"climate/{name}"
        if stations:
            yield from (f"climate/{name}_standard_error_{year}" for year in study["years"])
        if grids:
            yield f"climate/native/{name}"
        if grids and stations:
            yield from (f"climate/grids/{name}", f"climate/{name}_difference")
    yield "climate/pet"


def _carbon(study):
    yield from ("nep/nep", "nep/npp", "nep/rh", "nep/nep_mean_by_model")
    for name in study["respiration_variants"]:
        yield from (f"nep/rh_{name}", f"nep/rh_{name}_sensitivity")
        if name not in respiration.TIME_STEPS:
            yield f"nep/rs_{name}"
    if respiration.uses_carbon(study):
        yield from ("soil/native_carbon", "soil/carbon")


def _pixel(study):
    drivers = study["climate"]["variables"]
    trends = SERIES_LAYERS if study["has_trend"] else ()
    always = [name for name, layer in LAYERS.items() if not layer.series]
    carbon = layers.CARBON if layers.has_npp(study) else ()
    for name in (*carbon, *drivers):
        yield from (f"pixel/{name}_{layer}" for layer in (*always, *trends))
    if not carbon:
        return
    yield "pixel/npp_missing_reason"
    for name in layers.CARBON if study["has_trend"] else ():
        for driver in drivers:
            yield from (f"pixel/{name}_partial_{driver}{part}" for part in PARTS_OF_DRIVER)
        yield from (f"pixel/{name}_{layer}" for layer in JOINT_LAYERS)


def _attribution(study):
    shared = ("observed_slope", "observed_p", "time_r2", "restrend_bias")
    own = ("climate_slope", "residual_slope", "driver_slopes", "residual_share", "case", "dominant")
    layers = [*shared, *(f"{m}_{layer}" for m in attribution.METHODS for layer in own)]
    for name in attribution.variables_of(study) if study["has_trend"] else ():
        yield from (f"attribution/{name}_{layer}" for layer in layers)


def _further(study):
    names = landcover.quantities_of(study)
    for name in [*names, "class"] if names else ():
        yield from (f"land_use/{name}_{span}" for span in ("first", "last"))
    for entry in study["detectors"]:
        yield from (f"factors/{f['name']}" for f in entry["factors"] if "file" in f)
    if restoration.is_wanted(study):
        yield from ("restoration/projects", "restoration/distance")
