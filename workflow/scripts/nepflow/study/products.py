"""Everything that a study makes and keeps: rasters, tables, figures, pages."""

from nepflow.study import (
    attribution,
    climate,
    detector,
    evaluation,
    figures,
    landcover,
    layers,
    npp,
    pixel,
    respiration,
    restoration,
    zones,
)


def figure_pages(study):
    """Return the pictures of a study."""
    return [layers.below(study, f"figures/{figure['name']}.png") for figure in study["figures"]]


def tables(study):
    """Return every table of a study, in the order of the report."""
    names = [
        "respiration_variants",
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
        "inputs",
        "checks",
        "choices",
        "warnings",
    ]
    return [layers.table(study, name) for name in names]


def rasters(study):
    """Return every raster that a study keeps."""
    variables = study["climate"]["variables"]
    names = ["grid", "dem", "zones/area", *(f"nep/{name}" for name in layers.CARBON)]
    names += [f"nep/rh_{name}" for name in study["respiration_variants"]]
    names += respiration.rasters(study)
    names += [f"climate/{variable}" for variable in variables]
    if not layers.is_gridded(study) and study["climate"].get("grids"):
        names += [f"climate/{variable}_difference" for variable in variables]
    names += [f"pixel/{name}_mean" for name in layers.CARBON]
    names += [*pixel.rasters(study), *attribution.rasters(study), *landcover.rasters(study)]
    names += npp.rasters(study)
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
        *zones.products(study),
        *pages,
        *(page.replace(".png", ".pdf") for page in pages),
        layers.below(study, "study.yaml"),
        layers.below(study, "styles.csv"),
        layers.below(study, "report.html"),
    ]
