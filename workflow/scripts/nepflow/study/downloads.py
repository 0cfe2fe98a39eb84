"""What a study may leave to the download rules, and must then declare of it.

Standard library only: the workflow reads it before any environment exists.
"""

from nepflow.study.settings_file import BadStudy

KEYS = ("tiles", "stations", "radiation", "dem", "area", "soil_carbon", "population")
CARBON = {"soilgrids": {"unit": "t C ha-1", "depth_cm": [0, 30]}}  # as the archive publishes it
POPULATION_FILE, POPULATION_UNIT = "population.tif", "km-2"


def wanted(study):
    """Return what the study leaves to the download rules: {key: archive}."""
    chosen = study["acquire"]
    return {key: chosen[key] for key in KEYS if chosen[key] != "none"}


def countries(study):
    """Return the codes of the countries whose population is brought (ISO 3166-1 alpha-3)."""
    own = [study["acquire"]["country"]] if study["acquire"]["country"] else []
    return study["acquire"].get("population_countries", own)


def check(study, file):
    """Refuse soil carbon declared otherwise than it comes, and population that nobody reads.

    Raises
    ------
    BadStudy
    """
    chosen = wanted(study)
    if "soil_carbon" in chosen:
        _check_carbon(study, CARBON[chosen["soil_carbon"]], file)
    if "population" in chosen:
        _check_population(study, file)


def _check_carbon(study, comes, file):
    declared = study.get("soil_carbon", {})
    if any(declared.get(key) != value for key, value in comes.items()):
        upper, lower = comes["depth_cm"]
        raise BadStudy(
            f"{file}: acquire.soil_carbon brings {comes['unit']} of {upper}-{lower} cm. Declare it "
            f"so: soil_carbon: {{file: soil_carbon.tif, unit: {comes['unit']}, depth_cm: [{upper}, "
            f"{lower}], depth_shape: ...}} (docs/data.md), or set acquire.soil_carbon to none."
        )


def _check_population(study, file):
    if not countries(study):
        raise BadStudy(
            f"{file}: acquire.population comes by country. Name them: acquire: "
            "{population_countries: [CHN]} (ISO 3166-1 alpha-3)."
        )
    factors = [factor for entry in study.get("detectors", []) for factor in entry["factors"]]
    reading = [factor for factor in factors if factor.get("file") == POPULATION_FILE]
    if not reading or any(factor.get("unit") != POPULATION_UNIT for factor in reading):
        raise BadStudy(
            f"{file}: acquire.population brings people per square kilometre as {POPULATION_FILE}. "
            f"Add a factor that reads it, {{name: population, file: {POPULATION_FILE}, unit: "
            f"{POPULATION_UNIT}}}, or set acquire.population to none."
        )
