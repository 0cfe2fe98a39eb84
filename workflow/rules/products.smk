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
    names = [
        "respiration_readings",
        *zone_tables(study),
        *(["trend_classes_nep"] if study["has_trend"] else []),
        *(["transitions"] if study["landcover_dates"] else []),
        "built_in",
        *statistic_tables(study),
        *detector_tables(study),
        *land_use_tables(study),
        *attribution_tables(study),
        *contrast_tables(study),
        *restoration_tables(study),
        *field_tables_of(study),
        *number_tables_of_report(study),
        *casa_tables(study),
        *comparison_tables(study),
        *soil_tables(study),
        "absence",
        "absence_native",
        *climate_tables(study),
        *recovery_tables(study),
        "inputs",
        "checks",
        "choices",
        "warnings",
    ]
    return [f"{RESULTS}/{wildcards.study}/tables/{name}.csv" for name in names]


def rasters_of(wildcards):
    """Every raster that a study keeps."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    files = ["grid", "dem", "zones/area", "nep/nep", "nep/npp", "nep/rh"]
    files += [f"nep/rh_{name}" for name in study["respiration_variants"]]
    files += soil_layers(study)
    files += [f"climate/{variable}" for variable in study["climate"]["variables"]]
    if study["climate"]["source"] == "stations" and study["climate"].get("grids"):
        files += [f"climate/{variable}_difference" for variable in study["climate"]["variables"]]
    files += [f"pixel/{name}/mean" for name in ("nep", "npp", "rh")]
    files += [*statistic_layers(study), *attribution_products(study), *land_use_layers(study)]
    files += [*casa_products(study), *comparison_products(study)]
    landcover = set(in_study("landcover/{landcover_year}.tif")(wildcards))
    return [
        *(f"{below}/{file}.tif" for file in files),
        *in_study("npp/{npp}/{year}.tif")(wildcards),
        *(sorted(landcover) if study["uses_landcover"] else []),
    ]


def styled_rasters(wildcards):
    """Rasters that may get a style: those that a study keeps, and those that its figures draw."""
    drawn = [
        f"{RESULTS}/{wildcards.study}/{part['layer']}.tif"
        for figure in study_of(wildcards)["figures"]
        for part in figure_entries.parts_of(figure)
        if part["kind"] in ("map", "classes")
    ]
    return list(dict.fromkeys([*rasters_of(wildcards), *drawn]))


def products_of(wildcards):
    """Everything that a study makes and keeps."""
    study, below = study_of(wildcards), f"{RESULTS}/{wildcards.study}"
    pages = [figure.replace(".png", ".pdf") for figure in figures_of(wildcards)]
    return [
        *rasters_of(wildcards),
        *(f"{below}/{file}" for file in fit_products_of(study)),
        *tables_of(wildcards),
        *zone_products(study),
        *figures_of(wildcards),
        *pages,
        f"{below}/study.yaml",
        f"{below}/styles.csv",
        f"{below}/report.html",
    ]
