"""Input functions of the numbers of the text and of the published ones."""


def zones_of_kind(study, kind):
    """Names of the zones of a kind."""
    return [zones["name"] for zones in study["zones"] if zones["kind"] == kind]


def area_zones(wildcards):
    """Name of the zones that partition the area."""
    names = zones_of_kind(study_of(wildcards), "area")
    if not names:
        raise WorkflowError(
            f"config/studies/{wildcards.study}.yaml: zones has no entry of kind area, the polygons "
            "that totals are checked with. Add zones: [{name: county, kind: area}]."
        )
    return names[0]


def dates_of_landcover(wildcards):
    """Years between which land cover is compared."""
    return list(study_of(wildcards)["landcover_dates"])


def number_tables(wildcards):
    """The tables that the numbers are taken from, by what they hold."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}/tables"
    area = area_zones(wildcards)
    tables = {"series": f"series_{area}", "trends": f"trends_{area}"}
    if not from_grids(wildcards):
        tables["stations"] = "station_completeness"
    for name in zones_of_kind(study, "landcover")[:1]:
        tables["landcover"] = f"series_{name}"
    for name in zones_of_kind(study, "sink")[:1]:
        tables["sink"] = f"shares_{name}"
    for kind in ("file", "sink"):
        tables |= {f"zones_{name}": f"trends_{name}" for name in zones_of_kind(study, kind)}
    if study["has_trend"]:
        tables |= {
            "trend": "shares_trend_class_nep",
            "variation": "shares_cv_class_nep",
            "breaks": "cv_breaks_nep",
            "coupling": "shares_coupling_nep",
            "persistence": "persistence_nep",
            "correlation": "correlation_nep",
        }
    if "nep" in attributed_variables(study):
        tables["attribution"] = "attribution_nep"
    return {key: f"{below}/{name}.csv" for key, name in tables.items()}


def number_tables_of_report(study):
    """Tables of the numbers that a study has."""
    published = ["published", "published_consistency"] if study["published"] else []
    others = ["specification"] if choices_of(study) else []
    return [*published, *others, "numbers"]
