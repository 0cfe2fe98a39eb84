"""Registry of the sources of error of NEP, and the errors of a study: defaults, settings, files.

Defaults stand with their sources in ``config/uncertainty.csv`` and, of the models of respiration,
in ``config/respiration_refit.csv``. What people read stands in ``en``; another language is a field
beside it. Standard library only: the workflow reads it before any environment exists.
"""

import csv
import math
from pathlib import Path
from typing import NamedTuple

from nepflow.study import layers, respiration, zones
from nepflow.study.figures import did_you_mean
from nepflow.study.landcover import KEYS
from nepflow.study.settings_file import BadStudy

TOP = Path(__file__).resolve().parents[4]
TABLE, REFIT = TOP / "config/uncertainty.csv", TOP / "config/respiration_refit.csv"
# Parts of an error by correlation: how far two cells share it
RANDOM, REGIONAL, COMMON = "random", "regional", "common"
PARTS = {
    RANDOM: "independent between cells and years",
    REGIONAL: "alike within a range, the same in all years",
    COMMON: "one for all cells and years",
}
ANY = "any"  # row of the table for cells without a class
MAP = "map"  # an error that a raster gives, cell by cell
STATIONS = "stations"  # an error that stations left out give


class SourceText(NamedTuple):
    """Name of a source, in tables and figures, and its sentence of the methods."""

    name: str
    sentence: str


class Source(NamedTuple):
    """A source of error: its parts, and its colour in maps of the largest."""

    parts: tuple
    colour: str
    en: SourceText


SOURCES = {
    "npp": Source(
        (RANDOM, REGIONAL, COMMON),
        "#1b7837",
        SourceText(
            "NPP",
            "NPP has a relative error by land-cover class, wider where more of the growing season "
            "was filled, in a random, a regional and a common part",
        ),
    ),
    "temperature": Source(
        (REGIONAL,), "#d95f02", SourceText("temperature", "mean temperature has a regional error")
    ),
    "precipitation": Source(
        (REGIONAL,), "#4575b4", SourceText("precipitation", "precipitation has a regional one")
    ),
    "soil_carbon": Source(
        (REGIONAL,), "#8c510a", SourceText("soil carbon", "soil carbon has a regional one")
    ),
    "respiration": Source(
        (REGIONAL, COMMON),
        "#c51b7d",
        SourceText(
            "respiration model",
            "level of the respiration model and its response to temperature have the covariance of "
            "a refit on field plots, common to all cells, and what the plots of a region share "
            "beyond them is a regional error",
        ),
    ),
    "rh_relation": Source(
        (REGIONAL, COMMON),
        "#762a83",
        SourceText("Rh of Rs", "so has the relation of heterotrophic to total respiration"),
    ),
}
# Numbers of a refit that an error is made of
OF_REFIT = ("level_variance", "covariance", "response_variance", "place_sd", "place_range")


def sources(study):
    """Return the names of the sources of error that a study has, in the order of the registry."""
    lacking = set()
    if not respiration.is_soil(study):
        lacking.add("rh_relation")
    if not respiration.chosen_uses_carbon(study):
        lacking.add("soil_carbon")
    return [name for name in SOURCES if name not in lacking]


