"""Statistics of each pixel's series: their layers, tables and levels."""

import math

from nepflow.study import circularity, layers

TREND_LAYERS = (
    "sen_slope",
    "slope_low",
    "slope_high",
    "mann_kendall_z",
    "mann_kendall_p",
    "lag1",
    "trend_class",
)


def trend_criteria(study):
    """Return {code: (condition on the slope, condition on Z)} of `trend.trend_class` as text."""
    names = ("slightly_significant_z", "significant_z", "extremely_significant_z")
    weak, significant, strong = (f"{study['trend'][name]:g}" for name in names)
    strengths = [
        f"|Z| <= {weak}",
        f"{weak} < |Z| <= {significant}",
        f"{significant} < |Z| <= {strong}",
        f"|Z| > {strong}",
    ]
    table = {5: ("slope = 0", "any")}
    for strength, text in enumerate(strengths, start=1):
        table |= {5 + strength: ("slope > 0", text), 5 - strength: ("slope < 0", text)}
    return table


def partial_layers(study, variable, suffix):
    """Return a layer of the partial correlations of a variable with every driver."""
    drivers = study["climate"]["variables"]
    return [
        layers.below(study, f"pixel/{variable}/partial_{driver}{suffix}.tif") for driver in drivers
    ]


def npp_correlations(study):
    """Return the partial correlations of NPP with every driver, if the study is long enough."""
    return partial_layers(study, "npp", "") if study["has_trend"] else []


def controlled_discoveries(study, variable):
    """Return the field significance of partial correlations: of NEP alone."""
    return partial_layers(study, variable, "_fdr") if variable == "nep" else []


def sets_of_drivers(studies):
    """Return the names of the studies by the climate variables that drive them."""
    found = {}
    for name, study in studies.items():
        found.setdefault(tuple(study["climate"]["variables"]), []).append(name)
    return found


def partial_files(drivers):
    """Return the patterns of the partial correlations with ``drivers``, by name of the output."""
    return {
        f"{driver}{part}": f"<banded>/pixel/{{variable}}/partial_{driver}{part}.tif"
        for driver in drivers
        for part in ("", "_p", "_class")
    }


def significance(study, test):
    """Return the level and the share of false discoveries of a test."""
    if test == "mann_kendall":
        level = math.erfc(study["trend"]["significant_z"] / math.sqrt(2))
        return {"p": level, "false_discovery_percent": study["trend"]["false_discovery_percent"]}
    correlation = study["correlation"]
    percent = correlation["false_discovery_percent"]
    return {"p": correlation["significance_p"], "false_discovery_percent": percent}


def shared_inputs(study, variable):
    """Return whether each climate driver entered the variable that it is compared with."""
    return {
        driver: circularity.built_in_how(study, variable, driver)
        for driver in study["climate"]["variables"]
    }


def shared_input_of_test(study, variable, test):
    """Return whether the driver of a test entered the variable; an empty text without driver."""
    return circularity.how_of(study, f"pixel/{variable}/{test}") or ""


def variation_breaks(study):
    """Return the table of the classes of variation of a study that is long enough for them."""
    return layers.table(study, "cv_breaks_nep") if study["has_trend"] else []


def tables(study):
    """Return the names of the tables of a study that is long enough for them."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    joint = layers.CARBON if study["correlation"]["multiple"] else []
    return [
        *(f"shares_{layer}_nep" for layer in ("trend_class", "cv_class", "coupling")),
        *(f"shares_{driver}_class_nep" for driver in drivers),
        "cv_breaks_nep",
        "persistence_nep",
        *(f"correlation_{name}" for name in layers.CARBON),
        *(f"shares_dominant_class_{name}" for name in joint),
        *(f"multiple_{name}" for name in joint),
        *(f"discoveries_{test}_nep" for test in ("mann_kendall", *drivers)),
    ]


def rasters(study):
    """Return the layers of the statistics that a study keeps, without ending."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    found = [f"pixel/nep/{name}" for name in (*TREND_LAYERS, "mann_kendall_fdr")]
    found += [f"pixel/nep/{name}" for name in ("sd", "cv", "cv_class", "hurst", "coupling")]
    found += [f"pixel/nep/{driver}_class" for driver in drivers]
    for name in layers.CARBON if study["correlation"]["multiple"] else []:
        found += [
            f"pixel/{name}/{part}" for part in ("multiple_r2", "multiple_p", "dominant_class")
        ]
    for name in layers.CARBON:
        found += [f"pixel/{name}/{driver}{part}" for driver in drivers for part in ("", "_p")]
    return [*found, *(f"pixel/nep/{driver}_fdr" for driver in drivers)]
