"""Input functions of the pixel statistics, and their tables and layers."""


wildcard_constraints:
    test="mann_kendall|partial_temperature|partial_precipitation|partial_radiation",


CARBON = ["nep", "npp", "rh"]
DRIVERS = ["temperature", "precipitation", "radiation"]  # radiation may be missing


def driver_cubes(wildcards):
    names = study_of(wildcards)["climate"]["variables"]
    return [f"{RESULTS}/{wildcards.study}/climate/{name}.tif" for name in names]


def studies_driven_by(drivers):
    """Names of the studies with exactly these drivers, in any order."""
    chosen = {name: study["climate"]["variables"] for name, study in STUDIES.items()}
    return [name for name, own in chosen.items() if sorted(own) == sorted(drivers)]


def partial_files(drivers):
    """Files of the partial correlations with ``drivers``, by name of the output."""
    return {
        f"{driver}{part}": f"<study>/pixel/{{variable}}/partial_{driver}{part}.tif"
        for driver in drivers
        for part in ("", "_p", "_class")
    }


def partial_layers(suffix, variable=None):
    """Function that gives a layer of the partial correlations with every driver.

    Those of ``variable``, or of the variable of the wildcards.
    """

    def layers(wildcards):
        below = f"{RESULTS}/{wildcards.study}/pixel/{variable or wildcards.variable}"
        drivers = study_of(wildcards)["climate"]["variables"]
        return [f"{below}/partial_{driver}{suffix}.tif" for driver in drivers]

    return layers


def npp_correlations(wildcards):
    """Partial correlations of NPP with every driver, if the study is long enough."""
    return partial_layers("", "npp")(wildcards) if study_of(wildcards)["has_trend"] else []


def controlled_discoveries(wildcards):
    """False discoveries are controlled for the quantity that the study is about."""
    return partial_layers("_fdr")(wildcards) if wildcards.variable == "nep" else []


def significance_of(wildcards):
    """Level and share of false discoveries of a test."""
    study = study_of(wildcards)
    if wildcards.test == "mann_kendall":
        level = math.erfc(study["trend"]["significant_z"] / math.sqrt(2))
        return {"p": level, "false_discovery_percent": study["trend"]["false_discovery_percent"]}
    correlation = study["correlation"]
    percent = correlation["false_discovery_percent"]
    return {"p": correlation["significance_p"], "false_discovery_percent": percent}


def statistic_tables(study):
    """Tables of the pixel statistics of a study that is long enough for them."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    joint = CARBON if study["correlation"]["multiple"] else []
    return [
        "trend_criteria_nep",
        *(f"shares_{layer}_nep" for layer in ("trend_class", "cv_class", "coupling")),
        *(f"shares_{driver}_class_nep" for driver in drivers),
        "cv_breaks_nep",
        "persistence_nep",
        *(f"correlation_{name}" for name in CARBON),
        *(f"shares_dominant_class_{name}" for name in joint),
        *(f"multiple_{name}" for name in joint),
        *(f"discoveries_{test}_nep" for test in ("mann_kendall", *drivers)),
    ]


def variation_breaks(wildcards):
    """The table of the classes of variation of a study that is long enough for them."""
    made = study_of(wildcards)["has_trend"]
    return f"{RESULTS}/{wildcards.study}/tables/cv_breaks_nep.csv" if made else []


def statistic_layers(study):
    """Rasters of the pixel statistics that a study keeps, without .tif."""
    if not study["has_trend"]:
        return []
    drivers = [f"partial_{name}" for name in study["climate"]["variables"]]
    layers = [f"pixel/nep/{name}" for name in (*study_files.TREND_LAYERS, "mann_kendall_fdr")]
    layers += [f"pixel/nep/{name}" for name in ("sd", "cv", "cv_class", "hurst", "coupling")]
    layers += [f"pixel/nep/{driver}_class" for driver in drivers]
    for name in CARBON if study["correlation"]["multiple"] else []:
        layers += [
            f"pixel/{name}/{part}" for part in ("multiple_r2", "multiple_p", "dominant_class")
        ]
    for name in CARBON:
        layers += [f"pixel/{name}/{driver}{part}" for driver in drivers for part in ("", "_p")]
    return [*layers, *(f"pixel/nep/{driver}_fdr" for driver in drivers)]


def recovery_tables(study):
    """Tables that compare a twin study with its truth."""
    if not study["simulated"]:
        return []
    return [
        "recovery",
        *(["recovery_patterns"] if study["landcover_dates"] else []),
        *(f"recovery_factors_{name}" for name in detectors_with_truth(study)),
        *(f"recovery_land_use_{name}" for name in land_use_entries.quantities_of(study)),
        *management_tables(study),
    ]
