"""Input functions of the climate engine."""


def file_of_weights(wildcards):
    """The station file, if one of its columns holds weights."""
    study = study_of(wildcards)
    return study["files"]["stations"] if study["climate"]["weights_column"] else []


def residuals_of_figure(wildcards):
    variable = figure_entry(wildcards)["quantity"]
    return f"{RESULTS}/{wildcards.study}/climate/{variable}_residuals.parquet"


def fit_tables_of(study):
    """Names of the tables on the fit of each variable, in the order of the report."""
    kinds = ("fit", "minima", "ranked", "suspects", "evaluation", "floored")
    return [f"{variable}_{kind}" for kind in kinds for variable in study["climate"]["variables"]]


def fit_products_of(study):
    """Files beside the cubes that the climate engine keeps, below the study's folder."""
    climate = study["climate"]
    if climate["source"] == "grids":
        return []
    years = climate.get("standard_error_years", [])
    return [
        *(f"tables/{name}_fit.txt" for name in climate["variables"]),
        *(f"climate/{name}_residuals.parquet" for name in climate["variables"]),
        *(
            f"climate/{name}_standard_error_{year}.tif"
            for name in climate["variables"]
            for year in years
        ),
    ]
