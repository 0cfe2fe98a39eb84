"""Input functions of the numbers of the text and of the published ones."""


def zones_of_kind(study, kind):
    """Names of the zones of a kind."""
    return [zones["name"] for zones in study["zones"] if zones["kind"] == kind]


def area_zones(wildcards):
    return next(iter(zones_of_kind(study_of(wildcards), "area")), "")


def dates_of_landcover(wildcards):
    """Years between which land cover is compared."""
    return list(study_of(wildcards)["landcover_dates"])


def number_tables(wildcards):
    """The tables that the numbers are taken from, by what they hold."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}/tables"
    first = next(zones["name"] for zones in study["zones"])
    area = area_zones(wildcards) or first
    tables = {"series": f"series_{area}", "trends": f"trends_{area}"}
    if not from_grids(wildcards):
        tables["stations"] = "station_completeness"
    for name in zones_of_kind(study, "landcover")[:1]:
        tables["landcover"] = f"series_{name}"
    for name in zones_of_kind(study, "sink")[:1]:
        tables["sink"] = f"shares_{name}"
    if study["has_trend"]:
        tables |= {
            "trend": "shares_trend_class_nep",
            "variation": "shares_cv_class_nep",
            "breaks": "cv_breaks_nep",
            "coupling": "shares_coupling_nep",
            "persistence": "persistence_nep",
            "correlation": "correlation_nep",
        }
    return {key: f"{below}/{name}.csv" for key, name in tables.items()}


def number_tables_of_report(study):
    """Tables of the numbers that a study has."""
    published = ["published", "published_consistency"] if study["published"] else []
    others = ["specification"] if choices_of(study) else []
    return [*published, *others, "numbers"]
