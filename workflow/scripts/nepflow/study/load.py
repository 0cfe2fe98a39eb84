"""A study: defaults, based-on chain and its own file, merged, checked, completed.

Standard library, yaml and jsonschema only: the workflow reads it before any environment exists.
"""

import math
import re
import sys
from fractions import Fraction
from pathlib import Path

from nepflow.study import (
    climate,
    detector,
    landcover,
    modis,
    names,
    products,
    respiration,
    settings_file,
)
from nepflow.study import figures as study_figures
from nepflow.study.checks import check_sense, readers_of_tiles, study_years, uses_landcover
from nepflow.study.pixel import AUTOCORRELATION, DRIVER, HURST, LAYERS
from nepflow.study.settings_file import BadStudy
from nepflow.study.variables import PET_METHODS, VARIABLES
from nepflow.study.zones import KINDS

# Layers of pixels that need min_years
LAYERS_OF_SERIES = re.compile(
    r"pixel/[a-z]+_("
    + "|".join(name.replace(DRIVER, r"\w+") for name, layer in LAYERS.items() if layer.series)
    + ")|attribution/.+"
)

REGISTRIES = {  # whose names the schema of a study has from here
    "variables": VARIABLES,
    "pet_methods": PET_METHODS,
    "zone_kinds": KINDS,
    "autocorrelation": AUTOCORRELATION,
    "hurst": HURST,
    "direct_models": respiration.DIRECT_MODELS,
    "time_steps": respiration.TIME_STEPS,
    "soil_models": respiration.SOIL_MODELS,
    "relations": respiration.RELATIONS,
    "kinds_of_figures": study_figures.KINDS,
    "kinds_of_panels": study_figures.PANELS,
}

# a folder of the results, a part of wildcards: so no blank, bar or brace
NAME = re.compile(r"(?!simulated$)\w[\w.-]*")


def load_study(name, config, schema, raw, results):
    """Return the complete settings of a study.

    Parameters
    ----------
    name : str
        File name below ``<config>/studies`` without its ending.
    config : Path
        Folder of ``defaults.yaml`` and ``studies/``.
    schema : Path
        JSON schema of a merged study.
    raw, results : str
        Folder of raw inputs of the site; folder of results.

    Returns
    -------
    dict
        The merged keys, and those derived from them: slug, years, npp_collections, landcover_years,
        landcover classes, raw paths, simulated, has_trend, figures that can be drawn.

    Raises
    ------
    BadStudy
        With the file, the key and the remedy.
    """
    try:
        return _loaded(name, config, schema, raw, results)
    except BadStudy:
        for path in study_files(name, Path(config)):
            names.check_current(
                path
            )  # a better message, where names of an older version are the fault
        raise


def study_files(name, config):
    """Yield the file of a study and those that it is based on, as far as they can be read."""
    seen = set()
    while isinstance(name, str) and name not in seen:
        seen.add(name)
        path = config / "studies" / f"{name}.yaml"
        try:
            own = settings_file.read(path)
        except (OSError, settings_file.BadSettings):
            return
        yield path
        name = own.get("based_on")


def _loaded(name, config, schema, raw, results):
    study = merged(name, Path(config))
    file = f"config/studies/{name}.yaml"
    check_schema(study, schema, file)
    check_sense(study, file)
    if study["inputs"] == "simulated":  # simulated inputs stand for nothing that is restricted
        study.pop("substitutes", None)
    study = of_climate_alone(study)
    loaded = completed(study, name, raw, results)
    climate.check(study["climate"], loaded, file)
    named = {key: study.get(key, []) for key in ("figures", "detectors")}
    products.check_layers(loaded | named, file)
    return loaded


def load_site(path, schema, given=None):
    """Return the settings of a site with their defaults.

    Parameters
    ----------
    path, schema : Path
        config/config.yaml; JSON schema of it.
    given : dict, optional
        What stands over the file, as on the command line.

    Raises
    ------
    BadStudy
        With the file, the key and the remedy.
    """
    site = read_yaml(path, utf8_only=True) | dict(given or {})
    _refuse(settings_file.faults(site, schema), "config/config.yaml", Path(schema).name)
    results = site.get("pathvars", {}).get("results", "results")
    site["studies"] = site.get("studies") or []
    return {"raw": "data", "acquire": False, "results": results} | site


