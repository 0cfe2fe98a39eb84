"""Comparisons of a study: field data, numbers of the text, other choices, simulated truth."""

from nepflow.study import attribution, detector, files, landcover, layers, npp, restoration, zones


def field_file(study, kind):
    """Return the table of plots or sites below the raw folder."""
    return files.field_entry(study, kind)["file"]


def field_tables(study):
    """Return the names of the tables of field data."""
    return [f"{name}_comparison" for name in files.field_kinds(study)]


def plots_if_compared(study):
    """Return the table of the models at plots, of a study that has plots."""
    return layers.table(study, "plots_comparison") if "plots" in files.field_kinds(study) else []


def landcover_dates(study):
    """Return the years between which land cover is compared."""
    return list(study["landcover_dates"])


def number_tables(study):
    """Return the tables that the numbers are taken from, by what they hold."""
    own = zones.area(study)
    tables = {"series": f"series_{own}", "trends": f"trends_{own}"}
    if not layers.is_gridded(study):
        tables["stations"] = "station_completeness"
    for name in zones.of_kind(study, "landcover")[:1]:
        tables["landcover"] = f"series_{name}"
    for name in zones.of_kind(study, "sink")[:1]:
        tables["sink"] = f"shares_{name}"
    for kind in ("file", "sink"):
        tables |= {f"zones_{name}": f"trends_{name}" for name in zones.of_kind(study, kind)}
    if study["has_trend"]:
        tables |= {
            "trend": "shares_trend_class_nep",
            "variation": "shares_cv_class_nep",
            "breaks": "cv_breaks_nep",
            "trend_persistence_class": "shares_trend_persistence_class_nep",
            "persistence": "persistence_nep",
            "correlation": "correlation_nep",
        }
    if "nep" in attribution.attributed(study):
        tables["attribution"] = "attribution_nep"
    return {key: layers.table(study, name) for key, name in tables.items()}


def tables_of_numbers(study):
    """Return the names of the tables of the numbers that a study has."""
    published = ["published", "published_consistency"] if study["published"] else []
    others = ["specification"] if choices(study) else []
    return [*published, *others, "numbers"]


def choices(study):
    """Return the choices of a study that it can make otherwise."""
    listed = study["specification"].get("choices", []) if study["has_trend"] else []
    impossible = {"year_2000"} if study["years"][0] != 2000 else set()
    if not study["uses_landcover"] or study["landcover"].get("classes"):
        impossible.add("landcover")
    if study["npp"]["source"] != "casa":
        impossible.add("fpar_limits")
    return [choice for choice in listed if choice not in impossible]


def options_of_2000(study):
    """Return the folders of the NPP of 2000 by option of its choice, the study's own among them."""
    if study["npp"]["source"] != "mod17":
        return {"drop": None, "kept": study["npp"]["source"]}
    folders = {"drop": None, "collection_006": "006"}
    if npp.is_harmonised(study):
        folders["collection_006_harmonised"] = "harmonised"
    return folders


def npp_of_2000(study):
    """Return NPP of 2000 by the options that the study does not choose."""
    own = study["npp_year_folder"].get(2000)  # none: there is no such choice
    if own is None:
        return {}
    others = {option: f for option, f in options_of_2000(study).items() if f not in (None, own)}
    return {
        option: layers.below(study, f"npp/{folder}/npp_2000.tif")
        for option, folder in others.items()
    }


def choice_tables(study):
    """Return the tables of what each choice changes."""
    return [layers.below(study, f"specification/{choice}.csv") for choice in choices(study)]


def landcover_keys(study):
    """Return the keys of land cover, the study's first."""
    own = study["landcover"]["key"]
    return [own, *(key for key in study["specification"]["landcover_keys"] if key != own)]


def choice_layers(study, choice):
    """Return what a choice affects, or is made from."""
    year = study["landcover_year"][study["years"][-1]]
    others = landcover_keys(study)[1:]
    nep, balanced = layers.cube(study, "nep"), layers.cube(study, "npp")
    rh = layers.respiration(study)  # of all its cells: other NPP may have more than the study's
    return {
        "respiration": {"npp": balanced, "rh": layers.all_respiration(study)},
        "year_2000": {"nep": nep, "rh": rh} | npp_of_2000(study),
        "filled": {"nep": nep, "qc": layers.yearly(study, "npp/{npp}/qc_{year}.tif")},
        "persistence": {"nep": nep, "slope": layers.below(study, "pixel/nep_sen_slope.tif")},
        "significance": {"nep": nep},
        "variation": {"cv": layers.below(study, "pixel/nep_cv.tif")},
        "correlation": {"table": layers.table(study, "correlation_nep")},
        "landcover": {
            "mean": layers.below(study, "pixel/nep_mean.tif"),
            "landcover": [
                layers.below(study, f"landcover/landcover_{year}.tif"),
                *(
                    layers.below(study, f"landcover/keys/{key}/landcover_{year}.tif")
                    for key in others
                ),
            ],
        },
        "fpar_limits": npp.by_fpar_limits(study) | {"rh": rh},
    }[choice]


def choice_options(study, choice):
    """Return the options of a choice that a study lists."""
    return {
        "respiration": study["respiration_variants"],
        "year_2000": list(options_of_2000(study)),
        "filled": study["specification"]["filled_percent"],
        "landcover": landcover_keys(study),
        "fpar_limits": npp.fpar_limits(study),
    }.get(choice, [])


def recovery_tables(study):
    """Return the names of the tables that compare a simulated study with its truth."""
    if not study["simulated"]:
        return []
    managed = restoration.is_wanted(study) and "nep" in attribution.attributed(study)
    return [
        "recovery",
        *(["recovery_patterns"] if study["landcover_dates"] else []),
        *(f"recovery_factors_{name}" for name in detector.with_truth(study)),
        *(f"recovery_land_use_{name}" for name in landcover.quantities_of(study)),
        *(["recovery_management"] if managed else []),
    ]
