"""Input functions of the comparison with field data, and of zones with the rest of the area."""


wildcard_constraints:
    contrast=r"[a-z][a-z0-9_]*",


def field_file(name):
    """Function that gives the table of plots or sites below the raw folder."""

    def path(wildcards):
        return own_files.field_entry(study_of(wildcards), name)["file"]

    return path


def sites_entry(wildcards):
    return own_files.field_entry(study_of(wildcards), "sites")


def field_tables_of(study):
    return [f"{name}_comparison" for name in own_files.field_kinds(study)]


def plots_if_compared(wildcards):
    """Table of the models at plots, of a study that has plots."""
    table = f"{RESULTS}/{wildcards.study}/tables/plots_comparison.csv"
    return table if "plots" in own_files.field_kinds(study_of(wildcards)) else []


def pairs_of_figure(wildcards):
    return f"{RESULTS}/{wildcards.study}/evaluation/{figure_entry(wildcards)['of']}.csv"


def contrast_entry(wildcards):
    entries = study_of(wildcards)["contrasts"]
    return next(entry for entry in entries if entry["name"] == wildcards.contrast)


def contrast_zones(wildcards):
    return zone_raster(study_of(wildcards), contrast_entry(wildcards)["zones"])


def contrast_layer_names(wildcards):
    """Mean NEP, and its trend where the study is long enough."""
    trend = ["pixel/nep/sen_slope"] if study_of(wildcards)["has_trend"] else []
    return ["pixel/nep/mean", *trend]


def contrast_layers(wildcards):
    names = contrast_layer_names(wildcards)
    return [f"{RESULTS}/{wildcards.study}/{name}.tif" for name in names]


def contrast_covariates(wildcards):
    names = contrast_entry(wildcards)["match"]
    return [f"{RESULTS}/{wildcards.study}/{name}.tif" for name in names]


def contrast_tables(study):
    return [f"contrast_{entry['name']}" for entry in study.get("contrasts", [])]