def read_yaml(path, utf8_only=False):
    """Return the content of a YAML file; a broken one is a `BadStudy`."""
    try:
        return settings_file.read(path, utf8_only)
    except FileNotFoundError as error:
        there = ", ".join(sorted(file.stem for file in Path(path).parent.glob("*.yaml")))
        raise BadStudy(
            f"{path}: no such file. Is its name spelled right? There are: {there or 'none'}."
        ) from error
    except settings_file.BadSettings as error:
        raise BadStudy(str(error)) from None


def merged(name, config, seen=()):
    """Defaults, then the study it is based on, then the study; lists are replaced."""
    place = f"config/studies/{seen[-1]}.yaml: based_on: " if seen else ""
    if name in seen:
        raise BadStudy(
            f"config/studies/{name}.yaml: based_on goes round in a circle "
            f"({' -> '.join((*seen, name))}). Let one of them stand alone."
        )
    if not isinstance(name, str) or not NAME.fullmatch(name):
        raise BadStudy(
            f"{place}{name!r} names no study. Letters, digits, _, - and . may; `simulated` is "
            "taken. Rename config/studies/<name>.yaml, and what names it (studies, based_on)."
        )
    own = read_yaml(config / "studies" / f"{name}.yaml")
    if "based_on" in own:
        below = merged(own["based_on"], config, (*seen, name))
    else:
        below = read_yaml(config / "defaults.yaml")
    return overlaid(below, own)


def overlaid(below, above):
    """Return ``below`` with the keys of ``above``; only dictionaries are merged."""
    result = dict(below)
    for key, value in above.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict)
        result[key] = overlaid(result[key], value) if both else value
    return result


def check_schema(study, schema, file):
    """Refuse unknown keys and wrong types.

    Raises
    ------
    BadStudy
        One line a fault: the key and what is wrong.
    """
    _refuse(settings_file.faults(study, schema, REGISTRIES), file, Path(schema).name)


def _refuse(faults, file, schema):
    if faults:
        raise BadStudy(
            f"{file} is not valid:\n"
            + "\n".join(faults)
            + "\nThe keys, their types and units stand "
            f"in workflow/schemas/{schema}; defaults of a study in config/defaults.yaml."
        )


CLIMATE_FIGURES = {"study_area", "residuals"}  # kinds that draw no layer and need no NPP
NEEDS_NPP = {  # keys whose stages need NPP: what they would give, and what stands for none
    "zones": ("tables and curves of zones", []),
    "detectors": ("geodetectors", []),
    "contrasts": ("contrasts of zones", []),
    "published": ("published numbers beside ours", []),
    "consistency": ("published numbers among themselves", []),
    "restoration": ("effects of restoration", {"file": None, "table": None}),
    "plots": ("models of respiration at plots", {"file": None}),
    "sites": ("NEP at sites", {"file": None}),
    "attribution": ("climate and the residual in trends of NEP", {"variables": []}),
    "land_use_effect": ("effect of land-use change", {"quantities": []}),
    "landcover": ("change of land cover", {"transitions": []}),
}


def of_climate_alone(study):
    """Return a study without NPP as one of climate alone, with what is left out and why.

    ``left_out`` has a line for each stage that needs NPP; every other study is returned as it is.
    """
    if study["npp"]["source"] != "none":
        return study
    lines, kept = ["NEP, NPP and respiration"], {}
    for key, (what, none) in NEEDS_NPP.items():
        given = study.get(key)
        if isinstance(none, list):
            lines += [what] if given else []
            kept[key] = none
        elif given is not None:
            lines += [what] if any(given.get(name) for name in none) else []
            kept[key] = given | {name: value for name, value in none.items() if name in given}
    figures = []
    for figure in study.get("figures", []):
        drawn = [part.get("layer", "") for part in study_figures.parts_of(figure)]
        climate_only = all(CLIMATE_LAYER.fullmatch(layer) for layer in drawn if layer)
        if figure["kind"] in CLIMATE_FIGURES or (any(drawn) and climate_only):
            figures.append(figure)
        else:
            lines.append(f"figure {figure['name']}")
    kept |= {"figures": figures, "left_out": lines}
    return study | kept


CLIMATE_LAYER = re.compile(
    rf"grid|dem|slope|climate/.+|pixel/({'|'.join(VARIABLES)})_(?!partial).+"
)


