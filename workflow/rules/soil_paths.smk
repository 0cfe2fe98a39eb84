"""Input functions of soil respiration: what a study that models it reads and keeps."""

from nepflow.study import respiration as respiration_models


wildcard_constraints:
    soil_model="gsmsr|raich2002|chen2010",
    relation="bond_lamberty2004|bond_lamberty_thomson2010|quadratic",


def carbon_entry(wildcards):
    """The entry soil_carbon with its file."""
    return own_files.carbon_entry(study_of(wildcards))


def carbon_raster(wildcards):
    return carbon_entry(wildcards)["file"]


def carbon_if_needed(wildcards):
    """Soil carbon on the study grid, if the model needs it."""
    needs = respiration_models.SOIL_MODELS[wildcards.soil_model].needs_carbon
    return f"{RESULTS}/{wildcards.study}/soil/carbon.tif" if needs else []


def months_of_soil(wildcards):
    """Months of climate, if the model is monthly."""
    monthly = respiration_models.SOIL_MODELS[wildcards.soil_model].step == "month"
    return months_of("temperature", "precipitation")(wildcards) if monthly else []


def evaluations_of_soil(wildcards):
    monthly = respiration_models.SOIL_MODELS[wildcards.soil_model].step == "month"
    return evaluations_of("temperature", "precipitation")(wildcards) if monthly else []


def constants_of_soil(wildcards):
    """Constants of a model that stand in the settings."""
    return study_of(wildcards)["respiration"].get(wildcards.soil_model, {})


def variants_of_soil(study):
    """Names of the Rh that come from models of soil respiration."""
    return [
        name for name in study["respiration_variants"] if name not in respiration_models.READINGS
    ]


def soil_tables(study):
    """Names of the tables of soil respiration."""
    calibrated = ["calibration_plots"] if respiration_models.is_calibrated(study) else []
    return [*(f"respiration_{name}" for name in variants_of_soil(study)), *calibrated]


def models_of_soil(wildcards):
    return respiration_models.soil_models(study_of(wildcards)["respiration"])


def calibration_if_named(wildcards):
    """Table of calibrated constants, of a study that takes them."""
    table = f"{RESULTS}/{wildcards.study}/tables/calibration_plots.csv"
    return table if respiration_models.is_calibrated(study_of(wildcards)) else []


def soil_layers(study):
    """Rasters of soil respiration that a study keeps, without .tif."""
    layers = [f"nep/rs_{name}" for name in variants_of_soil(study)]
    return [*layers, *(["soil/carbon"] if own_files.uses_carbon(study) else [])]


def monthly_reading_if_made(wildcards):
    """Rh by months of Pei et al., of a study that has it."""
    made = "monthly" in study_of(wildcards)["respiration_variants"]
    return f"{RESULTS}/{wildcards.study}/nep/rh_monthly.tif" if made else []
