"""Input functions: the figures, tables and products that a study wants."""


def figure_names(kind):
    """Regular expression of the figures of a kind in any study."""
    names = {
        figure["name"]
        for study in STUDIES.values()
        for figure in study["figures"]
        if figure["kind"] == kind
    }
    return "|".join(sorted(names)) or "no_such_figure"


def figure_entry(wildcards):
    figures = study_of(wildcards)["figures"]
    return next(figure for figure in figures if figure["name"] == wildcards.figure)


def figure_layer(wildcards):
    return f"{RESULTS}/{wildcards.study}/{figure_entry(wildcards)['layer']}.tif"


def figure_table(name):
    """Function that gives the table ``<name>_<zones>.csv`` of a figure."""

    def table(wildcards):
        zones = figure_entry(wildcards)["zones"]
        return f"{RESULTS}/{wildcards.study}/tables/{name}_{zones}.csv"

    return table


def figures_of(wildcards):
    figures = [figure["name"] for figure in study_of(wildcards)["figures"]]
    return [f"{RESULTS}/{wildcards.study}/figures/{name}.png" for name in figures]


def tables_of(wildcards):
    """Every table of a study, in the order of the report."""
    study = study_of(wildcards)
    zones = [zones["name"] for zones in study["zones"]]
    names = [
        "respiration_readings",
        *(f"trends_{name}" for name in zones),
        *(f"series_{name}" for name in zones),
        *(["trend_classes_nep"] if study["has_trend"] else []),
        "absence",
        "absence_native",
        "station_defects",
        "station_completeness",
        *fit_tables_of(study),
        *(["recovery"] if study["simulated"] else []),
        "inputs",
        "checks",
        "choices",
        "warnings",
    ]
    return [f"{RESULTS}/{wildcards.study}/tables/{name}.csv" for name in names]


def products_of(wildcards):
    """Everything that a study makes and keeps."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    files = ["grid", "dem", "zones/area", "nep/nep", *(f"nep/rh_{name}" for name in READINGS)]
    files += [f"climate/{variable}" for variable in study["climate"]["variables"]]
    files += [f"pixel/{name}/mean" for name in ("nep", "npp", "rh")]
    statistics = study_files.TREND_LAYERS if study["has_trend"] else ()
    files += [f"pixel/nep/{statistic}" for statistic in statistics]
    landcover = set(in_study("landcover/{landcover_year}.tif")(wildcards))
    pages = [figure.replace(".png", ".pdf") for figure in figures_of(wildcards)]
    return [
        *(f"{below}/{file}.tif" for file in files),
        *(f"{below}/{file}" for file in fit_products_of(study)),
        *in_study("npp/{npp}/{year}.tif")(wildcards),
        *(sorted(landcover) if study["uses_landcover"] else []),
        *tables_of(wildcards),
        *figures_of(wildcards),
        *pages,
        f"{below}/study.yaml",
        f"{below}/report.html",
    ]