def completed(study, name, raw, results):
    """Add what follows from the settings, so that no rule has to compute it."""
    years = study_years(study)
    least = whole_years(study["min_years"], len(years))
    simulation = study["inputs"] == "simulated"
    folder = Path(results, "simulated", name) if simulation else Path(raw, name)
    chosen = {entry["year"]: entry["by"] for entry in study["landcover"].get("substitute", [])}
    has_trend = len(years) >= least
    detectors = [
        entry
        for entry in detector.detectors_of(study)
        if has_trend or not any(map(LAYERS_OF_SERIES.fullmatch, detector.layers_of(entry)))
    ]
    made = {entry["name"] for entry in detectors}
    figures = [
        figure
        for figure in study.get("figures", [])
        if has_trend or not study_figures.needs_years(figure, LAYERS_OF_SERIES)
        if figure.get("detector") is None or figure["detector"] in made
    ]
    key = study["landcover"]["key"]
    return study | {
        "climate": study["climate"] | {"method": climate.method_of(study, has_trend)},
        "slug": name,
        "results": f"{results}/{name}",
        "years": years,
        "min_years": least,
        "has_trend": has_trend,
        "uses_landcover": uses_landcover(study),
        "tiles": study.get("tiles", []),
        "reads_tiles": bool(readers_of_tiles(study)),
        "simulated": simulation,
        "detectors": detectors,
        "land_use_periods": landcover.periods_of(study, years),
        "figures": figures,
        "figures_left_out": [f["name"] for f in study.get("figures", []) if f not in figures],
        "zones": study.get("zones", []),
        "published": study.get("published", []),
        "consistency": study.get("consistency", []),
        "files": {key: str(folder / path) for key, path in study["raw"].items()}
        | {"area": str(folder / study["area"]["file"]), "folder": str(folder)},
        "npp_year_folder": {year: _npp_folder(year, study) for year in years},
        "respiration_variants": respiration.variants(study["respiration"]),
        "respiration_variant": respiration.chosen(study["respiration"]),
        "landcover_dates": study_figures.dates_of(study),
        "landcover_year": {year: chosen.get(year, year) for year in years},
        "landcover_classes": study["landcover"].get("classes", landcover.KEYS.get(key)),
    }


LEAST_YEARS = 8  # of a share: S of Mann-Kendall is about normal from there on; Kendall (1975)


def whole_years(given, years):
    """Return the years that a statistic of a study needs, from a share of its years.

    Parameters
    ----------
    given : int or str
        A number of years, which stays as it is, or a share such as ``80 %``.
    years : int
        Years of the study.

    Returns
    -------
    int
        At least the share, and at least `LEAST_YEARS`.
    """
    if isinstance(given, int):
        return given
    share = Fraction(given.removesuffix("%").strip()) / 100  # .8 * 25 is 20, not a little more
    return max(math.ceil(share * years), LEAST_YEARS)


def _npp_folder(year, study):
    """Which NPP serves a year: a collection, the harmonised one, rasters of the user, light use."""
    if study["npp"]["source"] != "mod17":
        return study["npp"]["source"]
    product = modis.PRODUCTS["MOD17A3HGF"]
    if year >= product.first_year[product.collection]:
        return product.collection
    return {"collection_006": "006", "collection_006_harmonised": "harmonised"}[
        study["npp"]["year_2000"]
    ]


TOP = Path(__file__).resolve().parents[4]


def settings(top=TOP):
    """Return config/config.yaml as a dictionary, with its defaults filled in.

    Raises
    ------
    settings_file.BadStudy
    """
    schema = Path(top) / "workflow/schemas/site.schema.yaml"
    return load_site(Path(top) / "config/config.yaml", schema)


def run(main, before=None):
    """Run a command as a program; a letter that the terminal cannot show does not stop it."""
    sys.stdout.reconfigure(errors="replace")
    if before:
        before()
    try:
        failed = main() or 0
    except BadStudy as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        failed = 1
    sys.exit(min(failed, 100))


def study(name, top=TOP):
    """Return the complete settings of a study of this site.

    Raises
    ------
    settings_file.BadStudy
    """
    site, top = settings(top), Path(top)
    schema = top / "workflow/schemas/study.schema.yaml"
    return load_study(name, top / "config", schema, site["raw"], site["results"])


TILE_M = 1111950.52  # side of a MODIS tile
MEASURED = 50e6  # cells of 500 m in ten tiles; benchmarks/README.md


def growth(study, in_band=False):
    """Return by how much more a job of a study needs than the jobs that were measured, 1 at least.

    Parameters
    ----------
    study : dict
        Complete settings: tiles, grid.resolution_m, grid.blocks. A study that lists no tiles
        counts as one of the size that was measured: its area is not read before it is built.
    in_band : bool
        The job does one of ``grid.blocks`` bands.
    """
    cells = len(study["tiles"]) * (TILE_M / study["grid"]["resolution_m"]) ** 2
    return max(1, cells / (study["grid"]["blocks"] if in_band else 1) / MEASURED)
