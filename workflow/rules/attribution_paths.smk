"""Input functions of the attribution of trends, its tables and layers."""

from nepflow.study import attribution as attribution_choices


wildcard_constraints:
    method="|".join(attribution_choices.METHODS),


def attributed_variables(study):
    """Variables whose trend a study attributes, if it is long enough for trends."""
    return attribution_choices.variables_of(study) if study["has_trend"] else []


def attribution_layers(name):
    """Function that gives a layer of every method."""

    def layers(wildcards):
        below = f"{RESULTS}/{wildcards.study}/attribution/{wildcards.variable}"
        return [f"{below}/{method}_{name}.tif" for method in attribution_choices.METHODS]

    return layers


def attribution_tables(study):
    kinds = ["attribution", *(["pooled"] if attribution_choices.is_pooled(study) else [])]
    return [f"{kind}_{variable}" for variable in attributed_variables(study) for kind in kinds]


def types_of_pooling(wildcards):
    """Land cover of the first year, where coefficients are shared by vegetation type."""
    study = study_of(wildcards)
    year = study["landcover_year"][study["years"][0]]
    pooled = attribution_choices.is_pooled(study)
    return f"{RESULTS}/{wildcards.study}/landcover/{year}.tif" if pooled else []


def pooled_table(wildcards):
    pooled = attribution_choices.is_pooled(study_of(wildcards))
    below = f"{RESULTS}/{wildcards.study}/tables"
    return f"{below}/pooled_{wildcards.variable}.csv" if pooled else []


def attribution_products(study):
    """Rasters of the attribution that a study keeps, without .tif."""
    shared = ["observed_slope", "observed_p", "time_r2", "residual_bias"]
    own = ["climate_slope", "rest_slope", "driver_slopes", "rest_share", "case", "dominant"]
    layers = [*shared, *(f"{m}_{layer}" for m in attribution_choices.METHODS for layer in own)]
    return [
        f"attribution/{name}/{layer}" for name in attributed_variables(study) for layer in layers
    ]