def rows(path):
    """Return the rows of a table of ``config/``, a dictionary each."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def defaults():
    """Return {source: {quantity: {of: value}}} of the table; ``of`` is empty but for classes."""
    found = {}
    for row in rows(TABLE):
        quantities = found.setdefault(row["source"], {})
        quantities.setdefault(row["quantity"], {})[row["of"]] = float(row["value"])
    return found


def refit(model):
    """Return {quantity: value} of the refit of a model or relation."""
    return {row["quantity"]: float(row["value"]) for row in rows(REFIT) if row["model"] == model}


def errors(study):
    """Return the errors of a study: its own settings over the defaults.

    Parameters
    ----------
    study : dict
        Settings: uncertainty, respiration; completed ones also landcover_classes, uses_landcover.

    Returns
    -------
    dict
        By source. npp: sd_percent (by class number, from 1; 0 is a cell without a class), shares
        (random, regional, common), range_km, filled_factor. temperature: sd (K, or `STATIONS` or
        `MAP`), range_km. precipitation, soil_carbon: sd_percent (%), range_km. respiration,
        rh_relation: covariance (2 by 2, of level and response), place_sd (1), range_km.
    """
    own, known = study["uncertainty"], defaults()
    found = {"npp": _npp(study, own["npp"], known["npp"])}
    for name in ("temperature", "precipitation", "soil_carbon"):
        found[name] = {
            key: own[name][key] if own[name][key] is not None else value[""]
            for key, value in known[name].items()
        }
    for name in ("temperature", "precipitation"):
        key = "sd" if name == "temperature" else "sd_percent"
        if own[name][key] is None and not layers.is_gridded(study):
            found[name][key] = MAP if error_map(study, name) else STATIONS
    found["respiration"] = _of_model(own["respiration"], respiration.model_of(study))
    if respiration.is_soil(study):
        relation = study["respiration"]["rh_relation"]
        found["rh_relation"] = _of_model(own["rh_relation"], relation)
    return {name: found[name] for name in sources(study)}


def _npp(study, own, known):
    shares = {
        part: (own[f"{part}_percent"] if own["random_percent"] is not None else
               known[f"{part}_percent"][""]) / 100
        for part in PARTS
    }  # fmt: skip
    single = {
        key: own[key] if own[key] is not None else known[key][""]
        for key in ("range_km", "filled_factor")
    }
    return {"sd_percent": _by_class(study, own, known), "shares": shares, **single}


def _by_class(study, own, known):
    """Relative error by number of the class; that of a class is the largest of its IGBP codes."""
    by_code = known["sd_percent"]
    found = {0: own["sd_percent"].get(ANY, by_code[ANY])}
    for number, entry in enumerate(classes(study), start=1):
        codes = [by_code[str(code)] for code in entry["codes"] if str(code) in by_code]
        found[number] = own["sd_percent"].get(entry["name"], max(codes, default=None))
    return found


def classes(study):
    """Return the classes of land cover that NPP has errors by; none without land cover."""
    if not study.get("uses_landcover"):
        return []
    return study["landcover"].get("classes") or KEYS[study["landcover"]["key"]]


def _of_model(own, model):
    known = refit(model)
    covariance = own["covariance"] or [
        [known["level_variance"], known["covariance"]],
        [known["covariance"], known["response_variance"]],
    ]
    place = own["place_sd"] if own["place_sd"] is not None else known["place_sd"]
    reach = own["range_km"] if own["range_km"] is not None else known["place_range"]
    return {"covariance": covariance, "place_sd": place, "range_km": reach}


def error_rows(study):
    """Return what a study takes for the errors, and where each number comes from.

    Returns
    -------
    list of tuple
        error_source, quantity, of, value (a number, `STATIONS` or `MAP`), unit, origin.
    """
    own, found = study["uncertainty"], errors(study)
    units = {(row["source"], row["quantity"]): row["unit"] for row in rows(TABLE)}
    texts = {(row["source"], row["quantity"], row["of"]): row["reference"] for row in rows(TABLE)}
    made = []
    for source, error in found.items():
        if "covariance" in error:
            made += _rows_of_model(source, error, own[source], study)
            continue
        flat = dict(error)
        if source == "npp":
            shares, of_classes = flat.pop("shares"), flat.pop("sd_percent")
            flat |= {f"{part}_percent": 100 * share for part, share in shares.items()}
            made += _rows_of_classes(of_classes, own["npp"]["sd_percent"], study, texts)
        for quantity, value in flat.items():
            reference = texts[source, quantity, ""]
            if own[source][quantity] is not None:
                reference = "the study"
            elif isinstance(value, str):
                reference = f"calibrated standard error of {source}, cell by cell"
                if value == STATIONS:
                    reference = "mean years at stations left out one by one, root mean square"
            made.append((source, quantity, "", value, units[source, quantity], reference))
    return made


def _rows_of_classes(by_class, own, study, texts):
    """The error of a class is that of its IGBP code with the largest one."""
    names = {0: ANY} | {n: own["name"] for n, own in enumerate(classes(study), start=1)}
    codes = {0: [ANY]} | {n: own["codes"] for n, own in enumerate(classes(study), start=1)}
    known = defaults()["npp"]["sd_percent"]
    for number, value in by_class.items():
        reference = "the study"
        if names[number] not in own:
            # of equal ones the last: classes with measurements stand after those without
            code = max(
                (str(code) for code in codes[number][::-1] if str(code) in known), key=known.get
            )
            reference = texts["npp", "sd_percent", code]
        yield "npp", "sd_percent", names[number], value, "%", reference


def _rows_of_model(source, error, own, study):
    model = study["respiration"]["rh_relation"]
    if source == "respiration":
        model = respiration.model_of(study)
    fit = next(row for row in rows(REFIT) if row["model"] == model)
    text = f"refit on {fit['records']} records of {fit['sites']} sites (Global Soil Respiration "
    text += "Database), config/respiration_refit.csv"
    unit = {"respiration": "K-1"}.get(source, "1")
    (level, both), (_, response) = error["covariance"]
    given = "the study" if own["covariance"] else text
    of = respiration.label(model)
    for name, value, of_unit in (
        ("level_sd", math.sqrt(level), "1"),
        ("response_sd", math.sqrt(response), unit),
        ("correlation", both / math.sqrt(level * response), "1"),
    ):
        yield source, name, of, value, of_unit, given
    for name, value, of_unit in (
        ("place_sd", error["place_sd"], "1"),
        ("range_km", error["range_km"], "km"),
    ):
        yield source, name, of, value, of_unit, text if own[name] is None else "the study"


def check(study, file, uses_landcover):
    """Refuse shares that are no whole, a covariance that is none, classes without an error.

    Raises
    ------
    BadStudy
    """
    if not layers.has_errors(study):
        return
    own = study["uncertainty"]
    _check_shares(own["npp"], file)
    for name in ("respiration", "rh_relation"):
        _check_covariance(own[name]["covariance"], f"{file}: uncertainty.{name}.covariance")
    _check_classes(study | {"uses_landcover": uses_landcover}, file)


def _check_shares(npp, file):
    given = {part: npp[f"{part}_percent"] for part in PARTS}
    known = [value for value in given.values() if value is not None]
    if known and (len(known) < len(given) or not math.isclose(sum(known), 100, abs_tol=1e-6)):
        said = ", ".join(f"{part}_percent: {value}" for part, value in given.items())
        raise BadStudy(
            f"{file}: uncertainty.npp has {said.replace('None', 'null')}: shares of the variance, "
            "which must be given together and add to 100 %. Write, for example, "
            "uncertainty: {npp: {random_percent: 20, regional_percent: 60, common_percent: 20}}."
        )


def _check_covariance(given, place):
    if given is None:
        return
    (level, one), (other, response) = given
    if one != other:
        raise BadStudy(
            f"{place}: {given} is not symmetric ({one:g} and {other:g}). Write the covariance of "
            "level and response twice: [[0.008, -0.0005], [-0.0005, 0.00004]]."
        )
    if not (level > 0 and response > 0 and level * response - one * one > 0):
        root = math.sqrt(max(level, 0) * max(response, 0))
        raise BadStudy(
            f"{place}: {given} is not positive definite: variances must be above 0, and the "
            f"covariance between -{root:g} and {root:g}, the product of the standard deviations. "
            "Correct it, or set it to null for that of config/respiration_refit.csv."
        )


def _check_classes(study, file):
    own, names = study["uncertainty"]["npp"]["sd_percent"], [ANY]
    by_class = _by_class(study, study["uncertainty"]["npp"], defaults()["npp"])
    for number, entry in enumerate(classes(study), start=1):
        names.append(entry["name"])
        if by_class[number] is None:
            raise BadStudy(
                f"{file}: land-cover class {entry['name']} (codes {entry['codes']}) has no error "
                f"of NPP. Add uncertainty: {{npp: {{sd_percent: {{{entry['name']}: 30}}}}}}, %, or "
                "set uncertainty.estimate to false."
            )
    for name in own:
        if name not in names:
            raise BadStudy(
                f"{file}: uncertainty.npp.sd_percent names {name}, which is no class of land cover "
                f"of the study.{did_you_mean(name, names)} It has {', '.join(names)} (any: cells "
                "without a class)."
            )


# --- files


def middle_year(study):
    """Return the year whose land cover stands for all, nearest to the middle of the period."""
    own = [year for year in study["years"] if study["landcover_year"][year] == year]
    return (own or study["years"])[len(own or study["years"]) // 2]


def sensitivity(study):
    """Return the sensitivities of the Rh that NEP is made with."""
    return layers.below(study, f"nep/rh_{study['respiration_variant']}_sensitivity.tif")


def landcover(study):
    """Return land cover of the middle year, if the study has any."""
    if not study["uses_landcover"]:
        return []
    named = study["landcover_year"][middle_year(study)]
    return layers.below(study, f"landcover/landcover_{named}.tif")


def error_map(study, variable):
    """Return the calibrated standard error of a variable, where the study maps it."""
    climate = study["climate"]
    years = climate.get("standard_error_years", [])
    if layers.is_gridded(study) or not years or climate["standard_error"] != "calibrated":
        return []
    return layers.below(study, f"climate/{variable}_standard_error_{years[0]}.tif")


def error_maps(study):
    """Return the calibrated standard errors of temperature and precipitation, if mapped."""
    names = [name for name in ("temperature", "precipitation") if name in of_maps(study)]
    return [error_map(study, name) for name in names]


def of_maps(study):
    """Return the variables whose error comes from a map."""
    found = errors(study)
    return [name for name in found if MAP in found[name].values()]


def residuals(study):
    """Return the residuals at stations left out, of variables whose error comes from them."""
    names = [name for name, values in errors(study).items() if STATIONS in values.values()]
    return [layers.below(study, f"climate/{name}_residuals.parquet") for name in names]


def zone_rasters(study):
    """Return {zones: raster}; of zones that change, that of the middle year."""
    year = study["years"].index(middle_year(study))
    found = zones.rasters_by_name(study)
    return {name: path if isinstance(path, str) else path[year] for name, path in found.items()}


def zone_files(study):
    """Return the rasters of `zone_rasters`, each once."""
    return list(dict.fromkeys(zone_rasters(study).values()))


def quality(study):
    """Return what share of the growing season NPP was filled in, a file a year."""
    return layers.yearly(study, "npp/{npp}/qc_{year}.tif")


def models(study):
    """Return the names of the forms of the model that stand beside each other."""
    source = study["npp"]["compare"]
    return [*study["respiration_variants"], *([f"npp_{source}"] if source else [])]


def other_npp(study):
    """Return mean NPP of both sources over the same years, of a study that compares two."""
    names = ("npp_own", "npp_other") if study["npp"]["compare"] else ()
    return [layers.below(study, f"npp/compared/{name}.tif") for name in names]


def map_names(study):
    """Return the maps of errors, without ending."""
    names = ("nep_sd", "nep_largest_error", "nep_sink_probability")
    names = (*names, "nep_sink_share_of_models")
    return [f"uncertainty/{name}" for name in names] if layers.has_errors(study) else []


def tables(study):
    """Return the names of the tables of errors."""
    if not layers.has_errors(study):
        return []
    return [*(f"uncertainty_{own['name']}" for own in study["zones"]), "error_sources"]
